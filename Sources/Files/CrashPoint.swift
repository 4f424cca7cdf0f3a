// A crash point is a named moment in the order of work at which a test may kill the program.

import Glibc
import Synchronization

/// The moments between two steps of the order of work at which a restart must lose nothing.
///
/// In debug builds `WAYBILL_CRASH=claims-renamed:2` kills the process by SIGKILL at the second passage of that point, and with
/// `:stop` behind it stops it there by SIGSTOP, so that a test may do something in between. Release builds contain no trace of it.
public enum CrashPoint {
  /// The points, in the order in which one group of files passes them; small files are renamed behind the position.
  public enum Name: String, CaseIterable, Sendable {
    case claimsJournaled = "claims-journaled"
    case claimsRenamed = "claims-renamed"
    case batchJournaled = "batch-journaled"
    case answersStaged = "answers-staged"
    case commitAppended = "commit-appended"
    case commitSynced = "commit-synced"
    case positionWritten = "position-written"
    case halfDelivered = "half-delivered"
    case delivered = "delivered"
    case archived = "archived"
    case publishedMarked = "published-marked"
    case checkpointWritten = "checkpoint-written"
    case checkpointSynced = "checkpoint-synced"
    case checkpointRenamed = "checkpoint-renamed"
    case checkpointsPruned = "checkpoints-pruned"
    case repairBegun = "repair-begun"
    case repairCut = "repair-cut"
    case repairWithdrawn = "repair-withdrawn"
    case repairRecorded = "repair-recorded"

    /// Passed by `ledger repair` alone, never by work.
    public var isOfRepair: Bool { rawValue.hasPrefix("repair") }

    /// Those that work passes, in its order.
    public static let ofWork = allCases.filter { !$0.isOfRepair }
  }

  /// The names as they are written in the environment.
  public static var all: [String] { Name.allCases.map(\.rawValue) }

  #if DEBUG
    /// Says that the work has come to this point; returns, unless a test wants the process dead here.
    public static func reached(_ name: Name) {
      guard let wanted, wanted.name == name else { return }
      guard passages.add(1, ordering: .relaxed).newValue == wanted.passage else { return }
      if wanted.isStop { raise(SIGSTOP) } else { dieAtOnce() }
    }

    private static let passages = Atomic<Int>(0)

    private static let wanted: (name: Name, passage: Int, isStop: Bool)? = {
      guard let line = getenv("WAYBILL_CRASH") else { return nil }
      let fields = String(cString: line).split(separator: ":")
      let passage = fields.count > 1 ? Int(fields[1]) : 1
      let isStop = fields.count == 3 && fields[2] == "stop"
      let name = fields.first.flatMap { Name(rawValue: String($0)) }
      precondition(name != nil && passage != nil, "WAYBILL_CRASH names no crash point")
      return name.flatMap { name in passage.map { (name, $0, isStop) } }
    }()
  #else
    @inlinable
    public static func reached(_ name: Name) {}
  #endif
}
