internal import Files
internal import Intake
internal import Orders

/// What the disk has no room for is not claimed: it stays in its inbox, and is said.
extension IntakeRun {
  /// How long a full disk is left alone.
  static let fullPauseMilliseconds: Int64 = 5_000

  func fits(_ bytes: Int64) throws -> Bool {
    try freeBytes(of: ledger.folder) >= Room.bytesNeeded(for: bytes)
  }

  /// Is there room for others, but not for this file? Then it stays in its inbox, and is said once for each upload.
  mutating func lacksRoom(for waiting: Waiting, _ bytes: Int64) throws -> Bool {
    let needed = Room.bytesNeeded(for: bytes)
    let free = try freeBytes(of: ledger.folder)
    // A disk too full for any file is everybody's matter (`hasRoom`).
    if free >= needed || free < Room.bytesNeeded(for: 0) {
      tooLarge.removeAll { $0.isOf(waiting.partner, waiting.name.bytes) }
      return false
    }
    let file = LeftFile(
      partner: waiting.partner, name: waiting.name.bytes, reason: .noRoom(neededBytes: needed))
    left.append(file)
    if tooLarge.contains(file) { return true }
    tooLarge.removeAll { $0.isOf(file.partner, file.name) }
    tooLarge.append(file)
    if taking == .run {
      ledger.notice(
        .noRoomFor(partner: file.partner, name: file.name, freeBytes: free, neededBytes: needed))
    }
    return true
  }

  /// Is there room for the journal and the answers of so many bytes of files? Where there is none, nothing is claimed, and every
  /// file stays in its inbox.
  mutating func hasRoom(for bytes: Int64) throws -> Bool {
    let needed = Room.bytesNeeded(for: bytes)
    let free = try freeBytes(of: ledger.folder)
    if free >= needed {
      saidFull = false
      return true
    }
    if taking == .once { throw ExchangeFault.noRoom(freeBytes: free, neededBytes: needed) }
    if !saidFull { ledger.notice(.noRoom(freeBytes: free, neededBytes: needed)) }
    saidFull = true
    return false
  }
}
