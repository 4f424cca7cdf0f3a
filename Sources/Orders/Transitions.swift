/// The state machine, as the table it is (product.md section 5): for every state and event, what follows.

/// What an event leads to.
public enum Step: Equatable, Sendable {
  case moves(to: ShipmentState)
  /// Accepted, and the state stays: the newest event of an earlier rank, a first AWB on a confirmed shipment.
  case stays
  /// Waits for the manifest.
  case parked
  /// Kept, moves nothing.
  case recorded
  /// The step was taken before.
  case duplicate
  case refused(RejectionCode)

  public var name: String {
    switch self {
    case .moves: "moves"
    case .stays: "stays"
    case .parked: "parked"
    case .recorded: "recorded"
    case .duplicate: "duplicate"
    case .refused: "refused"
    }
  }
}

public enum Transitions {
  /// What becomes of the event in the state, under the partner's own terms.
  public static func step(_ state: ShipmentState, _ event: EventKind, for profile: PartnerProfile) -> Step {
    if profile.refusesReturnEvents && event.isReturnEvent { return .refused(.returnsNotHandled) }
    let asked = state.isOnReturnLeg ? returnTwin(of: event) : event
    switch (state, asked) {
    case (.open, .confirm) where profile.assignmentBeforeConfirmation: return .refused(.assignmentFirst)
    case (.awaitingCarrier, .assign) where profile.role != .marketplace: return .refused(.marketplaceAssigns)
    default: return step(state, asked)
    }
  }

  /// The table without any partner's terms; on the return leg the caller has read the event as its return twin.
  public static func step(_ state: ShipmentState, _ event: EventKind) -> Step {
    table[Int(state.rawValue) * EventKind.allCases.count + Int(event.rawValue)]
  }

  /// May the partner ask for this event at all?
  public static func mayAsk(_ event: EventKind, _ profile: PartnerProfile) -> Bool {
    func sends(_ kind: Kind) -> Bool {
      if case .refused = profile.permission(for: kind) { return false }
      return true
    }
    switch event {
    case .assign, .reassign: return sends(.assignments)
    case .confirm: return sends(.confirmations)
    case .document: return sends(.documents)
    case .manifest: return sends(.manifests)
    case .cancel: return sends(.cancellations) || sends(.scans)
    default: return sends(.tracking) || sends(.scans)
    }
  }

  /// May the partner assign shipments of an order that a partner in this role created?
  public static func mayAssign(_ profile: PartnerProfile, ordersOf creator: Role) -> Bool {
    creator != .marketplace || profile.role == .marketplace
  }

  /// The events that would change or complete a shipment now, in the table's order.
  ///
  /// - Parameters:
  ///   - hasAWB: one without an AWB gets its first and cannot be manifested; one with an AWB can only get another.
  ///   - creator: the role of the partner that created its order.
  public static func allowed(
    in state: ShipmentState, hasAWB: Bool, createdBy creator: Role, for profile: PartnerProfile
  ) -> [EventKind] {
    EventKind.allCases.filter { event in
      guard mayAsk(event, profile) else { return false }
      switch event {
      case .assign: if hasAWB || !mayAssign(profile, ordersOf: creator) { return false }
      case .reassign: if !hasAWB || !mayAssign(profile, ordersOf: creator) { return false }
      case .manifest: if !hasAWB { return false }
      default: break
      }
      switch step(state, event, for: profile) {
      case .moves: return true
      case .stays: return !event.isCarrierEvent
      default: return false
      }
    }
  }

  /// How a forward event is read once the goods are on their way back: "delivered" then means returned to the shipper.
  public static func returnTwin(of event: EventKind) -> EventKind {
    switch event {
    case .pickupScheduled, .pickedUp: .rto
    case .inTransit, .undelivered: .rtoInTransit
    case .outForDelivery: .rtoOutForDelivery
    case .delivered: .returned
    default: event
    }
  }

  /// The state that a carrier's event asks for.
  public static func target(of event: EventKind) -> ShipmentState? {
    switch event {
    case .pickupScheduled: .pickupScheduled
    case .pickedUp: .pickedUp
    case .inTransit: .inTransit
    case .outForDelivery: .outForDelivery
    case .undelivered: .undelivered
    case .delivered: .delivered
    case .rto: .rto
    case .rtoInTransit: .rtoInTransit
    case .rtoOutForDelivery: .rtoOutForDelivery
    case .returned: .returned
    case .lost: .lost
    case .damaged: .damaged
    case .assign, .reassign, .confirm, .document, .manifest, .cancel: nil
    }
  }

  private static let table: [Step] = ShipmentState.allCases.flatMap { state in
    EventKind.allCases.map { event in entry(state, event) }
  }

  private static func entry(_ state: ShipmentState, _ event: EventKind) -> Step {
    if let target = target(of: event) { return carrierEntry(state, target) }
    switch event {
    case .assign:
      switch state {
      case .awaitingCarrier, .open: return .moves(to: .assigned)
      case .assigned: return .duplicate
      case .confirmed: return .stays
      default: return .refused(.notTheNextStep)
      }
    case .reassign:
      switch state {
      case .assigned: return .stays
      case .awaitingCarrier, .open, .cancelled: return .refused(.notTheNextStep)
      default: return .refused(.reassignmentTooLate)
      }
    case .confirm:
      switch state {
      case .awaitingCarrier: return .refused(.carrierFirst)
      case .open, .assigned: return .moves(to: .confirmed)
      case .cancelled: return .refused(.notTheNextStep)
      default: return .duplicate
      }
    case .document:
      return state.isBeforeManifest && state != .confirmed || state == .cancelled
        ? .refused(.notTheNextStep) : .stays
    case .manifest:
      switch state {
      case .confirmed: return .moves(to: .shipped)
      case .awaitingCarrier, .open, .assigned, .cancelled: return .refused(.notTheNextStep)
      default: return .duplicate
      }
    default:
      return cancelEntry(state)
    }
  }

  /// One request for all stages: before pickup it cancels, after pickup it turns the shipment round (seed: Ekart).
  private static func cancelEntry(_ state: ShipmentState) -> Step {
    if state == .cancelled { return .duplicate }
    if state.isClosed { return .refused(.cancelRefused) }
    if state.isOnReturnLeg { return .stays }
    return state.isBeforePickup ? .moves(to: .cancelled) : .moves(to: .rto)
  }

  /// Forward jumps are legal, earlier ranks leave the state, and what was closed or cancelled stays so.
  private static func carrierEntry(_ state: ShipmentState, _ target: ShipmentState) -> Step {
    if state == .cancelled { return .recorded }
    if state.isClosed { return .refused(.shipmentClosed) }
    if state.isBeforeManifest { return .parked }
    if target == state { return .stays }
    if target == .damaged && state.isOnReturnLeg { return .moves(to: .damaged) }
    return target.rank >= state.rank ? .moves(to: target) : .stays
  }
}
