internal import Files
internal import Ledger
internal import Orders

/// The short way of order rows that are as nearly all are: a new order with its lines, or one more line of an order whose one
/// shipment is not confirmed yet; without a courier, and with nothing cancelled.
///
/// Whatever is otherwise goes the long way (`judgeOrder`), which would say the same of these.
extension Docket {
  mutating func judgeNextOrder(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    let (number, invoice) = (batch.cell(row, .orderNumber), batch.cell(row, .invoiceID))
    let lines = sought.orderLines[sought.place(row)]
    guard books.waitingCount == 0, !lines.isEmpty,
      profile.role != .marketplace || profile.locationKeys == nil
    else { return nil }
    let place = row - stage.first
    let bytes = batch.bytes.span
    var known = stage.orders[place]
    var seat: KeyTable.Seat?
    if known == Books.noKey {
      // A row just before it may have brought the order.
      seat = books.seat(ofOrder: bytes.extracting(number.range), sought.orders[sought.place(row)])
      if let found = seat?.number { known = UInt32(found) }
    }
    var holder = invoice.isAbsent ? Books.noKey : stage.invoices[place]
    var invoiceSeat: KeyTable.Seat?
    if !invoice.isAbsent && holder == Books.noKey {
      invoiceSeat = books.seat(ofInvoice: bytes.extracting(invoice.range), sought.invoices[sought.place(row)])
      if let found = invoiceSeat?.number { holder = UInt32(found) }
    }
    if known != Books.noKey {
      if !invoice.isAbsent && holder == Books.noKey { return nil }
      return addNextLine(batch, row, to: OrderIndex(known), invoiceKey: holder)
    }
    guard let seat, holder == Books.noKey, batch.cell(row, .courier).isAbsent,
      batch.cell(row, .awbNumber).isAbsent
    else { return nil }
    return createNextOrder(batch, row, at: seat, invoiceSeat)
  }

  private mutating func createNextOrder(
    _ batch: borrowing RowBatch, _ row: Int, at seat: KeyTable.Seat, _ invoiceSeat: KeyTable.Seat?
  ) -> Verdict {
    let bytes = batch.bytes.span
    let (number, invoice) = (batch.cell(row, .orderNumber), batch.cell(row, .invoiceID))
    let location = batch.cell(row, .locationKey)
    let state: ShipmentState = profile.ordersAwaitCarrier ? .awaitingCarrier : .open
    let order = OrderIndex(books.orders.count)
    let shipment = books.createOrder(
      bytes.extracting(number.range), sought.orders[sought.place(row)], at: seat,
      invoice: bytes.extracting(invoice.range), sought.invoices[sought.place(row)], at: invoiceSeat ?? seat,
      location: bytes.extracting(location.range), state, context(batch, row))
    let (lines, own) = (sought.lines, sought.orderLines[sought.place(row)].range)
    for place in own {
      let line = lines[place]
      books.addLine(
        toNew: shipment, bytes.extracting(line.key.range), sought.lineKeys[place], quantity: line.quantity,
        content: line.content)
    }
    let head = RowWriter.StepHead(
      of: shipment, from: nil, to: state, at: batch.rows[row].time, previous: position, position: position)
    let new = RowWriter.NewOrder(
      order, number: number, location: location, invoice: invoice, details(batch, row))
    writer.appendOrder(head, new, state, lines.span.extracting(own), in: bytes)
    return head.verdict
  }

  /// - Parameter key: the invoice id's, which somebody has; `Books.noKey` where the row names none.
  private mutating func addNextLine(
    _ batch: borrowing RowBatch, _ row: Int, to order: OrderIndex, invoiceKey key: UInt32
  ) -> Verdict? {
    let bytes = batch.bytes.span
    let record = books[order]
    let shipment = books.onlyShipment(of: order)
    // Of an older shipment the feeds tell what its lines were: the long way notes that.
    let lines = sought.orderLines[sought.place(row)]
    guard lines.count == 1, shipment != .none, shipment.raw >= books.firstNewShipment,
      key == Books.noKey || books.firstHolder(ofInvoice: key) == shipment, record.creator == partner,
      books.isLocation(bytes.extracting(batch.cell(row, .locationKey).range), record.location)
    else { return nil }
    let state = books.packed(shipment).state
    let line = sought.lines[Int(lines.first)]
    guard state.rank < ShipmentState.confirmed.rank,
      let before = books.addNewLine(
        shipment, bytes.extracting(line.key.range), sought.lineKeys[Int(lines.first)],
        quantity: line.quantity, content: line.content, context(batch, row))
    else { return nil }
    let head = RowWriter.StepHead(
      of: shipment, from: state, to: state, at: batch.rows[row].time, previous: before, position: position)
    writer.appendLine(head, line, in: bytes)
    return head.verdict
  }
}
