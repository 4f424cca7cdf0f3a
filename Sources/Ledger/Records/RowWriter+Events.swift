package import Orders

extension RowWriter {
  /// Appends the record of an event that went the short way: the bytes that its verdict and its effect would have.
  /// - Parameters:
  ///   - bytes: what the location is a range of.
  ///   - previous: the shipment's newest record before this row.
  package mutating func append(
    _ event: NextEvent, in bytes: Span<UInt8>, after previous: Position, at position: Position
  ) {
    startRecord()
    let location = bytes.extracting(event.location.range)
    // Numbers are at most ten bytes long, and there are seven.
    payload.append(addingCapacity: 96 + location.count) { (record: inout OutputSpan<UInt8>) in
      record.append(Outcome.applied.rawValue | RowRecord.hasTime | RowRecord.hasStates | RowRecord.hasEffects)
      let milliseconds = event.time.milliseconds
      let seconds = milliseconds / 1000
      record.put(signed: seconds * 1000 == milliseconds ? seconds * 2 : milliseconds * 2 + 1)
      record.append(event.before.rawValue + 1)
      record.append(event.after.rawValue + 1)
      record.append(1)
      record.append(Effect.carrierTag)
      record.put(UInt64(event.shipment.raw))
      if previous == .none {
        record.append(0)
      } else {
        record.put((position.frame - previous.frame) / 8 + 2)
        record.put(UInt64(previous.record))
      }
      record.append(
        Outcome.applied.rawValue | (event.isSecondVersion ? 8 : 0) | (event.endsReturn ? 16 : 0)
          | (event.scanNumber != 0 ? 32 : 0) | 64)
      record.append(event.event.map { $0.rawValue + 1 } ?? 0)
      record.put(UInt64(event.code))
      record.put(event.scanNumber)
      record.put(UInt64(location.count))
      for index in location.indices { record.append(location[index]) }
      record.append(event.after.rawValue | (event.onReturn ? 0x40 : 0))
    }
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  fileprivate mutating func put(signed value: Int64) {
    put(UInt64(bitPattern: value &<< 1 ^ value >> 63))
  }
}

extension RowCursor {
  /// The next row, where it is an applied event with a known code, and all else that the short way asks for; nil, and the cursor
  /// stays, where it is another.
  ///
  /// Half of what a journal holds are such rows, and a start reads them all: nothing is allocated for them.
  mutating func nextEvent() throws(RecordFault) -> NextEvent? {
    let start = reader.place
    if let event = try readEvent() {
      countRow()
      return event
    }
    reader.place = start
    return nil
  }

  private mutating func readEvent() throws(RecordFault) -> NextEvent? {
    let applied = Outcome.applied.rawValue
    guard try reader.byte() == applied | RowRecord.hasTime | RowRecord.hasStates | RowRecord.hasEffects
    else { return nil }
    let time = try reader.time()
    guard let before = try reader.state(), let after = try reader.state() else { return nil }
    guard try reader.byte() == 1, try reader.byte() == Effect.carrierTag else { return nil }
    let shipment = ShipmentIndex(UInt32(truncatingIfNeeded: try reader.number()))
    if try reader.number() >= 2 { _ = try reader.number() }
    let head = try reader.byte()
    // With a known code, and not under the AWB of the way back.
    guard head & (7 | 64 | 128) == applied | 64 else { return nil }
    let raw = try reader.byte()
    let event = raw == 0 ? nil : EventKind(rawValue: raw - 1)
    if event == .cancel || raw != 0 && event == nil { return nil }
    let code = CodeIndex(truncatingIfNeeded: try reader.number())
    let scanNumber = try reader.number()
    if head & 32 == 0 && scanNumber != 0 { return nil }
    let location = try reader.text()
    let fold = try reader.byte()
    guard fold & ~0x40 == after.rawValue else { return nil }
    return NextEvent(
      shipment: shipment, time: time, scanNumber: scanNumber,
      location: Slice(offset: location.lowerBound, length: location.count), code: code,
      isSecondVersion: head & 8 != 0, event: event, endsReturn: head & 16 != 0, before: before, after: after,
      onReturn: fold & 0x40 != 0)
  }
}
