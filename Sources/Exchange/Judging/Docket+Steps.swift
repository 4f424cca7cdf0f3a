internal import Ledger
internal import Orders

/// The steps of a shipment before it moves: assigned, confirmed, its documents fetched, manifested; and the cancel request.
extension Docket {
  // MARK: Assignment

  mutating func judgeAssignment(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let (number, invoice) = (batch.cell(row, .orderNumber), batch.cell(row, .invoiceID))
    let (courier, awb) = (batch.cell(row, .courier), batch.cell(row, .awbNumber))
    var (shipments, fault) = resolve(order: number, invoice: invoice)
    if let fault { return .rejected([fault]) }
    let suborder = batch.cell(row, .suborderID)
    var pieces: Int32 = 0
    if !suborder.isAbsent {
      switch try assignedPart(batch, row, among: shipments) {
      case .refused(let verdict): return verdict
      case .pieces(let part, let count): (shipments, pieces) = ([part.shipment], count)
      }
    } else if !awb.isAbsent, let holder = self.holder(of: awb), !holder.isReturn,
      shipments.contains(holder.shipment)
    {
      // The AWB of one of them says which one is meant.
      shipments = [holder.shipment]
    }
    if shipments.count > 1 {
      let column = invoice.isAbsent ? Column.invoiceID : .suborderID
      return .rejected([Fault(.orderIsSplit, column)], cause: try cause(shipments[0]))
    }
    let shipment = shipments[0]
    let lines = suborder.isAbsent ? [] : try history.lines(of: shipment, from: pastHead(of: shipment))
    let line = lines.first { $0.suborder[...] == bytes[suborder.range] }
    let record = books[shipment]
    let known = books.courier(of: shipment)
    let isSameCourier =
      courier.isAbsent
      || record.courier != 0 && Ledger.isSameCourier(bytes[courier.range].span, known.text.span)
    if profile.role == .carrier {
      if !courier.isAbsent && !isSameCourier {
        return try refuse(.courierNotYours, shipment, .courier, value: courier)
      }
      if awb.isAbsent { return .rejected([Fault(.missingValue, .awbNumber)]) }
    }
    if courier.isAbsent && (awb.isAbsent || record.courier == 0) {
      return .rejected([Fault(.missingValue, .courier)])
    }

    var event = record.hasAWB ? EventKind.reassign : .assign
    if awb.isAbsent {
      if isSameCourier { return Verdict(.duplicate, before: record.state, after: record.state) }
    } else if let holder = self.holder(of: awb) {
      let other = books.courier(of: holder.shipment).text
      if let line, !holder.isReturn, holder.shipment != shipment, mayJoin(shipment, holder.shipment),
        courier.isAbsent || Ledger.isSameCourier(bytes[courier.range].span, other.span)
      {
        return try join(shipment, lines, at: line, pieces: pieces, to: holder.shipment)
      }
      if holder.shipment != shipment || holder.isReturn {
        return try refuse(.awbInUse, shipment, .awbNumber, value: awb)
      }
      if isSameCourier { return Verdict(.duplicate, before: record.state, after: record.state) }
      event = .reassign
    }
    if !Transitions.mayAssign(profile, ordersOf: profiles[Int(books[record.order].creator)].role) {
      return try refuse(.marketplaceAssigns, shipment)
    }
    let isAll = lines.allSatisfy { $0 == line ? $0.live == pieces : $0.live == 0 }
    if let line, !isAll {
      return try split(
        shipment, lines: lines, at: line, pieces: pieces, suborder: suborder, courier: courier, awb: awb)
    }
    switch Transitions.step(record.state, event, for: profile) {
    case .moves(let target):
      enterInvoice(shipment, invoice)
      perform(.assign(shipment, courier: courier, awb: awb, after: awb.isAbsent ? record.state : target))
    case .stays, .duplicate:
      enterInvoice(shipment, invoice)
      perform(.assign(shipment, courier: courier, awb: awb, after: record.state))
    case .refused(let code):
      return try refuse(
        code, shipment, awb.isAbsent ? .courier : .awbNumber, value: awb.isAbsent ? courier : awb)
    case .parked, .recorded: return try refuse(.notTheNextStep, shipment)
    }
    return Verdict(.applied, before: record.state, after: books[shipment].state)
  }

  // MARK: Confirmation

  mutating func judgeConfirmation(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let invoice = batch.cell(row, .invoiceID)
    let (shipments, fault) = resolve(order: batch.cell(row, .orderNumber), invoice: invoice)
    if let fault { return .rejected([fault]) }
    let (number, date) = sellersInvoice(batch, row)
    func confirm(_ shipment: ShipmentIndex, in docket: inout Docket) throws -> Verdict {
      let before = docket.books[shipment].state
      if docket.books[shipment].marks.contains(.confirmed) {
        return Verdict(.duplicate, before: before, after: before)
      }
      switch Transitions.step(before, .confirm, for: docket.profile) {
      case .moves(let target):
        docket.enterInvoice(shipment, invoice)
        docket.perform(.confirm(shipment, invoiceNumber: number, invoiceDate: date))
        return Verdict(.applied, before: before, after: target)
      case .refused(let code): return try docket.refuse(code, shipment)
      case .stays, .duplicate, .parked, .recorded: return try docket.refuse(.notTheNextStep, shipment)
      }
    }
    if shipments.count == 1 { return try confirm(shipments[0], in: &self) }
    var verdicts: [Verdict] = []
    for shipment in shipments { verdicts.append(try confirm(shipment, in: &self)) }
    return together(verdicts)
  }

  /// Number and date of the seller's own invoice: printed on the documents, and part of no judgement.
  func sellersInvoice(_ batch: borrowing RowBatch, _ row: Int) -> (number: Slice, date: Timestamp?) {
    let (number, date) = (batch.cell(row, .invoiceNumber), batch.cell(row, .invoiceDate))
    if date.isAbsent { return (number, nil) }
    let formats = profile.formats(for: .confirmations)
    switch readTime(batch.bytes.span.extracting(date.range), as: formats, in: profile.zone) {
    case .instant(let time), .dayOnly(let time): return (number, time)
    case .bad: return (number, nil)
    }
  }

  // MARK: Documents

  mutating func judgeDocument(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let (invoice, document) = (batch.cell(row, .invoiceID), batch.cell(row, .document))
    var which: UInt8 = 3
    if !document.isAbsent {
      switch String(decoding: bytes[document.range], as: UTF8.self).lowercased() {
      case "label": which = 1
      case "invoice": which = 2
      default: return .rejected([Fault(.unknownWord, .document, value: document)])
      }
    }
    let (shipments, fault) = resolve(order: .absent, invoice: invoice)
    if let fault { return .rejected([fault]) }
    var verdicts: [Verdict] = []
    for shipment in shipments {
      let state = books[shipment].state
      guard Transitions.step(state, .document, for: profile) == .stays else {
        verdicts.append(try refuse(.notTheNextStep, shipment))
        continue
      }
      perform(.document(shipment, which: which))
      requested.append((shipment, which, partner))
      verdicts.append(Verdict(.applied, before: state, after: state))
    }
    return together(verdicts)
  }

  // MARK: Manifest

  mutating func judgeManifest(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let (awb, number) = (batch.cell(row, .awbNumber), batch.cell(row, .orderNumber))
    let manifest = batch.cell(row, .manifestNumber)
    let shipment: ShipmentIndex
    if awb.isAbsent {
      let (shipments, fault) = resolve(order: number, invoice: .absent)
      if let fault { return .rejected([fault]) }
      if shipments.count > 1 {
        return .rejected([Fault(.orderIsSplit, .awbNumber)], cause: try cause(shipments[0]))
      }
      shipment = shipments[0]
    } else {
      guard let holder = self.holder(of: awb)?.shipment, owns(holder) else {
        return .rejected([Fault(.unknownShipment, .awbNumber, value: awb)])
      }
      if !number.isAbsent, !books.isNumber(bytes[number.range].span, of: books[holder].order) {
        return .rejected([Fault(.keysDisagree, .orderNumber, value: number)])
      }
      shipment = holder
    }

    let before = books[shipment].state
    if books[shipment].marks.contains(.manifested) {
      if try manifestNumber(of: shipment) == Array(bytes[manifest.range]) {
        return Verdict(.duplicate, before: before, after: before)
      }
      return try refuse(.manifestConflict, shipment, .manifestNumber, value: manifest)
    }
    switch Transitions.step(before, .manifest, for: profile) {
    case .moves(let target):
      if !books[shipment].hasAWB { return try refuse(.noAWB, shipment, .awbNumber) }
      let holdsParked = books[shipment].marks.contains(.holdsParked)
      perform(.manifest(shipment, number: manifest))
      if holdsParked { try release(shipment) }
      return Verdict(.applied, before: before, after: target)
    case .refused(let code): return try refuse(code, shipment)
    case .stays, .duplicate, .parked, .recorded: return try refuse(.notTheNextStep, shipment)
    }
  }

  private func manifestNumber(of shipment: ShipmentIndex) throws -> [UInt8] {
    for entry in try history.entries(of: shipment, from: pastHead(of: shipment)) {
      for case .manifest(shipment, let number) in entry.record.effects {
        return Array(entry.bytes[number.range])
      }
    }
    return []
  }

  // MARK: Cancellation

  mutating func judgeCancellation(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let (number, invoice) = (batch.cell(row, .orderNumber), batch.cell(row, .invoiceID))
    let awb = batch.cell(row, .awbNumber)
    var shipments: [ShipmentIndex] = []
    if !awb.isAbsent {
      guard let holder = self.holder(of: awb)?.shipment, owns(holder) else {
        return .rejected([Fault(.unknownShipment, .awbNumber, value: awb)])
      }
      shipments = [holder]
    }
    if !number.isAbsent || !invoice.isAbsent {
      let (named, fault) = resolve(order: number, invoice: invoice)
      if let fault { return .rejected([fault]) }
      if let holder = shipments.first, !named.contains(holder) {
        return .rejected([Fault(.keysDisagree, .awbNumber, value: awb)])
      }
      if shipments.isEmpty { shipments = named }
    }
    let verdict =
      cancelsPieces(batch, row)
      ? try cancelPieces(batch, row, among: shipments) : try cancel(shipments)
    if verdict.outcome == .applied { enterInvoice(shipments[0], invoice) }
    return verdict
  }

  /// The cancel request of the row in hand, for all that it names.
  mutating func cancel(_ shipments: [ShipmentIndex]) throws -> Verdict {
    var verdicts: [Verdict] = []
    for shipment in shipments { verdicts.append(try cancel(shipment)) }
    return together(verdicts)
  }

  /// The cancel request of the row in hand, for one shipment; before pickup it cancels, after pickup it turns round.
  mutating func cancel(_ shipment: ShipmentIndex) throws -> Verdict {
    let record = books[shipment]
    let before = record.state
    guard record.marks.contains(.manifested) else {
      if record.marks.contains(.cancelRequested) { return Verdict(.duplicate, before: before, after: before) }
      perform(
        .cancel(shipment, Effect.FoldResult(after: .cancelled, onReturn: false, setBy: nil, since: time)))
      return Verdict(.applied, before: before, after: .cancelled)
    }
    let request = HeldEvent(time: time, scanNumber: 0, event: .cancel, endsReturn: false, position: position)
    let held = try history.heldEvents(
      of: shipment, from: pastHead(of: shipment), isCancelRequested: record.marks.contains(.cancelRequested))
    // The fold depends on the earliest request alone: an earlier one is held even where it changes nothing now.
    let isRepeat = held.contains { $0.event == .cancel && HeldEvent.precedes($0, request) }
    if isRepeat { return Verdict(.duplicate, before: before, after: before) }
    let fold = CarrierFold.over(held + [request])
    if before.isClosed && before != .cancelled, let end = fold.setBy, HeldEvent.precedes(end, request) {
      return try refuse(.cancelRefused, shipment)
    }
    let isTurned = fold.onReturn != record.marks.contains(.onReturn) && !before.isClosed
    let isChanged = fold.state != before || isTurned
    let isNewest = held.allSatisfy { HeldEvent.precedes($0, request) }
    perform(.cancel(shipment, result(of: fold, for: record)))
    return Verdict(isChanged || isNewest ? .applied : .recorded, before: before, after: fold.state)
  }

  /// What a full fold leaves in the books: who set the state, or the manifest still.
  func result(of fold: CarrierFold, for record: ShipmentRecord) -> Effect.FoldResult {
    Effect.FoldResult(
      after: fold.state, onReturn: fold.onReturn, setBy: fold.setBy?.position ?? record.setBy,
      since: fold.setBy?.time ?? record.since)
  }
}
