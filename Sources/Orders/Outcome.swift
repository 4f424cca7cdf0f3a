/// What a row can come to (product.md section 6).
public enum Outcome: UInt8, CaseIterable, Sendable {
  /// The newest event of its shipment, whether or not the state changes; or a step that was taken.
  case applied
  /// The same again: answered positively, changes nothing.
  case duplicate
  /// Kept, moves nothing: late, or an unknown code.
  case recorded
  /// Waits for an earlier step.
  case parked
  case rejected

  public var name: String { Outcome.names[Int(rawValue)] }
  /// Asked of every row where its answers are written: `==` of another module's enumeration costs a call.
  @inlinable public var isRejected: Bool { if case .rejected = self { true } else { false } }
  public static let names = ["applied", "duplicate", "recorded", "parked", "rejected"]
}

/// What a file can come to (product.md section 6).
public enum FileOutcome: String, CaseIterable, Sendable {
  case accepted
  case acceptedWithErrors = "accepted_with_errors"
  case rejected
  case duplicateFile = "duplicate_file"
  case held
}

/// How many rows of a file came to each outcome; the five sum to `read`, which is checked before anything is published.
public struct RowCounts: Equatable, Sendable {
  public var read = 0
  public var byOutcome: [Int]

  public init() { byOutcome = [Int](repeating: 0, count: Outcome.allCases.count) }

  public subscript(_ outcome: Outcome) -> Int {
    get { byOutcome[Int(outcome.rawValue)] }
    set { byOutcome[Int(outcome.rawValue)] = newValue }
  }

  public var isConserved: Bool { read == byOutcome.reduce(0, +) }
}

/// Sums over all rows read, for the sender to compare with its own.
public struct ControlTotals: Sendable, Equatable {
  /// Rows that carry an AWB.
  public var awbNumbers = 0
  /// Pieces.
  public var quantity = 0

  public init() {}
}
