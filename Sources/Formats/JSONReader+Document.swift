/// One JSON document: an array of records, one record, or an answer of an API that wraps the array.
import Orders

extension JSONReader {
  mutating func readDocument(
    _ bytes: Span<UInt8>, _ place: inout Int, isLast: Bool, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) throws(FileFault) {
    while true {
      while place < bytes.count, isLineBlank(bytes[place]) || bytes[place] == 10 { place += 1 }
      let start = place
      if start == bytes.count {
        if isLast && expectation != .nothing {
          if expectation == .document { throw FileFault(Fault(.emptyFile), line: 0) }
          throw truncated(bytes, at: start, fileOffset)
        }
        return
      }
      if expectation == .element || expectation == .firstElement {
        readAlike(bytes, &place, fileOffset, into: &batch, &appended)
        if place > start { continue }
      }
      if expectation == .nothing {
        throw fileFault(fault(of: .broken(at: start), bytes, fileOffset), bytes, at: start)
      }
      var end = start
      do throws(JSONStop) {
        try take(bytes, &end, fileOffset, into: &batch, &appended)
        if end - start > terms.bounds.recordBytesMax { throw .tooLong }
        place = end
      } catch {
        if error == .runsOut && bytes.count - start <= terms.bounds.recordBytesMax {
          if isLast { throw truncated(bytes, at: start, fileOffset) }
          return
        }
        var at = start
        switch error {
        case .broken(at: let place), .tooDeep(at: let place): at = place
        case .runsOut, .tooLong, .unknownShape: break
        }
        let isOver = error == .runsOut || at - start > terms.bounds.recordBytesMax
        throw fileFault(
          isOver ? overBound : fault(of: error, bytes, fileOffset), bytes, at: isOver ? start : at)
      }
    }
  }

  private mutating func truncated(_ bytes: Span<UInt8>, at place: Int, _ fileOffset: Int64) -> FileFault {
    fileFault(Fault(.truncated, number: fileOffset + Int64(place)), bytes, at: place, isIncomplete: true)
  }

  /// Takes the next step through the document.
  private mutating func take(
    _ bytes: Span<UInt8>, _ place: inout Int, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) throws(JSONStop) {
    let byte = try syntax.next(bytes, &place)
    switch expectation {
    case .firstElement where byte == UInt8(ascii: "]"):
      place += 1
      expectation = wrappers > 0 ? .behindMember : .nothing
    case .firstElement, .element:
      let record = try readRecord(bytes, &place, byte, fileOffset, into: &batch, &appended)
      finish(record, bytes, end: place, into: &batch)
      expectation = .behindElement
    case .behindElement:
      let isClosed = try syntax.isClosed(by: UInt8(ascii: "]"), bytes, &place)
      expectation = !isClosed ? .element : wrappers > 0 ? .behindMember : .nothing
    case .behindMember:
      if try syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place) {
        wrappers -= 1
        if wrappers == 0 { expectation = .nothing }
      } else {
        expectation = .member
      }
    case .member:
      try takeMember(bytes, &place)
    case .document:
      try open(bytes, &place, byte, fileOffset, into: &batch, &appended)
    case .nothing, .line, .lineFeed:
      preconditionFailure("not a step through a document")
    }
  }

  private mutating func open(
    _ bytes: Span<UInt8>, _ place: inout Int, _ byte: UInt8, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) throws(JSONStop) {
    if byte == UInt8(ascii: "[") {
      place += 1
      expectation = .firstElement
      return
    }
    let start = place
    guard byte == UInt8(ascii: "{") else {
      do throws(JSONStop) { try syntax.skipValue(bytes, &place, depth: 0) } catch {
        // A lone number ends with the file.
        let isNumber =
          isLast && place == bytes.count && bytes[place - 1] &- 48 <= 9 && byte != ByteScanner.quote
        if error != .runsOut || !isNumber { throw error }
      }
      throw foreign(bytes, start, behind: place)
    }
    if let records = try wrappedRecords(bytes, &place, level: 1) {
      place = records.place
      wrappers = records.level
      expectation = .firstElement
      return
    }
    place = start
    let record = try readRecord(bytes, &place, byte, fileOffset, into: &batch, &appended)
    guard record.knowsKeys else { throw foreign(bytes, start, behind: place) }
    finish(record, bytes, end: place, into: &batch)
    expectation = .nothing
  }

  /// What a document comes to that is sound as far as it was read, and not one of ours.
  private func foreign(_ bytes: Span<UInt8>, _ start: Int, behind place: Int) -> JSONStop {
    var rest = place
    if (try? syntax.next(bytes, &rest)) != nil { return .broken(at: rest) }
    if rest - start > terms.bounds.recordBytesMax { return .tooLong }
    return isLast ? .unknownShape(at: start) : .runsOut
  }

  /// The next member of a wrapper: its array is more records, anything else is passed over.
  private mutating func takeMember(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) {
    try syntax.pass(ByteScanner.quote, bytes, &place)
    let keyStart = place
    _ = try syntax.skipString(bytes, &place)
    let isWrapping = JSONReader.isWrapping(bytes, keyStart..<place - 1)
    try syntax.pass(UInt8(ascii: ":"), bytes, &place)
    if isWrapping, try syntax.next(bytes, &place) == UInt8(ascii: "["),
      let first = try firstElement(bytes, behind: place)
    {
      place = first
      expectation = .firstElement
      return
    }
    try syntax.skipValue(bytes, &place, depth: wrappers)
    expectation = .behindMember
  }

  /// Where the records begin in an object that wraps them, and how many objects are open there; nil where it wraps none,
  /// with `place` behind it.
  private func wrappedRecords(
    _ bytes: Span<UInt8>, _ place: inout Int, level: Int
  ) throws(JSONStop) -> (place: Int, level: Int)? {
    place += 1
    if try syntax.next(bytes, &place) == UInt8(ascii: "}") {
      place += 1
      return nil
    }
    var isRecord = false
    while true {
      try syntax.pass(ByteScanner.quote, bytes, &place)
      let keyStart = place
      _ = try syntax.skipString(bytes, &place)
      let key = keyStart..<place - 1
      let role = names.role(bytes, key)
      if role.isColumn, case .key = kindColumns[role.place].shape { isRecord = true }
      try syntax.pass(UInt8(ascii: ":"), bytes, &place)
      let byte = try syntax.next(bytes, &place)
      if !isRecord && JSONReader.isWrapping(bytes, key) {
        if byte == UInt8(ascii: "["), let first = try firstElement(bytes, behind: place) {
          return (first, level)
        }
        if byte == UInt8(ascii: "{"), level == 1, JSONReader.isData(bytes, key) {
          if let records = try wrappedRecords(bytes, &place, level: 2) { return records }
          if try syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place) { return nil }
          continue
        }
      }
      try syntax.skipValue(bytes, &place, depth: level)
      if try syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place) { return nil }
    }
  }

  /// The place of the first element behind a bracket, where that is an object, or of the bracket that closes an empty array.
  private func firstElement(_ bytes: Span<UInt8>, behind bracket: Int) throws(JSONStop) -> Int? {
    var place = bracket + 1
    let byte = try syntax.next(bytes, &place)
    return byte == UInt8(ascii: "{") || byte == UInt8(ascii: "]") ? place : nil
  }

  static func isData(_ bytes: Span<UInt8>, _ key: Range<Int>) -> Bool {
    ColumnNames.plain(bytes, key).elementsEqual("data".utf8)
  }

  /// Is the key one under which real answers hold their records?
  static func isWrapping(_ bytes: Span<UInt8>, _ key: Range<Int>) -> Bool {
    let name = String(decoding: ColumnNames.plain(bytes, key), as: UTF8.self)
    return name == "data" || name == "shipments" || Kind(name: name) != nil
  }
}
