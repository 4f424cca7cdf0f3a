internal import Files
public import Orders

/// The record of an event in short: a carrier's event with a known code, applied, that came under the AWB of the way out and
/// was no cancel request. Half of what a journal holds are such rows, so they have a spelling of their own:
///
///     head      byte: 7 in the low three bits; 8 second version of the payload, 16 ends the way back, 32 on the way back after
///               it, 64 has a scan number, 128 its time is told in milliseconds
///     states    two bytes, the lower first: five bits each for the state before, the state after, and what the code asked for
///               plus one (0: nothing); the highest bit: the place of the record before is a number, not two bytes
///     code      number
///     time      seconds, or milliseconds, since the second in which the file arrived (signed number)
///     shipment  number, then the way back to the record before: 0 none, or the distance of the frames in eights plus one, and
///               the place in it, the lower byte first
///     scan      its number, if it has one
///     location  text
///
/// What a row of this kind changes follows from it: the effect `carrier` with the same fields.
enum ShortEvent {
  static let mark: UInt8 = 7
  static let isSecondVersion: UInt8 = 8
  static let endsReturn: UInt8 = 16
  static let onReturn: UInt8 = 32
  static let hasScanNumber: UInt8 = 64
  static let hasMilliseconds: UInt8 = 128
  static let hasWidePlace: UInt16 = 0x8000
}

extension Timestamp {
  /// The second in which it lies, in milliseconds; what an event's time is told from.
  var wholeSecond: Int64 { milliseconds / 1000 * 1000 }
}

extension RowRecord {
  /// Does a record with this first byte tell an event in short?
  static func isShort(_ head: UInt8) -> Bool { head & 7 == ShortEvent.mark }
}

extension RowWriter {
  /// Appends the record of an event in short.
  /// - Parameters:
  ///   - bytes: what the location is a range of.
  ///   - previous: the shipment's newest record before this row.
  public mutating func append(
    _ event: NextEvent, in bytes: Span<UInt8>, after previous: Position, at position: Position
  ) {
    let isWide = previous.record > UInt16.max
    let states =
      UInt16(event.before.rawValue) | UInt16(event.after.rawValue) << 5
      | UInt16(event.event.map { $0.rawValue + 1 } ?? 0) << 10 | (isWide ? ShortEvent.hasWidePlace : 0)
    let milliseconds = event.time.milliseconds &- arrival.wholeSecond
    let isWhole = milliseconds % 1000 == 0
    let head =
      ShortEvent.mark | (event.isSecondVersion ? ShortEvent.isSecondVersion : 0)
      | (event.endsReturn ? ShortEvent.endsReturn : 0) | (event.onReturn ? ShortEvent.onReturn : 0)
      | (event.scanNumber != 0 ? ShortEvent.hasScanNumber : 0) | (isWhole ? 0 : ShortEvent.hasMilliseconds)
    appendRecord { record in
      record.append(head)
      record.append(UInt8(truncatingIfNeeded: states))
      record.append(UInt8(truncatingIfNeeded: states >> 8))
      record.putNumber(UInt64(event.code))
      record.putSigned(isWhole ? milliseconds / 1000 : milliseconds)
      record.putNumber(UInt64(event.shipment.raw))
      if previous == .none {
        record.append(0)
      } else {
        record.putNumber((position.frame - previous.frame) / 8 + 1)
        if isWide {
          record.putNumber(UInt64(previous.record))
        } else {
          record.append(UInt8(truncatingIfNeeded: previous.record))
          record.append(UInt8(truncatingIfNeeded: previous.record >> 8))
        }
      }
      if event.scanNumber != 0 { record.putNumber(event.scanNumber) }
      record.putText(event.location, of: bytes)
    }
  }

  /// The event that a verdict and its effects tell, where it can be told in short; what they say is then all there is.
  static func inShort(
    _ verdict: Verdict, _ effects: [Effect], after previous: Position?, at position: Position
  ) -> NextEvent? {
    guard effects.count == 1, verdict.outcome == .applied, let time = verdict.eventTime,
      let before = verdict.before, let after = verdict.after, previous != position,
      case .carrier(let shipment, let entry) = effects[0]
    else { return nil }
    guard entry.outcome == .applied, entry.time == time, entry.code != .max, !entry.isOnReturnAWB,
      entry.event != .cancel, entry.scanText.isAbsent, entry.fold.setBy == nil, entry.fold.after == after,
      entry.fold.since == time
    else { return nil }
    return NextEvent(
      shipment: shipment, time: time, scanNumber: entry.scanNumber, location: entry.location,
      code: entry.code, isSecondVersion: entry.isSecondVersion, event: entry.event,
      endsReturn: entry.endsReturn, before: before, after: after, onReturn: entry.fold.onReturn)
  }
}

extension RowCursor {
  /// The next row, where its record tells an event in short; nil, and the cursor stays, where it is another.
  ///
  /// A start reads them all: nothing is allocated for them.
  public mutating func nextEvent() throws(RecordFault) -> NextEvent? {
    guard let head = reader.peek, RowRecord.isShort(head) else { return nil }
    let event = try readShort().event
    countRow()
    return event
  }

  /// The next record, which tells an event in short, as the record of any row.
  mutating func nextShort() throws(RecordFault) -> RowRecord {
    let (event, previous) = try readShort()
    let entry = Effect.CarrierEntry(
      outcome: .applied, isSecondVersion: event.isSecondVersion, code: event.code, codeText: .absent,
      event: event.event, endsReturn: event.endsReturn, isOnReturnAWB: false, time: event.time,
      scanNumber: event.scanNumber, scanText: .absent, location: event.location, line: 0,
      orderNumber: .absent,
      fold: Effect.FoldResult(
        after: event.after, onReturn: event.onReturn, setBy: nil, since: event.time))
    return RowRecord(
      verdict: Verdict(.applied, before: event.before, after: event.after, at: event.time),
      effects: [.carrier(event.shipment, entry)], previous: [previous])
  }

  private mutating func readShort() throws(RecordFault) -> (event: NextEvent, previous: Position) {
    let frame = position.frame
    let head = try reader.byte()
    let states = UInt16(try reader.byte()) | UInt16(try reader.byte()) << 8
    guard let before = ShipmentState(rawValue: UInt8(states & 31)),
      let after = ShipmentState(rawValue: UInt8(states >> 5 & 31))
    else { throw RecordFault(what: "an unknown state") }
    let asked = UInt8(states >> 10 & 31)
    let event = asked == 0 ? nil : EventKind(rawValue: asked - 1)
    if event == .cancel || asked != 0 && event == nil { throw RecordFault(what: "an unknown event") }
    let code = CodeIndex(truncatingIfNeeded: try reader.number())
    let distance = try reader.signed()
    let unit: Int64 = head & ShortEvent.hasMilliseconds == 0 ? 1000 : 1
    let (since, isTooLarge) = distance.multipliedReportingOverflow(by: unit)
    if isTooLarge { throw RecordFault(what: "a time is out of range") }
    let milliseconds = arrival.wholeSecond &+ since
    let shipment = ShipmentIndex(UInt32(truncatingIfNeeded: try reader.number()))
    let back = try reader.number()
    var previous = Position.none
    if back > 0 {
      guard back - 1 <= frame / 8 else { throw RecordFault(what: "a way back leads before the journal") }
      let place =
        states & ShortEvent.hasWidePlace != 0
        ? try reader.count() : Int(try reader.byte()) | Int(try reader.byte()) << 8
      previous = Position(frame: frame - (back - 1) * 8, record: place)
    }
    let scanNumber = head & ShortEvent.hasScanNumber != 0 ? try reader.number() : 0
    let location = try reader.text()
    let told = NextEvent(
      shipment: shipment, time: Timestamp(milliseconds: milliseconds), scanNumber: scanNumber,
      location: Slice(offset: location.lowerBound, length: location.count), code: code,
      isSecondVersion: head & ShortEvent.isSecondVersion != 0, event: event,
      endsReturn: head & ShortEvent.endsReturn != 0, before: before, after: after,
      onReturn: head & ShortEvent.onReturn != 0)
    return (told, previous)
  }
}
