/// The state of a manifested shipment: the fold, in event order, of all carrier events and cancel requests held.
///
/// Because the state depends on the set of events and not on the order in which their files came, any order of arrival
/// ends in the same final state (product.md section 5).

/// One event held by a shipment, as the fold needs it.
public struct HeldEvent: Equatable, Sendable {
  public var time: Timestamp
  public var scanNumber: ScanNumber
  public var event: EventKind
  /// Does it end the return leg?
  public var endsReturn: Bool
  /// Where it lies in the journal: the order of arrival.
  public var position: Position

  public init(
    time: Timestamp, scanNumber: ScanNumber, event: EventKind, endsReturn: Bool, position: Position
  ) {
    self.time = time
    self.scanNumber = scanNumber
    self.event = event
    self.endsReturn = endsReturn
    self.position = position
  }

  /// Event order: time, then the scan number, then the rank of what is asked, then arrival.
  ///
  /// Within one rank the events have an order of their own (in transit, out for delivery, undelivered), so that arrival decides
  /// only between events that say the same.
  public static func precedes(_ a: HeldEvent, _ b: HeldEvent) -> Bool {
    if a.time != b.time { return a.time < b.time }
    if a.scanNumber != b.scanNumber { return a.scanNumber < b.scanNumber }
    let ranks = (a.rank, b.rank)
    if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
    if a.event != b.event { return a.event.rawValue < b.event.rawValue }
    if a.endsReturn != b.endsReturn { return b.endsReturn }
    return a.position < b.position
  }

  private var rank: UInt8 { Transitions.target(of: event)?.rank ?? 0 }
}

/// The running value of the fold.
public struct CarrierFold: Equatable, Sendable {
  public var state: ShipmentState
  /// Are forward events read as their return twins?
  public var onReturn: Bool
  /// The event that put the shipment into its state; nil: the manifest did.
  public var setBy: HeldEvent?
  /// Was a cancel request folded? A second one asks for nothing new.
  private var isCancelAsked = false

  /// - Parameter isReturnLeg: the AWB is the return twin of another one, so that all of its way is a return.
  public init(isReturnLeg: Bool = false) {
    state = .shipped
    onReturn = isReturnLeg
  }

  /// The fold so far, to be followed by one carrier's event that is newer than all before; a cancel request needs them all.
  public init(state: ShipmentState, onReturn: Bool) {
    self.state = state
    self.onReturn = onReturn
  }

  /// What the next event, newer than all before, does; the fold follows it.
  @discardableResult
  public mutating func apply(_ held: HeldEvent) -> Step {
    if held.event == .cancel {
      if isCancelAsked { return .duplicate }
      isCancelAsked = true
    }
    if held.endsReturn && !state.isClosed { onReturn = false }
    let step = Transitions.step(state, onReturn ? Transitions.returnTwin(of: held.event) : held.event)
    if case .moves(let target) = step {
      state = target
      setBy = held
      if target.isOnReturnLeg && !held.endsReturn { onReturn = true }
    }
    return step
  }

  /// The fold over all events held.
  public static func over(_ events: [HeldEvent], isReturnLeg: Bool = false) -> CarrierFold {
    var fold = CarrierFold(isReturnLeg: isReturnLeg)
    for event in events.sorted(by: HeldEvent.precedes) { fold.apply(event) }
    return fold
  }
}
