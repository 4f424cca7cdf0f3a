internal import Files
internal import Glibc
internal import Intake
internal import Orders
internal import Outbox

/// The daemon: watches every partner's inbox until it is asked to stop, and finishes the file in hand.
///
/// It waits in one place: for the watch, for the self-pipe that signals write to, and for the next file to have rested.
public struct Daemon {
  private let watch: DirectoryWatch
  private let signals: Int32
  private var intake: IntakeRun
  private let ledger: OpenLedger
  private var settings: SettingsFile?
  /// Asked when the configuration's file was edited: true ends the work, so that it is taken up again with the new one.
  private let settingsChanged: () -> Bool
  private var report: WatchReport?
  private let asksWriters: Bool
  private let board: MetricsBoard
  private let heartbeat: Heartbeat
  private let bell: AlarmBell?
  private var due: DueFiles
  private let answered = Answered()

  /// Counts what was answered.
  private final class Answered {
    var files = 0
    var rows = 0
  }

  /// Why the daemon ended.
  public enum Ending: Sendable {
    /// A signal asked it to.
    case asked
    /// The configuration is another now.
    case settingsChanged
  }

  /// Opens the exchange, finishes what a crash left behind, and starts to watch.
  public init(
    _ ledger: OpenLedger, settings path: String? = nil, settingsChanged: @escaping () -> Bool = { false },
    heartbeat: Heartbeat = Heartbeat(nil), bell: AlarmBell? = nil, answered: @escaping (FileReport) -> Void
  ) throws {
    self.ledger = ledger
    ledger.isDaemon = true
    self.settingsChanged = settingsChanged
    signals = try SignalPipe.install([SIGTERM, SIGINT])
    do throws(FileError) { watch = try DirectoryWatch() } catch {
      watch = DirectoryWatch(blindBecause: error)
    }
    settings = path.flatMap { SettingsFile(at: $0) }
    settings?.wake(watch)
    // A request wakes it as a file does; where this is refused, so are the inboxes after it, and it looks every second.
    ledger.requestsWatch = try? watch.add(ledger.requests.folder, for: .movedIn)
    asksWriters = try Lease.mayAskAboutOthers()
    let signals = self.signals
    let counted = self.answered
    board = MetricsBoard(ledger)
    self.heartbeat = heartbeat
    self.bell = bell
    due = DueFiles(ledger.configuration, startedAt: ledger.clock.now())
    bell?.use(ledger.configuration.alarm)
    let notice = ledger.notice
    ledger.notice = {
      notice($0)
      if let alarm = Alarm($0) { bell?.ring(alarm) }
    }
    intake = try IntakeRun(
      ledger, isDaemon: true, watch: watch, board: board,
      answered: { report in
        counted.files += 1
        counted.rows += report.rows.read
        answered(report)
        if let alarm = Alarm(report) { bell?.ring(alarm) }
      }, mustStop: { isReadable(signals) })
  }

  /// From here on a signal asks the daemon to stop instead of ending it: to be called before the ledger is opened, because
  /// opening it is already work.
  public static func catchSignals() throws { _ = try SignalPipe.install([SIGTERM, SIGINT]) }

  /// How many partners' folders are watched.
  public var folders: Int { ledger.configuration.profiles.count }

  /// Works until a signal asks to stop, or the configuration was edited.
  public mutating func run() throws -> Ending {
    var ending = Ending.asked
    Pulse.beat()
    heartbeat.show(board)
    defer { heartbeat.show(nil) }
    try intake.finishClaims()
    heartbeat.ready(standing)
    var wasQuiet = false
    while !isReadable(signals) {
      let next = try intake.takeAll()
      if isReadable(signals) { break }
      if settings?.hasChanged() == true, settingsChanged() {
        ending = .settingsChanged
        break
      }
      try sayHowItWatches()
      try ledger.markPublishedInPeace(wasQuiet: wasQuiet)
      board.refresh(ledger, bell)
      sayWhatIsMissing()
      board.write()
      heartbeat.tell(standing)
      for failure in bell?.takeFailures() ?? [] { ledger.notice(.alarmFailed(failure)) }
      var timeout: Int32?
      if let next { timeout = Int32(clamping: max(1, next - MonotonicClock.nowMilliseconds())) }
      // A program that is told something may have failed by then.
      if bell?.isBusy == true { timeout = min(timeout ?? 1000, 1000) }
      if !ledger.openClaims.isEmpty { timeout = min(timeout ?? 1000, 1000) }
      if ledger.awaitedCheckpoint != nil { timeout = min(timeout ?? 100, 100) }
      if report?.pollsBecause != nil {
        timeout = min(timeout ?? .max, Int32(Watching.pollMilliseconds))
      }
      if ledger.isUnmarked { timeout = min(timeout ?? .max, OpenLedger.quietMilliseconds) }
      timeout = min(timeout ?? .max, Int32(MetricsBoard.pauseMillisecondsMax))
      let signals = self.signals
      let watch = self.watch
      ledger.spares.refill { watch.isCalling || isReadable(signals) }
      Pulse.rest()
      let wake = try watch.wait(timeoutMilliseconds: timeout, also: signals)
      Pulse.beat()
      wasQuiet = wake.timedOut
      intake.note(wake)
      if !ledger.openClaims.isEmpty { try intake.finishClaims() }
    }
    if ending == .asked {
      _ = SignalPipe.drain()
      heartbeat.stopping()
    }
    board.refresh(ledger, bell)
    try ledger.close()
    board.noteStop(ledger)
    board.write(unlessWithin: 0)
    return ending
  }

  /// What it does, in a few words.
  private var standing: String {
    "watching \(folders) inboxes; \(answered.files) files and \(answered.rows) rows answered since the start"
  }

  /// Says which files that the calendar expects did not come, each once.
  private mutating func sayWhatIsMissing() {
    let standing = due.standing(ledger.docket.books, at: ledger.clock.now())
    board.note(standing)
    for expected in due.untold(standing) {
      guard let missing = expected.missingSince else { continue }
      ledger.notice(.fileMissing(partner: expected.partner, kind: expected.kind, due: missing.spelled))
    }
  }

  /// Writes down and says how arrivals are noticed, when it is not as it was.
  private mutating func sayHowItWatches() throws {
    let now = WatchReport(intake.watching, asksWriters: asksWriters)
    let before = report
    if now == before { return }
    report = now
    try now.write(in: ledger.folder)
    if let because = now.pollsBecause {
      ledger.notice(.polls(because: because))
    } else if before?.pollsBecause != nil {
      ledger.notice(.watchesAgain)
    }
    if before == nil && !now.asksWriters { ledger.notice(.cannotAskWriters) }
  }
}
