/// Files whose records look like each other, as real ones do, against the oracles: what is read on the straight path is what the
/// obvious implementation reads, and so is what leaves it.
import Orders
import Testing

@testable import Formats

@Suite struct AlikeRecordsTests {
  // MARK: JSON

  /// Records of one shape: keys in one order with the same blanks, values of every sort.
  private struct Shape {
    var random: SeededRandom
    var keys: [String] = []
    var blanks: [String] = []
    let isLines: Bool

    init(seed: UInt64, isLines: Bool) {
      random = SeededRandom(seed: seed)
      self.isLines = isLines
      let others = [
        "x", "a key that is longer than two blocks of sixteen bytes", "customer", "नाम", "y", "quantity", "z",
      ]
      keys =
        ["invoice_id", "document"]
        + others.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random))
      keys.shuffle(using: &random)
      blanks = (0..<12).map { _ in
        (isLines ? ["", " ", "\t"] : ["", " ", "\n", "\r\n  "]).randomElement(using: &random)!
      }
    }

    mutating func value() -> String {
      [
        "\"INV-50000017\"", "\"label\"", "\"\"",
        "\"a value that fills more than one block of sixteen, and more than two\"",
        "\"sixteen bytes ..\"", "\"रमेश कुमार\"", "\"caf\\u00e9 \\\"x\\\" \\n\"", "\"\\ud83d\\ude00\"", "\"NA\"",
        "\" padded \"", "null",
        "12", "-1.5e3", "true", "{\"name\": \"a\", \"n\": [1, {\"b\": \"}\"}]}", "[1, 2]", "{}", "\"0012\"",
      ].randomElement(using: &random)!
    }

    mutating func record() -> String {
      var text = "{" + blanks[0]
      for (ordinal, key) in keys.enumerated() {
        if ordinal > 0 { text += "," + blanks[ordinal % 12] }
        // Strings mostly: so the shape is learned, and now and then another value stands in it.
        let value =
          Int.random(in: 0..<3, using: &random) == 0
          ? value() : "\"V\(Int.random(in: 0..<100_000, using: &random))\""
        let isNested = key == "customer"
        text += "\"\(key)\"" + blanks[(ordinal + 3) % 12] + ":" + blanks[(ordinal + 5) % 12]
        text += isNested ? "{\"name\":\(value), \"pin\": \"390001\"}" : value
        text += blanks[(ordinal + 7) % 12]
      }
      return text + "}"
    }

    mutating func file() -> [UInt8] {
      var text = isLines ? "" : "[" + blanks[1]
      for ordinal in 0..<Int.random(in: 4...30, using: &random) {
        if Int.random(in: 0..<12, using: &random) == 0 { keys.swapAt(0, keys.count - 1) }
        if !isLines && ordinal > 0 { text += blanks[2] + "," + blanks[3] }
        text += record()
        if isLines { text += ["\n", "\n", "\n", "\r\n", "\n\n", " \n"].randomElement(using: &random)! }
      }
      text += isLines ? "" : "]\n"
      return spoilt(Array(text.utf8), &random)
    }
  }

  /// Some bytes changed, dropped or put in between; often none. In a table no NUL: within a cut sequence the oracle names it first.
  private static func spoilt(
    _ bytes: [UInt8], _ random: inout SeededRandom, isTable: Bool = false
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<[0, 0, 1, 1, 2, 4].randomElement(using: &random)! where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let byte: UInt8 = [
        isTable ? 1 : 0, 9, 10, 13, 32, 34, 44, 58, 92, 125, 0x80, 0xC3, 0xFF, UInt8(ascii: "a"),
      ].randomElement(
        using: &random)!
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = byte
      case 1: bytes.remove(at: place)
      default: bytes.insert(byte, at: place)
      }
    }
    return bytes
  }

  @Test(
    "Objects of one shape are read as the obvious implementation reads them", arguments: [false, true],
    0..<800 as Range<UInt64>)
  func objectsAgreeWithOracle(isLines: Bool, seed: UInt64) throws {
    var shape = Shape(seed: seed, isLines: isLines)
    let file = shape.file()
    let terms = ReadingTerms(kind: .documents, format: isLines ? .jsonLines : .json)
    try expectSameAsOracle(file, terms, "seed \(seed): \(shown(file))")
  }

  @Test(
    "Objects of one shape are the same rows wherever the chunks end", arguments: [false, true],
    0..<120 as Range<UInt64>)
  func objectsDoNotDependOnChunks(isLines: Bool, seed: UInt64) throws {
    var shape = Shape(seed: seed, isLines: isLines)
    let file = shape.file()
    var terms = ReadingTerms(kind: .documents, format: isLines ? .jsonLines : .json)
    if seed % 3 == 0 { terms.bounds.recordBytesMax = 150 }
    if seed % 3 == 1 { terms.bounds.cellBytesMax = 40 }
    let whole = try read(file, terms)
    for chunk in [40, 300, 1000] {
      let cut = try read(file, terms, chunk: chunk)
      #expect(cut.ending == whole.ending, "seed \(seed), chunk \(chunk): \(shown(file))")
      if whole.ending == "end" { #expect(cut == whole, "seed \(seed), chunk \(chunk): \(shown(file))") }
    }
  }

  @Test("Orders with lines are the same rows wherever the chunks end", arguments: 0..<200 as Range<UInt64>)
  func ordersDoNotDependOnChunks(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var text = "[\n"
    for order in 0..<Int.random(in: 3...25, using: &random) {
      var lines: [String] = []
      for line in 0..<Int.random(in: 1...3, using: &random) {
        let quantity = ["1", "\"2\"", "0", "\"two\"", "null"][
          min(Int.random(in: 0..<24, using: &random), 4) % 5]
        lines.append(
          "{\"suborder_id\": \"S\(order)-\(line)\", \"sku\": \"T\\u0045A\", \"qty\": \(quantity), \"price\": \"9.50\"}"
        )
      }
      let date = Int.random(in: 0..<9, using: &random) == 0 ? "2026-02-30 10:00:00" : "2026-11-20 10:00:00"
      text += order > 0 ? ",\n" : ""
      text += "{\"order_number\": \"OD-\(order)\", \"location_key\": \"WH1\", \"order_date\": \"\(date)\", "
      text += "\"customer\": {\"name\": \"ப\"}, \"suborders\": [\(lines.joined(separator: ", "))]}"
    }
    let file = Self.spoilt(Array((text + "\n]\n").utf8), &random)
    let terms = ReadingTerms(kind: .orders, format: .json)
    let whole = try read(file, terms)
    for chunk in [32, 200, 900] {
      let cut = try read(file, terms, chunk: chunk)
      #expect(cut.ending == whole.ending, "seed \(seed), chunk \(chunk): \(shown(file))")
      if whole.ending == "end" { #expect(cut == whole, "seed \(seed), chunk \(chunk): \(shown(file))") }
    }
  }

  // MARK: CSV

  private static let header = Array("order_number,note,remarks\n".utf8)

  private static func table(_ seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    let cells = [
      "a", "OD-1", "", "plain text that is longer than sixteen bytes", "\"quoted\"", "\"with, comma\"",
      "\"two\nlines\"",
      "\"said \"\"so\"\"\"", "\"\"", "\"\"\"\"", "\"\r\n\"", "é", "नमस्ते", "NA", " x ", "stray\"quote",
      "\"open",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 3...40, using: &random) {
      let isOdd = Int.random(in: 0..<4, using: &random) == 0
      let count = isOdd ? Int.random(in: 2...4, using: &random) : 3
      let row = (0..<count).map { _ in
        cells[Int.random(in: 0..<(isOdd ? cells.count : cells.count - 3), using: &random)]
      }
      text += row.joined(separator: ",")
      text += ["\n", "\n", "\n", "\r\n", "\n\n", "\r"][Int.random(in: 0..<(isOdd ? 6 : 4), using: &random)]
    }
    return header + spoilt(Array(text.utf8), &random, isTable: true)
  }

  @Test(
    "Lines of one width are cut as the obvious implementation cuts them", arguments: 0..<800 as Range<UInt64>)
  func linesAgreeWithOracle(seed: UInt64) throws {
    let file = Self.table(seed)
    let oracle = CSVOracle(file, delimiter: 44, cellCount: 3, headerEnd: Self.header.count)
    let seen = try read(file, ReadingTerms(kind: .cancellations, format: .csv, dialect: .comma))
    CSVReaderOracleTests().expectSame(seen, oracle, "seed \(seed): \(shown(file))")
  }

  @Test("Lines of one width are the same rows wherever the chunks end", arguments: 0..<120 as Range<UInt64>)
  func linesDoNotDependOnChunks(seed: UInt64) throws {
    let file = Self.table(seed)
    var terms = ReadingTerms(kind: .cancellations, format: .csv, dialect: .comma)
    if seed % 3 == 0 { terms.bounds.recordBytesMax = 60 }
    if seed % 3 == 1 { terms.bounds.cellBytesMax = 12 }
    let whole = try read(file, terms)
    for chunk in [30, 100, 400] {
      let cut = try read(file, terms, chunk: chunk)
      #expect(cut.ending == whole.ending, "seed \(seed), chunk \(chunk): \(shown(file))")
      if whole.ending == "end" {
        #expect(cut.rows == whole.rows, "seed \(seed), chunk \(chunk): \(shown(file))")
      }
    }
  }
}
