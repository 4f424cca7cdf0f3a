/// Sixteen bytes looked at at once, with SSE2 on x86-64 and with plain 64-bit arithmetic elsewhere.
internal import Orders

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
  /// The bits of both, byte by byte: beyond ASCII where either is.
  func joined(with other: Self) -> Self
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
  /// Are there no suspects in four blocks?
  func areSound(with second: Self, _ third: Self, _ fourth: Self) -> Bool
  /// Four blocks in a row, from the pointer on.
  ///
  /// Sound only where 64 bytes may be read from it.
  static func fourBlocks(at pointer: UnsafePointer<UInt8>, _ delimiter: UInt8) -> FourBlocks
  /// Writes four cells, of which each begins behind the mark before its own.
  ///
  /// Sound only where the mark of the first cell, the one before it and three behind it may be read, and four cells written.
  static func writeFour(_ marks: UnsafePointer<UInt32>, to cells: UnsafeMutablePointer<Slice>)
}

/// What the 64 bytes of four blocks are.
struct FourBlocks {
  /// A bit for each mark: quotes, line feeds, carriage returns and delimiters.
  var marks: UInt64
  var markCount: Int
  /// Is there no NUL, and nothing beyond ASCII?
  var isSound: Bool
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
  @inline(__always)
  func areSound(with second: Self, _ third: Self, _ fourth: Self) -> Bool {
    suspects | second.suspects | third.suspects | fourth.suspects == 0
  }
  @inline(__always)
  static func fourBlocks(at pointer: UnsafePointer<UInt8>, _ delimiter: UInt8) -> FourBlocks {
    let (first, second) = (Self(at: pointer), Self(at: pointer + 16))
    let (third, fourth) = (Self(at: pointer + 32), Self(at: pointer + 48))
    var marks = UInt64(first.marks(delimiter)) | UInt64(second.marks(delimiter)) &<< 16
    marks |= UInt64(third.marks(delimiter)) &<< 32 | UInt64(fourth.marks(delimiter)) &<< 48
    return FourBlocks(
      marks: marks, markCount: marks.nonzeroBitCount, isSound: first.areSound(with: second, third, fourth))
  }
  @inline(__always)
  static func writeFour(_ marks: UnsafePointer<UInt32>, to cells: UnsafeMutablePointer<Slice>) {
    let nothing = Slice.nothing
    for step in 0..<4 {
      cells[step] = nothing.moved(to: Int((marks - 1)[step]) &+ 1, end: Int(marks[step]))
    }
  }
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
    func joined(with other: SSE2Block) -> SSE2Block { SSE2Block(bytes: any(bytes, other.bytes)) }
    @inline(__always)
    private init(bytes: SIMD2<Int64>) { self.bytes = bytes }
    @inline(__always)
    func same(as other: SSE2Block) -> UInt32 {
      UInt32(bitPattern: _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, other.bytes)))
    }
    @inline(__always)
    private func same(_ byte: UInt8) -> SIMD2<Int64> {
      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(CChar(bitPattern: byte)))
    }
    /// Swift's own `|` takes the lanes apart and puts them together again.
    @inline(__always)
    private func any(_ one: SIMD2<Int64>, _ other: SIMD2<Int64>) -> SIMD2<Int64> { _mm_or_si128(one, other) }
    @inline(__always)
    private func mask(_ vector: SIMD2<Int64>) -> UInt32 { UInt32(bitPattern: _mm_movemask_epi8(vector)) }
    @inline(__always)
    var stops: UInt32 {
      let controls = _mm_cmpeq_epi8(bytes, _mm_min_epu8(bytes, _mm_set1_epi8(0x1F)))
      return mask(any(any(same(ByteScanner.quote), same(ByteScanner.backslash)), controls))
    }
    @inline(__always)
    func marks(_ delimiter: UInt8) -> UInt32 { mask(marked(delimiter)) }
    @inline(__always)
    private func marked(_ delimiter: UInt8) -> SIMD2<Int64> {
      let ends = any(same(delimiter), same(ByteScanner.lineFeed))
      return any(ends, any(same(ByteScanner.quote), same(ByteScanner.carriageReturn)))
    }
    @inline(__always)
    static func fourBlocks(at pointer: UnsafePointer<UInt8>, _ delimiter: UInt8) -> FourBlocks {
      let (first, second) = (SSE2Block(at: pointer), SSE2Block(at: pointer + 16))
      let (third, fourth) = (SSE2Block(at: pointer + 32), SSE2Block(at: pointer + 48))
      let (a, b) = (first.marked(delimiter), second.marked(delimiter))
      let (c, d) = (third.marked(delimiter), fourth.marked(delimiter))
      var marks = UInt64(first.mask(a)) | UInt64(first.mask(b)) &<< 16
      marks |= UInt64(first.mask(c)) &<< 32 | UInt64(first.mask(d)) &<< 48
      // A marked byte is one below zero: what the four leave of zero is their number, byte by byte.
      let counts = _mm_sub_epi8(
        _mm_sub_epi8(_mm_setzero_si128(), _mm_add_epi8(a, b)), _mm_add_epi8(c, d))
      let sums = _mm_sad_epu8(counts, _mm_setzero_si128())
      return FourBlocks(
        marks: marks, markCount: Int(sums[0] &+ sums[1]), isSound: first.areSound(with: second, third, fourth)
      )
    }
    @inline(__always)
    static func writeFour(_ marks: UnsafePointer<UInt32>, to cells: UnsafeMutablePointer<Slice>) {
      // Sound: a slice is its offset and its length, each of four bytes, in this order.
      let ends = UnsafeRawPointer(marks).loadUnaligned(as: SIMD2<Int64>.self)
      let before = UnsafeRawPointer(marks - 1).loadUnaligned(as: SIMD2<Int64>.self)
      let starts = _mm_add_epi32(before, _mm_set1_epi32(1))
      let lengths = _mm_sub_epi32(ends, starts)
      let (low, high) = (_mm_unpacklo_epi32(starts, lengths), _mm_unpackhi_epi32(starts, lengths))
      UnsafeMutableRawPointer(cells).storeBytes(of: low, as: SIMD2<Int64>.self)
      UnsafeMutableRawPointer(cells + 2).storeBytes(of: high, as: SIMD2<Int64>.self)
    }
    @inline(__always)
    var suspects: UInt32 { mask(any(bytes, same(0))) }
    @inline(__always)
    func areSound(with second: SSE2Block, _ third: SSE2Block, _ fourth: SSE2Block) -> Bool {
      let all = any(any(bytes, second.bytes), any(third.bytes, fourth.bytes))
      let least = _mm_min_epu8(
        _mm_min_epu8(bytes, second.bytes), _mm_min_epu8(third.bytes, fourth.bytes))
      return mask(any(all, _mm_cmpeq_epi8(least, _mm_setzero_si128()))) == 0
    }
    @inline(__always)
    var unprintables: UInt32 {
      mask(any(_mm_cmpeq_epi8(bytes, _mm_min_epu8(bytes, _mm_set1_epi8(0x1F))), same(127)))
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
  func joined(with other: PlainBlock) -> PlainBlock {
    PlainBlock(low: low | other.low, high: high | other.high)
  }
  @inline(__always)
  private init(low: UInt64, high: UInt64) { (self.low, self.high) = (low, high) }
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
