internal import Synchronization
public import Orders

/// What rows are about to ask for, brought near: looked at for many of them at once, so that the memory's answers overlap.
///
/// In a large ledger each look at an order costs a wait for memory, and a row needs half a dozen of them, one after the other.
/// Looked at together they cost little more than one. Nothing is kept of what is seen here; the judge looks again, and finds it
/// in the cache.
extension Books {
  /// How many rows are looked at together: what they need fits the nearest caches.
  public static let nearRows = KeyTable.stageKeys

  /// Keeps the compiler from leaving out looks of which nobody uses what they see.
  private static let seen = Atomic<UInt64>(0)

  public static func note(_ sum: UInt64) { seen.store(sum, ordering: .relaxed) }

  /// Makes of the keys in a column what they are sought by: `orderNumber`, `invoiceID`, `awbNumber`, or `suborderID` for the lines of
  /// orders, which are sought with their shipment's number before them.
  public func seeking(_ column: Column) -> KeySeeking {
    switch column {
    case .orderNumber: orderNumbers.seeking
    case .invoiceID: invoices.seeking
    case .awbNumber: awbs.seeking
    case .suborderID: lineKeys.seeking
    default: preconditionFailure("not a key of shipments or lines")
    }
  }

  /// Brings near what rows name in a column of keys: the key itself, its shipment and its order.
  ///
  /// - Parameters:
  ///   - column: `orderNumber`, `invoiceID` or `awbNumber`.
  ///   - keys: what its keys are sought by.
  ///   - rows: those of them that are brought near, at most `nearRows`.
  ///   - cells: the cells of these rows, `width` each, of which the one at `place` is the column's.
  ///   - bytes: what the cells are ranges of.
  ///   - numbers: gets the numbers of the keys, `noKey` for those that nobody knows.
  public func bringNear(
    _ column: Column, _ keys: inout SoughtKeys, _ rows: Range<Int>, of cells: Span<Slice>, at place: Int,
    width: Int, in bytes: Span<UInt8>, into numbers: inout [UInt32]
  ) {
    switch column {
    case .orderNumber:
      orderNumbers.find(&keys, rows, of: cells, from: place, by: width, in: bytes, into: &numbers)
      var first = InlineArray<64, UInt32>(repeating: Books.noKey)
      for index in numbers.indices where numbers[index] != Books.noKey {
        first[index] = orders.packed[Int(numbers[index])].firstShipment
      }
      Books.note(lookAtShipments(first.span))
    case .invoiceID:
      invoices.find(&keys, rows, of: cells, from: place, by: width, in: bytes, into: &numbers)
      Books.note(lookAtHolders(numbers, invoices.values))
    case .awbNumber:
      awbs.find(&keys, rows, of: cells, from: place, by: width, in: bytes, into: &numbers)
      Books.note(lookAtHolders(numbers, awbs.values))
    default: preconditionFailure("not a key of shipments")
    }
  }

  /// - Parameter values: what the keys of a table stand for.
  private func lookAtHolders(_ numbers: [UInt32], _ values: [UInt32]) -> UInt64 {
    var holders = InlineArray<64, UInt32>(repeating: Books.noKey)
    for index in numbers.indices where numbers[index] != Books.noKey {
      holders[index] = values[Int(numbers[index])]
    }
    return lookAtShipments(holders.span)
  }

  /// A record may lie on two lines of the cache; its order is looked at as well, and whether it was changed before.
  private func lookAtShipments(_ shipments: Span<UInt32>) -> UInt64 {
    var sum: UInt64 = 0
    var owners = InlineArray<64, UInt32>(repeating: Books.noKey)
    for index in shipments.indices where shipments[index] != Books.noKey {
      owners[index] = self.shipments.look(at: Int(shipments[index]), &sum)
      sum &+= undo.shipments.look(at: shipments[index])
    }
    for index in 0..<64 where owners[index] != Books.noKey {
      sum &+= UInt64(orders.packed[Int(owners[index])].firstShipment)
    }
    return sum
  }

  /// Brings near what is told of shipments: their orders, and the texts of their keys.
  public func bringNear(_ changes: Span<ShipmentChange>) {
    var sum: UInt64 = 0
    for place in changes.indices {
      let (order, now) = (Int(changes[place].order.raw), changes[place].now)
      sum &+= UInt64(orders.packed[order].firstShipment) &+ orderNumbers.look(at: order)
      if now.invoiceKey != .max { sum &+= invoices.look(at: Int(now.invoiceKey)) }
      if now.awbKey != .max { sum &+= awbs.look(at: Int(now.awbKey)) }
    }
    Books.note(sum)
  }
}
