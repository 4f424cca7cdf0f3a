/// Cells looked at as a whole: what an identifier is made of, and the number that its digits are.

extension ByteScanner {
  enum KeyShape {
    /// Nothing but `0` to `9`.
    case digits
    /// No control bytes.
    case text
    case hasControls
    /// Too long, or too near to the end of the bytes, to be seen at once.
    case unknown
  }

  /// What the bytes of an identifier are, up to 32 of them.
  @inline(__always)
  static func keyShape(_ bytes: Span<UInt8>, _ cell: Range<Int>) -> KeyShape {
    keyShape(bytes, cell, by: NativeBlock.self)
  }

  @inline(__always)
  static func keyShape<Block: ByteBlock>(_ bytes: Span<UInt8>, _ cell: Range<Int>, by: Block.Type) -> KeyShape
  {
    let start = cell.lowerBound
    let length = cell.upperBound &- start
    guard start >= 0, length > 0, length <= 32, start &+ (length > 16 ? 32 : 16) <= bytes.count else {
      return .unknown
    }
    return bytes.withUnsafeBufferPointer { buffer in
      // Sound: one or two blocks from the start on lie below the count, as was checked.
      guard let base = buffer.baseAddress else { return .unknown }
      let first: UInt32 = length >= 16 ? 0xFFFF : (1 &<< UInt32(length)) &- 1
      let second: UInt32 = length > 16 ? (1 &<< UInt32(length &- 16)) &- 1 : 0
      let head = Block(at: base + start)
      // Nearly every key is one of few digits.
      if head.digits & first == first {
        if second == 0 { return .digits }
        if Block(at: base + start + 16).digits & second == second { return .digits }
      }
      var controls = (head.controls | head.equal(127)) & first
      if second != 0 {
        let tail = Block(at: base + start + 16)
        controls |= (tail.controls | tail.equal(127)) & second
      }
      return controls == 0 ? .text : .hasControls
    }
  }

  /// The number that a cell of digits alone spells; nil where it may not fit 64 bits.
  ///
  /// Eight digits are summed up at once: pairs to hundreds, hundreds to ten thousands, those to the whole.
  @inline(__always)
  static func number(_ bytes: Span<UInt8>, _ cell: Range<Int>) -> UInt64? {
    precondition(cell.lowerBound >= 0 && cell.upperBound <= bytes.count)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      // Sound: the cell lies below the count, as was checked.
      return number(base + cell.lowerBound, length: cell.count)
    }
  }

  /// Sound only where `length` bytes may be read.
  @inline(__always)
  static func number(_ digits: UnsafePointer<UInt8>, length: Int) -> UInt64? {
    if length > 19 { return nil }
    var digits = digits
    var rest = length
    var value: UInt64 = 0
    while rest >= 8 {
      let word = UInt64(littleEndian: UnsafeRawPointer(digits).loadUnaligned(as: UInt64.self))
      value = value &* 100_000_000 &+ eightDigits(word)
      digits += 8
      rest &-= 8
    }
    while rest > 0 {
      value = value &* 10 &+ UInt64(digits.pointee &- 48)
      digits += 1
      rest &-= 1
    }
    return value
  }

  @inline(__always)
  private static func eightDigits(_ word: UInt64) -> UInt64 {
    let digits = word &- 0x3030_3030_3030_3030
    let pairs = ((digits &* 2561) &>> 8) & 0x00FF_00FF_00FF_00FF
    let fours = ((pairs &* 6_553_601) &>> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 42_949_672_960_001) &>> 32
  }
}
