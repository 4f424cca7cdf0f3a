internal import Files
internal import Intake
internal import Ledger
internal import Orders

/// The operator's word in the open ledger: partners that are paused, and files that leave quarantine.
///
/// Each is a deed with who asked and why. Asked for what holds already, nothing is written down.
extension OpenLedger {
  /// Is the partner's inbox left alone for now?
  func isPaused(_ partner: String) -> Bool {
    docket.isPaused(partner)
  }

  func pause(_ partner: [UInt8], reason: [UInt8], for request: LedgerRequest) throws -> RequestAnswer {
    if let done = done(request) { return done }
    let isKnown = configuration.profiles.contains { Array($0.folder.utf8) == partner }
    if !isKnown { return .refused(.unknownPartner) }
    if docket.books.pauses[partner] != nil { return .unchanged }
    return try note(.pause, partner, reason, request)
  }

  /// A partner that the configuration no longer names may be resumed all the same, so that no pause is left behind.
  func resume(_ partner: [UInt8], reason: [UInt8], for request: LedgerRequest) throws -> RequestAnswer {
    if let done = done(request) { return done }
    if docket.books.pauses[partner] != nil { return try note(.resume, partner, reason, request) }
    let isKnown = configuration.profiles.contains { Array($0.folder.utf8) == partner }
    return isKnown ? .unchanged : .refused(.unknownPartner)
  }

  /// Puts a file back into the inbox that it came from, where it is judged as if its partner had dropped it again.
  func release(_ name: [UInt8], reason: [UInt8], for request: LedgerRequest) throws -> RequestAnswer {
    if let done = done(request) { return done }
    guard try quarantine.status(name) != nil else {
      let isReleased = docket.books.deeds.contains { $0.kind == .release && $0.subject == name }
      return isReleased ? .unchanged : .refused(.notInQuarantine)
    }
    guard let file = Claim.number(of: name).flatMap({ docket.books.file(of: $0) }) else {
      return .refused(.noUpload)
    }
    guard let inbox = try inbox(of: file) else { return .refused(.unknownPartner) }
    if try inbox.status(file.name) != nil { return .refused(.nameTaken) }
    return try note(.release, name, reason, request)
  }

  /// The second half of a release, which a restart may repeat: a file that is gone from quarantine was put back before.
  func putBack(_ deed: DeedRecord) throws {
    guard try quarantine.status(deed.subject) != nil,
      let file = Claim.number(of: deed.subject).flatMap({ docket.books.file(of: $0) }),
      let inbox = try inbox(of: file)
    else { return }
    guard try quarantine.renameWithoutReplacing(deed.subject, to: inbox, as: file.name) else {
      notice(.notPutBack(partner: docket.books.partnerName(file.partner), name: file.name))
      return
    }
    try inbox.sync()
    try quarantine.sync()
  }

  /// The inbox that a file came from; nil where its partner is none any more.
  private func inbox(of file: FileRecord) throws -> Folder? {
    let partner = docket.books.partners[Int(file.partner)]
    let inboxes = try root.subfolder("inbox")
    let isKnown = configuration.profiles.contains { Array($0.folder.utf8) == partner }
    return try isKnown && inboxes.status(partner)?.kind == .folder ? inboxes.subfolder(partner) : nil
  }

  private func note(
    _ kind: DeedRecord.Kind, _ subject: [UInt8], _ reason: [UInt8], _ request: LedgerRequest
  ) throws -> RequestAnswer {
    var run = DeedRun(
      kind, at: request.at, for: request.number, in: self, reason: reason, by: request.by, subject: subject)
    let deed = try run.note()
    try publish(deed)
    return .done(deed.decision)
  }

  /// The answer that was found before a crash.
  private func done(_ request: LedgerRequest) -> RequestAnswer? {
    docket.books.deeds.last { $0.request == request.number }.map { .done($0.decision) }
  }
}
