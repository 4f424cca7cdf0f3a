// Document facts are what a label and an invoice say: plain values, gathered by the caller, nothing looked up here.

package import Orders

/// What is printed about one shipment.
///
/// Texts are UTF-8 as the partners sent them; an empty one was not given. Nothing here is checked again: a document prints
/// what the ledger holds, and says so where it holds nothing.
package struct DocumentFacts: Sendable {
  /// Who gets the goods.
  package struct Buyer: Sendable {
    package var name: [UInt8]
    package var address: [UInt8]
    package var city: [UInt8]
    package var pinCode: [UInt8]

    package init(name: [UInt8] = [], address: [UInt8] = [], city: [UInt8] = [], pinCode: [UInt8] = []) {
      self.name = name
      self.address = address
      self.city = city
      self.pinCode = pinCode
    }
  }

  /// The location the goods leave from: its key from the order, its name and address from the configuration.
  package struct Sender: Sendable {
    package var key: [UInt8]
    package var name: [UInt8]
    package var address: [UInt8]

    package init(key: [UInt8], name: [UInt8] = [], address: [UInt8] = []) {
      self.key = key
      self.name = name
      self.address = address
    }
  }

  /// One line of the order.
  package struct Line: Sendable {
    package var sku: [UInt8]
    package var quantity: Int32
    /// The price of one piece in millionths of the order's currency; nil: none given.
    package var priceMillionths: Int64?

    package init(sku: [UInt8], quantity: Int32, priceMillionths: Int64?) {
      self.sku = sku
      self.quantity = quantity
      self.priceMillionths = priceMillionths
    }
  }

  package var orderNumber: [UInt8]
  package var invoiceID: [UInt8]
  /// The number on the seller's own invoice, where the confirmation brought one.
  package var invoiceNumber: [UInt8]?
  /// The day of that invoice, where the confirmation brought it.
  package var invoiceDate: Timestamp?
  package var awb: [UInt8]
  package var courier: [UInt8]
  package var marketplace: [UInt8]
  package var orderDate: Timestamp?
  /// As it was sent: `COD`, `PrePaid`, `PartiallyPaid` …
  package var paymentMode: [UInt8]
  /// What the courier has to collect, as it was sent.
  package var collectableAmountText: [UInt8]?
  package var buyer: Buyer
  package var sender: Sender
  package var lines: [Line]
  /// The zone in which the order's date is printed.
  package var zone: Zone

  package init(
    orderNumber: [UInt8], invoiceID: [UInt8], invoiceNumber: [UInt8]? = nil, invoiceDate: Timestamp? = nil,
    awb: [UInt8], courier: [UInt8],
    marketplace: [UInt8] = [], orderDate: Timestamp? = nil, paymentMode: [UInt8] = [],
    collectableAmountText: [UInt8]? = nil, buyer: Buyer, sender: Sender, lines: [Line], zone: Zone
  ) {
    self.orderNumber = orderNumber
    self.invoiceID = invoiceID
    self.invoiceNumber = invoiceNumber
    self.invoiceDate = invoiceDate
    self.awb = awb
    self.courier = courier
    self.marketplace = marketplace
    self.orderDate = orderDate
    self.paymentMode = paymentMode
    self.collectableAmountText = collectableAmountText
    self.buyer = buyer
    self.sender = sender
    self.lines = lines
    self.zone = zone
  }

  /// `2026-11-21`, on the zone's calendar.
  var orderDateText: String? { orderDate.map { String($0.iso8601(in: zone).prefix(10)) } }
  var invoiceDateText: String? { invoiceDate.map { String($0.iso8601(in: zone).prefix(10)) } }

  /// What the courier does about money at the door.
  var payment: Payment {
    let mode = paymentMode.lazy.map { $0 | 0x20 }.filter { (0x61...0x7A).contains($0) }
    let amount = collectableAmountText ?? []
    let isAmount = amount.contains { (0x31...0x39).contains($0) }
    // A buyer who has paid is never asked again, whatever stands in the amount.
    if mode.elementsEqual("prepaid".utf8) || mode.elementsEqual("ppd".utf8) { return .prepaid }
    if isAmount { return .collect(amount) }
    if mode.elementsEqual("cod".utf8) || mode.elementsEqual("cashondelivery".utf8) { return .collectUnknown }
    return paymentMode.isEmpty ? .notGiven : .other(paymentMode)
  }

  enum Payment: Equatable {
    case prepaid
    case collect([UInt8])
    /// Cash on delivery without an amount.
    case collectUnknown
    case other([UInt8])
    case notGiven
  }
}
