internal import Files
internal import Glibc
internal import Ledger

/// A verb that changes the ledger: handed to the process that holds it, or carried out here where none does.
public struct Asking {
  private let root: String
  private let configuration: Configuration
  private let clock: Clock
  /// A login's name.
  private let asker: String
  private let notice: (ExchangeNotice) -> Void
  /// Who is shown how far the work has come, where it is done here.
  public var pace: WorkPace?
  /// How often to look whether the holder still lives.
  private static let pauseMilliseconds: Int32 = 500

  public init(
    root: String, configuration: Configuration, clock: Clock, by asker: String,
    notice: @escaping (ExchangeNotice) -> Void
  ) {
    self.root = root
    self.configuration = configuration
    self.clock = clock
    self.asker = asker
    self.notice = notice
  }

  /// Asks, and waits for the answer, however often the ledger changes hands meanwhile.
  public func ask(_ what: LedgerRequest.What) throws -> RequestAnswer {
    var request = LedgerRequest(
      number: RequestNumber(UInt64.random(in: 1 ... .max)), asker: getpid(), at: clock.now(), what)
    request.by = Array(asker.utf8)
    while true {
      do { return try carryOut(request) } catch ExchangeFault.alreadyRunning {
        if let answer = try handOver(request) { return answer }
      }
    }
  }

  /// Takes the ledger, recovers it, judges what a crash left, and does what is asked.
  private func carryOut(_ request: LedgerRequest) throws -> RequestAnswer {
    let ledger = try OpenLedger(root: root, configuration: configuration, clock: clock, notice: notice)
    ledger.pace = pace
    var intake = try IntakeRun(ledger, isDaemon: false, answered: { _ in }, mustStop: { false })
    try intake.finishClaims()
    try ledger.answerRequests()
    // Handed over to a holder that is no more, and answered just now.
    let answer = try ledger.requests.takeAnswer(to: request) ?? ledger.carryOut(request)
    try ledger.close()
    return answer ?? .refused(.notUnderstood)
  }

  /// Leaves the request with the holder; nil when the holder is gone before it answered.
  private func handOver(_ request: LedgerRequest) throws -> RequestAnswer? {
    let ledger = try Folder(path: root).subfolder("ledger")
    let requests = try RequestFolder(ledger)
    let watch = try DirectoryWatch()
    _ = try watch.add(requests.folder, for: .movedIn)
    if let answer = try requests.takeAnswer(to: request) { return answer }
    if try !requests.holds(request) { try requests.put(request) }
    while true {
      if let answer = try requests.takeAnswer(to: request) { return answer }
      if try ProcessLock.holder(in: ledger) == nil { return try requests.takeAnswer(to: request) }
      _ = try watch.wait(timeoutMilliseconds: Asking.pauseMilliseconds)
    }
  }
}
