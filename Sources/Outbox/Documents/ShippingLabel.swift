// A shipping label is the sheet glued on a parcel: who gets it, who sent it, who carries it, and what to collect at the door.

/// The label of one shipment, 100 × 150 mm, the size of the common label printers' paper.
public enum ShippingLabel {
  /// The label as a PDF of one page; the same facts and fonts give the same bytes.
  ///
  /// From the top: courier and payment, AWB as barcode, pin code for sorting, receiver, sender, order. What does not fit is cut
  /// and ends in an ellipsis; the AWB, the pin code and the amount come in the largest type that shows them whole.
  /// - Parameter fonts: the bytes of TrueType fonts for names that are not in Latin letters, in order of preference; files
  ///   that are none are passed over. Without one that has the letters, the label says that a name is in another script.
  public static func pdf(_ facts: DocumentFacts, fonts: [[UInt8]] = []) -> [UInt8] {
    let fonts = fonts.compactMap { TrueTypeFont($0) }
    var sheet = Sheet(facts, fonts)
    sheet.drawCourierAndPayment()
    sheet.drawAWB()
    sheet.drawRouting()
    sheet.drawReceiver()
    sheet.drawSender()
    sheet.drawOrder()
    return sheet.document.bytes()
  }

  private static let widthMicrometres = 100_000
  private static let heightMicrometres = 150_000
  private static let margin = 4_000
  private static let inner = widthMicrometres - 2 * margin

  /// The bands of the label, each drawn between two rules.
  private struct Sheet {
    var document: PDFDocument
    private let facts: DocumentFacts
    private let type: Typesetter

    init(_ facts: DocumentFacts, _ fonts: [TrueTypeFont]) {
      self.facts = facts
      type = Typesetter(fonts: fonts)
      let awb = String(decoding: facts.awb, as: UTF8.self)
      document = PDFDocument(title: "Shipping label \(awb)", fonts: fonts)
      document.addPage(widthMicrometres: widthMicrometres, heightMicrometres: heightMicrometres)
    }

    mutating func drawCourierAndPayment() {
      let courier =
        facts.courier.isEmpty
        ? type.words("(no courier yet)", .bold) : type.set(facts.courier, as: "courier", .bold)
      document.write(
        type.fit(
          courier, widthMicrometres: 50_000, heightMicrometres: 11_000, sizes: [7500, 6000, 4500, 3600]),
        x: margin, y: margin + 1_500)
      let left = margin + 52_000
      document.frame(x: left, y: margin, width: inner - 52_000, height: 12_500, stroke: 600)
      let (words, sizes) = payment
      let block = type.fit(words, widthMicrometres: inner - 55_000, heightMicrometres: 11_000, sizes: sizes)
      document.write(
        block, x: left + (inner - 52_000) / 2, y: margin + (12_500 - block.heightMicrometres) / 2, .centre)
    }

    private var payment: (Typesetter.Setting, sizes: [Int]) {
      let large = [7000, 5800, 4900, 4000, 3200, 2500]
      switch facts.payment {
      case .prepaid: return (type.words("PREPAID", .bold), large)
      case .collect(let amount):
        return (type.set(Array("COD ".utf8) + amount, as: "amount", .bold), large)
      case .collectUnknown: return (type.words("COD: amount not given, see order", .bold), large)
      case .other(let mode): return (type.set(mode, as: "payment", .bold), large)
      case .notGiven: return (type.words("Payment not given, see order", .bold), large)
      }
    }

    mutating func drawAWB() {
      rule(18_500)
      guard !facts.awb.isEmpty else { return say("No AWB yet: not to be handed over", x: margin, y: 28_000) }
      if !barcode(facts.awb, .centre, y: 20_500, width: inner, height: 19_000) {
        say("This AWB has no barcode", x: margin, y: 28_000)
      }
      document.write(
        type.fit(
          type.set(facts.awb, as: "AWB", .bold), widthMicrometres: inner, heightMicrometres: 6_500,
          sizes: [5200, 4200, 3300, 2600]),
        x: widthMicrometres / 2, y: 40_500, .centre)
    }

    /// The pin code sorts the parcel, so it can be read from across a belt.
    mutating func drawRouting() {
      rule(48_000)
      if !facts.buyer.pinCode.isEmpty {
        document.write(
          type.fit(
            type.set(facts.buyer.pinCode, as: "pin code", .bold), widthMicrometres: 54_000,
            heightMicrometres: 15_000, sizes: [12_500, 9_000, 6_000, 4_000, 2_500]),
          x: margin, y: 48_600)
      } else {
        say("No pin code given", x: margin, y: 53_000)
      }
      let right = widthMicrometres - margin
      let city = type.set(facts.buyer.city, as: "city", .bold)
      let block = type.fit(
        city, widthMicrometres: 36_000, heightMicrometres: 8_500, sizes: [5000, 4000, 3300, 2700])
      document.write(block, x: right, y: 49_600, .right)
      let market = type.set(facts.marketplace, as: "marketplace")
      document.write(
        type.fit(market, widthMicrometres: 36_000, heightMicrometres: 4_200, sizes: [3200, 2600]),
        x: right, y: 58_600, .right)
    }

    mutating func drawReceiver() {
      rule(63_500)
      caption("TO", y: 65_000)
      let buyer = facts.buyer
      var y = 68_600
      y += party(buyer.name, as: "name", .bold, y: y, height: 11_500, sizes: [4800, 4200, 3600, 3000])
      y += party(
        buyer.address, as: "address", .regular, y: y, height: 91_500 - y,
        sizes: [4200, 3700, 3200, 2800, 2400])
      let place = buyer.city + (buyer.city.isEmpty || buyer.pinCode.isEmpty ? [] : [0x20]) + buyer.pinCode
      guard !place.isEmpty else { return }
      document.write(
        type.fit(
          type.set(place, as: "city", .bold), widthMicrometres: inner, heightMicrometres: 5_500,
          sizes: [4200, 3600, 3000]),
        x: margin, y: y + 400)
    }

    mutating func drawSender() {
      rule(98_500)
      caption("FROM (if undelivered, return to)", y: 100_000)
      let sender = facts.sender
      let name = sender.name.isEmpty ? Array("Location ".utf8) + sender.key : sender.name
      var y = 103_400
      y += party(name, as: "name", .bold, y: y, height: 4_600, sizes: [3600, 3000, 2500])
      _ = party(
        sender.address, as: "address", .regular, y: y, height: 114_500 - y, sizes: [3000, 2600, 2200])
    }

    mutating func drawOrder() {
      rule(116_000)
      let right = widthMicrometres - margin
      let hasBarcode =
        barcode(facts.orderNumber, .left, y: 118_000, width: 62_000, height: 9_000)
      document.write(
        type.fit(
          type.set(Array("Order ".utf8) + facts.orderNumber, as: "order number", .bold),
          widthMicrometres: 58_000,
          heightMicrometres: 4_200, sizes: [3400, 2800, 2300]),
        x: margin, y: hasBarcode ? 128_000 : 118_000)
      var y = 117_800
      let invoice = facts.invoiceNumber.map { ("Invoice no.", $0) } ?? ("Invoice id", facts.invoiceID)
      for (word, value) in [invoice, ("Order date", Array((facts.orderDateText ?? "").utf8))]
      where !value.isEmpty {
        document.write(
          type.fit(type.words(word), widthMicrometres: 30_000, heightMicrometres: 3_000, sizes: [2300]),
          x: right,
          y: y, .right)
        let block = type.fit(
          type.set(value, as: word, .bold), widthMicrometres: 30_000, heightMicrometres: 3_700,
          sizes: [3000, 2500, 2000])
        document.write(block, x: right, y: y + 2_800, .right)
        y += 7_200
      }
      rule(133_500, thickness: 200)
      document.write(
        type.fit(contents, widthMicrometres: inner, heightMicrometres: 11_500, sizes: [3000, 2600, 2200]),
        x: margin,
        y: 134_500)
    }

    /// How many pieces lie in the parcel, and of what.
    private var contents: Typesetter.Setting {
      let pieces = facts.lines.reduce(0) { $0 + Int($1.quantity) }
      var text = Array("\(pieces) \(pieces == 1 ? "piece" : "pieces"):".utf8)
      // More could never be printed.
      for (place, line) in facts.lines.prefix(40).enumerated() {
        text += Array("\(place == 0 ? "" : ",") \(line.quantity) x ".utf8) + line.sku
      }
      if facts.lines.count > 40 { text += Array(" …".utf8) }
      return facts.lines.isEmpty ? type.words("Contents not given") : type.set(text, as: "SKU")
    }

    // MARK: - Parts

    /// - Returns: the height it took.
    private mutating func party(
      _ text: [UInt8], as noun: String, _ weight: Helvetica, y: Int, height: Int, sizes: [Int]
    ) -> Int {
      let setting =
        text.isEmpty ? type.words("(\(noun) not given: see order)", weight) : type.set(text, as: noun, weight)
      let block = type.fit(setting, widthMicrometres: inner, heightMicrometres: height, sizes: sizes)
      document.write(block, x: margin, y: y)
      return block.heightMicrometres
    }

    /// Bars whose module is a whole number of dots of a label printer (8 dots to the millimetre), the widest that fits.
    ///
    /// - Returns: false where the text has no barcode, or none that fits with its quiet zones in bars that scanners can tell
    ///   apart; nothing is drawn then.
    private mutating func barcode(
      _ text: [UInt8], _ side: PDFDocument.Alignment, y: Int, width: Int, height: Int
    )
      -> Bool
    {
      guard let code = Code128(text) else { return false }
      let modules = code.widthModules + 2 * Code128.quietModules
      guard let module = [500, 375, 250].first(where: { modules * $0 <= width }) else { return false }
      // On the left side the label's margin is part of the quiet zone.
      let quiet = Code128.quietModules * module
      var x = side == .left ? max(quiet, margin) : (widthMicrometres - code.widthModules * module) / 2
      for (place, modules) in code.widths.enumerated() {
        if place % 2 == 0 { document.fill(x: x, y: y, width: modules * module, height: height) }
        x += modules * module
      }
      return true
    }

    private mutating func rule(_ y: Int, thickness: Int = 400) {
      document.fill(x: margin, y: y, width: inner, height: thickness)
    }

    private mutating func caption(_ words: String, y: Int) {
      document.write(
        type.fit(type.words(words), widthMicrometres: inner, heightMicrometres: 4_000, sizes: [2500]),
        x: margin, y: y)
    }

    private mutating func say(_ words: String, x: Int, y: Int) {
      document.write(
        type.fit(type.words(words, .bold), widthMicrometres: inner, heightMicrometres: 6_000, sizes: [4000]),
        x: x, y: y)
    }
  }
}
