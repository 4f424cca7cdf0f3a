internal import Files
public import Orders

/// What effects do to the books, one after the other: the live run comes here by `apply`, a replay by its steps.
///
/// What a key is sought by is told by the caller, who may have looked at its place in the table before.
extension Books {
  mutating func createOrder(
    _ number: Span<UInt8>, _ sought: KeyTable.Sought, location: UInt32, _ row: RowContext
  ) {
    orderNumbers.insert(number, prefix: 0, sought, value: UInt32(orders.count))
    orders.append(OrderRecord(creator: row.partner, location: location, firstShipment: .max))
  }

  mutating func createShipment(
    of order: OrderIndex, _ invoice: Span<UInt8>, _ sought: KeyTable.Sought, _ state: ShipmentState,
    _ row: RowContext
  ) {
    let key = invoice.count > 0 ? invoiceKey(invoice, sought, UInt32(shipments.count)) : .max
    createShipment(of: order, invoiceKey: key, state, row)
  }

  /// - Parameter key: of the invoice; `noKey`: it has none.
  private mutating func createShipment(
    of order: OrderIndex, invoiceKey key: UInt32, _ state: ShipmentState, _ row: RowContext
  ) {
    let index = UInt32(shipments.count)
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
    of shipment: ShipmentIndex, _ invoice: Span<UInt8>, _ sought: KeyTable.Sought, _ row: RowContext
  ) {
    setInvoice(of: shipment, key: invoiceKey(invoice, sought, shipment.raw), row)
  }

  private mutating func setInvoice(of shipment: ShipmentIndex, key: UInt32, _ row: RowContext) {
    touchKeys(shipment.raw)
    change(shipment, row) { $0.invoiceKey = key }
  }

  mutating func addLine(
    _ shipment: ShipmentIndex, _ suborder: Span<UInt8>, _ sought: KeyTable.Sought, quantity: Int32,
    content: UInt64, _ row: RowContext
  ) {
    let (key, _) = lineKeys.findOrInsert(
      suborder, prefix: shipment.raw, sought, value: UInt32(lines.count))
    addLine(shipment, key: key, LineRecord(quantity: quantity, content: content), row)
  }

  private mutating func addLine(
    _ shipment: ShipmentIndex, key: Int, _ line: LineRecord, _ row: RowContext
  ) {
    // A key's number is its line's.
    if key == lines.count {
      lines.append(line)
    } else {
      // The line comes back to a shipment that it had left.
      log(.lineValue(UInt32(key), lines[key]))
      lines[key] = line
    }
    note(shipment, row)
  }

  /// - Parameter courier: nil: it stays what it is. An empty AWB leaves that what it is.
  mutating func assign(
    _ shipment: ShipmentIndex, courier: UInt32?, _ awb: Span<UInt8>, _ sought: KeyTable.Sought,
    _ after: ShipmentState, _ row: RowContext
  ) {
    let key = awb.count == 0 ? nil : takeAWB(awb, sought, shipment)
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
    _ invoice: Span<UInt8>, _ sought: KeyTable.Sought, _ shipment: UInt32
  ) -> UInt32 {
    UInt32(invoices.findOrInsert(invoice, prefix: 0, sought, value: shipment).number)
  }

  /// Gives the AWB to the shipment; one that was held and replaced before changes hands.
  mutating func takeAWB(
    _ awb: Span<UInt8>, _ sought: KeyTable.Sought, _ shipment: ShipmentIndex
  ) -> UInt32 {
    let (key, isNew) = awbs.findOrInsert(awb, prefix: 0, sought, value: shipment.raw)
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

  /// A run of steps: their places, and the numbers of the keys that they bear.
  struct Run: ~Copyable {
    var orderNumbers = KeyedSteps()
    var invoices = KeyedSteps()
    var awbs = KeyedSteps()
    var lineKeys = KeyedSteps()
    /// Those that change a shipment.
    fileprivate var shipments = KeyedSteps()
    /// By the step's place; `noKey` of one that bears none.
    fileprivate(set) var keys = InlineArray<128, UInt32>(repeating: Books.noKey)
    fileprivate(set) var count = 0
  }

  /// Begins a run with the first steps, up to the next whole row, and looks at what they are about to touch, at all of it together.
  func begin(_ steps: Span<ReplayStep>) -> Run {
    var run = Run()
    var shipment = UInt32(shipments.count)
    let end = min(steps.count, KeyedSteps.runMax)
    while run.count < end {
      let index = run.count
      switch steps[index].kind {
      case .createOrder: run.orderNumbers.append(index)
      case .createShipment:
        if steps[index].text.length > 0 {
          run.invoices.append(index)
          run.keys[index] = shipment
        }
        shipment &+= 1
      case .setInvoice:
        run.invoices.append(index)
        run.keys[index] = steps[index].subject
      case .addLine: run.lineKeys.append(index)
      case .assign:
        if steps[index].text.length > 0 {
          run.awbs.append(index)
          run.keys[index] = steps[index].subject
        }
        run.shipments.append(index)
      case .event, .carrier, .confirm, .manifest, .cancel, .note: run.shipments.append(index)
      case .row:
        look(at: run, steps)
        return run
      }
      run.count &+= 1
    }
    look(at: run, steps)
    return run
  }

  /// In loops without a choice: one that is foreseen wrongly lets go of the looks behind it.
  private func look(at run: borrowing Run, _ steps: Span<ReplayStep>) {
    var sum = orderNumbers.look(at: run.orderNumbers, of: steps)
    sum &+= invoices.look(at: run.invoices, of: steps)
    sum &+= lineKeys.look(at: run.lineKeys, of: steps)
    sum &+= awbs.look(at: run.awbs, of: steps)
    let places = run.shipments.places.span
    for index in 0..<run.shipments.count {
      // Of those that an earlier step is about to create there is nothing yet.
      let subject = Int(steps[Int(places[index])].subject)
      if subject < shipments.count { sum &+= UInt64(shipments.look(at: subject, &sum)) }
    }
    Books.note(sum)
  }

  /// Enters the keys that the steps of a run bear: what is kept of an order, a shipment or a line follows from the keys' numbers, and
  /// each table goes by its own keys alone.
  mutating func enterKeys(of run: inout Run, _ steps: Span<ReplayStep>, _ bytes: Span<UInt8>) {
    precondition(!keepsUndo, "what is replayed is not taken back")
    orderNumbers.enter(run.orderNumbers, of: steps, in: bytes, isNew: true, &run.keys)
    invoices.enter(run.invoices, of: steps, in: bytes, &run.keys)
    awbs.enter(run.awbs, of: steps, in: bytes, movesKnown: true, &run.keys)
    lineKeys.enter(run.lineKeys, of: steps, in: bytes, &run.keys)
  }

  /// Makes one step, whatever it is but a whole row.
  /// - Parameters:
  ///   - key: the number of the key that the step bears, if it bears one.
  ///   - name: the number of the location or the courier that the step names, if it names one.
  mutating func make(_ step: ReplayStep, _ bytes: Span<UInt8>, key: UInt32, name: UInt32?, _ row: RowContext)
  {
    let shipment = ShipmentIndex(step.subject)
    switch step.kind {
    case .event, .carrier:
      takeScan(step.number, bytes.extracting(step.text.range), shipment, row)
      let identity = Books.identityBit(code: step.code, time: row.time)
      change(shipment, row) {
        $0.identities |= identity
        if step.isCancel { $0.marks.insert(.cancelRequested) }
        $0.newestCarrier = max($0.newestCarrier, row.time)
        $0.newestHeld = max($0.newestHeld, row.time)
        $0.follow(step.fold, row)
      }
    case .createOrder:
      orders.append(OrderRecord(creator: row.partner, location: name ?? 0, firstShipment: .max))
    case .createShipment: createShipment(of: OrderIndex(step.subject), invoiceKey: key, step.state, row)
    case .setInvoice: setInvoice(of: shipment, key: key, row)
    case .addLine:
      addLine(shipment, key: Int(key), LineRecord(quantity: step.quantity, content: step.number), row)
    case .assign: assign(shipment, courier: name, key: key == Books.noKey ? nil : key, step.state, row)
    case .confirm: confirm(shipment, row)
    case .manifest: manifest(shipment, row)
    case .cancel: cancel(shipment, step.fold, row)
    case .note: note(shipment, row)
    case .row: preconditionFailure("whole rows are taken by the replay")
    }
  }
}
