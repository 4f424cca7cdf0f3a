internal import Ledger
internal import Orders

/// What the courier of one part of a shipment collects at the door.
///
/// The order names one amount for its invoice. Where the invoice travels in several parcels, each collects its share by the value of
/// its pieces, so that what is refused at one door was not paid at another; the shares sum to the amount, to the paisa. Pieces
/// that were cancelled are not paid for.
struct CollectableShare {
  /// The lines of each part, in the parts' order.
  let parts: [[HeldLine]]
  /// Of each part, is it cancelled as a whole?
  let isCancelled: [Bool]

  /// A hundredth of a rupee, in millionths.
  private static let paisa: Int128 = 10_000

  /// The share of the parts at these places, as text; nil where nothing can be said for them.
  ///
  /// - Parameter amount: as the order's row sent it.
  func text(of places: [Int], from amount: [UInt8]) -> [UInt8]? {
    let lines = parts.joined()
    let isWhole = !isCancelled.contains(true) && lines.allSatisfy { $0.cancelled == 0 }
    if isWhole && places.count == parts.count { return amount }
    let total = value(lines) { $0.quantity }
    guard let whole = readAmountMillionths(amount.span), total > 0,
      lines.allSatisfy({ $0.priceMillionths >= 0 })
    else {
      // Without prices there are no shares: the first part collects for all.
      return places.contains(0) ? amount : nil
    }
    let shares = places.map { share(of: $0, in: total, whole) }
    return Array(amountText(millionths: Int64(shares.reduce(0, +))).utf8)
  }

  private func share(of place: Int, in total: Int128, _ whole: Int64) -> Int128 {
    if isCancelled[place] { return 0 }
    let before = value(parts[..<place].joined()) { $0.quantity }
    let ordered = value(parts[place]) { $0.quantity }
    let share = upTo(before + ordered, of: total, whole) - upTo(before, of: total, whole)
    let live = value(parts[place]) { $0.live }
    return live < ordered ? rounded(share * live, by: ordered) : share
  }

  private func value(_ lines: some Sequence<HeldLine>, _ pieces: (HeldLine) -> Int32) -> Int128 {
    lines.reduce(0) { $0 + Int128($1.priceMillionths) * Int128(pieces($1)) }
  }

  /// The amount for everything up to a value; all of it for the whole value, whatever its last digits.
  private func upTo(_ value: Int128, of total: Int128, _ amount: Int64) -> Int128 {
    value == total ? Int128(amount) : rounded(Int128(amount) * value, by: total)
  }

  /// The quotient, to the nearest paisa.
  private func rounded(_ product: Int128, by divisor: Int128) -> Int128 {
    let unit = divisor * CollectableShare.paisa
    return (product + unit / 2) / unit * CollectableShare.paisa
  }
}
