internal import Files
public import Orders

/// A row in the journal: its verdict and what it changed.
///
/// A rows frame's payload is the claim number and the first row's number (both u32), the file's arrival in milliseconds (i64),
/// all little endian, then one record a row, in row order. A record is:
///
///     head      byte: outcome in the low three bits; 8 has a time, 16 has states, 32 has effects
///     time      seconds twice, or milliseconds twice plus one (signed number), if it has one
///     states    two bytes, before and after, each the state's number plus one, 0 = none
///     rejection for outcome rejected: see `putRejection`
///     effects   their count, then each (see `putEffect`)
///
/// An event that can be told in short begins with 7 in the low three bits, and is spelled otherwise (`RowWriter+Events.swift`).
public struct RowRecord: Sendable {
  public var verdict: Verdict
  public var effects: [Effect]
  /// Of each effect on a shipment: the newest record about the shipment before this one.
  public var previous: [Position]

  public init(verdict: Verdict, effects: [Effect], previous: [Position]) {
    self.verdict = verdict
    self.effects = effects
    self.previous = previous
  }

  /// Is it a row of an earlier file, judged now that its order or AWB is known, or rejected for having waited too long?
  public var isResumed: Bool {
    if case .resume? = effects.first { true } else { false }
  }
}

extension RowRecord {
  static let hasTime: UInt8 = 8
  static let hasStates: UInt8 = 16
  static let hasEffects: UInt8 = 32
}

/// Writes the rows of one frame.
public struct RowWriter: ~Copyable {
  /// What was written so far.
  public private(set) var page = RowPage()
  public private(set) var rowCount = 0
  /// The record in the making: its parts are many and short, and an array asks at each of them whether it is its own alone.
  private var record = GrowingBytes()

  public init() {}

  public var payload: [UInt8] { page.payload }
  /// How long the payload is.
  @inlinable public var byteCount: Int { page.payload.count }
  /// When the file came whose rows these are.
  var arrival: Timestamp { page.arrival }

  /// Starts a frame's payload.
  public mutating func start(claim: ClaimNumber, firstRow: UInt32, arrival: Timestamp) {
    page.start(claim: claim, firstRow: firstRow, arrival: arrival)
    rowCount = 0
  }

  /// Appends a row's record.
  /// - Parameters:
  ///   - bytes: what the effects' slices are ranges of.
  ///   - heads: of each effect on a shipment, the shipment's newest record before this row; same length as `effects`.
  public mutating func append(
    _ verdict: Verdict, _ effects: [Effect], bytes: [UInt8], heads: [Position], at position: Position
  ) {
    if let event = Self.inShort(verdict, effects, after: heads.first, at: position) {
      return append(event, in: bytes.span, after: heads[0], at: position)
    }
    appendRecord { record in
      record.putHead(verdict, hasEffects: !effects.isEmpty)
      if let rejection = verdict.rejection { record.putRejection(rejection) }
      if !effects.isEmpty {
        record.putNumber(UInt64(effects.count))
        for index in effects.indices {
          record.putEffect(effects[index], bytes: bytes.span, previous: heads[index], at: position)
        }
      }
    }
  }

  /// Puts a record together and appends it.
  mutating func appendRecord(_ put: (inout GrowingBytes) -> Void) {
    record.truncate(to: 0)
    put(&record)
    page.append(record, isMarked: rowCount % FrameMarks.rowsApart == 0)
    rowCount += 1
  }
}

/// A frame's payload while its rows are written.
public struct RowPage: Sendable {
  public private(set) var payload: [UInt8] = []
  /// Where the first row's record begins, and that of every thirty-second after it (`FrameMarks`).
  public private(set) var marks: [UInt16] = []
  private(set) var claim = ClaimNumber(0)
  private(set) var firstRow: UInt32 = 0
  private(set) var arrival = Timestamp.distantPast

  public init() {}

  fileprivate mutating func start(claim: ClaimNumber, firstRow: UInt32, arrival: Timestamp) {
    self.claim = claim
    self.firstRow = firstRow
    self.arrival = arrival
    payload.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    putFixed(UInt64(claim.raw), bytes: 4)
    putFixed(UInt64(firstRow), bytes: 4)
    putFixed(UInt64(bitPattern: arrival.milliseconds), bytes: 8)
  }

  private mutating func putFixed(_ value: UInt64, bytes: Int) {
    for place in 0..<bytes { payload.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
  }

  fileprivate mutating func append(_ record: borrowing GrowingBytes, isMarked: Bool) {
    if isMarked, let place = UInt16(exactly: payload.count) { marks.append(place) }
    record.append(to: &payload)
  }
}

/// Reads the rows of one frame.
public struct RowCursor: Sendable {
  public let claim: ClaimNumber
  /// The number of the row that is read next.
  public private(set) var row: UInt32
  /// Where its record starts in the payload.
  public var place: Int { start + reader.place }
  public var bytes: [UInt8] { reader.bytes }
  var reader: RecordReader
  /// The place in the payload of the first byte that there is to read.
  private let start: Int
  private let frame: UInt64
  /// When the file came: the time of rows that have none of their own.
  public let arrival: Timestamp

  /// - Parameter frame: the frame's offset in the journal.
  public init(payload: [UInt8], frame: UInt64) throws(RecordFault) {
    guard payload.count >= RowCursor.headBytes else { throw RecordFault(what: "a rows frame is too short") }
    func fixed(_ start: Int, _ count: Int) -> UInt64 {
      var value: UInt64 = 0
      for place in 0..<count { value |= UInt64(payload[start + place]) << UInt64(8 * place) }
      return value
    }
    claim = ClaimNumber(UInt32(fixed(0, 4)))
    row = UInt32(fixed(4, 4))
    arrival = Timestamp(milliseconds: Int64(bitPattern: fixed(8, 8)))
    reader = RecordReader(payload, at: RowCursor.headBytes)
    start = 0
    self.frame = frame
  }

  /// What stands in a frame's payload before its first record.
  static let headBytes = 16
  /// A row has rarely more; what a record says of its own length is not believed beyond.
  private static let effectsExpected: UInt64 = 16

  /// Begins within a frame: at the record at a place, which is the row's of that number.
  init(_ part: FramePart, of head: FrameMarks.Head, frame: UInt64, at place: Int, row: UInt32) {
    claim = head.claim
    arrival = head.arrival
    self.row = row
    start = part.start
    self.frame = frame
    reader = RecordReader(part.bytes)
    seek(to: place)
  }

  /// Goes to a record whose place is known; the row's number is then known to the caller alone.
  public mutating func seek(to record: Int) { reader.place = max(0, record - start) }

  mutating func countRow() { row += 1 }

  public var isAtEnd: Bool { reader.isAtEnd }
  public var position: Position { Position(frame: frame, record: place) }

  /// Goes past the next row; of an event in short, as most are, nothing is made.
  mutating func passRow() throws(RecordFault) {
    if row < .max, try nextEvent() != nil { return }
    _ = try next()
  }

  /// The next row.
  public mutating func next() throws(RecordFault) -> RowRecord {
    let position = position
    if row == .max { throw RecordFault(what: "a row's number is out of range") }
    if let head = reader.peek, RowRecord.isShort(head) {
      let record = try nextShort()
      row += 1
      return record
    }
    let head = try reader.byte()
    guard let outcome = Outcome(rawValue: head & 7) else {
      throw RecordFault(what: "a row has an unknown outcome")
    }
    var verdict = Verdict(outcome)
    if head & RowRecord.hasTime != 0 { verdict.eventTime = try reader.time() }
    if head & RowRecord.hasStates != 0 {
      verdict.before = try reader.state()
      verdict.after = try reader.state()
    }
    if outcome == .rejected { verdict.rejection = try reader.rejection() }
    var record = RowRecord(verdict: verdict, effects: [], previous: [])
    if head & RowRecord.hasEffects != 0 {
      let time = verdict.eventTime ?? arrival
      let count = try reader.number()
      record.effects.reserveCapacity(Int(min(count, RowCursor.effectsExpected)))
      record.previous.reserveCapacity(Int(min(count, RowCursor.effectsExpected)))
      for _ in 0..<count {
        let (effect, previous) = try reader.effect(at: position, time: time)
        record.effects.append(effect)
        record.previous.append(previous)
      }
    }
    row += 1
    return record
  }
}

extension RecordBytes where Self: ~Copyable {
  /// What a record says before its rejection and its effects.
  mutating func putHead(_ verdict: Verdict, hasEffects: Bool) {
    var head = verdict.outcome.rawValue
    if verdict.eventTime != nil { head |= RowRecord.hasTime }
    if verdict.before != nil || verdict.after != nil { head |= RowRecord.hasStates }
    if hasEffects { head |= RowRecord.hasEffects }
    append(head)
    if let time = verdict.eventTime { putTime(time) }
    if head & RowRecord.hasStates != 0 {
      append(verdict.before.map { $0.rawValue + 1 } ?? 0)
      append(verdict.after.map { $0.rawValue + 1 } ?? 0)
    }
  }

  mutating func putTime(_ time: Timestamp) {
    if time.milliseconds % 1000 == 0 {
      putSigned(time.milliseconds / 1000 * 2)
    } else {
      putSigned(time.milliseconds * 2 + 1)
    }
  }

  /// Faults: count, then each code, column plus one, number, second number, for W319 the counts of its balance (their number,
  /// 0 for none, before them); then the cause: 0, or 1 with state, since, who, and the events that would be accepted.
  mutating func putRejection(_ rejection: Rejection) {
    putNumber(UInt64(rejection.faults.count))
    for fault in rejection.faults {
      putNumber(UInt64(fault.code.rawValue))
      append(fault.column.map { $0.rawValue + 1 } ?? 0)
      putSigned(fault.number)
      putSigned(fault.second)
      if fault.code == .quantityOutOfBalance {
        let counts = fault.balance?.counts ?? []
        putNumber(UInt64(counts.count))
        for count in counts { putSigned(Int64(count)) }
      }
    }
    guard let cause = rejection.cause else { return append(0) }
    append(1)
    append(cause.state.rawValue)
    append(cause.since == nil ? 0 : 1)
    if let since = cause.since { putTime(since) }
    append(cause.setBy == nil ? 0 : cause.setBy?.file == nil ? 1 : 2)
    if let setBy = cause.setBy {
      putText(setBy.partner)
      if let file = setBy.file { putText(file) }
      putNumber(UInt64(setBy.row))
    }
    putNumber(UInt64(cause.allowedNow.count))
    for event in cause.allowedNow { append(event.rawValue) }
  }
}

extension RecordReader {
  mutating func time() throws(RecordFault) -> Timestamp {
    let value = try signed()
    if value & 1 == 1 { return Timestamp(milliseconds: (value - 1) / 2) }
    let (milliseconds, isTooLarge) = (value / 2).multipliedReportingOverflow(by: 1000)
    if isTooLarge { throw RecordFault(what: "a time is out of range") }
    return Timestamp(milliseconds: milliseconds)
  }

  mutating func state() throws(RecordFault) -> ShipmentState? {
    let raw = try byte()
    if raw == 0 { return nil }
    guard let state = ShipmentState(rawValue: raw - 1) else { throw RecordFault(what: "an unknown state") }
    return state
  }

  private mutating func balance() throws(RecordFault) -> QuantityBalance? {
    let count = try number()
    if count == 0 { return nil }
    guard count == UInt64(QuantityBalance.names.count) else {
      throw RecordFault(what: "a balance has another number of counts")
    }
    var counts: [Int] = []
    for _ in 0..<count { counts.append(Int(truncatingIfNeeded: try signed())) }
    return QuantityBalance(counts: counts)
  }

  mutating func rejection() throws(RecordFault) -> Rejection {
    var faults: [Fault] = []
    for _ in 0..<(try number()) {
      guard let code = RejectionCode(rawValue: UInt16(truncatingIfNeeded: try number())) else {
        throw RecordFault(what: "an unknown rejection code")
      }
      let column = try byte()
      let (number, second) = (try signed(), try signed())
      let balance = code == .quantityOutOfBalance ? try self.balance() : nil
      faults.append(
        Fault(
          code, column == 0 ? nil : Column(rawValue: column - 1), number: number, second: second,
          balance: balance))
    }
    if try byte() == 0 { return Rejection(faults: faults, cause: nil) }
    guard let state = ShipmentState(rawValue: try byte()) else { throw RecordFault(what: "an unknown state") }
    let since = try byte() == 0 ? nil : try time()
    let kind = try byte()
    var source: Source?
    if kind > 0 {
      let partner = try string()
      let file = kind == 2 ? try string() : nil
      source = Source(partner: partner, file: file, row: UInt32(truncatingIfNeeded: try number()))
    }
    var allowed: [EventKind] = []
    for _ in 0..<(try number()) {
      guard let event = EventKind(rawValue: try byte()) else { throw RecordFault(what: "an unknown event") }
      allowed.append(event)
    }
    return Rejection(
      faults: faults, cause: Cause(state: state, since: since, setBy: source, allowedNow: allowed))
  }
}
