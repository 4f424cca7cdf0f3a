internal import Files
internal import Intake
internal import Ledger
internal import Orders

/// Marking what is published: once the outbox and the archive are durable, the journal says so, and a restart need not look again.
///
/// Nobody waits for it, so it is done for many files at once: when there are enough of them, when nothing has come for a moment, and
/// at the end. Until then the originals stay among the claims, from where a restart would take them too.
extension OpenLedger {
  /// Up to so many, each file is made durable for itself; more are cheaper with all else on their file system.
  private static let syncedOneByOneMax = 64
  /// After so much quiet there is time for it.
  static let quietMilliseconds: Int32 = 1_000
  /// Where it is never quiet so long, what is published waits so long for its mark.
  private static let unmarkedMillisecondsMax: Int64 = 10_000

  /// Is anything left to do when it becomes quiet?
  var isUnmarked: Bool { !unmarked.isEmpty || !unarchived.isEmpty }

  /// Marks what is published when that is a good many answers; what is being published counts, and is waited for.
  func markPublishedWhenMany() throws {
    let count = unmarked.count + (underWay?.decided.reduce(0) { $0 + $1.answers.count } ?? 0)
    if count > configuration.ledgerBounds.unmarkedAnswersMax { try markPublished() }
  }

  /// Marks what is published when nobody waits: it was quiet, or it has waited long.
  func markPublishedInPeace(wasQuiet: Bool) throws {
    guard isUnmarked else { return unmarkedSince = nil }
    let now = MonotonicClock.nowMilliseconds()
    let since = unmarkedSince ?? now
    unmarkedSince = since
    if wasQuiet || now - since > OpenLedger.unmarkedMillisecondsMax { try markPublished() }
  }

  /// Leaves originals among the claims for now; one with credentials, of which the archive has a masked copy, goes at once.
  func archiveLater(_ decided: [FileRecord]) throws {
    unarchived += decided.filter { $0.archivedAs == $0.sha256 }
    let secret = decided.filter { $0.archivedAs != $0.sha256 }
    if secret.isEmpty { return }
    let there = Set(try claimed.list().map(\.name))
    for file in secret { try putAway(file, there) }
  }

  /// Puts the originals away, makes outbox and archive durable, and says so in the journal.
  ///
  /// The mark speaks of every decision that is synced, so it is never made between a group's sync and its delivery.
  func markPublished() throws {
    try finishDelivery()
    precondition(!awaitsDelivery)
    unmarkedSince = nil
    if !isUnmarked { return }
    let isAtOnce = unmarked.count + unarchived.count > OpenLedger.syncedOneByOneMax && Folder.syncsFileSystems
    if !isAtOnce { try secureUploads() }
    let there = Set(try claimed.list().map(\.name))
    try archive.makeRoom(for: unarchived.filter { isArchivedWhole($0, there) }.map(\.sha256))
    for file in unarchived {
      try putAway(file, there)
      CrashPoint.reached(.archived)
    }
    unarchived = []
    // What was taken out of the claims must not come back: a credential least of all.
    try claimed.sync()
    try secureOutbox(atOnce: isAtOnce)
    try archive.sync()
    if unmarked.isEmpty { return }
    try kept.sync()
    unmarked = []
    let keptBytesMax = configuration.ledgerBounds.keptAnswersBytesMax
    if kept.keptBytes > keptBytesMax / 8 { try kept.makeRoom(within: keptBytesMax) }
    try journal.markPublished(PublishedMark.payload(journal.synced.decision))
    published = max(published, journal.synced.decision)
    CrashPoint.reached(.publishedMarked)
  }

  /// Does the original of a file go from the claims to the archive as it came?
  private func isArchivedWhole(_ file: FileRecord, _ there: Set<[UInt8]>) -> Bool {
    guard let claim = file.claim, there.contains(Claim.fileName(of: claim)) else { return false }
    return file.archivedAs == file.sha256 && !file.isQuarantined
  }

  /// Makes the published files durable, with their names; many of them with all that lies on their file system, in one wait.
  private func secureOutbox(atOnce: Bool) throws {
    if atOnce, try folder.syncFileSystem() {
      areUploadsSecured()
      archive.wasSynced()
      kept.wasSynced()
      return
    }
    var open = DescriptorBundle()
    var documentFolders: [Folder] = []
    for answer in unmarked {
      let (folder, name) = try place(of: answer)
      // Its partner has taken it.
      guard try folder.status(name) != nil else { continue }
      try open.add(name, in: folder)
      if name != answer.name { documentFolders.append(folder) }
    }
    for folder in documentFolders { open.add(folder) }
    for number in Set(unmarked.map(\.partner)).sorted() { open.add(outboxes[Int(number)]) }
    try SyncCrew.sync(open)
  }
}
