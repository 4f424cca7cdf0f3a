/// What the verbs that change the ledger show, as values.

import Orders

/// An exchange whose ledger can be asked to do something of its own accord, beside a running daemon or without one.
protocol DeedEngine {
  /// Rejects the rows that waited too long, by the clock that the work names.
  func reconcile(_ work: Work) throws(Failure) -> ReconcileView
  /// Publishes an answer once more, with the bytes that it had.
  func reissue(_ name: [UInt8], of partner: String, because reason: String, _ work: Work) throws(Failure)
    -> ReissueView
}

/// What `waybill reconcile` shows.
struct ReconcileView: Equatable {
  struct Answer: Equatable {
    var partner: String
    var name: [UInt8]
  }

  /// Rows rejected because they waited too long.
  var expiredRows: Int
  /// The files in the outbox that say so.
  var answers: [Answer]
  var answersLeftOut: Int

  var hasFindings: Bool { expiredRows > 0 }
}

/// What `waybill reissue` shows.
enum ReissueView: Equatable {
  /// What lies in the outbox is what was published.
  case unchanged
  /// - Parameter keptAside: the name in `ledger/quarantine` of what lay there instead; nil: nothing did.
  case published(decision: DecisionNumber, bytes: Int, digest: String, keptAside: [UInt8]?)
}
