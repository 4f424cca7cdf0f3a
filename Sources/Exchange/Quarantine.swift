internal import Files
internal import Intake
public import Ledger
public import Orders

/// What lies in `ledger/quarantine`, and why.
public struct QuarantinedFile: Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    /// The file of a decision: over its error budget, refused for its size, or one that the program died of.
    case decision(DecisionNumber, RejectionCode?)
    /// What a partner made of an answer that was published again by this decision.
    case editedAnswer(DecisionNumber)
    /// No decision knows it.
    case strange
  }

  /// Its name in quarantine, by which it is released.
  public var name: [UInt8]
  /// The partner it came from and its name there; nil where neither is known.
  public var partner: String?
  public var upload: [UInt8]?
  public var reason: Reason
  public var byteCount: Int64
  public var since: Timestamp

  /// Can it go back into an inbox?
  public var isUpload: Bool {
    if case .decision = reason { return true }
    return false
  }
}

extension LedgerView {
  /// What lies in quarantine, oldest first.
  public func quarantined() throws -> [QuarantinedFile] {
    guard let ledger, try ledger.status(Array("quarantine".utf8))?.kind == .folder else { return [] }
    let folder = try ledger.subfolder("quarantine")
    var found: [QuarantinedFile] = []
    for (name, _) in try folder.list() {
      guard let status = try folder.status(name) else { continue }
      var entry = QuarantinedFile(
        name: name, reason: .strange, byteCount: status.size,
        since: Timestamp(milliseconds: status.changed / 1_000_000))
      if let file = Claim.number(of: name).flatMap({ books.file(of: $0) }) {
        entry.partner = books.partnerName(file.partner)
        entry.upload = file.name
        entry.reason = .decision(file.decision, file.refusal)
        entry.since = file.receivedAt
      } else if let deed = reissue(keeping: name) {
        entry.reason = .editedAnswer(deed.decision)
        entry.partner = deed.answers.first.map { books.partnerName($0.partner) }
        entry.upload = deed.answers.first?.name
        entry.since = deed.at
      }
      found.append(entry)
    }
    return found.sorted {
      ($0.since, String(decoding: $0.name, as: UTF8.self)) < (
        $1.since, String(decoding: $1.name, as: UTF8.self)
      )
    }
  }

  /// The reissue that set this aside.
  private func reissue(keeping name: [UInt8]) -> DeedRecord? {
    books.deeds.first { deed in
      deed.kind == .reissue
        && OpenLedger.quarantineName(of: deed.answers.first?.name ?? [], deed.decision) == name
    }
  }

  /// The partners that are paused, with the deed that says so, by the names of their folders.
  public var pauses: [(partner: String, deed: DeedRecord)] {
    books.pauses.map { (String(decoding: $0.key, as: UTF8.self), $0.value) }.sorted {
      $0.partner < $1.partner
    }
  }
}
