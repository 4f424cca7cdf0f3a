// Foundation's reader is the oracle here: it shares no line with what is tested.
import Foundation
import Testing

@testable import Outbox

@Suite("JSON text")
struct JSONTextTests {
  @Test(
    "Text is escaped where JSON or a terminal needs it, and nowhere else",
    arguments: [
      ("", #""""#), ("AWB_1", #""AWB_1""#), (#"a"b\c"#, #""a\"b\\c""#), ("a\nb\r\t", #""a\nb\r\t""#),
      ("\u{1B}[2J\u{0}", #""\u001b[2J\u0000""#), ("\u{7F}\u{85}", #""\u007f\u0085""#),
      ("\u{2028}\u{202E}\u{FEFF}", #""\u2028\u202e\ufeff""#), ("Vadodarā é 😀", #""Vadodarā é 😀""#),
    ])
  func escapes(text: String, expected: String) {
    var written = AnswerText()
    written.append(json: text)
    #expect(String(decoding: written.bytes, as: UTF8.self) == expected)
  }

  @Test("Bytes that are not UTF-8 never make the JSON unsound")
  func strayBytes() {
    var written = AnswerText()
    written.append(json: [0x61, 0xFF, 0x62, 0xE2, 0x82] as [UInt8])
    #expect(String(validating: written.bytes, as: UTF8.self) == "\"a\u{FFFD}b\u{FFFD}\"")
  }

  @Test("Any text comes back from any reader", arguments: [UInt64](1...6))
  func roundTrip(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<Int.random(in: 0...12, using: &numbers) {
        let bound: UInt32 = [0x30, 0x80, 0x3000, 0x110000].randomElement(using: &numbers)!
        if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &numbers)) {
          text.unicodeScalars.append(scalar)
        }
      }
      var written = AnswerText()
      written.append(UInt8(ascii: "["))
      written.append(json: text)
      written.append(UInt8(ascii: "]"))
      let read = try JSONDecoder().decode([String].self, from: Data(written.bytes))
      #expect(read.map { Array($0.utf8) } == [Array(text.utf8)], "seed \(seed)")
      #expect(!written.bytes.contains { $0 < 0x20 })
    }
  }

  @Test("A name that is UTF-8 stays exact; stray bytes of another are spelled")
  func names() {
    #expect(legibleName(Array("scans \"é\"\n.csv".utf8)) == Array("scans \"é\"\n.csv".utf8))
    #expect(
      legibleName([0x63, 0x61, 0x66, 0xE9, 0x2E, 0x63, 0x0F, 0xC3]) == Array("caf\\xE9.c\u{F}\\xC3".utf8))
  }
}
