internal import Files
internal import Orders

/// Takes the rows of a frame apart; the bytes are lent to each call.
struct ReplayReader {
  var place: Int
  /// Where the bytes end.
  let end: Int
  /// How many steps more there is room for.
  var room = 0
  private let arrival: Timestamp
  private var keys = ReplayKeys.ofBooks
  private(set) var counts = ReplayCounts()
  /// The names that steps bear by their places here.
  private(set) var names = ReplayNames()
  // That a record is a shipment's newest is noted once: a step beside it that does so anyway makes a bare note superfluous. So a note
  // is kept back until it is known what comes behind it in its row.
  private var noted: UInt32?
  /// The shipment of which the row's last step says that the record is its newest.
  private var told: UInt32?

  init(from place: Int, to end: Int, arrival: Timestamp) {
    self.place = place
    self.end = end
    self.arrival = arrival
  }

  /// What the next record came to.
  enum Row {
    case taken
    /// There is no room for its steps: nothing was taken.
    case full
    /// It was rejected, and changed nothing.
    case rejected(RejectionCode?)
    /// It is for a reader of whole rows: it begins at the place, and nothing was taken.
    case other(at: Int)
  }

  var isAtEnd: Bool { place >= end }

  /// Goes on behind a record that was read otherwise.
  mutating func go(to place: Int) { self.place = place }

  /// Appends the steps of the next record.
  mutating func next(_ bytes: Span<UInt8>, into steps: inout OutputSpan<ReplayStep>) throws(RecordFault)
    -> Row
  {
    let start = place
    if room < 1 { return .full }
    let head = try byte(bytes)
    if RowRecord.isShort(head) {
      try event(bytes, head, into: &steps)
      return .taken
    }
    guard let outcome = Outcome(rawValue: head & 7), outcome != .parked else {
      place = start
      return .other(at: start)
    }
    var time = arrival
    if head & RowRecord.hasTime != 0 { time = try self.time(bytes) }
    if head & RowRecord.hasStates != 0 {
      _ = try byte(bytes)
      _ = try byte(bytes)
    }
    let hasEffects = head & RowRecord.hasEffects != 0
    if outcome == .rejected {
      if hasEffects {
        place = start
        return .other(at: start)
      }
      return .rejected(try rejection(bytes))
    }
    if !hasEffects { return .taken }
    let before = steps.count
    noted = nil
    told = nil
    for _ in 0..<(try number(bytes)) {
      // A note that was kept back, the effect's own step, and a note behind it.
      let hasRoom = room >= 3
      if hasRoom, try effect(bytes, record: start, time: time, into: &steps) { continue }
      room += steps.count - before
      steps.removeLast(steps.count - before)
      place = start
      return hasRoom ? .other(at: start) : .full
    }
    appendNote(to: &steps, record: start, time: time)
    return .taken
  }

  /// An event told in short.
  private mutating func event(
    _ bytes: Span<UInt8>, _ head: UInt8, into steps: inout OutputSpan<ReplayStep>
  ) throws(RecordFault) {
    let start = place - 1
    let states = UInt16(try byte(bytes)) | UInt16(try byte(bytes)) << 8
    guard let after = ShipmentState(rawValue: UInt8(states >> 5 & 31)) else {
      throw RecordFault(what: "an unknown state")
    }
    let code = CodeIndex(truncatingIfNeeded: try number(bytes))
    let unit: Int64 = head & ShortEvent.hasMilliseconds == 0 ? 1000 : 1
    let (since, isTooLarge) = try signed(bytes).multipliedReportingOverflow(by: unit)
    if isTooLarge { throw RecordFault(what: "a time is out of range") }
    let shipment = UInt32(truncatingIfNeeded: try longNumber(bytes))
    if try longNumber(bytes) > 0 {
      if states & ShortEvent.hasWidePlace != 0 {
        try passNumber(bytes)
      } else {
        _ = try byte(bytes)
        _ = try byte(bytes)
      }
    }
    let scan = head & ShortEvent.hasScanNumber != 0 ? try longNumber(bytes) : 0
    try passSlice(bytes)
    room &-= 1
    steps.append(
      ReplayStep(
        .event, of: shipment, record: start, time: Timestamp(milliseconds: arrival.wholeSecond &+ since),
        state: after, onReturn: head & ShortEvent.onReturn != 0, code: code, number: scan))
  }

  /// Appends the steps of the next effect.
  /// - Returns: false where it is none of those that are taken here.
  private mutating func effect(
    _ bytes: Span<UInt8>, record: Int, time: Timestamp, into steps: inout OutputSpan<ReplayStep>
  ) throws(RecordFault) -> Bool {
    // The step is put together of what was read and stored once, at the end: of one that was filled field by field and then moved, the
    // move waited for the fields.
    let kind: ReplayStep.Kind
    let subject: UInt32
    var (key, named) = (ReplayStep.Key.none, ReplayNames.none)
    var (state, content) = (ShipmentState.open, UInt64(0))
    switch try byte(bytes) {
    case EffectTag.createOrder:
      (kind, subject) = (.createOrder, 0)
      key = keys.orderNumbers.key(try slice(bytes), in: bytes)
      named = names.number(ofLocation: try slice(bytes), in: bytes)
      counts.orders += 1
    case EffectTag.createShipment:
      kind = .createShipment
      subject = UInt32(truncatingIfNeeded: try longNumber(bytes))
      key = keys.invoices.key(try slice(bytes), in: bytes)
      state = try self.state(bytes)
      counts.shipments += 1
      if !key.text.isAbsent { counts.invoices += 1 }
    case EffectTag.addLine:
      (kind, subject) = (.addLine, try shipment(bytes))
      key = keys.lineKeys.key(try slice(bytes), in: bytes, prefix: subject)
      try passSlice(bytes)
      named = UInt32(truncatingIfNeeded: try signed(bytes))
      try passNumber(bytes)
      content = try number(bytes)
      counts.lines += 1
    case EffectTag.assign:
      (kind, subject) = (.assign, try shipment(bytes))
      named = names.number(ofCourier: try slice(bytes), in: bytes)
      key = keys.awbs.key(try slice(bytes), in: bytes)
      state = try self.state(bytes)
      counts.awbs += 1
    case EffectTag.setInvoice:
      (kind, subject) = (.setInvoice, try shipment(bytes))
      key = keys.invoices.key(try slice(bytes), in: bytes)
      counts.invoices += 1
    case EffectTag.confirm:
      (kind, subject) = (.confirm, try shipment(bytes))
      try passSlice(bytes)
      if try byte(bytes) != 0 { try passNumber(bytes) }
    case EffectTag.manifest:
      (kind, subject) = (.manifest, try shipment(bytes))
      try passSlice(bytes)
    case EffectTag.details:
      note(try shipment(bytes), &steps, record: record, time: time)
      for _ in 0..<7 { try passSlice(bytes) }
      return true
    case EffectTag.document:
      note(try shipment(bytes), &steps, record: record, time: time)
      _ = try byte(bytes)
      return true
    case EffectTag.cancel:
      try cancel(bytes, record: record, time: time, into: &steps)
      return true
    case EffectTag.carrier: return try carrier(bytes, record: record, time: time, into: &steps)
    default: return false
    }
    if kind == .createOrder || kind == .createShipment {
      create(&steps, record: record, time: time)
    } else {
      tell(subject, &steps, record: record, time: time)
    }
    room &-= 1
    steps.append(
      ReplayStep(
        kind, of: subject, record: record, time: time, state: state, key: key, named: named, number: content))
    return true
  }

  private mutating func cancel(
    _ bytes: Span<UInt8>, record: Int, time: Timestamp, into steps: inout OutputSpan<ReplayStep>
  ) throws(RecordFault) {
    let shipment = try shipment(bytes)
    let fold = try fold(bytes)
    tell(shipment, &steps, record: record, time: time)
    room &-= 1
    steps.append(ReplayStep(.cancel, of: shipment, record: record, time: time, fold))
  }

  private mutating func carrier(
    _ bytes: Span<UInt8>, record: Int, time: Timestamp, into steps: inout OutputSpan<ReplayStep>
  ) throws(RecordFault) -> Bool {
    let shipment = try shipment(bytes)
    let head = try byte(bytes)
    // Rows that wait and codes that no table has are counted.
    guard head & 64 != 0, let outcome = Outcome(rawValue: head & 7),
      outcome == .applied || outcome == .recorded
    else { return false }
    let asked = try byte(bytes)
    let isCancel = asked != 0 && EventKind(rawValue: asked - 1) == .cancel
    let code = CodeIndex(truncatingIfNeeded: try number(bytes))
    guard code != .max else { return false }
    var (scan, text) = (UInt64(0), Slice.absent)
    if head & 32 != 0 { scan = try longNumber(bytes) } else { text = try slice(bytes) }
    try passSlice(bytes)
    let fold = try fold(bytes)
    tell(shipment, &steps, record: record, time: time)
    room &-= 1
    steps.append(
      ReplayStep(
        .carrier, of: shipment, record: record, time: time, fold, isCancel: isCancel, code: code, text: text,
        number: scan))
    return true
  }

  private mutating func fold(_ bytes: Span<UInt8>) throws(RecordFault) -> ReplayStep.Fold {
    let head = try byte(bytes)
    guard let state = ShipmentState(rawValue: head & 0x3F) else {
      throw RecordFault(what: "an unknown state")
    }
    if head & 0x80 == 0 { return ReplayStep.Fold(state: state, onReturn: head & 0x40 != 0) }
    let record = Position(raw: try number(bytes))
    return ReplayStep.Fold(state: state, onReturn: head & 0x40 != 0, setBy: record, since: try time(bytes))
  }

  /// The shipment that an effect is on.
  @inline(__always)
  private mutating func shipment(_ bytes: Span<UInt8>) throws(RecordFault) -> UInt32 {
    let shipment = UInt32(truncatingIfNeeded: try longNumber(bytes))
    // The way back to the record before is for walks along a shipment's history.
    if try longNumber(bytes) > 1 { try passNumber(bytes) }
    return shipment
  }

  // MARK: Notes

  /// A step that creates something is about to be appended.
  @inline(__always)
  private mutating func create(_ steps: inout OutputSpan<ReplayStep>, record: Int, time: Timestamp) {
    appendNote(to: &steps, record: record, time: time)
    told = nil
  }

  /// A step that makes the record the shipment's newest is about to be appended.
  @inline(__always)
  private mutating func tell(
    _ shipment: UInt32, _ steps: inout OutputSpan<ReplayStep>, record: Int, time: Timestamp
  ) {
    if noted == shipment { noted = nil } else { appendNote(to: &steps, record: record, time: time) }
    told = shipment
  }

  /// The record is the shipment's newest, and that is all.
  @inline(__always)
  private mutating func note(
    _ shipment: UInt32, _ steps: inout OutputSpan<ReplayStep>, record: Int, time: Timestamp
  ) {
    if told == shipment || noted == shipment { return }
    appendNote(to: &steps, record: record, time: time)
    (noted, told) = (shipment, nil)
  }

  @inline(__always)
  private mutating func appendNote(to steps: inout OutputSpan<ReplayStep>, record: Int, time: Timestamp) {
    if let shipment = noted { append(.note, of: shipment, to: &steps, record: record, time: time) }
    noted = nil
  }

  @inline(never)
  private mutating func append(
    _ kind: ReplayStep.Kind, of shipment: UInt32, to steps: inout OutputSpan<ReplayStep>, record: Int,
    time: Timestamp
  ) {
    room -= 1
    steps.append(ReplayStep(kind, of: shipment, record: record, time: time))
  }

  /// Goes over a rejection; gives the code of its first fault.
  private mutating func rejection(_ bytes: Span<UInt8>) throws(RecordFault) -> RejectionCode? {
    var first: RejectionCode?
    for number in 0..<(try number(bytes)) {
      guard let code = RejectionCode(rawValue: UInt16(truncatingIfNeeded: try self.number(bytes))) else {
        throw RecordFault(what: "an unknown rejection code")
      }
      if number == 0 { first = code }
      _ = try byte(bytes)
      try passNumber(bytes)
      try passNumber(bytes)
      if code == .quantityOutOfBalance {
        for _ in 0..<(try self.number(bytes)) { try passNumber(bytes) }
      }
    }
    if try byte(bytes) == 0 { return first }
    _ = try byte(bytes)
    if try byte(bytes) != 0 { try passNumber(bytes) }
    let source = try byte(bytes)
    if source > 0 {
      try passSlice(bytes)
      if source == 2 { try passSlice(bytes) }
      try passNumber(bytes)
    }
    for _ in 0..<(try number(bytes)) { _ = try byte(bytes) }
    return first
  }
}
