/// Orders as the world of the scenario has them: what was bought, by whom, and where each parcel is, as far as the exchange
/// can know it from what was dropped so far.
///
/// Nothing here asks the judge: the rules are written down once more, in the plainest way, so that the two can disagree.

import Orders

/// What somebody bought under one number.
final class OrderLife {
  let number: String
  let creator: String
  let location: String
  let buyer: Buyer
  /// The shipments as the exchange must have them, each at its number less one.
  var shipments: [ShipmentLife] = []

  init(number: String, creator: String, location: String, buyer: Buyer) {
    self.number = number
    self.creator = creator
    self.location = location
    self.buyer = buyer
  }

  /// Those that still have lines.
  var living: [ShipmentLife] { shipments.filter { !$0.lines.isEmpty } }
}

struct Buyer: Equatable {
  let name, address, city, pinCode, paymentMode: String
  let collectable: String?
}

struct LineLife: Equatable {
  let suborder, sku: String
  let quantity: Int
  let price: String
  /// Pieces that were cancelled, the others not.
  var cancelled = 0

  var live: Int { quantity - cancelled }
}

/// Something that a carrier saw or a seller asked for, in seconds since the first day's midnight.
struct Happening: Equatable {
  enum What: Equatable {
    case carrier(ShipmentState)
    case cancel
    /// Ekart's own: the return is called off, and the goods are delivered after all.
    case deliveredAfterAll
    /// A code that is listed and means no move.
    case nothing
    case unknown
  }

  let second: Int
  let what: What
  /// Seen under the AWB of the way back.
  var isOnReturnAWB = false

  var isFromCarrier: Bool { what != .cancel }
}

/// Where a manifested shipment is: everything that happened to it, told from the first to the last.
struct Course: Equatable {
  var state = ShipmentState.shipped
  var isComingBack = false
  var closedAt: Int?
  /// Only the first request counts.
  private var isCancelAsked = false

  init(_ happenings: [Happening]) {
    for happening in happenings.sorted(by: { $0.second < $1.second }) where closedAt == nil {
      follow(happening)
    }
  }

  private mutating func follow(_ happening: Happening) {
    switch happening.what {
    case .nothing, .unknown: return
    case .cancel:
      if isCancelAsked { return }
      isCancelAsked = true
      if isComingBack { return }
      state = Self.rank(state) >= Self.rank(.pickedUp) ? .rto : .cancelled
      isComingBack = state == .rto
    case .deliveredAfterAll:
      isComingBack = false
      state = .delivered
    case .carrier(let reported):
      let back = isComingBack || happening.isOnReturnAWB
      let asked = back ? Self.wayBack[reported] ?? reported : reported
      guard Self.rank(asked) >= Self.rank(state) else { return }
      state = asked
      if [.rto, .rtoInTransit, .rtoOutForDelivery].contains(state) { isComingBack = true }
    }
    if [.delivered, .returned, .lost, .cancelled].contains(state) { closedAt = happening.second }
  }

  private static func rank(_ state: ShipmentState) -> Int {
    switch state {
    case .shipped: 0
    case .pickupScheduled: 1
    case .pickedUp: 2
    case .inTransit, .outForDelivery, .undelivered: 3
    case .rto: 4
    case .rtoInTransit, .rtoOutForDelivery: 5
    default: 6
    }
  }

  private static let wayBack: [ShipmentState: ShipmentState] = [
    .pickupScheduled: .rto, .pickedUp: .rto, .inTransit: .rtoInTransit, .undelivered: .rtoInTransit,
    .outForDelivery: .rtoOutForDelivery, .delivered: .returned,
  ]
}

/// What travels under one AWB, or will.
final class ShipmentLife {
  let number: Int
  var lines: [LineLife]
  var invoice: String?
  var courier: String?
  var awb: String?
  var returnAWB: String?
  let waitsForCarrier: Bool
  var isConfirmed = false
  var manifest: (number: String, second: Int)?
  var isCancelledBeforeManifest = false
  /// The earliest cancel request that was taken.
  var cancelledAt: Int?
  /// What counts, once the manifest is known.
  var held: [Happening] = []
  var parked: [Happening] = []

  init(number: Int, lines: [LineLife], invoice: String?, waitsForCarrier: Bool) {
    self.number = number
    self.lines = lines
    self.invoice = invoice
    self.waitsForCarrier = waitsForCarrier
  }

  var course: Course { Course(held) }

  var state: ShipmentState {
    if isCancelledBeforeManifest { return .cancelled }
    if manifest != nil { return course.state }
    if isConfirmed { return .confirmed }
    if awb != nil { return .assigned }
    return waitsForCarrier ? .awaitingCarrier : .open
  }

  /// Was it asked to be cancelled, and what did that come to?
  var cancelResult: String? {
    if state == .cancelled { return "cancelled" }
    let isBack = course.isComingBack && state != .lost || state == .returned
    return cancelledAt != nil && isBack ? "rto" : nil
  }
}
