// An upload is a small file that was read whole where it lies, so that it can be judged before it is taken.
//
// Taking a file first costs three waits for the disk, one behind the other: for its claim, for the rename, for its decision. A small
// file's bytes travel in its decision's transaction, so nothing of it can be lost between these, and one wait serves all three: claim
// and decision become durable together, then the file is renamed to its claim number, then it is answered. Its sender may write to it
// in the moment before that rename; then what he writes is another upload, and what was judged is kept from memory.

public import Files
public import Orders

/// A small file in an inbox, read whole.
public final class Upload {
  public let waiting: Waiting
  /// The partner's folder, in which it lies.
  public let inbox: Folder
  public let bytes: [UInt8]
  public private(set) lazy var sha256 = SHA256.hash(bytes)
  private let descriptor: Descriptor

  /// Larger files are taken first and judged then.
  public static let bytesMax: Int64 = 16 << 10

  private init(
    _ waiting: Waiting, in inbox: Folder, _ bytes: [UInt8], _ descriptor: consuming Descriptor
  ) {
    self.waiting = waiting
    self.inbox = inbox
    self.bytes = bytes
    self.descriptor = descriptor
  }

  /// May a file be judged where it lies? Not one that is packed, has a companion to be taken along, or holds credentials, which
  /// must not come into the journal. Of one whose name tells no kind, whoever reads its content must tell whether it does.
  private static func mayStay(_ waiting: Waiting) -> Bool {
    let name = waiting.name
    return waiting.status.kind == .regular && waiting.status.linkCount == 1 && waiting.companions.isEmpty
      && waiting.status.size > 0 && waiting.status.size <= bytesMax && name.refusal == nil
      && name.format != nil && !name.isGzip && name.kind != .carriers
  }

  /// Reads a file that has arrived; nil where it must be taken first, or is no longer what was looked at.
  public static func read(_ waiting: Waiting, in inbox: Folder) throws(FileError) -> Upload? {
    guard mayStay(waiting) else { return nil }
    let descriptor: Descriptor
    do throws(FileError) { descriptor = try inbox.openForReading(waiting.name.bytes) } catch {
      if error.isOfTheName { return nil }
      throw error
    }
    let bytes = try descriptor.read(at: 0, count: Int(waiting.status.size))
    guard try descriptor.status() == waiting.status, bytes.count == Int(waiting.status.size) else {
      return nil
    }
    if try descriptor.firstHole(before: waiting.status.size) != nil { return nil }
    return Upload(waiting, in: inbox, bytes, descriptor)
  }

  /// Is the file still what was read, under its name, with nobody writing to it?
  public func isAtRest() throws(FileError) -> Bool {
    guard try inbox.status(waiting.name.bytes) == waiting.status else { return false }
    return !isBeingWritten
  }

  /// Does anybody hold it open for writing?
  public var isBeingWritten: Bool { Lease.isOpenForWriting(descriptor) == .somebody }

  /// Makes its content durable where it lies: for what may not travel in the journal.
  public func sync() throws(FileError) { try descriptor.sync() }

  // MARK: Taking it

  /// What became of an upload between its judgement and the rename.
  public enum Taking: Sendable, Equatable {
    case taken
    /// What was renamed is not what was judged, or somebody writes to it.
    case changed
    case gone
  }

  /// Renames it to its claim number, now that claim and decision are durable, and looks at it again.
  public func take(as number: ClaimNumber, into claimed: Folder) throws(FileError) -> Taking {
    let place = Claim.fileName(of: number)
    do throws(FileError) {
      if try !inbox.renameWithoutReplacing(waiting.name.bytes, to: claimed, as: place) {
        if try claimed.status(place) != nil {
          throw FileError.taken(claimed.place(place))
        }
        try inbox.rename(waiting.name.bytes, to: claimed, as: place)
      }
    } catch {
      if error.isOfTheName { return .gone }
      throw error
    }
    guard let now = try claimed.status(place) else { return .gone }
    let before = waiting.status
    let isSame =
      now.inode == before.inode && now.size == before.size && now.modified == before.modified
      && now.kind == .regular
    // Clocks have ticks, and what is written within one leaves no other time: the bytes themselves must be the same.
    if !isSame || isBeingWritten { return .changed }
    if Plant.trustTheTimes.isPlanted { return .taken }
    return try descriptor.holds(bytes) ? .taken : .changed
  }

  /// Puts what its sender wrote since it was judged back under its name, as the upload it is; false where a still newer one has
  /// come under that name.
  public static func giveBack(
    _ number: ClaimNumber, as name: [UInt8], from claimed: Folder, to inbox: Folder
  ) throws(FileError) -> Bool {
    try claimed.publish(Claim.fileName(of: number), to: inbox, as: name)
  }

  public static func setAside(
    _ number: ClaimNumber, from claimed: Folder, to aside: Folder
  ) throws(FileError) {
    let place = Claim.fileName(of: number)
    try claimed.rename(place, to: aside, as: place + Array(".changed".utf8))
  }

  /// Puts an original under its claim number, in the place of what may lie there and may be its sender's; durable with the claims.
  public static func restore(
    _ bytes: [UInt8], as number: ClaimNumber, in claimed: Folder
  ) throws(FileError) {
    try AtomicFile.publish(bytes, in: claimed, as: Claim.fileName(of: number), replace: true, sync: false)
  }
}
