internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

extension LedgerProof {
  /// The bench at which a decision is derived once more: it reads the archive, remembers nothing and publishes nothing.
  final class ProofBench: Bench {
    var docket: Docket
    /// What the decision under proof was made under, where the ledger has kept it; else what is in force.
    private(set) var configuration: Configuration
    private let inForce: Configuration
    private let keptSettings: KeptSettings
    private var knownSettings: [[UInt8]: Configuration?] = [:]
    /// What the decision says: with other settings in force now, the answers tell whether they matter.
    var configurationDigest: [UInt8] { record?.configuration ?? underProof ?? configuration.sha256 }
    /// The settings of a deed that is derived.
    var underProof: [UInt8]?
    let jobs = 2
    let watch: StageWatch? = nil
    let recorded: RecordedLog
    var nextDecision = DecisionNumber(1)
    private(set) var claimed: Folder
    let asides: Folder
    /// Those that the decision under proof names, and no others.
    private(set) var fonts = FontShelf(folders: [])
    private let shelf: FontShelf
    private(set) var asItCame: (sha256: [UInt8], byteCount: Int64)?

    private let root: Folder
    private let ledger: Folder
    private let outbox: Folder
    private let archive: Archive
    private let salt: Salt
    private var record: FileRecord?
    private var original: [UInt8] = []
    /// The names of all that was ever released from quarantine; read when one is missing there.
    private var released: Set<[UInt8]>?

    init(root: Folder, ledger: Folder, _ configuration: Configuration, _ scratch: Folder) throws {
      self.root = root
      self.ledger = ledger
      self.configuration = configuration
      inForce = configuration
      knownSettings[configuration.sha256] = configuration
      keptSettings = try KeptSettings(ledger, makes: false)
      shelf = FontShelf(folders: configuration.fontFolders)
      outbox = try root.subfolder("outbox")
      archive = try Archive(ledger)
      claimed = ledger
      asides = scratch
      let salt = try Salt.open(in: ledger)
      self.salt = salt
      let recorded = try RecordedLog(JournalReader(ledger))
      self.recorded = recorded
      docket = Docket(
        books: Books(), profiles: configuration.profiles, fingerprint: { salt.fingerprint($0) },
        frames: { try recorded.payload(at: $0) })
    }

    var log: any TransactionLog { recorded }

    func claimedName(of claim: ClaimNumber) -> [UInt8] { original }

    var credentialDigest: @Sendable (ArraySlice<UInt8>) -> [UInt8] { { [salt] in salt.digest($0) } }

    /// The archive has it: it is what was read.
    func keep(masked bytes: [UInt8], digest: [UInt8]) {}
    func willDeliver(_ answer: [UInt8], journaledAt frame: UInt64) {}

    /// Nothing is entered: what was committed is replayed instead.
    func conclude(_ record: FileRecord, settled: RowCounts, spoiling spoiled: Set<ClaimNumber>) {
      if !docket.books.gaveUpUndo { docket.rollBack() }
    }

    func conclude(_ deed: DeedRecord) {
      if !docket.books.gaveUpUndo { docket.rollBack() }
    }

    func rollBack() { docket.rollBack() }

    /// A proof tells its pace by the journal.
    func noteRead(_ bytes: Int64) {}

    /// Whether the first answer could be repeated then is not known from what lies there now: the decision says it.
    func again(_ answer: PublishedAnswer, as name: [UInt8], staged aside: [UInt8]) throws -> StagedAnswer? {
      guard let repeated = record?.answers.first(where: { $0.name == name }) else { return nil }
      if case .blob(let frame) = repeated.bytes {
        return StagedAnswer(name: name, bytes: try recorded.payload(at: frame))
      }
      _ = try asides.create(aside, exclusive: false)
      return StagedAnswer(
        name: name, content: .file(aside), sha256: answer.sha256, byteCount: Int(answer.byteCount))
    }
  }
}

extension LedgerProof.ProofBench {
  typealias Difference = LedgerProof.Difference

  /// Judges the file of a claim again and holds what comes out against the frames of its decision.
  func derive(
    _ claim: ClaimRecord, _ record: FileRecord, frames: [RecordedFrame], commit: JournalFrame,
    _ take: (PublishedAnswer, LedgerProof.RenderedBytes) throws -> Void
  ) throws -> LedgerProof.Outcome {
    func differs(_ what: Difference.What) -> LedgerProof.Outcome {
      .differs(
        Difference(
          decision: record.decision, partner: docket.books.partnerName(record.partner), name: record.name,
          what: what))
    }
    guard try find(record, claim.claim) else {
      return try isReleased(claim.claim) ? .underivable(.released) : differs(.originalMissing)
    }
    guard let fonts = shelf.holding(record.fonts) else { return .underivable(.fonts) }
    self.fonts = fonts
    self.record = record
    nextDecision = record.decision
    takeSettings(of: record.configuration)
    let undoChangesMax = docket.books.undoChangesMax
    docket.books.undoChangesMax = .max
    defer {
      docket.books.undoChangesMax = undoChangesMax
      self.record = nil
      asItCame = nil
    }
    if record.archivedAs == SHA256.hash(FileRun.withheld) { return .underivable(.masked) }
    if record.archivedAs != record.sha256 {
      asItCame = (record.sha256, record.byteCount)
      let fingerprints = try RecordedFingerprints(
        frames.filter { $0.kind == .rows }.map { try recorded.whole($0) })
      if fingerprints.hasUnreadRows { return .underivable(.masked) }
      docket.fingerprintOfRecord = { fingerprints.fingerprint(row: $0, withCourier: $1, known: $2) }
    } else {
      docket.fingerprintOfRecord = nil
    }
    recorded.expect(frames, commit, carrying: record.sha256)
    var run = FileRun(claim, in: self)
    let derived = try run.run()
    defer { sweep() }
    if let what = try difference(record.answers, derived.answers) {
      // Other settings may well give other answers; that proves nothing against the ledger.
      return record.configuration == configuration.sha256 ? differs(what) : .underivable(.otherSettings)
    }
    for answer in derived.answers { try take(answer, try bytes(of: answer)) }
    return .same(answers: derived.answers.count)
  }

  /// Takes up the settings that a decision was made under, as far as they are known.
  func takeSettings(of digest: [UInt8]) {
    configuration = keptSettings(of: digest) ?? inForce
    docket.profiles = OpenLedger.profiles(of: docket.books, configuration)
  }

  /// The settings of a hash; nil where nobody has them.
  func keptSettings(of digest: [UInt8]) -> Configuration? {
    if knownSettings[digest] == nil {
      knownSettings.updateValue(keptSettings.configuration(digest), forKey: digest)
    }
    return knownSettings[digest] ?? nil
  }

  /// Finds the original: in the archive, in quarantine, or, decided a moment ago, still among the claims.
  private func find(_ record: FileRecord, _ claim: ClaimNumber) throws -> Bool {
    let name = Claim.fileName(of: claim)
    if !record.isQuarantined || record.archivedAs != record.sha256,
      let place = try archive.place(of: record.archivedAs)
    {
      (claimed, original) = place
      return true
    }
    for folder in [record.isQuarantined ? "quarantine" : "claimed", "claimed"] {
      let folder = try ledger.subfolder(folder)
      if try folder.status(name) != nil {
        (claimed, original) = (folder, name)
        return true
      }
    }
    // Released, and judged again since: the same bytes.
    if record.isQuarantined, !record.sha256.isEmpty, let place = try archive.place(of: record.sha256) {
      (claimed, original) = place
      return true
    }
    // Decided where it lay, it may not be taken yet; what left quarantine lies there too, but is its partner's again.
    if record.isQuarantined, try isReleased(claim) { return false }
    let partner = docket.books.partnerName(record.partner)
    guard let inbox = try? root.subfolder("inbox").subfolder(partner), record.byteCount <= Upload.bytesMax,
      let bytes = try? readWhole(inbox, record.name, limit: Int(Upload.bytesMax)),
      SHA256.hash(bytes) == record.sha256
    else { return false }
    (claimed, original) = (inbox, record.name)
    return true
  }

  /// Did a file leave quarantine later, at its operator's word? Its partner may do with it what it likes since.
  private func isReleased(_ claim: ClaimNumber) throws -> Bool {
    if released == nil {
      var names: Set<[UInt8]> = []
      var decisions = DecisionReader(partners: docket.books.partners)
      _ = try JournalScan(ledger).run { frame in
        if case .deed(let deed)? = try decisions.take(frame), deed.kind == .release {
          names.insert(deed.subject)
        }
      }
      released = names
    }
    return released?.contains(Claim.fileName(of: claim)) == true
  }

  func sweep() {
    for entry in (try? asides.list()) ?? [] { try? asides.remove(entry.name) }
  }

  func bytes(of answer: PublishedAnswer) throws -> LedgerProof.RenderedBytes {
    switch answer.bytes {
    case .blob(let frame): .inline(try recorded.payload(at: frame))
    case .staged(let name): .file(name)
    }
  }

  // MARK: Comparing

  /// The first difference between what was committed and what was derived, from the reader's side: rows, then answers.
  func difference(
    _ committed: [PublishedAnswer], _ derived: [PublishedAnswer]
  ) throws -> Difference.What? {
    if let (number, before, now) = try recorded.firstOtherRow() {
      return .row(number: number, committed: before, derived: now)
    }
    for answer in committed {
      let partner = docket.books.partnerName(answer.partner)
      guard
        let other = derived.first(where: { $0.name == answer.name && $0.partner == answer.partner })
      else { return .answerMissing(partner: partner, name: answer.name) }
      if other.sha256 != answer.sha256 {
        return .answer(
          partner: partner, name: answer.name, place: try place(of: answer, against: other, partner))
      }
    }
    if let added = derived.first(where: { derived in
      !committed.contains { $0.name == derived.name && $0.partner == derived.partner }
    }) {
      return .answerAdded(partner: docket.books.partnerName(added.partner), name: added.name)
    }
    return recorded.isAsCommitted ? nil : .notes
  }

  /// Where the committed bytes and the derived ones first differ; nil when the committed ones lie nowhere any more.
  private func place(
    of committed: PublishedAnswer, against derived: PublishedAnswer, _ partner: String
  ) throws -> Difference.Place? {
    guard let mine = try read(committed, partner), let other = try read(derived) else { return nil }
    let count = min(mine.count, other.count)
    var offset = 0
    while offset < count, mine[offset] == other[offset] { offset += 1 }
    return Difference.Place(
      offset: Int64(offset), line: mine[..<offset].count { $0 == UInt8(ascii: "\n") } + 1)
  }

  private func read(_ committed: PublishedAnswer, _ partner: String) throws -> [UInt8]? {
    if case .blob(let frame) = committed.bytes { return try recorded.committed(at: frame) }
    var folder = try outbox.subfolder(partner)
    var name = committed.name
    if let cut = name.firstIndex(of: UInt8(ascii: "/")) {
      let sub = Array(name[..<cut])
      guard try folder.status(sub) != nil else { return nil }
      folder = try folder.subfolder(sub)
      name = Array(name[(cut + 1)...])
    }
    guard try folder.status(name)?.kind == .regular else { return nil }
    let bytes = try readWhole(folder, name, limit: Self.comparedBytesMax)
    return SHA256.hash(bytes) == committed.sha256 ? bytes : nil
  }

  private func read(_ derived: PublishedAnswer) throws -> [UInt8]? {
    switch try bytes(of: derived) {
    case .inline(let bytes): bytes
    case .file(let name): try readWhole(asides, name, limit: Self.comparedBytesMax)
    }
  }

  /// Only a difference is ever read whole.
  private static var comparedBytesMax: Int { 1 << 30 }
}

/// The fingerprints of credentials as a decision's rows noted them: the credentials themselves are kept nowhere.
struct RecordedFingerprints: Sendable {
  private var verdicts: [UInt32: Outcome] = [:]
  private var prints: [UInt32: UInt64] = [:]
  private var withCourier: [UInt32: UInt64] = [:]
  /// Rows whose cells could not be read: of them nothing at all is kept.
  private(set) var hasUnreadRows = false

  init(_ frames: [JournalFrame]) throws {
    for frame in frames {
      var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
      while !cursor.isAtEnd {
        let row = cursor.row
        let record = try cursor.next()
        verdicts[row] = record.verdict.outcome
        if record.verdict.rejection?.faults.contains(where: { $0.code.rawValue < 200 }) == true {
          hasUnreadRows = true
        }
        for case .account(_, let courier, let fingerprint) in record.effects {
          if courier.isAbsent { withCourier[row] = fingerprint } else { prints[row] = fingerprint }
        }
      }
    }
  }

  /// What the row's credentials gave then: where it changed an account, that; where it was a duplicate, what the account had;
  /// else something the account had not.
  func fingerprint(row: UInt32, withCourier whole: Bool, known: UInt64?) -> UInt64 {
    if let noted = whole ? withCourier[row] : prints[row] { return noted }
    return verdicts[row] == .duplicate ? known ?? 0 : ~(known ?? 0)
  }
}
