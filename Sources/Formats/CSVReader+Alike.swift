/// Records without surprises: the straight path of reading CSV.
import Orders

extension CSVReader {
  /// What the records of a file with this header are expected to be; nil where they need the general reader.
  func recordPlan() -> ByteScanner.RecordPlan? {
    let count = placeOfCell.count
    if isErrorsFile || count > terms.bounds.columnsMax || count == 0 { return nil }
    return ByteScanner.RecordPlan(
      placeOfCell, columnCount: columnCount, delimiter: delimiter, openingColumn: continuation?.orderPlace,
      bytesMax: min(terms.bounds.cellBytesMax, terms.bounds.recordBytesMax))
  }

  /// Reads records that have the header's number of cells and nothing odd in them, and stops before the first that is any other:
  /// blank, with a stray quote or another number of cells, over a bound, not sound UTF-8, or going on with an order above it.
  mutating func readAlike(
    _ bytes: Span<UInt8>, _ place: inout Int, _ mark: inout Int, unsound: Int, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) {
    guard let plan else { return }
    batch.delimiter = delimiter
    var room = ByteScanner.RecordRoom()
    swap(&room.cells, &batch.cells)
    swap(&room.rows, &batch.rows)
    let rowCount = room.rows.count
    var cursor = ByteScanner.RecordCursor(place: place, mark: mark, number: number, line: line)
    ByteScanner.cutRecords(
      bytes, marks.span.extracting(0..<markCount), plan, unsound: unsound,
      firstFault: UInt32(truncatingIfNeeded: batch.faults.count), &cursor, into: &room,
      sent: &batch.recordCells, &appended)
    (place, mark, number, line) = (cursor.place, cursor.mark, cursor.number, cursor.line)
    if room.rows.count > rowCount { continuation?.note(row: room.rows.count - 1) }
    swap(&room.cells, &batch.cells)
    swap(&room.rows, &batch.rows)
  }
}
