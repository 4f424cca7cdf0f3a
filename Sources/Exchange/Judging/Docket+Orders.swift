internal import Ledger
internal import Orders

/// Order rows: an order's identity is sender and order number, a shipment's its invoice id, a line's invoice id and suborder id.
extension Docket {
  mutating func judgeOrder(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let number = batch.cell(row, .orderNumber)
    let invoice = batch.cell(row, .invoiceID)
    let location = batch.cell(row, .locationKey)
    if profile.role == .marketplace, !worksAt(bytes[location.range]) {
      return .rejected([Fault(.locationNotYours, .locationKey, value: location)])
    }

    let order = self.order(named: number)
    if let order, books[order].creator != partner {
      return .rejected([Fault(.orderNumberInUse, .orderNumber, value: number)])
    }
    let holder = invoice.isAbsent ? nil : self.shipment(invoiced: invoice)
    if let holder, books[holder].order != order {
      return .rejected([Fault(.invoiceInUse, .invoiceID, value: invoice)])
    }
    if let order, books.location(of: order) != bytes[location.range] {
      return .rejected([Fault(.lineConflict, .locationKey, value: location)])
    }

    // The shipment that the row is about; where a warehouse has split it, all its parts.
    var parts = holder.map { books.parts(of: $0) } ?? []
    var bringsInvoice = false
    if parts.isEmpty, let order {
      let shipments = books.shipments(of: order)
      let unnamed = shipments.filter { books[$0].invoiceKey == .max }
      if invoice.isAbsent {
        if shipments.count > 1 && unnamed.count < shipments.count {
          return .rejected([Fault(.orderIsSplit, .invoiceID)])
        }
        parts = shipments
      } else {
        parts = unnamed
        bringsInvoice = !unnamed.isEmpty
      }
    }
    let target = parts.first { books[$0].state.rank < ShipmentState.confirmed.rank } ?? parts.first

    let lines = newLines(batch, row, parts)
    if let conflict = lines.conflict { return .rejected([conflict], cause: try target.map { try cause($0) }) }
    if let fault = overcancelled(batch, row) {
      return .rejected([fault], cause: try target.map { try cause($0) })
    }
    // Beside counts the status says nothing more: what is left of the order is not cancelled.
    let isCancelled = batch.asksToCancel(row) && !countsCancelled(batch, row)

    guard let target else { return try createShipment(batch, row, order, lines.fresh, isCancelled) }
    let before = books[target].state
    // An order that comes cancelled may come line by line: it was never confirmed, and stays cancelled.
    let comesCancelled = before == .cancelled && isCancelled && !books[target].marks.contains(.confirmed)
    if !lines.fresh.isEmpty && before.rank >= ShipmentState.confirmed.rank && !comesCancelled {
      return try refuse(.notTheNextStep, target, .suborderID)
    }
    if lines.fresh.isEmpty && !bringsInvoice {
      // The same again; its status may still ask for a cancellation.
      if isCancelled { return try cancel(parts) }
      return try cancelCounted(batch, row, of: parts) ?? Verdict(.duplicate, before: before, after: before)
    }
    if bringsInvoice { enterInvoice(target, invoice) }
    for line in lines.fresh { addLine(batch, line, to: target, location) }
    if isCancelled && !comesCancelled { return try cancel(parts) }
    return Verdict(.applied, before: before, after: books[target].state)
  }

  /// The row's lines that are not known yet, or the first that is known with other content.
  private func newLines(_ batch: borrowing RowBatch, _ row: Int, _ parts: [ShipmentIndex]) -> (
    fresh: [RowBatch.OrderLine], conflict: Fault?
  ) {
    let given = batch.rows[row]
    let location = batch.cell(row, .locationKey)
    var fresh: [RowBatch.OrderLine] = []
    var seen: [[UInt8]: (content: UInt64, quantity: Int32)] = [:]
    for place in 0..<Int(given.lineCount) {
      let line = batch.lines[Int(given.firstLine) + place]
      let key = line.key
      let content = Docket.lineContent(line, location, in: bytes.span)
      var known: (content: UInt64, quantity: Int32)?
      for part in parts {
        guard let line = books.line(of: part, suborder: bytes[key.range].span) else { continue }
        // The parts of a split line have its content, and its pieces between them.
        known = (line.content, line.quantity + (known?.quantity ?? 0))
      }
      if known == nil && given.lineCount > 1 { known = seen[Array(bytes[key.range])] }
      if let known {
        if known.content == content { continue }
        let column = line.suborderID.isAbsent ? Column.sku : .suborderID
        return (
          [],
          Fault(
            .lineConflict, column, value: key, number: Int64(known.quantity), second: Int64(line.quantity))
        )
      }
      if given.lineCount > 1 { seen[Array(bytes[key.range])] = (content, line.quantity) }
      fresh.append(line)
    }
    return (fresh, nil)
  }

  private mutating func createShipment(
    _ batch: borrowing RowBatch, _ row: Int, _ order: OrderIndex?, _ lines: [RowBatch.OrderLine],
    _ isCancelled: Bool
  ) throws -> Verdict {
    let (number, location) = (batch.cell(row, .orderNumber), batch.cell(row, .locationKey))
    let (courier, awb) = (batch.cell(row, .courier), batch.cell(row, .awbNumber))
    if !awb.isAbsent {
      if courier.isAbsent { return .rejected([Fault(.missingValue, .courier)]) }
      if holder(of: awb) != nil {
        return .rejected([Fault(.awbInUse, .awbNumber, value: awb)])
      }
    }
    let index = order ?? OrderIndex(books.orders.count)
    if order == nil { perform(.createOrder(number: number, location: location)) }
    let shipment = ShipmentIndex(books.shipments.count)
    let start: ShipmentState = profile.ordersAwaitCarrier ? .awaitingCarrier : .open
    perform(.createShipment(order: index, invoice: batch.cell(row, .invoiceID), state: start))
    perform(.details(shipment, details(batch, row)))
    for line in lines { addLine(batch, line, to: shipment, location) }
    if !courier.isAbsent {
      perform(.assign(shipment, courier: courier, awb: awb, after: awb.isAbsent ? start : .assigned))
    }
    let isEmpty = batch.asksToCancel(row) && lines.allSatisfy { $0.cancelled == $0.quantity }
    if isCancelled || isEmpty { _ = try cancel(shipment) }
    return Verdict(.applied, after: books[shipment].state)
  }

  func details(_ batch: borrowing RowBatch, _ row: Int) -> Effect.OrderDetails {
    var details = Effect.OrderDetails()
    details.customerName = batch.cell(row, .customerName)
    details.addressLine1 = batch.cell(row, .addressLine1)
    details.city = batch.cell(row, .city)
    details.pinCode = batch.cell(row, .pinCode)
    details.paymentMode = batch.cell(row, .paymentMode)
    details.collectableAmount = batch.cell(row, .collectableAmount)
    details.marketplace = batch.cell(row, .marketplace)
    return details
  }

  private mutating func addLine(
    _ batch: borrowing RowBatch, _ line: RowBatch.OrderLine, to shipment: ShipmentIndex, _ location: Slice
  ) {
    perform(
      .addLine(
        shipment, suborder: line.key, sku: line.sku, quantity: line.quantity,
        priceMillionths: line.priceMillionths, content: Docket.lineContent(line, location, in: bytes.span)))
    if line.cancelled > 0 {
      perform(
        .pieces(shipment, suborder: line.key, quantity: line.quantity, cancelled: line.cancelled))
    }
  }

  /// What must be equal for the same line again to be a duplicate: article, pieces, price and warehouse.
  static func lineContent(_ line: RowBatch.OrderLine, _ location: Slice, in bytes: Span<UInt8>) -> UInt64 {
    var hash = ContentHash()
    hash.add(bytes.extracting(line.sku.range))
    hash.add(bytes.extracting(location.range))
    hash.add(Int64(line.quantity))
    hash.add(line.priceMillionths)
    return hash.value
  }
}

extension RowBatch {
  /// Does the row's `order_status` ask for a cancellation? Other statuses are kept only.
  func asksToCancel(_ row: Int) -> Bool {
    let status = cell(row, .orderStatus)
    // The word has nine letters, and most rows say something shorter, or nothing.
    if status.length < 9 { return false }
    return foldCourier(bytes[status.range].span).elementsEqual("cancelled".utf8)
  }
}
