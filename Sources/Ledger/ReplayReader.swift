internal import Files
internal import Orders

/// Takes the rows of a frame apart; the bytes are lent to each call.
struct ReplayReader {
  private var place: Int
  private let arrival: Timestamp
  private let keys = ReplayKeys.ofBooks
  private(set) var counts = ReplayCounts()

  init(at place: Int, arrival: Timestamp) {
    self.place = place
    self.arrival = arrival
  }

  /// What the next record came to.
  enum Row {
    case taken
    /// It was rejected, and changed nothing.
    case rejected(RejectionCode?)
    /// It is for a reader of whole rows: it begins at the place, and nothing was taken.
    case other(at: Int)
  }

  func isAtEnd(_ bytes: Span<UInt8>) -> Bool { place >= bytes.count }

  /// Goes on behind a record that was read otherwise.
  mutating func go(to place: Int) { self.place = place }

  /// Appends the steps of the next record.
  mutating func next(_ bytes: Span<UInt8>, into steps: inout [ReplayStep]) throws(RecordFault) -> Row {
    let start = place
    let head = try byte(bytes)
    if RowRecord.isShort(head) {
      steps.append(try event(bytes, head))
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
    for _ in 0..<(try number(bytes)) {
      guard try effect(bytes, record: start, time: time, into: &steps, ofRowAt: before) else {
        steps.removeLast(steps.count - before)
        place = start
        return .other(at: start)
      }
    }
    return .taken
  }

  /// An event told in short.
  private mutating func event(_ bytes: Span<UInt8>, _ head: UInt8) throws(RecordFault) -> ReplayStep {
    let start = place - 1
    let states = UInt16(try byte(bytes)) | UInt16(try byte(bytes)) << 8
    guard let after = ShipmentState(rawValue: UInt8(states >> 5 & 31)) else {
      throw RecordFault(what: "an unknown state")
    }
    let code = CodeIndex(truncatingIfNeeded: try number(bytes))
    let unit: Int64 = head & ShortEvent.hasMilliseconds == 0 ? 1000 : 1
    let (since, isTooLarge) = try signed(bytes).multipliedReportingOverflow(by: unit)
    if isTooLarge { throw RecordFault(what: "a time is out of range") }
    var step = ReplayStep(
      .event, record: start, time: Timestamp(milliseconds: arrival.wholeSecond &+ since))
    step.state = after
    step.onReturn = head & ShortEvent.onReturn != 0
    step.code = code
    step.subject = UInt32(truncatingIfNeeded: try number(bytes))
    if try number(bytes) > 0 {
      if states & ShortEvent.hasWidePlace != 0 {
        _ = try number(bytes)
      } else {
        _ = try byte(bytes)
        _ = try byte(bytes)
      }
    }
    if head & ShortEvent.hasScanNumber != 0 { step.number = try number(bytes) }
    _ = try slice(bytes)
    return step
  }

  /// - Returns: false where the effect is none of those that are taken here.
  private mutating func effect(
    _ bytes: Span<UInt8>, record: Int, time: Timestamp, into steps: inout [ReplayStep], ofRowAt start: Int
  ) throws(RecordFault) -> Bool {
    let tag = try byte(bytes)
    var step = ReplayStep(.note, record: record, time: time)
    switch tag {
    case EffectTag.createOrder:
      step.kind = .createOrder
      step.text = try slice(bytes)
      step.sought = keys.orderNumbers.sought(bytes.extracting(step.text.range))
      step.second = try slice(bytes)
      counts.orders += 1
      step.append(to: &steps, ofRowAt: start)
      return true
    case EffectTag.createShipment:
      step.kind = .createShipment
      step.subject = UInt32(truncatingIfNeeded: try number(bytes))
      step.text = try slice(bytes)
      step.sought = keys.invoices.sought(bytes.extracting(step.text.range))
      step.state = try state(bytes)
      counts.shipments += 1
      if !step.text.isAbsent { counts.invoices += 1 }
      step.append(to: &steps, ofRowAt: start)
      return true
    case EffectTag.setInvoice, EffectTag.details, EffectTag.addLine, EffectTag.assign, EffectTag.confirm,
      EffectTag.manifest, EffectTag.cancel, EffectTag.carrier, EffectTag.document:
      step.subject = UInt32(truncatingIfNeeded: try number(bytes))
      // The way back to the record before is for walks along a shipment's history.
      if try number(bytes) > 1 { _ = try number(bytes) }
    default: return false
    }
    switch tag {
    case EffectTag.setInvoice:
      step.kind = .setInvoice
      counts.invoices += 1
      step.text = try slice(bytes)
      step.sought = keys.invoices.sought(bytes.extracting(step.text.range))
    case EffectTag.details: for _ in 0..<7 { _ = try slice(bytes) }
    case EffectTag.addLine:
      step.kind = .addLine
      counts.lines += 1
      step.text = try slice(bytes)
      step.sought = keys.lineKeys.sought(bytes.extracting(step.text.range), prefix: step.subject)
      step.second = try slice(bytes)
      step.quantity = Int32(truncatingIfNeeded: try signed(bytes))
      _ = try number(bytes)
      step.number = try number(bytes)
    case EffectTag.assign:
      step.kind = .assign
      counts.awbs += 1
      step.second = try slice(bytes)
      step.text = try slice(bytes)
      step.sought = keys.awbs.sought(bytes.extracting(step.text.range))
      step.state = try state(bytes)
    case EffectTag.confirm:
      step.kind = .confirm
      _ = try slice(bytes)
      if try byte(bytes) != 0 { _ = try number(bytes) }
    case EffectTag.manifest:
      step.kind = .manifest
      _ = try slice(bytes)
    case EffectTag.cancel:
      step.kind = .cancel
      try fold(bytes, into: &step)
    case EffectTag.carrier: guard try carrier(bytes, &step) else { return false }
    default: _ = try byte(bytes)
    }
    step.append(to: &steps, ofRowAt: start)
    return true
  }

  private mutating func carrier(
    _ bytes: Span<UInt8>, _ step: inout ReplayStep
  ) throws(RecordFault) -> Bool {
    let head = try byte(bytes)
    // Rows that wait and codes that no table has are counted.
    guard head & 64 != 0, let outcome = Outcome(rawValue: head & 7),
      outcome == .applied || outcome == .recorded
    else { return false }
    let asked = try byte(bytes)
    step.kind = .carrier
    step.isCancel = asked != 0 && EventKind(rawValue: asked - 1) == .cancel
    step.code = CodeIndex(truncatingIfNeeded: try number(bytes))
    guard step.code != .max else { return false }
    if head & 32 != 0 { step.number = try number(bytes) } else { step.text = try slice(bytes) }
    _ = try slice(bytes)
    try fold(bytes, into: &step)
    return true
  }

  private mutating func fold(_ bytes: Span<UInt8>, into step: inout ReplayStep) throws(RecordFault) {
    let head = try byte(bytes)
    guard let state = ShipmentState(rawValue: head & 0x3F) else {
      throw RecordFault(what: "an unknown state")
    }
    step.state = state
    step.onReturn = head & 0x40 != 0
    if head & 0x80 == 0 { return }
    let record = Position(raw: try number(bytes))
    step.follow(record, since: try time(bytes))
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
      _ = try self.number(bytes)
      _ = try self.number(bytes)
      if code == .quantityOutOfBalance {
        for _ in 0..<(try self.number(bytes)) { _ = try self.number(bytes) }
      }
    }
    if try byte(bytes) == 0 { return first }
    _ = try byte(bytes)
    if try byte(bytes) != 0 { _ = try number(bytes) }
    let source = try byte(bytes)
    if source > 0 {
      _ = try slice(bytes)
      if source == 2 { _ = try slice(bytes) }
      _ = try number(bytes)
    }
    for _ in 0..<(try number(bytes)) { _ = try byte(bytes) }
    return first
  }

  // MARK: As `RecordReader` reads them

  @inline(__always)
  private mutating func byte(_ bytes: Span<UInt8>) throws(RecordFault) -> UInt8 {
    guard place < bytes.count else { throw RecordFault(what: "a record ends early") }
    place += 1
    return bytes[place - 1]
  }

  @inline(__always)
  private mutating func number(_ bytes: Span<UInt8>) throws(RecordFault) -> UInt64 {
    let first = try byte(bytes)
    return first < 0x80 ? UInt64(first) : try longNumber(bytes, UInt64(first & 0x7F))
  }

  private mutating func longNumber(_ bytes: Span<UInt8>, _ first: UInt64) throws(RecordFault) -> UInt64 {
    if bytes.count - place >= 8 {
      let word = bytes.word(at: place)
      let ends = ~word & 0x8080_8080_8080_8080
      if ends == 0 {
        place += 8
        let last = try byte(bytes)
        if last >= 0x80 { throw RecordFault(what: "a number is too long") }
        return first | Self.sevens(word) << 7 | UInt64(last) << 63
      }
      let bits = UInt64(ends.trailingZeroBitCount) + 1
      place += Int(bits / 8)
      return first | Self.sevens(word & .max >> (64 - bits)) << 7
    }
    var value = first
    var shift: UInt64 = 7
    while true {
      let next = try byte(bytes)
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { throw RecordFault(what: "a number is too long") }
    }
  }

  /// The lower seven bits of each of eight bytes, one behind the other.
  @inline(__always)
  private static func sevens(_ word: UInt64) -> UInt64 {
    var word = word & 0x007F_007F_007F_007F | (word & 0x7F00_7F00_7F00_7F00) >> 1
    word = word & 0x0000_3FFF_0000_3FFF | (word & 0x3FFF_0000_3FFF_0000) >> 2
    return word & 0x0000_0000_0FFF_FFFF | (word & 0x0FFF_FFFF_0000_0000) >> 4
  }

  @inline(__always)
  private mutating func signed(_ bytes: Span<UInt8>) throws(RecordFault) -> Int64 {
    let folded = try number(bytes)
    return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
  }

  @inline(__always)
  private mutating func slice(_ bytes: Span<UInt8>) throws(RecordFault) -> Slice {
    let count = try number(bytes)
    guard count <= UInt64(bytes.count - place) else { throw RecordFault(what: "a text ends early") }
    place += Int(count)
    return Slice(offset: place - Int(count), length: Int(count))
  }

  @inline(__always)
  private mutating func state(_ bytes: Span<UInt8>) throws(RecordFault) -> ShipmentState {
    guard let state = ShipmentState(rawValue: try byte(bytes)) else {
      throw RecordFault(what: "an unknown state")
    }
    return state
  }

  private mutating func time(_ bytes: Span<UInt8>) throws(RecordFault) -> Timestamp {
    let value = try signed(bytes)
    if value & 1 == 1 { return Timestamp(milliseconds: (value - 1) / 2) }
    let (milliseconds, isTooLarge) = (value / 2).multipliedReportingOverflow(by: 1000)
    if isTooLarge { throw RecordFault(what: "a time is out of range") }
    return Timestamp(milliseconds: milliseconds)
  }
}

/// What the keys of steps are sought by, of each table of the books that a replay puts many keys into.
struct ReplayKeys: Sendable {
  let orderNumbers: KeySeeking
  let invoices: KeySeeking
  let awbs: KeySeeking
  let lineKeys: KeySeeking

  /// All books seek by the same.
  static let ofBooks = ReplayKeys(Books())

  private init(_ books: Books) {
    orderNumbers = books.orderNumbers.seeking
    invoices = books.invoices.seeking
    awbs = books.awbs.seeking
    lineKeys = books.lineKeys.seeking
  }
}
