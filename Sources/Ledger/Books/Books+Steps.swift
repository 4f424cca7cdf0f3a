internal import Files
public import Orders

/// What effects do to the books, one after the other: the live run comes here by `apply`, a replay by its steps.
///
/// What a key is sought by is told by the caller, who may have looked at its place in the table before.
extension Books {
  mutating func createOrder(
    _ number: Span<UInt8>, _ sought: KeyTable.Sought, spelling: UInt8? = nil, location: UInt32,
    _ row: RowContext
  ) {
    orderNumbers.insert(number, prefix: 0, sought, value: UInt32(orders.count), spelling: spelling)
    orders.append(OrderRecord(creator: row.partner, location: location, firstShipment: .max))
  }

  mutating func createShipment(
    of order: OrderIndex, _ invoice: Span<UInt8>, _ sought: KeyTable.Sought, spelling: UInt8? = nil,
    _ state: ShipmentState, _ row: RowContext
  ) {
    let index = UInt32(shipments.count)
    let key = invoice.count > 0 ? invoiceKey(invoice, sought, spelling, index) : .max
    if let packed = PackedShipment(newOf: order.raw, invoiceKey: key, state, row) {
      shipments.append(packed)
    } else {
      var record = ShipmentRecord(
        order: order, state: state, since: row.time, setBy: row.position, head: row.position)
      record.invoiceKey = key
      shipments.append(record)
    }
    touch(index)
    let before = orders[Int(order.raw)]
    if before.firstShipment == .max {
      if order.raw < undo.orders { log(.order(order, before)) }
      orders[Int(order.raw)].firstShipment = index
    } else {
      var last = before.firstShipment
      while shipments[Int(last)].next != .max { last = shipments[Int(last)].next }
      shipments[Int(last)].next = index
      log(.nextShipment(last))
    }
  }

  mutating func setInvoice(
    of shipment: ShipmentIndex, _ invoice: Span<UInt8>, _ sought: KeyTable.Sought, spelling: UInt8? = nil,
    _ row: RowContext
  ) {
    let key = invoiceKey(invoice, sought, spelling, shipment.raw)
    touchKeys(shipment.raw)
    change(shipment, row) { $0.invoiceKey = key }
  }

  mutating func addLine(
    _ shipment: ShipmentIndex, _ suborder: Span<UInt8>, _ sought: KeyTable.Sought, spelling: UInt8? = nil,
    quantity: Int32, content: UInt64, _ row: RowContext
  ) {
    let line = LineRecord(quantity: quantity, content: content)
    let (known, isNew) = lineKeys.findOrInsert(
      suborder, prefix: shipment.raw, sought, value: UInt32(lines.count), spelling: spelling)
    if isNew {
      lines.append(line)
    } else {
      // The line comes back to a shipment that it had left.
      log(.lineValue(UInt32(known), lines[known]))
      lines[known] = line
    }
    note(shipment, row)
  }

  /// - Parameter courier: nil: it stays what it is. An empty AWB leaves that what it is.
  mutating func assign(
    _ shipment: ShipmentIndex, courier: UInt32?, _ awb: Span<UInt8>, _ sought: KeyTable.Sought,
    spelling: UInt8? = nil, _ after: ShipmentState, _ row: RowContext
  ) {
    let key = awb.count == 0 ? nil : takeAWB(awb, sought, spelling: spelling, shipment)
    assign(shipment, courier: courier, key: key, after, row)
  }

  /// - Parameter key: of the AWB, which the shipment holds already.
  mutating func assign(
    _ shipment: ShipmentIndex, courier: UInt32?, key: UInt32?, _ after: ShipmentState, _ row: RowContext
  ) {
    let place = Int(shipment.raw)
    touchKeys(shipment.raw)
    if shipments.assign(place, courier: courier, awbKey: key, after, row) { return }
    change(shipment, row) {
      if let courier { $0.courier = courier }
      if let key { $0.awbKey = key }
      $0.move(to: after, row)
    }
  }

  public mutating func confirm(_ shipment: ShipmentIndex, _ row: RowContext) {
    touch(shipment.raw)
    if shipments.move(Int(shipment.raw), to: .confirmed, .confirmed, row) { return }
    change(shipment, row) {
      $0.marks.insert(.confirmed)
      $0.move(to: .confirmed, row)
    }
  }

  public mutating func manifest(_ shipment: ShipmentIndex, _ row: RowContext) {
    touch(shipment.raw)
    if shipments.move(Int(shipment.raw), to: .shipped, .manifested, row) { return }
    change(shipment, row) {
      $0.marks.insert(.manifested)
      $0.move(to: .shipped, row)
    }
  }

  mutating func cancel(_ shipment: ShipmentIndex, _ fold: Effect.FoldResult, _ row: RowContext) {
    change(shipment, row) {
      $0.marks.insert(.cancelRequested)
      $0.newestHeld = max($0.newestHeld, row.time)
      $0.follow(fold, row)
    }
  }

  /// The row is the shipment's newest record, and nothing else.
  mutating func note(_ shipment: ShipmentIndex, _ row: RowContext) {
    touch(shipment.raw)
    if shipments.setHead(row.position, of: Int(shipment.raw)) { return }
    change(shipment, row) { _ in }
  }

  /// Takes up what a carrier numbers its events by.
  mutating func takeScan(
    _ number: ScanNumber, _ text: Span<UInt8>, _ shipment: ShipmentIndex, _ row: RowContext
  ) {
    // A number is there already where a row with it expired: it held the number no more, and came again.
    if number != 0 {
      if scanNumbers[Int(row.partner)].insert(number) { log(scan: number, of: row.partner) }
    } else if text.count > 0, !hasScan(row.partner, text: text) {
      _ = scanTexts.insert(text, prefix: UInt32(row.partner), value: shipment.raw)
      log(.scanText)
    }
  }

  /// The invoice's number; the parts of a split shipment share it, and the first of them holds it.
  private mutating func invoiceKey(
    _ invoice: Span<UInt8>, _ sought: KeyTable.Sought, _ spelling: UInt8?, _ shipment: UInt32
  ) -> UInt32 {
    UInt32(invoices.findOrInsert(invoice, prefix: 0, sought, value: shipment, spelling: spelling).number)
  }

  /// Gives the AWB to the shipment; one that was held and replaced before changes hands.
  mutating func takeAWB(
    _ awb: Span<UInt8>, _ sought: KeyTable.Sought, spelling: UInt8? = nil, _ shipment: ShipmentIndex
  ) -> UInt32 {
    let (key, isNew) = awbs.findOrInsert(awb, prefix: 0, sought, value: shipment.raw, spelling: spelling)
    if !isNew {
      log(.awbValue(UInt32(key), awbs.values[key]))
      awbs.setValue(key, shipment.raw)
    }
    return UInt32(key)
  }
}

/// A replay's steps.
extension Books {
  /// Makes room for what a page is about to add, and for what will come behind it.
  ///
  /// A table that grows does so at once for all that can be foreseen: grown step by step, each key would be entered three times.
  mutating func makeRoom(for counts: ReplayCounts, _ outlook: ReplayOutlook) {
    orderNumbers.makeRoom(for: counts.orders, outlook)
    orders.makeRoom(for: counts.orders, outlook)
    shipments.makeRoom(for: counts.shipments, outlook)
    invoices.makeRoom(for: counts.invoices, outlook)
    awbs.makeRoom(for: counts.awbs, outlook)
    lineKeys.makeRoom(for: counts.lines, outlook)
    lines.makeRoom(
      for: lines.count + counts.lines, expecting: outlook.expected(lines.count, adding: counts.lines))
  }

  /// Makes room for all that a journal will add, as far as that can be foreseen.
  mutating func makeRoom(foreseen counts: ReplayCounts) {
    orderNumbers.makeRoom(expecting: orderNumbers.count + counts.orders)
    orders.makeRoom(expecting: orders.count + counts.orders)
    shipments.makeRoom(expecting: shipments.count + counts.shipments)
    invoices.makeRoom(expecting: invoices.count + counts.invoices)
    // Most AWBs that are given are a shipment's first; others may be given again and again.
    awbs.makeRoom(expecting: min(awbs.count + counts.awbs, shipments.count + counts.shipments))
    lineKeys.makeRoom(expecting: lineKeys.count + counts.lines)
    lines.makeRoom(for: lines.count + counts.lines, expecting: lines.count + counts.lines)
  }

  /// Gives back what room was made in vain.
  mutating func giveBackRoom() {
    orderNumbers.giveBackRoom()
    invoices.giveBackRoom()
    awbs.giveBackRoom()
    lineKeys.giveBackRoom()
  }

  /// The steps that are made next are those of another page.
  mutating func beginPage() {
    orderNumbers.beginPage()
    invoices.beginPage()
    awbs.beginPage()
    lineKeys.beginPage()
  }

  /// Looks at what steps are about to touch, at all of them together.
  func bringNear(_ steps: Span<ReplayStep>) {
    var sum: UInt64 = 0
    for index in steps.indices {
      let subject = Int(steps[index].subject)
      switch steps[index].kind {
      case .createOrder: sum &+= orderNumbers.look(at: steps[index].hash)
      case .createShipment, .setInvoice: sum &+= invoices.look(at: steps[index].hash)
      case .addLine: sum &+= lineKeys.look(at: steps[index].hash)
      case .assign:
        sum &+= awbs.look(at: steps[index].hash)
        if subject < shipments.count { sum &+= UInt64(shipments.look(at: subject, &sum)) }
      case .event, .carrier, .confirm, .manifest, .cancel, .note:
        // Of those that an earlier step is about to create there is nothing yet.
        if subject < shipments.count { sum &+= UInt64(shipments.look(at: subject, &sum)) }
      case .row: break
      }
    }
    Books.note(sum)
  }

  /// Makes one step, whatever it is but a whole row.
  /// - Parameter name: the number of the location or the courier that the step names, if it names one.
  mutating func make(_ step: ReplayStep, _ bytes: Span<UInt8>, name: UInt32?, _ row: RowContext) {
    let shipment = ShipmentIndex(step.subject)
    let text = bytes.extracting(step.text.range)
    switch step.kind {
    case .event, .carrier:
      takeScan(step.number, text, shipment, row)
      let identity = Books.identityBit(code: step.code, time: row.time)
      change(shipment, row) {
        $0.identities |= identity
        if step.isCancel { $0.marks.insert(.cancelRequested) }
        $0.newestCarrier = max($0.newestCarrier, row.time)
        $0.newestHeld = max($0.newestHeld, row.time)
        $0.follow(step.fold, row)
      }
    case .createOrder: createOrder(text, step.sought, spelling: step.spelling, location: name ?? 0, row)
    case .createShipment:
      createShipment(
        of: OrderIndex(step.subject), text, step.sought, spelling: step.spelling, step.state, row)
    case .setInvoice: setInvoice(of: shipment, text, step.sought, spelling: step.spelling, row)
    case .addLine:
      addLine(
        shipment, text, step.sought, spelling: step.spelling, quantity: step.quantity, content: step.number,
        row)
    case .assign: assign(shipment, courier: name, text, step.sought, spelling: step.spelling, step.state, row)
    case .confirm: confirm(shipment, row)
    case .manifest: manifest(shipment, row)
    case .cancel: cancel(shipment, step.fold, row)
    case .note: note(shipment, row)
    case .row: preconditionFailure("whole rows are taken by the replay")
    }
  }
}
