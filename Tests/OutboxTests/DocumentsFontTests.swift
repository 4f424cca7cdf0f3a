import Orders
import Testing

@testable import Outbox

@Suite("Fonts for other scripts")
struct DocumentsFontTests {
  @Test(
    "A name in Devanagari or Tamil can be copied out of the documents as it was sent",
    .enabled(
      if: SystemFonts.devanagari != nil && SystemFonts.tamil != nil && DocumentTool.text.isInstalled,
      "needs fonts-noto-core or fonts-lohit-deva and -taml, and pdftotext (poppler-utils)"),
    arguments: [
      "प्रिया शर्मा", "हिन्दी विद्यालय", "Ravi कुमार Singh", "கோயில் தெரு", "சென்னை", "क्षत्रिय தமிழ்",
    ])
  func copied(name: String) throws {
    var facts = DocumentFacts.sample()
    facts.buyer.name = Array(name.utf8)
    for pdf in [
      ShippingLabel.pdf(facts, fonts: SystemFonts.all), InvoiceDocument.pdf(facts, fonts: SystemFonts.all),
    ] {
      let text = try DocumentTool.text(of: pdf)
      #expect(text.contains(name) && !text.contains("another script") && !text.contains("?"), "\(text)")
    }
  }

  @Test(
    "Without a font the label says that the name is in another script",
    .enabled(if: DocumentTool.text.isInstalled, "needs pdftotext (poppler-utils)"))
  func withoutFont() throws {
    var facts = DocumentFacts.sample()
    facts.buyer.name = Array("रमेश Kumar".utf8)
    let text = try DocumentTool.text(
      of: ShippingLabel.pdf(facts, fonts: [[], [1, 2, 3], Array("OTTO".utf8)]))
    #expect(text.contains("Kumar (name in another script: see order)"))
  }

  @Test(
    "Only the glyphs shown travel with the document",
    .enabled(if: SystemFonts.devanagari != nil, "needs fonts-noto-core or fonts-lohit-deva"))
  func small() throws {
    let plain = DocumentFacts.sample()
    var facts = plain
    facts.buyer.name = Array("प्रिया शर्मा".utf8)
    #expect(ShippingLabel.pdf(plain, fonts: SystemFonts.all) == ShippingLabel.pdf(plain))
    #expect(ShippingLabel.pdf(facts, fonts: SystemFonts.all).count < 16_384)
  }

  @Test(
    "A subset is a font again, with the same widths and outlines",
    .enabled(if: SystemFonts.devanagari != nil, "needs fonts-noto-core or fonts-lohit-deva"))
  func subset() throws {
    let bytes = try #require(SystemFonts.devanagari)
    let font = try #require(TrueTypeFont(bytes))
    let glyphs = try "कखिी्॥".unicodeScalars.map { try #require(font.glyph(for: $0)) }
    let file = font.subset(glyphs)
    let reader = BigEndianReader(bytes: file)
    #expect(reader.u32(0) == 0x10000 && reader.u16(4) == 6)
    var tables: [String: Range<Int>] = [:]
    for entry in 0..<6 {
      let place = 12 + entry * 16
      let start = reader.u32(place + 8)
      tables[String(decoding: file[place..<(place + 4)], as: UTF8.self)] =
        start..<(start + reader.u32(place + 12))
    }
    #expect(tables.keys.sorted() == ["glyf", "head", "hhea", "hmtx", "loca", "maxp"])
    #expect(tables.values.allSatisfy { $0.upperBound <= file.count })
    let count = reader.u16(try #require(tables["maxp"]).lowerBound + 4)
    #expect(
      count > glyphs.count && tables["hmtx"]?.count == count * 4 && tables["loca"]?.count == (count + 1) * 4)
    for (place, glyph) in glyphs.enumerated() {
      let widths = try #require(tables["hmtx"]).lowerBound
      #expect(reader.u16(widths + (place + 1) * 4) == font.advance(of: glyph))
      let offsets = try #require(tables["loca"]).lowerBound + (place + 1) * 4
      let length = reader.u32(offsets + 4) - reader.u32(offsets)
      #expect((length == 0) == font.outline(of: glyph).isEmpty)
      let outline = try #require(tables["glyf"]).lowerBound + reader.u32(offsets)
      #expect(
        Array(file[outline..<(outline + min(length, 10))])
          == Array(font.outline(of: glyph).prefix(min(length, 10))))
    }
  }

  @Test(
    "A damaged font harms nothing",
    .enabled(if: SystemFonts.tamil != nil, "needs fonts-noto-core or fonts-lohit-taml"),
    arguments: [UInt64](1...3))
  func damaged(seed: UInt64) throws {
    let whole = try #require(SystemFonts.tamil)
    var numbers = SeededNumbers(seed: seed)
    var facts = DocumentFacts.sample()
    facts.buyer.name = Array("கோயில் தெரு சென்னை".utf8)
    var stillFonts = 0
    for turn in 0..<150 {
      var bytes = whole
      if turn % 10 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &numbers)) }
      for _ in 0..<Int.random(in: 1...40, using: &numbers) where !bytes.isEmpty {
        // Half of the damage hits the tables' heads, where it matters most.
        let end = Bool.random(using: &numbers) ? min(2000, bytes.count) : bytes.count
        bytes[Int.random(in: 0..<end, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
      }
      if TrueTypeFont(bytes) != nil { stillFonts += 1 }
      #expect(
        ShippingLabel.pdf(facts, fonts: [bytes]).starts(with: Array("%PDF".utf8)),
        "seed \(seed), turn \(turn)")
    }
    #expect(stillFonts > 0, "seed \(seed): no damaged font was read at all")
  }

  @Test(
    "Scripts that cannot be read letter by letter are left to the order",
    arguments: ["محمد", "דוד", "မြန်မာ", "ខ្មែរ"])
  func shaped(name: String) throws {
    let setting = Typesetter(fonts: SystemFonts.all.compactMap { TrueTypeFont($0) }).set(
      name.utf8, as: "name")
    #expect(setting.clusters.isEmpty && !setting.note.isEmpty)
  }
}
