/// Texts of fifteen bytes at most that come again and again, each with a number: what stands before the digits of keys, and names.
///
/// Two words are compared instead of bytes: a page has thousands of them, and mostly the same few.
struct ShortTexts: Sendable {
  /// Each at the place that its words give it, or behind that at the first that was free.
  private var entries = InlineArray<32, Entry>(repeating: Entry())
  private var count: UInt32 = 0

  private struct Entry: Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var length: UInt32 = 0
    var number = ShortTexts.unknown
  }

  static let unknown = UInt32.max
  /// Some places are left free: a search ends there.
  private static let countMax: UInt32 = 24

  /// Where a text is looked for first.
  @inline(__always)
  private static func place(of words: (low: UInt64, high: UInt64)) -> Int {
    Int(truncatingIfNeeded: ((words.low ^ words.high) &* 0x9E37_79B9_7F4A_7C15) &>> 59)
  }

  // What only looks is `mutating` as well: it is lent where it lies, and a copy of a kibibyte is not made for each look.

  /// The number of a text, as `FieldWalk.words` has it; `unknown`: it was not met before.
  @inline(__always)
  mutating func number(of words: (low: UInt64, high: UInt64), length: Int) -> UInt32 {
    let place = Self.place(of: words)
    if entries[place].low == words.low, entries[place].high == words.high,
      entries[place].length == UInt32(truncatingIfNeeded: length)
    {
      return entries[place].number
    }
    return number(of: words, length, from: place)
  }

  @inline(never)
  private mutating func number(of words: (low: UInt64, high: UInt64), _ length: Int, from start: Int)
    -> UInt32
  {
    entries[place(of: words, length, from: start)].number
  }

  /// Where the text stands, or would stand.
  private mutating func place(of words: (low: UInt64, high: UInt64), _ length: Int, from start: Int) -> Int {
    var place = start
    while entries[place].number != Self.unknown {
      if entries[place].low == words.low, entries[place].high == words.high,
        entries[place].length == UInt32(truncatingIfNeeded: length)
      {
        break
      }
      place = (place &+ 1) & 31
    }
    return place
  }

  /// Takes up a text that was not met before, as far as there is room.
  mutating func learn(_ words: (low: UInt64, high: UInt64), length: Int, _ number: UInt32) {
    if count == Self.countMax { return }
    count += 1
    let place = place(of: words, length, from: Self.place(of: words))
    entries[place] = Entry(
      low: words.low, high: words.high, length: UInt32(truncatingIfNeeded: length), number: number)
  }
}
