internal import Files
internal import Formats
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// Takes what waits in the inboxes, group by group, and brings each group from claim to answer.
///
/// A group costs one sync of the journal for its claims and one for its decisions, however many files it holds.
struct IntakeRun {
  let ledger: OpenLedger
  var inbox: Inbox
  let taking: Taking
  private let watch: DirectoryWatch?
  /// Told of each file whose answer lies in the outbox.
  let answered: (FileReport) -> Void
  /// Asked between files: true ends the work.
  let mustStop: () -> Bool
  /// Shows how the work goes; nil: nobody asked.
  let board: MetricsBoard?
  /// What still waited at the last look, with the reason.
  var left: [LeftFile] = []
  /// What the disk would not give, or would not let go, since the start.
  var unreadable: [LeftFile] = []
  /// Was it said that there is no room for another claim?
  var saidFull = false
  /// The files of which it was said that there is no room for them.
  var tooLarge: [LeftFile] = []

  /// At most so many files are claimed at once.
  fileprivate static let groupFilesMax = 256
  /// A group is decided and delivered when it has grown to so many bytes.
  fileprivate static let groupBytesMax: Int64 = 16 << 20

  init(
    _ ledger: OpenLedger, isDaemon: Bool, watch: DirectoryWatch? = nil, board: MetricsBoard? = nil,
    answered: @escaping (FileReport) -> Void, mustStop: @escaping () -> Bool
  ) throws {
    self.ledger = ledger
    taking = isDaemon ? .run : .once
    self.watch = watch
    self.answered = answered
    self.mustStop = mustStop
    self.board = board
    inbox = try Inbox(
      root: try ledger.root.subfolder("inbox"), partners: ledger.configuration.profiles,
      companions: ledger.configuration.companionEndings, watch: watch)
    // Whoever starts a daemon is told that it watches before its first look.
    if isDaemon { try inbox.watchFolders() }
  }

  /// Takes everything that may be taken now.
  /// - Returns: when to look again at the latest, in milliseconds of the monotonic clock; nil: when something happens.
  mutating func takeAll() throws -> Int64? {
    do {
      let next = try takeWhatWaits()
      try ledger.finishDelivery()
      try ledger.markPublishedWhenMany()
      return next
    } catch {
      // Nothing is published behind the back of whoever is told.
      ledger.giveUpDelivery()
      throw error
    }
  }

  private mutating func takeWhatWaits() throws -> Int64? {
    while true {
      var round = try look()
      for waiting in round.waiting {
        if mustStop() { break }
        guard try consider(waiting, in: &round) else { return round.now + IntakeRun.fullPauseMilliseconds }
        if !round.isGroupFull { continue }
        guard try takeGroup(of: &round) else { return round.now + IntakeRun.fullPauseMilliseconds }
        noteLateComers(in: &round, try watch?.wait(timeoutMilliseconds: 0))
        try ledger.answerRequests()
        if MonotonicClock.nowMilliseconds() - round.now > lookAgain(after: round) { break }
      }
      guard try takeGroup(of: &round) else { return round.now + IntakeRun.fullPauseMilliseconds }
      if !round.took || mustStop() { return round.next }
    }
  }

  /// One look into the inboxes, and what is made of it.
  private struct Round {
    let waiting: [Waiting]
    /// When the look began, and how long it took, in milliseconds of the monotonic clock.
    let now: Int64
    let looked: Int64
    /// The partners of whom something waited.
    let partners: Set<String>
    /// Has a partner sent something since of whom nothing waited?
    var hasLateComer = false
    /// When the first of those that must wait may be ready; nil: none of them waits for a time.
    var next: Int64?
    /// What is taken together next, and its size.
    var group: [Arrived] = []
    var bytes: Int64 = 0
    var took = false

    var isGroupFull: Bool { group.count >= IntakeRun.groupFilesMax || bytes >= IntakeRun.groupBytesMax }

    mutating func lookAgain(at moment: Int64) { next = min(next ?? .max, moment) }
  }

  /// A file that is taken next.
  struct Arrived {
    let waiting: Waiting
    let completedBy: CompletedBy
    /// Its bytes, where it may be judged before it is taken.
    let upload: Upload?
  }

  private mutating func look() throws -> Round {
    // A file that is listed before its event is read would be known by its rest alone.
    if let watch, case let wake = try watch.wait(timeoutMilliseconds: 0), !wake.timedOut { note(wake) }
    try ledger.answerRequests()
    let now = MonotonicClock.nowMilliseconds()
    let listing = try inbox.look(nowMilliseconds: now)
    let looked = MonotonicClock.nowMilliseconds() - now
    for strange in listing.strange { try leave(strange) }
    board?.note(Metrics.standing(of: listing.waiting))
    Pulse.beat()
    ledger.pace?.begin(bytes: listing.waiting.reduce(0) { $0 + $1.status.size })
    left = []
    return Round(
      waiting: listing.waiting, now: now, looked: looked, partners: Set(listing.waiting.map(\.partner)))
  }

  /// Puts a file into the round's group, or says why it stays where it is.
  /// - Returns: false where the disk is too full for anything.
  private mutating func consider(_ waiting: Waiting, in round: inout Round) throws -> Bool {
    func stays(_ reason: LeftFile.Reason) {
      left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: reason))
    }
    if ledger.isPaused(waiting.partner) {
      stays(.paused)
      return true
    }
    switch inbox.readiness(of: waiting, for: taking, nowMilliseconds: round.now) {
    case .ready(let completedBy): return try add(waiting, completedBy, to: &round)
    case .settling(let until):
      round.lookAgain(at: until)
      stays(.settling)
    case .beingWritten:
      round.lookAgain(at: round.now + 1000)
      stays(.beingWritten)
    case .awaitsCompanion: stays(.awaitsCompanion)
    case .held:
      stays(.incomplete)
      guard let rest = millisecondsHeldYet(waiting) else { break }
      // Its limit is over: it is examined once more, and taken as it is.
      if rest <= 0 { inbox.letGo(waiting) }
      round.lookAgain(at: round.now + max(0, rest))
    case .hasSecondName(let strange):
      round.lookAgain(at: round.now + 1000)
      stays(.secondName)
      if let strange { try leave(strange) }
    case .gone: break
    case .unreadable(let strange):
      if let strange { try leave(strange) }
    }
    return true
  }

  /// Adds a file that has arrived to the group, unless it is incomplete or there is no room for it.
  /// - Returns: false where the disk is too full for anything.
  private mutating func add(
    _ waiting: Waiting, _ completedBy: CompletedBy, to round: inout Round
  ) throws -> Bool {
    let upload = inbox.takeUpload().flatMap { mayBeJudged($0) ? $0 : nil }
    if try isLocked(waiting) { return true }
    if try holds(waiting, upload) {
      if let rest = millisecondsHeldYet(waiting) { round.lookAgain(at: round.now + max(0, rest)) }
      return true
    }
    let own = Room.bytesRead(ofSize: waiting.status.size, from: waiting.partner, ledger.configuration)
    // One that the disk has no room for waits by itself; and no group is larger than what there is room for.
    if try lacksRoom(for: waiting, own) {
      round.lookAgain(at: round.now + IntakeRun.fullPauseMilliseconds)
      return true
    }
    if !round.group.isEmpty, try !fits(round.bytes + own), try !takeGroup(of: &round) { return false }
    round.group.append(Arrived(waiting: waiting, completedBy: completedBy, upload: upload))
    round.bytes += own
    return true
  }

  /// May a small file be judged where it lies? Where its name tells no kind its content does, unless it holds credentials.
  private func mayBeJudged(_ upload: Upload) -> Bool {
    guard upload.waiting.name.kind == nil, let format = upload.waiting.name.format else { return true }
    guard let kind = recogniseKind(firstBytes: upload.bytes, format: format) else { return false }
    return kind != .carriers
  }

  /// Takes what was put together, if anything was.
  /// - Returns: false where the disk is too full for anything: nothing was claimed.
  private mutating func takeGroup(of round: inout Round) throws -> Bool {
    if round.group.isEmpty { return true }
    round.took = true
    if try !hasRoom(for: round.bytes) { return false }
    try take(round.group)
    round.group = []
    round.bytes = 0
    return true
  }

  private mutating func noteLateComers(in round: inout Round, _ wake: Wake?) {
    guard let wake, !wake.timedOut else { return }
    note(wake)
    if inbox.tells(of: wake, beside: round.partners) { round.hasLateComer = true }
  }

  /// After how many milliseconds a listing is left for a new one, so that what another partner sent meanwhile has its turn: a second,
  /// or longer where looking itself takes long, so that a tenth of the time at most goes into it. A partner of whom nothing waited
  /// has its turn sooner: that is told of once, for then something waits.
  private func lookAgain(after round: Round) -> Int64 {
    if taking == .once { return .max }
    return round.hasLateComer ? 3 * round.looked : max(1_000, 10 * round.looked)
  }

  /// How arrivals are noticed, as the last look found it.
  var watching: Watching { inbox.watching }

  /// What the watch saw, so that the next look knows how files came.
  mutating func note(_ wake: Wake) {
    ledger.noteRequests(wake)
    inbox.note(wake)
  }

  /// Does the inbox not let go of its files? Then they are left there, and said.
  private mutating func isLocked(_ waiting: Waiting) throws -> Bool {
    guard let refusal = inbox.folder(of: waiting.partner)?.writeRefusal() else { return false }
    try note(refusal, reading: waiting.name.bytes, of: waiting.partner)
    return true
  }

  /// One file that cannot be read stops no other; but when it is we who can open no more files, we stop.
  mutating func note(_ error: FileError, reading name: [UInt8], of partner: String) throws {
    if error.isExhaustion { throw error }
    let isNew = !unreadable.contains { $0.isOf(partner, name) }
    if !isNew { return }
    unreadable.append(LeftFile(partner: partner, name: name, reason: .unreadable(error.errno)))
    // A single pass says it at its end, where it is the reason of its exit.
    if taking == .run { say(Strange(partner: partner, name: name, reason: .unreadable(error))) }
  }

  /// What cannot be taken is left where it is, and said; but when it is we who can open no more files, we stop.
  mutating func leave(_ strange: Strange) throws {
    guard case .unreadable(let error) = strange.reason else { return say(strange) }
    try note(error, reading: strange.name, of: strange.partner ?? "")
  }

  func say(_ strange: Strange) {
    ledger.notice(
      .leftAlone(partner: strange.partner, name: strange.name, because: IntakeRun.words(strange.reason)))
  }

  private static func words(_ reason: Strange.Reason) -> String {
    switch reason {
    case .notAFile(let kind): "it is no regular file but a \(kind)"
    case .unknownPartner: "no partner has a folder of this name"
    case .unreadable(let error): error.description
    case .secondName: "another name leads to the same file, so it could be changed after it was judged"
    }
  }
}
