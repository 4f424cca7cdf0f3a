// Numbered words are texts that end in a number: what nearly all keys of papers are.

/// A text of a few bytes and the digits behind it, if there are any.
///
/// Whoever writes a key into a line writes the one and then the other: that is less than putting both together beforehand. Whether
/// the text may stand between quotes as it is, was asked when it was made, once for thousands of keys that begin with it.
public struct NumberedWord: Sendable, BitwiseCopyable {
  @usableFromInline let text: ShortWord
  @usableFromInline let digits: UInt64
  @usableFromInline let digitCount: UInt32
  /// Nothing in the text must be escaped, in JSON or anywhere.
  @usableFromInline let isPlain: Bool

  @inlinable public static var none: NumberedWord { NumberedWord(text: .none, isPlain: true) }

  /// No longer than this, its digits included.
  @inlinable public static var bytesMax: Int { ShortWord.bytesMax + KeyDigits.countMax }

  @inlinable public var isEmpty: Bool { text.count == 0 && digitCount == 0 }

  @inlinable @inline(__always)
  init(text: ShortWord, isPlain: Bool) {
    self.text = text
    self.isPlain = isPlain
    digits = 0
    digitCount = 0
  }

  /// A text without digits behind it, or one whose digits are not told apart.
  @inlinable
  public init(_ text: ShortWord) { self.init(text: text, isPlain: text.isPlain) }

  /// The text of another, and other digits behind it.
  @inlinable @inline(__always)
  public init(_ other: NumberedWord, _ digits: KeyDigits) {
    text = other.text
    isPlain = other.isPlain
    self.digits = digits.value
    digitCount = UInt32(truncatingIfNeeded: digits.count)
  }
}

extension ShortWord {
  /// Is nothing in it a control byte, beyond ASCII, a quote or a backslash?
  @inlinable
  public var isPlain: Bool {
    !LineWriter.isAny(
      LineWriter.marks((first, second), count: count, UInt8(ascii: "\""), UInt8(ascii: "\\")))
  }
}

extension LineWriter {
  /// Puts a text and its digits; one that must be escaped makes the line odd.
  @inlinable @inline(__always)
  public mutating func put(plain word: borrowing NumberedWord) {
    put(word.text)
    if !word.isPlain { giveUp() }
    let count = Int(word.digitCount)
    if count == 0 { return }
    precondition(count <= KeyDigits.countMax && count <= end - at)
    // All sixteen are stored; those that count stand in front, and the others lie where the next piece comes.
    let number = SixteenDigits.text(word.digits) &>> UInt128(truncatingIfNeeded: 128 &- 8 &* count)
    at.storeBytes(of: UInt64(truncatingIfNeeded: number).littleEndian, as: UInt64.self)
    at.storeBytes(
      of: UInt64(truncatingIfNeeded: number &>> 64).littleEndian, toByteOffset: 8, as: UInt64.self)
    at += count
  }
}
