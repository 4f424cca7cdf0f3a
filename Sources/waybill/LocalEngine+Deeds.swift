/// Verbs that change the ledger: handed to whoever holds it, or done here.

import Exchange
import Ledger
import Orders

extension LocalEngine {
  func reconcile(_ work: Work) throws(Failure) -> ReconcileView {
    switch try ask(.reconcile, work) {
    case .reconciled(let expired):
      return ReconcileView(
        expiredRows: expired.rows,
        answers: expired.answers.map {
          .init(partner: String(decoding: $0.partner, as: UTF8.self), name: $0.name)
        }, answersLeftOut: expired.answersLeftOut)
    case .reissued, .unchanged, .checkpointed, .refused: throw .notUnderstood
    }
  }

  func reissue(
    _ name: [UInt8], of partner: String, because reason: String, _ work: Work
  ) throws(Failure) -> ReissueView {
    let what = LedgerRequest.What.reissue(
      partner: Array(partner.utf8), name: name, reason: Array(reason.utf8))
    switch try ask(what, work) {
    case .unchanged: return .unchanged
    case .reissued(let done):
      return .published(
        decision: done.decision, bytes: Int(done.byteCount), digest: done.digest,
        keptAside: done.keptAside.isEmpty ? nil : done.keptAside)
    case .refused(.neverPublished): throw .neverPublished(partner: partner, name: name)
    case .refused(.bytesGone): throw .answerLost(partner: partner, name: name)
    case .refused(.notUnderstood), .refused(.notMade), .reconciled, .checkpointed: throw .notUnderstood
    }
  }

  func ask(_ what: LedgerRequest.What, _ work: Work) throws(Failure) -> RequestAnswer {
    OpenLedger.catchDeadlySignals()
    return try asked {
      let clock = work.clock.map { Clock.fixed($0.instant(in: zone)) } ?? .wall
      return try Asking(root: root, configuration: configuration, clock: clock) {
        work.noticed(Notice($0))
      }.ask(what)
    }
  }
}

extension ServedRequest {
  init(_ request: LedgerRequest, _ answer: RequestAnswer) {
    var (partner, name) = ("", [UInt8]())
    if case .reissue(let folder, let answer, _) = request.what {
      partner = String(decoding: folder, as: UTF8.self)
      name = answer
    }
    switch answer {
    case .reconciled(let expired): self = .reconciled(rows: expired.rows)
    case .reissued(let done): self = .reissued(partner: partner, name: name, decision: done.decision)
    case .unchanged: self = .unchanged(partner: partner, name: name)
    case .checkpointed(let standing): self = .checkpointed(decision: standing?.decision)
    case .refused: self = .refused
    }
  }
}
