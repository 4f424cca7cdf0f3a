internal import Ledger
internal import Orders

/// What a file touched, and how it stood before: from this the feeds take the net effect of the decision.
///
/// A shipment is noted once, at its first change, in a few words; nothing is noted of rows that change nothing.
struct Touched {
  struct ShipmentBefore {
    let shipment: ShipmentIndex
    /// Nil: the file created it.
    let state: ShipmentState?
    let courier: UInt32
    let awbKey: UInt32
    let marks: ShipmentMarks
    var linesChanged = false
  }

  private(set) var shipments: [ShipmentBefore] = []
  /// Of each touched shipment, its place in `shipments`.
  private var places: [ShipmentIndex: Int] = [:]
  private(set) var products: [[UInt8]] = []
  private(set) var stock: [(location: [UInt8], sku: [UInt8])] = []
  private(set) var accounts: [[UInt8]] = []
  private var seen: Set<[UInt8]> = []
  private var last: ShipmentIndex?

  init() {}

  /// Notes what the effect is about to change.
  ///
  /// - Parameters:
  ///   - record: the shipment the effect is about, as it still stands.
  ///   - next: the index that a new shipment will get.
  mutating func note(_ effect: Effect, bytes: [UInt8], record: ShipmentRecord?, next shipment: ShipmentIndex)
  {
    switch effect {
    case .createShipment:
      add(ShipmentBefore(shipment: shipment, state: nil, courier: 0, awbKey: .max, marks: []))
    case .product(let sku, _, _):
      let key = Array(bytes[sku.range])
      if seen.insert([0] + key).inserted { products.append(key) }
    case .stock(let location, let sku, _):
      let (place, key) = (Array(bytes[location.range]), Array(bytes[sku.range]))
      if seen.insert([1] + place + [0] + key).inserted { stock.append((place, key)) }
    case .account(let location, _, _):
      let key = Array(bytes[location.range])
      if seen.insert([2] + key).inserted { accounts.append(key) }
    default:
      guard let shipment = effect.shipment, let record else { return }
      if shipment != last, places[shipment] == nil {
        add(
          ShipmentBefore(
            shipment: shipment, state: record.state, courier: record.courier, awbKey: record.awbKey,
            marks: record.marks)
        )
      }
      last = shipment
      switch effect {
      case .addLine, .dropLine, .pieces:
        if let place = places[shipment] { shipments[place].linesChanged = true }
      default: break
      }
    }
  }

  private mutating func add(_ before: ShipmentBefore) {
    places[before.shipment] = shipments.count
    shipments.append(before)
    last = before.shipment
  }
}
