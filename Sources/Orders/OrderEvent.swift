/// What can be asked of a shipment: the columns of the transition table.
public enum EventKind: UInt8, CaseIterable, Sendable {
  /// A carrier and an air waybill number for a shipment that has none.
  case assign
  /// Another air waybill number for a shipment that has one.
  case reassign
  case confirm
  case document
  case manifest
  case cancel
  // What carriers report.
  case pickupScheduled, pickedUp, inTransit, outForDelivery, undelivered, delivered
  case rto, rtoInTransit, rtoOutForDelivery, returned
  case lost, damaged

  public var name: String { EventKind.names[Int(rawValue)] }

  public static let names = [
    "assign", "reassign", "confirm", "document", "manifest", "cancel",
    "pickup_scheduled", "picked_up", "in_transit", "out_for_delivery", "undelivered", "delivered",
    "rto", "rto_in_transit", "rto_out_for_delivery", "returned", "lost", "damaged",
  ]

  /// Is it something that only a carrier (or a warehouse speaking for one) reports?
  public var isCarrierEvent: Bool { rawValue >= EventKind.pickupScheduled.rawValue }
  public var isReturnEvent: Bool {
    rawValue >= EventKind.rto.rawValue && rawValue <= EventKind.returned.rawValue
  }
}

/// The classes that carriers' codes fall into (domain.md 2.2); each asks for one event, `none` moves nothing.
public enum ScanClass: UInt8, CaseIterable, Sendable {
  case none
  case op, om, ofp, ppf
  case pp
  case shp, ot, rad
  case oo
  case ud
  case dl
  case oc
  case rto
  case rtoOT, rtoUD
  case rtoOO
  case rtd
  case lt
  case dm

  public var name: String { ScanClass.names[Int(rawValue)] }

  public static let names = [
    "-", "OP", "OM", "OFP", "PPF", "PP", "SHP", "OT", "RAD", "OO", "UD", "DL", "OC", "RTO", "RTO-OT",
    "RTO-UD",
    "RTO-OO", "RTD", "LT", "DM",
  ]

  /// The event that a code of the class asks for (product.md section 5); nil: moves nothing.
  public var event: EventKind? { ScanClass.events[Int(rawValue)] }

  private static let events: [EventKind?] = [
    nil, .pickupScheduled, .pickupScheduled, .pickupScheduled, .pickupScheduled, .pickedUp, .inTransit,
    .inTransit,
    .inTransit, .outForDelivery, .undelivered, .delivered, .cancel, .rto, .rtoInTransit, .rtoInTransit,
    .rtoOutForDelivery, .returned, .lost, .damaged,
  ]

  /// A scan that only goods in somebody's hands can cause.
  public var isPhysical: Bool {
    switch self {
    case .none, .op, .om, .ofp, .ppf, .oc: false
    default: true
    }
  }
}
