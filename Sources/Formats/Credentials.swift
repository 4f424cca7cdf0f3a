/// Passwords on their way through the house: never shown, never kept.
///
/// In files of kind `carriers` the record that is repeated to people shows `***` in place of a password, and the cell holds what
/// the ledger may keep (`ReadingTerms.credentialDigest`). Everything else of the row is moved behind the chunk, and the bytes as
/// they arrived are overwritten. Of a record that could not be read nothing is shown, for nobody can say where in it the
/// password stands. Such files are small: nothing here is on the path of many rows.
///
/// A partner may put credentials into a file of another kind by mistake. Where its header, or one of the first objects, names them,
/// they are masked wherever a row is repeated, and the rest of the row is read as ever.
import Orders

struct Credentials {
  private static let mask = Array("***".utf8)

  private let terms: ReadingTerms
  private let names: ColumnNames
  private let columnCount: Int
  /// The places of the credentials among the columns of `carriers`.
  private let secretPlaces: [Int]
  /// CSV of another kind: the cells whose header names a credential.
  private var secretCells: [Int] = []

  /// For a file of credentials.
  init(_ terms: ReadingTerms) {
    self.terms = terms
    names = ColumnNames.all(of: .carriers)
    let columns = Kind.carriers.columns
    columnCount = terms.kind.columns.count
    secretPlaces = columns.indices.filter {
      columns[$0].column == .password || columns[$0].column == .extraCredential1
    }
  }

  /// For a file of another kind; nil where neither its header nor one of its first objects names a credential.
  init?(_ terms: ReadingTerms, strayIn batch: RowBatch, header: [[UInt8]]) {
    self.init(terms)
    if terms.format == .csv {
      for (ordinal, cell) in header.enumerated() where isSecret(names.role(cell.span, 0..<cell.count)) {
        secretCells.append(ordinal)
      }
      if secretCells.isEmpty { return nil }
    } else {
      var isFound = false
      // Objects of one file name the same keys, mostly in the same order.
      var keys = JSONKeys(names)
      for row in batch.rows.prefix(Credentials.objectsLookedAt) {
        isFound = isFound || namesSecret(batch.bytes.span, row.raw, &keys)
      }
      if !isFound { return nil }
    }
  }

  private static let objectsLookedAt = 16

  private func isSecret(_ role: Role) -> Bool { role.isColumn && secretPlaces.contains(role.place) }

  /// Masks every row of the batch.
  ///
  /// - Parameter unread: the part of the chunk that belongs to a record still to come.
  func mask(_ batch: inout RowBatch, delimiter: UInt8, unread: Range<Int>) {
    let isStray = terms.kind != .carriers
    if !isStray { for place in unread { batch.bytes[place] = UInt8(ascii: "*") } }
    for row in batch.rows.indices {
      batch.keepRecordCells(of: row)
      if batch.faults(of: row).contains(where: { $0.code.rawValue < 200 }) {
        hide(row, &batch)
      } else if isStray {
        maskStray(row, &batch, delimiter)
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

  /// Only what is repeated is masked: the row's own cells and lines stay where they are.
  private func maskStray(_ row: Int, _ batch: inout RowBatch, _ delimiter: UInt8) {
    let sent = batch.rows[row].raw
    guard terms.format == .csv else {
      batch.rows[row].raw = append(jsonRecord(batch.bytes.span, sent), &batch)
      return
    }
    var record: [[UInt8]] = []
    for (ordinal, cell) in recordCells(batch.rows[row]).enumerated() {
      let isSecret = secretCells.contains(ordinal) && !batch.recordCells[cell].isAbsent
      record.append(isSecret ? Credentials.mask : Array(batch.text(batch.recordCells[cell])))
      if isSecret { batch.recordCells[cell] = append(Credentials.mask, &batch) }
    }
    batch.rows[row].raw = append(csvRecord(record, delimiter), &batch)
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
    let evidence = faults.map { fault in
      let value = batch.faults[fault].value
      let isSecret = secrets.contains { $0.range.overlaps(value.range) }
      return isSecret ? Credentials.mask : Array(batch.text(value))
    }
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

  private func namesSecret(_ bytes: Span<UInt8>, _ object: Slice, _ keys: inout JSONKeys) -> Bool {
    var found = false
    eachKey(bytes, object, &keys) { role, _, _ in found = found || isSecret(role) }
    return found
  }

  /// The object with the values of secret keys replaced; its syntax was checked.
  private func jsonRecord(_ bytes: Span<UInt8>, _ sent: Slice) -> [UInt8] {
    var secrets: [Range<Int>] = []
    var keys = JSONKeys(names)
    eachKey(bytes, sent, &keys) { role, value, isNull in
      if isSecret(role) && !isNull { secrets.append(value) }
    }
    var record: [UInt8] = []
    var copied = sent.range.lowerBound
    for secret in secrets {
      for position in copied..<secret.lowerBound { record.append(bytes[position]) }
      record.append(contentsOf: Array("\"***\"".utf8))
      copied = secret.upperBound
    }
    for position in copied..<sent.range.upperBound { record.append(bytes[position]) }
    return record
  }

  /// The keys of an object, with the place of each value.
  private func eachKey(
    _ bytes: Span<UInt8>, _ object: Slice, _ keys: inout JSONKeys,
    _ take: (_ role: Role, _ value: Range<Int>, _ isNull: Bool) -> Void
  ) {
    let syntax = JSONSyntax(depthMax: terms.bounds.depthMax, endsAtLineFeed: false)
    var ordinal = 0
    var place = object.range.lowerBound + 1
    while place < object.range.upperBound, (try? syntax.next(bytes, &place)) == ByteScanner.quote {
      place += 1
      guard let role = try? keys.role(bytes, &place, ordinal: ordinal, syntax) else { break }
      ordinal += 1
      try? syntax.pass(UInt8(ascii: ":"), bytes, &place)
      guard let byte = try? syntax.next(bytes, &place) else { break }
      let start = place
      try? syntax.skipValue(bytes, &place, depth: 1)
      take(role, start..<place, byte == UInt8(ascii: "n"))
      guard let isClosed = try? syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place), !isClosed else {
        break
      }
    }
  }
}

/// Does the beginning of a file name credentials? Asked of files that nobody reads row by row: the answer may be yes too often.
///
/// - Parameter head: as much as is at hand, unpacked, in any encoding.
public func namesCredentials(_ head: [UInt8]) -> Bool {
  // Letters and digits alone, without case: zeros are dropped with the rest, and with them UTF-16.
  let folded = head.compactMap { byte -> UInt8? in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    default: nil
    }
  }
  return ["password", "extracredential1"].contains { word in
    let letters = Array(word.utf8)
    guard folded.count >= letters.count else { return false }
    return (0...folded.count - letters.count).contains { start in
      folded[start] == letters[0] && folded[start..<start + letters.count].elementsEqual(letters)
    }
  }
}
