internal import Files
internal import Glibc
internal import Ledger
public import Orders

/// Everything that waits, processed once: what `waybill once` and `waybill try` do.
public struct OnceRun {
  public var files: [FileReport] = []
  /// What still lies in the inboxes, and why.
  public var left: [LeftFile] = []
  /// Rows that were freed from waiting, by what they came to.
  public var settled = RowCounts()

  /// Opens the ledger's claims, takes what waits, and ends; a signal ends it after the file in hand.
  public static func run(_ ledger: OpenLedger, answered: @escaping (FileReport) -> Void) throws -> OnceRun {
    let signals = try SignalPipe.install([SIGTERM, SIGINT])
    return try run(ledger, mustStop: { isReadable(signals) }, answered: answered)
  }

  /// The same, ended by whatever the caller asks for.
  /// - Parameter mustStop: asked between files: true ends the work.
  public static func run(
    _ ledger: OpenLedger, mustStop: @escaping () -> Bool, answered: @escaping (FileReport) -> Void
  ) throws -> OnceRun {
    let reports = Reports()
    ledger.isSinglePass = true
    var intake = try IntakeRun(
      ledger, isDaemon: false,
      answered: {
        reports.files.append($0)
        answered($0)
      }, mustStop: mustStop)
    let before = ledger.settled
    try intake.finishClaims()
    _ = try intake.takeAll()
    var result = OnceRun()
    result.files = reports.files
    let stuck = intake.unreadable
    result.left =
      intake.left
      + ledger.openClaims.map(LeftFile.init(writtenTo:)).filter { claim in
        !stuck.contains { $0.isOf(claim.partner, claim.name) }
      } + stuck
    result.settled = ledger.settled.since(before)
    return result
  }

  private final class Reports { var files: [FileReport] = [] }
}

/// Can the descriptor be read without waiting?
func isReadable(_ descriptor: Int32) -> Bool {
  var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&look, 1, 0) > 0
}

/// A file that was not taken.
public struct LeftFile: Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    case beingWritten, awaitsCompanion, incomplete, settling, secondName
    /// Its partner is paused.
    case paused
    /// The disk has no room for it: so much must be free.
    case noRoom(neededBytes: UInt64)
    /// The disk does not give it, or does not let it go; errno.
    case unreadable(Int32)
  }
  public let partner: String
  public let name: [UInt8]
  public let reason: Reason
}

extension LeftFile {
  func isOf(_ partner: String, _ name: [UInt8]) -> Bool { self.partner == partner && self.name == name }

  /// A file that was claimed while somebody still wrote to it; it is ours, and judged as soon as it is at rest.
  init(writtenTo claim: ClaimRecord) {
    self.init(
      partner: String(decoding: claim.partner, as: UTF8.self), name: claim.name, reason: .beingWritten)
  }
}

extension RowCounts {
  mutating func add(_ more: RowCounts) {
    read += more.read
    for outcome in Outcome.allCases { self[outcome] += more[outcome] }
  }

  /// What was counted since an earlier moment.
  func since(_ before: RowCounts) -> RowCounts {
    var counts = self
    counts.read -= before.read
    for outcome in Outcome.allCases { counts[outcome] -= before[outcome] }
    return counts
  }
}
