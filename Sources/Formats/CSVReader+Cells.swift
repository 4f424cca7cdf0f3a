/// The cells of one CSV record, from mark to mark.
import Orders

extension CSVReader {
  func readCells(
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
          guard let end = endOfFormulaText(bytes, from: start, draft.mark, isLast: isLast) else {
            draft.fault = Fault(.strayQuote, number: Int64(place))
            return endLiterally(bytes, &draft, isLast: isLast, into: &batch, appended)
          }
          if end > bytes.count { return .needsMore }
          add(Slice(offset: start, length: end - start), &draft, bytes, appended, &batch)
          draft.mark += 2
          draft.place = end
        } else {
          let step = readQuoted(bytes, &draft, isLast: isLast, into: &batch, &appended)
          guard case .complete = step else { return step }
          if draft.isTerminated { return .complete }
        }
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

  /// Where a cell without quotes around it ends that some export wrote for a spreadsheet's sake, `="001"`: it is taken as it stands, so
  /// that its column can say what is wrong with it.
  ///
  /// - Parameter mark: the mark of the cell's first quote.
  /// - Returns: the place behind the second quote; nil: it is no such cell; beyond the chunk: that cannot be said yet.
  private func endOfFormulaText(
    _ bytes: Span<UInt8>, from start: Int, _ mark: Int, isLast: Bool
  ) -> Int? {
    guard bytes[start] == UInt8(ascii: "="), Int(marks[mark]) == start + 1 else { return nil }
    guard mark + 1 < markCount else { return isLast ? nil : .max }
    let end = Int(marks[mark + 1]) + 1
    guard bytes[end - 1] == ByteScanner.quote else { return nil }
    if end == bytes.count { return isLast ? end : .max }
    let next = bytes[end]
    let isEnd =
      next == delimiter || next == ByteScanner.lineFeed || next == ByteScanner.carriageReturn
    return isEnd ? end : nil
  }

  /// Passes the line end at `place`, which is the next mark.
  @inline(__always)
  func endLine(_ bytes: Span<UInt8>, _ draft: inout Draft, _ place: Int, isLast: Bool) -> Step {
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
  func readQuoted(
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
        // What follows says whether it closes the cell. Where nothing more may come, because the record is at its bound, it does not.
        if place + 1 == bytes.count && !isLast { return .openQuote(crossedLines: lineBreaks > 0) }
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
      slice = Slice(offset: chunkCount + from, length: appended.count - from)
    }
    add(slice, &draft, bytes, appended, &batch)
    draft.lineBreaks += lineBreaks
    draft.mark = mark
    draft.place = next
    return .complete
  }

  /// Takes the rest of the line as it stands, quotes and all, cut at the delimiters.
  func endLiterally(
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
  func add(
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
  func withoutMark(_ cell: Slice, _ bytes: Span<UInt8>, _ appended: [UInt8]) -> Slice {
    if cell.length < 2 { return cell }
    let start = Int(cell.offset)
    let behind = start - chunkCount
    let first = behind < 0 ? bytes[start] : appended[behind]
    let second = behind < 0 ? bytes[start + 1] : appended[behind + 1]
    guard first == UInt8(ascii: "'"), startsFormula(second) else { return cell }
    return Slice(offset: start + 1, length: Int(cell.length) - 1)
  }
}
