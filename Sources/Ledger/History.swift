package import Orders

/// The history of a shipment: its records, found from the newest back to the first by the way each one names.
package struct History {
  /// Gives the payload of the rows frame at an offset.
  package typealias FrameSource = (_ frame: UInt64) throws -> [UInt8]

  private let source: FrameSource

  package init(_ source: @escaping FrameSource) { self.source = source }

  /// One row that concerned the shipment.
  package struct Entry {
    package let position: Position
    package let claim: ClaimNumber
    /// The row's number in its file; 0 where it was not asked for.
    package let row: UInt32
    package let record: RowRecord
    /// What the slices of the record's effects are ranges of.
    package let bytes: [UInt8]
    /// When the row's file arrived.
    package let arrival: Timestamp
    /// The row's event time, or else its arrival.
    package var time: Timestamp { record.verdict.eventTime ?? arrival }
  }

  /// The records of a shipment, newest first.
  /// - Parameter countingRows: also find each row's number, which costs a walk through its frame.
  package func entries(of shipment: ShipmentIndex, from head: Position, countingRows: Bool = false) throws
    -> [Entry]
  {
    var entries: [Entry] = []
    var next = head
    while next != .none {
      let entry = try entry(at: next, countingRows: countingRows)
      var previous = Position.none
      for (effect, way) in zip(entry.record.effects, entry.record.previous) where effect.shipment == shipment
      {
        previous = way
        break
      }
      entries.append(entry)
      next = previous == entry.position ? .none : previous
    }
    return entries
  }

  /// The row whose record lies at the position.
  package func entry(at position: Position, countingRows: Bool) throws -> Entry {
    let payload = try source(position.frame)
    var cursor = try RowCursor(payload: payload, frame: position.frame)
    if countingRows {
      while cursor.place < position.record { _ = try cursor.next() }
    } else {
      cursor.seek(to: position.record)
    }
    let row = countingRows ? cursor.row : 0
    let record = try cursor.next()
    return Entry(
      position: position, claim: cursor.claim, row: row, record: record, bytes: payload,
      arrival: cursor.arrival)
  }

  /// The number in its file of each of these rows; a walk through every frame they lie in, once.
  package func rowNumbers(of positions: [Position]) throws -> [Position: UInt32] {
    var numbers: [Position: UInt32] = [:]
    var wanted = positions.sorted()[...]
    while let first = wanted.first {
      var cursor = try RowCursor(payload: try source(first.frame), frame: first.frame)
      while let next = wanted.first, next.frame == first.frame {
        while cursor.place < next.record { _ = try cursor.next() }
        numbers[next] = cursor.row
        wanted.removeFirst()
      }
    }
    return numbers
  }

  /// What the fold needs of the shipment's past: every carrier event and cancel request held.
  package func heldEvents(of shipment: ShipmentIndex, from head: Position) throws -> [HeldEvent] {
    var held: [HeldEvent] = []
    var settlements: [Position: Outcome] = [:]
    for entry in try entries(of: shipment, from: head) {
      for effect in entry.record.effects where effect.shipment == shipment {
        switch effect {
        case .settle(_, let parked, let settlement): settlements[parked] = settlement.outcome
        case .cancel:
          held.append(
            HeldEvent(
              time: entry.time, scanNumber: 0, event: .cancel, endsReturn: false, position: entry.position))
        case .carrier(_, let event):
          guard let kind = event.event else { continue }
          if event.outcome == .parked {
            guard let outcome = settlements[entry.position], outcome != .rejected else { continue }
          }
          held.append(
            HeldEvent(
              time: event.time, scanNumber: event.scanNumber, event: kind, endsReturn: event.endsReturn,
              position: entry.position))
        default: continue
        }
      }
    }
    return held
  }

  /// A row that waits for an earlier step.
  package struct WaitingRow {
    package let entry: Entry
    package let event: Effect.CarrierEntry

    package var asHeld: HeldEvent {
      HeldEvent(
        time: event.time, scanNumber: event.scanNumber, event: event.event ?? .document,
        endsReturn: event.endsReturn, position: entry.position)
    }
  }

  /// The parked events of a shipment that were not settled yet, in event order.
  package func parkedEvents(of shipment: ShipmentIndex, from head: Position) throws -> [(
    Entry, Effect.CarrierEntry
  )] {
    try waitingRows(of: shipment, from: head, countingRows: true)
      .sorted { HeldEvent.precedes($0.asHeld, $1.asHeld) }.map { ($0.entry, $0.event) }
  }

  /// The parked events of a shipment that were not settled yet, newest arrival first.
  /// - Parameter countingRows: also find each row's number, which costs a walk through its frame.
  package func waitingRows(
    of shipment: ShipmentIndex, from head: Position, countingRows: Bool = false
  ) throws -> [WaitingRow] {
    var waiting: [WaitingRow] = []
    var settled: Set<Position> = []
    for entry in try entries(of: shipment, from: head, countingRows: countingRows) {
      for effect in entry.record.effects where effect.shipment == shipment {
        switch effect {
        case .settle(_, let position, _): settled.insert(position)
        case .carrier(_, let event) where event.outcome == .parked && !settled.contains(entry.position):
          waiting.append(WaitingRow(entry: entry, event: event))
        default: continue
        }
      }
    }
    return waiting
  }
}
