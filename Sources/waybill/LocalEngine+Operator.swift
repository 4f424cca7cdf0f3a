/// The operator's word, handed to whoever holds the ledger, or done here.

import Exchange
import Foundation
import Ledger
import Orders

extension LocalEngine {
  func pause(_ partner: String, because reason: String, _ work: Work) throws(Failure) -> OperatorView {
    try tell(.pause(partner: Array(partner.utf8), reason: Array(reason.utf8)), work) { _ in
      .unknownPartner(partner)
    }
  }

  func resume(_ partner: String, because reason: String, _ work: Work) throws(Failure) -> OperatorView {
    try tell(.resume(partner: Array(partner.utf8), reason: Array(reason.utf8)), work) { _ in
      .unknownPartner(partner)
    }
  }

  func release(_ name: [UInt8], because reason: String, _ work: Work) throws(Failure) -> OperatorView {
    try tell(.release(name: name, reason: Array(reason.utf8)), work) { refusal in
      switch refusal {
      case .noUpload: .notReleased(name: name, because: .noUpload)
      case .unknownPartner: .notReleased(name: name, because: .noInbox)
      case .nameTaken: .notReleased(name: name, because: .nameTaken)
      default: .notReleased(name: name, because: .notThere)
      }
    }
  }

  func quarantined() throws(Failure) -> [QuarantineEntry] {
    try asked {
      try LedgerView(root: root, configuration: configuration, mayBeNew: true).quarantined().map { file in
        let reason: QuarantineEntry.Reason =
          switch file.reason {
          case .decision(let number, let code): .refused(code, number)
          case .editedAnswer(let number): .editedAnswer(number)
          case .strange: .strange
          }
        return QuarantineEntry(
          name: file.name, partner: file.partner, upload: file.upload, reason: reason,
          bytes: Int(file.byteCount), since: file.since, mayBeReleased: file.isUpload)
      }
    }
  }

  private func tell(
    _ what: LedgerRequest.What, _ work: Work, refused: (RequestAnswer.Refusal) -> Failure
  ) throws(Failure) -> OperatorView {
    switch try ask(what, work) {
    case .done(let decision): return .done(decision)
    case .unchanged: return .unchanged
    case .refused(.notUnderstood), .reconciled, .reissued, .checkpointed: throw .notUnderstood
    case .refused(let refusal): throw refused(refusal)
    }
  }
}

extension StatusView.Paused {
  init(_ partner: String, _ deed: DeedRecord) {
    self.init(
      partner: partner, since: deed.at, by: String(decoding: deed.by, as: UTF8.self),
      reason: String(decoding: deed.reason, as: UTF8.self))
  }
}

/// Who sits at the keyboard.
enum Login {
  /// Whoever used sudo, else the user that the program runs as: by name, or by number where it has none.
  static func name() -> String {
    if let asked = ProcessInfo.processInfo.environment["SUDO_USER"], !asked.isEmpty { return asked }
    let user = geteuid()
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "user \(user)" }
    return String(cString: name)
  }
}
