internal import Files
internal import Intake
internal import Ledger
internal import Orders

/// Small files that were decided where they lay: a power cut or a kill may come before they were taken, or undo it.
extension OpenLedger {
  /// Brings the originals of decisions that are not marked under their claim numbers, whole.
  ///
  /// A decision is durable before its file leaves the inbox, and the file's own content may never have been synced. So the upload
  /// may still lie in its inbox: it was answered, and is taken now instead of being answered again. Or it lies nowhere, or torn:
  /// its decision carries it. Or what lies under its number is what its sender wrote in the moment before it was renamed: that goes back.
  func finishTaking(_ files: [FileRecord]) throws {
    let inboxes = try root.subfolder("inbox")
    var wasAnyRestored = false
    for file in files {
      guard let claim = file.claim, file.byteCount <= Upload.bytesMax else { continue }
      let name = Claim.fileName(of: claim)
      let carried = try CarriedOriginal.read(of: file) { try journal.read(frameAt: $0) }
      var isOwn = false
      if try claimed.status(name) == nil, !Plant.leaveWhatWasAnswered.isPlanted,
        let left = try inbox(holding: file, carried, in: inboxes)
      {
        try left.rename(file.name, to: claimed, as: name)
        leftInboxes[docket.books.partnerName(file.partner)] = left
        unsecured.append(claim)
        isOwn = true
      }
      guard let carried, try !isWhole(file, carried.bytes), !Plant.keepTornOriginals.isPlanted else {
        continue
      }
      if try !isOwn && claimed.status(name) != nil && !isTorn(name, in: claimed, of: carried.bytes)
        && !Plant.overwriteWhatCameSince.isPlanted
      {
        try giveBack(claim, of: file, to: inboxes)
      }
      try Upload.restore(carried.bytes, as: claim, in: claimed)
      unsecured.append(claim)
      wasAnyRestored = true
    }
    if wasAnyRestored { try claimed.sync() }
  }

  // MARK: Is it the same upload?

  /// Whether a file in an inbox is the very upload that a claim was made of.
  enum Sameness: Sendable, Equatable {
    case same
    /// The same file in an older state, as a power cut leaves it, or a clock that stands still cannot tell.
    case perhaps
    /// It was written to since, or another lies in its place.
    case other
  }

  /// What a restart knows an upload by; a run whose clock stands still writes nothing down that no other run would.
  func sight(of status: FileStatus) -> UploadSight? {
    clock == .wall ? UploadSight(inode: status.inode, changed: status.changed) : nil
  }

  /// A claim that nobody saw, in an older journal, is held against the wall's clock.
  func sameness(of status: FileStatus, as sight: UploadSight?, claimedAt moment: Timestamp) -> Sameness {
    if clock != .wall { return .perhaps }
    guard let sight, !Plant.goByTheClock.isPlanted else {
      return status.changed / 1_000_000 <= moment.milliseconds ? .perhaps : .other
    }
    if status.inode != sight.inode || status.changed > sight.changed { return .other }
    return status.changed == sight.changed ? .same : .perhaps
  }

  /// The partner's inbox, where it still holds the very upload of a decision.
  ///
  /// What has the same bytes and was touched is another upload where the first was put away.
  private func inbox(
    holding file: FileRecord, _ carried: CarriedOriginal?, in inboxes: Folder
  ) throws -> Folder? {
    guard let folder = try inbox(of: file, in: inboxes), let status = try folder.status(file.name),
      status.kind == .regular, status.size <= file.byteCount
    else { return nil }
    let sameness = sameness(of: status, as: carried?.sight, claimedAt: file.receivedAt)
    if sameness == .same { return folder }
    if sameness == .perhaps {
      if try digest(of: file.name, in: folder) == file.sha256 { return folder }
      guard let carried else { return nil }
      return try isTorn(file.name, in: folder, of: carried.bytes) ? folder : nil
    }
    guard carried != nil, try !wasPutAway(file) else { return nil }
    return try digest(of: file.name, in: folder) == file.sha256 ? folder : nil
  }

  private func wasPutAway(_ file: FileRecord) throws -> Bool {
    guard let claim = file.claim else { return true }
    return try file.isQuarantined
      ? quarantine.status(Claim.fileName(of: claim)) != nil : archive.contains(file.sha256)
  }

  private func inbox(of file: FileRecord, in inboxes: Folder) throws -> Folder? {
    let name = Array(docket.books.partnerName(file.partner).utf8)
    return try inboxes.status(name)?.kind == .folder ? inboxes.subfolder(name) : nil
  }

  /// May the file be what a power cut left of these bytes: less of them, or zeros in their place? Who still writes to it has not lost any.
  private func isTorn(_ name: [UInt8], in folder: Folder, of bytes: [UInt8]) throws -> Bool {
    guard let status = try folder.status(name), status.kind == .regular, status.size <= Int64(bytes.count)
    else { return false }
    if Lease.isOpenForWriting(try folder.openForReading(name)) == .somebody { return false }
    return try zip(readWhole(folder, name, limit: bytes.count), bytes).allSatisfy { $0 == $1 || $0 == 0 }
  }

  /// Puts what its sender wrote since under its name again: a kill came between the rename and that.
  private func giveBack(_ claim: ClaimNumber, of file: FileRecord, to inboxes: Folder) throws {
    guard let folder = try inbox(of: file, in: inboxes) else {
      return try Upload.setAside(claim, from: claimed, to: quarantine)
    }
    if try !Upload.giveBack(claim, as: file.name, from: claimed, to: folder) {
      try setAside(claim, docket.books.partnerName(file.partner), file.name)
    }
    leftInboxes[docket.books.partnerName(file.partner)] = folder
  }

  /// Sets aside what a sender wrote to an upload while it was answered, where something newer has its name in the inbox.
  func setAside(_ claim: ClaimNumber, _ partner: String, _ name: [UInt8]) throws {
    try Upload.setAside(claim, from: claimed, to: quarantine)
    notice(.leftInQuarantine(partner: partner, name: name))
  }

  // MARK: Where it belongs

  /// Does the original lie whole where it belongs: among the claims, in quarantine, or in the archive?
  private func isWhole(_ file: FileRecord, _ carried: [UInt8]) throws -> Bool {
    guard let claim = file.claim else { return true }
    let name = Claim.fileName(of: claim)
    for folder in [claimed, quarantine] where try folder.status(name) != nil {
      return try holds(carried, folder, name)
    }
    if file.isQuarantined { return false }
    guard let (folder, name) = try archive.place(of: file.sha256) else { return false }
    return try holds(carried, folder, name)
  }

  private func holds(_ bytes: [UInt8], _ folder: Folder, _ name: [UInt8]) throws -> Bool {
    guard let status = try folder.status(name), status.kind == .regular, status.size == Int64(bytes.count)
    else { return false }
    return try readWhole(folder, name, limit: bytes.count) == bytes
  }

  /// Makes the content of what was taken after its decision durable, and that it left its inbox: before its decision is marked.
  func secureUploads() throws {
    if unsecured.isEmpty { return }
    var open = DescriptorBundle()
    for claim in unsecured {
      let name = Claim.fileName(of: claim)
      // One with credentials is gone already; its content was synced before its decision.
      if try claimed.status(name) != nil { try open.add(name, in: claimed) }
    }
    open.add(claimed)
    for folder in leftInboxes.values { open.add(folder) }
    try SyncCrew.sync(open)
    areUploadsSecured()
  }

  func areUploadsSecured() {
    unsecured = []
    leftInboxes = [:]
  }
}
