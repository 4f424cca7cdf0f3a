// The process lock makes sure that one process at a time writes a ledger.

import Glibc

/// Why the lock was not given.
public enum LockError: Error, Equatable, Sendable {
  /// Another process holds it; 0 when it has not written its number yet.
  case held(byProcess: Int32)
  case failed(FileError)
}

/// The right to write a ledger, held as long as this value lives.
///
/// It is the kernel's lock (flock) on the open file `lock`, so it ends with the process however that ends; the number
/// in the file only tells a second process whom to name. A number without the lock means nothing.
public struct ProcessLock: ~Copyable {
  private let descriptor: Descriptor

  public init(in folder: Folder) throws(LockError) {
    var held: Int32?
    do throws(FileError) {
      descriptor = try Self.locked(in: folder, held: &held)
    } catch {
      throw held.map { .held(byProcess: $0) } ?? .failed(error)
    }
  }

  /// The process that holds the lock of this folder; nil when nobody does.
  public static func holder(in folder: Folder) throws(FileError) -> Int32? {
    guard try folder.status(name) != nil else { return nil }
    let descriptor = try folder.openForReading(name)
    let answer = SystemCalls.lock(descriptor.raw, LOCK_SH | LOCK_NB)
    if answer == -Int(EWOULDBLOCK) { return holder(descriptor) }
    _ = try granted(answer, "flock", descriptor.place.text)
    return nil
  }

  private static let name = Array("lock".utf8)
  /// Tries of ten milliseconds each.
  private static let ownChildTriesMax = 50

  /// Locks and signs; when another process was first, throws as well but puts its number into `held`.
  private static func locked(in folder: Folder, held: inout Int32?) throws(FileError) -> Descriptor {
    let descriptor = try folder.open(name, flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
    var answer = SystemCalls.lock(descriptor.raw, LOCK_EX | LOCK_NB)
    // Our own earlier lock may live on for a moment in a child that has been made and has not become its program yet.
    for _ in 0..<ownChildTriesMax where answer == -Int(EWOULDBLOCK) && holder(descriptor) == getpid() {
      usleep(10_000)
      answer = SystemCalls.lock(descriptor.raw, LOCK_EX | LOCK_NB)
    }
    if answer == -Int(EWOULDBLOCK) { held = holder(descriptor) }
    _ = try granted(answer, "flock", descriptor.place.text)
    try descriptor.truncate(to: 0)
    try descriptor.write(Array("\(getpid())\n".utf8), at: 0)
    return descriptor
  }

  /// The number its holder wrote; 0 while it has written none.
  private static func holder(_ descriptor: borrowing Descriptor) -> Int32 {
    var digits = [UInt8](repeating: 0, count: 16)
    let raw = descriptor.raw
    let count = digits.withUnsafeMutableBytes { SystemCalls.pread(raw, into: $0, at: 0) }
    guard count > 0 else { return 0 }
    var number: Int32 = 0
    for byte in digits[..<count] {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
      number = number &* 10 &+ Int32(byte - UInt8(ascii: "0"))
    }
    return number
  }
}
