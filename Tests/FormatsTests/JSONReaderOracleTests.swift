/// The JSON reader against the oracle, on seeded random documents, sound and spoilt, cut everywhere.
import Formats
import Orders
import Testing

@Suite struct JSONReaderOracleTests {
  private static func terms(isLines: Bool) -> ReadingTerms {
    ReadingTerms(kind: .documents, format: isLines ? .jsonLines : .json)
  }

  private struct Author {
    var random: SeededRandom
    /// Line feeds between tokens; none within a line of JSON Lines.
    var breaksLines: Bool

    mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random)! }
    mutating func blank() -> String {
      pick(breaksLines ? ["", "", " ", "\n", "\r\n  "] : ["", "", " ", "\t"])
    }

    mutating func string() -> String {
      pick([
        "\"INV-1\"", "\"label\"", "\"\"", "\" NA \"", "\"a\\\"b\\\\\"", "\"\\u0041\\u00e9\"", "\"नमस्ते\"",
        "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00x\"", "\"\\u0000\"", "\"\\n\\t\\/\"", "\"\\x\"",
        "\"\\u12\"",
        "\"a long value that fills more than one block of sixteen\"", "\"quote at sixte\\\"n\"",
      ])
    }

    mutating func value(_ depth: Int) -> String {
      let kind = Int.random(in: 0..<12, using: &random)
      switch kind {
      case 0: return pick(["0", "-0", "12", "1.5", "1e5", "-1.25E+10", "01", "1.", "-", ".5", "1e"])
      case 1: return pick(["true", "false", "null", "nul", "True"])
      case 2 where depth < 4: return object(depth + 1)
      case 3 where depth < 4: return array(depth + 1)
      default: return string()
      }
    }

    mutating func object(_ depth: Int) -> String {
      let keys = [
        "\"invoice_id\"", "\"InvoiceID\"", "\"document\"", "\"x\"", "\"a longer key than most of them are\"",
        "\"invoice\\u005fid\"", "\"data\"", "\"y\"", "\"_error\"",
      ]
      var text = "{" + blank()
      for member in 0..<Int.random(in: 0...4, using: &random) {
        if member > 0 { text += "," + blank() }
        let key = depth == 1 && member < 2 ? ["\"invoice_id\"", "\"document\""][member] : pick(keys)
        text += key + blank() + ":" + blank() + value(depth) + blank()
      }
      return text + "}"
    }

    mutating func array(_ depth: Int) -> String {
      var text = "[" + blank()
      for element in 0..<Int.random(in: 0...4, using: &random) {
        if element > 0 { text += "," + blank() }
        text += (depth == 0 ? record() : value(depth)) + blank()
      }
      return text + "]"
    }

    mutating func record() -> String {
      Int.random(in: 0..<15, using: &random) == 0 ? value(1) : object(1)
    }

    mutating func file(isLines: Bool) -> [UInt8] {
      var text = ""
      if isLines {
        for _ in 0..<Int.random(in: 0...6, using: &random) {
          text += blank() + record() + blank() + pick(["\n", "\n", "\r\n", "\n\n"])
        }
        if Int.random(in: 0..<4, using: &random) == 0 { text += record() }
      } else {
        let records = array(0)
        let word = pick(["\"orders\"", "\"shipments\"", "\"Scans\"", "\"data\"", "\"rows\""])
        text = pick([
          records, records, object(1), string(), "{\"code\":200,\(word):\(records),\"next\":null}",
          "{\"data\":{\"n\":1,\(word):\(records)},\"message\":\"OK\"}",
          "{\(word):\(records),\"orders\":\(records)}",
          "{\"data\":{\"x\":[1]},\"scans\":\(records)}", "{\"invoice_id\":\"I\",\(word):\(records)}",
        ])
        text = blank() + text + blank()
      }
      var bytes = Array(text.utf8)
      let spoils = Int.random(in: 0..<8, using: &random)
      if !bytes.isEmpty, spoils < 4 {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch spoils {
        case 0: bytes[place] = [0, 10, 34, 44, 92, 0xFF, 0xC3, 125].randomElement(using: &random)!
        case 1: bytes.remove(at: place)
        case 2: bytes.removeSubrange(place...)
        default: bytes.insert([0, 10, 34, 44, 93, 32, 0xE0].randomElement(using: &random)!, at: place)
        }
      }
      return bytes
    }
  }

  private static func randomFile(_ seed: UInt64, isLines: Bool) -> [UInt8] {
    var author = Author(random: SeededRandom(seed: seed), breaksLines: !isLines)
    return author.file(isLines: isLines)
  }

  @Test(
    "A file means the same to the reader as to the obvious implementation", arguments: [false, true],
    0..<600 as Range<UInt64>)
  func agreesWithOracle(isLines: Bool, seed: UInt64) throws {
    let file = Self.randomFile(seed, isLines: isLines)
    try expectSameAsOracle(file, Self.terms(isLines: isLines), "seed \(seed): \(shown(file))")
  }

  @Test("Lines that surely end are never found incomplete", arguments: 0..<20 as Range<UInt64>)
  func surelyEnds(tens: UInt64) throws {
    var ended = 0
    for seed in tens * 30..<(tens + 1) * 30 {
      for text in [Self.randomFile(seed, isLines: true), Self.randomFile(seed, isLines: true) + [10]] {
        for file in [text, [0xEF, 0xBB, 0xBF] + text, [0xFF, 0xFE] + text, [0xFE, 0xFF] + text] {
          guard RowReader.surelyEnds(file.span, Self.terms(isLines: true)) else { continue }
          ended += 1
          let seen = try read(file, Self.terms(isLines: true))
          #expect(!seen.ending.hasSuffix("incomplete"), "seed \(seed): \(shown(file))")
        }
      }
    }
    #expect(ended > 30)
    let document = Array("[]\n".utf8)
    let isSure = RowReader.surelyEnds(document.span, Self.terms(isLines: false))
    #expect(!isSure, "a document has its own end")
  }

  @Test("The random files meet every fault of syntax, and sound rows")
  func randomFilesMeetEveryFault() throws {
    var met: Set<String> = []
    for seed in 0..<600 as Range<UInt64> {
      for isLines in [false, true] {
        let seen = try read(Self.randomFile(seed, isLines: isLines), Self.terms(isLines: isLines))
        met.insert(seen.ending == "end" ? "end" : String(seen.ending.prefix(4)) + " whole")
        for row in seen.rows { met.insert(String(row.faults.first?.prefix(4) ?? "sound")) }
      }
    }
    let wanted: Set = [
      "W101", "W102", "W107", "W110", "W111", "W155", "W207", "W102 whole", "W106 whole", "W151 whole",
      "W154 whole",
      "end", "sound",
    ]
    #expect(met.isSuperset(of: wanted), "\(met)")
  }

  @Test(
    "Where a file is cut into pieces and chunks changes nothing", arguments: [false, true],
    0..<100 as Range<UInt64>)
  func cutsChangeNothing(isLines: Bool, seed: UInt64) throws {
    let file = Self.randomFile(seed, isLines: isLines)
    let whole = try read(file, Self.terms(isLines: isLines))
    for chunk in [1, 2, 3, 7, 16, 31, 64, 100] {
      for piece in [1, 5, 1000] {
        let cut = try read(file, Self.terms(isLines: isLines), piece: piece, chunk: chunk)
        let what = "seed \(seed), chunk \(chunk), piece \(piece): \(shown(file))"
        #expect(cut.ending == whole.ending, "\(what)")
        if whole.ending == "end" { #expect(cut == whole, "\(what)") }
      }
    }
  }

  @Test(
    "A record over its bound costs the same, wherever the chunks end", arguments: [false, true],
    0..<60 as Range<UInt64>)
  func boundsDoNotDependOnChunks(isLines: Bool, seed: UInt64) throws {
    let file = Self.randomFile(seed, isLines: isLines)
    var terms = Self.terms(isLines: isLines)
    terms.bounds.recordBytesMax = 20 + Int(seed)
    terms.bounds.cellBytesMax = 12
    terms.bounds.depthMax = 3
    let whole = try read(file, terms)
    for chunk in [1, 2, 7, 26, 50, 90] {
      let cut = try read(file, terms, chunk: chunk)
      let what = "seed \(seed), chunk \(chunk): \(shown(file))"
      #expect(cut.ending == whole.ending, "\(what)")
      if whole.ending == "end" { #expect(cut == whole, "\(what)") }
    }
  }
}

/// Holds what the reader makes of a file of kind `documents` against the oracle, row by row.
func expectSameAsOracle(_ file: [UInt8], _ terms: ReadingTerms, _ what: String) throws {
  let oracle = JSONOracle(file, isLines: terms.format == .jsonLines)
  let seen = try read(file, terms)
  if oracle.ending != "end" {
    #expect(seen.ending.hasPrefix(String(oracle.ending.prefix { $0 != " " })), "\(what)")
    #expect(seen.ending.hasSuffix("incomplete") == oracle.ending.hasSuffix("incomplete"), "\(what)")
    if oracle.ending.hasPrefix("W102") {
      #expect(seen.ending.hasPrefix(oracle.ending + " line"), "\(what)")
    }
    return
  }
  #expect(seen.ending == "end", "\(what)")
  let records = seen.rows.map { row in
    JSONOracle.Record(
      line: Int(row.line), raw: row.raw, cells: row.cells,
      code: row.faults.first {
        $0 < "W2" || $0.hasPrefix("W207 invoice_id \"{") || $0.hasPrefix("W207 invoice_id \"[")
      }
      .map { String($0.prefix(4)) })
  }
  #expect(records == oracle.records, "\(what)")
}
