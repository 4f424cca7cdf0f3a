// Room for large tables: in large pages where the system has them, so that fewer looks at it wait for the page's address.

/// Arrays whose room is asked for in large pages.
public enum LargeRoom {
  /// A smaller array is left to ordinary pages.
  private static let bytesMin = 4 << 20

  /// From here on an array of a mebibyte or more has pages of its own, which the system has back as soon as the array is given up.
  ///
  /// The C library begins so, but raises its bound to the length of whatever was given up last, to 32 MiB at the most, and keeps twice as
  /// much of what lies free: all that a table left behind when it doubled then stays with the process. It holds for the whole process.
  public static func giveBackAtOnce() {
    SystemCalls.mallopt(SystemCalls.mmapThreshold, 1 << 20)
    // What small files need and give up again stays.
    SystemCalls.mallopt(SystemCalls.trimThreshold, 16 << 20)
  }

  /// So many zeros.
  public static func zeros(_ count: Int) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { room, filled in
      advise(UnsafeMutableRawBufferPointer(room))
      // Sound: all of the room that is lent to us is written before it counts as filled.
      room.initialize(repeating: 0)
      filled = count
    }
  }

  /// The same records, with room for more.
  fileprivate static func array<Record: BitwiseCopyable>(_ records: [Record], capacity: Int) -> [Record] {
    [Record](unsafeUninitializedCapacity: max(capacity, records.count)) { room, filled in
      advise(UnsafeMutableRawBufferPointer(room))
      // Sound: what counts as filled was written just now; the room is no shorter than the records.
      filled = room.initialize(fromContentsOf: records)
    }
  }

  private static func advise(_ room: UnsafeMutableRawBufferPointer) {
    if room.count >= bytesMin { SystemCalls.adviseLargePages(room) }
  }
}

extension Array where Element: BitwiseCopyable {
  /// Makes room for so many records, at once for as many as are expected.
  public mutating func makeRoom(for count: Int, expecting expected: Int) {
    if count > capacity { self = LargeRoom.array(self, capacity: Swift.max(count, expected)) }
  }
}
