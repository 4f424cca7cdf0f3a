import Exchange
import Orders

/// The ledger's proofs.
extension LocalEngine {
  func verifyLedger(_ progress: @escaping (Headway) -> Void) throws(Failure) -> VerifyView {
    // Sound: the proof tells its progress from one thread at a time, under its own lock, and has ended when it returns.
    nonisolated(unsafe) let progress = progress
    return try asked {
      let proof = try LedgerVerification.run(root: root) { done, total in
        progress(Headway(done: Int(done), total: Int(total), unit: "bytes", subject: "ledger"))
      }
      return VerifyView(
        segments: proof.segments, frames: proof.frames, commits: proof.commits, bytes: Int(proof.bytes),
        originals: proof.originals, lastDecision: proof.decision.raw == 0 ? nil : proof.decision,
        lastHash: proof.hash,
        tornTail: proof.tornTail.map {
          .init(file: $0.segment, offset: Int64($0.offset), bytes: Int64($0.bytes))
        }, published: proof.published, taken: proof.taken, undelivered: proof.undelivered,
        differing: proof.differing.map { .init(partner: $0.partner, name: $0.name, decision: $0.decision) },
        rows: proof.rows, claims: proof.claims,
        voidClaims: proof.voidClaims + proof.unwrittenClaims, openClaims: proof.openClaims,
        parkedRows: proof.parkedRows)
    }
  }

  func proveLedger(
    day: GivenTime?, _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> ProveView {
    try asked {
      var scope = LedgerProof.Scope()
      if let first = day?.instant(in: zone) {
        let local = first.milliseconds + Int64(zone.offsetSeconds(at: first)) * 1000
        scope.from = first
        scope.to = zone.instant(localMilliseconds: local + 86_400_000)
      }
      let proof = try LedgerProof.run(root: root, configuration: configuration, scope: scope) { done, total in
        progress(Headway(done: Int(done), total: Int(total), unit: "bytes", subject: "journal"))
      }
      return ProveView(
        decisions: proof.decisions, answers: proof.answers, held: proof.underivable[.held] ?? 0,
        masked: proof.underivable[.masked] ?? 0, otherSettings: proof.underivable[.otherSettings] ?? 0,
        condemned: proof.underivable[.condemned] ?? 0,
        fonts: proof.underivable[.fonts] ?? 0,
        differences: proof.differences.map { ProveView.Difference($0) })
    }
  }
}

extension ProveView.Difference {
  init(_ difference: LedgerProof.Difference) {
    let what: What
    switch difference.what {
    case .originalMissing: what = .originalMissing
    case .row(let row, let committed, let derived): what = .row(row, committed: committed, derived: derived)
    case .answer(let partner, let name, let place):
      what = .answer(partner: partner, name: name, offset: place?.offset, line: place?.line)
    case .answerMissing(let partner, let name): what = .answerMissing(partner: partner, name: name)
    case .answerAdded(let partner, let name): what = .answerAdded(partner: partner, name: name)
    case .notes: what = .notes
    }
    self.init(
      decision: difference.decision, partner: difference.partner, name: difference.name, what: what)
  }
}
