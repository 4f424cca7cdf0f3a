internal import Files
internal import Formats
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox
internal import Synchronization

/// One file, from its claim to its decision: the order of work that makes it crash-safe.
///
/// Nothing here reads a clock, and nothing reaches the outbox: that comes after the journal's sync, for a group of files at once.
struct FileRun {
  let ledger: any Bench
  let claim: ClaimRecord
  let name: FileName
  let partner: UInt8
  let profile: PartnerProfile
  /// Where the claimed file lies, and under which name.
  let claimed: Folder
  let claimedName: [UInt8]
  /// The file where it lies in its inbox, when it is judged before it is taken.
  let upload: Upload?
  var kind: Kind?

  /// Up to this size a refused file is read to its end for its digest.
  static let refusedBytesMax: Int64 = 1 << 30
  /// Smaller files are read and judged on one core: they are done before another has started.
  static let parseAheadBytesMin: Int64 = 1 << 20

  init(_ claim: ClaimRecord, in ledger: any Bench) {
    self.ledger = ledger
    claimed = ledger.claimed
    self.claim = claim
    name = FileName(claim.name)
    partner = ledger.docket.books.partnerNumber(claim.partner)
    profile = ledger.docket.profiles[Int(partner)]
    claimedName = ledger.claimedName(of: claim.claim)
    upload = ledger.upload(of: claim.claim)
    kind = name.kind
  }

  /// Judges the file and commits its decision; durable, and to be delivered, only after the journal's next sync.
  /// - Throws: `Disturbed` when somebody wrote to the file meanwhile; then nothing of it stands.
  mutating func run() throws -> FileRecord {
    let status = try upload?.waiting.status ?? claimed.status(claimedName)
    let begun = takeBegun(status)
    // Where its rows are not judged, nobody takes what was parsed of them.
    defer { begun?.giveUp() }
    if status == nil { throw Vanished() }
    let size = ledger.asItCame?.byteCount ?? status?.size ?? 0
    ledger.watch?.open(claim.name, of: profile.folder, bytes: size)
    defer { ledger.watch?.close() }
    var decision = begin(byteCount: size)
    do {
      if let refusal = try refusalBeforeReading(size) {
        try refuse(with: [refusal], &decision)
      } else if let first = try sameBytesAsBefore(size, &decision) {
        try repeatAnswer(of: first, &decision)
      } else {
        try judgeRows(&decision, begun)
      }
      guard try isAtRest(since: status) else { throw Disturbed() }
    } catch let reason where reason is Disturbed || reason is InputFile.Unreadable {
      for (_, answer) in decision.staged { try Delivery.discard(answer, from: ledger.asides) }
      if ledger.log.isTransactionOpen {
        try ledger.log.abort()
        try ledger.rollBack()
      }
      throw reason
    }
    return try commit(decision)
  }

  /// Somebody wrote to the claimed file while it was judged.
  struct Disturbed: Error {}

  /// The claimed file is there no more.
  struct Vanished: Error {}

  /// Is the claimed file the very one that was begun with, unchanged, and written to by nobody?
  private func isAtRest(since before: FileStatus?) throws -> Bool {
    if ledger.readsItsCopy { return true }
    if let upload { return try upload.isAtRest() }
    guard try claimed.status(claimedName) == before else { return false }
    return Lease.isOpenForWriting(try claimed.openForReading(claimedName)) != .somebody
  }

  // MARK: The decision in the making

  /// What is known of the decision so far.
  struct Decision {
    var record: FileRecord
    var names: AnswerNames
    var staged: [(partner: UInt8, answer: StagedAnswer)] = []
    var groups: [RejectionGroup] = []
    var corrects: [UInt8]?
    /// What the parked rows that the file released came to.
    var settled = RowCounts()
    /// The files of which one of those was rejected.
    var spoiled: Set<ClaimNumber> = []
    /// The credentials masked: what the archive keeps instead of the original.
    var maskedOriginal: [UInt8]?
    /// What the archive keeps of the same bytes already.
    var archivedBefore: [UInt8]?
  }

  func begin(byteCount: Int64) -> Decision {
    let number = ledger.nextDecision
    let earlier = ledger.docket.file(partner: partner, name: claim.name)
    let tilde = FileRun.tilde(name: claim.name, after: earlier, number)
    return Decision(
      record: FileRecord(
        partner: partner, name: claim.name, kind: kind, claim: claim.claim, decision: number, sha256: [],
        byteCount: byteCount, receivedAt: claim.receivedAt, outcome: .accepted, tilde: tilde,
        endsHold: FileRun.hold(earlier) != nil,
        configuration: ledger.configurationDigest),
      names: AnswerNames(inputName: claim.name, tilde: tilde))
  }

  /// The first file of a name answers under it, a later one with its number, as does one whose name is cut in its answers; an
  /// upload that was held keeps the names of its hold.
  static func tilde(
    partner: UInt8, name: [UInt8], _ number: DecisionNumber, in books: Books
  ) -> DecisionNumber? {
    tilde(name: name, after: books.file(partner: partner, name: name), number)
  }

  /// - Parameter earlier: the newest file of the name.
  static func tilde(
    name: [UInt8], after earlier: FileRecord?, _ number: DecisionNumber
  ) -> DecisionNumber? {
    if let held = hold(earlier) { return held.tilde }
    let isCut = name.count > AnswerNames.inputBytesMax
    return earlier == nil && !isCut ? nil : number
  }

  /// The hold of the very upload that lies in the inbox under this name.
  static func heldBefore(partner: UInt8, name: [UInt8], in books: Books) -> FileRecord? {
    hold(books.file(partner: partner, name: name))
  }

  /// The newest file of a name, where it is held.
  private static func hold(_ earlier: FileRecord?) -> FileRecord? {
    guard let earlier, earlier.outcome == .held, !earlier.isQuarantined else { return nil }
    return earlier
  }

  // MARK: Rows

  private mutating func judgeRows(_ decision: inout Decision, _ begun: BegunFile?) throws {
    guard let kind, let format = name.format else { return }
    PlantedTrap.spring(for: claim.name)
    let journal = ledger.log
    let input = try begun?.input ?? open(keepsDigest: true)
    defer { input.close() }
    try journal.begin(
      .begin,
      BeginRecord(claim: claim.claim, partner: claim.partner, receivedAt: claim.receivedAt).payload)
    ledger.docket.beginTransaction()
    ledger.docket.open(partner: partner, claim: claim.claim, name: claim.name, arrival: claim.receivedAt)
    let answers = AnswerFiles(
      partner: profile, kind: kind, names: decision.names, staging: ledger.asides,
      stagingPrefix: "\(claim.claim.raw)-")
    var rows = RowsRun(
      kind: kind, pages: JournalPages(journal), fileBytes: input.byteCount, watch: ledger.watch)
    var layout: FileLayout?
    let isLarge = ledger.jobs > 1 && input.byteCount > FileRun.parseAheadBytesMin
    let ahead = isLarge ? begun?.rows ?? parseAhead(kind, format, of: input) : nil
    let behind =
      isLarge && kind != .carriers ? AnswersBehind(answers, kind: kind, on: ahead?.shared) : nil
    func answer(_ batch: inout RowBatch, _ verdicts: inout [Verdict], _ known: FileLayout) throws {
      layout = known
      ledger.noteRead(input.place.load(ordering: .relaxed))
      if let behind {
        if !known.hasCredentials { return try behind.append(&batch, &verdicts, layout: known) }
        try behind.finish()
      }
      try answers.append(batch, verdicts, layout: known)
      if known.hasCredentials {
        decision.maskedOriginal = masked(batch, known, after: decision.maskedOriginal)
      }
    }
    do {
      if isLarge { journal.sumBeside(on: ahead?.shared) }
      // Before anything is said of the answers, they are whole or given up.
      defer {
        behind?.stop()
        journal.sumHere()
      }
      if var ahead {
        // The file is this thread's again, also where a row could not be judged or answered.
        defer { ahead.stop() }
        try rows.run(&ahead, &ledger.docket, answer: answer)
      } else {
        var reader = reader(kind, format, of: input)
        try rows.run(&reader, &ledger.docket, answer: answer)
        layout = reader.layout
      }
      ledger.beginNext()
      try behind?.finish()
    } catch let fault as FileFault {
      // The ack names the fault; nothing of the file stands.
      try takeBack(answers)
      try keepRefused(input, &decision)
      // What a compressed file holds came whole, or it would not have unpacked.
      let isCutShort = fault.isIncomplete && !name.isGzip && fault.faults.allSatisfy { $0.code != .truncated }
      let end = isCutShort ? [Fault(.truncated, number: fault.faults[0].number)] : []
      return try refused(with: fault.faults + end, &decision)
    } catch let fault as InputFile.Unreadable {
      answers.discard()
      throw fault
    } catch let fault as InputFile.Unsound {
      try takeBack(answers)
      try keepRefused(input, &decision)
      return try refused(with: [fault.fault], &decision)
    }
    ledger.watch?.turn(to: .parse)
    decision.record.sha256 = try originalDigest(of: input)
    decision.record.kind = kind
    decision.corrects = layout?.corrects
    decision.record.totals = answers.totals
    decision.groups = answers.rejections
    decision.record.counts = answers.counts
    let addsUp = answers.counts.isConserved && answers.counts.read == rows.rowCount
    guard addsUp, !PlantedTrap.breaksSum(of: claim.name) else {
      try takeBack(answers)
      return condemned(&decision)
    }
    let rejected = answers.counts[.rejected]
    if rejected > 0, profile.atomicFiles || isOverBudget(answers.counts) {
      try takeBack(answers)
      if !profile.atomicFiles {
        let fault = Fault(.overErrorBudget, number: Int64(rejected), second: Int64(answers.counts.read))
        decision.groups.append(group(fault))
      }
      // Nothing of the file stands, so no row of it counts; the groups tell what to mend.
      decision.record.counts = RowCounts()
      decision.record.totals = ControlTotals()
      decision.record.outcome = profile.atomicFiles ? .rejected : .held
      decision.record.refusal = profile.atomicFiles ? answers.rejections.first?.code : .overErrorBudget
      decision.record.isQuarantined = !profile.atomicFiles
      return
    }
    try rows.resume(&ledger.docket)
    decision.record.outcome = rejected > 0 ? .acceptedWithErrors : .accepted
    ledger.watch?.turn(to: .answers)
    decision.staged = try answers.finish().map { (partner, $0) }
    if kind == .reconcile, let missing = try missingFromExport(decision.names) {
      decision.staged.append((partner, missing))
    }
    ledger.watch?.turn(to: .feeds)
    try settle(&decision)
    try feed(&decision)
    try makeDocuments(&decision)
    try ledger.complete(&decision)
    ledger.watch?.turn(to: .around)
  }

  /// What the partners should put or withdraw because of this file, one file for each feed that has something to say.
  private func feed(_ decision: inout Decision) throws {
    let terms = FeedTerms(profiles: ledger.docket.profiles, ledger.configuration)
    let open = ledger.openFeeds(stagingPrefix: "\(claim.claim.raw)-feed-") { terms.reach($0) }
    try Feeds(books: ledger.docket.books, terms: terms, history: ledger.docket.history)
      .write(to: open, from: partner, ledger.docket.touched, pieces: ledger.jobs > 1 ? feedPieces : nil)
    for feed in open {
      guard let answer = try feed.finish() else { continue }
      decision.staged.append((feed.fed.partner, answer))
      decision.record.feeds.append(feed.fed)
    }
  }

  /// Makes what another core writes records of feeds into.
  private var feedPieces: @Sendable () -> FeedFile {
    { [zone = ledger.configuration.zone, asides = ledger.asides] in FeedFile(pieceIn: zone, staging: asides) }
  }

  private func isOverBudget(_ counts: RowCounts) -> Bool {
    guard let budget = profile.errorBudget else { return false }
    return Double(counts[.rejected]) > budget * Double(counts.read)
  }

  /// Takes back everything the file changed: journal, books and staged answers.
  private func takeBack(_ answers: AnswerFiles) throws {
    answers.discard()
    try ledger.log.abort()
    try ledger.rollBack()
  }

  func terms(_ kind: Kind, _ format: FileFormat) -> ReadingTerms {
    ledger.configuration.terms(
      kind, format, profile, credentialDigest: ledger.credentialDigest)
  }

  /// The digest of the file as it came, also where only its masked copy is left to read.
  func originalDigest(of input: InputFile) throws -> [UInt8] {
    let read = try input.finishDigest()
    return ledger.asItCame?.sha256 ?? read
  }

  func open(keepsDigest: Bool) throws -> InputFile {
    if let upload { return InputFile(upload, bounds: profile.bounds(ledger.configuration)) }
    return try InputFile(
      claimedName, in: claimed, isGzip: name.isGzip && ledger.asItCame == nil,
      bounds: profile.bounds(ledger.configuration),
      keepsDigest: keepsDigest)
  }

  /// The answers to rows of earlier files that this file's manifests released, one file for each of those.
  private func settle(_ decision: inout Decision) throws {
    let released = ledger.docket.released
    let settled = try SettledAnswers(
      released, ledger.docket, deciding: decision.record, staging: ledger.asides,
      prefix: "\(claim.claim.raw)-")
    decision.settled = settled.counts
    for row in released where row.verdict.outcome == .rejected { decision.spoiled.insert(row.claim) }
    for (earlier, partner, answer) in settled.answers {
      decision.staged.append((partner, answer))
      decision.record.settled.append(earlier)
    }
  }

  /// What is archived of a file with credentials: its rows as they were, on the lines where they stood, the secrets replaced.
  func masked(_ batch: RowBatch, _ layout: FileLayout, after earlier: [UInt8]?) -> [UInt8] {
    let lineFeed = UInt8(ascii: "\n")
    if let earlier, earlier == FileRun.withheld || earlier.count > FileRun.maskedBytesMax {
      return FileRun.withheld
    }
    var bytes = earlier ?? []
    if earlier == nil && layout.format == .csv {
      for (place, cell) in layout.header.enumerated() {
        if place > 0 { bytes.append(layout.delimiter) }
        bytes += cell
      }
      bytes.append(lineFeed)
    }
    var line = bytes.count { $0 == lineFeed } + 1
    for row in batch.rows {
      while line < row.line {
        bytes.append(lineFeed)
        line += 1
      }
      let start = bytes.count
      bytes += batch.text(row.raw)
      bytes.append(lineFeed)
      line += bytes[start...].count { $0 == lineFeed }
    }
    return bytes
  }
}
