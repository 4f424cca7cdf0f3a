internal import Ledger
internal import Orders

/// What carriers report, row by row, in the order of product.md section 5: content; own and known AWB; identity; unknown code;
/// not yet manifested; late; newer than the end; else applied.
extension Docket {
  mutating func judgeCarrierEvent(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let awb = batch.cell(row, .awbNumber)
    let reference = batch.cell(row, .referenceAWB)
    guard let tracked = tracked(awb: awb, reference: reference) else {
      return .rejected([Fault(.unknownShipment, .awbNumber, value: awb)])
    }
    let shipment = tracked.shipment
    let record = books[shipment]
    let given = batch.rows[row]

    let secondWord = batch.kind == .scans ? batch.cell(row, .statusCode) : .absent
    let isSecondVersion = !secondWord.isAbsent && profile.secondCodes != nil
    let word =
      isSecondVersion ? secondWord : batch.cell(row, batch.kind == .scans ? .reasonCodeNumber : .status)
    let spelled = bytes[word.range].span
    let code = isSecondVersion ? profile.secondCodes?.find(spelled) : profile.codes.find(spelled)
    let meaning = code.flatMap { isSecondVersion ? profile.secondCodes?[$0] : profile.codes[$0] }
    let event = meaning?.scanClass.event

    var entry = Effect.CarrierEntry(
      outcome: .applied, isSecondVersion: isSecondVersion, code: code ?? .max,
      codeText: code == nil ? word : .absent,
      event: tracked.isOnReturnAWB ? event.map(Transitions.returnTwin) : event,
      endsReturn: meaning?.endsReturn ?? false, isOnReturnAWB: tracked.isOnReturnAWB, time: time,
      scanNumber: given.scanNumber,
      scanText: given.scanNumber == 0 ? batch.cell(row, .statusUpdateNumber) : .absent,
      location: batch.cell(row, .location), line: given.line, orderNumber: batch.cell(row, .orderNumber),
      fold: Effect.FoldResult(
        after: record.state, onReturn: record.marks.contains(.onReturn), setBy: nil, since: time))

    if mayBeKnown(entry, record), let verdict = try identity(entry, shipment, batch, row) { return verdict }
    if tracked.isConflict { return try refuse(.referenceConflict, shipment, .referenceAWB, value: reference) }
    let tie = tracked.tie
    if let event = entry.event, profile.refusesReturnEvents, event.isReturnEvent {
      return try refuse(.returnsNotHandled, shipment, .status, value: word)
    }
    if code == nil { return keep(&entry, .recorded, shipment, record.state, tie) }
    if !record.marks.contains(.manifested) { return keep(&entry, .parked, shipment, record.state, tie) }

    let needsPast = entry.time <= record.newestHeld || entry.event == .cancel
    let past =
      needsPast
      ? try history.heldEvents(
        of: shipment, from: record.head, isCancelRequested: record.marks.contains(.cancelRequested)) : []
    let weighing = try weigh(entry, record, at: position, past: past)
    switch weighing {
    case .refused(let code): return try refuse(code, shipment)
    case .kept(let outcome, let fold):
      entry.fold = fold
      return keep(&entry, outcome, shipment, record.state, tie)
    }
  }

  private mutating func keep(
    _ entry: inout Effect.CarrierEntry, _ outcome: Outcome, _ shipment: ShipmentIndex,
    _ before: ShipmentState,
    _ tie: Slice?
  ) -> Verdict {
    entry.outcome = outcome
    if let tie { perform(.tie(shipment, awb: tie)) }
    perform(.carrier(shipment, entry))
    return Verdict(outcome, before: before, after: books[shipment].state)
  }

  /// What a carrier's event on a manifested shipment comes to.
  private enum Weighing {
    case kept(Outcome, Effect.FoldResult)
    case refused(RejectionCode)
  }

  /// - Parameter past: everything that the shipment holds already; not asked for when the event is newer than all of it and no
  ///   cancel request.
  private func weigh(
    _ entry: Effect.CarrierEntry, _ record: ShipmentRecord, at position: Position, past: [HeldEvent]
  ) throws -> Weighing {
    let onReturn = record.marks.contains(.onReturn)
    let unmoved = Effect.FoldResult(after: record.state, onReturn: onReturn, setBy: nil, since: entry.time)
    guard let event = entry.event else {
      // A code of the table that moves nothing.
      if entry.time < record.newestCarrier { return .kept(.recorded, unmoved) }
      if record.state == .cancelled { return .kept(.recorded, unmoved) }
      return record.state.isClosed ? .refused(.shipmentClosed) : .kept(.applied, unmoved)
    }
    let held = HeldEvent(
      time: entry.time, scanNumber: entry.scanNumber, event: event, endsReturn: entry.endsReturn,
      position: position)

    if entry.time > record.newestHeld && event != .cancel {
      var fold = CarrierFold(state: record.state, onReturn: onReturn)
      switch fold.apply(held) {
      case .refused(let code): return .refused(code)
      case .recorded: return .kept(.recorded, unmoved)
      case .moves, .stays, .parked, .duplicate:
        return .kept(
          .applied,
          Effect.FoldResult(after: fold.state, onReturn: fold.onReturn, setBy: nil, since: entry.time))
      }
    }

    // Not the newest of all: fold everything held again.
    let fold = CarrierFold.over(past + [held])
    let changes = fold.state != record.state || fold.onReturn != onReturn
    if changes { return .kept(.applied, result(of: fold, for: record)) }
    let isLate =
      entry.time < record.newestCarrier
      || past.contains { $0.event != .cancel && HeldEvent.precedes(held, $0) }
    if isLate { return .kept(.recorded, result(of: fold, for: record)) }
    if record.state.isClosed, let end = fold.setBy, HeldEvent.precedes(end, held) {
      return record.state == .cancelled ? .kept(.recorded, unmoved) : .refused(.shipmentClosed)
    }
    return .kept(.applied, result(of: fold, for: record))
  }

  // MARK: Identity

  /// Can the event have come before? A look at numbers and filters that clears nearly every row.
  private func mayBeKnown(_ entry: Effect.CarrierEntry, _ record: ShipmentRecord) -> Bool {
    if entry.scanNumber != 0 { return books.hasScan(partner, number: entry.scanNumber) }
    if !entry.scanText.isAbsent { return books.hasScan(partner, text: bytes[entry.scanText.range].span) }
    return record.identities & Books.identityBit(code: entry.code, time: entry.time) != 0
  }

  /// The same scan again is a duplicate, the same scan number with other content a conflict; nil: it is new.
  private func identity(
    _ entry: Effect.CarrierEntry, _ shipment: ShipmentIndex, _ batch: borrowing RowBatch, _ row: Int
  ) throws -> Verdict? {
    let record = books[shipment]
    let duplicate = Verdict(.duplicate, before: record.state, after: record.state)
    if entry.scanNumber != 0 || !entry.scanText.isAbsent {
      // One event at the most holds a number, and it is the newest that has it; one that was rejected for having waited too long
      // holds it no more.
      let earlier = try newest(shipment, record) { known, past, isExpired in
        sameNumber(known, past, entry) ? (isExpired, isSame: sameCodeAndTime(known, past, entry)) : nil
      }
      if let (isExpired, isSame) = earlier {
        if isExpired { return nil }
        if isSame { return duplicate }
      }
      let number = batch.cell(row, .statusUpdateNumber)
      return try refuse(.scanConflict, shipment, .statusUpdateNumber, value: number)
    }
    let known = try newest(shipment, record) { known, past, isExpired in
      !isExpired && sameCodeAndTime(known, past, entry)
        && past[known.location.range] == bytes[entry.location.range] ? true : nil
    }
    return known == nil ? nil : duplicate
  }

  private func sameNumber(_ known: Effect.CarrierEntry, _ past: [UInt8], _ entry: Effect.CarrierEntry) -> Bool
  {
    known.scanNumber == entry.scanNumber && past[known.scanText.range] == bytes[entry.scanText.range]
  }

  private func sameCodeAndTime(_ known: Effect.CarrierEntry, _ past: [UInt8], _ entry: Effect.CarrierEntry)
    -> Bool
  {
    known.code == entry.code && known.isSecondVersion == entry.isSecondVersion && known.time == entry.time
      && known.isOnReturnAWB == entry.isOnReturnAWB
      && past[known.codeText.range] == bytes[entry.codeText.range]
  }

  /// What is sought in this sender's carrier events about a shipment, of the newest one that has it.
  private func newest<Found>(
    _ shipment: ShipmentIndex, _ record: ShipmentRecord,
    _ sought: (_ event: Effect.CarrierEntry, _ bytes: [UInt8], _ isExpired: Bool) -> Found?
  ) throws -> Found? {
    // From the newest back: that a row waited too long and was rejected is met before the row.
    var expired: Set<Position> = []
    return try history.newest(of: shipment, from: record.head) { entry in
      for case .settle(shipment, let parked, let settlement) in entry.record.effects
      where settlement.code == .parkedTooLong { expired.insert(parked) }
      guard file(of: entry.claim)?.partner == partner else { return nil }
      let isExpired = expired.contains(entry.position)
      for case .carrier(shipment, let event) in entry.record.effects {
        if let found = sought(event, entry.bytes, isExpired) { return found }
      }
      return nil
    }
  }

  // MARK: Parked rows

  /// The manifest landed: the parked events of the shipment are judged again, in event order.
  mutating func release(_ shipment: ShipmentIndex) throws {
    var past: [HeldEvent] = []
    for (parked, event) in try history.parkedEvents(of: shipment, from: pastHead(of: shipment)) {
      let record = books[shipment]
      let sender = file(of: parked.claim)?.partner ?? partner
      let weighing = try weigh(event, record, at: parked.position, past: past)
      var settlement = Effect.Settlement(
        outcome: .rejected, before: record.state, code: nil, time: event.time,
        fold: Effect.FoldResult(
          after: record.state, onReturn: record.marks.contains(.onReturn), setBy: nil, since: event.time))
      var verdict: Verdict
      switch weighing {
      case .refused(let code):
        settlement.code = code
        verdict = .rejected([Fault(code)], cause: try cause(shipment, for: sender))
      case .kept(let outcome, var fold):
        if fold.setBy == nil && fold.after != record.state { fold.setBy = parked.position }
        settlement.outcome = outcome
        settlement.fold = fold
        settlement.isCancel = event.event == .cancel
        if let kind = event.event {
          past.append(
            HeldEvent(
              time: event.time, scanNumber: event.scanNumber, event: kind, endsReturn: event.endsReturn,
              position: parked.position))
        }
        verdict = Verdict(outcome, before: record.state, after: fold.after)
      }
      verdict.eventTime = event.time
      perform(.settle(shipment, parked: parked.position, settlement))
      released.append(
        ReleasedRow(
          claim: parked.claim, partner: sender, row: parked.row, line: event.line,
          orderNumber: Array(parked.bytes[event.orderNumber.range]),
          awb: Array(event.isOnReturnAWB ? books.returnAWB(of: shipment) : books.awb(of: shipment)),
          verdict: verdict))
    }
  }
}
