import Testing

@testable import Outbox

@Suite("Code 128")
struct DocumentsCode128Tests {
  /// Worked out by hand: start, data, check symbol, stop.
  @Test(
    "Digits go in pairs, letters one by one, and the switch between comes where it saves most",
    arguments: [
      ("1234", [105, 12, 34, (105 + 12 + 2 * 34) % 103, 106]),
      ("A", [104, 33, (104 + 33) % 103, 106]),
      (
        "B32242001",
        [104, 34, 99, 32, 24, 20, 1, (104 + 34 + 2 * 99 + 3 * 32 + 4 * 24 + 5 * 20 + 6) % 103, 106]
      ),
      ("12A", [104, 17, 18, 33, (104 + 17 + 2 * 18 + 3 * 33) % 103, 106]),
    ])
  func spellings(text: String, values: [Int]) {
    #expect(Code128(Array(text.utf8))?.values.map(Int.init) == values)
  }

  @Test("No other spelling is shorter", arguments: [UInt64](1...4))
  func shortest(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<400 {
      let text = (0..<Int.random(in: 1...11, using: &numbers)).map { _ in
        Bool.random(using: &numbers) || Bool.random(using: &numbers)
          ? UInt8.random(in: 0x30...0x39, using: &numbers) : UInt8.random(in: 0x20...0x7E, using: &numbers)
      }
      let code = try #require(Code128(text))
      let fewest = min(Spelling.fewest(text[...], inC: false), Spelling.fewest(text[...], inC: true))
      #expect(code.values.count == fewest + 3, "seed \(seed), \(text)")
      #expect(Spelling.read(code.values) == text, "seed \(seed), \(text)")
    }
  }

  @Test("What the sets cannot say has no barcode", arguments: ["", "AWB\u{9}1", "AWB\u{7F}", "एक", "é"])
  func unsayable(text: String) { #expect(Code128(Array(text.utf8)) == nil) }

  @Test(
    "A symbol is 11 modules wide, begins with a bar and ends with a gap; the stop has 13 and ends with a bar")
  func geometry() throws {
    let code = try #require(Code128(Array("AB12".utf8)))
    #expect(code.widthModules == code.widths.reduce(0, +))
    #expect(code.widths.count == 6 * (code.values.count - 1) + 7)
    #expect(code.widths.allSatisfy { (1...4).contains($0) })
  }
}

/// The obvious way to spell and to read, at any cost.
private enum Spelling {
  /// The fewest symbols for the rest of a text, tried in every way there is.
  static func fewest(_ text: ArraySlice<UInt8>, inC: Bool, maySwitch: Bool = true) -> Int {
    if text.isEmpty { return 0 }
    var ways: [Int] = []
    if !inC {
      ways.append(1 + fewest(text.dropFirst(), inC: false))
    } else if text.count >= 2, text.prefix(2).allSatisfy({ (0x30...0x39).contains($0) }) {
      ways.append(1 + fewest(text.dropFirst(2), inC: true))
    }
    if maySwitch { ways.append(1 + fewest(text, inC: !inC, maySwitch: false)) }
    return ways.min() ?? 1000
  }

  /// The text of start, data, check symbol and stop; nil where the check symbol is wrong.
  static func read(_ values: [UInt8]) -> [UInt8]? {
    let data = values.dropFirst().dropLast(2)
    let sum = data.enumerated().reduce(Int(values[0])) { $0 + ($1.offset + 1) * Int($1.element) }
    guard values.last == 106, sum % 103 == Int(values[values.count - 2]) else { return nil }
    var inC = values[0] == 105
    var text: [UInt8] = []
    for value in data {
      switch (value, inC) {
      case (99, false), (100, true): inC.toggle()
      case (_, true): text += [value / 10 + 0x30, value % 10 + 0x30]
      case (_, false): text.append(value + 0x20)
      }
    }
    return text
  }
}
