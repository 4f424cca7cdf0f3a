package import Orders

/// The story of a file: what it came to, what was answered, and what became of every one of its rows since.
package struct FileStory: Sendable {
  package var partner: String
  package var name: String
  package var kind: Kind?
  /// Nil: it is taken and not decided yet.
  package var decision: DecisionNumber?
  package var receivedAt: Timestamp
  package var sizeBytes: Int64 = 0
  /// In hexadecimal; empty for a file that is not decided.
  package var sha256 = ""
  package var outcome: FileOutcome?
  /// Why it was refused or held whole.
  package var refusal: RejectionCode?
  package var counts = RowCounts()
  /// Everything that was published with its decision, for whichever partner, by folder and name.
  package var answers: [(partner: String, name: String)] = []
  /// How many files with answers to rows that had waited were published since.
  package var settledFiles = 0
  /// Rejected rows by code, the most frequent first.
  package var rejections: [RejectionGroup] = []
  /// The file that it corrects, by its acknowledgement.
  package var corrects: String?
  /// The files that corrected it, and those that corrected these, in order.
  package var corrections: [Correction] = []
  /// Rows rejected in it or in its corrections that did not come again.
  package var rejectedOpen = 0
  /// Its parked rows that still wait.
  package var parkedNow = 0
  /// Its parked rows that were settled since, by what they came to.
  package var settled = RowCounts()
  /// Its rows by the state their shipments are in now.
  package var statesNow = [Int](repeating: 0, count: ShipmentState.allCases.count)
  /// In order; bounded.
  package var rows: [Row] = []
  package var rowsLeftOut = 0
  /// Which are kept first where not all are.
  var rowsMax = 0

  package struct RejectionGroup: Sendable {
    package var code: RejectionCode
    package var count: Int
    /// The first of the rows.
    package var rows: [Int]
  }

  /// A file that brought rejected rows again.
  package struct Correction: Sendable, Equatable {
    package var name: String
    package var decision: DecisionNumber
    package var read: Int
    package var rejected: Int
  }

  /// One row of the file.
  package struct Row: Sendable {
    package var row: Int
    package var outcome: Outcome
    package var code: RejectionCode?
    package var column: String?
    package var eventTime: Timestamp?
    package var before: ShipmentState?
    package var after: ShipmentState?
    /// Of the order it is about, where the ledger knows it.
    package var orderNumber = ""
    package var awb = ""
    package var now: ShipmentState?
    /// What a parked row came to later.
    package var settlement: Settlement?
  }

  package struct Settlement: Sendable {
    package var outcome: Outcome
    package var code: RejectionCode?
    /// The file that released it, and its decision.
    package var by: String
    package var decision: DecisionNumber?
  }
}
