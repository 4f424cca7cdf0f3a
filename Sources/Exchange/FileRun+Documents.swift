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
    var made: Set<[UInt8]> = []
    for request in ledger.docket.requested {
      let facts = try documentFacts(of: request.shipment)
      let wanted: [(bit: UInt8, ending: String, make: () -> [UInt8])] = [
        (1, "label", { ShippingLabel.pdf(facts) }), (2, "invoice", { InvoiceDocument.pdf(facts) }),
      ]
      for document in wanted where request.which & document.bit != 0 {
        let name = FileRun.documentName(facts.invoiceID, document.ending)
        if made.insert(name).inserted {
          decision.staged.append((partner, StagedAnswer(name: name, bytes: document.make())))
        }
      }
    }
  }

  /// `documents/<invoice_id>-label.pdf`; bytes of the id that a file name should not hold are spelled `%2F`.
  static func documentName(_ invoice: [UInt8], _ ending: String) -> [UInt8] {
    var name = Array("\(documentsFolder)/".utf8)
    for byte in invoice {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): name.append(byte)
      default: name += Array("%".utf8) + Array(hexadecimal([byte]).uppercased().utf8)
      }
    }
    return name + Array("-\(ending).pdf".utf8)
  }

  private func documentFacts(of shipment: ShipmentIndex) throws -> DocumentFacts {
    let books = ledger.docket.books
    let order = books[shipment].order
    let location = Array(books.location(of: order))
    let known = ledger.configuration.locations.first { $0.key == location }
    var facts = DocumentFacts(
      orderNumber: Array(books.orderNumber(of: order)), invoiceID: Array(books.invoice(of: shipment)),
      awb: Array(books.awb(of: shipment)), courier: books.courier(of: shipment).text, buyer: .init(),
      sender: .init(
        key: location, name: Array((known?.name ?? "").utf8), address: Array((known?.address ?? "").utf8)),
      lines: [], zone: profile.zone)
    for entry in try ledger.docket.history.entries(of: shipment, from: books[shipment].head).reversed() {
      for effect in entry.record.effects where effect.shipment == shipment {
        func text(_ slice: Slice) -> [UInt8] { Array(entry.bytes[slice.range]) }
        switch effect {
        case .details(_, let details):
          facts.orderDate = entry.record.verdict.eventTime
          facts.marketplace = text(details.marketplace)
          facts.paymentMode = text(details.paymentMode)
          facts.collectableAmountText =
            details.collectableAmount.isAbsent ? nil : text(details.collectableAmount)
          facts.buyer = .init(
            name: text(details.customerName), address: text(details.addressLine1), city: text(details.city),
            pinCode: text(details.pinCode))
        case .addLine(_, _, let sku, let quantity, let price, _):
          facts.lines.append(
            .init(sku: text(sku), quantity: quantity, priceMillionths: price < 0 ? nil : price))
        default: continue
        }
      }
    }
    return facts
  }
}
