internal import Dispatch
public import Files
internal import Synchronization

/// What goes on beside the work while the daemon runs: signs of life for the service manager, and metrics that are never old.
///
/// It is a thread of its own with a short sleep, so that one long file delays neither. A sign of life is sent only while the
/// work gives one itself (`Pulse`): a program that hangs is ended by its manager and started again.
public final class Heartbeat: Sendable {
  private let service: ServiceSocket?
  private let board = Mutex<MetricsBoard?>(nil)
  private let status = Mutex<String>("")
  private let isOver = Atomic<Bool>(false)

  /// - Parameter service: nil where no service manager asked to be told.
  public init(_ service: ServiceSocket? = ServiceSocket()) { self.service = service }

  /// Begins to beat; once for each process.
  public func begin() {
    let watchdog = service?.watchdogMilliseconds
    let pause = min(max((watchdog ?? .max) / 3, 50), 1_000)
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "heartbeat"))
    timer.schedule(deadline: .now(), repeating: .milliseconds(Int(pause)))
    timer.setEventHandler { [self] in
      if isOver.load(ordering: .relaxed) { return timer.cancel() }
      if let watchdog, Pulse.silenceMilliseconds() < watchdog { service?.say("WATCHDOG=1") }
      // A second early, so that it is never older than promised.
      board.withLock { $0 }?.write(unlessWithin: MetricsBoard.pauseMillisecondsMax - 2_000)
    }
    timer.activate()
  }

  /// Whose numbers are shown from now on.
  func show(_ board: MetricsBoard?) { self.board.withLock { $0 = board } }

  /// The exchange is open, recovered, and takes files.
  func ready(_ words: String) {
    status.withLock { $0 = words }
    service?.say("READY=1", "STATUS=\(words)")
  }

  /// What it does, in a few words, when they are others than before.
  public func tell(_ words: String) {
    let isNew = status.withLock { status in
      defer { status = words }
      return status != words
    }
    if isNew { service?.say("STATUS=\(words)") }
  }

  /// It was asked to stop, and finishes what is in hand.
  func stopping() { service?.say("STOPPING=1", "STATUS=finishing the file in hand") }

  /// No more beats.
  public func end() {
    isOver.store(true, ordering: .relaxed)
    show(nil)
  }
}
