// A plant is a fault put into the program on purpose, to see whether the tests would find it.

import Glibc

/// The planted faults: each is a mistake that a ledger like this has been known to make, and a test proves that it is caught.
///
/// In debug builds `WAYBILL_PLANT=skip-journal-sync` switches one on for the process, `during` for a test's own work. Release builds
/// contain no trace of them.
public enum Plant: String, CaseIterable, Sendable {
  case skipJournalSync = "skip-journal-sync"
  case skipClaimSync = "skip-claim-sync"
  case skipAsideSync = "skip-aside-sync"
  case skipOutboxSync = "skip-outbox-sync"
  case skipArchiveSync = "skip-archive-sync"
  case syncAgainAfterFailure = "sync-again-after-failure"
  case cutAtAnyBadFrame = "cut-at-any-bad-frame"
  case deliverBeforeSync = "deliver-before-sync"
  case trustTheTail = "trust-the-tail"
  // What small files that are decided where they lie are kept safe by.
  case judgeBeforeClaims = "judge-before-claims"
  case commitWithoutOriginal = "commit-without-original"
  case trustTheTimes = "trust-the-times"
  case leaveWhatWasAnswered = "leave-what-was-answered"
  case keepTornOriginals = "keep-torn-originals"
  case overwriteWhatCameSince = "overwrite-what-came-since"
  case goByTheClock = "go-by-the-clock"

  #if DEBUG
    /// The plant of the task at hand.
    @TaskLocal private static var here: Plant?

    private static let ofEnvironment: Plant? = {
      guard let name = getenv("WAYBILL_PLANT") else { return nil }
      let plant = Plant(rawValue: String(cString: name))
      precondition(plant != nil, "WAYBILL_PLANT names no planted fault")
      return plant
    }()

    /// Is this fault planted?
    public var isPlanted: Bool { (Plant.here ?? Plant.ofEnvironment) == self }

    /// Is any fault planted? Other threads do not know of it, so what must show it is not given to others.
    static var isAnyPlanted: Bool { (here ?? ofEnvironment) != nil }

    /// Runs `work` with a fault in it.
    public static func during<Result>(_ plant: Plant?, _ work: () throws -> Result) rethrows -> Result {
      try $here.withValue(plant) { try work() }
    }

    /// Is the sync of this descriptor left out, while the program believes it was done?
    static func skipsSync(of descriptor: Int32) -> Bool {
      guard let plant = here ?? ofEnvironment, let part = plant.unsyncedPart else { return false }
      return DiskRecord.path(of: descriptor).contains(part)
    }

    private var unsyncedPart: String? {
      switch self {
      case .skipJournalSync: "/ledger/journal"
      case .skipClaimSync: "/ledger/claimed"
      case .skipAsideSync: "/ledger/asides"
      case .skipOutboxSync: "/outbox/"
      case .skipArchiveSync: "/ledger/archive"
      default: nil
      }
    }
  #else
    @inlinable
    public var isPlanted: Bool { false }

    @inlinable
    static var isAnyPlanted: Bool { false }
  #endif
}
