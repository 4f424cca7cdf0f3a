/// What the judge says of one row.

/// A verdict is a value, never thrown: the outcome, the states around it, and for a rejection its causes.
///
/// What only a rejection needs sits in one box of its own, so that the verdict of a sound row is a few plain words.
public struct Verdict: Sendable {
  public var outcome: Outcome
  public var before: ShipmentState?
  public var after: ShipmentState?
  /// The event time of the row, if it has one.
  public var eventTime: Timestamp?
  /// Why it was rejected; nil for every other outcome.
  public var rejection: Rejection?

  public init(
    _ outcome: Outcome, before: ShipmentState? = nil, after: ShipmentState? = nil,
    at eventTime: Timestamp? = nil
  ) {
    self.outcome = outcome
    self.before = before
    self.after = after
    self.eventTime = eventTime
  }

  /// A rejection; `before` and `after` are the state the shipment stays in.
  public static func rejected(_ faults: [Fault], cause: Cause? = nil, at eventTime: Timestamp? = nil)
    -> Verdict
  {
    precondition(!faults.isEmpty)
    var verdict = Verdict(.rejected, before: cause?.state, after: cause?.state, at: eventTime)
    verdict.rejection = Rejection(faults: faults, cause: cause)
    return verdict
  }
}

/// Why a row was rejected: all faults of its content, or the one of its state with the cause.
public final class Rejection: Sendable, Equatable {
  /// In order of precedence (the code's number); the first gives the row its code.
  public let faults: [Fault]
  /// Where the shipment stands and since when, for a rejection for the order's state.
  public let cause: Cause?

  public init(faults: [Fault], cause: Cause?) {
    self.faults = faults
    self.cause = cause
  }

  public static func == (a: Rejection, b: Rejection) -> Bool { a.faults == b.faults && a.cause == b.cause }
}

/// The state a shipment is in, since when, who put it there, and what would be accepted now.
public struct Cause: Equatable, Sendable {
  public var state: ShipmentState
  public var since: Timestamp?
  /// The file and row that put it there; for another partner's file only the partner.
  public var setBy: Source?
  /// The events the table would accept from this partner now.
  public var allowedNow: [EventKind]

  public init(state: ShipmentState, since: Timestamp?, setBy: Source?, allowedNow: [EventKind]) {
    self.state = state
    self.since = since
    self.setBy = setBy
    self.allowedNow = allowedNow
  }
}

/// A file and a row of it.
public struct Source: Equatable, Sendable {
  public var partner: String
  /// The file's name; nil where the reader may not learn it (another partner's file).
  public var file: String?
  public var row: UInt32

  public init(partner: String, file: String?, row: UInt32) {
    self.partner = partner
    self.file = file
    self.row = row
  }
}
