// Document facts are what a label and an invoice say: plain values, gathered by the caller, nothing looked up here.

public import Orders

/// What is printed about one shipment.
///
/// Texts are UTF-8 as the partners sent them; an empty one was not given. Nothing here is checked again: a document prints
/// what the ledger holds, and says so where it holds nothing.
public struct DocumentFacts: Sendable {
  /// Who gets the goods.
  public struct Buyer: Sendable {
    public var name: [UInt8]
    public var address: [UInt8]
    public var city: [UInt8]
    public var pinCode: [UInt8]

    public init(name: [UInt8] = [], address: [UInt8] = [], city: [UInt8] = [], pinCode: [UInt8] = []) {
      self.name = name
      self.address = address
      self.city = city
      self.pinCode = pinCode
    }
  }

  /// The location the goods leave from: its key from the order, its name and address from the configuration.
  public struct Sender: Sendable {
    public var key: [UInt8]
    public var name: [UInt8]
    public var address: [UInt8]

    public init(key: [UInt8], name: [UInt8] = [], address: [UInt8] = []) {
      self.key = key
      self.name = name
      self.address = address
    }
  }

  /// One line of the order.
  public struct Line: Sendable {
    public var sku: [UInt8]
    public var quantity: Int32
    /// The price of one piece in millionths of the order's currency; nil: none given.
    public var priceMillionths: Int64?

    public init(sku: [UInt8], quantity: Int32, priceMillionths: Int64?) {
      self.sku = sku
      self.quantity = quantity
      self.priceMillionths = priceMillionths
    }
  }

  public var orderNumber: [UInt8]
  public var invoiceID: [UInt8]
  /// The number on the seller's own invoice, where the confirmation brought one.
  public var invoiceNumber: [UInt8]?
  /// The day of that invoice, where the confirmation brought it.
  public var invoiceDate: Timestamp?
  public var awb: [UInt8]
  public var courier: [UInt8]
  public var marketplace: [UInt8]
  public var orderDate: Timestamp?
  /// As it was sent: `COD`, `PrePaid`, `PartiallyPaid` …
  public var paymentMode: [UInt8]
  /// What the courier has to collect, as it was sent.
  public var collectableAmountText: [UInt8]?
  public var buyer: Buyer
  public var sender: Sender
  public var lines: [Line]
  /// The zone in which the order's date is printed.
  public var zone: Zone

  public init(
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
