internal import Ledger
internal import Orders

/// The two AWBs of a return: the way out and the way back, tied by the carrier's `ref_awb` (domain.md 2.3).
///
/// Whatever comes under the AWB of the way back is about the same shipment and is read on the return leg.
extension Docket {
  /// The shipment that a carrier's row is about.
  struct Tracked {
    var shipment: ShipmentIndex
    /// Does the row come under the AWB of the way back?
    var isOnReturnAWB: Bool
    /// The AWB that the row is the first to tie to the shipment.
    var tie: Slice?
    /// `ref_awb` names another shipment, or the shipment has its pair already.
    var isConflict = false
  }

  /// Goods that come back may travel under an AWB of their own: `ref_awb` of either one names the other, and ties the two.
  /// - Returns: nil where neither AWB is one of a shipment of the sender's own.
  func tracked(awb: Slice, reference: Slice) -> Tracked? {
    if let holder = self.holder(of: awb) {
      guard owns(holder.shipment) else { return nil }
      var tracked = Tracked(shipment: holder.shipment, isOnReturnAWB: holder.isReturn, tie: nil)
      if reference.isAbsent { return tracked }
      if let other = books.shipment(awb: bytes[reference.range].span) {
        tracked.isConflict = other != holder.shipment
      } else if holder.isReturn || books[holder.shipment].returnKey != .max {
        tracked.isConflict = true
      } else {
        tracked.tie = reference
      }
      return tracked
    }
    guard !reference.isAbsent, let holder = books.holder(of: bytes[reference.range].span),
      owns(holder.shipment)
    else { return nil }
    let hasPair = holder.isReturn || books[holder.shipment].returnKey != .max
    return Tracked(
      shipment: holder.shipment, isOnReturnAWB: true, tie: hasPair ? nil : awb, isConflict: hasPair)
  }
}
