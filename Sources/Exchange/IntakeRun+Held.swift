internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// Uploads whose end has not come: they stay in the inbox, are told of once each, and are examined again when they grow.
extension IntakeRun {
  /// Is the file incomplete? Then it stays where it is, and is said once for each upload.
  mutating func holds(_ waiting: Waiting, _ upload: Upload?) throws -> Bool {
    guard let kind = waiting.name.kind,
      let profile = ledger.configuration.profile(of: waiting.partner)
    else { return false }
    let missing: Fault?
    do {
      missing = try missingEnd(of: waiting, upload)
    } catch let error as FileError {
      // Removed, or swapped for a link, since it was listed: the next look will tell what lies there now.
      if !error.isOfTheName { try note(error, reading: waiting.name.bytes, of: waiting.partner) }
      return true
    }
    guard let fault = missing else { return false }
    if let rest = millisecondsHeldYet(waiting), rest <= 0 { return false }
    inbox.hold(waiting)
    left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .incomplete))
    let partner = ledger.docket.books.partnerNumber(Array(waiting.partner.utf8))
    if let earlier = ledger.docket.books.file(partner: partner, name: waiting.name.bytes),
      earlier.outcome == .held, !earlier.isQuarantined
    {
      return true
    }
    try hold(waiting, kind, partner, profile, fault)
    return true
  }

  /// What shows that the file is not whole; nil where it is, and where its answer does not depend on it.
  func missingEnd(of waiting: Waiting, _ upload: Upload? = nil) throws -> Fault? {
    guard let folder = inbox.folder(of: waiting.partner), waiting.name.refusal == nil,
      let profile = ledger.configuration.profile(of: waiting.partner),
      let kind = waiting.name.kind, FileRun.refusal(of: kind, from: profile) == nil
    else { return nil }
    return try Examination.missing(
      in: waiting, upload, kind: kind, of: profile, folder: folder, ledger.configuration)
  }

  /// How long an incomplete upload is still waited for, from its last change on; nil: nothing is refused for its age alone.
  func millisecondsHeldYet(_ waiting: Waiting) -> Int64? {
    guard taking == .run, let profile = ledger.configuration.profile(of: waiting.partner) else { return nil }
    let age = ledger.clock.now().milliseconds - waiting.status.changed / 1_000_000
    return Int64(profile.holdHours) * 3_600_000 - age + 1
  }

  private mutating func hold(
    _ waiting: Waiting, _ kind: Kind, _ partner: UInt8, _ profile: PartnerProfile, _ fault: Fault
  ) throws {
    let number = ledger.nextDecision
    let now = ledger.clock.now()
    let tilde = FileRun.tilde(partner: partner, name: waiting.name.bytes, number, in: ledger.docket.books)
    var record = FileRecord(
      partner: partner, name: waiting.name.bytes, kind: kind, claim: nil, decision: number, sha256: [],
      byteCount: waiting.status.size, receivedAt: now, outcome: .held, refusal: fault.code, tilde: tilde,
      configuration: ledger.configurationDigest)
    let names = AnswerNames(inputName: waiting.name.bytes, tilde: tilde)
    let ack = FileRun.heldAcknowledgement(of: record, kind, profile, fault)
    let answer = StagedAnswer(name: names.ack, bytes: ack.bytes())
    guard case .inline(let bytes) = answer.content else { return }
    let journal = ledger.journal
    try journal.begin(
      .begin,
      BeginRecord(claim: ClaimNumber(0), partner: Array(waiting.partner.utf8), receivedAt: now).payload)
    let blob = try journal.appendBlob(bytes)
    record.answers = [
      PublishedAnswer(
        partner: partner, name: answer.name, sha256: answer.sha256, byteCount: Int64(answer.byteCount),
        bytes: .blob(blob))
    ]
    _ = try journal.commit(decision: number, record.payload(partners: ledger.docket.partnerFolders))
    ledger.docket.books.enter(record)
    try deliver([record])
  }
}
