/// Finds the bytes that give a file its structure, sixteen at a time: the one clever file of the room.
///
/// Everything else reads through `Span` and is checked. The functions here take a span, look at it through a pointer for
/// the length of one call, and answer with positions. On x86-64 a block of sixteen bytes is compared with SSE2, which every
/// such processor has; elsewhere with plain 64-bit arithmetic. Both give the same answers, which a test holds against
/// byte-by-byte loops.

#if arch(x86_64) && canImport(_Builtin_intrinsics)
  private import _Builtin_intrinsics.intel
#endif

/// Sixteen bytes compared at once; the answers are masks with bit `i` for byte `i`.
protocol ByteBlock {
  /// Sound only where sixteen bytes may be read from the pointer.
  init(at pointer: UnsafePointer<UInt8>)
  func equal(_ byte: UInt8) -> UInt32
  /// Bytes below 0x20.
  var controls: UInt32 { get }
  /// Bytes of 0x80 and above.
  var beyondASCII: UInt32 { get }
  /// Bytes that are those of the other block.
  func same(as other: Self) -> UInt32
  /// `0` to `9`.
  var digits: UInt32 { get }

  // Several questions at once: on x86-64 the move of a mask out of a vector costs more than what is asked.

  /// Quotes, backslashes and control bytes: where plain text of a JSON string ends.
  var stops: UInt32 { get }
  /// Quotes, line feeds, carriage returns and the delimiter.
  func marks(_ delimiter: UInt8) -> UInt32
  /// NUL, and bytes of 0x80 and above.
  var suspects: UInt32 { get }
  /// Bytes below 0x20, and 0x7F.
  var unprintables: UInt32 { get }
}

extension ByteBlock {
  @inline(__always)
  var stops: UInt32 { equal(ByteScanner.quote) | equal(ByteScanner.backslash) | controls }
  @inline(__always)
  func marks(_ delimiter: UInt8) -> UInt32 {
    equal(delimiter) | equal(ByteScanner.lineFeed) | equal(ByteScanner.quote)
      | equal(ByteScanner.carriageReturn)
  }
  @inline(__always)
  var suspects: UInt32 { beyondASCII | equal(0) }
  @inline(__always)
  var unprintables: UInt32 { controls | equal(127) }
}

#if arch(x86_64) && canImport(_Builtin_intrinsics)
  struct SSE2Block: ByteBlock {
    private let bytes: SIMD2<Int64>

    @inline(__always)
    init(at pointer: UnsafePointer<UInt8>) {
      bytes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD2<Int64>.self)
    }
    @inline(__always)
    func equal(_ byte: UInt8) -> UInt32 {
      let wanted = _mm_set1_epi8(CChar(bitPattern: byte))
      return UInt32(bitPattern: _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)))
    }
    @inline(__always)
    var controls: UInt32 {
      let capped = _mm_min_epu8(bytes, _mm_set1_epi8(0x1F))
      return UInt32(bitPattern: _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, capped)))
    }
    @inline(__always)
    var beyondASCII: UInt32 { UInt32(bitPattern: _mm_movemask_epi8(bytes)) }
    @inline(__always)
    func same(as other: SSE2Block) -> UInt32 {
      UInt32(bitPattern: _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, other.bytes)))
    }
    @inline(__always)
    private func same(_ byte: UInt8) -> SIMD2<Int64> {
      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(CChar(bitPattern: byte)))
    }
    @inline(__always)
    private func mask(_ vector: SIMD2<Int64>) -> UInt32 { UInt32(bitPattern: _mm_movemask_epi8(vector)) }
    @inline(__always)
    var stops: UInt32 {
      let controls = _mm_cmpeq_epi8(bytes, _mm_min_epu8(bytes, _mm_set1_epi8(0x1F)))
      return mask(same(ByteScanner.quote) | same(ByteScanner.backslash) | controls)
    }
    @inline(__always)
    func marks(_ delimiter: UInt8) -> UInt32 {
      let ends = same(delimiter) | same(ByteScanner.lineFeed)
      return mask(ends | (same(ByteScanner.quote) | same(ByteScanner.carriageReturn)))
    }
    @inline(__always)
    var suspects: UInt32 { mask(bytes | same(0)) }
    @inline(__always)
    var unprintables: UInt32 {
      mask(_mm_cmpeq_epi8(bytes, _mm_min_epu8(bytes, _mm_set1_epi8(0x1F))) | same(127))
    }
    @inline(__always)
    var digits: UInt32 {
      let values = _mm_sub_epi8(bytes, _mm_set1_epi8(48))
      let capped = _mm_min_epu8(values, _mm_set1_epi8(9))
      return UInt32(bitPattern: _mm_movemask_epi8(_mm_cmpeq_epi8(values, capped)))
    }
  }

  typealias NativeBlock = SSE2Block
#else
  typealias NativeBlock = PlainBlock
#endif

/// The same with two 64-bit words: a byte of the word is tested in its own eight bits, without borrowing from its neighbour.
struct PlainBlock: ByteBlock {
  private let low: UInt64
  private let high: UInt64

  private static let sevens: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  @inline(__always)
  init(at pointer: UnsafePointer<UInt8>) {
    let raw = UnsafeRawPointer(pointer)
    low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    high = UInt64(littleEndian: (raw + 8).loadUnaligned(as: UInt64.self))
  }
  @inline(__always)
  func equal(_ byte: UInt8) -> UInt32 {
    let wanted = UInt64(byte) &* PlainBlock.ones
    return mask(zeros(low ^ wanted), zeros(high ^ wanted))
  }
  @inline(__always)
  var controls: UInt32 {
    // Below 0x20 means that the three upper bits are clear.
    let upper: UInt64 = 0xE0E0_E0E0_E0E0_E0E0
    return mask(zeros(low & upper), zeros(high & upper))
  }
  @inline(__always)
  var beyondASCII: UInt32 { mask(low & ~PlainBlock.sevens, high & ~PlainBlock.sevens) }
  @inline(__always)
  func same(as other: PlainBlock) -> UInt32 { mask(zeros(low ^ other.low), zeros(high ^ other.high)) }
  @inline(__always)
  var digits: UInt32 { mask(digitTops(low), digitTops(high)) }

  /// The top bit of each byte that is a digit: at least 0x30, below 0x3A, and ASCII.
  @inline(__always)
  private func digitTops(_ word: UInt64) -> UInt64 {
    let ascii = word & PlainBlock.sevens
    let fromZero = ascii &+ PlainBlock.ones &* 0x50
    let fromColon = ascii &+ PlainBlock.ones &* 0x46
    return fromZero & ~fromColon & ~word & ~PlainBlock.sevens
  }

  /// The top bit of each byte that is zero.
  @inline(__always)
  private func zeros(_ word: UInt64) -> UInt64 {
    let carried = (word & PlainBlock.sevens) &+ PlainBlock.sevens
    return ~(carried | word | PlainBlock.sevens)
  }
  /// Gathers the top bits of the bytes of both words.
  @inline(__always)
  private func mask(_ lowTops: UInt64, _ highTops: UInt64) -> UInt32 {
    let gather: UInt64 = 0x0102_0408_1020_4080
    let lowBits = ((lowTops >> 7) &* gather) >> 56
    let highBits = ((highTops >> 7) &* gather) >> 56
    return UInt32(truncatingIfNeeded: lowBits | highBits << 8)
  }
}

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
      var place = start
      while place < count {
        while place + 64 <= count {
          let first = Block(at: base + place).suspects | Block(at: base + place + 16).suspects
          if first | Block(at: base + place + 32).suspects | Block(at: base + place + 48).suspects != 0 {
            break
          }
          place += 64
        }
        if place + 16 <= count {
          let found = Block(at: base + place).suspects
          if found == 0 {
            place += 16
            continue
          }
          place += found.trailingZeroBitCount
        }
        if base[place] == 0 { return place }
        if base[place] < 0x80 {
          place += 1
          continue
        }
        while place < count, base[place] >= 0x80 {
          let length = sequenceLength(base + place, available: count - place)
          if length == 0 { return place }
          place += length
        }
      }
      return count
    }
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
  static func indexCells(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8, into places: inout [UInt32]
  ) -> Int {
    indexCells(bytes, from: start, delimiter: delimiter, into: &places, by: NativeBlock.self)
  }

  @inline(__always)
  static func indexCells<Block: ByteBlock>(
    _ bytes: Span<UInt8>, from start: Int, delimiter: UInt8, into places: inout [UInt32], by: Block.Type
  ) -> Int {
    let count = bytes.count
    precondition(start >= 0 && start <= count && count < Int(UInt32.max))
    // A little more than one a byte: eight are written at once, of which the last may mean nothing.
    if places.count < count - start + 8 {
      places = [UInt32](repeating: 0, count: max(count - start + 8, 4096))
    }
    return bytes.withUnsafeBufferPointer { buffer in
      places.withUnsafeMutableBufferPointer { out in
        // Sound: both pointers live for this call; every read lies below `count`; each byte is written down at most
        // once, and `places` has room for one entry a byte and eight more.
        guard let base = buffer.baseAddress, let slots = out.baseAddress else { return 0 }
        @inline(__always)
        func found(_ place: Int) -> UInt64 { UInt64(Block(at: base + place).marks(delimiter)) }
        var written = 0
        var place = start
        while place + 64 <= count {
          var bits = found(place) | found(place &+ 16) &<< 16
          bits |= found(place &+ 32) &<< 32 | found(place &+ 48) &<< 48
          let next = written &+ bits.nonzeroBitCount
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
        return written
      }
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
