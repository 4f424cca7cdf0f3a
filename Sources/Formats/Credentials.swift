/// Passwords on their way through the house: never shown, never kept.
///
/// In files of kind `carriers` the record that is repeated to people shows `***` in place of a password, and the cell holds what
/// the ledger may keep (`ReadingTerms.credentialDigest`). Everything else of the row is moved behind the chunk, and the bytes as
/// they arrived are overwritten. Of a record that could not be read nothing is shown, for nobody can say where in it the
/// password stands. Such files are small: nothing here is on the path of many rows.
import Orders

struct Credentials {
  private static let mask = Array("***".utf8)

  private let terms: ReadingTerms
  private let names: ColumnNames
  private let columnCount: Int
  private let secretPlaces: [Int]

  init(_ terms: ReadingTerms) {
    self.terms = terms
    names = ColumnNames.all(of: terms.kind)
    let columns = terms.kind.columns
    columnCount = columns.count
    secretPlaces = columns.indices.filter {
      columns[$0].column == .password || columns[$0].column == .extraCredential1
    }
  }

  /// Masks every row of the batch.
  ///
  /// - Parameter unread: the part of the chunk that belongs to a record still to come.
  func mask(_ batch: inout RowBatch, delimiter: UInt8, unread: Range<Int>) {
    for place in unread { batch.bytes[place] = UInt8(ascii: "*") }
    for row in batch.rows.indices {
      if batch.faults(of: row).contains(where: { $0.code.rawValue < 200 }) {
        hide(row, &batch)
      } else {
        maskRow(row, &batch, delimiter)
      }
    }
  }

  private func recordCells(_ row: RowBatch.Row) -> Range<Int> {
    let first = Int(row.firstRecordCell)
    return first..<first + Int(row.recordCellCount)
  }

  private func hide(_ row: Int, _ batch: inout RowBatch) {
    let shown = append(Credentials.mask, &batch)
    for cell in recordCells(batch.rows[row]) {
      overwrite(batch.recordCells[cell], &batch)
      batch.recordCells[cell] = shown
    }
    let faults = Int(batch.rows[row].firstFault)
    for fault in faults..<faults + Int(batch.rows[row].faultCount) { batch.faults[fault].value = .absent }
    overwrite(batch.rows[row].raw, &batch)
    batch.rows[row].raw = shown
  }

  private func maskRow(_ row: Int, _ batch: inout RowBatch, _ delimiter: UInt8) {
    let sent = batch.rows[row].raw
    let cells = row * columnCount..<(row + 1) * columnCount
    let faults =
      Int(batch.rows[row].firstFault)..<Int(batch.rows[row].firstFault + batch.rows[row].faultCount)
    let secrets = secretPlaces.map { batch.cells[cells.lowerBound + $0] }.filter { !$0.isAbsent }
    // First everything is copied out, then everything is overwritten, for the slices lie within each other.
    var overwritten = [sent]
    var record: [[UInt8]] = []
    for cell in recordCells(batch.rows[row]) {
      let slice = batch.recordCells[cell]
      let isSecret = secrets.contains { slice.range.contains($0.range.lowerBound) }
      record.append(isSecret ? Credentials.mask : Array(batch.text(slice)))
      overwritten.append(slice)
    }
    var values: [[UInt8]] = []
    for (place, cell) in cells.enumerated() {
      let text = batch.text(batch.cells[cell])
      let isSecret = secretPlaces.contains(place) && !text.isEmpty
      values.append(isSecret ? terms.credentialDigest?(text) ?? Credentials.mask : Array(text))
      overwritten.append(batch.cells[cell])
    }
    let evidence = faults.map { Array(batch.text(batch.faults[$0].value)) }
    let shown = terms.format == .csv ? csvRecord(record, delimiter) : jsonRecord(batch.bytes.span, sent)
    for slice in overwritten { overwrite(slice, &batch) }
    batch.rows[row].raw = append(shown, &batch)
    for (ordinal, cell) in recordCells(batch.rows[row]).enumerated() {
      batch.recordCells[cell] = append(record[ordinal], &batch)
    }
    for (ordinal, cell) in cells.enumerated() { batch.cells[cell] = append(values[ordinal], &batch) }
    for (ordinal, fault) in faults.enumerated() {
      batch.faults[fault].value = append(evidence[ordinal], &batch)
    }
  }

  private func append(_ text: [UInt8], _ batch: inout RowBatch) -> Slice {
    if text.isEmpty { return .absent }
    batch.bytes.append(contentsOf: text)
    return Slice(offset: batch.bytes.count - text.count, length: text.count)
  }

  private func overwrite(_ slice: Slice, _ batch: inout RowBatch) {
    for place in slice.range { batch.bytes[place] = UInt8(ascii: "*") }
  }

  /// The record with its cells quoted where they must be.
  private func csvRecord(_ cells: [[UInt8]], _ delimiter: UInt8) -> [UInt8] {
    var record: [UInt8] = []
    for (ordinal, cell) in cells.enumerated() {
      if ordinal > 0 { record.append(delimiter) }
      let needsQuotes = cell.contains { $0 == delimiter || $0 == ByteScanner.quote || $0 == 10 || $0 == 13 }
      if !needsQuotes {
        record.append(contentsOf: cell)
        continue
      }
      record.append(ByteScanner.quote)
      for byte in cell {
        if byte == ByteScanner.quote { record.append(byte) }
        record.append(byte)
      }
      record.append(ByteScanner.quote)
    }
    return record
  }

  /// The object with the values of secret keys replaced; its syntax was checked.
  private func jsonRecord(_ bytes: Span<UInt8>, _ sent: Slice) -> [UInt8] {
    let syntax = JSONSyntax(depthMax: terms.bounds.depthMax, endsAtLineFeed: false)
    var keys = JSONKeys(names)
    var record: [UInt8] = []
    var copied = sent.range.lowerBound
    var place = copied + 1
    func copy(to end: Int) {
      for position in copied..<end { record.append(bytes[position]) }
      copied = end
    }
    while (try? syntax.next(bytes, &place)) == ByteScanner.quote {
      place += 1
      guard let role = try? keys.role(bytes, &place, ordinal: .max, syntax) else { break }
      try? syntax.pass(UInt8(ascii: ":"), bytes, &place)
      guard let byte = try? syntax.next(bytes, &place) else { break }
      let start = place
      try? syntax.skipValue(bytes, &place, depth: 1)
      if role.isColumn && secretPlaces.contains(role.place) && byte != UInt8(ascii: "n") {
        copy(to: start)
        record.append(contentsOf: Array("\"***\"".utf8))
        copied = place
      }
      guard let isClosed = try? syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place), !isClosed else {
        break
      }
    }
    copy(to: sent.range.upperBound)
    return record
  }
}
