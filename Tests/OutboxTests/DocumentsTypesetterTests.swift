import Orders
import Testing

@testable import Outbox

@Suite("Type setting")
struct DocumentsTypesetterTests {
  private let type = Typesetter(fonts: [])

  private func latin(_ clusters: [Typesetter.Cluster]) -> [UInt8] {
    clusters.compactMap { if case .latin(let byte) = $0.glyphs { byte } else { nil } }
  }

  @Test(
    "Latin letters keep their accents, spaces are one, and what is never seen goes",
    arguments: [
      (
        "Müller & Söhne",
        [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72, 0x20, 0x26, 0x20, 0x53, 0xF6, 0x68, 0x6E, 0x65]
      ),
      // The accent as a character of its own.
      ("Cafe\u{301}", [0x43, 0x61, 0x66, 0xE9]), ("€5", [0x80, 0x35]),
      ("Ž–“x”", [0x8E, 0x96, 0x93, 0x78, 0x94]),
      ("  a \t\r\n b\u{0}\u{1B}c\u{A0}", [0x61, 0x20, 0x62, 0x20, 0x63]),
      ("a\u{202E}b\u{AD}\u{FEFF}", [0x61, 0x62]),
      ("₹5", [0x52, 0x73, 0x20, 0x35]), ("½ Ÿ ÿ", [0xBD, 0x20, 0x9F, 0x20, 0xFF]), ("\u{1}\u{2}", []),
    ])
  func latin(text: String, bytes: [UInt8]) {
    let setting = type.set(text.utf8, as: "name")
    #expect(latin(setting.clusters) == bytes)
    #expect(setting.note.isEmpty)
  }

  @Test(
    "What no font shows is left out, and a note says so",
    arguments: [
      ("रमेश Kumar", "Kumar"), ("१२, नगर", ""), ("محمد", ""), ("A🙂B", "AB"), ("a\u{FFFD}", "a"), ("王 1", "1"),
    ])
  func note(text: String, left: String) {
    let setting = type.set(text.utf8, as: "name")
    #expect(latin(setting.clusters) == Array(left.utf8))
    #expect(latin(setting.note) == Array("(name in another script: see order)".utf8))
  }

  @Test("Bytes that are not UTF-8 are left out with the note, never a question mark")
  func strayBytes() {
    let setting = type.set([0x41, 0xFF, 0xC3] as [UInt8], as: "name")
    #expect(latin(setting.clusters) == [0x41] && !setting.note.isEmpty)
  }

  @Test("Lines keep to their width and their height, whatever the text", arguments: [UInt64](1...5))
  func bounds(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<200 {
      let text = (0..<Int.random(in: 0...400, using: &numbers)).map { _ in
        Int.random(in: 0..<12, using: &numbers) == 0 ? 0x20 : UInt8.random(in: 0x20...0x7E, using: &numbers)
      }
      let setting = type.set(text, as: "name", .bold)
      let block = type.fit(
        setting, widthMicrometres: 30_000, heightMicrometres: 20_000, sizes: [5000, 3500, 2000])
      #expect(
        block.lines.allSatisfy { Typesetter.width($0, block.sizeMicrometres) <= 30_000 }, "seed \(seed)")
      #expect(block.lines.allSatisfy { !$0.isEmpty && !$0[0].isSpace }, "seed \(seed)")
      #expect(block.heightMicrometres <= 20_000, "seed \(seed)")
      let shown = block.lines.flatMap(latin).filter { $0 != 0x20 }
      let whole = text.filter { $0 != 0x20 }
      let isCut = shown.last == Helvetica.ellipsis
      #expect(isCut ? whole.starts(with: shown.dropLast()) : shown == whole, "seed \(seed)")
    }
  }

  @Test("A text that fits is set in the largest size that holds it")
  func sizes() {
    let name = type.set("Asha".utf8, as: "name")
    #expect(
      type.fit(name, widthMicrometres: 40_000, heightMicrometres: 6_000, sizes: [5000, 3000]).sizeMicrometres
        == 5000)
    #expect(
      type.fit(name, widthMicrometres: 8_000, heightMicrometres: 4_000, sizes: [5000, 3000]).sizeMicrometres
        == 3000)
  }

  @Test("The note outlives the cut")
  func noteIsKept() {
    let setting = type.set((String(repeating: "long ", count: 99) + "नाम").utf8, as: "name")
    let block = type.fit(setting, widthMicrometres: 60_000, heightMicrometres: 10_000, sizes: [3000])
    #expect(block.heightMicrometres <= 10_000)
    #expect(block.lines.flatMap(latin).suffix(35) == Array("(name in another script: see order)".utf8)[...])
    #expect(block.lines.contains { latin($0).last == Helvetica.ellipsis })
  }

  @Test(
    "A vowel sign stands before its consonant where readers expect it there",
    arguments: [
      ("दि", "िद"), ("क\u{93C}ि", "िक\u{93C}"), ("क्षि", "क्\u{93F}ष"), ("கொ", "\u{BC6}க\u{BBE}"), ("கை", "\u{BC8}க"),
      ("কো", "\u{9C7}ক\u{9BE}"), ("दी", "दी"), ("\u{93F}", "\u{93F}"), ("abc", "abc"), ("తి", "తి"),
    ])
  func vowelSigns(text: String, drawn: String) {
    #expect(VowelSign.inDrawingOrder(Array(text.unicodeScalars)) == Array(drawn.unicodeScalars))
  }

  @Test(
    "The courier collects what the order says, and nothing from a buyer who has paid",
    arguments: [
      ("COD", "1,499.00", DocumentFacts.Payment.collect(Array("1,499.00".utf8))),
      ("cod", "", .collectUnknown),
      ("Cash on delivery", "0.00", .collectUnknown), ("PrePaid", "", .prepaid), ("PREPAID", "499", .prepaid),
      ("PPD", "0", .prepaid), ("PartiallyPaid", "200", .collect(Array("200".utf8))),
      ("PartiallyPaid", "", .other(Array("PartiallyPaid".utf8))), ("", "", .notGiven),
      ("", "10", .collect(Array("10".utf8))),
    ])
  func payment(mode: String, amount: String, expected: DocumentFacts.Payment) {
    var facts = DocumentFacts.sample()
    facts.paymentMode = Array(mode.utf8)
    facts.collectableAmountText = amount.isEmpty ? nil : Array(amount.utf8)
    #expect(facts.payment == expected)
  }

  @Test(
    "Amounts have two decimals, and more only where they are",
    arguments: [
      (Int128(0), "0.00"), (1, "0.000001"), (499_500_000, "499.50"), (1_234_567_891, "1234.567891"),
      (-1_500_000, "-1.50"), (Int128(Int64.max) * 2_147_483_647, "19807040619342712359383.728129"),
    ])
  func amounts(millionths: Int128, text: String) {
    #expect(InvoiceDocument.amountText(millionths) == text)
  }
}
