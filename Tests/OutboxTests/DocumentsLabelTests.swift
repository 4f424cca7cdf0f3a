import Orders
import TestSupport
import Testing

@testable import Outbox

@Suite("Shipping label and invoice")
struct DocumentsLabelTests {
  @Test(
    "A scanner reads the AWB and the order number back from the printed label",
    .enabled(
      if: DocumentTool.scanner.isInstalled && DocumentTool.picture.isInstalled,
      "needs zbarimg (zbar-tools) and pdftoppm (poppler-utils)"),
    arguments: [
      "103086396", "2940050127", "318019134877", "000000001", "B32242001", "ABCC0001201928", "WSPP2789544767",
      "501346BN6838925", "a", "!\"#$%&'()*+,-./", ":;<=>?@[\\]^_`{|}~",
      "0123456789012345678901234567890123456789",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZAB",
    ])
  func scanned(awb: String) throws {
    let facts = DocumentFacts.sample(awb: awb, order: "1279_R/" + String(awb.utf8.count))
    let read = try DocumentTool.barcodes(of: ShippingLabel.pdf(facts))
    #expect(read.contains("CODE-128:" + awb))
    #expect(read.contains("CODE-128:" + String(decoding: facts.orderNumber, as: UTF8.self)))
  }

  @Test(
    "A scanner reads every symbol of the sets B and C",
    .enabled(
      if: DocumentTool.scanner.isInstalled && DocumentTool.picture.isInstalled,
      "needs zbarimg (zbar-tools) and pdftoppm (poppler-utils)"), arguments: 0..<9)
  func everySymbol(part: Int) throws {
    // Parts 0 to 4: twenty pairs of digits each; 5 to 8: characters between letters.
    let awb =
      part < 5
      ? (part * 20..<part * 20 + 20).map { String($0 + 100).dropFirst() }.joined()
      : String(
        decoding: (0..<24).map { UInt8(0x20 + (part - 5) * 24 + $0) }.filter { $0 < 0x7F } + [0x41],
        as: UTF8.self)
    let read = try DocumentTool.barcodes(of: ShippingLabel.pdf(.sample(awb: "Z" + awb)))
    #expect(read.contains("CODE-128:Z" + awb))
  }

  @Test(
    "An AWB too long for bars, or with letters that bars cannot say, is printed with a word about it",
    .enabled(if: DocumentTool.text.isInstalled, "needs pdftotext (poppler-utils)"),
    arguments: ["ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG", "AWB-é-1"])
  func noBarcode(awb: String) throws {
    let text = try DocumentTool.text(of: ShippingLabel.pdf(.sample(awb: awb)))
    #expect(text.contains(awb) && text.contains("This AWB has no barcode"))
  }

  @Test(
    "The label says who gets the parcel, who sent it, and what to collect",
    .enabled(if: DocumentTool.text.isInstalled, "needs pdftotext (poppler-utils)"))
  func labelText() throws {
    let text = try DocumentTool.text(of: ShippingLabel.pdf(.sample()))
    for words in [
      "Ecom Express", "COD 1,499.00", "103086396", "411016", "Pune 411016", "Asha Kulkarni",
      "Flat 12, Shanti Apartments",
      "Bhiwandi Warehouse", "Mankoli Naka", "Order OD-1279_R", "INV/26-27/00042", "2026-11-21", "Booon",
      "3 pieces: 2 x KURTA-BLU-M, 1 x DUPATTA-001",
    ] {
      #expect(text.contains(words), "\(words) in \(text)")
    }
  }

  @Test(
    "A label without its facts says what is missing",
    .enabled(if: DocumentTool.text.isInstalled, "needs pdftotext (poppler-utils)"))
  func emptyLabel() throws {
    let facts = DocumentFacts(
      orderNumber: [], invoiceID: [], awb: [], courier: [], buyer: .init(),
      sender: .init(key: Array("WH1".utf8)),
      lines: [], zone: .kolkata)
    let text = try DocumentTool.text(of: ShippingLabel.pdf(facts))
    for words in [
      "(no courier yet)", "No AWB yet", "No pin code given", "(name not given: see order)",
      "(address not given: see order)", "Location WH1", "Contents not given",
    ] {
      #expect(text.contains(words), "\(words) in \(text)")
    }
    #expect(try DocumentTool.text(of: InvoiceDocument.pdf(facts)).contains("Total"))
  }

  @Test(
    "The invoice lists lines, prices and their sums",
    .enabled(if: DocumentTool.text.isInstalled, "needs pdftotext (poppler-utils)"))
  func invoiceText() throws {
    let text = try DocumentTool.text(of: InvoiceDocument.pdf(.sample()))
    let rows = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(rows.contains("1 KURTA-BLU-M 2 499.50 999.00"))
    #expect(rows.contains("2 DUPATTA-001 1 500.00 500.00"))
    #expect(rows.contains("Total 3 1499.00"))
    for words in [
      "INV/26-27/00042", "103425514", "OD-1279_R", "2026-11-21", "Asha Kulkarni", "Location WH1",
      "Page 1 of 1",
    ] {
      #expect(text.contains(words), "\(words) in \(text)")
    }
  }

  @Test(
    "A long invoice goes on over pages, and no line is lost",
    .enabled(if: DocumentTool.text.isInstalled, "needs pdftotext (poppler-utils)"),
    arguments: [40, 41, 42, 43, 500])
  func manyLines(count: Int) throws {
    var facts = DocumentFacts.sample()
    facts.lines = (1...count).map {
      .init(sku: Array("SKU-\($0)-X".utf8), quantity: 2, priceMillionths: $0 == 7 ? nil : 10_000_000)
    }
    let text = try DocumentTool.text(of: InvoiceDocument.pdf(facts))
    let pages = text.split(separator: "\u{C}", omittingEmptySubsequences: true).filter { $0.contains("Page") }
    for page in pages.indices { #expect(pages[page].contains("Page \(page + 1) of \(pages.count)")) }
    for line in 1...count { #expect(text.contains("SKU-\(line)-X ")) }
    #expect(text.contains("Total of the lines with a price") && text.contains("\((count - 1) * 20).00"))
    #expect(
      pages.allSatisfy { $0.contains("Amount") }
        && pages.dropFirst().allSatisfy { $0.contains("order OD-1279_R") })
  }

  @Test(
    "A label is 100 x 150 mm, an invoice A4",
    .enabled(if: DocumentTool.facts.isInstalled, "needs pdfinfo (poppler-utils)"))
  func pageSizes() throws {
    for (pdf, size) in [
      (ShippingLabel.pdf(.sample()), "283.465 x 425.197 pts"),
      (InvoiceDocument.pdf(.sample()), "595.276 x 841.89 pts (A4)"),
    ] {
      let said = try withTemporaryFolder { folder in
        try folder.write(pdf, to: "document.pdf")
        return try DocumentTool.facts.run(["document.pdf"], in: folder).said
      }
      #expect(said.contains(size) && said.contains("Pages:           1"), "\(said)")
      #expect(said.contains("Title:") && !said.contains("CreationDate"))
    }
  }

  @Test("The same facts give the same bytes")
  func deterministic() {
    var facts = DocumentFacts.sample()
    facts.buyer.name = Array("प्रिया தமிழ்".utf8)
    for document in [ShippingLabel.pdf, InvoiceDocument.pdf] {
      #expect(document(facts, SystemFonts.all) == document(facts, SystemFonts.all))
    }
  }

  @Test(
    "Hostile texts stay texts, in a file whose table finds every object",
    arguments: [
      "()))((\\\\)\\", ") Tj ET endstream endobj", "\u{0}\u{1}\u{8}\u{1B}[2J\r\n\u{7F}\u{85}",
      String(repeating: "W", count: 300), String(repeating: "i ", count: 4000),
      String(repeating: "é\u{301}\u{302}", count: 200),
      "%PDF-1.4 <</Root>> <FEFF>", "\u{202E}\u{2028}\u{FFFE}\u{10FFFF}", "", "\u{93F}\u{200D}\u{BCA}",
    ])
  func hostile(text: String) throws {
    let bytes = Array(text.utf8)
    let facts = DocumentFacts(
      orderNumber: bytes, invoiceID: bytes, invoiceNumber: bytes, awb: bytes, courier: bytes,
      marketplace: bytes,
      paymentMode: bytes, collectableAmountText: bytes + [0x31],
      buyer: .init(name: bytes, address: bytes + [0xFF, 0xC0], city: bytes, pinCode: bytes),
      sender: .init(key: bytes, name: bytes, address: bytes),
      lines: [.init(sku: bytes, quantity: .max, priceMillionths: .max)], zone: .utc)
    for fonts in [[], SystemFonts.all] {
      for pdf in [ShippingLabel.pdf(facts, fonts: fonts), InvoiceDocument.pdf(facts, fonts: fonts)] {
        #expect(try PDFSkeleton.fault(in: pdf) == nil)
        guard DocumentTool.text.isInstalled else { continue }
        #expect(try DocumentTool.text(of: pdf).contains("?") == false)
      }
    }
  }
}

/// Reads a file by its table of objects, and nothing else.
private enum PDFSkeleton {
  /// What is wrong with the table; nil: every entry leads to the object of its number.
  static func fault(in pdf: [UInt8]) throws -> String? {
    let text = String(decoding: pdf.map { $0 < 0x80 ? $0 : 0x2E }, as: UTF8.self).utf8
    let bytes = Array(text)
    let tail = String(decoding: bytes.suffix(40), as: UTF8.self).split(separator: "\n")
    guard tail.last == "%%EOF", tail.count >= 2, let table = Int(tail[tail.count - 2]), table < bytes.count
    else {
      return "no end: \(tail)"
    }
    let rows = String(decoding: bytes[table...], as: UTF8.self).split(separator: "\n")
    guard rows[0] == "xref", let count = Int(rows[1].dropFirst(2)) else { return "no table at \(table)" }
    for number in 1..<count {
      let row = rows[2 + number]
      guard row.utf8.count == 19, let offset = Int(row.prefix(10)) else { return "bad entry \(row)" }
      let head = Array("\(number) 0 obj\n".utf8)
      if bytes[offset..<min(offset + head.count, bytes.count)] != head[...] {
        return "no object \(number) at \(offset)"
      }
    }
    return rows[2 + count].hasPrefix("trailer") ? nil : "\(rows.count) rows, \(count) objects"
  }
}
