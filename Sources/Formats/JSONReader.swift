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
  var wrappers = 0
  var number: UInt32 = 0
  /// The physical line of the byte at `linePlace` of this chunk.
  var line: UInt32 = 1
  var linePlace = 0
  var isLast = false

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
  mutating func readRecord(
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
  mutating func finish(
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

  var overBound: Fault { Fault(.overBound, number: Int64(terms.bounds.recordBytesMax)) }

  mutating func fileFault(
    _ fault: Fault, _ bytes: Span<UInt8>, at place: Int, isIncomplete: Bool = false
  ) -> FileFault {
    passLines(bytes, to: min(place, bytes.count))
    return FileFault(fault, line: line, isIncomplete: isIncomplete)
  }
}
