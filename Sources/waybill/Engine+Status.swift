/// How the exchange stands, and how sound its ledger is, as values.

import Orders
import Reports

/// What `waybill status` shows.
struct StatusView {
  /// One partner's inbox and what it was answered last.
  struct Partner {
    var folder: String
    var waitingFiles: Int
    var waitingBytes: Int
    /// How long the oldest file that waits has waited.
    var oldestSeconds: Int?
    var parkedRows: Int
    /// The event time of the oldest row that waits for an earlier step.
    var oldestParked: Timestamp?
    var lastFile: AnsweredFile?
  }

  /// A code that a carrier sent and no table has.
  struct UnknownCode {
    var partner: String
    var code: String
    var count: Int
  }

  /// Where the ledger ends.
  struct Position {
    var decision: DecisionNumber
    var hash: String
    var segments: Int
    var bytes: Int
    var orders: Int
    var shipments: Int
    /// From where the next start reads on.
    var checkpoint: Checkpoint?
    /// The journal's bytes behind it.
    var tailBytes = 0
  }

  /// The newest checkpoint.
  struct Checkpoint {
    var decision: DecisionNumber
    var bytes: Int
  }

  /// How the daemon notices what arrives.
  struct Watch: Equatable {
    /// Why it looks every second instead of being told; nil: the kernel tells.
    var pollsBecause: String?
    /// Can it ask the kernel who still writes to a file?
    var asksWriters: Bool
  }

  var root: String
  /// The process that holds the ledger now.
  var daemon: Int32?
  var watch: Watch?
  /// Nil: nothing was processed yet.
  var position: Position?
  /// The hash of the configuration in force.
  var configuration: String
  /// The hash of the configuration that the last decision was made under; nil: nothing was decided yet.
  var decidedUnder: String?
  var partners: [Partner]
  /// Files that stay where they are for a reason.
  var held: [WaitingFile]
  var unknownCodes: [UnknownCode]
  /// Partners whose feeds have no location key configured.
  var withoutLocations: [String]
  /// Goods that were seen after their shipment was cancelled; nil: not asked for.
  var exceptions: ScanExceptions?
}

/// What `waybill ledger verify` shows.
struct VerifyView {
  /// What follows the last commit, set aside at the next start.
  struct TornTail: Equatable {
    var file: String
    var offset: Int64
    var bytes: Int64
  }

  var segments: Int
  var frames: Int
  var commits: Int
  var bytes: Int
  /// Archived originals whose content was read again and found to be what the journal says.
  var originals: Int
  var lastDecision: DecisionNumber?
  var lastHash: String
  var tornTail: TornTail?
  /// Answers that lie in the outbox as they were committed, those that their partners took, and those to come.
  var published = 0
  var taken = 0
  var undelivered = 0
  /// Answers in whose place lies something else.
  var differing: [Differing] = []
  /// Rows that were counted again.
  var rows = 0
  /// Claims that were ever made, those that came to nothing, and those that wait.
  var claims = 0
  var voidClaims = 0
  var openClaims = 0
  var parkedRows = 0

  struct Differing: Equatable {
    var partner: String
    var name: [UInt8]
    var decision: DecisionNumber
  }
}
