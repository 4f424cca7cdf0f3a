internal import Files
public import Orders

/// Orders and their steps by the short way: entered without an effect between, by keys that were looked up a batch at a time.
///
/// What it does to the books is what `apply` does with the effects that the same row has in the journal.
extension Books {
  // MARK: Looks

  @inlinable @inline(__always)
  public func packed(_ shipment: ShipmentIndex) -> PackedShipment { shipments.packed[Int(shipment.raw)] }

  /// The shipment of an order that never had another one, where it lies whole in its place and holds lines; else `none`.
  @inlinable @inline(__always)
  public func onlyShipment(of order: OrderIndex) -> ShipmentIndex {
    let first = orders.packed[Int(order.raw)].firstShipment
    if first == .max { return .none }
    let found = shipments.packed[Int(first)]
    return found.isAside || found.hasNext || found.marks.contains(.emptied) ? .none : ShipmentIndex(first)
  }

  /// The shipment that the AWB of that number was given to last.
  @inlinable @inline(__always)
  public func lastHolder(ofKey key: UInt32) -> ShipmentIndex { ShipmentIndex(awbs.values[Int(key)]) }

  /// The first of the shipments with the invoice id of that number.
  @inlinable @inline(__always)
  public func firstHolder(ofInvoice key: UInt32) -> ShipmentIndex { ShipmentIndex(invoices.values[Int(key)]) }

  /// Is this the name of the location with that number?
  public func isLocation(_ name: Span<UInt8>, _ number: UInt32) -> Bool {
    locations.withText(of: Int(number)) { sameBytes($0, name) }
  }

  /// The courier who is known under the name, however it is spelled; nil where nobody is, or the name is very long.
  public func courierNumber(knownAs name: Span<UInt8>) -> UInt32? {
    if name.count > 64 { return nil }
    var folded = InlineArray<64, UInt8>(repeating: 0)
    var count = 0
    for index in name.indices {
      guard let byte = foldedByte(ofCourier: name[index]) else { continue }
      folded[count] = byte
      count += 1
    }
    return courierKeys.value(of: folded.span.extracting(0..<count))
  }

  /// Where an order's number is in the books, or would be.
  public func seat(ofOrder number: Span<UInt8>, _ sought: KeyTable.Sought) -> KeyTable.Seat {
    orderNumbers.seat(of: number, prefix: 0, sought)
  }

  /// The same of an invoice id.
  public func seat(ofInvoice invoice: Span<UInt8>, _ sought: KeyTable.Sought) -> KeyTable.Seat {
    invoices.seat(of: invoice, prefix: 0, sought)
  }

  // MARK: Changes

  /// Gives a shipment a courier and an AWB; false, and nothing changed, where the AWB was given to somebody before.
  public mutating func assignNew(
    _ shipment: ShipmentIndex, courier: UInt32, _ awb: Span<UInt8>, _ sought: KeyTable.Sought,
    after: ShipmentState, _ row: RowContext
  ) -> Bool {
    let seat = awbs.seat(of: awb, prefix: 0, sought)
    if seat.number != nil { return false }
    let key = UInt32(awbs.insert(awb, prefix: 0, sought, value: shipment.raw, at: seat))
    assign(shipment, courier: courier, key: key, after, row)
    return true
  }

  /// Enters a new order, whose number and invoice id have free seats, with its one shipment; its lines follow.
  public mutating func createOrder(
    _ number: Span<UInt8>, _ sought: KeyTable.Sought, at seat: KeyTable.Seat,
    invoice: Span<UInt8>, _ soughtInvoice: KeyTable.Sought, at invoiceSeat: KeyTable.Seat,
    location: Span<UInt8>, _ state: ShipmentState, _ row: RowContext
  ) -> ShipmentIndex {
    let place = locationNumber(location)
    let order = UInt32(orders.count)
    let shipment = UInt32(shipments.count)
    _ = orderNumbers.insert(number, prefix: 0, sought, value: order, at: seat)
    orders.append(OrderRecord(creator: row.partner, location: place, firstShipment: shipment))
    var key = Books.noKey
    if invoice.count > 0 {
      key = UInt32(invoices.insert(invoice, prefix: 0, soughtInvoice, value: shipment, at: invoiceSeat))
    }
    if let packed = PackedShipment(newOf: order, invoiceKey: key, state, row) {
      shipments.append(packed)
    } else {
      var record = ShipmentRecord(
        order: OrderIndex(order), state: state, since: row.time, setBy: row.position, head: row.position)
      record.invoiceKey = key
      shipments.append(record)
    }
    touch(shipment)
    return ShipmentIndex(shipment)
  }

  /// Adds a line to a shipment that the row itself created; the shipment has no line with that key.
  /// - Parameter apart: what the key is sought by, without the shipment's number.
  public mutating func addLine(
    toNew shipment: ShipmentIndex, _ suborder: Span<UInt8>, _ apart: KeyTable.Sought, quantity: Int32,
    content: UInt64
  ) {
    let sought = lineKeys.seeking.sought(apart, prefix: shipment.raw)
    lineKeys.insert(suborder, prefix: shipment.raw, sought, value: UInt32(lines.count))
    lines.append(LineRecord(quantity: quantity, content: content))
  }

  /// Adds a line to a shipment.
  ///
  /// - Returns: the newest record about the shipment before this one; nil, and nothing changed, where it has, or had, such a line.
  public mutating func addNewLine(
    _ shipment: ShipmentIndex, _ suborder: Span<UInt8>, _ apart: KeyTable.Sought, quantity: Int32,
    content: UInt64, _ row: RowContext
  ) -> Position? {
    let sought = lineKeys.seeking.sought(apart, prefix: shipment.raw)
    let seat = lineKeys.seat(of: suborder, prefix: shipment.raw, sought)
    if seat.number != nil { return nil }
    _ = lineKeys.insert(
      suborder, prefix: shipment.raw, sought, value: UInt32(lines.count), at: seat)
    lines.append(LineRecord(quantity: quantity, content: content))
    let before = shipments[Int(shipment.raw)].head
    note(shipment, row)
    return before
  }
}
