internal import Files
internal import Ledger
internal import Orders

/// The short way of order rows that are as nearly all are: a new order with its lines, or one more line of an order whose one
/// shipment is not confirmed yet; without a courier, and with nothing cancelled.
///
/// Whatever is otherwise goes the long way (`judgeOrder`), which would say the same of these.
extension Docket {
  /// Orders with more lines go the long way: each line is compared with those before it.
  private static var linesMax: Int { 8 }

  mutating func judgeNextOrder(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    let (number, invoice) = (batch.cell(row, .orderNumber), batch.cell(row, .invoiceID))
    let lineCount = Int(batch.rows[row].lineCount)
    guard books.waitingCount == 0, !number.isAbsent, lineCount > 0, lineCount <= Docket.linesMax,
      profile.role != .marketplace || profile.locationKeys == nil, !asksToCancel(batch, row),
      takeUpLines(batch, row)
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

  /// Takes up the row's lines; false where one is there twice, has no sound count, or has cancelled pieces.
  private mutating func takeUpLines(_ batch: borrowing RowBatch, _ row: Int) -> Bool {
    let location = batch.cell(row, .locationKey)
    let first = Int(batch.rows[row].firstLine)
    let bytes = batch.bytes.span
    stage.lines.removeAll(keepingCapacity: true)
    for place in first..<first + Int(batch.rows[row].lineCount) {
      let line = batch.lines[place]
      if line.quantity < 0 || line.cancelled != 0 { return false }
      let key = lineKey(line)
      for index in stage.lines.indices {
        if sameBytes(bytes.extracting(stage.lines[index].key.range), bytes.extracting(key.range)) {
          return false
        }
      }
      stage.lines.append(
        RowWriter.Line(
          key: key, sku: line.sku, quantity: line.quantity, priceMillionths: line.priceMillionths,
          content: Docket.lineContent(line, location, in: bytes)))
    }
    return true
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
    for index in stage.lines.indices {
      let line = stage.lines[index]
      books.addLine(
        toNew: shipment, bytes.extracting(line.key.range), quantity: line.quantity, content: line.content)
    }
    let head = RowWriter.StepHead(
      of: shipment, from: nil, to: state, at: batch.rows[row].time, previous: position, position: position)
    let new = RowWriter.NewOrder(
      order, number: number, location: location, invoice: invoice, details(batch, row))
    writer.appendOrder(head, new, state, stage.lines, in: bytes)
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
    guard stage.lines.count == 1, shipment != .none, shipment.raw >= books.firstNewShipment,
      key == Books.noKey || books.firstHolder(ofInvoice: key) == shipment, record.creator == partner,
      books.isLocation(bytes.extracting(batch.cell(row, .locationKey).range), record.location)
    else { return nil }
    let state = books.packed(shipment).state
    let line = stage.lines[0]
    guard state.rank < ShipmentState.confirmed.rank,
      let before = books.addNewLine(
        shipment, bytes.extracting(line.key.range), quantity: line.quantity, content: line.content,
        context(batch, row))
    else { return nil }
    let head = RowWriter.StepHead(
      of: shipment, from: state, to: state, at: batch.rows[row].time, previous: before, position: position)
    writer.appendLine(head, line, in: bytes)
    return head.verdict
  }
}
