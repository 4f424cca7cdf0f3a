// An embedded font travels inside the document, with only the glyphs that the document shows.

/// The glyphs of one font that a document has used so far.
struct EmbeddedFont {
  private let font: TrueTypeFont
  /// In the order of first use; a glyph's code in the document is its place and one more.
  private var glyphs: [Typesetter.ShownGlyph] = []
  private var codes: [UInt16: Int] = [:]

  init(font: TrueTypeFont) { self.font = font }

  var isEmpty: Bool { glyphs.isEmpty }

  /// The code that shows a glyph in this document.
  mutating func code(of glyph: Typesetter.ShownGlyph) -> Int {
    if let code = codes[glyph.glyph] { return code }
    glyphs.append(glyph)
    codes[glyph.glyph] = glyphs.count
    return glyphs.count
  }

  static let objectCount = 5

  /// Writes the font, its glyphs' widths, its measures, its file, and what its codes mean as text; in this order.
  func write(to file: inout PDFObjects) {
    let first = file.count + 1
    let subset = font.subset(glyphs.map(\.glyph))
    let name = "\(EmbeddedFont.tag(subset))+OtherScript"
    file.add(
      "<< /Type /Font /Subtype /Type0 /BaseFont /\(name) /Encoding /Identity-H"
        + " /DescendantFonts [\(first + 1) 0 R] /ToUnicode \(first + 4) 0 R >>")
    let widths = glyphs.map { String(font.widthThousandths(of: $0.glyph)) }.joined(separator: " ")
    file.add(
      "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /\(name)"
        + " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        + " /FontDescriptor \(first + 2) 0 R /DW 1000 /W [1 [\(widths)]] /CIDToGIDMap /Identity >>")
    let box = [36, 38, 40, 42].map { String(font.measureThousandths(.head, at: $0)) }
    let ascent = font.measureThousandths(.hhea, at: 4)
    // Flags 4: its characters are not those of the standard Latin set.
    file.add(
      "<< /Type /FontDescriptor /FontName /\(name) /Flags 4 /FontBBox [\(box.joined(separator: " "))]"
        + " /ItalicAngle 0 /Ascent \(ascent) /Descent \(font.measureThousandths(.hhea, at: 6))"
        + " /CapHeight \(ascent) /StemV 80 /FontFile2 \(first + 3) 0 R >>")
    file.add("/Length1 \(subset.count) ", stream: subset)
    file.add("", stream: Array(meanings.utf8))
  }

  /// The map from codes to text that a reader uses who copies or searches.
  private var meanings: String {
    var map = """
      /CIDInit /ProcSet findresource begin 12 dict begin begincmap
      /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
      /CMapName /Adobe-Identity-UCS def /CMapType 2 def
      1 begincodespacerange <0000> <FFFF> endcodespacerange

      """
    // At most a hundred in a list.
    for start in stride(from: 0, to: glyphs.count, by: 100) {
      let end = min(start + 100, glyphs.count)
      map += "\(end - start) beginbfchar\n"
      for place in start..<end {
        map += "<\(PDFText.fourDigits(place + 1))> <\(PDFText.units([glyphs[place].scalar]))>\n"
      }
      map += "endbfchar\n"
    }
    return map + "endcmap CMapName currentdict /CMap defineresource pop end end"
  }

  /// Six letters that differ between subsets, so that programs which join documents keep these apart (FNV-1a).
  private static func tag(_ subset: [UInt8]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in subset { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var tag = ""
    for _ in 0..<6 {
      tag.unicodeScalars.append(Unicode.Scalar(UInt8(0x41 + hash % 26)))
      hash /= 26
    }
    return tag
  }
}
