// A line writer puts a line together in room that was made for all of it beforehand.

/// Writes one line, or one record, of a few dozen pieces: whether there is room is asked of a number that is at hand, and nothing of
/// the line stands anywhere until it is whole.
///
/// Pieces are copied in blocks of 32 bytes, over their ends and into the room behind the line; what comes next overwrites that.
/// Whether a piece may stand as it is, is asked in passing, of eight bytes at once. A line with a piece that may not is odd: nothing
/// of it is kept, and it is written in another way.
public struct LineWriter: ~Copyable {
  // Sound: from the writer's start up to `end` lie bytes that belong to it alone for as long as it lives, and `slackBytes` more
  // behind `end`; only `GrowingBytes` makes one, for the length of one call. `at` never passes `end`, by the check in every `put`, and
  // no `put` stores more than 32 bytes behind the place that it finds `at` at, or sixteen behind the one where it leaves it.
  @usableFromInline var at: UnsafeMutableRawPointer
  @usableFromInline let end: UnsafeMutableRawPointer
  /// A highest bit of one of its bytes: the line is odd.
  @usableFromInline var odd = TwoWords.zero

  @inlinable static var slackBytes: Int { 64 }

  @inlinable
  init(at: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer) {
    self.at = at
    self.end = end
  }

  @inlinable var isOdd: Bool { LineWriter.isAny(odd) }

  /// Leaves the line to another way of writing it.
  @inlinable @inline(__always)
  public mutating func giveUp() { odd = LineWriter.each(0x80) }

  @inlinable @inline(__always)
  public mutating func put(_ byte: UInt8) {
    precondition(at < end)
    at.storeBytes(of: byte, as: UInt8.self)
    at += 1
  }

  @inlinable @inline(__always)
  public mutating func put(_ word: ShortWord) {
    precondition(word.count <= end - at)
    at.storeBytes(of: word.first, as: SIMD2<UInt64>.self)
    at.storeBytes(of: word.second, toByteOffset: 16, as: SIMD2<UInt64>.self)
    at += word.count
  }

  /// Puts a number's digits.
  @inlinable @inline(__always)
  public mutating func put(digits number: UInt32) {
    precondition(end - at >= 10)
    if number >= 100_000_000 { return putMany(digits: number) }
    let digits = SixteenDigits.eight(number)
    // One digit stands also where all are zeros.
    let zeros = (digits | 1 &<< 56).trailingZeroBitCount &>> 3
    let text = (digits | LineWriter.all(0x30)) &>> UInt64(truncatingIfNeeded: 8 &* zeros)
    at.storeBytes(of: text.littleEndian, as: UInt64.self)
    at += 8 &- zeros
  }

  /// Puts nine or ten digits.
  @usableFromInline
  mutating func putMany(digits number: UInt32) {
    precondition(end - at >= 10)
    let high = number / 100_000_000
    if high >= 10 { put(UInt8(truncatingIfNeeded: 48 + high / 10)) }
    put(UInt8(truncatingIfNeeded: 48 + high % 10))
    let text = SixteenDigits.eight(number % 100_000_000) | LineWriter.all(0x30)
    at.storeBytes(of: text.littleEndian, as: UInt64.self)
    at += 8
  }

  /// Puts a word, unless a control byte is in it, one beyond ASCII, or one of the two.
  @inlinable @inline(__always)
  public mutating func put(_ word: ShortWord, unless one: UInt8, or other: UInt8) {
    put(word)
    odd |= LineWriter.marks((word.first, word.second), count: word.count, one, other)
  }

  /// Puts a part of a text, unless a control byte is in it, one beyond ASCII, or one of the two.
  /// - Parameter text: what the part is of; bytes behind the part are read as well.
  @inlinable @inline(__always)
  public mutating func put(
    _ text: Span<UInt8>, from start: Int, count: Int, unless one: UInt8, or other: UInt8
  ) {
    precondition(start >= 0 && count >= 0 && count <= end - at)
    if count == 0 { return }
    if count <= 32, start <= text.count &- 32 {
      odd |= LineWriter.marks(putFourWords(text, from: start), count: count, one, other)
    } else {
      odd |= TwoWords(LineWriter.putMany(text, from: start, count: count, unless: one, or: other, at), 0)
    }
    at += count
  }

  /// Puts a part of a text that is nothing but digits; 32 at the most.
  @inlinable @inline(__always)
  public mutating func put(digits text: Span<UInt8>, from start: Int, count: Int) {
    precondition(start >= 0 && count >= 0 && count <= end - at)
    if count > 32 || start > text.count &- 32 { return giveUp() }
    let words = putFourWords(text, from: start)
    odd |= LineWriter.within((LineWriter.noDigits(words.0), LineWriter.noDigits(words.1)), count: count)
    at += count
  }

  /// Sixteen bytes as they lie in memory.
  @usableFromInline typealias TwoWords = SIMD2<UInt64>
  @usableFromInline typealias FourWords = (TwoWords, TwoWords)

  /// Stores the 32 bytes that lie in the text from a place on.
  @inlinable @inline(__always)
  func putFourWords(_ text: Span<UInt8>, from start: Int) -> FourWords {
    precondition(start >= 0 && start <= text.count &- 32)
    return text.withUnsafeBytes { raw in
      let source = raw.baseAddress.unsafelyUnwrapped + start
      let first = source.loadUnaligned(as: TwoWords.self)
      let second = source.loadUnaligned(fromByteOffset: 16, as: TwoWords.self)
      at.storeBytes(of: first, as: TwoWords.self)
      at.storeBytes(of: second, toByteOffset: 16, as: TwoWords.self)
      return (first, second)
    }
  }

  /// The same of a longer part, or of one near the text's end, which makes the line odd.
  @usableFromInline @inline(never)
  static func putMany(
    _ text: Span<UInt8>, from start: Int, count: Int, unless one: UInt8, or other: UInt8,
    _ target: UnsafeMutableRawPointer
  ) -> UInt64 {
    let words = (count + 7) / 8
    if words * 8 > text.count - start { return all(0x80) }
    var odd: UInt64 = 0
    for place in stride(from: 0, to: count, by: 8) {
      // Sound: all words lie within the text, which was asked above.
      let word = text.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start + place, as: UInt64.self) }
      target.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
      let marked = marks((TwoWords(word, 0), .zero), count: min(8, count - place), one, other)
      odd |= marked[0]
    }
    return odd
  }

  // Whether a byte is odd is said by its highest bit. What a difference borrows comes from an odd byte and goes to those behind it:
  // none is marked before the first that is odd.

  @inlinable @inline(__always)
  static func marks(_ words: FourWords, count: Int, _ one: UInt8, _ other: UInt8) -> TwoWords {
    within((marks(words.0, one, other), marks(words.1, one, other)), count: count)
  }

  /// Which bytes are below 0x20, above 0x7E, or one of the two? These are ASCII, and of a byte beyond it they differ otherwise.
  @inlinable @inline(__always)
  static func marks(_ words: TwoWords, _ one: UInt8, _ other: UInt8) -> TwoWords {
    let words = littleEndian(words)
    let isOne = (words ^ each(one)) &- each(1)
    let isOther = (words ^ each(other)) &- each(1)
    return isOne | isOther | (words &- each(0x20)) | (words &+ each(1))
  }

  @inlinable @inline(__always)
  static func noDigits(_ words: TwoWords) -> TwoWords {
    let words = littleEndian(words)
    return ((words ^ each(0x30)) &+ each(0x76)) | words
  }

  /// The marks of the first bytes, so many of them.
  @inlinable @inline(__always)
  static func within(_ marks: FourWords, count: Int) -> TwoWords {
    // In each byte its place, and above it a bit from which nothing is borrowed: it stays where the place lies behind the count.
    let limit = TwoWords(repeating: UInt64(truncatingIfNeeded: count) &* all(1))
    let places = TwoWords(0x8786_8584_8382_8180, 0x8F8E_8D8C_8B8A_8988)
    return (marks.0 & ~(places &- limit)) | (marks.1 & ~(places &+ each(16) &- limit))
  }

  /// Is a byte marked?
  @inlinable @inline(__always)
  static func isAny(_ marks: TwoWords) -> Bool { (marks[0] | marks[1]) & all(0x80) != 0 }

  @inlinable @inline(__always)
  static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  @inlinable @inline(__always)
  static func each(_ byte: UInt8) -> TwoWords { TwoWords(repeating: all(byte)) }

  /// The first byte of each word is its lowest.
  @inlinable @inline(__always)
  static func littleEndian(_ words: TwoWords) -> TwoWords {
    TwoWords(words[0].littleEndian, words[1].littleEndian)
  }
}

extension GrowingBytes {
  /// Appends the line that is written; appends nothing, and says false, where it is odd.
  /// - Parameter bytes: no line is longer.
  @inlinable @inline(__always)
  public mutating func appendLine(upTo bytes: Int, _ write: (inout LineWriter) -> Void) -> Bool {
    precondition(bytes >= 0)
    if bytes > capacity &- filled &- LineWriter.slackBytes { makeRoom(for: bytes + LineWriter.slackBytes) }
    let start = base + filled
    var line = LineWriter(at: start, end: start + bytes)
    write(&line)
    let written = line.at - start
    // Of another's writer nobody could have got hold but by exchanging the two.
    precondition(written >= 0 && written <= bytes)
    if line.isOdd { return false }
    filled &+= written
    return true
  }
}
