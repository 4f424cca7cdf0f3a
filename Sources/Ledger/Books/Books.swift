internal import Files
public import Orders

/// Everything the ledger knows in memory: orders, shipments, lines, stock, products, accounts and files, with their keys.
///
/// The books follow the journal: every change is an `Effect` applied by `apply`, in the live run and in the replay alike.
/// While a transaction is open each change leaves its before-image behind, so that a refused file can be taken back.
public struct Books: Sendable {
  public internal(set) var orders = OrderTable()
  public internal(set) var shipments = ShipmentTable()
  public internal(set) var lines: [LineRecord] = []
  public internal(set) var stock: [StockRecord] = []
  public internal(set) var products: [ProductRecord] = []
  public internal(set) var accounts: [AccountRecord] = []
  public internal(set) var files: [FileRecord] = []
  /// What was decided without a file, in the order of the decisions.
  public internal(set) var deeds: [DeedRecord] = []
  /// The deeds by which partners are paused now, by the partner's folder.
  public internal(set) var pauses: [[UInt8]: DeedRecord] = [:]
  public internal(set) var couriers: [CourierRecord] = [CourierRecord(text: [], partner: nil)]
  public internal(set) var partners: [[UInt8]] = []

  /// Order number -> order index (the key's number is the order's index).
  public internal(set) var orderNumbers = KeyTable(seed: 1, [.isPacked, .standsForItself])
  public internal(set) var invoices = KeyTable(seed: 2, .isPacked)
  public internal(set) var awbs = KeyTable(seed: 3, .isPacked)
  /// Shipment index and suborder id -> line (the key's number is the line's index).
  public internal(set) var lineKeys = KeyTable(seed: 4, [.isPacked, .hasPrefix, .standsForItself])
  public internal(set) var locations = KeyTable(seed: 5)
  public internal(set) var courierKeys = KeyTable(seed: 6)
  /// Location number and SKU -> stock.
  public internal(set) var stockKeys = KeyTable(seed: 7, .hasPrefix)
  public internal(set) var productKeys = KeyTable(seed: 8)
  /// Location number and folded carrier name -> account.
  public internal(set) var accountKeys = KeyTable(seed: 9, .hasPrefix)
  /// Scan numbers in use, per partner.
  public internal(set) var scanNumbers: [NumberSet] = []
  /// Scan numbers that are no plain numbers: partner and text.
  public internal(set) var scanTexts = KeyTable(seed: 10, [.isPacked, .hasPrefix])

  /// Rows about orders or AWBs that nobody knew, in the order of their records.
  public internal(set) var waiting: [WaitingRecord] = []
  /// Column and key -> the newest row that waited for it.
  public internal(set) var waitingKeys = KeyTable(seed: 11, .hasPrefix)
  /// How many of them wait still.
  public internal(set) var waitingCount = 0

  public internal(set) var fileOfDigest: [[UInt8]: Int] = [:]
  /// Files of which a row was rejected after it had waited.
  public internal(set) var spoiledFiles: Set<ClaimNumber> = []
  var fileSizes: Set<[Int64]> = []
  public internal(set) var fileOfName: [[UInt8]: Int] = [:]
  public internal(set) var fileOfClaim: [ClaimNumber: Int] = [:]

  /// How many files each feed has got so far.
  public internal(set) var feedNumbers: [FedPartner: Int] = [:]

  var undo = UndoLog()
  var keepsUndo = false
  /// Is a transaction open, be its before-images given up or not?
  var keepsTouches = false
  /// How many changes of one transaction can be taken back without the journal.
  public var undoChangesMax = Books.undoChangesMaxBuiltIn

  /// Nothing. A value with an existential in it is handed on by its address; without one, every look at the books from a row's
  /// judgement copied their 1,400 bytes of table heads, up to a dozen times a row.
  private let anchor: (any Sendable)? = nil

  public init() {}

  /// The partner's number, given the folder's name; a new one is added (partners are few, and never taken out).
  public mutating func partnerNumber(_ folder: [UInt8]) -> UInt8 {
    if let known = partners.firstIndex(of: folder) { return UInt8(known) }
    precondition(partners.count < 255, "an exchange has at most 255 partners")
    partners.append(folder)
    scanNumbers.append(NumberSet())
    let number = UInt8(partners.count - 1)
    let folded = foldCourier(folder.span)
    for courier in couriers.indices.dropFirst() {
      let text = couriers[courier].text
      if foldCourier(text.span) == folded { couriers[courier].partner = number }
    }
    return number
  }

  public func partnerName(_ number: UInt8) -> String {
    String(decoding: partners[Int(number)], as: UTF8.self)
  }

  // MARK: Look-ups

  public func order(number: Span<UInt8>) -> OrderIndex? { orderNumbers.find(number).map { OrderIndex($0) } }

  public func shipment(invoice: Span<UInt8>) -> ShipmentIndex? {
    invoices.value(of: invoice).map { ShipmentIndex($0) }
  }

  /// The same of the invoice id with that number.
  public func shipment(invoiceKey key: UInt32) -> ShipmentIndex {
    ShipmentIndex(invoices.value(of: Int(key)))
  }

  /// The shipment that holds the AWB now, for its way out or its way back.
  public func shipment(awb: Span<UInt8>) -> ShipmentIndex? { holder(of: awb)?.shipment }

  /// The shipment that holds the AWB now, and whether its goods come back under it; one that was replaced before
  /// confirmation is held by nobody.
  public func holder(of awb: Span<UInt8>) -> (shipment: ShipmentIndex, isReturn: Bool)? {
    awbs.find(awb).flatMap { holder(ofKey: UInt32($0)) }
  }

  /// The same of the AWB with that number.
  public func holder(ofKey key: UInt32) -> (shipment: ShipmentIndex, isReturn: Bool)? {
    let shipment = Int(awbs.value(of: Int(key)))
    let record = shipments[shipment]
    if record.awbKey == key { return (ShipmentIndex(shipment), false) }
    return record.returnKey == key ? (ShipmentIndex(shipment), true) : nil
  }

  @inlinable
  public subscript(_ order: OrderIndex) -> OrderRecord { orders[Int(order.raw)] }
  @inlinable @inline(__always)
  public subscript(_ shipment: ShipmentIndex) -> ShipmentRecord { shipments[Int(shipment.raw)] }

  /// The shipments of an order, oldest first; those whose lines all left are none.
  public func shipments(of order: OrderIndex) -> [ShipmentIndex] {
    var list: [ShipmentIndex] = []
    var next = orders[Int(order.raw)].firstShipment
    while next != .max {
      let record = shipments[Int(next)]
      if !record.marks.contains(.emptied) { list.append(ShipmentIndex(next)) }
      next = record.next
    }
    return list
  }

  /// The shipment of an order that has only one.
  public func soleShipment(of order: OrderIndex) -> ShipmentIndex? {
    let first = orders[Int(order.raw)].firstShipment
    if first == .max { return nil }
    let record = shipments[Int(first)]
    return record.next == .max && !record.marks.contains(.emptied) ? ShipmentIndex(first) : nil
  }

  /// Has the order had one shipment only?
  public func hasOneShipment(_ order: OrderIndex) -> Bool {
    let first = orders[Int(order.raw)].firstShipment
    return first != .max && shipments[Int(first)].next == .max
  }

  /// The shipment's number in its order, from 1: it never changes, and no other shipment gets it.
  public func numberInOrder(of shipment: ShipmentIndex) -> Int {
    var number = 1
    var next = orders[Int(self[shipment].order.raw)].firstShipment
    while next != shipment.raw {
      number += 1
      next = shipments[Int(next)].next
    }
    return number
  }

  /// The parts that a shipment was split into, itself among them: the shipments of its order under the same invoice.
  public func parts(of shipment: ShipmentIndex) -> [ShipmentIndex] {
    let record = self[shipment]
    if hasOneShipment(record.order) { return [shipment] }
    return shipments(of: record.order).filter { self[$0].invoiceKey == record.invoiceKey }
  }

  public func line(of shipment: ShipmentIndex, suborder: Span<UInt8>) -> LineRecord? {
    guard let known = lineKeys.find(suborder, prefix: shipment.raw) else { return nil }
    return lines[known].isGone ? nil : lines[known]
  }

  /// Every line that a shipment holds, with the shipment.
  public func forEachLine(_ body: (ShipmentIndex, LineRecord) -> Void) {
    for (number, line) in lines.enumerated() where !line.isGone {
      body(ShipmentIndex(lineKeys.prefix(of: number)), line)
    }
  }

  public func hasScan(_ partner: UInt8, number: ScanNumber) -> Bool {
    scanNumbers[Int(partner)].contains(number)
  }

  public func hasScan(_ partner: UInt8, text: Span<UInt8>) -> Bool {
    scanTexts.find(text, prefix: UInt32(partner)) != nil
  }

  public func stock(at location: Span<UInt8>, sku: Span<UInt8>) -> StockRecord? {
    guard let place = locations.find(location) else { return nil }
    return stockKeys.value(of: sku, prefix: UInt32(place)).map { stock[Int($0)] }
  }

  public func product(sku: Span<UInt8>) -> ProductRecord? {
    productKeys.value(of: sku).map { products[Int($0)] }
  }

  public func account(at location: Span<UInt8>, courier: Span<UInt8>) -> AccountRecord? {
    guard let place = locations.find(location) else { return nil }
    let folded = foldCourier(courier)
    return accountKeys.value(of: folded.span, prefix: UInt32(place)).map { accounts[Int($0)] }
  }

  public func orderNumber(of order: OrderIndex) -> ArraySlice<UInt8> {
    orderNumbers.bytes(of: Int(order.raw))
  }

  /// Hands on the texts of a shipment's keys: its order's number, its invoice id and its AWB, empty where it has none.
  public func withKeys(
    of shipment: ShipmentIndex,
    _ body: (_ order: Span<UInt8>, _ invoice: Span<UInt8>, _ awb: Span<UInt8>) -> Void
  ) {
    let record = self[shipment]
    let none: [UInt8] = []
    orderNumbers.withText(of: Int(record.order.raw)) { order in
      func withAWB(_ invoice: Span<UInt8>) {
        if record.awbKey == .max { return body(order, invoice, none.span) }
        awbs.withText(of: Int(record.awbKey)) { body(order, invoice, $0) }
      }
      if record.invoiceKey == .max { return withAWB(none.span) }
      invoices.withText(of: Int(record.invoiceKey)) { withAWB($0) }
    }
  }

  /// Is this the order's number?
  public func isNumber(_ number: Span<UInt8>, of order: OrderIndex) -> Bool {
    orderNumbers.isText(number, of: Int(order.raw))
  }

  public func invoice(of shipment: ShipmentIndex) -> ArraySlice<UInt8> {
    let key = self[shipment].invoiceKey
    return key == .max ? [] : invoices.bytes(of: Int(key))
  }

  public func awb(of shipment: ShipmentIndex) -> ArraySlice<UInt8> {
    let key = self[shipment].awbKey
    return key == .max ? [] : awbs.bytes(of: Int(key))
  }

  /// The AWB under which its goods come back; empty where none was named.
  public func returnAWB(of shipment: ShipmentIndex) -> ArraySlice<UInt8> {
    let key = self[shipment].returnKey
    return key == .max ? [] : awbs.bytes(of: Int(key))
  }

  public func location(of order: OrderIndex) -> ArraySlice<UInt8> {
    locations.bytes(of: Int(self[order].location))
  }
  public func courier(of shipment: ShipmentIndex) -> CourierRecord { couriers[Int(self[shipment].courier)] }

  /// An order's state: the least advanced of its shipments that are not cancelled; cancelled when all are.
  public func state(of order: OrderIndex) -> ShipmentState {
    let states = shipments(of: order).map { self[$0].state }
    return states.filter { $0 != .cancelled }.min { ($0.rank, $0.rawValue) < ($1.rank, $1.rawValue) }
      ?? .cancelled
  }

  /// The file of a transaction, as far as it was decided.
  public func file(of claim: ClaimNumber) -> FileRecord? { fileOfClaim[claim].map { files[$0] } }
  /// The latest file of the partner with the name.
  public func file(partner: UInt8, name: [UInt8]) -> FileRecord? {
    fileOfName[[partner] + name].map { files[$0] }
  }
  /// Has the partner sent a file of this size before?
  public func hasFile(partner: UInt8, byteCount: Int64) -> Bool {
    fileSizes.contains([Int64(partner), byteCount])
  }
  /// The newest file of the partner with the same bytes.
  public func file(partner: UInt8, sha256: [UInt8]) -> FileRecord? {
    fileOfDigest[[partner] + sha256].map { files[$0] }
  }
}

/// Are two couriers' names the same as they are compared?
public func isSameCourier(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
  func isSkipped(_ byte: UInt8) -> Bool {
    byte == 32 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
  func lowercase(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
  var (place, other) = (0, 0)
  while true {
    while place < a.count && isSkipped(a[place]) { place += 1 }
    while other < b.count && isSkipped(b[other]) { other += 1 }
    if place == a.count || other == b.count { return place == a.count && other == b.count }
    if lowercase(a[place]) != lowercase(b[other]) { return false }
    place += 1
    other += 1
  }
}

/// A courier's name as it is compared: without case, blanks, `_` and `-` (product.md section 3).
public func foldCourier(_ name: Span<UInt8>) -> [UInt8] {
  var folded: [UInt8] = []
  folded.reserveCapacity(name.count)
  for index in name.indices {
    if let byte = foldedByte(ofCourier: name[index]) { folded.append(byte) }
  }
  return folded
}

/// A byte of a courier's folded name; nil: it does not count.
@inline(__always)
func foldedByte(ofCourier byte: UInt8) -> UInt8? {
  if byte == 32 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") { return nil }
  return byte >= 65 && byte <= 90 ? byte + 32 : byte
}
