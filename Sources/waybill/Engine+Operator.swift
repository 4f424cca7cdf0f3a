/// The operator's word to the exchange, and what its verbs show.

import Orders

/// An exchange that can be told to leave a partner alone, and to take a file back into its inbox.
protocol OperatorEngine {
  /// Leaves a partner's inbox alone from now on, or takes from it again.
  func pause(_ partner: String, because reason: String, _ work: Work) throws(Failure) -> OperatorView
  func resume(_ partner: String, because reason: String, _ work: Work) throws(Failure) -> OperatorView
  /// What lies in quarantine, oldest first.
  func quarantined() throws(Failure) -> [QuarantineEntry]
  /// Puts a file of the quarantine back into its inbox.
  func release(_ name: [UInt8], because reason: String, _ work: Work) throws(Failure) -> OperatorView
}

/// What came of the operator's word.
enum OperatorView: Equatable {
  case done(DecisionNumber)
  /// It holds already.
  case unchanged
}

/// Why a file stays in quarantine.
enum ReleaseRefusal: Equatable {
  case notThere
  /// It came out of no inbox.
  case noUpload
  /// Its partner is none any more.
  case noInbox
  /// Something in the inbox has its name.
  case nameTaken
}

/// A line of `waybill quarantine list`.
struct QuarantineEntry: Equatable {
  enum Reason: Equatable {
    case refused(RejectionCode?, DecisionNumber)
    case editedAnswer(DecisionNumber)
    case strange
  }

  var name: [UInt8]
  var partner: String?
  var upload: [UInt8]?
  var reason: Reason
  var bytes: Int
  var since: Timestamp
  var mayBeReleased: Bool
}

extension Sentences {
  static func of(_ refusal: ReleaseRefusal) -> String {
    switch refusal {
    case .notThere: "nothing there has this name; `waybill quarantine list` says what lies there"
    case .noUpload: "it came out of no inbox"
    case .noInbox: "its partner has no inbox any more"
    case .nameTaken: "something in the inbox has its name now"
    }
  }

  static func of(_ reason: QuarantineEntry.Reason) -> String {
    switch reason {
    case .refused(let code?, _): "\(code.name): \(code.meaning.sentence)"
    case .refused(nil, _): "more of its rows would be rejected than the error budget allows"
    case .editedAnswer(let decision):
      "what a partner made of an answer that decision \(decision.raw) published again"
    case .strange: "no decision knows it"
    }
  }
}
