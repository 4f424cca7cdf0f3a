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
  /// its decision carries it.
  func finishTaking(_ files: [FileRecord]) throws {
    let inbox = try root.subfolder("inbox")
    var wasAnyRestored = false
    for file in files {
      guard let claim = file.claim, file.byteCount <= Upload.bytesMax else { continue }
      let name = Claim.fileName(of: claim)
      let carried = try CarriedOriginal.read(of: file) { try journal.read(frameAt: $0) }
      if try claimed.status(name) == nil, let left = try folderHolding(file, carried, in: inbox) {
        try left.rename(file.name, to: claimed, as: name)
        leftInboxes[docket.books.partnerName(file.partner)] = left
        unsecured.append(claim)
      }
      guard let carried, try !isWhole(file, carried) else { continue }
      try Upload.restore(carried, as: claim, in: claimed)
      unsecured.append(claim)
      wasAnyRestored = true
    }
    if wasAnyRestored { try claimed.sync() }
  }

  /// The partner's inbox, where it still holds the very upload of a decision.
  ///
  /// Of an upload that was not touched since, a power cut may have left zeros, or less. What has the same bytes and was touched is
  /// another upload where the archive has the first.
  private func folderHolding(
    _ file: FileRecord, _ carried: [UInt8]?, in inbox: Folder
  ) throws -> Folder? {
    guard try inbox.status(Array(docket.books.partnerName(file.partner).utf8))?.kind == .folder else {
      return nil
    }
    let folder = try inbox.subfolder(docket.books.partnerName(file.partner))
    guard let status = try folder.status(file.name), status.kind == .regular,
      status.size <= file.byteCount
    else { return nil }
    let bytes = try readWhole(folder, file.name, limit: Int(Upload.bytesMax))
    let isSame = SHA256.hash(bytes) == file.sha256
    if isUntouched(status, since: file.receivedAt) {
      let isTorn = carried.map { zip(bytes, $0).allSatisfy { $0 == $1 || $0 == 0 } } ?? false
      return isSame || isTorn ? folder : nil
    }
    guard isSame, carried != nil else { return nil }
    return try archive.contains(file.sha256) ? nil : folder
  }

  /// Was a file left alone since a moment? A clock that stands still cannot tell.
  func isUntouched(_ status: FileStatus, since moment: Timestamp) -> Bool {
    switch clock {
    case .wall: status.changed / 1_000_000 <= moment.milliseconds
    case .fixed: true
    }
  }

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
