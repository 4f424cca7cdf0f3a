public import Orders

/// A line as it was created, with its texts, and the pieces of it that the shipment holds.
public struct HeldLine: Equatable, Sendable {
  public let suborder: [UInt8]
  public let sku: [UInt8]
  /// Ordered, cancelled ones included.
  public var quantity: Int32
  /// Of these the pieces that a partial cancellation took out.
  public var cancelled: Int32 = 0
  public let priceMillionths: Int64
  public let content: UInt64

  /// What is left to ship, or was shipped.
  public var live: Int32 { quantity - cancelled }
}

/// The lines of a shipment, from its history: those that came to it and did not leave for another shipment.
extension History {
  /// Oldest first.
  public func lines(of shipment: ShipmentIndex, from head: Position) throws -> [HeldLine] {
    var lines: [HeldLine] = []
    for entry in try entries(of: shipment, from: head).reversed() {
      for effect in entry.record.effects {
        switch effect {
        case .addLine(shipment, let suborder, let sku, let quantity, let price, let content):
          lines.append(
            HeldLine(
              suborder: Array(entry.bytes[suborder.range]), sku: Array(entry.bytes[sku.range]),
              quantity: quantity, priceMillionths: price, content: content))
        case .pieces(shipment, let suborder, let quantity, let cancelled):
          let changed = lines.firstIndex { $0.suborder[...] == entry.bytes[suborder.range] }
          if let changed {
            lines[changed].quantity = quantity
            lines[changed].cancelled = cancelled
          }
        case .dropLine(shipment, let suborder, _):
          let left = Array(entry.bytes[suborder.range])
          lines.removeAll { $0.suborder == left }
        default: continue
        }
      }
    }
    return lines
  }
}
