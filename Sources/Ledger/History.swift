public import Orders

/// The history of a shipment: its records, found from the newest back to the first by the way each one names.
public struct History {
  /// Gives the payload of the rows frame at an offset.
  public typealias FrameSource = (_ frame: UInt64) throws -> [UInt8]
  /// Gives a part of it: the bytes from a place on, so many of them, or more, or as many as there are.
  public typealias PartSource = (_ frame: UInt64, _ place: Int, _ count: Int) throws -> FramePart

  private let source: PartSource
  private let marks: FrameMarks
  private let open: (page: RowPage, frame: UInt64)?

  public init(_ source: @escaping FrameSource) {
    self.init(parts: { frame, _, _ in FramePart(whole: try source(frame)) }, marks: FrameMarks())
  }

  /// - Parameters:
  ///   - marks: what is known of the frames, to be kept from one look to the next.
  ///   - open: the page that is being written, and where its frame will lie; nobody else has it yet.
  public init(
    parts source: @escaping PartSource, marks: FrameMarks, open: (page: RowPage, frame: UInt64)? = nil
  ) {
    self.source = source
    self.marks = marks
    self.open = open
  }

  /// A part of a frame, be it in the journal or still being written.
  private func part(of frame: UInt64, from place: Int, _ count: Int) throws -> FramePart {
    if let open, open.frame == frame { return FramePart(whole: open.page.payload) }
    return try source(frame, place, count)
  }

  /// One row that concerned the shipment.
  public struct Entry: Sendable {
    public let position: Position
    public let claim: ClaimNumber
    /// The row's number in its file; 0 where it was not asked for.
    public let row: UInt32
    public let record: RowRecord
    /// What the slices of the record's effects are ranges of.
    public let bytes: [UInt8]
    /// When the row's file arrived.
    public let arrival: Timestamp
    /// The row's event time, or else its arrival.
    public var time: Timestamp { record.verdict.eventTime ?? arrival }

    /// Where the shipment's record before this one lies; `none` behind the first.
    fileprivate func previous(of shipment: ShipmentIndex) -> Position {
      for (effect, way) in zip(record.effects, record.previous) where effect.shipment == shipment {
        return way == position ? .none : way
      }
      return .none
    }
  }

  /// The records of a shipment, newest first.
  /// - Parameter countingRows: also find each row's number, which costs a walk through its frame.
  public func entries(of shipment: ShipmentIndex, from head: Position, countingRows: Bool = false) throws
    -> [Entry]
  {
    var entries: [Entry] = []
    var next = head
    while next != .none {
      let entry = try entry(at: next, countingRows: countingRows)
      entries.append(entry)
      next = entry.previous(of: shipment)
    }
    return entries
  }

  /// What is sought in the records of a shipment, of the newest one that has it; those before it are not looked at.
  public func newest<Sought>(
    of shipment: ShipmentIndex, from head: Position, _ sought: (Entry) -> Sought?
  ) throws -> Sought? {
    var next = head
    while next != .none {
      let entry = try entry(at: next, countingRows: false)
      if let found = sought(entry) { return found }
      next = entry.previous(of: shipment)
    }
    return nil
  }

  /// The row whose record lies at the position.
  public func entry(at position: Position, countingRows: Bool) throws -> Entry {
    let head = try head(of: position.frame)
    var count = History.recordBytes
    while true {
      var (cursor, part) = try cursor(at: position, head, countingRows: countingRows, bytes: count)
      let row = cursor.row
      // A fault in a part that ends early: the record is longer than the part.
      guard let record = part.reachesEnd ? try cursor.next() : try? cursor.next() else {
        count *= 16
        continue
      }
      return Entry(
        position: position, claim: head.claim, row: row, record: record, bytes: part.bytes,
        arrival: head.arrival)
    }
  }

  /// A cursor at the record of a position, and what it reads: so many bytes behind the record's first, as far as there are.
  /// - Parameter countingRows: whether it shall know the row's number, for which it walks from the last mark on.
  private func cursor(
    at position: Position, _ head: FrameMarks.Head, countingRows: Bool, bytes: Int
  ) throws -> (RowCursor, FramePart) {
    let start = countingRows ? try mark(before: position, head) : nil
    let place = start?.place ?? position.record
    let part = try part(of: position.frame, from: place, position.record - place + bytes)
    var cursor = RowCursor(
      part, of: head, frame: position.frame, at: place, row: start.map { head.firstRow + UInt32($0.row) } ?? 0
    )
    while cursor.place < position.record { try cursor.passRow() }
    return (cursor, part)
  }

  /// Nearly every record is shorter.
  private static let recordBytes = 512

  private func head(of frame: UInt64) throws -> FrameMarks.Head {
    // What is known of a page that still grows holds until its next row only.
    if let open, open.frame == frame { return FrameMarks.Head(of: open.page) }
    if let known = marks[frame] { return known }
    let part = try part(of: frame, from: 0, RowCursor.headBytes)
    let cursor = try RowCursor(payload: part.bytes, frame: frame)
    let head = FrameMarks.Head(cursor, payloadBytes: part.payloadBytes)
    marks.note(head, frame: frame)
    return head
  }

  /// The number in its file of the row whose record lies at the position.
  private func row(at position: Position, _ head: FrameMarks.Head) throws -> UInt32 {
    try cursor(at: position, head, countingRows: true, bytes: 0).0.row
  }

  /// The last record before the position whose row is known.
  private func mark(before position: Position, _ head: FrameMarks.Head) throws -> FrameMarks.Mark {
    let start = FrameMarks.Mark(row: 0, place: RowCursor.headBytes)
    if let open, open.frame == position.frame {
      return FrameMarks.mark(before: position.record, in: open.page.marks[...]) ?? start
    }
    if let known = marks.mark(before: position.record, of: position.frame) { return known }
    try count(position.frame, head)
    return marks.mark(before: position.record, of: position.frame) ?? start
  }

  /// Walks through a frame once and marks where its rows lie.
  private func count(_ frame: UInt64, _ head: FrameMarks.Head) throws {
    let part = try part(of: frame, from: 0, head.payloadBytes)
    var cursor = try RowCursor(payload: part.bytes, frame: frame)
    var places: [UInt16] = []
    while !cursor.isAtEnd {
      guard let place = UInt16(exactly: cursor.place) else { break }
      if Int(cursor.row - head.firstRow) % FrameMarks.rowsApart == 0 { places.append(place) }
      try cursor.passRow()
    }
    marks.note(head, places, frame: frame)
  }

  /// The number in its file of each of these rows.
  public func rowNumbers(of positions: [Position]) throws -> [Position: UInt32] {
    var numbers: [Position: UInt32] = [:]
    for position in positions { numbers[position] = try row(at: position, try head(of: position.frame)) }
    return numbers
  }

  /// What the fold needs of the shipment's past: every carrier event and cancel request held.
  ///
  /// What stands before the manifest is looked at only where something of it may be held: an event that was parked, which
  /// was settled with the manifest or later, or a cancel request.
  /// - Parameter isCancelRequested: whether a cancel request may be among them; the shipment's marks tell.
  public func heldEvents(
    of shipment: ShipmentIndex, from head: Position, isCancelRequested: Bool = true
  ) throws -> [HeldEvent] {
    var held: [HeldEvent] = []
    var settlements: [Position: Outcome] = [:]
    // Goes on for as long as nothing is found.
    _ = try newest(of: shipment, from: head) { entry -> Void? in
      var isManifest = false
      for effect in entry.record.effects where effect.shipment == shipment {
        switch effect {
        case .manifest: isManifest = true
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
      return isManifest && settlements.isEmpty && !isCancelRequested ? () : nil
    }
    return held
  }

  /// A row that waits for an earlier step.
  public struct WaitingRow: Sendable {
    public let entry: Entry
    public let event: Effect.CarrierEntry

    public var asHeld: HeldEvent {
      HeldEvent(
        time: event.time, scanNumber: event.scanNumber, event: event.event ?? .document,
        endsReturn: event.endsReturn, position: entry.position)
    }
  }

  /// The parked events of a shipment that were not settled yet, in event order.
  public func parkedEvents(of shipment: ShipmentIndex, from head: Position) throws -> [(
    Entry, Effect.CarrierEntry
  )] {
    try waitingRows(of: shipment, from: head, countingRows: true)
      .sorted { HeldEvent.precedes($0.asHeld, $1.asHeld) }.map { ($0.entry, $0.event) }
  }

  /// The parked events of a shipment that were not settled yet, newest arrival first.
  /// - Parameter countingRows: also find each row's number, which costs a walk through its frame.
  public func waitingRows(
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
