// The one door to the kernel: every call that opens, reads, writes, syncs, renames or removes passes here.
//
// Answers follow the kernel's own convention: zero or more is the result, a negative number is minus the errno. The
// callers in this room turn a negative answer into a `FileError` with the place they alone know. EINTR is retried
// (except at close, where Linux has closed the descriptor already). In debug builds a `FaultPlan` is asked before
// every call.
//
// Soundness of the pointers: a name or a buffer is handed to the kernel only inside the closure that lends it, with
// the very count of that buffer; no pointer outlives its call.

import Glibc
import Synchronization

/// The calls to the kernel, one function each, named after the C function they make.
public enum SystemCalls {
  // MARK: Opening

  public static func open(_ path: String, flags: Int32, mode: UInt32 = 0) -> Int {
    asked(.open) { path.withCString { answer(Int(Glibc.open($0, flags | O_CLOEXEC, mode))) } }
  }

  public static func openat(_ folder: Int32, _ name: [UInt8], flags: Int32, mode: UInt32 = 0) -> Int {
    #if DEBUG
      let existed = flags & O_CREAT == 0 || DiskRecord.node(folder, name) != nil
    #endif
    let answer = asked(.open) {
      withName(name) { Self.answer(Int(Glibc.openat(folder, $0, flags | O_CLOEXEC, mode))) }
    }
    #if DEBUG
      DiskRecord.opened(answer, folder, name, flags: flags, existed: existed)
    #endif
    return answer
  }

  /// Never retried: after EINTR the descriptor is closed on Linux, and its number may already belong to another.
  public static func close(_ descriptor: Int32) {
    _ = Glibc.close(descriptor)
  }

  // MARK: Reading and writing

  public static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    asked(.read) { answer(Glibc.read(descriptor, buffer.baseAddress, buffer.count)) }
  }

  public static func pread(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) -> Int {
    asked(.pread) { answer(Glibc.pread(descriptor, buffer.baseAddress, buffer.count, Int(offset))) }
  }

  /// madvise(2): asks for large pages where whole ones lie in the room; what is refused costs only time.
  static func adviseLargePages(_ room: UnsafeMutableRawBufferPointer) {
    let size = 2 << 20
    guard let start = room.baseAddress else { return }
    let before = -Int(bitPattern: start) & (size - 1)
    let whole = (room.count - before) / size * size
    if whole > 0 { _ = Glibc.madvise(start + before, whole, MADV_HUGEPAGE) }
  }

  /// mallopt(3): how the C library keeps room; what it refuses changes nothing.
  static func mallopt(_ parameter: Int32, _ value: Int32) { _ = malloptCall?(parameter, value) }
  /// As malloc.h numbers them.
  static let mmapThreshold: Int32 = -3
  static let trimThreshold: Int32 = -1

  /// Not in Swift's Glibc module, and looked up by name. Sound: the type is that of the C declaration.
  private static let malloptCall: (@convention(c) (Int32, Int32) -> Int32)? = dlsym(nil, "mallopt").map {
    unsafeBitCast($0, to: (@convention(c) (Int32, Int32) -> Int32).self)
  }

  public static func write(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    let answer = askedToWrite(.write, buffer) {
      Self.answer(Glibc.write(descriptor, $0.baseAddress, $0.count))
    }
    #if DEBUG
      DiskRecord.wrote(answer, descriptor, buffer, at: nil)
    #endif
    return answer
  }

  public static func pwrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int64) -> Int {
    let answer = askedToWrite(.pwrite, buffer) {
      Self.answer(Glibc.pwrite(descriptor, $0.baseAddress, $0.count, Int(offset)))
    }
    #if DEBUG
      DiskRecord.wrote(answer, descriptor, buffer, at: offset)
    #endif
    return answer
  }

  public static func ftruncate(_ descriptor: Int32, length: Int64) -> Int {
    let answer = asked(.ftruncate) { Self.answer(Int(Glibc.ftruncate(descriptor, Int(length)))) }
    #if DEBUG
      DiskRecord.cut(answer, descriptor, length: length)
    #endif
    return answer
  }

  public static func fallocate(_ descriptor: Int32, offset: Int64, length: Int64) -> Int {
    // posix_fallocate(3) returns its error number and leaves errno alone.
    asked(.fallocate) { -Int(Glibc.posix_fallocate(descriptor, Int(offset), Int(length))) }
  }

  /// The offset of the first hole, which is the end where there is none (lseek(2), SEEK_HOLE); the position stays at the start.
  static func seekHole(_ descriptor: Int32) -> Int {
    asked(.stat) {
      let hole = answer(Int(lseek(descriptor, 0, 4)))
      _ = lseek(descriptor, 0, SEEK_SET)
      return hole
    }
  }

  // MARK: Making durable

  /// How often this process has waited for a disk since it started: every fsync and fdatasync.
  public static var syncsSoFar: Int { syncCount.load(ordering: .relaxed) }
  private static let syncCount = Atomic<Int>(0)

  public static func fsync(_ descriptor: Int32) -> Int {
    #if DEBUG
      if Plant.skipsSync(of: descriptor) { return 0 }
    #endif
    syncCount.add(1, ordering: .relaxed)
    let answer = asked(.fsync) { Self.answer(Int(Glibc.fsync(descriptor))) }
    #if DEBUG
      DiskRecord.synced(answer, descriptor)
    #endif
    return answer
  }

  public static func fdatasync(_ descriptor: Int32) -> Int {
    #if DEBUG
      if Plant.skipsSync(of: descriptor) { return 0 }
    #endif
    syncCount.add(1, ordering: .relaxed)
    let answer = asked(.fdatasync) { Self.answer(Int(Glibc.fdatasync(descriptor))) }
    #if DEBUG
      DiskRecord.synced(answer, descriptor)
    #endif
    return answer
  }

  /// Makes everything durable that was written to the file system a descriptor lies on (syncfs(2)).
  ///
  /// Sound: not in Swift's Glibc module, and looked up by name; the type is that of the C declaration.
  static func syncfs(_ descriptor: Int32) -> Int {
    guard let call = syncfsCall else { return -Int(ENOSYS) }
    #if DEBUG
      if Plant.skipsSync(of: descriptor) { return 0 }
      let covered = DiskRecord.nodesToSync(descriptor)
    #endif
    let answer = asked(.fsync) { Self.answer(Int(call(descriptor))) }
    #if DEBUG
      DiskRecord.synced(answer, descriptor, covering: covered)
    #endif
    return answer
  }

  private static let syncfsCall: (@convention(c) (Int32) -> Int32)? = dlsym(nil, "syncfs").map {
    unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self)
  }

  /// Tells the kernel to begin writing a stretch to the disk, and waits for nothing (sync_file_range(2), SYNC_FILE_RANGE_WRITE):
  /// a later sync then finds little left to do. It promises nothing, so it is no sync, and its failure means nothing.
  static func startWriting(_ descriptor: Int32, offset: Int64, length: Int64) {
    _ = syncFileRange?(descriptor, offset, length, 2)
  }

  /// Not in Swift's Glibc module, and looked up by name.
  ///
  /// Sound: the type is that of the C declaration, in which `off64_t` is a 64-bit integer.
  private static let syncFileRange: SyncFileRange? = dlsym(nil, "sync_file_range").map {
    unsafeBitCast($0, to: SyncFileRange.self)
  }
  private typealias SyncFileRange = @convention(c) (Int32, Int64, Int64, UInt32) -> Int32

  // MARK: Names

  public static func renameat(_ from: Int32, _ name: [UInt8], _ to: Int32, _ newName: [UInt8]) -> Int {
    let answer = asked(.rename) {
      withName(name) { old in
        withName(newName) { new in Self.answer(Int(Glibc.renameat(from, old, to, new))) }
      }
    }
    #if DEBUG
      DiskRecord.renamed(answer, from, name, to, newName)
    #endif
    return answer
  }

  /// Renames unless the new name is taken (EEXIST), renameat2(2) with RENAME_NOREPLACE; EINVAL or ENOSYS where there is no such call.
  public static func renameWithoutReplacing(
    _ from: Int32, _ name: [UInt8], _ to: Int32, _ newName: [UInt8]
  ) -> Int {
    guard let renameat2 else { return -Int(ENOSYS) }
    let answer = asked(.rename) {
      withName(name) { old in withName(newName) { new in Self.answer(Int(renameat2(from, old, to, new, 1))) }
      }
    }
    #if DEBUG
      DiskRecord.renamed(answer, from, name, to, newName)
    #endif
    return answer
  }

  /// Not in Swift's Glibc module, and looked up by name.
  ///
  /// Sound: the type is that of the C declaration, which has been the same since glibc 2.28.
  private static let renameat2: RenameAt2? = dlsym(nil, "renameat2").map {
    unsafeBitCast($0, to: RenameAt2.self)
  }
  private typealias RenameAt2 =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

  public static func linkat(_ from: Int32, _ name: [UInt8], _ to: Int32, _ newName: [UInt8]) -> Int {
    let answer = asked(.link) {
      withName(name) { old in
        withName(newName) { new in Self.answer(Int(Glibc.linkat(from, old, to, new, 0))) }
      }
    }
    #if DEBUG
      DiskRecord.linked(answer, to, newName)
    #endif
    return answer
  }

  /// Gives a file its first name that was made without one (linkat(2) of the descriptor's entry in /proc).
  static func nameUnnamed(_ descriptor: Int32, _ folder: Int32, _ name: [UInt8]) -> Int {
    let answer = asked(.link) {
      withName(name) { new in
        Self.answer(
          Int(Glibc.linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", folder, new, AT_SYMLINK_FOLLOW)))
      }
    }
    #if DEBUG
      DiskRecord.madeFile(answer, folder, name)
    #endif
    return answer
  }

  public static func unlinkat(_ folder: Int32, _ name: [UInt8], flags: Int32 = 0) -> Int {
    let answer = asked(.unlink) { withName(name) { Self.answer(Int(Glibc.unlinkat(folder, $0, flags))) } }
    #if DEBUG
      DiskRecord.unlinked(answer, folder, name)
    #endif
    return answer
  }

  public static func mkdir(_ path: String, mode: UInt32) -> Int {
    asked(.mkdir) { path.withCString { answer(Int(Glibc.mkdir($0, mode))) } }
  }

  public static func mkdirat(_ folder: Int32, _ name: [UInt8], mode: UInt32) -> Int {
    let answer = asked(.mkdir) { withName(name) { Self.answer(Int(Glibc.mkdirat(folder, $0, mode))) } }
    #if DEBUG
      DiskRecord.madeFolder(answer, folder, name)
    #endif
    return answer
  }

  /// The owner stays.
  public static func fchown(_ descriptor: Int32, group: UInt32) -> Int {
    asked(.chown) { answer(Int(Glibc.fchown(descriptor, uid_t.max, group))) }
  }

  public static func lock(_ descriptor: Int32, _ operation: Int32) -> Int {
    asked(.lock) { answer(Int(flock(descriptor, operation))) }
  }

  // MARK: Looking

  static func fstat(_ descriptor: Int32, _ status: inout stat) -> Int {
    asked(.stat) { answer(Int(Glibc.fstat(descriptor, &status))) }
  }

  static func fstatat(_ folder: Int32, _ name: [UInt8], _ status: inout stat) -> Int {
    asked(.stat) { withName(name) { answer(Int(Glibc.fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW))) } }
  }

  // MARK: The door itself

  /// Turns C's "-1 and errno" into minus the errno, before anything else can touch errno.
  @inline(__always)
  static func answer(_ result: Int) -> Int {
    result >= 0 ? result : -Int(errno)
  }

  @inline(__always)
  private static func asked(_ call: FaultPlan.Call, _ body: () -> Int) -> Int {
    while true {
      #if DEBUG
        let result = FaultPlan.strike(call).code.map { -Int($0) } ?? body()
      #else
        let result = body()
      #endif
      if result != -Int(EINTR) { return result }
    }
  }

  @inline(__always)
  private static func askedToWrite(
    _ call: FaultPlan.Call, _ buffer: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Int
  ) -> Int {
    while true {
      #if DEBUG
        let blow = FaultPlan.strike(call)
        let part =
          blow == .shorten ? UnsafeRawBufferPointer(rebasing: buffer[..<((buffer.count + 1) / 2)]) : buffer
        let result = blow.code.map { -Int($0) } ?? body(part)
      #else
        let result = body(buffer)
      #endif
      if result != -Int(EINTR) { return result }
    }
  }

  /// Lends the name as C wants it, with a zero byte behind; names with a zero inside never come here (`Folder` refuses them).
  @inline(__always)
  private static func withName(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Int) -> Int {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: name.count + 1) { room in
      for index in name.indices { room[index] = CChar(bitPattern: name[index]) }
      room[name.count] = 0
      return body(UnsafePointer(room.baseAddress.unsafelyUnwrapped))
    }
  }
}

/// Turns a kernel's answer into its number, or into the error that names call and place.
@inline(__always)
func granted(
  _ answer: Int, _ call: @autoclosure () -> String, _ path: @autoclosure () -> String
) throws(FileError) -> Int {
  if answer >= 0 { return answer }
  throw FileError(call: call(), path: path(), errno: Int32(-answer))
}
