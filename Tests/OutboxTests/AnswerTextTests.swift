import Testing

@testable import Outbox

@Suite("Answer text")
struct AnswerTextTests {
  @Test("Pieces of any size stand one behind the other", arguments: [UInt64](1...4))
  func pieces(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var text = AnswerText()
    var expected: [UInt8] = []
    for turn in 0..<2000 {
      let piece = (0..<Int.random(in: 0...(turn % 100 == 0 ? 20_000 : 30), using: &numbers)).map { _ in
        UInt8.random(in: 0...255, using: &numbers)
      }
      text.append(piece)
      text.append(7)
      expected += piece + [7]
      if turn % 50 == 49 {
        let count = Int.random(in: 0...expected.count, using: &numbers)
        text.truncate(to: count)
        expected.removeSubrange(count...)
      }
    }
    #expect(text.bytes == expected, "seed \(seed)")
    #expect(text.count == expected.count)
  }

  @Test("Digits that count on are those of the number, through every carry and every jump")
  func counting() {
    var digits = CountingDigits()
    let numbers: [UInt32] =
      Array(1...1205) + [1205, 98, 99, 100, 101, 7, 9_999, 10_000, 0, 1, .max - 1, .max, 0, 5]
    for number in numbers {
      var text = AnswerText()
      digits.append(number, to: &text)
      #expect(text.bytes == Array(String(number).utf8))
    }
  }
}
