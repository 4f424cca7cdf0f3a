// A descriptor is an open file; whoever holds it owns it, and it is closed when the owner lets go.

import Glibc

/// An open file, closed when nobody holds it any more.
///
/// It remembers its place for error messages only; nothing is ever opened again by that place.
public struct Descriptor: ~Copyable, Sendable {
  public let raw: Int32
  public let place: FilePlace

  public init(owning raw: Int32, place: FilePlace) {
    precondition(raw >= 0)
    self.raw = raw
    self.place = place
  }

  deinit { SystemCalls.close(raw) }

  /// The status of the file itself, whatever its name now is (fstat).
  public borrowing func status() throws(FileError) -> FileStatus {
    var status = stat()
    _ = try granted(SystemCalls.fstat(raw, &status), "fstat", place.text)
    return FileStatus(status)
  }

  /// Makes content and length durable (fsync); a descriptor for reading will do.
  public borrowing func sync() throws(FileError) {
    _ = try granted(SystemCalls.fsync(raw), "fsync", place.text)
  }

  /// Writes all the bytes at an offset, however many calls that takes (pwrite).
  public borrowing func write(_ bytes: [UInt8], at offset: Int64) throws(FileError) {
    let answer = bytes.withUnsafeBytes { writeFully(raw, $0, at: offset) }
    _ = try granted(answer, "pwrite", place.text)
  }

  /// Cuts or extends the file (ftruncate).
  public borrowing func truncate(to length: Int64) throws(FileError) {
    _ = try granted(SystemCalls.ftruncate(raw, length: length), "ftruncate", place.text)
  }

  /// Gives the file to another group (fchown); who is neither its owner and in that group nor root is refused.
  public borrowing func changeGroup(to group: UInt32) throws(FileError) {
    _ = try granted(SystemCalls.fchown(raw, group: group), "fchown", place.text)
  }

  /// Reserves space on the disk, so that a later write cannot find it full (posix_fallocate).
  public borrowing func reserve(offset: Int64, length: Int64) throws(FileError) {
    _ = try granted(
      SystemCalls.fallocate(raw, offset: offset, length: length), "posix_fallocate", place.text)
  }
}

/// Writes the whole buffer at `offset`; gives its size, or minus the errno of the write that failed.
///
/// A short write is followed by one for the rest; a write that takes nothing at all is a full device.
func writeFully(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int64) -> Int {
  var done = 0
  while done < buffer.count {
    // Sound: `done` is below the count, so the slice stays inside the buffer that the caller lends us.
    let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
    let answer = SystemCalls.pwrite(descriptor, rest, at: offset + Int64(done))
    if answer < 0 { return answer }
    if answer == 0 { return -Int(ENOSPC) }
    done += answer
  }
  return done
}

/// What kind of thing a name in a folder stands for.
public enum FileKind: Sendable, Equatable {
  case regular, folder, link, fifo, socket, device

  init(mode: UInt32) {
    switch mode & UInt32(S_IFMT) {
    case UInt32(S_IFREG): self = .regular
    case UInt32(S_IFDIR): self = .folder
    case UInt32(S_IFLNK): self = .link
    case UInt32(S_IFIFO): self = .fifo
    case UInt32(S_IFSOCK): self = .socket
    default: self = .device
    }
  }
}

/// What the kernel says about a file without opening its content.
public struct FileStatus: Sendable, Equatable {
  public var size: Int64
  public var inode: UInt64
  public var device: UInt64
  /// Nanoseconds since 1970; a partner can set it.
  public var modified: Int64
  /// Nanoseconds since 1970 of the last change of content, name count or owner; nobody can set it.
  public var changed: Int64
  public var linkCount: UInt64
  public var kind: FileKind
  public var owner: UInt32
  public var group: UInt32

  init(_ status: stat) {
    size = Int64(status.st_size)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
    linkCount = UInt64(status.st_nlink)
    kind = FileKind(mode: status.st_mode)
    owner = status.st_uid
    group = status.st_gid
  }

  /// A status made by hand, for rules that are tested without a disk.
  public init(
    size: Int64, inode: UInt64 = 1, device: UInt64 = 1, modified: Int64 = 0, changed: Int64 = 0,
    linkCount: UInt64 = 1, kind: FileKind = .regular, owner: UInt32 = 0, group: UInt32 = 0
  ) {
    self.size = size
    self.inode = inode
    self.device = device
    self.modified = modified
    self.changed = changed
    self.linkCount = linkCount
    self.kind = kind
    self.owner = owner
    self.group = group
  }

  /// Wraps rather than traps: a file dated beyond the year 2262 is odd, not our end.
  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
