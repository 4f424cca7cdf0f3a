internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// An answer published once more: the very bytes that were committed, for a partner that lost or changed its copy.
extension OpenLedger {
  func reissue(
    _ name: [UInt8], of partner: [UInt8], reason: [UInt8], at clock: Timestamp, for request: RequestNumber
  ) throws -> RequestAnswer {
    if let deed = docket.books.deeds.last(where: { $0.request == request }) {
      return .reissued(Reissued(deed))
    }
    guard let number = docket.books.partners.firstIndex(of: partner) else {
      return .refused(.neverPublished)
    }
    guard var answer = newestAnswer(named: name, of: UInt8(number)) else { return .refused(.neverPublished) }
    let (folder, placed) = try place(of: answer)
    let lying = try folder.status(placed)
    let found = lying == nil ? nil : try digest(of: placed, in: folder)
    if found == answer.sha256 { return .unchanged }

    let deed = DeedRecord(
      .reissue, decision: nextDecision, at: clock, request: request, reason: reason,
      // Something that is no file has no digest of its own; it is set aside all the same.
      replaced: found ?? (lying == nil ? [] : SHA256.hash([])))
    let staged: StagedAnswer
    switch answer.bytes {
    case .blob(let frame):
      staged = StagedAnswer(name: answer.name, bytes: try journal.read(frameAt: frame).payload)
      guard staged.sha256 == answer.sha256 else { return .refused(.bytesGone) }
      try begin(.reissue, at: clock)
      answer.bytes = .blob(frame)
    case .staged:
      let aside = Array("deed-\(deed.decision.raw)-again".utf8)
      guard try kept.copy(answer.sha256, to: asides, as: aside) else { return .refused(.bytesGone) }
      staged = StagedAnswer(
        name: answer.name, content: .file(aside), sha256: answer.sha256, byteCount: Int(answer.byteCount))
      try begin(.reissue, at: clock)
    }
    try conclude(deed, [(answer.partner, staged)])
    guard let done = docket.books.deeds.last else { return .refused(.bytesGone) }
    return .reissued(Reissued(done))
  }

  /// The newest decision's answer of that name: a held file's ack is replaced by the ack of the completed one, a document by a later.
  private func newestAnswer(named name: [UInt8], of partner: UInt8) -> PublishedAnswer? {
    func holds(_ answer: PublishedAnswer) -> Bool { answer.partner == partner && answer.name == name }
    let file = docket.books.files.last { $0.answers.contains(where: holds) }
    let deed = docket.books.deeds.last { $0.kind != .reissue && $0.answers.contains(where: holds) }
    let newest = (deed?.decision.raw ?? 0) > (file?.decision.raw ?? 0) ? deed?.answers : file?.answers
    return newest?.last(where: holds)
  }
}
