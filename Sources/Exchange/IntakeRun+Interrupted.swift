internal import Files
internal import Intake
internal import Ledger
internal import Orders

/// Claims whose renames a crash prevented, or a power cut undid.
extension IntakeRun {
  /// Makes those renames now, each file to the number that the journal gave it, before any claim is judged.
  ///
  /// A power cut may keep one rename of a group and lose an earlier one. Judged as they lie, the files of a group would get each other's
  /// decision numbers; taken as they were claimed, the restart answers what a run without a crash answers.
  mutating func takeInterrupted(_ claims: [ClaimRecord]) throws {
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
      guard let waiting = lying[record.partner + [0] + record.name], isUntouched(waiting, since: record),
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

  /// Is it the very upload that was found ready when the claim was made? A clock that stands still cannot tell.
  private func isUntouched(_ waiting: Waiting, since record: ClaimRecord) -> Bool {
    switch ledger.clock {
    case .wall: waiting.status.changed / 1_000_000 <= record.receivedAt.milliseconds
    case .fixed: true
    }
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
