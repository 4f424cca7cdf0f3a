// An invoice says what was sold to whom, and what it comes to.

/// The invoice of one shipment, on A4 pages.
public enum InvoiceDocument {
  /// The invoice as a PDF; the same facts and fonts give the same bytes.
  ///
  /// It states what the order stated: pieces, prices, and their product. Taxes are not known here and not shown.
  /// - Parameter fonts: as for the shipping label.
  public static func pdf(_ facts: DocumentFacts, fonts: [[UInt8]] = []) -> [UInt8] {
    let fonts = fonts.compactMap { TrueTypeFont($0) }
    var sheets = Sheets(facts, fonts)
    sheets.drawFirstHead()
    sheets.drawLines()
    sheets.drawTotal()
    sheets.drawPageNumbers()
    return sheets.document.bytes()
  }

  private static let widthMicrometres = 210_000
  private static let heightMicrometres = 297_000
  private static let margin = 15_000
  private static let right = widthMicrometres - margin
  /// Nothing but the page number stands below.
  private static let bottom = heightMicrometres - 22_000
  private static let totalHeight = 22_000

  private struct Sheets {
    var document: PDFDocument
    private let facts: DocumentFacts
    private let type: Typesetter
    private var y = margin
    private var pageCount = 0

    init(_ facts: DocumentFacts, _ fonts: [TrueTypeFont]) {
      self.facts = facts
      type = Typesetter(fonts: fonts)
      let name = String(decoding: facts.invoiceNumber ?? facts.invoiceID, as: UTF8.self)
      document = PDFDocument(title: "Invoice \(name)", fonts: fonts)
    }

    // MARK: - Heads

    mutating func drawFirstHead() {
      addPage()
      write("INVOICE", x: margin, y: margin, .bold, 8000)
      drawParties()
      drawReferences()
      y = 112_000
      drawColumnHeads()
    }

    /// Seller and buyer, one below the other.
    private mutating func drawParties() {
      let sender = facts.sender
      let key = sender.name.isEmpty ? [] : Array("Location ".utf8) + sender.key
      let name = sender.name.isEmpty ? Array("Location ".utf8) + sender.key : sender.name
      party("From", name, sender.address, key, y: 31_000)
      let buyer = facts.buyer
      let place = buyer.city + (buyer.city.isEmpty || buyer.pinCode.isEmpty ? [] : [0x20]) + buyer.pinCode
      party("To", buyer.name, buyer.address, place, y: 70_000)
    }

    private mutating func party(
      _ word: String, _ name: [UInt8], _ address: [UInt8], _ place: [UInt8], y top: Int
    ) {
      let width = 88_000
      write(word, x: margin, y: top, .regular, 3000)
      var y = top + 4_500
      for (text, noun, weight, height, sizes) in [
        (name, "name", Helvetica.bold, 10_000, [4200, 3600, 3000]),
        (address, "address", .regular, 16_500, [3500, 3000, 2600]),
        (place, "city", .regular, 4_500, [3500, 2800]),
      ] {
        let setting =
          text.isEmpty && noun != "city"
          ? type.words("(\(noun) not given: see order)", weight) : type.set(text, as: noun, weight)
        let block = type.fit(setting, widthMicrometres: width, heightMicrometres: height, sizes: sizes)
        document.write(block, x: margin, y: y)
        y += block.heightMicrometres + 300
      }
    }

    /// The numbers by which the sale is found again.
    private mutating func drawReferences() {
      var payment = facts.paymentMode
      if case .collect(let amount) = facts.payment { payment += Array(", to collect ".utf8) + amount }
      let references: [(String, [UInt8])] = [
        ("Invoice no.", facts.invoiceNumber ?? []),
        ("Invoice date", Array((facts.invoiceDateText ?? "").utf8)), ("Invoice id", facts.invoiceID),
        ("Order", facts.orderNumber),
        ("Order date", Array((facts.orderDateText ?? "").utf8)), ("Marketplace", facts.marketplace),
        ("Courier", facts.courier), ("AWB", facts.awb), ("Payment", payment),
      ]
      var y = 31_000
      for (word, value) in references where !value.isEmpty {
        write(word, x: 115_000, y: y, .regular, 3000)
        let block = type.fit(
          type.set(value, as: word, .bold), widthMicrometres: right - 140_000, heightMicrometres: 8_000,
          sizes: [3300, 2800, 2400])
        document.write(block, x: 140_000, y: y - 200)
        y += max(5_400, block.heightMicrometres + 1_200)
      }
    }

    /// A page after the first, which says what it continues.
    private mutating func drawNextHead() {
      addPage()
      let text =
        Array("Invoice ".utf8) + (facts.invoiceNumber ?? facts.invoiceID) + Array(", order ".utf8)
        + facts.orderNumber
      document.write(
        type.fit(
          type.set(text, as: "order number", .bold), widthMicrometres: right - margin,
          heightMicrometres: 9_000,
          sizes: [4000, 3200]),
        x: margin, y: margin)
      y = margin + 12_000
      drawColumnHeads()
    }

    // MARK: - The table

    /// The right edges of the columns of numbers; line numbers stand at the left margin, SKUs beside them.
    private static let skuLeft = margin + 14_000
    private static let quantityRight = 135_000
    private static let priceRight = 165_000
    private static let skuWidth = 88_000
    private static let textSize = 3300

    private mutating func drawColumnHeads() {
      document.fill(x: margin, y: y, width: right - margin, height: 400)
      y += 1_600
      write("Line", x: margin, y: y, .bold, Sheets.textSize)
      write("SKU", x: Sheets.skuLeft, y: y, .bold, Sheets.textSize)
      writeNumbers(["Quantity", "Price", "Amount"], .bold)
      y += 5_000
      document.fill(x: margin, y: y, width: right - margin, height: 200)
      y += 1_400
    }

    mutating func drawLines() {
      for (place, line) in facts.lines.enumerated() {
        let sku = type.fit(
          type.set(line.sku, as: "SKU"), widthMicrometres: Sheets.skuWidth, heightMicrometres: 16_000,
          sizes: [Sheets.textSize])
        if y + sku.heightMicrometres > bottom { drawNextHead() }
        write(String(place + 1), x: margin, y: y, .regular, Sheets.textSize)
        document.write(sku, x: Sheets.skuLeft, y: y)
        writeNumbers(
          [
            String(line.quantity),
            line.priceMillionths.map { InvoiceDocument.amountText(Int128($0)) } ?? "not given",
            line.amountMillionths.map(InvoiceDocument.amountText) ?? "",
          ], .regular)
        y += max(sku.heightMicrometres, 4_000) + 1_600
      }
    }

    mutating func drawTotal() {
      if y + totalHeight > bottom { drawNextHead() }
      document.fill(x: margin, y: y, width: right - margin, height: 400)
      y += 1_800
      let priced = facts.lines.compactMap(\.amountMillionths)
      let isWhole = priced.count == facts.lines.count
      write(
        isWhole ? "Total" : "Total of the lines with a price", x: Sheets.skuLeft, y: y, .bold, Sheets.textSize
      )
      let pieces = facts.lines.reduce(0) { $0 + Int($1.quantity) }
      writeNumbers(
        [isWhole ? String(pieces) : "", "", InvoiceDocument.amountText(priced.reduce(0, +))], .bold)
      y += 10_000
      write("Prices as the order gave them. Taxes are not shown separately.", x: margin, y: y, .regular, 2800)
    }

    mutating func drawPageNumbers() {
      for page in 0..<pageCount {
        let words = "Page \(page + 1) of \(pageCount)"
        document.write(
          type.fit(type.words(words), widthMicrometres: 60_000, heightMicrometres: 4_000, sizes: [2800]),
          x: right,
          y: heightMicrometres - margin, .right, page: page)
      }
    }

    // MARK: - Parts

    private mutating func addPage() {
      document.addPage(widthMicrometres: widthMicrometres, heightMicrometres: heightMicrometres)
      pageCount += 1
    }

    /// Quantity, price and amount, each against the right edge of its column.
    private mutating func writeNumbers(_ words: [String], _ weight: Helvetica) {
      for (word, edge) in zip(words, [Sheets.quantityRight, Sheets.priceRight, right]) {
        let block = type.fit(
          type.words(word, weight), widthMicrometres: 28_500, heightMicrometres: 4_000,
          sizes: [Sheets.textSize, 2600, 2000])
        document.write(block, x: edge, y: y, .right)
      }
    }

    private mutating func write(_ words: String, x: Int, y: Int, _ weight: Helvetica, _ size: Int) {
      document.write(
        type.fit(
          type.words(words, weight), widthMicrometres: right - x, heightMicrometres: size * 2, sizes: [size]),
        x: x, y: y)
    }
  }

  /// `229.00`, with up to six decimals where there are as many.
  static func amountText(_ millionths: Int128) -> String {
    var fraction = String(millionths.magnitude % 1_000_000 + 1_000_000).dropFirst()
    while fraction.count > 2 && fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(millionths < 0 ? "-" : "")\(millionths.magnitude / 1_000_000).\(fraction)"
  }
}

extension DocumentFacts.Line {
  /// Wide enough for any quantity at any price, and for the sum of all lines.
  fileprivate var amountMillionths: Int128? { priceMillionths.map { Int128($0) * Int128(quantity) } }
}
