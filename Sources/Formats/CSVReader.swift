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
  private let columnCount: Int
  private(set) var layout = FileLayout(format: .csv)
  private(set) var hasHeader = false
  private var delimiter = CSVDialect.comma.delimiter
  /// The place of each header cell among the kind's columns, 255 for unknown ones.
  private var placeOfCell: [UInt8] = []
  /// Where the chunk has quotes, delimiters and line ends, and how many of them are valid.
  private var marks: [UInt32] = []
  private var markCount = 0
  /// The physical line at which the next record begins.
  private(set) var line: UInt32 = 1
  private var number: UInt32 = 0
  /// The rest of a record that outgrew its bound is being skipped.
  private var isSkipping = false
  /// A line that was skipped ended with the CR that ended the chunk: an LF that follows belongs to it.
  private var mayOpenWithLineFeed = false
  private var isErrorsFile = false
  private var continuation: CSVContinuation?

  /// A record in the making: where reading stands, and what has been found of it.
  private struct Draft {
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

  private enum Step {
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
    hasHeader = true
  }

  mutating func passLine(_ lines: UInt32) { line += lines }

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
    var place = 0
    if mayOpenWithLineFeed, bytes.count > 0 {
      if bytes[0] == ByteScanner.lineFeed { place = 1 }
      mayOpenWithLineFeed = false
    }
    if isSkipping {
      place = skipRest(bytes, from: place)
      if isSkipping && isLast {
        throw FileFault(
          Fault(.overBound, number: Int64(terms.bounds.recordBytesMax)), line: line, isIncomplete: true)
      }
      if isSkipping { return place }
    }
    if !hasHeader {
      place = try readHeader(bytes, from: place, isLast: isLast, fileOffset: fileOffset)
      if !hasHeader { return place }
    }
    markCount = ByteScanner.indexCells(bytes, from: place, delimiter: delimiter, into: &marks)
    var unsound = ByteScanner.firstUnsound(bytes, from: place)
    var mark = 0
    continuation?.enterChunk()
    while true {
      skipBlankLines(bytes, &place, &mark, isLast: isLast)
      if place >= bytes.count { break }
      let rows = batch.rows.count
      let recordCells = batch.recordCells.count
      let appendedCount = appended.count
      var draft = Draft(start: place, place: place, mark: mark)
      batch.cells.append(contentsOf: repeatElement(.absent, count: columnCount))
      let step = readCells(bytes, &draft, isLast: isLast, into: &batch, &appended)
      switch step {
      case .complete: break
      case .needsMore, .openQuote:
        let isOver = bytes.count - draft.start > terms.bounds.recordBytesMax
        if !isLast && !isOver {
          batch.cells.removeLast(columnCount)
          batch.recordCells.removeLast(batch.recordCells.count - recordCells)
          appended.removeLast(appended.count - appendedCount)
          continuation?.leaveChunk(batch, bytes, appended)
          return place
        }
        try endOpenRecord(bytes, &draft, step, isOver: isOver, fileOffset, into: &batch, appended)
      }
      if !draft.isTerminated, isLast, draft.fault != nil || draft.cellCount != placeOfCell.count {
        let offset = fileOffset + Int64(draft.start)
        throw FileFault(Fault(.truncated, number: offset), line: line, isIncomplete: true)
      }
      finish(draft, bytes, &unsound, fileOffset, recordCells, into: &batch)
      if batch.rows[rows].faultCount > 0 {
        for cell in rows * columnCount..<(rows + 1) * columnCount { batch.cells[cell] = .absent }
        continuation?.forget()
      } else {
        if isErrorsFile && layout.corrects == nil { readCorrected(recordCells, bytes, appended, batch) }
        continuation?.take(row: rows, of: &batch, bytes, &appended)
      }
      line += draft.lineBreaks
      place = draft.place
      mark = draft.mark
    }
    continuation?.leaveChunk(batch, bytes, appended)
    return place
  }

  /// Passes over lines that hold nothing but blanks.
  @inline(__always)
  private mutating func skipBlankLines(
    _ bytes: Span<UInt8>, _ place: inout Int, _ mark: inout Int, isLast: Bool
  ) {
    while place < bytes.count {
      var end = place
      while end < bytes.count, bytes[end] == 32 || bytes[end] == 9 && delimiter != 9 { end += 1 }
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
      line += 1
    }
  }

  // MARK: - The cells of one record

  private func readCells(
    _ bytes: Span<UInt8>, _ draft: inout Draft, isLast: Bool, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) -> Step {
    while true {
      let start = draft.place
      if draft.mark >= markCount {
        if !isLast { return .needsMore }
        add(Slice(offset: start, length: bytes.count - start), &draft, bytes, appended, &batch)
        draft.place = bytes.count
        draft.end = bytes.count
        return .complete
      }
      var place = Int(marks[draft.mark])
      var byte = bytes[place]
      if byte == ByteScanner.quote {
        if place != start {
          draft.fault = Fault(.strayQuote, number: Int64(place))
          return endLiterally(bytes, &draft, isLast: isLast, into: &batch, appended)
        }
        let step = readQuoted(bytes, &draft, isLast: isLast, into: &batch, &appended)
        guard case .complete = step else { return step }
        if draft.isTerminated { return .complete }
        place = draft.place
        if place == bytes.count {
          draft.end = place
          return .complete
        }
        byte = bytes[place]
      } else {
        add(Slice(offset: start, length: place - start), &draft, bytes, appended, &batch)
      }
      if byte == delimiter {
        draft.mark += 1
        draft.place = place + 1
        continue
      }
      draft.end = place
      return endLine(bytes, &draft, place, isLast: isLast)
    }
  }

  /// Passes the line end at `place`, which is the next mark.
  @inline(__always)
  private func endLine(_ bytes: Span<UInt8>, _ draft: inout Draft, _ place: Int, isLast: Bool) -> Step {
    draft.place = place + 1
    draft.mark += 1
    if bytes[place] == ByteScanner.carriageReturn {
      if place + 1 == bytes.count {
        if !isLast { return .needsMore }
      } else if bytes[place + 1] == ByteScanner.lineFeed {
        draft.place += 1
        draft.mark += 1
      }
    }
    draft.lineBreaks += 1
    draft.isTerminated = true
    return .complete
  }

  /// Reads a cell in quotes; afterwards the draft stands behind its closing quote, or at the record's end after a fault.
  private func readQuoted(
    _ bytes: Span<UInt8>, _ draft: inout Draft, isLast: Bool, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) -> Step {
    let open = draft.place
    var mark = draft.mark + 1
    var lineBreaks: UInt32 = 0
    var hasDoubled = false
    var close = -1
    while mark < markCount {
      let place = Int(marks[mark])
      let byte = bytes[place]
      if byte == ByteScanner.quote {
        if place + 1 < bytes.count, bytes[place + 1] == ByteScanner.quote {
          hasDoubled = true
          mark += 2
          continue
        }
        if place + 1 == bytes.count && !isLast { return .needsMore }
        close = place
        mark += 1
        break
      }
      if byte != delimiter {
        let isPair =
          byte == ByteScanner.carriageReturn && place + 1 < bytes.count
          && bytes[place + 1] == ByteScanner.lineFeed
        if !isPair { lineBreaks += 1 }
      }
      mark += 1
    }
    if close < 0 { return .openQuote(crossedLines: lineBreaks > 0) }
    let next = close + 1
    if next < bytes.count {
      let byte = bytes[next]
      if byte != delimiter && byte != ByteScanner.lineFeed && byte != ByteScanner.carriageReturn {
        draft.fault =
          lineBreaks > 0
          ? Fault(.unclosedQuote, number: Int64(open))
          : Fault(.strayQuote, number: Int64(close))
        return endLiterally(bytes, &draft, isLast: isLast, into: &batch, appended)
      }
    }
    var slice = Slice(offset: open + 1, length: close - open - 1)
    if hasDoubled {
      let from = appended.count
      var place = open + 1
      while place < close {
        appended.append(bytes[place])
        place += bytes[place] == ByteScanner.quote ? 2 : 1
      }
      slice = Slice(offset: bytes.count + from, length: appended.count - from)
    }
    add(slice, &draft, bytes, appended, &batch)
    draft.lineBreaks += lineBreaks
    draft.mark = mark
    draft.place = next
    return .complete
  }

  /// Takes the rest of the line as it stands, quotes and all, cut at the delimiters.
  private func endLiterally(
    _ bytes: Span<UInt8>, _ draft: inout Draft, isLast: Bool, into batch: inout RowBatch, _ appended: [UInt8]
  ) -> Step {
    while draft.mark < markCount {
      let place = Int(marks[draft.mark])
      let byte = bytes[place]
      if byte == ByteScanner.quote {
        draft.mark += 1
        continue
      }
      add(Slice(offset: draft.place, length: place - draft.place), &draft, bytes, appended, &batch)
      if byte != delimiter {
        draft.end = place
        return endLine(bytes, &draft, place, isLast: isLast)
      }
      draft.mark += 1
      draft.place = place + 1
    }
    if !isLast { return .needsMore }
    add(Slice(offset: draft.place, length: bytes.count - draft.place), &draft, bytes, appended, &batch)
    draft.place = bytes.count
    draft.end = bytes.count
    return .complete
  }

  @inline(__always)
  private func add(
    _ cell: Slice, _ draft: inout Draft, _ bytes: Span<UInt8>, _ appended: [UInt8], _ batch: inout RowBatch
  ) {
    let ordinal = draft.cellCount
    draft.cellCount = ordinal + 1
    if ordinal >= terms.bounds.columnsMax { return }
    var cell = cell
    if isErrorsFile, ordinal < layout.ownCells { cell = withoutMark(cell, bytes, appended) }
    batch.recordCells.append(cell)
    if Int(cell.length) > terms.bounds.cellBytesMax, draft.fault == nil {
      draft.fault = Fault(
        .overBound, number: Int64(terms.bounds.cellBytesMax), second: Int64(cell.length))
    }
    if ordinal < placeOfCell.count, placeOfCell[ordinal] != 255 {
      batch.cells[batch.cells.count - columnCount + Int(placeOfCell[ordinal])] = cell
    }
  }

  /// Takes off the `'` that an errors file puts before what a spreadsheet would take for a formula.
  private func withoutMark(_ cell: Slice, _ bytes: Span<UInt8>, _ appended: [UInt8]) -> Slice {
    if cell.length < 2 { return cell }
    let start = Int(cell.offset)
    let behind = start - bytes.count
    let first = behind < 0 ? bytes[start] : appended[behind]
    let second = behind < 0 ? bytes[start + 1] : appended[behind + 1]
    guard first == UInt8(ascii: "'"), startsFormula(second) else { return cell }
    return Slice(offset: start + 1, length: Int(cell.length) - 1)
  }

  // MARK: - The record as a row

  /// Decides what a record comes to that is still open where the bytes end, or has outgrown its bound.
  private mutating func endOpenRecord(
    _ bytes: Span<UInt8>, _ draft: inout Draft, _ step: Step, isOver: Bool, _ fileOffset: Int64,
    into batch: inout RowBatch, _ appended: [UInt8]
  ) throws(FileFault) {
    if case .openQuote(crossedLines: let crossedLines) = step {
      let openedOn = line + draft.lineBreaks
      if crossedLines, isOver || everyLineFits(bytes, behind: draft.place) {
        draft.fault = Fault(.unclosedQuote, number: Int64(draft.place))
        _ = endLiterally(bytes, &draft, isLast: true, into: &batch, appended)
        return
      }
      if !isOver {
        throw FileFault(
          Fault(.unclosedQuote, number: fileOffset + Int64(draft.place)), line: openedOn, isIncomplete: true)
      }
    }
    draft.fault = Fault(
      .overBound, number: Int64(terms.bounds.recordBytesMax), second: Int64(bytes.count - draft.start))
    draft.place = bytes.count
    draft.mark = markCount
    draft.end = bytes.count
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
    if draft.end - draft.start > terms.bounds.recordBytesMax {
      consider(
        Fault(
          .overBound, number: Int64(terms.bounds.recordBytesMax), second: Int64(draft.end - draft.start)))
    }
    if let fault {
      row.faultCount = 1
      batch.faults.append(fault)
    }
    batch.rows.append(row)
  }

  /// Goes to the end of the line whose record outgrew its bound.
  private mutating func skipRest(_ bytes: Span<UInt8>, from start: Int) -> Int {
    let lineFeed = ByteScanner.first(ByteScanner.lineFeed, in: bytes, from: start)
    let end = min(lineFeed, ByteScanner.first(ByteScanner.carriageReturn, in: bytes, from: start))
    if end == bytes.count { return end }
    isSkipping = false
    line += 1
    if bytes[end] == ByteScanner.lineFeed { return end + 1 }
    if end + 1 == bytes.count {
      mayOpenWithLineFeed = true
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
      name.append(place < bytes.count ? bytes[place] : appended[place - bytes.count])
    }
    layout.corrects = name
  }
}
