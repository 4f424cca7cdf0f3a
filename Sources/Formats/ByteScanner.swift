/// Finds the bytes that give a file its structure, sixteen at a time: the one clever file of the room.
///
/// Everything else reads through `Span` and is checked. The functions here take a span, look at it through a pointer for
/// the length of one call, and answer with positions. On x86-64 a block of sixteen bytes is compared with SSE2, which every
/// such processor has; elsewhere with plain 64-bit arithmetic. Both give the same answers, which a test holds against
/// byte-by-byte loops.

enum ByteScanner {
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let lineFeed: UInt8 = 10
  static let carriageReturn: UInt8 = 13

  /// The first `"`, `\` or control byte at or after `start`: where plain text of a JSON string ends. The count when none.
  @inline(__always)
  static func stringEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
    stringEnd(bytes, from: start, by: NativeBlock.self)
  }

  @inline(__always)
  static func stringEnd<Block: ByteBlock>(_ bytes: Span<UInt8>, from start: Int, by: Block.Type) -> Int {
    precondition(start >= 0)
    return bytes.withUnsafeBufferPointer { buffer in
      let count = buffer.count
      // Sound: the pointer lives for this call, and every read lies below `count`.
      guard let base = buffer.baseAddress else { return count }
      var place = start
      while place + 16 <= count {
        let found = Block(at: base + place).stops
        if found != 0 { return place + found.trailingZeroBitCount }
        place += 16
      }
      while place < count {
        let byte = base[place]
        if byte == quote || byte == backslash || byte < 0x20 { return place }
        place += 1
      }
      return max(place, count)
    }
  }

  /// The first of the given byte at or after `start`; the count when there is none.
  static func first(_ wanted: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int {
    first(wanted, in: bytes, from: start, by: NativeBlock.self)
  }

  @inline(__always)
  static func first<Block: ByteBlock>(
    _ wanted: UInt8, in bytes: Span<UInt8>, from start: Int, by: Block.Type
  ) -> Int {
    precondition(start >= 0)
    return bytes.withUnsafeBufferPointer { buffer in
      let count = buffer.count
      // Sound: the pointer lives for this call, and every read lies below `count`.
      guard let base = buffer.baseAddress else { return count }
      var place = start
      while place + 16 <= count {
        let found = Block(at: base + place).equal(wanted)
        if found != 0 { return place + found.trailingZeroBitCount }
        place += 16
      }
      while place < count {
        if base[place] == wanted { return place }
        place += 1
      }
      return count
    }
  }

  /// Appends the bytes of a range to others.
  @inline(__always)
  static func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to others: inout [UInt8]) {
    // Sound: the pointer lives for this call, and the buffer checks the range against its count.
    bytes.withUnsafeBufferPointer { others.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
  }

  /// How often a byte occurs in a range.
  static func count(_ wanted: UInt8, in bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    count(wanted, in: bytes, range, by: NativeBlock.self)
  }

  @inline(__always)
  static func count<Block: ByteBlock>(
    _ wanted: UInt8, in bytes: Span<UInt8>, _ range: Range<Int>, by: Block.Type
  ) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    return bytes.withUnsafeBufferPointer { buffer in
      // Sound: the pointer lives for this call, and the range was checked against the count.
      guard let base = buffer.baseAddress else { return 0 }
      var place = range.lowerBound
      var sum = 0
      while place + 16 <= range.upperBound {
        let found = Block(at: base + place).equal(wanted)
        if found != 0 { sum += found.nonzeroBitCount }
        place += 16
      }
      while place < range.upperBound {
        if base[place] == wanted { sum += 1 }
        place += 1
      }
      return sum
    }
  }

  /// The first NUL, or the first byte of the first sequence that is not UTF-8, at or after `start`; the count when all is sound.
  static func firstUnsound(_ bytes: Span<UInt8>, from start: Int) -> Int {
    firstUnsound(bytes, from: start, by: NativeBlock.self)
  }

  @inline(__always)
  static func firstUnsound<Block: ByteBlock>(_ bytes: Span<UInt8>, from start: Int, by: Block.Type) -> Int {
    precondition(start >= 0)
    return bytes.withUnsafeBufferPointer { buffer in
      let count = buffer.count
      // Sound: the pointer lives for this call, and every read lies below `count`.
      guard let base = buffer.baseAddress else { return count }
      let sound = passSound(base, from: start, to: count, count, by: Block.self)
      return sound.isWhole ? count : sound.end
    }
  }

  /// Passes over sound bytes to `end`, or behind the sequence that crosses it; not whole where it stops at what is not sound.
  ///
  /// Sound only where `count` bytes may be read, and `end` is no more.
  @inline(__always)
  private static func passSound<Block: ByteBlock>(
    _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, _ count: Int, by: Block.Type
  ) -> (end: Int, isWhole: Bool) {
    var place = start
    while place < end {
      while place &+ 64 <= end {
        let low = Block(at: base + place)
        let areSound = low.areSound(
          with: Block(at: base + place + 16), Block(at: base + place + 32), Block(at: base + place + 48))
        if !areSound { break }
        place &+= 64
      }
      if place &+ 16 <= count {
        let found = Block(at: base + place).suspects
        if found == 0 {
          place &+= 16
          continue
        }
        place &+= found.trailingZeroBitCount
      }
      if base[place] == 0 { return (place, false) }
      if base[place] < 0x80 {
        place &+= 1
        continue
      }
      while place < count, base[place] >= 0x80 {
        let length = sequenceLength(base + place, available: count &- place)
        if length == 0 { return (place, false) }
        place &+= length
      }
    }
    return (place, true)
  }

  /// The same for bytes in which something is beyond ASCII, which most are not.
  @inline(never)
  private static func passSequences<Block: ByteBlock>(
    _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, _ count: Int, by: Block.Type
  ) -> (end: Int, isWhole: Bool) {
    passSound(base, from: start, to: end, count, by: Block.self)
  }

  /// The length of the well-formed sequence of two to four bytes that begins here (RFC 3629); 0 when there is none.
  ///
  /// Sound only where `available` bytes may be read.
  @inline(__always)
  private static func sequenceLength(_ pointer: UnsafePointer<UInt8>, available: Int) -> Int {
    func isTail(_ place: Int) -> Bool { pointer[place] & 0xC0 == 0x80 }
    let first = pointer[0]
    if first < 0xC2 || first > 0xF4 || available < 2 { return 0 }
    let second = pointer[1]
    if first < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
    if first < 0xF0 {
      let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
      return second >= lowest && second <= highest && available >= 3 && isTail(2) ? 3 : 0
    }
    let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
    return second >= lowest && second <= highest && available >= 4 && isTail(2) && isTail(3) ? 4 : 0
  }

  /// Writes the places of all quotes, delimiters and line ends at or after `start` into `places`; returns how many.
  ///
  /// - Parameter unsound: gets what `firstUnsound` answers, as the bytes are looked at anyway.
  static func indexCells(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8, into places: inout [UInt32], unsound: inout Int
  ) -> Int {
    indexCells(
      bytes, from: start, delimiter: delimiter, into: &places, unsound: &unsound, by: NativeBlock.self)
  }

  @inline(__always)
  static func indexCells<Block: ByteBlock>(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8, into places: inout [UInt32],
    unsound: inout Int, by: Block.Type
  ) -> Int {
    let count = bytes.count
    precondition(start >= 0 && start <= count && count < Int(UInt32.max))
    places.removeAll(keepingCapacity: true)
    // A little more than one a byte: eight are written at once, of which the last may mean nothing.
    places.append(addingCapacity: count - start + 8) { room in
      room.withUnsafeMutableBufferPointer { out, filled in
        (filled, unsound) = indexCells(bytes, from: start, delimiter: delimiter, out, by: Block.self)
      }
    }
    return places.count
  }

  @inline(__always)
  private static func indexCells<Block: ByteBlock>(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8, _ out: UnsafeMutableBufferPointer<UInt32>,
    by: Block.Type
  ) -> (written: Int, unsound: Int) {
    bytes.withUnsafeBufferPointer { buffer in
      // Sound: both pointers live for this call; every read lies below `count`; each byte is written down at most
      // once, and there is room for one entry a byte and eight more.
      let count = buffer.count
      guard let base = buffer.baseAddress, let slots = out.baseAddress else { return (0, count) }
      var written = 0
      var place = start
      // To here all bytes are sound, or all further blocks of ASCII; `max` once some are not.
      var known = start
      var unsound = count
      while place &+ 64 <= count {
        let blocks = Block.fourBlocks(at: base + place, delimiter)
        if !blocks.isSound, place &+ 64 > known {
          let sound = passSequences(base, from: max(known, place), to: place &+ 64, count, by: Block.self)
          known = sound.isWhole ? sound.end : .max
          if !sound.isWhole { unsound = sound.end }
        }
        var bits = blocks.marks
        let next = written &+ blocks.markCount
        var slot = slots + written
        while true {
          for step in 0..<8 {
            slot[step] = UInt32(truncatingIfNeeded: place &+ bits.trailingZeroBitCount)
            bits &= bits &- 1
          }
          if bits == 0 { break }
          slot += 8
        }
        written = next
        place &+= 64
      }
      while place < count {
        let byte = base[place]
        if byte == delimiter || byte == lineFeed || byte == quote || byte == carriageReturn {
          slots[written] = UInt32(truncatingIfNeeded: place)
          written += 1
        }
        place += 1
      }
      if known < count {
        let rest = max(known, count &- (count &- start) & 63)
        let sound = passSequences(base, from: rest, to: count, count, by: Block.self)
        if !sound.isWhole { unsound = sound.end }
      }
      return (written, unsound)
    }
  }

  /// Do the bytes at `place` equal the `count` bytes of `other` at `otherPlace`? False where either is shorter.
  @inline(__always)
  static func matches(
    _ bytes: Span<UInt8>, at place: Int, _ other: Span<UInt8>, at otherPlace: Int, count: Int
  ) -> Bool {
    if place < 0 || otherPlace < 0 || count < 0 { return false }
    if bytes.count - place < count || other.count - otherPlace < count { return false }
    return bytes.withUnsafeBufferPointer { left in
      other.withUnsafeBufferPointer { right in
        // Sound: both ranges were checked against their counts above; the pointers live for this call.
        guard let a = left.baseAddress, let b = right.baseAddress else { return count == 0 }
        let left = UnsafeRawPointer(a + place)
        let right = UnsafeRawPointer(b + otherPlace)
        if count < 8 {
          var step = 0
          while step < count {
            if (a + place)[step] != (b + otherPlace)[step] { return false }
            step += 1
          }
          return true
        }
        var step = 0
        while step + 8 <= count {
          if (left + step).loadUnaligned(as: UInt64.self) != (right + step).loadUnaligned(as: UInt64.self) {
            return false
          }
          step += 8
        }
        let last = count - 8
        return (left + last).loadUnaligned(as: UInt64.self) == (right + last).loadUnaligned(as: UInt64.self)
      }
    }
  }
}
