internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// Labels and invoices that a warehouse asked for: made from what the ledger holds, published with the decision.
///
/// They lie in `outbox/<partner>/documents/` under the invoice id. Asked for again they are made again, and the newer one takes the
/// place of the older: it is a document of the shipment, not the answer to a file.
extension FileRun {
  /// The subfolder of a partner's outbox.
  static let documentsFolder = "documents"

  /// Makes what the rows of this file asked for, each document once.
  func makeDocuments(_ decision: inout Decision) throws {
    var made: [UInt8: Set<[UInt8]>] = [:]
    for request in ledger.docket.requested {
      let parts = ledger.docket.books.parts(of: request.shipment)
      let invoice = Array(ledger.docket.books.invoice(of: request.shipment))
      if request.which & 1 != 0 {
        let facts = try documentFacts(
          of: request.shipment, holding: [request.shipment], from: parts, for: request.partner)
        let isFirst = request.shipment == parts[0]
        let name = FileRun.documentName(invoice, "label", of: isFirst ? [] : facts.awb)
        if made[request.partner, default: []].insert(name).inserted {
          let fonts = fonts(for: facts, &decision)
          let pdf = ShippingLabel.pdf(facts, fonts: fonts)
          decision.staged.append((request.partner, StagedAnswer(name: name, bytes: pdf)))
        }
      }
      let name = FileRun.documentName(invoice, "invoice")
      if request.which & 2 != 0, made[request.partner, default: []].insert(name).inserted {
        let facts = try documentFacts(of: parts[0], holding: parts, from: parts, for: request.partner)
        let fonts = fonts(for: facts, &decision)
        let pdf = InvoiceDocument.pdf(facts, fonts: fonts)
        decision.staged.append((request.partner, StagedAnswer(name: name, bytes: pdf)))
      }
    }
  }

  /// The fonts that a document embeds; the decision keeps their digests.
  private func fonts(for facts: DocumentFacts, _ decision: inout Decision) -> [[UInt8]] {
    let needed = ledger.fonts.needed(by: facts)
    for font in needed where !decision.record.fonts.contains(font.digest) {
      decision.record.fonts.append(font.digest)
    }
    return needed.map(\.bytes)
  }

  /// `documents/<invoice_id>-label.pdf`; bytes of the id that a file name should not hold are spelled `%2F`.
  ///
  /// - Parameter awb: tells the labels of a split shipment apart, but for the first part's, which bears the invoice's name alone.
  static func documentName(_ invoice: [UInt8], _ ending: String, of awb: [UInt8] = []) -> [UInt8] {
    var name = Array("\(documentsFolder)/".utf8)
    for byte in awb.isEmpty ? invoice : invoice + [UInt8(ascii: "-")] + awb {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): name.append(byte)
      default: name += Array("%".utf8) + Array(hexadecimal([byte]).uppercased().utf8)
      }
    }
    return name + Array("-\(ending).pdf".utf8)
  }

  /// What a document of a shipment says.
  ///
  /// - Parameters:
  ///   - listed: the parts whose lines it lists.
  ///   - parts: all that the shipment was split into; the first is the one that the order's own rows created, and those that
  ///     were split off it have its buyer and date.
  private func documentFacts(
    of shipment: ShipmentIndex, holding listed: [ShipmentIndex], from parts: [ShipmentIndex],
    for partner: UInt8
  ) throws -> DocumentFacts {
    let origin = parts[0]
    let books = ledger.docket.books
    let order = books[shipment].order
    let location = Array(books.location(of: order))
    let known = ledger.configuration.locations.first { $0.key == location }
    var facts = DocumentFacts(
      orderNumber: Array(books.orderNumber(of: order)), invoiceID: Array(books.invoice(of: shipment)),
      awb: Array(books.awb(of: shipment)), courier: books.courier(of: shipment).text, buyer: .init(),
      sender: .init(
        key: location, name: Array((known?.name ?? "").utf8), address: Array((known?.address ?? "").utf8)),
      lines: [], zone: ledger.docket.profiles[Int(partner)].zone)
    let history = ledger.docket.history
    let lines = try parts.map { try history.lines(of: $0, from: books[$0].head) }
    let isCancelled = parts.map { books[$0].state == .cancelled }
    let places = parts.indices.filter { listed.contains(parts[$0]) }
    for line in merged(places.filter { !isCancelled[$0] }.flatMap { lines[$0] }) {
      facts.lines.append(
        .init(
          sku: line.sku, quantity: line.live,
          priceMillionths: line.priceMillionths < 0 ? nil : line.priceMillionths))
    }
    for entry in try history.entries(of: shipment, from: books[shipment].head) {
      for case .confirm(shipment, let number, let date) in entry.record.effects {
        facts.invoiceNumber = number.isAbsent ? nil : Array(entry.bytes[number.range])
        facts.invoiceDate = date
      }
    }
    for entry in try history.entries(of: origin, from: books[origin].head) {
      for case .details(origin, let details) in entry.record.effects {
        func text(_ slice: Slice) -> [UInt8] { Array(entry.bytes[slice.range]) }
        facts.orderDate = entry.record.verdict.eventTime
        facts.marketplace = text(details.marketplace)
        facts.paymentMode = text(details.paymentMode)
        if !details.collectableAmount.isAbsent {
          let amount = text(details.collectableAmount)
          let share = CollectableShare(parts: lines, isCancelled: isCancelled)
          facts.collectableAmountText = share.text(of: places, from: amount)
        }
        facts.buyer = .init(
          name: text(details.customerName), address: text(details.addressLine1), city: text(details.city),
          pinCode: text(details.pinCode))
      }
    }
    return facts
  }

  /// The lines with pieces left, those of one suborder as one, wherever its pieces travel.
  private func merged(_ lines: [HeldLine]) -> [HeldLine] {
    var merged: [HeldLine] = []
    for line in lines where line.live > 0 {
      if let known = merged.firstIndex(where: { $0.suborder == line.suborder }) {
        merged[known].quantity += line.quantity
        merged[known].cancelled += line.cancelled
      } else {
        merged.append(line)
      }
    }
    return merged
  }
}
