internal import Files

/// Room that is made at once for what a file will add.
///
/// A table that doubles when it is full enters each of its keys again, and each of its records moves: in a ledger of a million orders
/// that took a thirtieth of the judging core's time.
extension Books {
  /// How many keys and records the tables have that files make longer.
  public struct Sizes: Sendable {
    fileprivate let orders: Int
    fileprivate let shipments: Int
    fileprivate let invoices: Int
    fileprivate let awbs: Int
    fileprivate let lines: Int
  }

  public var sizes: Sizes {
    Sizes(
      orders: orders.count, shipments: shipments.count, invoices: invoices.count, awbs: awbs.count,
      lines: lines.count)
  }

  /// Makes room for the rest of a file, the first rows of which added what came since `before`; the rest is `times` as long.
  public mutating func makeRoom(since before: Sizes, times: Double) {
    func expected(_ count: Int, _ before: Int) -> Int {
      if count == before { return 0 }
      // What a file says of itself is believed up to here: it may end otherwise than it begins.
      let most = max(2 * count, Books.foreseenMax)
      let rest = Double(count - before) * times * Books.foreseenShare
      return min(most, count + Int(min(rest, Double(most))))
    }
    let (orders, shipments) = (
      expected(orders.count, before.orders), expected(shipments.count, before.shipments)
    )
    let (invoices, awbs) = (expected(invoices.count, before.invoices), expected(awbs.count, before.awbs))
    let lines = expected(lines.count, before.lines)
    orderNumbers.makeRoom(expecting: orders)
    self.orders.makeRoom(expecting: orders)
    self.shipments.makeRoom(expecting: shipments)
    self.invoices.makeRoom(expecting: invoices)
    self.awbs.makeRoom(expecting: awbs)
    lineKeys.makeRoom(expecting: lines)
    self.lines.makeRoom(for: lines, expecting: lines)
  }

  /// A table that was made a little too small would double, and room that nobody touches costs nothing.
  private static let foreseenShare = 1.0 + 1.0 / 32
  /// So many records of a kind may be foreseen in a small ledger.
  private static let foreseenMax = 1 << 22
}
