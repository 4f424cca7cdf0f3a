/// One JSON object as a row.
///
/// Keys that we know are read, all others checked for syntax only. A number stands for its digits as they were sent, `true` and
/// `false` for their words, `null` for nothing. An object or array in a column of free text counts as nothing; in any other
/// column the row is refused (W207), for a key must not vanish unseen.
import Orders

/// The record that is being read.
struct JSONRecord {
  let start: Int
  let fileOffset: Int64
  /// The fault of syntax that weighs most.
  var fault: Fault?
  var lineCount = 0
  var hasOverflown = false
  /// Does it name anything that we know?
  var knowsKeys = false

  mutating func note(_ other: Fault) {
    if let fault, fault.code.rawValue <= other.code.rawValue { return }
    fault = other
  }
}

extension JSONReader {
  /// Reads the object that begins at `place`; its cells are the last ones of the batch.
  mutating func readObject(
    _ bytes: Span<UInt8>, _ place: inout Int, _ record: inout JSONRecord, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) throws(JSONStop) {
    var seen: UInt64 = 0
    var yielded: UInt64 = 0
    var ordinal = 0
    place += 1
    if try syntax.next(bytes, &place) == UInt8(ascii: "}") {
      place += 1
      return
    }
    let firstCell = batch.cells.count - columnCount
    while true {
      try syntax.pass(ByteScanner.quote, bytes, &place)
      let keyStart = place
      let role = try keys.role(bytes, &place, ordinal: ordinal, syntax)
      ordinal += 1
      try syntax.pass(UInt8(ascii: ":"), bytes, &place)
      let byte = try syntax.next(bytes, &place)
      if role.isColumn {
        record.knowsKeys = true
        let value = try readValue(byte, bytes, &place, role.place, depth: 1, &record, &appended)
        if claims(role, &seen, &yielded, keyStart, &record) { batch.cells[firstCell + role.place] = value }
      } else if role == .lines && byte == UInt8(ascii: "[") {
        record.knowsKeys = true
        try readLines(bytes, &place, &record, keyStart, &appended)
      } else if role == .ownErrors && layout.corrects == nil {
        let start = place
        try syntax.skipValue(bytes, &place, depth: 1)
        readCorrected(bytes, start)
      } else {
        try syntax.skipValue(bytes, &place, depth: 1)
      }
      if try syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place) { return }
    }
  }

  /// May the value under a key of this meaning stand? A second key of one meaning may not, unless one of them yields.
  @inline(__always)
  private func claims(
    _ role: Role, _ seen: inout UInt64, _ yielded: inout UInt64, _ keyStart: Int, _ record: inout JSONRecord
  ) -> Bool {
    let bit: UInt64 = 1 << UInt64(role.place)
    let isSecond = (role.yields ? yielded : seen) & bit != 0
    if isSecond {
      record.note(
        Fault(
          .duplicateKey, kindColumns[role.place].column, number: record.fileOffset + Int64(keyStart)))
      return false
    }
    if role.yields {
      yielded |= bit
      return seen & bit == 0
    }
    seen |= bit
    return true
  }

  /// Reads the value of a column; `.absent` where it says that there is none.
  @inline(__always)
  func readValue(
    _ byte: UInt8, _ bytes: Span<UInt8>, _ place: inout Int, _ column: Int, depth: Int,
    _ record: inout JSONRecord, _ appended: inout [UInt8]
  ) throws(JSONStop) -> Slice {
    let start = place
    if byte == ByteScanner.quote {
      place += 1
      if try syntax.skipString(bytes, &place) {
        return unescape(bytes, start + 1..<place - 1, column, &record, &appended)
      }
      let value = Slice(offset: start + 1, length: place - start - 2)
      if Int(value.length) > terms.bounds.cellBytesMax { noteTooLong(Int(value.length), column, &record) }
      return value
    }
    try syntax.skipValue(bytes, &place, depth: depth)
    if byte == UInt8(ascii: "n") { return .absent }
    let value = Slice(offset: start, length: place - start)
    if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
      if kindColumns[column].shape != .text {
        record.note(Fault(.forbiddenCharacter, kindColumns[column].column, value: value))
      }
      return .absent
    }
    if Int(value.length) > terms.bounds.cellBytesMax { noteTooLong(Int(value.length), column, &record) }
    return value
  }

  private func unescape(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ column: Int, _ record: inout JSONRecord,
    _ appended: inout [UInt8]
  ) -> Slice {
    let from = appended.count
    if var fault = JSONText.unescape(bytes, range, to: &appended) {
      fault.column = kindColumns[column].column
      fault.number += record.fileOffset
      record.note(fault)
    }
    let length = appended.count - from
    if length > terms.bounds.cellBytesMax { noteTooLong(length, column, &record) }
    return Slice(offset: bytes.count + from, length: length)
  }

  private func noteTooLong(_ length: Int, _ column: Int, _ record: inout JSONRecord) {
    record.note(
      Fault(
        .overBound, kindColumns[column].column, number: Int64(terms.bounds.cellBytesMax),
        second: Int64(length)))
  }

  // MARK: - The nested lines of an order

  mutating func readLines(
    _ bytes: Span<UInt8>, _ place: inout Int, _ record: inout JSONRecord, _ keyStart: Int,
    _ appended: inout [UInt8]
  ) throws(JSONStop) {
    place += 1
    if try syntax.next(bytes, &place) == UInt8(ascii: "]") {
      place += 1
      return
    }
    if record.lineCount > 0 {
      record.note(Fault(.duplicateKey, number: record.fileOffset + Int64(keyStart)))
    }
    while true {
      let byte = try syntax.next(bytes, &place)
      let start = place
      if byte == UInt8(ascii: "{") {
        if record.lineCount == terms.bounds.linesPerOrderMax {
          record.note(
            Fault(
              .overBound, number: Int64(terms.bounds.linesPerOrderMax), second: Int64(record.lineCount + 1)))
          try syntax.skipValue(bytes, &place, depth: 2)
        } else {
          record.lineCount += 1
          try readLine(bytes, &place, &record, &appended)
        }
      } else {
        try syntax.skipValue(bytes, &place, depth: 2)
        record.note(Fault(.recordNotAnObject, value: Slice(offset: start, length: place - start)))
      }
      if try syntax.isClosed(by: UInt8(ascii: "]"), bytes, &place) { return }
    }
  }

  private mutating func readLine(
    _ bytes: Span<UInt8>, _ place: inout Int, _ record: inout JSONRecord, _ appended: inout [UInt8]
  ) throws(JSONStop) {
    let firstCell = lineCells.count
    for _ in linePlaces.indices { lineCells.append(.nothing) }
    if readLineAlike(bytes, &place, &record, &appended) { return }
    let start = place
    var seen: UInt64 = 0
    var yielded: UInt64 = 0
    var ordinal = 0
    place += 1
    if try syntax.next(bytes, &place) == UInt8(ascii: "}") {
      place += 1
      return
    }
    while true {
      try syntax.pass(ByteScanner.quote, bytes, &place)
      let keyStart = place
      let role = try lineKeys.role(bytes, &place, ordinal: ordinal, syntax)
      ordinal += 1
      try syntax.pass(UInt8(ascii: ":"), bytes, &place)
      let byte = try syntax.next(bytes, &place)
      if role.isColumn {
        let value = try readValue(byte, bytes, &place, role.place, depth: 3, &record, &appended)
        if claims(role, &seen, &yielded, keyStart, &record) {
          lineCells[firstCell + role.place - linePlaces[0]] = value
        }
      } else {
        try syntax.skipValue(bytes, &place, depth: 3)
      }
      if try syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place) { break }
    }
    if record.fault == nil, lineShape.wantsToLearn {
      lineShape.learn(bytes, start..<place, lineKeys, syntax, firstPlace: linePlaces[0])
    }
  }

  // MARK: - An errors file that came back

  /// Takes the file's name from the `_error` member, whose syntax was checked.
  private mutating func readCorrected(_ bytes: Span<UInt8>, _ start: Int) {
    var place = start
    guard (try? syntax.next(bytes, &place)) == UInt8(ascii: "{") else { return }
    place += 1
    var name: [UInt8] = []
    while (try? syntax.next(bytes, &place)) == ByteScanner.quote {
      let keyStart = place + 1
      place += 1
      _ = try? syntax.skipString(bytes, &place)
      let isFile = ColumnNames.plain(bytes, keyStart..<place - 1).elementsEqual("file".utf8)
      try? syntax.pass(UInt8(ascii: ":"), bytes, &place)
      let byte = try? syntax.next(bytes, &place)
      let valueStart = place
      try? syntax.skipValue(bytes, &place, depth: 1)
      if isFile && byte == ByteScanner.quote {
        _ = JSONText.unescape(bytes, valueStart + 1..<place - 1, to: &name)
        layout.corrects = name
        return
      }
      guard let isClosed = try? syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place), !isClosed else {
        return
      }
    }
  }
}
