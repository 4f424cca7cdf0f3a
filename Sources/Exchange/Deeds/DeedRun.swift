internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// A deed's transaction at a bench, from its begin to its commit: the same steps as a file's, without a claim and without an ack.
///
/// Durable, and to be delivered, only after the journal's next sync.
struct DeedRun {
  let ledger: any Bench
  private var deed: DeedRecord

  init(
    _ kind: DeedRecord.Kind, at clock: Timestamp, for request: RequestNumber, in ledger: any Bench,
    reason: [UInt8] = [], replaced: [UInt8] = [], by: [UInt8] = [], subject: [UInt8] = []
  ) {
    self.ledger = ledger
    deed = DeedRecord(
      kind, decision: ledger.nextDecision, at: clock, request: request, reason: reason, replaced: replaced,
      configuration: ledger.configurationDigest)
    deed.by = by
    deed.subject = subject
  }

  private static let pageBytesMax = 60 << 10

  // MARK: Expiry

  /// So many rows are rejected in one transaction: enough to cost few syncs, few enough to fit memory and one pause of the intake.
  static let expiryRowsMax = 10_000

  /// Rejects rows that waited too long.
  mutating func expire(_ rows: ArraySlice<OverdueRow>) throws -> DeedRecord {
    try begin()
    startPage(row: 1)
    let numbers = try ledger.docket.history.rowNumbers(of: rows.map(\.event.position))
    for (place, row) in rows.enumerated() {
      try ledger.docket.expire(
        row, rowInFile: numbers[row.event.position] ?? 0, as: UInt32(place + 1))
      if ledger.docket.writer.payload.count > DeedRun.pageBytesMax { try closePage(next: UInt32(place + 2)) }
    }
    if ledger.docket.writer.rowCount > 0 { try closePage(next: 0) }
    let settled = try SettledAnswers(
      ledger.docket.released, ledger.docket, staging: ledger.asides, prefix: "deed-\(deed.decision.raw)-")
    guard settled.counts.isConserved, settled.counts.read == rows.count else {
      throw ExchangeFault.notConserved(deed: deed.kind.name)
    }
    deed.counts = settled.counts
    deed.settled = settled.answers.map { $0.claim }
    return try commit(settled.answers.map { ($0.partner, $0.answer) })
  }

  private func startPage(row: UInt32) {
    ledger.docket.frame = ledger.log.nextFrameOffset
    ledger.docket.startPage(row: row)
  }

  private func closePage(next row: UInt32) throws {
    try ledger.log.appendRows(ledger.docket.writer.payload)
    CrashPoint.reached(.batchJournaled)
    startPage(row: row)
  }

  // MARK: Reissue

  /// Publishes a staged answer.
  mutating func publish(_ answer: StagedAnswer, to partner: UInt8) throws -> DeedRecord {
    try begin()
    return try commit([(partner, answer)])
  }

  // MARK: Word of the operator

  /// Writes down what the operator wants to hold from now on; no row changes, and nothing is published.
  mutating func note() throws -> DeedRecord {
    try begin()
    return try commit([])
  }

  // MARK: Terms

  /// Tells every receiver of feeds what other terms make of what stands.
  /// - Returns: nil where no receiver holds anything else; then nothing is written down.
  mutating func tell(insteadOf earlier: FeedTerms) throws -> DeedRecord? {
    ledger.docket.openDeed(at: deed.at)
    let books = ledger.docket.books
    let terms = FeedTerms(ledger.configuration, in: books)
    // A partner's number depends on when it first came up, and its name does not.
    let open = ledger.openFeeds(stagingPrefix: "deed-\(deed.decision.raw)-feed-") {
      terms.differ(from: earlier, for: $0)
    }.sorted {
      (terms.profiles[Int($0.fed.partner)].folder, $0.fed.feed.rawValue)
        < (terms.profiles[Int($1.fed.partner)].folder, $1.fed.feed.rawValue)
    }
    try Feeds(books: books, terms: terms, history: ledger.docket.history).write(to: open, insteadOf: earlier)
    var staged: [(partner: UInt8, answer: StagedAnswer)] = []
    for feed in open {
      guard let answer = try feed.finish() else { continue }
      staged.append((feed.fed.partner, answer))
      deed.feeds.append(feed.fed)
    }
    if staged.isEmpty { return nil }
    try begin()
    return try commit(staged)
  }

  // MARK: Begin and commit

  private func begin() throws {
    try ledger.log.begin(.begin, BeginRecord(deed.kind, at: deed.at).payload)
    ledger.docket.beginTransaction()
    ledger.docket.openDeed(at: deed.at)
  }

  private mutating func commit(_ staged: [(partner: UInt8, answer: StagedAnswer)]) throws -> DeedRecord {
    deed.answers = try ledger.journal(staged)
    CrashPoint.reached(.answersStaged)
    let partners = ledger.docket.books.partners
    var committed = deed
    for part in Publication.overflow(&committed.answers, &committed.settled, partners: partners) {
      try ledger.log.appendAnswers(part)
    }
    try ledger.log.commit(decision: deed.decision, committed.payload(partners: partners))
    CrashPoint.reached(.commitAppended)
    ledger.conclude(deed)
    return deed
  }
}

extension Bench {
  /// Puts small answers into the open transaction, and makes large ones durable where they lie aside.
  func journal(_ staged: [(partner: UInt8, answer: StagedAnswer)]) throws -> [PublishedAnswer] {
    try staged.map { receiver, answer in
      let bytes: PublishedAnswer.Bytes
      switch answer.content {
      case .inline(let content):
        let frame = try log.appendBlob(content)
        willDeliver(content, journaledAt: frame)
        bytes = .blob(frame)
      case .file(let name):
        try asides.openForReading(name).sync()
        bytes = .staged(name)
      }
      return PublishedAnswer(
        partner: receiver, name: answer.name, sha256: answer.sha256, byteCount: Int64(answer.byteCount),
        bytes: bytes)
    }
  }
}
