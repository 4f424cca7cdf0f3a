internal import Files
internal import Glibc
internal import Intake
internal import Orders

/// The daemon: watches every partner's inbox until it is asked to stop, and finishes the file in hand.
///
/// It waits in one place: for the watch, for the self-pipe that signals write to, and for the next file to have rested.
package struct Daemon {
  private let watch: DirectoryWatch
  private let signals: Int32
  private var intake: IntakeRun
  private let ledger: OpenLedger

  /// Opens the exchange, finishes what a crash left behind, and starts to watch.
  package init(_ ledger: OpenLedger, answered: @escaping (FileReport) -> Void) throws {
    self.ledger = ledger
    signals = try SignalPipe.install([SIGTERM, SIGINT])
    watch = try DirectoryWatch()
    // A request wakes it as a file does.
    _ = try watch.add(ledger.requests.folder, for: .movedIn)
    let signals = self.signals
    intake = try IntakeRun(
      ledger, isDaemon: true, watch: watch, answered: answered, mustStop: { isReadable(signals) })
  }

  /// From here on a signal asks the daemon to stop instead of ending it: to be called before the ledger is opened, because
  /// opening it is already work.
  package static func catchSignals() throws { _ = try SignalPipe.install([SIGTERM, SIGINT]) }

  /// How many partners' folders are watched.
  package var folders: Int { ledger.configuration.profiles.count }

  /// Works until a signal asks to stop.
  package mutating func run() throws {
    try intake.finishClaims()
    while !isReadable(signals) {
      let next = try intake.takeAll()
      if isReadable(signals) { break }
      try ledger.markPublished()
      var timeout: Int32?
      if let next { timeout = Int32(clamping: max(1, next - MonotonicClock.nowMilliseconds())) }
      if !ledger.openClaims.isEmpty { timeout = min(timeout ?? 1000, 1000) }
      let wake = try watch.wait(timeoutMilliseconds: timeout, also: signals)
      intake.note(wake)
      if !ledger.openClaims.isEmpty { try intake.finishClaims() }
    }
    _ = SignalPipe.drain()
    try ledger.close()
  }
}
