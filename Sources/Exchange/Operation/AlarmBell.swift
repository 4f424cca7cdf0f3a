internal import Dispatch
internal import Files
internal import Foundation
internal import Orders
internal import Outbox
internal import Synchronization

/// The program that is told when somebody should look: started with one JSON object on its standard input.
public struct AlarmSettings: Sendable, Equatable {
  /// The program by its path from the root, and the words behind it.
  public var program: [String]
  /// It is killed when it takes longer.
  public var timeoutSeconds = 10.0
  /// More than so many an hour are counted, not told.
  public var perHourMax = 30

  static let wordsMax = 64
}

/// Something that somebody should look at.
public struct Alarm: Sendable {
  /// What happened, in one word each; a program's filter rests on them.
  public enum Kind: String, Sendable, CaseIterable {
    /// A file was refused whole, an upload that stayed incomplete for too long among them.
    case fileRejected = "file_rejected"
    /// A file lies in quarantine: over its error budget.
    case fileQuarantined = "file_quarantined"
    /// The program died of a file, which lies in quarantine now.
    case filePoison = "file_poison"
    /// A file that the calendar expects did not come.
    case fileMissing = "file_missing"
    /// Nothing is taken until the disk has more room.
    case diskNearlyFull = "disk_nearly_full"
    /// The daemon ends because of a failure of its own.
    case stopped = "stopped"
  }

  public var kind: Kind
  public var partner: String?
  public var file: [UInt8]?
  public var code: String?
  /// One sentence for a person.
  public var message: String

  public init(
    _ kind: Kind, partner: String? = nil, file: [UInt8]? = nil, code: String? = nil, message: String
  ) {
    self.kind = kind
    self.partner = partner
    self.file = file
    self.code = code
    self.message = message
  }
}

/// Tells an operator's program, one alarm after the other, on a queue of its own: the work never waits for it.
///
/// A program that hangs is killed, and everything that it started with it. What comes too fast is counted, and the next alarm
/// says how many were left out.
public final class AlarmBell: Sendable {
  private struct State {
    var settings: AlarmSettings?
    /// When alarms were told within the last hour, on the clock that nobody can set.
    var told: [Int64] = []
    var leftOut = 0
    var waiting = 0
    var failures: [String] = []
    var counts = Counts()
  }

  /// What became of alarms since the process began.
  struct Counts: Sendable, Equatable {
    var told = 0
    var failed = 0
    var leftOut = 0
  }

  private let root: String
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "alarms")

  /// So many wait for their turn at the most.
  static let waitingMax = 16
  private static let hourMilliseconds: Int64 = 3_600_000

  public init(root: String) { self.root = root }

  /// Whom to tell from now on.
  public func use(_ settings: AlarmSettings?) { state.withLock { $0.settings = settings } }

  var counts: Counts { state.withLock { $0.counts } }

  /// Tells of an alarm soon, or counts it.
  public func ring(_ alarm: Alarm) {
    let at = Timestamp(milliseconds: WallClock.nowMilliseconds())
    let turn = state.withLock { state -> (AlarmSettings, leftOut: Int)? in
      guard let settings = state.settings else { return nil }
      let now = MonotonicClock.nowMilliseconds()
      state.told.removeAll { now - $0 > AlarmBell.hourMilliseconds }
      if state.told.count >= settings.perHourMax || state.waiting >= AlarmBell.waitingMax {
        state.leftOut += 1
        state.counts.leftOut += 1
        return nil
      }
      state.told.append(now)
      state.waiting += 1
      defer { state.leftOut = 0 }
      return (settings, state.leftOut)
    }
    guard let (settings, leftOut) = turn else { return }
    let input = text(of: alarm, at: at, leftOut: leftOut)
    queue.async { [self] in
      let ending = ChildProgram.run(
        settings.program, input: input, timeoutMilliseconds: Int64(settings.timeoutSeconds * 1000))
      state.withLock { state in
        state.waiting -= 1
        guard let failure = AlarmBell.failure(ending, settings) else {
          state.counts.told += 1
          return
        }
        state.counts.failed += 1
        if state.failures.count < AlarmBell.waitingMax { state.failures.append(failure) }
      }
    }
  }

  /// Is somebody being told, or is there a failure that nobody took note of?
  var isBusy: Bool { state.withLock { $0.waiting > 0 || !$0.failures.isEmpty } }

  /// What went wrong with the program since the last time somebody asked.
  public func takeFailures() -> [String] {
    state.withLock { state in
      defer { state.failures = [] }
      return state.failures
    }
  }

  /// Waits until everything that rang is told; no longer than each alarm may take.
  public func finish() { queue.sync {} }

  private func text(of alarm: Alarm, at time: Timestamp, leftOut: Int) -> [UInt8] {
    var line = JSONLine(alarm.kind.rawValue)
    line.text("at", time.iso8601(in: .utc))
    line.text("root", root)
    line.text("partner", alarm.partner)
    if let file = alarm.file { line.text("file", Array(file.prefix(1024))) } else { line.text("file", nil) }
    line.text("code", alarm.code)
    line.text("message", String(alarm.message.prefix(2048)))
    line.number("left_out", leftOut)
    var bytes: [UInt8] = []
    line.end(&bytes)
    return bytes
  }

  private static func failure(_ ending: ChildProgram.Ending, _ settings: AlarmSettings) -> String? {
    let program = settings.program.first ?? ""
    switch ending {
    case .exited(0): return nil
    case .exited(let status): return "the alert program \(program) ended with status \(status)"
    case .killed(let signal): return "the alert program \(program) was killed by signal \(signal)"
    case .timedOut:
      return "the alert program \(program) took longer than \(settings.timeoutSeconds) s and was killed"
    case .notStarted(let number):
      return "the alert program \(program) could not be started: \(String(cString: strerror(number)))"
    }
  }
}

extension Alarm {
  /// What an operator should hear of an answered file; nil: nothing.
  init?(_ report: FileReport) {
    let file = "\(report.partner)/\(String(decoding: legibleName(report.name), as: UTF8.self))"
    switch report.outcome {
    case .rejected:
      let code = report.refusal.map { "\($0.name): \($0.meaning.sentence)" } ?? "refused whole"
      self.init(
        .fileRejected, partner: report.partner, file: report.name, code: report.refusal?.name,
        message: "\(file) was refused whole. \(code)")
    case .held where report.isQuarantined:
      self.init(
        .fileQuarantined, partner: report.partner, file: report.name, code: report.refusal?.name,
        message: "\(file) went over its error budget and lies in quarantine; nothing of it was applied")
    default: return nil
    }
  }

  /// What an operator should hear of a notice; nil: nothing.
  init?(_ notice: ExchangeNotice) {
    switch notice {
    case .condemned(let partner, let name):
      self.init(
        .filePoison, partner: partner, file: name, code: RejectionCode.ourOwnFault.name,
        message: "the program died of \(partner)/\(String(decoding: legibleName(name), as: UTF8.self)); "
          + "it lies in quarantine and was answered as our own fault")
    case .fileMissing(let partner, let kind, let due):
      self.init(
        .fileMissing, partner: partner,
        message:
          "no \(kind.name) file came from \(partner), due by \(due); ask whether it was sent, and look for held "
          + "uploads with `waybill status`")
    case .noRoom(let free, let needed):
      self.init(
        .diskNearlyFull,
        message:
          "the disk of the ledger has \(free) bytes left where \(needed) are needed; nothing is taken until it has"
      )
    case .noRoomFor(let partner, let name, let free, let needed):
      self.init(
        .diskNearlyFull, partner: partner, file: name,
        message: "the disk of the ledger has \(free) bytes left where \(partner)/"
          + "\(String(decoding: legibleName(name), as: UTF8.self)) needs \(needed); it waits in its inbox")
    default: return nil
    }
  }
}
