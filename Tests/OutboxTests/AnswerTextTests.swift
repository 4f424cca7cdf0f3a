import Files
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

  @Test("The digits of a line are those of the number, of every length")
  func digits() {
    var numbers: [UInt32] = Array(0...1205) + [.max, .max - 1, 100_000_000, 99_999_999, 1_000_000_000]
    var power: UInt32 = 1
    for _ in 0..<10 {
      numbers += [power - 1, power, power + 1, power &* 7]
      power = power &* 10
    }
    for number in numbers {
      var text = AnswerText()
      #expect(text.appendLine(upTo: 10) { $0.put(digits: number) })
      #expect(text.bytes == Array(String(number).utf8))
    }
  }
}
