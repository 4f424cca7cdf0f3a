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
      let undoChangesMax = docket.books.undoChangesMax
      docket.books.undoChangesMax = .max
      takeSettings(of: deed.configuration)
      underProof = deed.configuration
      nextDecision = deed.decision
      defer {
        docket.books.undoChangesMax = undoChangesMax
        underProof = nil
      }
      recorded.expect(frames, commit)
      let overdue = try docket.overdueRows(at: deed.at)
      var run = DeedRun(.expiry, at: deed.at, for: deed.request, in: self)
      let derived = try run.expire(overdue.prefix(DeedRun.expiryRowsMax))
      defer { sweep() }
      if let what = try difference(deed.answers, derived.answers) { return differs(what) }
      for answer in derived.answers { try take(answer, try bytes(of: answer)) }
      return .same(answers: derived.answers.count)
    }
  }
}
