// Where keys are split, against the obvious way of counting digits.

import Testing

@testable import Files

@Suite("The digits of a key")
struct KeyDigitsTests {
  @Test(
    "A key is split at the digits at its end, or at its longest run",
    arguments: [
      ("4711", 4711, 4, 4), ("FK-OD000080001", 80001, 9, 14), ("12-3456-1", 3456, 4, 7), ("OD12", 12, 2, 4),
      ("12B34", 34, 2, 5), ("", 0, 0, 0), ("none", 0, 0, 4),
      ("1234567890123456", 234_567_890_123_456, 15, 16),
      ("A123456789012345678", 456_789_012_345_678, 15, 19), ("00000000", 0, 8, 8), ("000000001", 1, 9, 9),
    ] as [(String, UInt64, Int, Int)])
  func split(key: String, value: UInt64, count: Int, end: Int) {
    let digits = KeyDigits(Array(key.utf8).span)
    #expect(digits.value == value && digits.count == count && digits.end == end)
  }

  @Test(
    "Random keys are split as the obvious way splits them, and put together again", arguments: UInt64(1)...20)
  func random(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<500 {
      let key = (0..<Int.random(in: 0...24, using: &numbers)).map { _ in
        Bool.random(using: &numbers) || Bool.random(using: &numbers)
          ? UInt8.random(in: 48...57, using: &numbers) : UInt8.random(in: 0 ... .max, using: &numbers)
      }
      let digits = KeyDigits(key.span)
      let range = Self.obvious(key)
      #expect(digits.start..<digits.end == range, "seed \(seed), \(key)")
      #expect(digits.value == key[range].reduce(0) { $0 * 10 + UInt64($1 - 48) }, "seed \(seed), \(key)")
      var text = Array(key[..<range.lowerBound])
      KeyDigits(word: digits.word, end: 0).append(to: &text)
      #expect(text[...] == key[..<range.upperBound], "seed \(seed), \(key)")
    }
  }

  @Test(
    "Digits at the end of a key are the same, read where it lies among other bytes", arguments: UInt64(1)...20
  )
  func whereItLies(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...60, using: &numbers)).map { _ in
        Int.random(in: 0..<6, using: &numbers) > 0
          ? UInt8.random(in: 48...57, using: &numbers) : UInt8.random(in: 0 ... .max, using: &numbers)
      }
      let place = Int.random(in: 0...bytes.count, using: &numbers)
      let count = Int.random(in: 0...bytes.count - place, using: &numbers)
      let key = Array(bytes[place..<place + count])
      bytes.span.walkFields(from: 0, to: bytes.count) { walk in
        let expected = KeyDigits(key.span)
        let isAtEnd = expected.end == count && expected.count >= 4 && place + count >= 16
        let found = walk.digitsAtEnd(ofTextAt: place, count: count)
        #expect(found == (isAtEnd ? expected : .none), "seed \(seed), \(key)")
        let words = walk.words(ofTextAt: place, count: count)
        #expect((words != nil) == (count <= 15 && bytes.count - place >= 16))
        guard let words else { return }
        let spelled = (0..<16).map {
          UInt8(truncatingIfNeeded: ($0 < 8 ? words.low : words.high) >> UInt64($0 % 8 * 8))
        }
        #expect(spelled == key + [UInt8](repeating: 0, count: 16 - count), "seed \(seed), \(key)")
      }
    }
  }

  private static func obvious(_ key: [UInt8]) -> Range<Int> {
    func run(endingAt end: Int) -> Range<Int> {
      var start = end
      while start > 0, (48...57).contains(key[start - 1]) { start -= 1 }
      return max(start, end - 15)..<end
    }
    let last = run(endingAt: key.count)
    if last.count >= 4 { return last }
    var best = key.count..<key.count
    for end in 0...key.count where run(endingAt: end).count >= max(1, best.count) {
      if end < key.count, (48...57).contains(key[end]) { continue }
      best = run(endingAt: end)
    }
    return best
  }
}
