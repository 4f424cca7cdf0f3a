internal import Files
internal import Intake
internal import Ledger
internal import Orders

/// Claims that an earlier process left open, and those whose renames a crash prevented, or a power cut undid.
extension IntakeRun {
  /// Judges the claims that a crash left behind, before any inbox is looked at.
  ///
  /// One that broke the program is not judged again but answered as our own fault.
  mutating func finishClaims() throws {
    let claims = ledger.openClaims
    ledger.openClaims = []
    try takeInterrupted(claims)
    var decided: [FileRecord] = []
    var missing = 0
    for claim in claims {
      let name = Claim.fileName(of: claim.claim)
      guard let status = try ledger.claimed.status(name) else {
        try Claim.removeCompanions(of: claim.claim, from: ledger.claimed)
        ledger.voidClaims.append(claim.claim)
        missing += 1
        continue
      }
      let partner = String(decoding: claim.partner, as: UTF8.self)
      if status.kind != .regular {
        // Swapped for something else between the look and the rename.
        try ledger.claimed.rename(name, to: ledger.quarantine, as: name)
        try Claim.removeCompanions(of: claim.claim, from: ledger.claimed)
        ledger.voidClaims.append(claim.claim)
        say(Strange(partner: partner, name: claim.name, reason: .notAFile(status.kind)))
      } else if ledger.poisoned.contains(claim.claim) {
        decided.append(try FileRun(claim, in: ledger).condemn())
        ledger.notice(.condemned(partner: partner, name: claim.name))
      } else if !mustStop(), try !isBeingWritten(claim), try isSecured(claim) {
        switch try judge(claim) {
        case .decided(let record):
          ledger.notice(.resumed(partner: partner, name: claim.name))
          decided.append(record)
        case .postponed, .unreadable: ledger.openClaims.append(claim)
        case .gone: ledger.voidClaims.append(claim.claim)
        }
      } else {
        ledger.openClaims.append(claim)
      }
    }
    if missing > 0 { ledger.notice(.claimsVoid(count: missing)) }
    try deliver(decided)
    try ledger.finishDelivery()
    try ledger.writeOffClaims()
    try ledger.forgetPoison()
  }

  private mutating func isBeingWritten(_ claim: ClaimRecord) throws -> Bool {
    do throws(FileError) {
      let descriptor = try ledger.claimed.openForReading(Claim.fileName(of: claim.claim))
      return Lease.isOpenForWriting(descriptor) == .somebody
    } catch {
      try note(error, reading: claim.name, of: String(decoding: claim.partner, as: UTF8.self))
      return true
    }
  }

  /// Makes a claim durable that an earlier process took; false when the disk does not give it: the claim stands.
  private mutating func isSecured(_ claim: ClaimRecord) throws -> Bool {
    do throws(FileError) {
      try Claim.secure(claim.claim, in: ledger.claimed)
      return true
    } catch {
      guard error.call == "pread" else { throw error }
      try note(error, reading: claim.name, of: String(decoding: claim.partner, as: UTF8.self))
      return false
    }
  }

  // MARK: Renames that did not happen

  /// Makes the renames now that a crash prevented, each file to the number that the journal gave it, before any claim is judged.
  ///
  /// A power cut may keep one rename of a group and lose an earlier one. Judged as they lie, the files of a group would get each other's
  /// decision numbers; taken as they were claimed, the restart answers what a run without a crash answers.
  private mutating func takeInterrupted(_ claims: [ClaimRecord]) throws {
    let missing = try claims.filter { try ledger.claimed.status(Claim.fileName(of: $0.claim)) == nil }
    if missing.isEmpty { return }
    let now = MonotonicClock.nowMilliseconds()
    let listing = try inbox.look(nowMilliseconds: now)
    for strange in listing.strange { try leave(strange) }
    var lying: [[UInt8]: Waiting] = [:]
    for waiting in listing.waiting {
      lying[Array(waiting.partner.utf8) + [0] + waiting.name.bytes] = waiting
    }
    var taken: [Claim] = []
    var folders: [String: Folder] = [:]
    for record in missing {
      guard let waiting = lying[record.partner + [0] + record.name],
        ledger.sameness(of: waiting.status, as: record.sight, claimedAt: record.receivedAt) != .other,
        try isReady(waiting, for: record, now), let folder = inbox.folder(of: waiting.partner),
        folder.writeRefusal() == nil,
        let claim = try Claim.take(
          waiting, as: record.claim, completedBy: CompletedBy(rawValue: record.completedBy) ?? .once,
          from: folder, into: ledger.claimed)
      else { continue }
      folders[waiting.partner] = folder
      taken.append(claim)
    }
    try Claim.syncGroup(contentOf: taken, claimed: ledger.claimed, inboxes: Array(folders.values))
  }

  /// Does nobody write to it, and is its end there? Of an upload that was never synced a power cut may have left less than was claimed.
  private mutating func isReady(_ waiting: Waiting, for record: ClaimRecord, _ now: Int64) throws -> Bool {
    switch inbox.readiness(of: waiting, for: .once, nowMilliseconds: now) {
    case .ready: break
    case .awaitsCompanion:
      // Its companion was taken, and the file itself was not.
      let isTaken = try Companion.allCases.contains {
        try ledger.claimed.status(Claim.fileName(of: record.claim, $0)) != nil
      }
      if !isTaken { return false }
    default: return false
    }
    do { return try missingEnd(of: waiting) == nil } catch is FileError { return false }
  }
}
