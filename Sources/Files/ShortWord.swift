// Short words are texts of a few bytes that are copied without a look at where they end.

/// A text of at most 32 bytes, in four words of the processor: what a line is made of besides its cells.
///
/// Storing all of it and going on by its length are two stores; a loop over its bytes is a dozen steps. What lies behind the text
/// is anything.
public struct ShortWord: Sendable, BitwiseCopyable {
  @usableFromInline let first: SIMD2<UInt64>
  @usableFromInline let second: SIMD2<UInt64>
  /// How many bytes there are.
  public let count: Int

  @inlinable public static var bytesMax: Int { 32 }
  @inlinable public static var none: ShortWord { ShortWord(0, 0, count: 0) }

  /// - Parameters:
  ///   - first: the first sixteen bytes, the first of them lowest.
  ///   - second: the other sixteen.
  @inlinable @inline(__always)
  public init(_ first: UInt128, _ second: UInt128, count: Int) {
    precondition(count >= 0 && count <= 32)
    self.first = SIMD2(
      UInt64(truncatingIfNeeded: first).littleEndian, UInt64(truncatingIfNeeded: first >> 64).littleEndian)
    self.second = SIMD2(
      UInt64(truncatingIfNeeded: second).littleEndian, UInt64(truncatingIfNeeded: second >> 64).littleEndian)
    self.count = count
  }

  /// Nil where the text is longer.
  public init?(_ text: Span<UInt8>) {
    if text.count > ShortWord.bytesMax { return nil }
    var (first, second) = (UInt128(0), UInt128(0))
    for place in text.indices.reversed() {
      if place >= 16 {
        second = second << 8 | UInt128(text[place])
      } else {
        first = first << 8 | UInt128(text[place])
      }
    }
    self.init(first, second, count: text.count)
  }

  /// A word of the program's own.
  public init(_ text: String) {
    let bytes = Array(text.utf8)
    guard let word = ShortWord(bytes.span) else { preconditionFailure("a word has 32 bytes at most") }
    self = word
  }
}

/// Numbers as their decimal digits, eight at a time and without a loop.
public enum SixteenDigits {
  /// The eight digits of a number below 100,000,000, zeros in front included; the first in the lowest byte, each as its value.
  @inlinable @inline(__always)
  public static func eight(_ number: UInt32) -> UInt64 {
    // Fours, then pairs of them, then single ones: each half, quarter and eighth of the word holds its own.
    let fours = UInt64(number / 10_000) | UInt64(number % 10_000) &<< 32
    let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- 100 &* hundreds) &<< 16
    let tens = ((pairs &* 103) &>> 10) & 0x000F_000F_000F_000F
    return tens | (pairs &- 10 &* tens) &<< 8
  }

  /// The sixteen digits of a number below 10 to the sixteenth as text, the first in the lowest byte.
  @inlinable @inline(__always)
  static func text(_ number: UInt64) -> UInt128 {
    let high = eight(UInt32(truncatingIfNeeded: number / 100_000_000))
    let low = eight(UInt32(truncatingIfNeeded: number % 100_000_000))
    return UInt128(high | 0x3030_3030_3030_3030) | UInt128(low | 0x3030_3030_3030_3030) << 64
  }
}
