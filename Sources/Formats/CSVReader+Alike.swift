/// Records without surprises: the straight path of reading CSV.
import Orders

extension CSVReader {
  /// So many rows of cells are made ready at once.
  private static let rowsReady = 32

  /// Reads records that have the header's number of cells and nothing odd in them, and stops before the first that is any other:
  /// blank, with a stray quote or another number of cells, over a bound, not sound UTF-8, or going on with an order above it.
  mutating func readAlike(
    _ bytes: Span<UInt8>, _ place: inout Int, _ mark: inout Int, unsound: Int, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) {
    let count = placeOfCell.count
    if isErrorsFile || count > terms.bounds.columnsMax || count == 0 { return }
    let bytesMax = min(terms.bounds.cellBytesMax, terms.bounds.recordBytesMax)
    var cells: [Slice] = []
    var recordCells: [Slice] = []
    swap(&cells, &batch.cells)
    swap(&recordCells, &batch.recordCells)
    var firstCell = cells.count
    var firstRecordCell = recordCells.count
    let firstFault = UInt32(batch.faults.count)
    let (allMarks, placeOfCell, delimiter) = (marks, placeOfCell, delimiter)
    let marks = allMarks.span.extracting(0..<markCount)
    while place < bytes.count, bytes[place] > 32 {
      if firstCell == cells.count {
        cells.append(contentsOf: repeatElement(.nothing, count: columnCount * CSVReader.rowsReady))
        recordCells.append(contentsOf: repeatElement(.nothing, count: count * CSVReader.rowsReady))
      }
      var allCells = cells.mutableSpan
      var allRecordCells = recordCells.mutableSpan
      var own = allCells._mutatingExtracting(firstCell..<firstCell &+ columnCount)
      var sent = allRecordCells._mutatingExtracting(firstRecordCell..<firstRecordCell &+ count)
      let record = ByteScanner.cut(
        bytes, from: place, marks, mark: mark, delimiter: delimiter, places: placeOfCell.span, into: &own,
        &sent)
      guard let record, record.end - place <= bytesMax, record.end <= unsound,
        continuation?.opensOrder(own, bytes) ?? true
      else {
        for cell in own.indices { own[cell] = .nothing }
        break
      }
      if record.doubled != 0 { undouble(record.doubled, bytes, &own, &sent, &appended) }
      var row = nextRow(Slice.nothing.moved(to: place, end: record.end))
      row.firstRecordCell = UInt32(truncatingIfNeeded: firstRecordCell)
      row.recordCellCount = UInt32(truncatingIfNeeded: count)
      row.firstFault = firstFault
      batch.rows.append(row)
      continuation?.note(row: batch.rows.count - 1)
      firstCell &+= columnCount
      firstRecordCell &+= count
      place = record.behind
      mark = record.mark
      passLine(1 &+ record.lineFeeds)
    }
    cells.removeLast(cells.count - firstCell)
    recordCells.removeLast(recordCells.count - firstRecordCell)
    swap(&cells, &batch.cells)
    swap(&recordCells, &batch.recordCells)
  }

  /// Writes the cells in which quotes are doubled anew, behind the chunk.
  private func undouble(
    _ ordinals: UInt64, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>,
    _ sent: inout MutableSpan<Slice>,
    _ appended: inout [UInt8]
  ) {
    var ordinals = ordinals
    while ordinals != 0 {
      let ordinal = ordinals.trailingZeroBitCount
      ordinals &= ordinals - 1
      let from = appended.count
      var place = sent[ordinal].start
      while place < sent[ordinal].end {
        appended.append(bytes[place])
        place += bytes[place] == ByteScanner.quote ? 2 : 1
      }
      let cell = Slice(offset: bytes.count + from, length: appended.count - from)
      sent[ordinal] = cell
      let column = Int(placeOfCell[ordinal])
      if column != 255 { cells[column] = cell }
    }
  }
}
