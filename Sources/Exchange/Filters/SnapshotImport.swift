internal import Files
internal import Ledger
internal import Orders

/// `waybill ledger import`: a snapshot becomes the ledger of an exchange that has none.
///
/// The journal is written anew, transaction by transaction, from the claims, records and decisions of the snapshot; what it then holds
/// is what the ledger held that was exported, or would have held had it done the work itself. Answers lie in the outbox already and
/// are not published again; one that is asked for later is derived from its original, which `ledger/archive` must have.
public struct SnapshotImport: ~Copyable {
  private let ledger: Folder
  private let outbox: Folder
  private let journal: Journal
  private let terms: RunTerms
  private var books: Books
  private var shelf = PastShelf()
  /// All records, in the order of their places, the next one first.
  private var past: PastRuns
  private var writer = RowWriter()
  /// The claim and the number of the page's last row; nil: no page is open.
  private var last: (claim: ClaimNumber, row: UInt32)?

  private static let pageBytesMax = 60 << 10

  public static func run(root path: String, from source: String) throws {
    let root = try Folder(path: path)
    let snapshot = try Folder(path: source)
    guard try snapshot.status(Array("_DONE".utf8)) != nil else { throw SnapshotFault.unfinished(source) }
    let ledger = try root.makeSubfolder("ledger", mode: 0o700)
    try root.sync()
    guard try ledger.status(Array("journal".utf8)) == nil else { throw SnapshotFault.ledgerHoldsWork }
    let lock = try LedgerLock(ledger)
    defer { withExtendedLifetime(lock) {} }
    let terms = try RunTerms(
      LineInput(bytes: try readWhole(snapshot, Array("terms".utf8), limit: 1 << 30)))
    try terms.salt.publish(in: ledger)
    for name in ["claimed", "asides", "quarantine", "archive"] {
      _ = try ledger.makeSubfolder(name, mode: 0o700)
    }
    try KeptSettings(ledger, makes: true).keep(terms.configuration, terms.configuration.sha256)
    let outbox = try root.makeSubfolder("outbox")
    var run = try SnapshotImport(ledger, outbox, terms, try PastRuns(of: try snapshot.subfolder("past")))
    try run.write()
  }

  private init(_ ledger: Folder, _ outbox: Folder, _ terms: RunTerms, _ past: PastRuns) throws {
    self.ledger = ledger
    self.outbox = outbox
    self.terms = terms
    self.past = past
    books = terms.emptyBooks()
    (journal, _) = try Journal.open(
      ledger: ledger, segmentBytesMax: terms.configuration.ledgerBounds.segmentBytesMax
    ) { _ in }
  }

  private mutating func write() throws {
    for (number, item) in terms.items.enumerated() {
      switch item {
      case .claims(let payload):
        _ = try journal.begin(.claims, payload)
        _ = try journal.commit(decision: nil, CommitTerms.payload(try configuration(from: number)))
      case .file(let decision, _, let payload):
        let partners = books.partners
        let file = try FileRecord(payload, decision: DecisionNumber(decision)) { partners.number(of: $0) }
        _ = try journal.begin(
          .begin,
          BeginRecord(
            claim: file.claim ?? ClaimNumber(0), partner: partners[Int(file.partner)],
            receivedAt: file.receivedAt
          ).payload)
        try writeRows(of: decision, sender: file)
        var committed = file
        committed.answers = try journaled(file.answers)
        for part in Publication.overflow(&committed.answers, &committed.settled, partners: partners) {
          try journal.appendAnswers(part)
        }
        _ = try journal.commit(decision: DecisionNumber(decision), committed.payload(partners: partners))
        try item.enter(in: &books)
      case .deed(let decision, let payload):
        let partners = books.partners
        let deed = try DeedRecord(payload, decision: DecisionNumber(decision)) { partners.number(of: $0) }
        _ = try journal.begin(.begin, BeginRecord(deed.kind, at: deed.at).payload)
        try writeRows(of: decision, sender: nil)
        var committed = deed
        committed.answers = try journaled(deed.answers)
        for part in Publication.overflow(&committed.answers, &committed.settled, partners: partners) {
          try journal.appendAnswers(part)
        }
        _ = try journal.commit(decision: DecisionNumber(decision), committed.payload(partners: partners))
        try item.enter(in: &books)
      case .published(let decision):
        try journal.sync()
        try journal.synced.write(in: ledger)
        try journal.markPublished(PublishedMark.payload(DecisionNumber(decision)))
      }
    }
    guard past.first == nil else { throw FilterFault.unreadable("past") }
    try journal.sync()
    try journal.stopCleanly()
  }

  /// Puts small answers into the journal as they lie in the outbox; one that its partner took or changed is derived when asked for.
  private func journaled(_ answers: [PublishedAnswer]) throws -> [PublishedAnswer] {
    try answers.map { answer in
      guard answer.bytes == .journaled else { return answer }
      var moved = answer
      moved.bytes = .elsewhere
      var folder = outbox
      var name = answer.name
      var path = [books.partners[Int(answer.partner)]]
      if let cut = name.firstIndex(of: UInt8(ascii: "/")) {
        path.append(Array(name[..<cut]))
        name = Array(name[(cut + 1)...])
      }
      for part in path {
        guard try folder.status(part)?.kind == .folder else { return moved }
        folder = try folder.subfolder(part)
      }
      guard try folder.status(name)?.kind == .regular, answer.byteCount < 1 << 24 else { return moved }
      let bytes = try readWhole(folder, name, limit: 1 << 24)
      if SHA256.hash(bytes) == answer.sha256 { moved.bytes = .blob(try journal.appendBlob(bytes)) }
      return moved
    }
  }

  /// The settings under which the next decision was made.
  private func configuration(from number: Int) throws -> [UInt8] {
    for item in terms.items[number...] {
      switch item {
      case .file(_, _, let payload), .deed(_, let payload): return try CommitTerms.read(payload)
      case .claims, .published: continue
      }
    }
    return terms.configuration.sha256
  }

  /// The records of one decision, a page for each run of rows.
  ///
  /// - Parameter file: the file in hand, which the books do not have yet.
  private mutating func writeRows(of decision: UInt64, sender file: FileRecord?) throws {
    while let record = past.first, record.place.decision == decision {
      try past.removeFirst()
      let cursor = try RowCursor(payload: record.page, frame: 0)
      let follows = last.map { $0.claim == cursor.claim && $0.row &+ 1 == cursor.row } ?? false
      if !follows || record.place.wave > 0 || writer.payload.count > SnapshotImport.pageBytesMax {
        try closePage()
        writer.start(claim: cursor.claim, firstRow: cursor.row, arrival: cursor.arrival)
      }
      let position = Position(frame: journal.nextFrameOffset, record: writer.payload.count)
      let sender = file?.claim == cursor.claim ? file?.partner : books.file(of: cursor.claim)?.partner
      let (given, effects, heads) = try shelf.restore(record, from: sender ?? 0, in: &books, at: position)
      writer.append(given.verdict, effects, bytes: record.page, heads: heads, at: position)
      last = record.place.wave > 0 ? nil : (cursor.claim, cursor.row)
      if record.place.wave > 0 { try closePage() }
    }
    try closePage()
  }

  private mutating func closePage() throws {
    last = nil
    if writer.rowCount > 0 { _ = try journal.appendRows(writer.payload) }
    writer = RowWriter()
  }
}
