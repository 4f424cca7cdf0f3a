// A PDF file is a list of numbered objects, a table of the offset of each, and the number of the one to begin with.
//
//     %PDF-1.4
//     1 0 obj << /Type /Catalog … >> endobj      1 catalog, 2 page tree, 3 title, 4 and 5 Helvetica,
//     …                                          then five for every embedded font, then two for every page
//     xref                                       offset of every object in ten digits
//     trailer << /Size … /Root 1 0 R >>
//     startxref, the offset of "xref", %%EOF
//
// Nothing in it depends on when or where it is made: no date, no identifier, no compression. Source: ISO 32000-1.

/// A document while it is drawn.
///
/// Lengths are whole micrometres, and places are measured from the page's upper left corner: a page is drawn with integers only,
/// and comes out the same everywhere.
struct PDFDocument {
  private let title: String
  private var fonts: [EmbeddedFont]
  private var pages: [PDFPage] = []

  init(title: String, fonts: [TrueTypeFont]) {
    self.title = title
    self.fonts = fonts.map { EmbeddedFont(font: $0) }
  }

  mutating func addPage(widthMicrometres: Int, heightMicrometres: Int) {
    pages.append(PDFPage(widthMicrometres: widthMicrometres, heightMicrometres: heightMicrometres))
  }

  // MARK: - Drawing on the last page

  /// A black rectangle: a bar, a rule.
  mutating func fill(x: Int, y: Int, width: Int, height: Int) {
    pages[pages.count - 1].fill(x: x, y: y, width: width, height: height)
  }

  /// The outline of a rectangle, its stroke inside it.
  mutating func frame(x: Int, y: Int, width: Int, height: Int, stroke: Int) {
    fill(x: x, y: y, width: width, height: stroke)
    fill(x: x, y: y + height - stroke, width: width, height: stroke)
    fill(x: x, y: y, width: stroke, height: height)
    fill(x: x + width - stroke, y: y, width: stroke, height: height)
  }

  enum Alignment { case left, centre, right }

  /// Lines one below the other, the first one's upper edge at `y`; on the last page, unless another is named.
  mutating func write(
    _ block: Typesetter.Block, x: Int, y: Int, _ alignment: Alignment = .left, page: Int? = nil
  ) {
    for (place, line) in block.lines.enumerated() {
      let width = Typesetter.width(line, block.sizeMicrometres)
      let left =
        switch alignment {
        case .left: x
        case .centre: x - width / 2
        case .right: x - width
        }
      let baseline = y + place * block.leadingMicrometres + block.sizeMicrometres * 9 / 10
      write(
        line, x: left, baseline: baseline, block.weight, block.sizeMicrometres, page ?? pages.count - 1)
    }
  }

  /// Neighbours of one font are one piece of text.
  private mutating func write(
    _ line: [Typesetter.Cluster], x: Int, baseline: Int, _ weight: Helvetica, _ size: Int,
    _ page: Int
  ) {
    var place = 0
    // In thousandths of the type size, so that nothing is lost by rounding piece by piece.
    var shift = 0
    while place < line.count {
      let left = x + shift * size / 1000
      switch line[place].glyphs {
      case .latin:
        var text: [UInt8] = []
        while place < line.count, case .latin(let byte) = line[place].glyphs {
          text.append(byte)
          shift += line[place].width
          place += 1
        }
        pages[page].write(text, font: weight.rawValue + 1, size: size, x: left, baseline: baseline)
      case .other(let font, _, _):
        var codes: [Int] = []
        var text: [Unicode.Scalar] = []
        while place < line.count, case .other(font, let glyphs, let said) = line[place].glyphs {
          codes += glyphs.map { fonts[font].code(of: $0) }
          text += said
          shift += line[place].width
          place += 1
        }
        pages[page].write(
          codes: codes, saying: text, font: font + 3, size: size, x: left, baseline: baseline)
      }
    }
  }

  // MARK: - The file

  private static let fixedObjects = 5

  func bytes() -> [UInt8] {
    var file = PDFObjects()
    let used = fonts.enumerated().filter { !$0.element.isEmpty }
    let firstPage = PDFDocument.fixedObjects + used.count * EmbeddedFont.objectCount + 1
    let kids = pages.indices.map { "\(firstPage + $0 * 2) 0 R" }.joined(separator: " ")
    file.add("<< /Type /Catalog /Pages 2 0 R >>")
    file.add("<< /Type /Pages /Count \(pages.count) /Kids [\(kids)] >>")
    file.add("<< /Title \(PDFText.hexadecimal(title.unicodeScalars)) >>")
    for name in ["Helvetica", "Helvetica-Bold"] {
      file.add("<< /Type /Font /Subtype /Type1 /BaseFont /\(name) /Encoding /WinAnsiEncoding >>")
    }
    var names = "/F1 4 0 R /F2 5 0 R"
    for (place, font) in used {
      names += " /F\(place + 3) \(file.count + 1) 0 R"
      font.write(to: &file)
    }
    for page in pages {
      let size = "\(PDFText.points(page.widthMicrometres)) \(PDFText.points(page.heightMicrometres))"
      file.add(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(size)] /Resources << /Font << \(names) >> >>"
          + " /Contents \(file.count + 2) 0 R >>")
      file.add("", stream: page.stream)
    }
    return file.finish()
  }
}

/// What is drawn on one page, in the language of PDF's content streams.
struct PDFPage {
  let widthMicrometres: Int
  let heightMicrometres: Int
  private var operators: [UInt8] = []

  init(widthMicrometres: Int, heightMicrometres: Int) {
    self.widthMicrometres = widthMicrometres
    self.heightMicrometres = heightMicrometres
  }

  /// One unit is one micrometre from here on: 72 points to the inch of 25,400.
  var stream: [UInt8] { Array("0.00283464567 0 0 0.00283464567 0 0 cm\n".utf8) + operators }

  mutating func fill(x: Int, y: Int, width: Int, height: Int) {
    say("\(x) \(heightMicrometres - y - height) \(width) \(height) re f\n")
  }

  /// Text in one of the two faces of Helvetica.
  mutating func write(_ text: [UInt8], font: Int, size: Int, x: Int, baseline: Int) {
    begin(font, size, x, baseline)
    operators.append(UInt8(ascii: "("))
    for byte in text {
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\"):
        operators.append(UInt8(ascii: "\\"))
        operators.append(byte)
      case 0x20...0x7E: operators.append(byte)
      default: say("\\" + String(byte, radix: 8))
      }
    }
    say(") Tj ET\n")
  }

  /// Glyphs of an embedded font, with the text that a reader may copy or search instead of them.
  mutating func write(
    codes: [Int], saying text: [Unicode.Scalar], font: Int, size: Int, x: Int, baseline: Int
  ) {
    say("/Span << /ActualText \(PDFText.hexadecimal(text)) >> BDC\n")
    begin(font, size, x, baseline)
    say("<")
    for code in codes { say(PDFText.fourDigits(code)) }
    say("> Tj ET\nEMC\n")
  }

  private mutating func begin(_ font: Int, _ size: Int, _ x: Int, _ baseline: Int) {
    say("BT /F\(font) \(size) Tf \(x) \(heightMicrometres - baseline) Td ")
  }

  private mutating func say(_ words: String) { operators.append(contentsOf: words.utf8) }
}

/// The objects of a file in the order of their numbers, from 1 on.
struct PDFObjects {
  private var bytes = Array("%PDF-1.4\n%\u{E9}\u{E8}\n".utf8)
  private var offsets: [Int] = []

  var count: Int { offsets.count }

  mutating func add(_ words: String) {
    offsets.append(bytes.count)
    say("\(count) 0 obj\n\(words)\nendobj\n")
  }

  /// - Parameter entries: what the stream's dictionary holds beside its length.
  mutating func add(_ entries: String, stream: [UInt8]) {
    offsets.append(bytes.count)
    say("\(count) 0 obj\n<< \(entries)/Length \(stream.count) >>\nstream\n")
    bytes += stream
    say("\nendstream\nendobj\n")
  }

  consuming func finish() -> [UInt8] {
    let table = bytes.count
    say("xref\n0 \(count + 1)\n0000000000 65535 f \n")
    for offset in offsets {
      let digits = String(offset)
      say(String(repeating: "0", count: 10 - digits.utf8.count) + digits + " 00000 n \n")
    }
    say("trailer\n<< /Size \(count + 1) /Root 1 0 R /Info 3 0 R >>\nstartxref\n\(table)\n%%EOF\n")
    return bytes
  }

  private mutating func say(_ words: String) { bytes.append(contentsOf: words.utf8) }
}

/// How PDF spells numbers and texts.
enum PDFText {
  /// A length in points, with three decimals.
  static func points(_ micrometres: Int) -> String {
    let thousandths = (micrometres * 720_000 + 127_000) / 254_000
    return "\(thousandths / 1000).\(String(thousandths % 1000 + 1000).dropFirst())"
  }

  /// A text string: UTF-16 with its mark, in hexadecimal.
  static func hexadecimal(_ text: some Sequence<Unicode.Scalar>) -> String {
    "<FEFF" + units(text) + ">"
  }

  /// UTF-16 in hexadecimal.
  static func units(_ text: some Sequence<Unicode.Scalar>) -> String {
    text.flatMap { UTF16.encode($0)! }.map { fourDigits(Int($0)) }.joined()
  }

  static func fourDigits(_ number: Int) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
