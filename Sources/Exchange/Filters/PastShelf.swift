internal import Ledger
internal import Orders

/// Records of the past, put back into books one after the other: their own numbers of shipments and records become those that the
/// books and the journal at hand give.
struct PastShelf {
  private var shipments: [[UInt8]: [ShipmentIndex]] = [:]
  private var orders: [[UInt8]: OrderIndex] = [:]
  private(set) var positions: [RecordPlace: Position] = [:]
  private(set) var places: [Position: RecordPlace] = [:]

  mutating func note(_ place: RecordPlace, _ position: Position) {
    positions[place] = position
    places[position] = place
  }

  /// Enters a record in the books, as it will stand at a position.
  ///
  /// - Parameter sender: the partner that sent its row.
  mutating func restore(
    _ past: PastRecord, from sender: UInt8, in books: inout Books, at position: Position
  ) throws -> (record: RowRecord, effects: [Effect], heads: [Position]) {
    // A record may name itself: a cancel request that decides where its shipment stands.
    note(past.place, position)
    var cursor = try RowCursor(payload: past.page, frame: 0)
    let record = try cursor.next()
    let context = Books.RowContext(
      partner: sender, position: position, time: record.verdict.eventTime ?? cursor.arrival)
    var effects: [Effect] = []
    var heads: [Position] = []
    for given in record.effects {
      let effect = try given.mapped(
        shipment: { number in
          guard let list = shipments[past.unit], list.indices.contains(Int(number.raw)) else {
            throw RecordFault(what: "a record names a shipment before it was created")
          }
          return list[Int(number.raw)]
        },
        order: { _ in
          guard let order = orders[past.unit] else {
            throw RecordFault(what: "a record names an order before it was created")
          }
          return order
        },
        position: { number in
          guard past.references.indices.contains(Int(number.raw)) else {
            throw RecordFault(what: "a record names another that it does not list")
          }
          // What is judged alone need not have the record of a row that came to nothing.
          return positions[past.references[Int(number.raw)]] ?? .none
        })
      switch effect {
      case .createOrder: orders[past.unit] = OrderIndex(books.orders.count)
      case .createShipment: shipments[past.unit, default: []].append(ShipmentIndex(books.shipments.count))
      default: break
      }
      heads.append(effect.shipment.map { books[$0].head } ?? .none)
      effects.append(effect)
      books.apply(effect, bytes: past.page, in: context)
    }
    return (record, effects, heads)
  }
}
