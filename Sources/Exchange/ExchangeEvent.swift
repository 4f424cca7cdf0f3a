internal import Ledger
public import Orders

/// What an ordinary day is made of, one event after the other, for whoever keeps a log of it.
public enum ExchangeEvent: Sendable {
  /// A file was taken out of its inbox; what it comes to is reported when its answer lies in the outbox.
  case claimed(partner: String, name: [UInt8], byteCount: Int64)
  /// A feed was written for a partner because of another's file.
  case fed(partner: String, name: [UInt8], because: DecisionNumber)
  /// What an operator's verb asked for is done, or refused.
  case served(LedgerRequest, RequestAnswer)
  case checkpointed(DecisionNumber, byteCount: Int64)
}

extension OpenLedger {
  /// The feeds that a decided file led to.
  func fed(by file: FileRecord) -> [ExchangeEvent] {
    file.answers.lazy.filter { $0.name.starts(with: "feed-".utf8) }.map {
      .fed(partner: self.docket.partnerName($0.partner), name: $0.name, because: file.decision)
    }
  }
}
