/// Where a shipment stands; an order's state is derived from its shipments.
public enum ShipmentState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case awaitingCarrier, open, assigned, confirmed
  case shipped, pickupScheduled, pickedUp, inTransit, outForDelivery, undelivered, damaged
  case rto, rtoInTransit, rtoOutForDelivery
  case delivered, returned, lost, cancelled

  /// The state of that place in the list, counted from 0; `open` beyond it.
  ///
  /// Sound: the states have no payload and are counted from 0 in their order, which is what their byte holds.
  @inlinable
  public init(place: Int) {
    self =
      place >= 0 && place < 18
      ? unsafeBitCast(UInt8(truncatingIfNeeded: place), to: ShipmentState.self) : .open
  }

  /// The fixed word of files, answers and reports.
  public var name: String { ShipmentState.names[Int(rawValue)] }

  public static let names = [
    "awaiting_carrier", "open", "assigned", "confirmed",
    "shipped", "pickup_scheduled", "picked_up", "in_transit", "out_for_delivery", "undelivered", "damaged",
    "rto", "rto_in_transit", "rto_out_for_delivery",
    "delivered", "returned", "lost", "cancelled",
  ]

  public init?(name: String) {
    guard let place = ShipmentState.names.firstIndex(of: name) else { return nil }
    self.init(rawValue: UInt8(place))
  }

  /// Has the manifest landed and is the carrier not done with it?
  public var isMoving: Bool {
    rawValue >= ShipmentState.shipped.rawValue && rawValue <= ShipmentState.rtoOutForDelivery.rawValue
  }
  public var isBeforeManifest: Bool { rawValue < ShipmentState.shipped.rawValue }
  /// Before the goods changed hands: a cancel request still cancels.
  public var isBeforePickup: Bool { rawValue <= ShipmentState.pickupScheduled.rawValue }
  public var isOnReturnLeg: Bool { self == .rto || self == .rtoInTransit || self == .rtoOutForDelivery }
  /// Nothing newer moves it any more.
  public var isClosed: Bool {
    self == .delivered || self == .returned || self == .lost || self == .cancelled
  }

  /// How far along the way a state lies; events of an earlier rank leave the state, those of one rank follow one another freely.
  public var rank: UInt8 {
    switch self {
    case .awaitingCarrier: 0
    case .open: 1
    case .assigned: 2
    case .confirmed: 3
    case .shipped: 4
    case .pickupScheduled: 5
    case .pickedUp: 6
    case .inTransit, .outForDelivery, .undelivered: 7
    case .damaged: 8
    case .rto: 9
    case .rtoInTransit, .rtoOutForDelivery: 10
    case .delivered, .returned, .lost, .cancelled: 11
    }
  }
}
