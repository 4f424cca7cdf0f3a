internal import Ledger
internal import Orders

/// A row on its way to the judge: what it says, without the bytes that it came in.
enum RowCoding {
  static func encode(_ batch: borrowing RowBatch, _ row: Int) -> [UInt8] {
    let given = batch.rows[row]
    var bytes: [UInt8] = [batch.kind.rawValue]
    bytes.putNumber(UInt64(given.number))
    bytes.putNumber(UInt64(given.line))
    bytes.append(given.time == nil ? 0 : 1)
    if let time = given.time { bytes.putSigned(time.milliseconds) }
    bytes.putSigned(Int64(given.quantity))
    bytes.putNumber(given.scanNumber)
    for column in batch.kind.columns { bytes.putText(batch.bytes[batch.cell(row, column.column).range]) }
    bytes.putNumber(UInt64(given.lineCount))
    for place in 0..<Int(given.lineCount) {
      let line = batch.lines[Int(given.firstLine) + place]
      bytes.putText(batch.bytes[line.suborderID.range])
      bytes.putText(batch.bytes[line.sku.range])
      bytes.putSigned(Int64(line.quantity))
      bytes.putSigned(line.priceMillionths)
      bytes.putSigned(Int64(line.cancelled))
    }
    return bytes
  }

  /// A batch of this row alone; its slices are ranges of the coded bytes themselves.
  static func decode(_ bytes: [UInt8]) throws -> RowBatch {
    var reader = RecordReader(bytes)
    func slice(_ range: Range<Int>) -> Slice {
      range.isEmpty ? .absent : Slice(offset: range.lowerBound, length: range.count)
    }
    guard let kind = Kind(rawValue: try reader.byte()) else {
      throw FilterFault.unreadable(KeyedLine.Kind.row.rawValue)
    }
    var batch = RowBatch(kind: kind)
    var row = RowBatch.Row(
      number: UInt32(truncatingIfNeeded: try reader.number()),
      line: UInt32(truncatingIfNeeded: try reader.number()), raw: .absent)
    if try reader.byte() == 1 { row.time = Timestamp(milliseconds: try reader.signed()) }
    row.quantity = Int32(truncatingIfNeeded: try reader.signed())
    row.scanNumber = try reader.number()
    for _ in kind.columns { batch.cells.append(slice(try reader.text())) }
    row.lineCount = UInt32(truncatingIfNeeded: try reader.number())
    for _ in 0..<row.lineCount {
      batch.lines.append(
        RowBatch.OrderLine(
          suborderID: slice(try reader.text()), sku: slice(try reader.text()),
          quantity: Int32(truncatingIfNeeded: try reader.signed()), priceMillionths: try reader.signed(),
          cancelled: Int32(truncatingIfNeeded: try reader.signed())))
    }
    batch.rows = [row]
    batch.bytes = bytes
    return batch
  }
}

/// A verdict on its way to the file that it answers.
///
/// The value that a fault is about is a cell of the row, and travels as its number: 0 for none, then the cells of the kind, then of
/// each line the suborder id and the article.
enum VerdictCoding {
  static func encode(_ verdict: Verdict, of batch: borrowing RowBatch) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.putText(page(verdict))
    for fault in verdict.rejection?.faults ?? [] { bytes.putNumber(place(of: fault.value, in: batch)) }
    return bytes
  }

  /// A verdict whose faults' values travel as text, or are none.
  static func page(_ verdict: Verdict) -> [UInt8] {
    var writer = RowWriter()
    writer.start(claim: ClaimNumber(0), firstRow: 1, arrival: Timestamp(milliseconds: 0))
    writer.append(verdict, [], bytes: [], heads: [], at: .none)
    return writer.payload
  }

  static func verdict(of page: [UInt8]) throws -> Verdict {
    var cursor = try RowCursor(payload: page, frame: 0)
    return try cursor.next().verdict
  }

  static func decode(_ bytes: [UInt8], of batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    var reader = RecordReader(bytes)
    var verdict = try verdict(of: try reader.array())
    guard let rejection = verdict.rejection else { return verdict }
    var faults = rejection.faults
    for index in faults.indices { faults[index].value = value(at: try reader.count(), of: batch, row) }
    verdict.rejection = Rejection(faults: faults, cause: rejection.cause)
    return verdict
  }

  private static func place(of value: Slice, in batch: borrowing RowBatch) -> UInt64 {
    if value.isAbsent { return 0 }
    if let cell = batch.cells.firstIndex(of: value) { return UInt64(cell + 1) }
    let cells = batch.kind.columns.count
    for (index, line) in batch.lines.enumerated() {
      if line.suborderID == value { return UInt64(cells + 2 * index + 1) }
      if line.sku == value { return UInt64(cells + 2 * index + 2) }
    }
    return 0
  }

  private static func value(at place: Int, of batch: borrowing RowBatch, _ row: Int) -> Slice {
    let columns = batch.kind.columns
    if place == 0 { return .absent }
    if place <= columns.count { return batch.cell(row, columns[place - 1].column) }
    let line = Int(batch.rows[row].firstLine) + (place - columns.count - 1) / 2
    if line >= batch.lines.count { return .absent }
    return (place - columns.count) % 2 == 1 ? batch.lines[line].suborderID : batch.lines[line].sku
  }
}

/// The verdicts of one file, reached elsewhere: handed out in the order of its rows.
final class GivenVerdicts {
  /// What became of rows that had waited for this file.
  let released: [Docket.ReleasedRow]
  private let next: (UInt32) throws -> [UInt8]?
  /// Rows that nobody else judged, because they cannot be read.
  private(set) var unsound: [(row: UInt32, verdict: Verdict)] = []

  /// - Parameter next: the coded verdict of the row of that number; nil: there is none.
  init(released: [Docket.ReleasedRow], next: @escaping (UInt32) throws -> [UInt8]?) {
    self.released = released
    self.next = next
  }

  func noteUnsound(_ verdict: Verdict, row: UInt32) { unsound.append((row, verdict)) }

  func verdict(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let number = batch.rows[row].number
    guard let bytes = try next(number) else { throw FilterFault.noRowVerdict(row: number) }
    return try VerdictCoding.decode(bytes, of: batch, row)
  }
}
