/// Reads JSON and JSON Lines in chunks of complete records.
///
/// A `.json` file is one document: an array of records, one record, or an answer of a real API that wraps the array:
/// `{"orders":[…]}`, `{"data":[…]}`, `{"data":{"orders":[…]}}`, with `orders`, `shipments` or the name of any kind. An object
/// is such a wrapper when one of these keys holds an array (empty or of objects) and no key column of ours stands before it.
/// What breaks the grammar breaks the whole document: it is refused, or held when it merely ends too early. What is wrong
/// within a sound object (a key named twice, half a surrogate pair, bytes that are not UTF-8) costs that record alone.
///
/// A `.jsonl` file has one record a line; a broken line costs that line alone. A last line without a line end counts
/// when it is sound; else the file is incomplete.
import Orders

struct JSONReader {
  /// What must come next in the file.
  enum Expectation {
    case document
    /// Behind the `[` of the records.
    case firstElement
    /// Behind a comma between records.
    case element
    case behindElement
    /// Behind a member of a wrapper.
    case behindMember
    /// Behind a comma between members of a wrapper.
    case member
    case nothing
    case line
    /// The rest of a line that outgrew its bound.
    case lineFeed
  }

  /// Of a line that outgrew its bound so much is shown.
  private static let shownBytesMax = 1024

  let terms: ReadingTerms
  let syntax: JSONSyntax
  let kindColumns: [KindColumn]
  let columnCount: Int
  let linePlaces: [Int]
  let names: ColumnNames
  var layout: FileLayout
  var keys: JSONKeys
  var lineKeys: JSONKeys
  /// The cells of the nested lines of the batch's orders, as `Content` takes them.
  var lineCells: [Slice] = []
  var expectation: Expectation
  /// What the records of the file are expected to look like.
  var shape = JSONExpectedShape()
  /// And the lines of its orders.
  var lineShape = JSONExpectedShape()
  /// How many wrapping objects are open.
  private var wrappers = 0
  var number: UInt32 = 0
  /// The physical line of the byte at `linePlace` of this chunk.
  var line: UInt32 = 1
  var linePlace = 0
  private var isLast = false

  init(_ terms: ReadingTerms) {
    self.terms = terms
    let isLines = terms.format == .jsonLines
    syntax = JSONSyntax(depthMax: terms.bounds.depthMax, endsAtLineFeed: isLines)
    kindColumns = terms.kind.columns
    columnCount = kindColumns.count
    linePlaces = ColumnNames.linePlaces(of: terms.kind)
    names = ColumnNames.all(of: terms.kind)
    layout = FileLayout(format: terms.format)
    keys = JSONKeys(names)
    lineKeys = JSONKeys(ColumnNames.ofLines)
    expectation = isLines ? .line : .document
  }

  /// Takes the complete records of the chunk into the batch and returns the place behind the last of them.
  ///
  /// - Parameters:
  ///   - bytes: the chunk; slices of the batch are ranges of it and, behind its end, of `appended`.
  ///   - isLast: no more bytes follow.
  ///   - fileOffset: the offset of the chunk's first byte in the file.
  mutating func read(
    _ bytes: Span<UInt8>, isLast: Bool, fileOffset: Int64, into batch: inout RowBatch,
    appended: inout [UInt8]
  ) throws(FileFault) -> Int {
    lineCells.removeAll(keepingCapacity: true)
    linePlace = 0
    self.isLast = isLast
    var place = 0
    if terms.format == .jsonLines {
      try readLines(bytes, &place, isLast: isLast, fileOffset, into: &batch, &appended)
    } else {
      try readDocument(bytes, &place, isLast: isLast, fileOffset, into: &batch, &appended)
    }
    passLines(bytes, to: place)
    return place
  }

  mutating func passLines(_ bytes: Span<UInt8>, to place: Int) {
    if place <= linePlace { return }
    // A file of more lines than can be counted is not our end: the last number stands for all that follow.
    let lines = UInt32(clamping: ByteScanner.count(ByteScanner.lineFeed, in: bytes, linePlace..<place))
    line = line > .max - lines ? .max : line + lines
    linePlace = place
  }

  /// The same where the line feeds on the way are known.
  @inline(__always)
  mutating func passLines(_ lineFeeds: UInt32, to place: Int) {
    line = line > .max - lineFeeds ? .max : line + lineFeeds
    linePlace = place
  }

  /// The row of a sound record that begins on the present line.
  @inline(__always)
  mutating func nextRow(_ record: JSONRecord, _ raw: Slice) -> RowBatch.Row {
    number += 1
    var row = RowBatch.Row(number: number, line: line, raw: raw)
    if record.lineCount > 0 {
      row.firstLine = UInt32(lineCells.count / linePlaces.count - record.lineCount)
      row.lineCount = UInt32(record.lineCount)
    }
    return row
  }

  /// Reads one record of any shape; on a stop nothing of it stays in the batch.
  private mutating func readRecord(
    _ bytes: Span<UInt8>, _ place: inout Int, _ byte: UInt8, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) throws(JSONStop) -> JSONRecord {
    let appendedCount = appended.count
    let lineCellCount = lineCells.count
    var record = JSONRecord(start: place, fileOffset: fileOffset)
    batch.cells.append(contentsOf: repeatElement(.nothing, count: columnCount))
    do throws(JSONStop) {
      if byte == UInt8(ascii: "{") {
        try readObject(bytes, &place, &record, into: &batch, &appended)
      } else {
        try syntax.skipValue(bytes, &place, depth: 0)
        record.note(
          Fault(.recordNotAnObject, value: Slice(offset: record.start, length: place - record.start)))
      }
      return record
    } catch {
      batch.cells.removeLast(columnCount)
      appended.removeLast(appended.count - appendedCount)
      lineCells.removeLast(lineCells.count - lineCellCount)
      throw error
    }
  }

  /// Adds the row of a record whose cells are the last of the batch.
  private mutating func finish(
    _ record: JSONRecord, _ bytes: Span<UInt8>, end: Int, into batch: inout RowBatch
  ) {
    var record = record
    number += 1
    passLines(bytes, to: record.start)
    // Three bytes more: a sequence that begins within the record may end behind a cut.
    let window = bytes.extracting(record.start..<min(end + 3, bytes.count))
    let unsound = record.start + ByteScanner.firstUnsound(window, from: 0)
    if unsound < end {
      let code: RejectionCode = bytes[unsound] == 0 ? .nulByte : .notUTF8
      record.note(Fault(code, number: record.fileOffset + Int64(unsound)))
    }
    var row = RowBatch.Row(
      number: number, line: line, raw: Slice(offset: record.start, length: end - record.start))
    if let fault = record.fault {
      row.firstFault = UInt32(batch.faults.count)
      row.faultCount = 1
      batch.faults.append(fault)
      for cell in batch.cells.count - columnCount..<batch.cells.count { batch.cells[cell] = .nothing }
      lineCells.removeLast(record.lineCount * linePlaces.count)
    } else {
      if record.lineCount > 0 {
        row.firstLine = UInt32(lineCells.count / linePlaces.count - record.lineCount)
        row.lineCount = UInt32(record.lineCount)
      }
      if shape.wantsToLearn, bytes[record.start] == UInt8(ascii: "{") {
        shape.learn(bytes, record.start..<end, keys, syntax)
      }
    }
    batch.rows.append(row)
  }

  private var overBound: Fault { Fault(.overBound, number: Int64(terms.bounds.recordBytesMax)) }

  // MARK: - One record a line

  private mutating func readLines(
    _ bytes: Span<UInt8>, _ place: inout Int, isLast: Bool, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) throws(FileFault) {
    if expectation == .lineFeed {
      place = ByteScanner.first(ByteScanner.lineFeed, in: bytes, from: place)
      if place == bytes.count {
        if isLast { throw fileFault(overBound, bytes, at: place, isIncomplete: true) }
        return
      }
      expectation = .line
    }
    while true {
      var start = place
      while start < bytes.count, bytes[start] <= 32, bytes[start] == 10 || isLineBlank(bytes[start]) {
        start += 1
      }
      // Blanks before a record mean nothing.
      place = start
      readAlike(bytes, &place, fileOffset, into: &batch, &appended)
      if place > start { continue }
      if start == bytes.count {
        if isLast && number == 0 { throw FileFault(Fault(.emptyFile), line: 0) }
        return
      }
      let appendedCount = appended.count
      let lineCellCount = lineCells.count
      var end = start
      do throws(JSONStop) {
        let record = try readRecord(bytes, &end, bytes[start], fileOffset, into: &batch, &appended)
        let recordEnd = end
        while end < bytes.count, isLineBlank(bytes[end]) { end += 1 }
        if end == bytes.count && !isLast || end < bytes.count && bytes[end] != ByteScanner.lineFeed {
          batch.cells.removeLast(columnCount)
          appended.removeLast(appended.count - appendedCount)
          lineCells.removeLast(lineCells.count - lineCellCount)
          throw end == bytes.count ? JSONStop.runsOut : JSONStop.broken(at: end)
        }
        if end - start > terms.bounds.recordBytesMax {
          batch.cells.removeLast(columnCount)
          appended.removeLast(appended.count - appendedCount)
          lineCells.removeLast(lineCells.count - lineCellCount)
          throw JSONStop.tooLong
        }
        finish(record, bytes, end: recordEnd, into: &batch)
        place = end
      } catch {
        let goesOn = try endBrokenLine(
          bytes, &place, start, error, isLast: isLast, fileOffset, into: &batch)
        if !goesOn { return }
      }
    }
  }

  @inline(__always)
  private func isLineBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

  /// Makes a row of a line that breaks the grammar; false where the line has not arrived whole.
  private mutating func endBrokenLine(
    _ bytes: Span<UInt8>, _ place: inout Int, _ start: Int, _ stop: JSONStop, isLast: Bool,
    _ fileOffset: Int64, into batch: inout RowBatch
  ) throws(FileFault) -> Bool {
    let lineFeed = ByteScanner.first(ByteScanner.lineFeed, in: bytes, from: start)
    let isOver = lineFeed - start > terms.bounds.recordBytesMax
    if lineFeed == bytes.count && !isOver {
      if !isLast { return false }
      let fault = Fault(.truncated, number: fileOffset + Int64(start))
      throw fileFault(fault, bytes, at: start, isIncomplete: true)
    }
    var end = lineFeed
    if isOver { end = start + min(terms.bounds.recordBytesMax, JSONReader.shownBytesMax) }
    while end > start, isLineBlank(bytes[end - 1]) { end -= 1 }
    var record = JSONRecord(start: start, fileOffset: fileOffset)
    record.fault = isOver ? overBound : fault(of: stop, bytes, fileOffset)
    batch.cells.append(contentsOf: repeatElement(.nothing, count: columnCount))
    finish(record, bytes, end: end, into: &batch)
    place = lineFeed
    guard lineFeed == bytes.count else { return true }
    if isLast { throw fileFault(overBound, bytes, at: start, isIncomplete: true) }
    expectation = .lineFeed
    return false
  }

  private func fault(of stop: JSONStop, _ bytes: Span<UInt8>, _ fileOffset: Int64) -> Fault {
    switch stop {
    case .broken(at: let place):
      let isNUL = place < bytes.count && bytes[place] == 0
      return Fault(isNUL ? .nulByte : .brokenJSON, number: fileOffset + Int64(place))
    case .tooDeep:
      return Fault(
        .overBound, number: Int64(terms.bounds.depthMax), second: Int64(terms.bounds.depthMax + 1))
    case .runsOut:
      return Fault(.brokenJSON, number: fileOffset + Int64(bytes.count))
    case .tooLong:
      return overBound
    case .unknownShape:
      return Fault(.unknownShape)
    }
  }

  // MARK: - One document

  private mutating func readDocument(
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

  private mutating func fileFault(
    _ fault: Fault, _ bytes: Span<UInt8>, at place: Int, isIncomplete: Bool = false
  ) -> FileFault {
    passLines(bytes, to: min(place, bytes.count))
    return FileFault(fault, line: line, isIncomplete: isIncomplete)
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
