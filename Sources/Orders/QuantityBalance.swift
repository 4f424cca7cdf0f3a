/// How many pieces stand where: of a line, a shipment or an order.
///
/// Two sums hold at all times: ordered = open + cancelled + shipped, and shipped = moving + delivered + returned + lost. A
/// partial cancellation is a counter here and no state: the shipment goes on with the pieces that are left.

/// Pieces by what became of them.
public struct QuantityBalance: Equatable, Sendable {
  /// What the order's own rows asked for; nothing but another line of the order changes it.
  public var ordered: Int
  /// Not on a manifest yet.
  public var open = 0
  public var cancelled = 0
  /// On a manifest, and the carrier is not done with them; damaged ones too, as they may still arrive somewhere.
  public var moving = 0
  public var delivered = 0
  public var returned = 0
  public var lost = 0

  public init(ordered: Int = 0) { self.ordered = ordered }

  /// Left the warehouse on a manifest, wherever they are now.
  public var shipped: Int { moving + delivered + returned + lost }
  public var isConserved: Bool { ordered == open + cancelled + shipped }

  /// Enters the pieces of a line where its shipment stands; what was ordered is not touched.
  ///
  /// - Parameter cancelled: how many of the pieces a partial cancellation took out.
  public mutating func enter(_ pieces: Int, cancelled: Int, in state: ShipmentState) {
    let left = pieces - cancelled
    self.cancelled += cancelled
    switch state {
    case .cancelled: self.cancelled += left
    case .delivered: delivered += left
    case .returned: returned += left
    case .lost: lost += left
    default: if state.isMoving { moving += left } else { open += left }
    }
  }

  public static func + (a: QuantityBalance, b: QuantityBalance) -> QuantityBalance {
    var sum = QuantityBalance(ordered: a.ordered + b.ordered)
    sum.open = a.open + b.open
    sum.cancelled = a.cancelled + b.cancelled
    sum.moving = a.moving + b.moving
    sum.delivered = a.delivered + b.delivered
    sum.returned = a.returned + b.returned
    sum.lost = a.lost + b.lost
    return sum
  }

  /// The counts in one order, for files: what the journal keeps and the reports list.
  public var counts: [Int] { [ordered, open, cancelled, moving, delivered, returned, lost] }

  /// - Parameter counts: as `counts` gives them.
  public init(counts: [Int]) {
    precondition(counts.count == QuantityBalance.names.count)
    self.init(ordered: counts[0])
    open = counts[1]
    cancelled = counts[2]
    moving = counts[3]
    delivered = counts[4]
    returned = counts[5]
    lost = counts[6]
  }

  /// The fixed words for `counts`.
  public static let names = ["ordered", "open", "cancelled", "moving", "delivered", "returned", "lost"]
}
