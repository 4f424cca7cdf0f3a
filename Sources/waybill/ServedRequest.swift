/// What the daemon did for an operator's verb, as its log says it.

import Orders

/// A request that was served.
enum ServedRequest: Equatable {
  case reconciled(rows: Int)
  case reissued(partner: String, name: [UInt8], decision: DecisionNumber)
  /// The answer lies in the outbox as it was published.
  case unchanged(partner: String, name: [UInt8])
  /// The checkpoint that stands now; nil: nothing was decided yet.
  case checkpointed(decision: DecisionNumber?)
  /// Nothing could be done.
  case refused
}

extension Sentences {
  static func of(_ request: ServedRequest) -> String { "request served: " + words(request) }

  private static func words(_ request: ServedRequest) -> String {
    switch request {
    case .reconciled(let rows): "reconcile, \(HumanText.count(rows, "row")) had waited too long"
    case .reissued(let partner, let name, let decision):
      "reissue, outbox/\(partner)/\(SafeText.of(name)) is published again (decision \(decision.raw))"
    case .unchanged(let partner, let name):
      "reissue, outbox/\(partner)/\(SafeText.of(name)) lies there as it was published"
    case .checkpointed(let decision):
      decision.map { "checkpoint, at decision \($0.raw)" } ?? "checkpoint, nothing was decided yet"
    case .refused: "nothing could be done, as whoever asked was told"
    }
  }
}
