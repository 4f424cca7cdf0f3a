/// The digits that tell a key from its like, and what is left of it.
///
/// Order numbers, invoices and AWBs mostly end in a number: `FK-OD000080001` is `FK-OD` and nine digits. A key that ends in four
/// digits or more is split there, any other at its longest run of digits, the last of equals; of more than fifteen the last
/// fifteen count. The split follows from the text alone.
public struct KeyDigits: Equatable, Sendable, BitwiseCopyable {
  /// The digits as a number.
  public let value: UInt64
  // Of four bytes each: steps of a replay carry these by the million.
  @usableFromInline let countStored: UInt32
  @usableFromInline let endStored: UInt32

  /// How many there are, zeros in front included.
  @inlinable public var count: Int { Int(countStored) }
  /// Where they end in the key.
  @inlinable public var end: Int { Int(endStored) }

  @inlinable public static var countMax: Int { 15 }
  @usableFromInline static var countAtEndMin: Int { 4 }

  @inlinable
  public var start: Int { end - count }

  /// Count and value as one number of 54 bits.
  @inlinable
  public var word: UInt64 { UInt64(count) << 50 | value }

  /// No digits, as of a text that nobody took apart.
  @inlinable @inline(__always)
  public static var none: KeyDigits { KeyDigits(value: 0, count: 0, end: 0) }

  @inlinable
  public init(word: UInt64, end: Int) {
    value = word & (1 << 50 - 1)
    countStored = UInt32(truncatingIfNeeded: word >> 50 & 15)
    endStored = UInt32(truncatingIfNeeded: end)
  }

  @usableFromInline @inline(__always)
  init(value: UInt64, count: Int, end: Int) {
    self.value = value
    countStored = UInt32(truncatingIfNeeded: count)
    endStored = UInt32(truncatingIfNeeded: end)
  }

  @inlinable
  public init(_ key: Span<UInt8>) {
    let (value, count) = key.withUnsafeBytes { Self.atEnd($0) }
    if count >= Self.countAtEndMin {
      self.init(value: value, count: count, end: key.count)
    } else {
      self = Self.longest(key)
    }
  }

  /// The digits at the end, eight bytes at a time.
  @inlinable @inline(__always)
  static func atEnd(_ key: UnsafeRawBufferPointer) -> (value: UInt64, count: Int) {
    // Sound: both loads lie within the buffer, whose count is checked before them.
    if key.count < 8 {
      var word: UInt64 = 0
      for place in 0..<key.count { word |= UInt64(key[place]) << UInt64(8 * (8 - key.count + place)) }
      return digits(word)
    }
    let last = digits(
      UInt64(littleEndian: key.loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self)))
    if last.count < 8 || key.count == 8 { return last }
    var word: UInt64
    if key.count >= 16 {
      word = UInt64(littleEndian: key.loadUnaligned(fromByteOffset: key.count - 16, as: UInt64.self))
    } else {
      // What lies before the key counts as no digit.
      word = UInt64(littleEndian: key.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
      word <<= UInt64(8 * (16 - key.count))
    }
    // Of eight further ones the first is left out.
    let before = digits(word & ~0xFF)
    return (before.value &* 100_000_000 &+ last.value, before.count + 8)
  }

  /// The digits at the end of eight bytes, the last of which is the highest of the word.
  @inlinable @inline(__always)
  static func digits(_ text: UInt64) -> (value: UInt64, count: Int) {
    let count = others(text).leadingZeroBitCount / 8
    // What stands before the digits counts as zeros.
    return count == 0 ? (0, 0) : (number(text, keeping: .max << UInt64(64 - 8 * count)), count)
  }

  /// The highest bit of each of eight bytes that is no digit.
  @inlinable @inline(__always)
  static func others(_ text: UInt64) -> UInt64 {
    let bytes = text ^ 0x3030_3030_3030_3030
    return ((bytes & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676 | bytes) & 0x8080_8080_8080_8080
  }

  /// What eight digits come to, those that are not kept being zeros.
  @inlinable @inline(__always)
  static func number(_ text: UInt64, keeping: UInt64) -> UInt64 {
    // Pairs of digits, then pairs of those, then of those.
    var value = (text ^ 0x3030_3030_3030_3030) & keeping
    value = (value &* 2561) >> 8
    value = ((value & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return ((value & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
  }

  /// The digits at the end of a key that ends in four or more; none of any other.
  ///
  /// - Parameters:
  ///   - before: the first eight of the sixteen bytes that end with the key, whatever they are where it is shorter.
  ///   - last: the other eight; in both the last byte is the highest.
  @inlinable @inline(__always)
  init(atEndOf before: UInt64, _ last: UInt64, keyBytes: Int) {
    let others = KeyDigits.others(last)
    // Of the first eight the first is left out: fifteen count.
    let further = (KeyDigits.others(before) | 0x80).leadingZeroBitCount
    let run = (others == 0 ? 64 &+ further : others.leadingZeroBitCount) &>> 3
    let count = min(run, keyBytes)
    if count < KeyDigits.countAtEndMin {
      self = .none
    } else if count <= 8 {
      let kept = UInt64.max &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)
      self.init(value: KeyDigits.number(last, keeping: kept), count: count, end: keyBytes)
    } else {
      let kept = UInt64.max &<< UInt64(truncatingIfNeeded: 128 &- 8 &* count)
      let value = KeyDigits.number(before, keeping: kept) &* 100_000_000
      self.init(value: value &+ KeyDigits.number(last, keeping: .max), count: count, end: keyBytes)
    }
  }

  @usableFromInline
  static func longest(_ key: Span<UInt8>) -> KeyDigits {
    var (best, bestEnd, run) = (0, key.count, 0)
    for place in key.indices {
      run = key[place] &- UInt8(ascii: "0") < 10 ? run + 1 : 0
      if run > 0 && run >= best { (best, bestEnd) = (run, place + 1) }
    }
    best = min(best, countMax)
    var value: UInt64 = 0
    for place in bestEnd - best..<bestEnd { value = value * 10 + UInt64(key[place] - UInt8(ascii: "0")) }
    return KeyDigits(value: value, count: best, end: bestEnd)
  }

  /// Writes the digits from a place on.
  public func write(to text: inout InlineArray<64, UInt8>, at start: Int) {
    var rest = value
    var place = start + count
    while place > start {
      place -= 1
      let tens = rest / 10
      text[place] = UInt8(truncatingIfNeeded: 0x30 + rest - tens * 10)
      rest = tens
    }
  }

  /// Appends the digits.
  public func append(to text: inout [UInt8]) {
    var rest = value
    let start = text.count
    text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
    for place in (start..<start + count).reversed() where rest > 0 {
      text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}
