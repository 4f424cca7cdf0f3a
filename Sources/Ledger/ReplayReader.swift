internal import Files
internal import Orders

/// Takes the rows of a frame apart; the bytes are lent to each call.
struct ReplayReader {
  private(set) var place: Int
  /// Where the bytes end.
  private let end: Int
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

  /// What a record came to that is not taken by its steps alone.
  enum Row {
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

  /// Appends the steps of the records that come next, up to one that comes to something else; nil: up to the end.
  mutating func next(_ bytes: Span<UInt8>, into steps: inout OutputSpan<ReplayStep>) -> Row? {
    bytes.walkFields(from: place, to: end) { walk in
      var came: Row?
      while came == nil, !walk.isAtEnd {
        let (start, before) = (walk.place, steps.count)
        came = row(&walk, bytes, into: &steps)
        // What is wrong with it, whoever reads it whole finds.
        if walk.isBroken { came = .other(at: start) }
        switch came {
        case .full, .other:
          room += steps.count - before
          steps.removeLast(steps.count - before)
          walk.goBack(to: start)
        case .rejected, nil: break
        }
      }
      place = walk.place
      return came
    }
  }

  /// Appends the steps of the next record.
  /// - Returns: what else it came to; nil: to these alone.
  @inline(__always)
  private mutating func row(
    _ walk: inout FieldWalk, _ bytes: Span<UInt8>, into steps: inout OutputSpan<ReplayStep>
  ) -> Row? {
    if room < 1 { return .full }
    let start = walk.place
    let head = walk.byte()
    if RowRecord.isShort(head) {
      event(&walk, head, into: &steps)
      return nil
    }
    guard let outcome = Outcome(rawValue: head & 7), outcome != .parked else { return .other(at: start) }
    var time = arrival
    if head & RowRecord.hasTime != 0 { time = Self.time(&walk) }
    if head & RowRecord.hasStates != 0 { walk.pass(2) }
    let hasEffects = head & RowRecord.hasEffects != 0
    if outcome == .rejected {
      return hasEffects ? .other(at: start) : .rejected(walk.apart { Self.rejection(&$0) })
    }
    if !hasEffects { return nil }
    noted = nil
    told = nil
    var left = walk.number()
    while left > 0, !walk.isBroken {
      // A note that was kept back, the effect's own step, and a note behind it.
      if room < 3 { return .full }
      if !effect(&walk, bytes, record: start, time: time, into: &steps) { return .other(at: start) }
      left &-= 1
    }
    appendNote(to: &steps, record: start, time: time)
    return nil
  }

  /// An event told in short.
  @inline(__always)
  private mutating func event(
    _ walk: inout FieldWalk, _ head: UInt8, into steps: inout OutputSpan<ReplayStep>
  ) {
    let start = walk.place - 1
    let states = UInt16(walk.byte()) | UInt16(walk.byte()) << 8
    let after = Self.state(&walk, UInt8(truncatingIfNeeded: states >> 5 & 31))
    let code = CodeIndex(truncatingIfNeeded: walk.number())
    let unit: Int64 = head & ShortEvent.hasMilliseconds == 0 ? 1000 : 1
    let (since, isTooLarge) = walk.longSigned().multipliedReportingOverflow(by: unit)
    if isTooLarge { walk.fail() }
    let shipment = UInt32(truncatingIfNeeded: walk.longNumber())
    if walk.longNumber() > 0 {
      if states & ShortEvent.hasWidePlace != 0 { walk.passNumber() } else { walk.pass(2) }
    }
    let scan = head & ShortEvent.hasScanNumber != 0 ? walk.longNumber() : 0
    walk.passText()
    room &-= 1
    steps.append(
      ReplayStep(
        .event, of: shipment, record: start, time: Timestamp(milliseconds: arrival.wholeSecond &+ since),
        state: after, onReturn: head & ShortEvent.onReturn != 0, code: code, number: scan))
  }

  /// Appends the steps of the next effect.
  /// - Returns: false where it is none of those that are taken here.
  @inline(__always)
  private mutating func effect(
    _ walk: inout FieldWalk, _ bytes: Span<UInt8>, record: Int, time: Timestamp,
    into steps: inout OutputSpan<ReplayStep>
  ) -> Bool {
    // The step is put together of what was read and stored once, at the end: of one that was filled field by field and then moved, the
    // move waited for the fields.
    let kind: ReplayStep.Kind
    let subject: UInt32
    var (key, named) = (ReplayStep.Key.none, ReplayNames.none)
    var (state, content) = (ShipmentState.open, UInt64(0))
    switch walk.byte() {
    case EffectTag.createOrder:
      (kind, subject) = (.createOrder, 0)
      key = keys.orderNumbers.key(&walk, in: bytes)
      named = names.location(&walk, in: bytes)
      counts.orders &+= 1
    case EffectTag.createShipment:
      kind = .createShipment
      subject = UInt32(truncatingIfNeeded: walk.shortNumber())
      key = keys.invoices.key(&walk, in: bytes)
      state = Self.state(&walk, walk.byte())
      counts.shipments &+= 1
      if !key.text.isAbsent { counts.invoices &+= 1 }
    case EffectTag.addLine:
      (kind, subject) = (.addLine, Self.shipment(&walk))
      key = keys.lineKeys.key(&walk, in: bytes, prefix: subject)
      walk.passText()
      named = UInt32(truncatingIfNeeded: walk.signed())
      walk.passNumber()
      content = walk.longestNumber()
      counts.lines &+= 1
    case EffectTag.assign:
      (kind, subject) = (.assign, Self.shipment(&walk))
      named = names.courier(&walk, in: bytes)
      key = keys.awbs.key(&walk, in: bytes)
      state = Self.state(&walk, walk.byte())
      counts.awbs &+= 1
    case EffectTag.setInvoice:
      (kind, subject) = (.setInvoice, Self.shipment(&walk))
      key = keys.invoices.key(&walk, in: bytes)
      counts.invoices &+= 1
    case EffectTag.confirm:
      (kind, subject) = (.confirm, Self.shipment(&walk))
      walk.passText()
      if walk.byte() != 0 { walk.passNumber() }
    case EffectTag.manifest:
      (kind, subject) = (.manifest, Self.shipment(&walk))
      walk.passText()
    case EffectTag.details:
      note(Self.shipment(&walk), &steps, record: record, time: time)
      for _ in 0..<7 { walk.passText() }
      return true
    case EffectTag.document:
      note(Self.shipment(&walk), &steps, record: record, time: time)
      walk.pass(1)
      return true
    case EffectTag.cancel:
      walk.apart { cancel(&$0, record: record, time: time, into: &steps) }
      return true
    case EffectTag.carrier: return walk.apart { carrier(&$0, record: record, time: time, into: &steps) }
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

  @inline(never)
  private mutating func cancel(
    _ walk: inout FieldWalk, record: Int, time: Timestamp, into steps: inout OutputSpan<ReplayStep>
  ) {
    let shipment = Self.shipment(&walk)
    let fold = Self.fold(&walk)
    tell(shipment, &steps, record: record, time: time)
    room &-= 1
    steps.append(ReplayStep(.cancel, of: shipment, record: record, time: time, fold))
  }

  @inline(never)
  private mutating func carrier(
    _ walk: inout FieldWalk, record: Int, time: Timestamp, into steps: inout OutputSpan<ReplayStep>
  ) -> Bool {
    let shipment = Self.shipment(&walk)
    let head = walk.byte()
    // Rows that wait and codes that no table has are counted.
    guard head & 64 != 0, let outcome = Outcome(rawValue: head & 7),
      outcome == .applied || outcome == .recorded
    else { return false }
    let asked = walk.byte()
    let isCancel = asked != 0 && EventKind(rawValue: asked - 1) == .cancel
    let code = CodeIndex(truncatingIfNeeded: walk.number())
    guard code != .max else { return false }
    var (scan, text) = (UInt64(0), Slice.absent)
    if head & 32 != 0 { scan = walk.longNumber() } else { text = Self.slice(&walk) }
    walk.passText()
    let fold = Self.fold(&walk)
    tell(shipment, &steps, record: record, time: time)
    room &-= 1
    steps.append(
      ReplayStep(
        .carrier, of: shipment, record: record, time: time, fold, isCancel: isCancel, code: code, text: text,
        number: scan))
    return true
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
}
