public import Files
public import Ledger
public import Orders
internal import Intake
internal import Outbox

/// The ledger, open for writing: the lock, the journal, the books and the folders around them.
///
/// There is one in a process, and the kernel's lock sees to it that there is one on the machine. Opening it *is* the recovery:
/// the newest sound checkpoint and the journal behind it are read, what was not committed is dropped, what was committed and
/// not marked is published.
public final class OpenLedger {
  public let root: Folder
  public let folder: Folder
  public let configuration: Configuration
  /// The hash of the configuration, which every commit begins with.
  let configurationDigest: [UInt8]
  public let clock: Clock
  /// How many cores one file may use; with more than one it is parsed ahead.
  public let jobs: Int
  public var docket: Docket
  public let journal: Journal

  let claimed: Folder
  let asides: Folder
  /// How far the ledger has come, for readers and the next start.
  let position: PositionFile
  /// Files made beforehand for answers that somebody waits for.
  let spares: SpareFiles
  let quarantine: Folder
  let archive: Archive
  let fonts: FontShelf
  /// The large answers that were published.
  let kept: KeptAnswers
  /// What operators' verbs ask for.
  let requests: RequestFolder
  /// What tells of requests; nil: their folder is listed whenever somebody may have asked.
  var requestsWatch: WatchNumber?
  /// May a request lie there? Not where the folder was empty and nothing was told of it since.
  var mayHoldRequests = true
  /// Each partner's folder in the outbox, by the number the books know the partner by.
  var outboxes: [Folder]
  private let lock: LedgerLock
  let salt: Salt

  /// Claims of which the program died: they are answered as our own fault, and judged no more.
  private(set) var poisoned: Set<ClaimNumber>
  var lastClaim: ClaimNumber
  /// Claims that a crash left undecided, in claim order.
  public var openClaims: [ClaimRecord]
  /// Claims that came to nothing and are not written off yet.
  var voidClaims: [ClaimNumber] = []
  /// Claims that the journal holds and that are neither decided nor written off, by number.
  var writtenClaims: [ClaimNumber: ClaimRecord]
  /// Everything up to this decision is published and durable.
  var published: DecisionNumber
  /// Decisions that are published but not yet known to be durable in the outbox.
  var unmarked: [PublishedAnswer] = []
  /// Since when something is unmarked, as far as that was looked at.
  var unmarkedSince: Int64?
  /// Decided files whose originals still lie among the claims; they go to the archive before their decisions are marked.
  var unarchived: [FileRecord] = []
  /// Small files that are judged, or were decided, where they lie in their inboxes, and are not taken yet.
  var uploads: [ClaimNumber: Upload] = [:]
  /// The claim that is judged next, as far as that is known.
  var upNext: ClaimRecord?
  /// What was begun of it.
  var begun: BegunFile?
  /// Originals that were taken after their decision: their content, and that they left their inboxes, is durable before the mark.
  var unsecured: [ClaimNumber] = []
  /// The inboxes that they left, by partner.
  var leftInboxes: [String: Folder] = [:]
  /// Is a group synced whose delivery was not begun yet?
  var awaitsDelivery = false
  /// A group whose answers are being published beside the work.
  var underWay: DeliveryUnderWay?
  /// Small answers that were journaled and not delivered yet, by their frames: only a restart reads them back.
  var freshAnswers: [UInt64: [UInt8]] = [:]
  /// The newest checkpoint.
  public var checkpoint: Checkpoint?
  /// One that is being made beside the work.
  var checkpointRun: CheckpointRun?
  var checkpointNotBefore: UInt64 = 0
  /// One that was asked for, and is not made yet.
  var awaitedCheckpoint: AwaitedCheckpoint?
  /// A daemon must not keep files waiting for what an operator asks.
  var isDaemon = false
  /// It is opened for what waits now, and closed again.
  var isSinglePass = false
  /// Who is shown how far the work has come; nil: nobody.
  public var pace: WorkPace?
  /// Rows that wait for an earlier step, by the number of the partner that sent them.
  var parkedRows: [UInt8: Int] = [:]
  /// Rows freed from waiting since the ledger was opened, by what they came to.
  public var settled = RowCounts()
  public var notice: (ExchangeNotice) -> Void
  /// Hung up by the benchmark; nobody else asks for the stages' times.
  public var watch: StageWatch?

  public init(
    root path: String, configuration: Configuration, clock: Clock, jobs: Int = 2,
    notice: @escaping (ExchangeNotice) -> Void
  ) throws {
    self.configuration = configuration
    configurationDigest = configuration.sha256
    fonts = FontShelf(folders: configuration.fontFolders)
    self.clock = clock
    self.jobs = jobs
    self.notice = notice
    root = try Folder(path: path)
    guard try root.status(Array("inbox".utf8))?.kind == .folder else {
      throw ExchangeFault.notAnExchange(root: path)
    }
    folder = try root.makeSubfolder("ledger", mode: 0o700)
    // A name is durable with its folder's sync only, be it the ledger's own.
    try root.sync()
    lock = try LedgerLock(folder)
    if let mark = try RepairMark.read(in: folder) {
      throw ExchangeFault.repairUnfinished(last: mark.diagnosis.kept.sequence.raw)
    }
    claimed = try folder.makeSubfolder("claimed", mode: 0o700)
    asides = try folder.makeSubfolder("asides", mode: 0o700)
    spares = SpareFiles(staging: asides)
    position = PositionFile(folder)
    quarantine = try folder.makeSubfolder("quarantine", mode: 0o700)
    archive = try Archive(folder)
    kept = try KeptAnswers(folder)
    requests = try RequestFolder(folder)
    try KeptSettings(folder, makes: true).keep(configuration, configurationDigest)
    poisoned = Set(try PoisonMark.open(in: folder).map { ClaimNumber($0) })
    for part in [folder, claimed, asides, quarantine] {
      if let refusal = part.writeRefusal() { throw refusal }
    }
    let hasSalt = try Salt.ifPresent(in: folder) != nil
    let salt = try Salt.open(in: folder)
    try salt.complete(in: folder)
    self.salt = salt

    LargeRoom.giveBackAtOnce()
    var restart = try Checkpoints(folder).newest(
      partners: configuration.profiles.map { Array($0.folder.utf8) })
    for unusable in restart.unusable { notice(.checkpoint(unusable.description)) }
    checkpoint = restart.checkpoint
    var replay = restart.takeReplay()
    let outbox = try root.makeSubfolder("outbox")
    try root.sync()
    let evidence = JournalEvidence(
      position: try LedgerPosition.read(in: folder),
      decision: try PublishedEvidence.newestDecision(in: outbox, owner: try folder.status().owner))
    let (journal, opening) = try Journal.open(
      ledger: folder, from: restart.position, evidence: evidence,
      segmentBytesMax: configuration.ledgerBounds.segmentBytesMax
    ) { try replay.take($0) }
    replay.end()
    self.journal = journal
    if let cut = opening.cut {
      notice(.tornTail(cut.description))
    }
    if !hasSalt && !replay.books.accounts.isEmpty { notice(.saltMade) }
    lastClaim = replay.lastClaim
    openClaims = replay.openClaims.values.sorted { $0.claim < $1.claim }
    writtenClaims = replay.openClaims
    published = replay.published

    for row in replay.tally.parked.values { parkedRows[row.partner, default: 0] += 1 }
    docket = Docket(
      books: replay.books, profiles: OpenLedger.profiles(of: replay.books, configuration),
      fingerprint: { salt.fingerprint($0) },
      parts: { try journal.read(partOf: $0, from: $1, count: $2) })
    docket.tally = replay.tally
    outboxes = []
    let device = try folder.status().device
    for partner in replay.books.partners {
      let own = try outbox.makeSubfolder(partner)
      if try own.status().device != device { throw ExchangeFault.otherFileSystem(path: own.path) }
      guard try asides.canGiveGroup(of: own) else { throw ExchangeFault.foreignGroup(path: own.path) }
      if let refusal = own.writeRefusal() { throw refusal }
      outboxes.append(own)
    }
    try outbox.sync()
    try republish(after: replay.published)
    try sweepClaims()
    try sweepAsides()
    try kept.makeRoom(within: configuration.ledgerBounds.keptAnswersBytesMax)
    try followSettings()
  }

  /// Nothing is published after the lock is let go.
  deinit { giveUpDelivery() }

  /// The profiles by partner number; a partner that the configuration no longer names keeps a profile that may send nothing.
  public static func profiles(of books: Books, _ configuration: Configuration) -> [PartnerProfile] {
    books.partners.map { folder in
      let name = String(decoding: folder, as: UTF8.self)
      return configuration.profiles.first { $0.folder == name }
        ?? PartnerProfile(folder: name, title: name, role: .carrier, permissions: [:], codes: .nothing)
    }
  }

  /// Forgets the marks of dead runs once no claim that they name is open.
  func forgetPoison() throws {
    if poisoned.isEmpty || openClaims.contains(where: { poisoned.contains($0.claim) }) { return }
    try PoisonMark.clear()
    poisoned = []
  }

  /// From now on a fault of the program's own leaves a mark that names the claim in hand: to be called before a ledger is opened,
  /// by a process that is not a test's.
  public static func catchDeadlySignals() { PoisonMark.catchDeadlySignals() }

  var nextDecision: DecisionNumber { DecisionNumber(journal.last.decision.raw + 1) }

  /// Ends in peace: marks what is published, and writes down that nothing was left undone.
  public func close() throws {
    endCheckpointRun()
    try markPublished()
    try spares.clear()
    try journal.sync()
    checkpointAtStop()
    try journal.stopCleanly()
  }

  /// Takes back what an aborted transaction changed in the books; a very large one by reading the journal again.
  func rollBack() throws {
    if !docket.books.gaveUpUndo { return docket.rollBack() }
    var restart = try Checkpoints(folder).newest(partners: docket.books.partners)
    var replay = restart.takeReplay()
    _ = try journal.replay(from: restart.position) { try replay.take($0) }
    replay.end()
    replay.books.undoChangesMax = docket.books.undoChangesMax
    docket.books = replay.books
    docket.tally = replay.tally
  }

  // MARK: Recovery

  /// Publishes again everything that was committed and not marked: the same names, the same bytes.
  private func republish(after mark: DecisionNumber) throws {
    let files = docket.books.files.filter { $0.decision > mark }
    let deeds = docket.books.deeds.filter { $0.decision > mark }
    if files.isEmpty && deeds.isEmpty { return }
    try position.write(journal.synced)
    try finishTaking(files)
    for file in files {
      // Where the upload was completed since, its hold was answered anew under the same name.
      let isLatest = docket.books.file(partner: file.partner, name: file.name)?.decision == file.decision
      if file.outcome == .held && !file.isQuarantined && !isLatest { continue }
      unmarked += try deliver(file, isAgain: true)
      unarchived.append(file)
    }
    for deed in deeds { unmarked += try deliver(deed, isAgain: true) }
    try markPublished()
  }

  /// Puts away what still lies among the claims though its decision is marked: its removal was not durable before a power cut.
  private func sweepClaims() throws {
    let there = Set(try claimed.list().map(\.name))
    if there.isEmpty { return }
    for number in Set(there.compactMap { Claim.number(of: Array($0.prefix(12))) }).sorted() {
      if let file = docket.books.file(of: number) { try putAway(file, there) }
    }
    try claimed.sync()
    try archive.sync()
  }

  /// Removes what a killed run staged and never committed: its claim is judged again from the start.
  private func sweepAsides() throws {
    let names = try asides.list().map(\.name)
    if names.isEmpty { return }
    var committed: Set<[UInt8]> = []
    for answer in docket.books.files.lazy.flatMap(\.answers) {
      if case .staged(let name) = answer.bytes { committed.insert(name) }
    }
    for answer in docket.books.deeds.lazy.flatMap(\.answers) {
      if case .staged(let name) = answer.bytes { committed.insert(name) }
    }
    for name in names where !committed.contains(name) { try asides.remove(name) }
  }

  /// Puts the answers of a decision into the outboxes and its original into the archive. Every step may be repeated.
  ///
  /// - Parameter isAgain: an earlier process may have come this far, and what it wrote was never synced.
  func deliver(_ file: FileRecord, isAgain: Bool = false) throws -> [PublishedAnswer] {
    let heldAck = file.endsHold ? AnswerNames(inputName: file.name, tilde: file.tilde).ack : nil
    for (index, answer) in inOrderOfDelivery(file).enumerated() {
      try deliver(answer, replacing: answer.name == heldAck, isAgain: isAgain)
      if index == 0 { CrashPoint.reached(.halfDelivered) }
    }
    return file.answers
  }

  /// - Parameter replacing: may what lies there under the name give way? A document always may.
  func deliver(_ answer: PublishedAnswer, replacing: Bool, isAgain: Bool = false) throws {
    let content: StagedAnswer.Content
    var stagedName: [UInt8]?
    switch answer.bytes {
    case .blob(let frame): content = .inline(try freshAnswers[frame] ?? journal.read(frameAt: frame).payload)
    case .staged(let name):
      content = .file(name)
      stagedName = name
    }
    let (folder, name) = try place(of: answer)
    let staged = StagedAnswer(
      name: name, content: content, sha256: answer.sha256, byteCount: Int(answer.byteCount))
    let isDocument = name != answer.name
    let partner = docket.partnerName(answer.partner)
    let isKept = try stagedName.map { try kept.keep($0, in: asides, sha256: answer.sha256) } ?? true
    do throws(FileError) {
      let result = try Delivery.publish(
        staged, from: asides, into: folder, replacing: replacing || isDocument, isAgain: isAgain,
        isFirst: !isAgain, spares: spares)
      if result == .differs { notice(.differs(partner: partner, name: answer.name)) }
      // It was renamed into the outbox before a crash that came before it was kept for good.
      if result == .alreadyThere && !isKept { try kept.keep(name, in: folder, sha256: answer.sha256) }
    } catch {
      // It was renamed into the outbox before a crash, and its partner has taken it away since.
      guard stagedName != nil, FileError.symbol(of: error.errno) == "ENOENT" else { throw error }
      notice(.answerGone(partner: partner, name: answer.name))
    }
  }

  /// The folder an answer is published in, and its name there: documents have a folder of their own in each outbox.
  func place(of answer: PublishedAnswer) throws(FileError) -> (folder: Folder, name: [UInt8]) {
    let outbox = outboxes[Int(answer.partner)]
    guard let cut = answer.name.firstIndex(of: UInt8(ascii: "/")) else { return (outbox, answer.name) }
    return (try outbox.makeSubfolder(Array(answer.name[..<cut])), Array(answer.name[(cut + 1)...]))
  }
}

extension OpenLedger {
  /// Moves a decided file from the claims to the archive, or to quarantine.
  ///
  /// - Parameter there: the names that lie among the claims.
  func putAway(_ file: FileRecord, _ there: Set<[UInt8]>) throws {
    guard let claim = file.claim else { return }
    let name = Claim.fileName(of: claim)
    for companion in Companion.allCases {
      let beside = Claim.fileName(of: claim, companion)
      if there.contains(beside) { try claimed.remove(beside) }
    }
    guard there.contains(name) else { return }
    if file.archivedAs != file.sha256 {
      // The archive has it masked; the original, with its credentials, is kept nowhere.
      try claimed.remove(name)
    } else if file.isQuarantined {
      try claimed.rename(name, to: quarantine, as: name)
      try quarantine.sync()
    } else {
      try archive.store(name, from: claimed, digest: file.sha256, packed: FileName(file.name).isGzip)
    }
  }

  func report(_ file: FileRecord) -> FileReport {
    FileReport(file, partner: docket.partnerName(file.partner))
  }
}

/// The kernel's lock on the ledger, held as long as the ledger is open.
final class LedgerLock {
  private let lock: ProcessLock

  init(_ ledger: Folder) throws {
    do throws(LockError) {
      lock = try ProcessLock(in: ledger)
    } catch {
      switch error {
      case .held(let process): throw ExchangeFault.alreadyRunning(processID: process)
      case .failed(let fault): throw fault
      }
    }
  }
}
