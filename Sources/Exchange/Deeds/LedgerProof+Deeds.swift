internal import Ledger
internal import Orders

/// Deeds under proof: an expiry is done again from the books as they stood, a reissue held against the answer that it repeats.
extension LedgerProof.ProofBench {
  func derive(
    _ deed: DeedRecord, frames: [RecordedFrame], commit: JournalFrame,
    _ take: (PublishedAnswer, LedgerProof.RenderedBytes) throws -> Void
  ) throws -> LedgerProof.Outcome {
    func differs(_ what: Difference.What) -> LedgerProof.Outcome {
      .differs(
        Difference(decision: deed.decision, partner: "", name: Array(deed.kind.name.utf8), what: what))
    }
    switch deed.kind {
    // The operator's word follows from nothing that was sent.
    case .pause, .resume, .release: return .same(answers: 0)
    case .reissue:
      for answer in deed.answers {
        let first = docket.books.newestAnswer(named: answer.name, of: answer.partner)
        if first?.sha256 != answer.sha256 {
          return differs(
            .answer(partner: docket.books.partnerName(answer.partner), name: answer.name, place: nil))
        }
      }
      return .same(answers: deed.answers.count)
    case .expiry:
      takeSettings(of: deed.configuration)
      return try deriving(deed, frames, commit, take) {
        let overdue = try docket.overdueRows(at: deed.at)
        var run = DeedRun(.expiry, at: deed.at, for: deed.request, in: self)
        return try run.expire(overdue.prefix(DeedRun.expiryRowsMax))
      }.map(differs) ?? .same(answers: deed.answers.count)
    case .terms:
      guard let earlier = keptSettings(of: docket.books.newestSettings),
        let now = keptSettings(of: deed.configuration)
      else { return .underivable(.otherSettings) }
      for profile in now.profiles { _ = docket.books.partnerNumber(Array(profile.folder.utf8)) }
      takeSettings(of: deed.configuration)
      return try deriving(deed, frames, commit, take) {
        var run = DeedRun(.terms, at: deed.at, for: deed.request, in: self)
        return try run.tell(insteadOf: FeedTerms(earlier, in: docket.books))
      }.map(differs) ?? .same(answers: deed.answers.count)
    }
  }

  /// Does a deed once more, and holds what comes out against what was committed.
  /// - Returns: in what it differs; nil: in nothing, and each answer was handed on.
  private func deriving(
    _ deed: DeedRecord, _ frames: [RecordedFrame], _ commit: JournalFrame,
    _ take: (PublishedAnswer, LedgerProof.RenderedBytes) throws -> Void, _ body: () throws -> DeedRecord?
  ) throws -> Difference.What? {
    let undoChangesMax = docket.books.undoChangesMax
    docket.books.undoChangesMax = .max
    underProof = deed.configuration
    nextDecision = deed.decision
    defer {
      docket.books.undoChangesMax = undoChangesMax
      underProof = nil
      sweep()
    }
    recorded.expect(frames, commit)
    guard let derived = try body() else { return .notes }
    if let what = try difference(deed.answers, derived.answers) { return what }
    for answer in derived.answers { try take(answer, try bytes(of: answer)) }
    return nil
  }
}
