// A claim is a file taken out of an inbox for good: from the rename on it is ours, and nobody else's name leads to it.
//
// `ledger/claimed/` holds the files under their claim numbers, twelve digits each, and a companion under the same
// digits with its ending. Which number stands for which partner's file, the journal says; it says so before the
// rename, so that a file found here after a crash is never nameless. A small file is decided before it is taken
// (`Upload`). One thing goes back to the inbox: a file whose sender had begun to write to it again in the moment before
// the rename. Its claim is void then, as after a crash.

public import Files
import Glibc
public import Orders

/// A file that was taken out of an inbox.
public struct Claim: Sendable, Equatable {
  public let number: ClaimNumber
  public let partner: String
  public let name: FileName
  public let completedBy: CompletedBy
  /// The status right after the rename; the file must still have it when its decision is committed.
  public let status: FileStatus
  /// What was found wrong in the look after the rename.
  public let disturbance: Disturbance?
  /// The companions that were taken along.
  public let companions: [Companion]

  /// Why a claimed file cannot be judged as it is.
  public enum Disturbance: Sendable, Equatable {
    /// Somebody holds it open for writing, by a descriptor opened before the rename.
    case beingWritten
    /// It is not the file that was looked at, or no longer of the same size.
    case changed
    /// What was renamed is no regular file: somebody swapped it between the look and the rename.
    case notAFile(FileKind)
    /// It can be renamed but not read; what we hold is kept all the same.
    case unreadable(FileError)
  }

  /// Renames a waiting file to its claim number, and looks at it again; nil when it is no longer there.
  ///
  /// A number that is already taken is refused with EEXIST: it stands for a file that nobody has judged yet. The
  /// rename is durable after `syncGroup`.
  public static func take(
    _ waiting: Waiting, as number: ClaimNumber, completedBy: CompletedBy, from inbox: Folder,
    into claimed: Folder
  ) throws(FileError) -> Claim? {
    let place = fileName(of: number)
    if try claimed.status(place) != nil {
      throw FileError.taken(claimed.place(place))
    }
    guard try renamed(waiting.name.bytes, from: inbox, to: claimed, as: place) else { return nil }
    var companions: [Companion] = []
    for companion in waiting.companions {
      let beside = waiting.name.bytes + Array(companion.ending.utf8)
      if try renamed(beside, from: inbox, to: claimed, as: fileName(of: number, companion)) {
        companions.append(companion)
      }
    }
    let status = try claimed.status(place)
    guard let status else { throw FileError(call: "fstatat", path: claimed.place(place).text, errno: ENOENT) }
    return Claim(
      number: number, partner: waiting.partner, name: waiting.name, completedBy: completedBy, status: status,
      disturbance: disturbance(of: status, against: waiting.status, in: claimed, place),
      companions: companions)
  }

  /// Makes a group of claims durable: the content of those named, which the partner's server did not sync, then every
  /// folder once.
  ///
  /// Small files whose bytes travel in the journal need no sync of their own.
  public static func syncGroup(
    contentOf claims: [Claim], claimed: Folder, inboxes: [Folder]
  ) throws(FileError) {
    var open = DescriptorBundle()
    for claim in claims where claim.status.kind == .regular {
      try open.add(fileName(of: claim.number), in: claimed)
    }
    open.add(claimed)
    for inbox in inboxes { open.add(inbox) }
    try SyncCrew.sync(open)
  }

  /// Makes a claim durable that an earlier process took, or that was written to after it was taken.
  ///
  /// A sync of it may have failed before, so its content is written anew, and as a copy: the file is its sender's, who as a rule
  /// lets us read it and no more. Nobody else can reach it, so nothing can be written in between.
  public static func secure(_ number: ClaimNumber, in claimed: Folder) throws(FileError) {
    try AtomicFile.renew(fileName(of: number), in: claimed)
  }

  /// Is the claimed file still what it was right after the rename, with nobody writing to it?
  ///
  /// To be asked before its decision is committed, of the very descriptor that was read.
  public func isUndisturbed(_ contents: borrowing FileContents) throws(FileError) -> Bool {
    let now = try contents.status()
    return now.isAtRest(at: status) && now.modified == status.modified && contents.writers() != .somebody
  }

  /// Puts a file that its sender still writes to back under its name, so that he finds what he resumes; the claim is void then.
  ///
  /// False, and the claim stands, when another file has come under that name meanwhile.
  public func giveBack(from claimed: Folder, to inbox: Folder) throws(FileError) -> Bool {
    let place = Self.fileName(of: number)
    guard try claimed.renameWithoutReplacing(place, to: inbox, as: name.bytes) else { return false }
    for companion in companions {
      let own = Self.fileName(of: number, companion)
      let beside = name.bytes + Array(companion.ending.utf8)
      if try !claimed.renameWithoutReplacing(own, to: inbox, as: beside) { try claimed.remove(own) }
    }
    return true
  }

  /// Removes the companions of a void claim: they spoke of an upload that is no longer there, or was written to since.
  public static func removeCompanions(of number: ClaimNumber, from claimed: Folder) throws(FileError) {
    for companion in Companion.allCases {
      let own = fileName(of: number, companion)
      if try claimed.status(own) != nil { try claimed.remove(own) }
    }
  }

  /// The claims that lie in the folder, by number; what else lies there is not a claim.
  public static func numbers(in claimed: Folder) throws(FileError) -> [ClaimNumber] {
    try claimed.list().compactMap { number(of: $0.name) }.sorted()
  }

  // MARK: Names

  /// The name under which a claim lies in `ledger/claimed/`: twelve digits.
  public static func fileName(of number: ClaimNumber) -> [UInt8] {
    let digits = String(number.raw)
    return Array((String(repeating: "0", count: 12 - digits.utf8.count) + digits).utf8)
  }

  /// The name under which a claim's companion lies beside it.
  public static func fileName(of number: ClaimNumber, _ companion: Companion) -> [UInt8] {
    fileName(of: number) + Array(companion.ending.utf8)
  }

  /// The claim that bears this name, if it is a claim's.
  public static func number(of name: [UInt8]) -> ClaimNumber? {
    guard name.count == 12, name.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
      return nil
    }
    let value = name.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
    return UInt32(exactly: value).map { ClaimNumber($0) }
  }

  // MARK: The rename and the look after it

  /// False when there is no such file.
  private static func renamed(
    _ name: [UInt8], from inbox: Folder, to claimed: Folder, as place: [UInt8]
  ) throws(FileError) -> Bool {
    do throws(FileError) {
      try inbox.rename(name, to: claimed, as: place)
      return true
    } catch {
      if error.errno == ENOENT { return false }
      throw error
    }
  }

  /// The time of change is left out here, because the rename itself changes it.
  private static func disturbance(
    of status: FileStatus, against before: FileStatus, in claimed: Folder, _ place: [UInt8]
  ) -> Disturbance? {
    guard status.kind == .regular else { return .notAFile(status.kind) }
    do throws(FileError) {
      let descriptor = try claimed.openForReading(place)
      if Lease.isOpenForWriting(descriptor) == .somebody { return .beingWritten }
    } catch {
      return .unreadable(error)
    }
    let isSame =
      status.inode == before.inode && status.size == before.size && status.modified == before.modified
    return isSame ? nil : .changed
  }
}
