internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// The end of a file's run: the ack, the small answers inside the transaction, the commit.
extension FileRun {
  /// Commits the decision. The books follow; the journal is not synced yet.
  func commit(_ decision: Decision) throws -> FileRecord {
    var decision = decision
    let journal = ledger.log
    ledger.watch?.turn(to: .commit)
    if !journal.isTransactionOpen {
      try journal.begin(
        .begin, BeginRecord(claim: claim.claim, partner: claim.partner, receivedAt: claim.receivedAt).payload)
    }
    if let masked = decision.maskedOriginal {
      decision.record.archivedAs = SHA256.hash(masked)
      try ledger.keep(masked: masked, digest: decision.record.archivedAs)
    } else {
      decision.record.archivedAs = decision.archivedBefore ?? decision.record.sha256
    }
    let ack = StagedAnswer(name: decision.names.ack, bytes: acknowledgement(decision).bytes())
    decision.record.answers = try ledger.journal(decision.staged + [(partner, ack)])
    try carryOriginal(of: decision.record)
    CrashPoint.reached(.answersStaged)
    let partners = ledger.docket.partnerFolders
    var committed = decision.record
    for part in Publication.overflow(&committed.answers, &committed.settled, partners: partners) {
      try journal.appendAnswers(part)
    }
    try journal.commit(decision: decision.record.decision, committed.payload(partners: partners))
    CrashPoint.reached(.commitAppended)
    ledger.conclude(decision.record, settled: decision.settled, spoiling: decision.spoiled)
    return decision.record
  }

  /// Makes the original of a file that is not taken yet as durable as its decision: it travels in the transaction, behind the ack;
  /// one with credentials may not, and is synced where it lies.
  private func carryOriginal(of record: FileRecord) throws {
    guard let upload, !Plant.commitWithoutOriginal.isPlanted else { return }
    if record.archivedAs == record.sha256, case .blob? = record.answers.last?.bytes {
      _ = try ledger.log.appendBlob(CarriedOriginal.payload(upload.bytes, claim.sight))
    } else {
      try upload.sync()
    }
  }

  func acknowledgement(_ decision: Decision) -> Acknowledgement {
    let record = decision.record
    var ack = Acknowledgement(
      file: record.name, partner: profile.folder, kind: record.kind, sizeBytes: record.byteCount,
      sha256: record.sha256, receivedAt: record.receivedAt, completedBy: completedBy(record),
      ledgerSequence: record.decision, outcome: record.outcome, zone: profile.zone)
    ack.rows = record.counts
    ack.rejections = decision.groups
    ack.totals = record.totals
    ack.corrects = decision.corrects
    ack.answers = decision.staged.filter {
      $0.partner == partner && isOfThisFile($0.answer.name, decision.names)
    }
    .map(\.answer.name)
    return ack
  }

  /// The ack of an upload that stays in its inbox because its end is missing.
  static func heldAcknowledgement(
    of record: FileRecord, _ kind: Kind, _ profile: PartnerProfile, _ fault: Fault
  ) -> Acknowledgement {
    var ack = Acknowledgement(
      file: record.name, partner: profile.folder, kind: kind, sizeBytes: record.byteCount, sha256: [],
      receivedAt: record.receivedAt, completedBy: "incomplete", ledgerSequence: record.decision,
      outcome: .held, zone: profile.zone)
    ack.rejections = [RejectionGroup(file: fault, value: "", kind: kind, zone: profile.zone)]
    return ack
  }

  /// What showed that the upload was complete. One that was held had broken off, and its growing is what completed it; a rename
  /// or a companion says more than that.
  private func completedBy(_ record: FileRecord) -> String {
    let isSaid = [CompletedBy.rename, .companion].contains { $0.rawValue == claim.completedBy }
    return record.endsHold && !isSaid ? CompletedBy.grown.rawValue : claim.completedBy
  }

  /// Settled files answer earlier files; only this file's own answers stand in its ack.
  private func isOfThisFile(_ name: [UInt8], _ names: AnswerNames) -> Bool {
    [names.result, names.errorsCSV, names.errorsJSONL, names.reply, names.missing].contains(name)
  }
}
