public import Orders

/// The story of a file: what it came to, what was answered, and what became of every one of its rows since.
public struct FileStory: Sendable {
  public var partner: String
  public var name: String
  public var kind: Kind?
  /// Nil: it is taken and not decided yet.
  public var decision: DecisionNumber?
  public var receivedAt: Timestamp
  public var sizeBytes: Int64 = 0
  /// In hexadecimal; empty for a file that is not decided.
  public var sha256 = ""
  public var outcome: FileOutcome?
  /// Why it was refused or held whole.
  public var refusal: RejectionCode?
  public var counts = RowCounts()
  /// Everything that was published with its decision, for whichever partner, by folder and name.
  public var answers: [(partner: String, name: String)] = []
  /// How many files with answers to rows that had waited were published since.
  public var settledFiles = 0
  /// Rejected rows by code, the most frequent first.
  public var rejections: [RejectionGroup] = []
  /// The file that it corrects, by its acknowledgement.
  public var corrects: String?
  /// The files that corrected it, and those that corrected these, in order.
  public var corrections: [Correction] = []
  /// Rows rejected in it or in its corrections that did not come again.
  public var rejectedOpen = 0
  /// Its parked rows that still wait.
  public var parkedNow = 0
  /// Its parked rows that were settled since, by what they came to.
  public var settled = RowCounts()
  /// Its rows by the state their shipments are in now.
  public var statesNow = [Int](repeating: 0, count: ShipmentState.allCases.count)
  /// In order; bounded.
  public var rows: [Row] = []
  public var rowsLeftOut = 0
  /// Which are kept first where not all are.
  var rowsMax = 0

  public struct RejectionGroup: Sendable {
    public var code: RejectionCode
    public var count: Int
    /// The first of the rows.
    public var rows: [Int]
  }

  /// A file that brought rejected rows again.
  public struct Correction: Sendable, Equatable {
    public var name: String
    public var decision: DecisionNumber
    public var read: Int
    public var rejected: Int
  }

  /// One row of the file.
  public struct Row: Sendable {
    public var row: Int
    public var outcome: Outcome
    public var code: RejectionCode?
    public var column: String?
    public var eventTime: Timestamp?
    public var before: ShipmentState?
    public var after: ShipmentState?
    /// Of the order it is about, where the ledger knows it.
    public var orderNumber = ""
    public var awb = ""
    public var now: ShipmentState?
    /// What a parked row came to later.
    public var settlement: Settlement?
  }

  public struct Settlement: Sendable {
    public var outcome: Outcome
    public var code: RejectionCode?
    /// The file that released it, and its decision.
    public var by: String
    public var decision: DecisionNumber?
  }
}
