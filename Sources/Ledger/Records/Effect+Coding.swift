internal import Orders

/// The effects in the journal: a tag, for effects on a shipment its index and the way back to the record before, then the fields.
enum EffectTag {
  static let createOrder: UInt8 = 1
  static let createShipment: UInt8 = 2
  static let setInvoice: UInt8 = 3
  static let addLine: UInt8 = 4
  static let assign: UInt8 = 5
  static let confirm: UInt8 = 6
  static let manifest: UInt8 = 7
  static let cancel: UInt8 = 8
  static let carrier: UInt8 = 9
  static let settle: UInt8 = 10
  static let document: UInt8 = 11
  static let stock: UInt8 = 12
  /// Of version 1: the name alone.
  static let productName: UInt8 = 13
  static let account: UInt8 = 14
  static let details: UInt8 = 15
  static let tie: UInt8 = 16
  static let dropLine: UInt8 = 17
  static let pieces: UInt8 = 18
  static let wait: UInt8 = 19
  static let resume: UInt8 = 20
  static let product: UInt8 = 21
}

extension RecordBytes where Self: ~Copyable {
  /// - Parameter bytes: what the effect's slices are ranges of.
  mutating func putEffect(
    _ effect: Effect, bytes: Span<UInt8>, previous: Position, at position: Position
  ) {
    switch effect {
    case .createOrder(let number, let location):
      putCreateOrder(number, location, of: bytes)
    case .createShipment(let order, let invoice, let state):
      putCreateShipment(order, invoice, state, of: bytes)
    case .setInvoice(let shipment, let invoice):
      putShipment(EffectTag.setInvoice, shipment, previous, position)
      putText(invoice, of: bytes)
    case .details(let shipment, let details):
      putShipment(EffectTag.details, shipment, previous, position)
      putDetails(details, of: bytes)
    case .addLine(let shipment, let suborder, let sku, let quantity, let price, let content):
      putShipment(EffectTag.addLine, shipment, previous, position)
      putLine(suborder, sku, quantity, price, content, of: bytes)
    case .assign(let shipment, let courier, let awb, let after):
      putShipment(EffectTag.assign, shipment, previous, position)
      putAssignment(courier, awb, after, of: bytes)
    case .dropLine(let shipment, let suborder, let isLast):
      putShipment(EffectTag.dropLine, shipment, previous, position)
      putText(suborder, of: bytes)
      append(isLast ? 1 : 0)
    case .tie(let shipment, let awb):
      putShipment(EffectTag.tie, shipment, previous, position)
      putText(awb, of: bytes)
    case .pieces(let shipment, let suborder, let quantity, let cancelled):
      putShipment(EffectTag.pieces, shipment, previous, position)
      putText(suborder, of: bytes)
      putSigned(Int64(quantity))
      putSigned(Int64(cancelled))
    case .confirm(let shipment, let number, let date):
      putShipment(EffectTag.confirm, shipment, previous, position)
      putConfirmation(number, date, of: bytes)
    case .manifest(let shipment, let number):
      putShipment(EffectTag.manifest, shipment, previous, position)
      putText(number, of: bytes)
    case .cancel(let shipment, let fold):
      putShipment(EffectTag.cancel, shipment, previous, position)
      putFold(fold)
    case .carrier(let shipment, let entry):
      putShipment(EffectTag.carrier, shipment, previous, position)
      putCarrier(entry, bytes)
    case .settle(let shipment, let parked, let settlement):
      putShipment(EffectTag.settle, shipment, previous, position)
      putNumber(parked.raw)
      append(
        settlement.outcome.rawValue | (settlement.leavesOthers ? 8 : 0) | (settlement.isCancel ? 16 : 0))
      append(settlement.before.rawValue)
      putNumber(UInt64(settlement.code?.rawValue ?? 0))
      putTime(settlement.time)
      putFold(settlement.fold)
    case .document(let shipment, let which):
      putShipment(EffectTag.document, shipment, previous, position)
      append(which)
    case .stock(let location, let sku, let quantity):
      append(EffectTag.stock)
      putText(location, of: bytes)
      putText(sku, of: bytes)
      putSigned(Int64(quantity))
    case .product(let sku, let details, let content):
      append(EffectTag.product)
      putText(sku, of: bytes)
      for place in Effect.ProductDetails.columns.indices { putText(details[place], of: bytes) }
      putNumber(content)
    case .account(let location, let courier, let fingerprint):
      append(EffectTag.account)
      putText(location, of: bytes)
      putText(courier, of: bytes)
      putNumber(fingerprint)
    case .wait(let row):
      append(EffectTag.wait)
      append(row.column.rawValue)
      putText(row.key, of: bytes)
      append(row.kind.rawValue)
      putNumber(UInt64(row.line))
      putSigned(Int64(row.quantity))
      putNumber(row.scanNumber)
      putText(row.cells, of: bytes)
    case .resume(let waiting):
      append(EffectTag.resume)
      putNumber(waiting.raw)
    }
  }

  /// The way back: 0 nothing before, 1 the same record, else the distance of the frames in eights plus two, and the place in it.
  mutating func putShipment(
    _ tag: UInt8, _ shipment: ShipmentIndex, _ previous: Position, _ position: Position
  ) {
    append(tag)
    putNumber(UInt64(shipment.raw))
    if previous == .none {
      append(0)
    } else if previous == position {
      append(1)
    } else {
      putNumber((position.frame - previous.frame) / 8 + 2)
      putNumber(UInt64(previous.record))
    }
  }

  // The fields of what nearly every row before the manifest brings.

  mutating func putCreateOrder(_ number: Slice, _ location: Slice, of bytes: Span<UInt8>) {
    append(EffectTag.createOrder)
    putText(number, of: bytes)
    putText(location, of: bytes)
  }

  mutating func putCreateShipment(
    _ order: OrderIndex, _ invoice: Slice, _ state: ShipmentState, of bytes: Span<UInt8>
  ) {
    append(EffectTag.createShipment)
    putNumber(UInt64(order.raw))
    putText(invoice, of: bytes)
    append(state.rawValue)
  }

  mutating func putDetails(_ details: Effect.OrderDetails, of bytes: Span<UInt8>) {
    putText(details.customerName, of: bytes)
    putText(details.addressLine1, of: bytes)
    putText(details.city, of: bytes)
    putText(details.pinCode, of: bytes)
    putText(details.paymentMode, of: bytes)
    putText(details.collectableAmount, of: bytes)
    putText(details.marketplace, of: bytes)
  }

  mutating func putLine(
    _ suborder: Slice, _ sku: Slice, _ quantity: Int32, _ priceMillionths: Int64, _ content: UInt64,
    of bytes: Span<UInt8>
  ) {
    putText(suborder, of: bytes)
    putText(sku, of: bytes)
    putSigned(Int64(quantity))
    putSigned(priceMillionths)
    putNumber(content)
  }

  mutating func putAssignment(
    _ courier: Slice, _ awb: Slice, _ after: ShipmentState, of bytes: Span<UInt8>
  ) {
    putText(courier, of: bytes)
    putText(awb, of: bytes)
    append(after.rawValue)
  }

  mutating func putConfirmation(_ invoiceNumber: Slice, _ invoiceDate: Timestamp?, of bytes: Span<UInt8>) {
    putText(invoiceNumber, of: bytes)
    append(invoiceDate == nil ? 0 : 1)
    if let invoiceDate { putTime(invoiceDate) }
  }

  private mutating func putFold(_ fold: Effect.FoldResult) {
    append(fold.after.rawValue | (fold.onReturn ? 0x40 : 0) | (fold.setBy == nil ? 0 : 0x80))
    if let setBy = fold.setBy {
      putNumber(setBy.raw)
      putTime(fold.since)
    }
  }

  private mutating func putCarrier(_ entry: Effect.CarrierEntry, _ bytes: Span<UInt8>) {
    let isKnown = entry.code != .max
    var head = entry.outcome.rawValue
    if entry.isSecondVersion { head |= 8 }
    if entry.endsReturn { head |= 16 }
    if entry.scanNumber != 0 { head |= 32 }
    if isKnown { head |= 64 }
    if entry.isOnReturnAWB { head |= 128 }
    append(head)
    append(entry.event.map { $0.rawValue + 1 } ?? 0)
    if isKnown { putNumber(UInt64(entry.code)) } else { putText(entry.codeText, of: bytes) }
    if entry.scanNumber != 0 { putNumber(entry.scanNumber) } else { putText(entry.scanText, of: bytes) }
    putText(entry.location, of: bytes)
    putFold(entry.fold)
    if entry.outcome == .parked {
      putNumber(UInt64(entry.line))
      putText(entry.orderNumber, of: bytes)
    }
  }
}

extension RecordReader {
  private mutating func slice() throws(RecordFault) -> Slice {
    let range = try text()
    return Slice(offset: range.lowerBound, length: range.count)
  }

  private mutating func state8() throws(RecordFault) -> ShipmentState {
    guard let state = ShipmentState(rawValue: try byte()) else { throw RecordFault(what: "an unknown state") }
    return state
  }

  private mutating func shipment(at position: Position) throws(RecordFault) -> (ShipmentIndex, Position) {
    let index = ShipmentIndex(UInt32(truncatingIfNeeded: try number()))
    let back = try number()
    switch back {
    case 0: return (index, .none)
    case 1: return (index, position)
    default:
      let steps = back - 2
      guard steps <= position.frame / 8 else {
        throw RecordFault(what: "a way back leads before the journal")
      }
      return (index, Position(frame: position.frame - steps * 8, record: try count()))
    }
  }

  private mutating func fold(since time: Timestamp) throws(RecordFault) -> Effect.FoldResult {
    let head = try byte()
    guard let state = ShipmentState(rawValue: head & 0x3F) else {
      throw RecordFault(what: "an unknown state")
    }
    if head & 0x80 == 0 {
      return Effect.FoldResult(after: state, onReturn: head & 0x40 != 0, setBy: nil, since: time)
    }
    let setBy = Position(raw: try number())
    return Effect.FoldResult(after: state, onReturn: head & 0x40 != 0, setBy: setBy, since: try self.time())
  }

  private mutating func carrier(time: Timestamp) throws(RecordFault) -> Effect.CarrierEntry {
    let head = try byte()
    guard let outcome = Outcome(rawValue: head & 7) else { throw RecordFault(what: "an unknown outcome") }
    let raw = try byte()
    let event = raw == 0 ? nil : EventKind(rawValue: raw - 1)
    var code = CodeIndex.max
    var codeText = Slice.absent
    if head & 64 != 0 { code = CodeIndex(truncatingIfNeeded: try number()) } else { codeText = try slice() }
    var number: ScanNumber = 0
    var scanText = Slice.absent
    if head & 32 != 0 { number = try self.number() } else { scanText = try slice() }
    let location = try slice()
    let fold = try fold(since: time)
    var line: UInt32 = 0
    var orderNumber = Slice.absent
    if outcome == .parked {
      line = UInt32(truncatingIfNeeded: try self.number())
      orderNumber = try slice()
    }
    return Effect.CarrierEntry(
      outcome: outcome, isSecondVersion: head & 8 != 0, code: code, codeText: codeText, event: event,
      endsReturn: head & 16 != 0, isOnReturnAWB: head & 128 != 0, time: time, scanNumber: number,
      scanText: scanText, location: location,
      line: line,
      orderNumber: orderNumber, fold: fold)
  }

  private mutating func waitingRow() throws(RecordFault) -> Effect.WaitingRow {
    guard let column = Column(rawValue: try byte()) else { throw RecordFault(what: "an unknown column") }
    let key = try slice()
    guard let kind = Kind(rawValue: try byte()) else { throw RecordFault(what: "an unknown kind") }
    let line = UInt32(truncatingIfNeeded: try number())
    let quantity = Int32(truncatingIfNeeded: try signed())
    return Effect.WaitingRow(
      column: column, key: key, kind: kind, line: line, quantity: quantity, scanNumber: try number(),
      cells: try slice())
  }

  /// - Parameter time: the row's event time.
  mutating func effect(at position: Position, time: Timestamp) throws(RecordFault) -> (Effect, Position) {
    let tag = try byte()
    switch tag {
    case EffectTag.createOrder: return (.createOrder(number: try slice(), location: try slice()), .none)
    case EffectTag.createShipment:
      let order = OrderIndex(UInt32(truncatingIfNeeded: try number()))
      return (.createShipment(order: order, invoice: try slice(), state: try state8()), .none)
    case EffectTag.stock:
      return (
        .stock(location: try slice(), sku: try slice(), quantity: Int32(truncatingIfNeeded: try signed())),
        .none
      )
    case EffectTag.product, EffectTag.productName:
      let sku = try slice()
      var details = Effect.ProductDetails()
      if tag == EffectTag.productName {
        details.name = try slice()
      } else {
        for place in Effect.ProductDetails.columns.indices { details[place] = try slice() }
      }
      return (.product(sku: sku, details, content: try number()), .none)
    case EffectTag.account:
      return (.account(location: try slice(), courier: try slice(), fingerprint: try number()), .none)
    case EffectTag.wait: return (.wait(try waitingRow()), .none)
    case EffectTag.resume: return (.resume(waiting: Position(raw: try number())), .none)
    default: break
    }
    let (shipment, previous) = try shipment(at: position)
    switch tag {
    case EffectTag.setInvoice: return (.setInvoice(shipment, invoice: try slice()), previous)
    case EffectTag.details:
      var details = Effect.OrderDetails()
      details.customerName = try slice()
      details.addressLine1 = try slice()
      details.city = try slice()
      details.pinCode = try slice()
      details.paymentMode = try slice()
      details.collectableAmount = try slice()
      details.marketplace = try slice()
      return (.details(shipment, details), previous)
    case EffectTag.addLine:
      let (suborder, sku) = (try slice(), try slice())
      let quantity = Int32(truncatingIfNeeded: try signed())
      let effect = Effect.addLine(
        shipment, suborder: suborder, sku: sku, quantity: quantity, priceMillionths: try signed(),
        content: try number())
      return (effect, previous)
    case EffectTag.assign:
      return (.assign(shipment, courier: try slice(), awb: try slice(), after: try state8()), previous)
    case EffectTag.dropLine:
      return (.dropLine(shipment, suborder: try slice(), isLast: try byte() == 1), previous)
    case EffectTag.tie: return (.tie(shipment, awb: try slice()), previous)
    case EffectTag.pieces:
      let suborder = try slice()
      let quantity = Int32(truncatingIfNeeded: try signed())
      let effect = Effect.pieces(
        shipment, suborder: suborder, quantity: quantity, cancelled: Int32(truncatingIfNeeded: try signed()))
      return (effect, previous)
    case EffectTag.confirm:
      let number = try slice()
      let date = try byte() == 0 ? nil : try self.time()
      return (.confirm(shipment, invoiceNumber: number, invoiceDate: date), previous)
    case EffectTag.manifest: return (.manifest(shipment, number: try slice()), previous)
    case EffectTag.cancel: return (.cancel(shipment, try fold(since: time)), previous)
    case EffectTag.carrier: return (.carrier(shipment, try carrier(time: time)), previous)
    case EffectTag.settle:
      let parked = Position(raw: try number())
      let head = try byte()
      guard let outcome = Outcome(rawValue: head & 7) else { throw RecordFault(what: "an unknown outcome") }
      let before = try state8()
      let code = RejectionCode(rawValue: UInt16(truncatingIfNeeded: try number()))
      let settled = try self.time()
      let settlement = Effect.Settlement(
        outcome: outcome, before: before, code: code, time: settled, fold: try fold(since: settled),
        leavesOthers: head & 8 != 0, isCancel: head & 16 != 0)
      return (.settle(shipment, parked: parked, settlement), previous)
    case EffectTag.document: return (.document(shipment, which: try byte()), previous)
    default: throw RecordFault(what: "an unknown effect")
    }
  }
}
