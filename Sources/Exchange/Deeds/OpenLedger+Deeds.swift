internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// A deed's way from its begin to the outbox: the same steps as a file's, without a claim and without an ack.
extension OpenLedger {
  /// Opens a deed's transaction.
  func begin(_ deed: DeedRecord.Kind, at clock: Timestamp) throws {
    try journal.begin(.begin, BeginRecord(deed, at: clock).payload)
    docket.books.beginTransaction()
    docket.open(deed, at: clock)
  }

  /// Commits the deed with what it publishes, makes it durable and delivers it.
  func conclude(_ deed: DeedRecord, _ staged: [(partner: UInt8, answer: StagedAnswer)]) throws {
    var deed = deed
    for (receiver, answer) in staged {
      let bytes: PublishedAnswer.Bytes
      switch answer.content {
      case .inline(let content): bytes = .blob(try journal.appendBlob(content))
      case .file(let name):
        try asides.openForReading(name).sync()
        bytes = .staged(name)
      }
      deed.answers.append(
        PublishedAnswer(
          partner: receiver, name: answer.name, sha256: answer.sha256, byteCount: Int64(answer.byteCount),
          bytes: bytes))
    }
    CrashPoint.reached(.answersStaged)
    let partners = docket.books.partners
    var committed = deed
    for part in Publication.overflow(&committed.answers, &committed.settled, partners: partners) {
      try journal.appendAnswers(part)
    }
    _ = try journal.commit(decision: deed.decision, committed.payload(partners: partners))
    CrashPoint.reached(.commitAppended)
    docket.books.endTransaction()
    docket.books.enter(deed)

    try asides.sync()
    try journal.sync()
    CrashPoint.reached(.commitSynced)
    try journal.synced.write(in: folder)
    CrashPoint.reached(.positionWritten)
    unmarked += try deliver(deed)
    CrashPoint.reached(.delivered)
    if unmarked.count > 2_000 { try markPublished() }
  }

  /// Puts the answers of a deed into the outboxes. Every step may be repeated.
  func deliver(_ deed: DeedRecord) throws -> [PublishedAnswer] {
    for (index, answer) in deed.answers.enumerated() {
      if deed.kind == .reissue { try setAside(answer, deed) }
      try deliver(answer, replacing: false)
      if index == 0 { CrashPoint.reached(.halfDelivered) }
    }
    return deed.answers
  }

  /// Moves what a partner made of an answer out of the answer's place, into quarantine.
  private func setAside(_ answer: PublishedAnswer, _ deed: DeedRecord) throws {
    let (folder, name) = try place(of: answer)
    guard try folder.status(name) != nil, try digest(of: name, in: folder) != answer.sha256 else { return }
    let kept = OpenLedger.quarantineName(of: answer.name, deed.decision)
    // Edited again before a restart: the first edit is what the deed speaks of; this one stays, and is said.
    if try quarantine.status(kept) != nil { return }
    try folder.rename(name, to: quarantine, as: kept)
    try quarantine.sync()
  }

  /// The name in quarantine of what lay in an answer's place.
  static func quarantineName(of answer: [UInt8], _ decision: DecisionNumber) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let flat = answer.map { $0 == slash ? UInt8(ascii: "-") : $0 }
    return Array((Array("\(decision.raw)-".utf8) + flat).prefix(255))
  }
}
