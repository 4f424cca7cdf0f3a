internal import Files
internal import Intake
internal import Ledger
internal import Orders

/// Small files are judged where they lie: claim and decision become durable in one wait, and then they are taken.
extension IntakeRun {
  /// Judges the first files of a group in their inboxes, as many as may stay there, and answers them.
  ///
  /// Their claims are in the kernel's hands before, so that one of which the program dies is known by its number.
  /// - Returns: how many files of the group are done with.
  mutating func judgeWhereTheyLie(
    _ group: [Arrived], _ records: [ClaimRecord]
  ) throws -> Int {
    var decided: [FileRecord] = []
    var done = 0
    while done < group.count, !mustStop(), let upload = group[done].upload {
      if done == 0 {
        if !Plant.judgeBeforeClaims.isPlanted { try ledger.journal.flush() }
        CrashPoint.reached(.claimsJournaled)
      }
      let record = records[done]
      done += 1
      ledger.uploads[record.claim] = upload
      ledger.notice(
        .event(
          .claimed(
            partner: upload.waiting.partner, name: record.name, byteCount: upload.waiting.status.size)))
      if case .decided(let file) = try judge(record) {
        decided.append(file)
      } else {
        // Its sender writes to it again: it was never taken, and is looked at again.
        ledger.uploads[record.claim] = nil
        ledger.voidClaims.append(record.claim)
      }
    }
    try deliver(decided)
    return done
  }

  /// Takes the files out of their inboxes that were decided there, now that their claims and decisions are durable.
  ///
  /// What a sender wrote to one since is another upload, and goes back; what was judged is kept from memory.
  mutating func take(decided: [FileRecord]) throws {
    for file in decided {
      guard let claim = file.claim, let upload = ledger.uploads.removeValue(forKey: claim) else { continue }
      ledger.unsecured.append(claim)
      ledger.leftInboxes[upload.waiting.partner] = upload.inbox
      let taking = try upload.take(as: claim, into: ledger.claimed)
      if taking == .taken { continue }
      if taking == .changed {
        let name = upload.waiting.name
        if try Upload.giveBack(claim, as: name.bytes, from: ledger.claimed, to: upload.inbox) {
          inbox.gaveBack(name, of: upload.waiting.partner)
        } else {
          try ledger.setAside(claim, upload.waiting.partner, name.bytes)
        }
      }
      try Upload.restore(upload.bytes, as: claim, in: ledger.claimed)
    }
  }
}
