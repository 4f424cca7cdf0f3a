// A directory watch wakes the program when something happens in a folder; what lies there only a listing tells.

import Glibc

/// What can happen in a watched folder.
public struct WatchKinds: OptionSet, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A name appeared; the only sign of a rename made of link and unlink.
  public static let created = WatchKinds(rawValue: UInt32(IN_CREATE))
  /// A file that was open for writing was closed, complete or not.
  public static let closedAfterWrite = WatchKinds(rawValue: UInt32(IN_CLOSE_WRITE))
  /// A file was renamed into the folder, or within it to this name.
  public static let movedIn = WatchKinds(rawValue: UInt32(IN_MOVED_TO))
  /// A name went away, by removal or by rename.
  public static let removed = WatchKinds(rawValue: UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM))
  /// The folder itself was removed or renamed; while it is held open, its removal shows only in its parent.
  public static let folderGone = WatchKinds(rawValue: UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF))

  /// What tells that a partner's file may have arrived.
  public static let arrivals: WatchKinds = [.created, .closedAfterWrite, .movedIn, .folderGone]
}

/// The number under which a folder is watched.
public struct WatchNumber: Hashable, Sendable {
  public let raw: Int32

  public init(raw: Int32) { self.raw = raw }
}

/// One thing that happened in a watched folder.
public struct WatchEvent: Equatable, Sendable {
  public let watch: WatchNumber
  public let kinds: WatchKinds
  /// The name's bytes; empty when it is about the folder itself.
  public let name: [UInt8]
  public let isFolder: Bool

  public init(watch: WatchNumber, kinds: WatchKinds, name: [UInt8], isFolder: Bool) {
    self.watch = watch
    self.kinds = kinds
    self.name = name
    self.isFolder = isFolder
  }
}

/// Why a wait ended, and what had happened by then.
public struct Wake: Equatable, Sendable {
  public var events: [WatchEvent] = []
  /// The kernel's queue was full and events are missing: list every folder.
  public var overflowed = false
  /// The other descriptor can be read.
  public var interrupted = false
  public var timedOut = false

  public init(
    events: [WatchEvent] = [], overflowed: Bool = false, interrupted: Bool = false, timedOut: Bool = false
  ) {
    self.events = events
    self.overflowed = overflowed
    self.interrupted = interrupted
    self.timedOut = timedOut
  }
}

/// The folders whose changes wake the program (inotify(7)).
///
/// The kernel's queue holds 16,384 events by default and drops the rest, and other hosts' changes on a network file
/// system never come; so events only say "look now". Where the kernel gives no watch at all, this one is blind: it sleeps as
/// long as it is told to, and whoever waits must look without being called.
public final class DirectoryWatch: Sendable {
  /// Negative in a blind watch; poll(2) passes over such a number.
  private let raw: Int32
  private let descriptor: Descriptor?
  /// Why the kernel gave no watch.
  public let refusal: FileError?

  /// A watch that sees nothing.
  public init(blindBecause refusal: FileError) {
    raw = -1
    descriptor = nil
    self.refusal = refusal
  }

  /// - Throws: EMFILE when the user has as many watches as the machine's owner allows (`fs.inotify.max_user_instances`).
  public init() throws(FileError) {
    let answer = SystemCalls.answer(Int(inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))))
    raw = Int32(try granted(answer, "inotify_init1", "the watch"))
    refusal = nil
    descriptor = Descriptor(owning: raw, place: FilePlace(folder: "the watch", name: []))
  }

  /// Watches a folder, the very one that is open and not whatever its path now leads to.
  ///
  /// The same folder watched twice gives the same number and the last choice of kinds.
  ///
  /// - Throws: ENOSPC when the user watches as many folders as the machine's owner allows (`fs.inotify.max_user_watches`);
  ///   what refused the watch itself when it is blind.
  public func add(_ folder: Folder, for kinds: WatchKinds = .arrivals) throws(FileError) -> WatchNumber {
    if let refusal { throw refusal }
    let mask = kinds.rawValue | UInt32(IN_ONLYDIR)
    let answer = SystemCalls.answer(
      Int(inotify_add_watch(raw, "/proc/self/fd/\(folder.raw)", mask)))
    return WatchNumber(raw: Int32(try granted(answer, "inotify_add_watch", folder.path)))
  }

  /// Stops watching a folder; events already queued may still come.
  public func remove(_ watch: WatchNumber) throws(FileError) {
    let answer = SystemCalls.answer(Int(inotify_rm_watch(raw, watch.raw)))
    _ = try granted(answer, "inotify_rm_watch", "watch \(watch.raw)")
  }

  /// Sleeps until something happens in a watched folder, `other` can be read, or the time is over.
  ///
  /// Nil waits without end; zero only looks. A signal that interrupts the sleep does not end it: have the signal
  /// write to `other`. A negative `other` is not looked at.
  public func wait(timeoutMilliseconds: Int32?, also other: Int32 = -1) throws(FileError) -> Wake {
    let deadline = timeoutMilliseconds.map { MonotonicClock.nowMilliseconds() + Int64($0) }
    while true {
      var sources = [
        pollfd(fd: raw, events: Int16(POLLIN), revents: 0),
        pollfd(fd: other, events: Int16(POLLIN), revents: 0),
      ]
      let left = deadline.map { Int32(clamping: max(0, $0 - MonotonicClock.nowMilliseconds())) } ?? -1
      let answer = SystemCalls.answer(Int(poll(&sources, 2, left)))
      if answer == -Int(EINTR) { continue }
      if try granted(answer, "poll", "the watch") == 0 { return Wake(timedOut: true) }
      var wake = Wake(interrupted: sources[1].revents != 0)
      if sources[0].revents != 0 { try drain(into: &wake) }
      // What the kernel says about a watch that was taken off is nothing to wake for.
      if wake != Wake() { return wake }
    }
  }

  /// Has something happened that nobody was told of yet?
  public var isCalling: Bool {
    var source = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
    return poll(&source, 1, 0) > 0
  }

  /// Takes what is queued, up to a bound, so that a flood of events cannot keep the program from its work.
  private func drain(into wake: inout Wake) throws(FileError) {
    for pieces in 0..<64 {
      // Mostly one event waits, and whoever caused it waits too: little room is cleared for it.
      var buffer = [UInt8](repeating: 0, count: pieces == 0 ? Self.fewBytes : 64 * 1024)
      let raw = self.raw
      let answer = buffer.withUnsafeMutableBytes { SystemCalls.read(raw, into: $0) }
      if answer == -Int(EAGAIN) { return }
      let count = try granted(answer, "read", "the watch")
      buffer.withUnsafeBytes { Self.parse(UnsafeRawBufferPointer(rebasing: $0[..<count]), into: &wake) }
      // Where there was room for another event, there was none.
      if count + Self.eventBytesMax <= buffer.count { return }
    }
  }

  private static let fewBytes = 4 * 1024
  /// An event's four numbers, and the longest name with its zeros.
  private static let eventBytesMax = 16 + 256

  /// An event is watch, mask, cookie and name length, four bytes each, then the name padded with zeros.
  ///
  /// Sound: the kernel gives whole events only; each offset is checked against the count of the bytes it gave.
  private static func parse(_ bytes: UnsafeRawBufferPointer, into wake: inout Wake) {
    var offset = 0
    while offset + 16 <= bytes.count {
      let watch = bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
      let mask = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
      let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
      let end = offset + 16 + length
      precondition(end <= bytes.count)
      let name = Array(bytes[(offset + 16)..<end].prefix { $0 != 0 })
      offset = end
      if mask & UInt32(IN_Q_OVERFLOW) != 0 {
        wake.overflowed = true
      } else if mask & UInt32(IN_IGNORED) == 0 {
        wake.events.append(
          WatchEvent(
            watch: WatchNumber(raw: watch), kinds: WatchKinds(rawValue: mask).intersection(Self.known),
            name: name, isFolder: mask & UInt32(IN_ISDIR) != 0))
      }
    }
  }

  private static let known: WatchKinds = [.arrivals, .removed]
}
