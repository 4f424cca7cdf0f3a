/// RFC 8259, rule by rule: what is valid is read, what is not is refused with its offset, and what the RFC leaves open is decided.
import Formats
import Orders
import Testing

@Suite("JSON as RFC 8259 has it") struct RFC8259Tests {
  private static let documents = ReadingTerms(kind: .documents, format: .json)
  private static let lines = ReadingTerms(kind: .documents, format: .jsonLines)

  /// Values that the grammar allows, under a key that nobody reads.
  static let valid: [String] = [
    "null", "true", "false", "\"\"", "[]", "{}", "[ ]", "{\t}", "[[],{},[[]]]", "{\"\":0}",
    "{\"a\":{\"a\":1}}",
    // Numbers: their digits are theirs, however many.
    "0", "-0", "-0.0", "0e1", "0E+01", "1e-0", "-1", "10", "1.0", "123.456e-789", "1E400", "-1e+9999999999",
    "123456789012345678901234567890.123456789012345678901234567890", "0.000000000000000000000000000001",
    // Strings.
    #""\"""#, #""\\""#, #""\/""#, #""/""#, #""\b\f\n\r\t""#, #""\u0041\u00e9\u00E9""#, #""\u2028\u2029""#,
    "\"\u{2028}\u{2029}\"",
    #""\ud83d\ude00""#, #""\uD83D\uDE00""#, "\"\u{7F}\"", "\"\u{FEFF}\"", "\"é😀\u{10FFFF}\"", #""\uFFFF""#,
    "\"\u{FFFE}\"",
    // Neither says anything of a key that nobody reads: the grammar allows them.
    #""\ud83d""#, #""\ude00\ud83d""#, #""\u0000""#, "{\"a\":1,\"a\":2}",
    // Blanks wherever they may stand.
    " \t\r\n[ \n1\t,\r2 ] ", "{ \"a\" \n:\t[ ] }",
  ]

  @Test("What is valid is read", arguments: valid)
  func reads(value: String) throws {
    let record = "{\"x\":\(value),\"invoice_id\":\"I-1\"}"
    for document in [
      "[\(record)]", record, "{\"documents\":[\(record)]}", "\u{FEFF}[\(record),\(record)]\r\n ",
    ] {
      let seen = try read(document, Self.documents)
      #expect(seen.ending == "end", "\(document)")
      #expect(seen.rows.allSatisfy { $0.faults.isEmpty && $0.cells[0] == "I-1" }, "\(document)")
    }
    if value.contains("\n") { return }
    let seen = try read(record + "\n" + record, Self.lines)
    #expect(seen.ending == "end" && seen.rows.count == 2 && seen.rows.allSatisfy { $0.faults.isEmpty })
  }

  /// What the grammar does not allow, and how many bytes of it are sound.
  static let invalid: [(String, Int)] = [
    // Numbers.
    ("01", 1), ("-01", 2), ("00", 1), ("1.", 2), ("1.e1", 2), (".5", 0), ("-.5", 1), ("+1", 0), ("-", 1),
    ("--1", 1), ("1e", 2),
    ("1e+", 3), ("1e+-2", 3), ("1.2.3", 3), ("0x1", 1), ("1_000", 1), ("1,5", 2), ("NaN", 0), ("Infinity", 0),
    ("-Infinity", 1),
    ("nan", 1), ("１", 0), ("1e１", 2),
    // Words.
    ("True", 0), ("nul", 3), ("nulL", 3), ("truefalse", 4), ("undefined", 0), ("'a'", 0),
    // Strings.
    ("\"a\tb\"", 2), ("\"\u{1F}\"", 1), (#""\a""#, 2), (#""\x41""#, 2), (#""\'""#, 2), (#""\u""#, 3),
    (#""\u12""#, 5), (#""\u12G4""#, 5),
    (#""\U0041""#, 2), (#""\ 1""#, 2), ("\"a\"b\"", 3), ("“a”", 0),
    // Structures.
    ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1,,2]", 3), ("[1}", 2), ("{]", 1), ("{\"a\"}", 4),
    ("{\"a\":}", 5), ("{\"a\":1,}", 7),
    ("{a:1}", 1), ("{1:1}", 1), ("{'a':1}", 1), ("{\"a\" 1}", 5), ("{\"a\"::1}", 5), ("{\"a\":1 \"b\":2}", 7),
    ("{null:1}", 1), ("[1:2]", 2),
    // What other languages allow.
    ("/**/1", 0), ("1 // a", 2), ("# a", 0), ("\u{A0}1", 0), ("\u{C}1", 0), ("\u{FEFF}1", 0),
    ("\u{2060}1", 0),
  ]

  @Test("What is not valid is refused at the byte that breaks it", arguments: invalid)
  func refuses(value: String, sound: Int) throws {
    let head = "[{\"x\":"
    let seen = try read("\(head)\(value),\"invoice_id\":\"I-1\"}]", Self.documents)
    #expect(seen.ending == "W102 \(head.utf8.count + sound) line 1", "\(value)")
    let line = "{\"x\":\(value),\"invoice_id\":\"I-1\"}"
    let lines = try read("{\"invoice_id\":\"0\"}\n\(line)\n{\"invoice_id\":\"2\"}\n", Self.lines)
    #expect(lines.ending == "end" && lines.rows.count == 3, "\(value)")
    #expect(lines.rows[1].faults == ["W102 \(19 + 5 + sound)"], "\(value)")
    #expect(lines.rows[0].faults.isEmpty && lines.rows[2].faults.isEmpty)
  }

  @Test(
    "Bytes behind the document are refused at the first of them",
    arguments: ["]", "}", ",", "1", "x", "[]", "{}", "\"\"", "#", "\u{FEFF}"])
  func trailing(bytes: String) throws {
    let document = "[{\"invoice_id\":\"I-1\"}]"
    let seen = try read("\(document) \n\(bytes)", Self.documents)
    #expect(seen.ending == "W102 \(document.utf8.count + 2) line 2", "\(bytes)")
  }

  @Test("A zero byte is named wherever it stands")
  func zeroByte() throws {
    for (before, behind) in [
      ("[{\"invoice_id\":", "1}]"), ("[", "{\"invoice_id\":1}]"), ("[{\"invoice_id\":1}]", ""),
    ] {
      let seen = try read(Array(before.utf8) + [0] + Array(behind.utf8), Self.documents)
      #expect(seen.ending == "W107 \(before.utf8.count) line 1", "\(before)")
    }
  }

  @Test(
    "What is not UTF-8 costs the record that holds it, with the byte's offset",
    arguments: [
      [0xFF], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3],
      [0xF0, 0x9F, 0x98], [0x80],
      [0xF5, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) throws {
    for key in ["invoice_id", "x"] {
      let head = Array("[{\"invoice_id\":\"0\"},{\"\(key)\":\"a".utf8)
      let seen = try read(head + bytes + Array("\"},{\"invoice_id\":\"2\"}]".utf8), Self.documents)
      #expect(seen.ending == "end" && seen.rows.count == 3)
      #expect(seen.rows[1].faults == ["W101 \(head.count)"], "\(key)")
      #expect(seen.rows[2].faults.isEmpty)
    }
  }

  @Test(
    "Depth is counted by brackets, and one more than the bound is a named error", arguments: [1, 2, 63, 64])
  func depth(depthMax: Int) throws {
    var terms = Self.lines
    terms.bounds.depthMax = depthMax
    func line(_ depth: Int) -> String {
      "{\"x\":\(String(repeating: "[", count: depth - 1))\(String(repeating: "]", count: depth - 1)),\"invoice_id\":1}\n"
        .replacing("\"x\":,", with: "")
    }
    let seen = try read(line(depthMax) + line(depthMax + 1) + line(1), terms)
    #expect(seen.rows.map(\.faults) == [[], ["W109 \(depthMax) \(depthMax + 1)"], []])
  }

  @Test("A hundred thousand brackets exhaust nothing")
  func deep() throws {
    for opening in ["[", "{\"a\":", "[{\"x\":["] {
      let seen = try read(String(repeating: opening, count: 100_000), Self.documents)
      #expect(seen.ending.hasPrefix("W109") || seen.ending.hasPrefix("W106"), "\(opening): \(seen.ending)")
    }
  }
}
