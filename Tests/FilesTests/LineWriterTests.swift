import Testing

@testable import Files

@Suite("The line writer")
struct LineWriterTests {
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")

  /// The rule, byte by byte.
  private static func isOdd(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte > 0x7E || byte == quote || byte == comma
  }

  @Test("A line stands as its pieces are, or nothing of it where one byte is odd", arguments: UInt64(1)...8)
  func pieces(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var text = GrowingBytes()
    var expected: [UInt8] = []
    for _ in 0..<3000 {
      let source = (0..<Int.random(in: 0...200, using: &numbers)).map { _ in
        Int.random(in: 0..<100, using: &numbers) == 0
          ? UInt8.random(in: 0...255, using: &numbers)
          : UInt8.random(in: UInt8(ascii: "-")...UInt8(ascii: "z"), using: &numbers)
      }
      let start = Int.random(in: 0...source.count, using: &numbers)
      let count = Int.random(
        in: 0...min(Bool.random(using: &numbers) ? 200 : 24, source.count - start), using: &numbers)
      let part = source[start..<start + count]
      let isWritten = text.appendLine(upTo: count + 12) { line in
        line.put(digits: 4711)
        line.put(source.span, from: start, count: count, unless: Self.quote, or: Self.comma)
        line.put(ShortWord("end"))
        line.put(10)
      }
      let mayBe = !part.contains(where: Self.isOdd)
      let isNearEnd = start + max(32, (count + 15) / 16 * 16) > source.count
      #expect(isWritten ? mayBe : !mayBe || isNearEnd, "seed \(seed)")
      if isWritten { expected += Array("4711".utf8) + part + Array("end\n".utf8) }
    }
    #expect(text.bytes == expected, "seed \(seed)")
  }

  @Test(
    "Every byte at every place is judged for itself", arguments: [1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48])
  func places(count: Int) {
    for place in 0..<count + 4 {
      for byte in UInt8.min ... .max {
        var source = [UInt8](repeating: UInt8(ascii: "A"), count: count + 64)
        source[place] = byte
        var text = GrowingBytes()
        let isWritten = text.appendLine(upTo: count) {
          $0.put(source.span, from: 0, count: count, unless: Self.quote, or: Self.comma)
        }
        #expect(isWritten == (place >= count || !Self.isOdd(byte)), "byte \(byte) at \(place)")
        if count > 32 { continue }
        let front = Array(source[..<count])
        guard let word = ShortWord(front.span) else { continue }
        let isWordWritten = text.appendLine(upTo: count) { $0.put(word, unless: Self.quote, or: Self.comma) }
        #expect(isWordWritten == isWritten, "byte \(byte) at \(place)")
        source = source.map { $0 == byte ? $0 : UInt8(ascii: "7") }
        let areDigits = text.appendLine(upTo: count) { $0.put(digits: source.span, from: 0, count: count) }
        #expect(areDigits == !source[..<count].contains { $0 &- 48 > 9 }, "byte \(byte) at \(place)")
      }
    }
  }

  @Test("A text and the digits behind it are written one behind the other", arguments: UInt64(1)...4)
  func words(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var plainCount = 0
    for turn in 0..<2000 {
      let isAny = turn % 4 == 0
      let before = (0..<Int.random(in: 0...ShortWord.bytesMax, using: &numbers)).map { _ in
        isAny ? UInt8.random(in: 0...255, using: &numbers) : UInt8.random(in: 58...91, using: &numbers)
      }
      let digits = (0..<Int.random(in: 0...KeyDigits.countMax, using: &numbers)).map { _ in
        UInt8.random(in: 48...57, using: &numbers)
      }
      let number = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 48) }
      let key = KeyDigits(word: UInt64(digits.count) << 50 | number, end: 0)
      guard let text = ShortWord(before.span) else {
        Issue.record("a text of at most 32 bytes is a word")
        continue
      }
      let word = NumberedWord(NumberedWord(text), key)
      #expect(word.isEmpty == (before + digits).isEmpty)
      let isPlain = !before.contains { $0 < 32 || $0 > 126 || $0 == Self.quote || $0 == UInt8(ascii: "\\") }
      plainCount += isPlain ? 1 : 0
      var room = GrowingBytes()
      #expect(room.appendLine(upTo: NumberedWord.bytesMax) { $0.put(plain: word) } == isPlain)
      #expect(room.bytes == (isPlain ? before + digits : []), "seed \(seed)")
    }
    #expect(plainCount > 1000)
  }
}
