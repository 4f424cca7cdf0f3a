internal import Ledger
internal import Orders

/// A row that waits for an earlier step and has waited longer than its sender's terms allow.
///
/// There may be very many, so that only what their order needs is kept; the rest is read again when its turn comes.
struct OverdueRow {
  /// Nil where nobody knows its order or AWB.
  let shipment: ShipmentIndex?
  let event: HeldEvent
  /// Does another row of the shipment still wait when this one is gone?
  var leavesOthers = false
}

extension Docket {
  /// The rows that are overdue at an instant, in event order.
  func overdueRows(at clock: Timestamp) throws -> [OverdueRow] {
    var overdue: [OverdueRow] = []
    for index in books.shipments.indices where books.shipments[index].marks.contains(.holdsParked) {
      let shipment = ShipmentIndex(index)
      let waiting = try history.waitingRows(of: shipment, from: books[shipment].head)
      let late = waiting.filter { isOverdue($0.entry.claim, arrival: $0.entry.arrival, at: clock) }
      let staying = waiting.count - late.count
      for (place, row) in late.sorted(by: { HeldEvent.precedes($0.asHeld, $1.asHeld) }).enumerated() {
        overdue.append(
          OverdueRow(
            shipment: shipment, event: row.asHeld, leavesOthers: staying > 0 || place < late.count - 1))
      }
    }
    for row in books.waiting where !row.isOver {
      let entry = try history.entry(at: row.position, countingRows: false)
      guard isOverdue(entry.claim, arrival: entry.arrival, at: clock) else { continue }
      let event = HeldEvent(
        time: row.time, scanNumber: 0, event: .document, endsReturn: false, position: row.position)
      overdue.append(OverdueRow(shipment: nil, event: event))
    }
    return overdue.sorted { HeldEvent.precedes($0.event, $1.event) }
  }

  private func isOverdue(_ claim: ClaimNumber, arrival: Timestamp, at clock: Timestamp) -> Bool {
    guard let sender = books.file(of: claim)?.partner else { return false }
    let waited = clock.milliseconds - arrival.milliseconds
    return waited > Int64(profiles[Int(sender)].parkHours) * 3_600_000
  }

  /// Takes up a deed in place of a file.
  mutating func openDeed(at clock: Timestamp) {
    open(partner: 0, claim: ClaimNumber(0), name: [], arrival: clock)
  }

  /// Rejects a row that waited too long: an entry of the journal of its own, and a line of its file's settled answers.
  ///
  /// Its sender reads why, so the cause is told with the sender's eyes: another partner's file is not named.
  ///
  /// - Parameters:
  ///   - row: its number in the file that it came in.
  ///   - number: the number of the deed's own entry.
  mutating func expire(_ overdue: OverdueRow, rowInFile row: UInt32, as number: UInt32) throws {
    start(row: number, at: arrival)
    guard let shipment = overdue.shipment else {
      return try expireUnknown(at: overdue.event.position, rowInFile: row)
    }
    let entry = try history.entry(at: overdue.event.position, countingRows: false)
    guard let sender = books.file(of: entry.claim)?.partner else { return }
    for case .carrier(shipment, let event) in entry.record.effects {
      let record = books[shipment]
      let hours = (arrival.milliseconds - entry.arrival.milliseconds) / 3_600_000
      var verdict = Verdict.rejected(
        [Fault(.parkedTooLong, number: hours)], cause: try cause(shipment, for: sender))
      let unmoved = Effect.FoldResult(
        after: record.state, onReturn: record.marks.contains(.onReturn), setBy: nil, since: event.time)
      perform(
        .settle(
          shipment, parked: entry.position,
          Effect.Settlement(
            outcome: .rejected, before: record.state, code: .parkedTooLong, time: event.time, fold: unmoved,
            leavesOthers: overdue.leavesOthers)))
      note(verdict)
      verdict.eventTime = event.time
      released.append(
        ReleasedRow(
          claim: entry.claim, partner: sender, row: row, line: event.line,
          orderNumber: Array(entry.bytes[event.orderNumber.range]),
          awb: Array(event.isOnReturnAWB ? books.returnAWB(of: shipment) : books.awb(of: shipment)),
          verdict: verdict))
      return
    }
  }

  /// Rejects a row whose order or AWB nobody came to know.
  private mutating func expireUnknown(at waiting: Position, rowInFile number: UInt32) throws {
    let entry = try history.entry(at: waiting, countingRows: false)
    guard let row = entry.waitingRow, let sender = books.file(of: entry.claim)?.partner else { return }
    let hours = (arrival.milliseconds - entry.arrival.milliseconds) / 3_600_000
    var verdict = Verdict.rejected([
      Fault(.parkedTooLong, row.column, value: row.key, number: hours)
    ])
    perform(.resume(waiting: waiting))
    note(verdict)
    verdict.eventTime = entry.record.verdict.eventTime
    var line = ReleasedRow(verdict, of: try RowBatch(row, of: entry), entry, sender)
    line.row = number
    released.append(line)
  }
}
