/// Reads CSV: RFC 4180 with the delimiter of the partner, in chunks of complete records.
///
/// A line ends with LF, CR LF or CR. A cell in quotes may hold delimiters and line ends, and quotes doubled. Blank lines are
/// skipped. What is wrong with a record costs that record alone:
/// - a line with fewer or more cells than the header is rejected, never padded (W105);
/// - a quote that neither opens nor closes a cell (W104): the record ends with its line, the rest of it is taken as it stands;
/// - a quote that never closes (W103): when a cell has crossed a line end and its closing quote is not followed by a
///   delimiter or a line end, or the record outgrows its bound, then the opening quote was the mistake; the record ends with
///   the line on which that quote opened, and reading goes on behind it. At the end of the file an open quote means that the
///   file is incomplete, unless every line behind the opening one is whole and has the header's number of cells.
///
/// A last line without a line end is a record when it has the header's number of cells; else the file is incomplete.
///
/// Continuation rows: some shops write an order of several lines with the order's own cells on its first row only. In files of
/// kind `orders` a row whose `order_number` cell is blank while its `sku` cell is not takes every blank cell of an order
/// column (not those of the line) from the last row that had an order number.
import Orders

struct CSVReader {
  let terms: ReadingTerms
  let names: ColumnNames
  let columnCount: Int
  private(set) var layout = FileLayout(format: .csv)
  private(set) var hasHeader = false
  private(set) var delimiter = CSVDialect.comma.delimiter
  /// The place of each header cell among the kind's columns, 255 for unknown ones.
  private(set) var placeOfCell: [UInt8] = []
  /// Where the chunk has quotes, delimiters and line ends, and how many of them are valid.
  private(set) var marks: [UInt32] = []
  private(set) var markCount = 0
  /// The size of the chunk: values that had to be unescaped lie behind it.
  private(set) var chunkCount = 0
  /// The physical line at which the next record begins.
  var line: UInt32 = 1
  var number: UInt32 = 0
  /// The rest of a record that outgrew its bound is being skipped.
  private var isSkipping = false
  /// A line that was skipped ended with the CR that ended the chunk: an LF that follows belongs to it.
  private var mayOpenWithLineFeed = false
  private(set) var isErrorsFile = false
  var continuation: CSVContinuation?
  /// What the file's records are expected to be.
  private(set) var plan: ByteScanner.RecordPlan?

  /// Of a record that outgrew its bound so much is shown.
  private static let shownBytesMax = 1024

  /// A record in the making: where reading stands, and what has been found of it.
  struct Draft {
    var start: Int
    /// The first byte not yet read, and the first mark at or behind it.
    var place: Int
    var mark: Int
    var cellCount = 0
    var lineBreaks: UInt32 = 0
    /// The end of the record's own bytes.
    var end = 0
    var isTerminated = false
    var fault: Fault?
  }

  enum Step {
    case complete
    /// The chunk ends within the record.
    case needsMore
    /// The chunk ends within a quoted cell.
    case openQuote(crossedLines: Bool)
  }

  init(_ terms: ReadingTerms) {
    self.terms = terms
    names = ColumnNames.all(of: terms.kind)
    columnCount = terms.kind.columns.count
  }

  /// Takes on what the header said.
  mutating func adopt(
    _ placeOfCell: [UInt8], _ header: [[UInt8]], _ delimiter: UInt8, isErrorsFile: Bool
  ) {
    self.placeOfCell = placeOfCell
    self.delimiter = delimiter
    self.isErrorsFile = isErrorsFile
    layout.delimiter = delimiter
    layout.header = header
    layout.ownCells = header.count
    continuation = CSVContinuation(terms.kind, placeOfCell: placeOfCell)
    plan = recordPlan()
    hasHeader = true
  }

  /// A file of more lines than can be counted is not our end: the last number stands for all that follow.
  @inline(__always)
  mutating func passLine(_ lines: UInt32) { line = line > .max - lines ? .max : line + lines }

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
    chunkCount = bytes.count
    var place = 0
    if mayOpenWithLineFeed, bytes.count > 0 {
      if bytes[0] == ByteScanner.lineFeed { place = 1 }
      mayOpenWithLineFeed = false
    }
    if isSkipping {
      place = try skipRest(bytes, from: place, isLast: isLast)
      if isSkipping { return place }
    }
    if !hasHeader {
      place = try readHeader(bytes, from: place, isLast: isLast, fileOffset: fileOffset)
      if !hasHeader { return place }
    }
    var unsound = bytes.count
    markCount = ByteScanner.indexCells(
      bytes, from: place, delimiter: delimiter, into: &marks, unsound: &unsound)
    var mark = 0
    let nothing = Slice.nothing
    continuation?.enterChunk()
    while true {
      readAlike(bytes, &place, &mark, unsound: unsound, into: &batch, &appended)
      skipBlankLines(bytes, &place, &mark, isLast: isLast)
      if place >= bytes.count { break }
      let row = batch.rows.count
      let recordCells = batch.recordCells.count
      let appendedCount = appended.count
      var draft = Draft(start: place, place: place, mark: mark)
      batch.cells.append(contentsOf: repeatElement(nothing, count: columnCount))
      var isComplete = false
      if case .complete = readCells(bytes, &draft, isLast: isLast, into: &batch, &appended) {
        isComplete = true
      }
      // Two bytes more, for a line end that may be the whole of the excess.
      let length = isComplete ? draft.end - place : bytes.count - place - (isLast ? 0 : 2)
      let isOver = length > terms.bounds.recordBytesMax
      if isOver || !isComplete {
        if !isOver && isLast {
          try endOpenQuote(bytes, &draft, fileOffset, into: &batch, appended)
        } else {
          clear(row, recordCells, &batch)
          appended.removeLast(appended.count - appendedCount)
          if !isOver {
            batch.cells.removeLast(columnCount)
            continuation?.leaveChunk(batch, bytes, appended)
            return place
          }
          draft = Draft(start: place, place: place, mark: mark)
          readBounded(bytes, &draft, recordCells, into: &batch, &appended)
        }
      }
      if !draft.isTerminated, draft.fault != nil || draft.cellCount != placeOfCell.count {
        let offset = fileOffset + Int64(draft.start)
        throw FileFault(Fault(.truncated, number: offset), line: line, isIncomplete: true)
      }
      finish(draft, bytes, &unsound, fileOffset, recordCells, into: &batch)
      if batch.rows[row].faultCount > 0 {
        for cell in row * columnCount..<(row + 1) * columnCount { batch.cells[cell] = .nothing }
        continuation?.forget()
      } else {
        if isErrorsFile && layout.corrects == nil { readCorrected(recordCells, bytes, appended, batch) }
        continuation?.take(row: row, of: &batch, bytes, &appended)
      }
      passLine(draft.lineBreaks)
      place = draft.place
      mark = draft.mark
      if isSkipping {
        place = try skipRest(bytes, from: place, isLast: isLast)
        if isSkipping { break }
        while mark < markCount, Int(marks[mark]) < place { mark += 1 }
      }
    }
    continuation?.leaveChunk(batch, bytes, appended)
    return place
  }

  /// Takes back what was written of the record that is the batch's last.
  private func clear(_ row: Int, _ recordCells: Int, _ batch: inout RowBatch) {
    for cell in row * columnCount..<(row + 1) * columnCount { batch.cells[cell] = .nothing }
    batch.recordCells.removeLast(batch.recordCells.count - recordCells)
  }

  /// Passes over lines that hold nothing but blanks.
  @inline(__always)
  private mutating func skipBlankLines(
    _ bytes: Span<UInt8>, _ place: inout Int, _ mark: inout Int, isLast: Bool
  ) {
    while place < bytes.count {
      var end = place
      while end < bytes.count, bytes[end] == 32 || bytes[end] == 9 && delimiter != 9 { end += 1 }
      if end - place > terms.bounds.recordBytesMax { return }
      if end == bytes.count {
        // Blanks may still be the beginning of a record.
        if isLast { place = end }
        return
      }
      if bytes[end] == 13 {
        if end + 1 == bytes.count && !isLast { return }
        if end + 1 < bytes.count, bytes[end + 1] == 10 {
          end += 1
          mark += 1
        }
      } else if bytes[end] != 10 {
        return
      }
      mark += 1
      place = end + 1
      passLine(1)
    }
  }

  // MARK: - The record as a row

  /// Decides what a record comes to whose quoted cell, opened where the draft stands, reaches the end of the file.
  private func endOpenQuote(
    _ bytes: Span<UInt8>, _ draft: inout Draft, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: [UInt8]
  ) throws(FileFault) {
    guard everyLineFits(bytes, behind: draft.place) else {
      throw FileFault(
        Fault(.unclosedQuote, number: fileOffset + Int64(draft.place)), line: line + draft.lineBreaks,
        isIncomplete: true)
    }
    draft.fault = Fault(.unclosedQuote, number: Int64(draft.place))
    _ = endLiterally(bytes, &draft, isLast: true, into: &batch, appended)
  }

  /// Reads again, and no further than its bound, a record that goes over it: what comes of it must not depend on where
  /// the chunk happens to end.
  private mutating func readBounded(
    _ bytes: Span<UInt8>, _ draft: inout Draft, _ recordCells: Int, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) {
    // A byte more, so that the end of a line that is as long as it may be is seen.
    let limit = draft.start + terms.bounds.recordBytesMax + 1
    let markCountOfChunk = markCount
    markCount = draft.mark
    while markCount < markCountOfChunk, Int(marks[markCount]) < limit { markCount += 1 }
    let step = readCells(bytes.extracting(0..<limit), &draft, isLast: false, into: &batch, &appended)
    markCount = markCountOfChunk
    if case .openQuote(crossedLines: true) = step {
      draft.fault = Fault(.unclosedQuote, number: Int64(draft.place))
      _ = endLiterally(bytes, &draft, isLast: true, into: &batch, appended)
      return
    }
    batch.recordCells.removeLast(batch.recordCells.count - recordCells)
    draft.fault = Fault(.overBound, number: Int64(terms.bounds.recordBytesMax))
    draft.place = limit
    draft.end = min(limit, draft.start + CSVReader.shownBytesMax)
    draft.isTerminated = true
    isSkipping = true
  }

  /// Is every line behind the one that holds `place` whole, with as many cells as the header, and is there one?
  private func everyLineFits(_ bytes: Span<UInt8>, behind place: Int) -> Bool {
    if placeOfCell.count < 2 { return false }
    var place = place
    while place < bytes.count, bytes[place] != 10, bytes[place] != 13 { place += 1 }
    if place + 1 < bytes.count, bytes[place] == 13, bytes[place + 1] == 10 { place += 1 }
    place += 1
    var lines = 0
    while place < bytes.count {
      let record = HeaderLine(bytes, from: place, delimiter: delimiter)
      if !record.isTerminated || record.hasOpenQuote || record.strayQuote != nil { return false }
      if record.cells.count != placeOfCell.count { return false }
      lines += 1
      place = record.end
    }
    return lines > 0
  }

  private mutating func finish(
    _ draft: Draft, _ bytes: Span<UInt8>, _ unsound: inout Int, _ fileOffset: Int64, _ firstCell: Int,
    into batch: inout RowBatch
  ) {
    number += 1
    var row = RowBatch.Row(
      number: number, line: line, raw: Slice(offset: draft.start, length: draft.end - draft.start))
    row.firstRecordCell = UInt32(firstCell)
    row.recordCellCount = UInt32(batch.recordCells.count - firstCell)
    row.firstFault = UInt32(batch.faults.count)
    var fault = draft.fault
    if fault?.code == .strayQuote || fault?.code == .unclosedQuote { fault?.number += fileOffset }
    func consider(_ other: Fault) {
      if fault == nil || other.code.rawValue < fault!.code.rawValue { fault = other }
    }
    if draft.cellCount != placeOfCell.count, fault == nil || fault!.code == .overBound, !isSkipping {
      consider(
        Fault(.cellCountDiffers, number: Int64(placeOfCell.count), second: Int64(draft.cellCount)))
    }
    if unsound < draft.start { unsound = ByteScanner.firstUnsound(bytes, from: draft.start) }
    if unsound < draft.end {
      let code: RejectionCode = bytes[unsound] == 0 ? .nulByte : .notUTF8
      consider(Fault(code, number: fileOffset + Int64(unsound)))
    }
    if let fault {
      row.faultCount = 1
      batch.faults.append(fault)
    }
    batch.rows.append(row)
  }

  /// Goes to the end of the line whose record outgrew its bound.
  private mutating func skipRest(
    _ bytes: Span<UInt8>, from start: Int, isLast: Bool
  ) throws(FileFault) -> Int {
    let lineFeed = ByteScanner.first(ByteScanner.lineFeed, in: bytes, from: start)
    let end = min(lineFeed, ByteScanner.first(ByteScanner.carriageReturn, in: bytes, from: start))
    if end == bytes.count {
      if !isLast { return end }
      throw FileFault(
        Fault(.overBound, number: Int64(terms.bounds.recordBytesMax)), line: line, isIncomplete: true)
    }
    isSkipping = false
    passLine(1)
    if bytes[end] == ByteScanner.lineFeed { return end + 1 }
    if end + 1 == bytes.count {
      mayOpenWithLineFeed = !isLast
      return end + 1
    }
    return bytes[end + 1] == ByteScanner.lineFeed ? end + 2 : end + 1
  }

  /// The name that the first sound row of an errors file gives.
  private mutating func readCorrected(
    _ firstCell: Int, _ bytes: Span<UInt8>, _ appended: [UInt8], _ batch: RowBatch
  ) {
    let cell = batch.recordCells[firstCell + layout.ownCells]
    if cell.isAbsent { return }
    var name: [UInt8] = []
    for place in cell.range {
      name.append(place < chunkCount ? bytes[place] : appended[place - chunkCount])
    }
    layout.corrects = name
  }
}
