internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// Deeds in the open ledger: rows that expire, answers published once more, and their way into the outbox.
extension OpenLedger {
  /// Rejects every row that has waited longer than its sender's terms allow, oldest event first.
  ///
  /// Stopped half-way and done again it goes on where it stopped: what is rejected waits no more.
  func expire(at clock: Timestamp, for request: RequestNumber) throws {
    var overdue = try docket.overdueRows(at: clock)[...]
    let rows = overdue.count
    while !overdue.isEmpty {
      pace?.show(done: Int64(rows - overdue.count), of: Int64(rows), "rows")
      var run = DeedRun(.expiry, at: clock, for: request, in: self)
      try publish(try run.expire(overdue.prefix(DeedRun.expiryRowsMax)))
      overdue = overdue.dropFirst(DeedRun.expiryRowsMax)
    }
  }

  /// Publishes an answer once more: the very bytes that were committed, for a partner that lost or changed its copy.
  func reissue(
    _ name: [UInt8], of partner: [UInt8], reason: [UInt8], for request: LedgerRequest
  ) throws -> RequestAnswer {
    if let done = docket.books.deeds.last(where: { $0.request == request.number }) {
      return .reissued(Reissued(done))
    }
    guard let number = docket.books.partners.firstIndex(of: partner),
      let answer = docket.books.newestAnswer(named: name, of: UInt8(number))
    else { return .refused(.neverPublished) }
    let (folder, placed) = try place(of: answer)
    let isTaken = try folder.status(placed) != nil
    let found = isTaken ? try digest(of: placed, in: folder) : nil
    if found == answer.sha256 { return .unchanged }
    let aside = Array("deed-\(nextDecision.raw)-again".utf8)
    guard let again = try again(answer, as: answer.name, staged: aside), again.sha256 == answer.sha256 else {
      return .refused(.bytesGone)
    }
    // Something that is no file has no digest of its own; it is set aside all the same.
    var run = DeedRun(
      .reissue, at: request.at, for: request.number, in: self, reason: reason,
      replaced: found ?? (isTaken ? SHA256.hash([]) : []), by: request.by)
    let done = try run.publish(again, to: answer.partner)
    try publish(done)
    return .reissued(Reissued(done))
  }

  // MARK: Into the outbox

  /// Makes a committed deed durable and delivers it.
  func publish(_ deed: DeedRecord) throws {
    try asides.sync()
    try journal.sync()
    CrashPoint.reached(.commitSynced)
    try position.write(journal.synced)
    CrashPoint.reached(.positionWritten)
    unmarked += try deliver(deed)
    CrashPoint.reached(.delivered)
    freshAnswers = [:]
    try markPublishedWhenMany()
  }

  /// Puts the answers of a deed into the outboxes. Every step may be repeated.
  func deliver(_ deed: DeedRecord, isAgain: Bool = false) throws -> [PublishedAnswer] {
    if deed.kind == .release { try putBack(deed) }
    for (index, answer) in deed.answers.enumerated() {
      if deed.kind == .reissue { try setAside(answer, deed) }
      try deliver(answer, replacing: false, isAgain: isAgain)
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

extension Books {
  /// The newest answer of that name that is not itself a reissue: a held file's ack gives way to the ack of the completed one, a
  /// document to a later one.
  func newestAnswer(named name: [UInt8], of partner: UInt8) -> PublishedAnswer? {
    func holds(_ answer: PublishedAnswer) -> Bool { answer.partner == partner && answer.name == name }
    let file = files.last { $0.answers.contains(where: holds) }
    let deed = deeds.last { $0.kind != .reissue && $0.answers.contains(where: holds) }
    let newest = (deed?.decision.raw ?? 0) > (file?.decision.raw ?? 0) ? deed?.answers : file?.answers
    return newest?.last(where: holds)
  }
}
