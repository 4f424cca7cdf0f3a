/// The CSV reader against the oracle, on seeded random bytes, cut everywhere.
import Formats
import Orders
import Testing

@Suite struct CSVReaderOracleTests {
  private static let terms = ReadingTerms(kind: .cancellations, format: .csv, dialect: .comma)
  private static let header = Array("order_number,note,remarks\n".utf8)

  /// Lines that are nearly sound, or a soup of all that may go wrong.
  private static func randomBody(_ random: inout SeededRandom) -> [UInt8] {
    let pieces: [String] = [
      "a", "b1", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "\"x,y\"", "\"two\nlines\"",
      "\"q\"\"q\"",
      " ", "\t", "é", "नम", "O-1,n,r\n", "O-2,\"n,n\",r\r\n", "O-3,\"l\r\nl\",\n", "-", "NA", "'=1", "=\"7\"",
      "=", "\n\n",
    ]
    var body: [UInt8] = []
    let isHostile = Bool.random(using: &random)
    for _ in 0..<Int.random(in: 0...18, using: &random) {
      let piece = pieces.randomElement(using: &random)!
      body += Array((isHostile || piece.utf8.count > 4 ? piece : "O-4,n,r\n").utf8)
      if isHostile, Int.random(in: 0..<25, using: &random) == 0 { body.append(0) }
      if isHostile, Int.random(in: 0..<25, using: &random) == 0 { body.append(0xFF) }
    }
    return body
  }

  @Test(
    "A file means the same to the reader as to the obvious implementation",
    arguments: 0..<400 as Range<UInt64>)
  func agreesWithOracle(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let file = Self.header + Self.randomBody(&random)
    let oracle = CSVOracle(file, delimiter: 44, cellCount: 3, headerEnd: Self.header.count)
    let seen = try read(file, Self.terms)
    expectSame(seen, oracle, "seed \(seed): \(shown(file))")
  }

  @Test("A file that surely ends is never found incomplete")
  func surelyEnds() throws {
    var ended = 0
    for seed in 0..<400 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let body = Self.randomBody(&random)
      let unquoted = body.filter { $0 != 34 }
      for file in [
        body, Self.header + body, Self.header + unquoted, Self.header + unquoted + [10], unquoted + [10],
      ] {
        guard RowReader.surelyEnds(file.span, Self.terms) else { continue }
        ended += 1
        #expect(try !read(file, Self.terms).ending.hasSuffix("incomplete"), "seed \(seed): \(shown(file))")
      }
    }
    #expect(ended > 400)
    var terms = Self.terms
    terms.isWindows1252 = true
    let file = Self.header + [10]
    let isSure = RowReader.surelyEnds(file.span, terms)
    #expect(!isSure)
  }

  @Test("The random files meet every fault of syntax, and sound rows")
  func randomFilesMeetEveryFault() throws {
    var met: Set<String> = []
    for seed in 0..<400 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let seen = try read(Self.header + Self.randomBody(&random), Self.terms)
      met.insert(seen.ending == "end" ? "end" : String(seen.ending.prefix(4)) + " whole")
      for row in seen.rows { met.insert(String(row.faults.first?.prefix(4) ?? "sound")) }
    }
    let wanted: Set = ["W101", "W103", "W104", "W105", "W107", "W106 whole", "W103 whole", "end", "sound"]
    #expect(met.isSuperset(of: wanted), "\(met)")
  }

  @Test("Where a file is cut into pieces and chunks changes nothing", arguments: 0..<60 as Range<UInt64>)
  func cutsChangeNothing(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let file = Self.header + Self.randomBody(&random)
    let whole = try read(file, Self.terms)
    for chunk in [1, 2, 3, 5, 8, 13, 27, 28, 29, 40, 64] {
      for piece in [1, 3, 1000] {
        let cut = try read(file, Self.terms, piece: piece, chunk: chunk)
        expectSameReading(cut, whole, "seed \(seed), chunk \(chunk), piece \(piece): \(shown(file))")
      }
    }
  }

  @Test("A record over its bound costs itself, wherever the chunks end", arguments: 0..<60 as Range<UInt64>)
  func boundsDoNotDependOnChunks(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var terms = Self.terms
    terms.bounds.recordBytesMax = Int.random(in: 26...40, using: &random)
    terms.bounds.cellBytesMax = Int.random(in: 2...40, using: &random)
    let file =
      Self.header + Self.randomBody(&random)
      + Array("O-9,n,\(String(repeating: "x", count: 30))\nO-9,n,r\n".utf8)
    let whole = try read(file, terms)
    for chunk in [1, 2, 7, 26, 31, 50] {
      let cut = try read(file, terms, chunk: chunk)
      expectSameReading(cut, whole, "seed \(seed), chunk \(chunk): \(shown(file))")
    }
  }

  /// Rows handed out before a file turns out to be incomplete may differ in number; what stands may not.
  private func expectSameReading(_ cut: SeenFile, _ whole: SeenFile, _ what: String) {
    #expect(cut.ending == whole.ending, "\(what)")
    #expect(cut.layout == whole.layout, "\(what)")
    if whole.ending == "end" {
      #expect(cut.rows == whole.rows, "\(what)")
    }
  }

  func expectSame(_ seen: SeenFile, _ oracle: CSVOracle, _ what: String) {
    if oracle.ending != "end" {
      let expected = oracle.ending.split(separator: " ")
      #expect(
        seen.ending.hasPrefix(expected[0]) && seen.ending.hasSuffix("line \(expected[2]) incomplete"),
        "\(what)")
      return
    }
    #expect(seen.ending == "end", "\(what)")
    let records = seen.rows.map { row in
      CSVOracle.Record(
        line: Int(row.line), raw: row.raw, cells: row.record,
        code: row.faults.first { $0 < "W2" }.map { String($0.prefix(4)) })
    }
    #expect(records == oracle.records, "\(what)")
    for row in seen.rows where !row.faults.contains(where: { $0 < "W2" }) {
      let sent = row.record[0].trimmingBlanks
      let isAbsent = sent.isEmpty || Orders.isAbsent(Array(sent.utf8).span)
      #expect(row.cells[0] == (isAbsent ? nil : sent), "\(what)")
    }
  }
}

extension String {
  /// Without blanks at both ends; line ends are spelled out by `shown`.
  fileprivate var trimmingBlanks: String {
    var text = self[...]
    let blanks = [" ", "<9>", "<a>", "<d>"]
    while let blank = blanks.first(where: { text.hasPrefix($0) }) { text = text.dropFirst(blank.count) }
    while let blank = blanks.first(where: { text.hasSuffix($0) }) { text = text.dropLast(blank.count) }
    return String(text)
  }
}
