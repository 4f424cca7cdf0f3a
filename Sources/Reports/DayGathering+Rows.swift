internal import Ledger
internal import Orders

/// What a transaction's rows say, one after the other.
extension DayGathering {
  /// Takes the rows of a frame.
  mutating func take(_ frame: JournalFrame, _ open: inout OpenTransaction) throws {
    var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
    // Rows of an earlier file that this one released stand in frames of their own.
    let earlier = books.file(of: cursor.claim)?.partner ?? open.partner ?? 0
    while !cursor.isAtEnd {
      if let event = try cursor.nextEvent() {
        if open.partner != nil {
          open.counted.read += 1
          open.counted[.applied] += 1
        }
        note(event, of: open.partner ?? 0, &open)
        continue
      }
      let (position, row) = (cursor.position, cursor.row)
      let record = try cursor.next()
      // A row of an earlier file that this one released was counted when it came.
      if open.partner != nil, !record.isResumed { count(record, row: row, &open) }
      if record.effects.isEmpty { continue }
      note(record, at: position, cursor, of: record.isResumed ? earlier : open.partner ?? 0, &open)
    }
  }

  /// Counts a row of a file.
  private mutating func count(_ record: RowRecord, row: UInt32, _ open: inout OpenTransaction) {
    open.counted.read += 1
    open.counted[record.verdict.outcome] += 1
    guard let faults = record.verdict.rejection?.faults, let fault = faults.first else { return }
    let first = open.rejected[fault.code] ?? (0, row, fault.column)
    open.rejected[fault.code] = (first.count + 1, first.row, first.column)
    if !open.isToday { return }
    for fault in faults where fault.code == .lineConflict || fault.code == .quantityOutOfBalance {
      noteQuantity(fault, row: row, &open)
    }
  }

  private mutating func noteQuantity(_ fault: Fault, row: UInt32, _ open: inout OpenTransaction) {
    // Another price or article is a conflict too, and none of pieces.
    guard fault.number != fault.second, let partner = open.partner else { return }
    guard quantityRows.count < DayGathering.quantityRowsMax else { return quantityRowsLeftOut += 1 }
    quantityRows.append(
      QuantityRow(partner: partner, row: row, code: fault.code, known: fault.number, said: fault.second))
    open.quantityRows += 1
  }

  /// Follows what a carrier's event in short changed.
  private mutating func note(_ event: NextEvent, of sender: UInt8, _ open: inout OpenTransaction) {
    let isFailure = event.event == .undelivered
    if isFailure {
      open.failedAttempts += 1
      if isInWindow(open.arrival, days: 7) {
        failed(event.code, event.isSecondVersion, event.shipment, sender, isToday: open.isToday)
      }
    }
    follow(event.event, of: event.shipment, isFailedAttempt: isFailure && !event.onReturn)
    follow(event.after, since: event.time, event.shipment)
  }

  /// Follows what a row, or a deed, changed.
  private mutating func note(
    _ record: RowRecord, at position: Position, _ cursor: RowCursor, of sender: UInt8,
    _ open: inout OpenTransaction
  ) {
    let time = record.verdict.eventTime ?? cursor.arrival
    for effect in record.effects {
      switch effect {
      case .createShipment:
        tracks.append(ShipmentTrack())
        report.conservation.shipmentsIn += 1
        open.shipmentsCreated += 1
      case .dropLine(_, _, let isLast):
        if isLast { report.conservation.shipmentsEmptied += 1 }
      case .manifest(let shipment, _):
        if tracks[Int(shipment.raw)].manifestedAt == nil { shipmentsManifested += 1 }
        tracks[Int(shipment.raw)].manifestedAt = time
        open.manifested += 1
      case .cancel(let shipment, let fold): follow(fold.after, since: fold.since, shipment)
      case .wait:
        parked[position] = ParkedRow(
          partner: sender, shipment: nil, arrivedAt: cursor.arrival, event: nil, isFailedAttempt: false)
        parkedRows.parked += 1
      case .resume(let waiting):
        let row = parked.removeValue(forKey: waiting)
        parkedRows.settled[record.verdict.outcome] += 1
        parkedRows.settled.read += 1
        if record.verdict.rejection?.faults.first?.code == .parkedTooLong && open.isToday {
          expired[row?.partner ?? sender, default: 0] += 1
        }
      case .carrier(let shipment, let entry):
        carrier(entry, shipment, at: position, cursor, of: sender, &open)
      case .settle(let shipment, let waiting, let settlement):
        let row = parked.removeValue(forKey: waiting)
        parkedRows.settled[settlement.outcome] += 1
        parkedRows.settled.read += 1
        if settlement.code == .parkedTooLong && open.isToday {
          expired[row?.partner ?? 0, default: 0] += 1
        }
        if settlement.outcome == .applied || settlement.outcome == .recorded {
          if let row { follow(row.event, of: shipment, isFailedAttempt: row.isFailedAttempt) }
          follow(settlement.fold.after, since: settlement.fold.since, shipment)
        }
      default: break
      }
    }
  }

  private mutating func carrier(
    _ entry: Effect.CarrierEntry, _ shipment: ShipmentIndex, at position: Position, _ cursor: RowCursor,
    of sender: UInt8, _ open: inout OpenTransaction
  ) {
    let isFailure = entry.event == .undelivered && entry.code != .max && !entry.isOnReturnAWB
    if isFailure {
      open.failedAttempts += 1
      if isInWindow(open.arrival, days: 7) {
        failed(entry.code, entry.isSecondVersion, shipment, sender, isToday: open.isToday)
      }
    }
    if entry.code == .max && open.isToday {
      let text = String(decoding: cursor.bytes[entry.codeText.range].prefix(64), as: UTF8.self)
      let key = UnknownKey(partner: sender, code: text)
      if unknownCodes[key] != nil || unknownCodes.count < DayGathering.unknownCodesMax {
        unknownCodes[key, default: 0] += 1
      }
    }
    if entry.outcome == .parked {
      parked[position] = ParkedRow(
        partner: sender, shipment: shipment, arrivedAt: cursor.arrival, event: entry.event,
        isFailedAttempt: isFailure)
      parkedRows.parked += 1
      return
    }
    guard entry.code != .max else { return }
    follow(entry.event, of: shipment, isFailedAttempt: isFailure && !entry.fold.onReturn)
    follow(entry.fold.after, since: entry.fold.since, shipment)
  }

  /// Notes what a carrier's event says about a shipment.
  private mutating func follow(_ event: EventKind?, of shipment: ShipmentIndex, isFailedAttempt: Bool) {
    let place = Int(shipment.raw)
    if isFailedAttempt { tracks[place].addFailedAttempt() }
    if !tracks[place].marks.contains(.scanned) {
      tracks[place].marks.insert(.scanned)
      shipmentsScanned += 1
    }
    if event?.provesPickup == true { tracks[place].marks.insert(.seenMoving) }
  }

  /// Notes when a way back began.
  private mutating func follow(_ state: ShipmentState, since: Timestamp, _ shipment: ShipmentIndex) {
    guard state.isOnReturnLeg || state == .returned else { return }
    if tracks[Int(shipment.raw)].returningSince == nil { tracks[Int(shipment.raw)].returningSince = since }
  }

  private func code(_ code: CodeIndex, _ isSecondVersion: Bool, _ sender: UInt8) -> ScanCode? {
    let folder = books.partnerName(sender)
    let profile = profiles.first { $0.folder == folder }
    let known = isSecondVersion ? profile?.secondCodes : profile?.codes
    guard let table = known, Int(code) < table.codes.count else { return nil }
    return table[code]
  }

  private mutating func failed(
    _ index: CodeIndex, _ isSecondVersion: Bool, _ shipment: ShipmentIndex, _ sender: UInt8, isToday: Bool
  ) {
    let key = FailureKey(
      courier: books[shipment].courier, reason: code(index, isSecondVersion, sender)?.ndr)
    var failure =
      failures[key]
      ?? DailyReport.FailedDelivery(
        courier: courierTitle(books.couriers[Int(key.courier)], books, profiles), reason: key.reason)
    failure.week += 1
    if isToday { failure.today += 1 }
    failures[key] = failure
  }
}
