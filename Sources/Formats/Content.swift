/// Binds the cells of a batch to values: what is absent, what is missing, what does not read as its column must.
///
/// The readers find structure and know nothing of values; this is the one place where a cell is understood, for CSV and
/// JSON alike. All faults of a row are collected, in the order of their codes. A row that has a fault of syntax already is
/// left alone.
import Orders

struct Content {
  /// What is done with a cell of a column.
  enum Check: UInt8 {
    case text, time, quantity, stock, count, amount, key
  }

  struct Plan {
    let column: Column
    let isRequired: Bool
    let isOfLine: Bool
    let isEventTime: Bool
    let isScanNumber: Bool
    let isOneOfEither: Bool
    let isPrice: Bool
    let check: Check
    let bytesMax: Int
  }

  let terms: ReadingTerms
  let plans: [Plan]
  /// The places of the columns that stand in nested lines.
  let linePlaces: [Int]
  let needsEither: Bool
  private let doubtfulLengths = ByteScanner.doubtfulLengths
  /// Are all days of the zone as long as their clocks say, so that what is known of a day's midnight tells all its times?
  private let keepsDay: Bool
  /// Scans: the places of `ref_awb` and of the AWB that it must not repeat.
  let reference: (place: Int, own: Int)?
  private let referencePlace: Int
  /// So many rows are bound together: as many as a word has bits, and few enough to stay in the nearest cache.
  private static let runRows = 64
  /// A line's columns are its suborder and its SKU, and behind these its figures.
  static let lineKeys = 2
  let blankLine = RowBatch.OrderLine(
    suborderID: .nothing, sku: .nothing, quantity: -1, priceMillionths: -1)

  /// What a row's cells have come to so far.
  struct Values {
    var time: Timestamp?
    var quantity: Int32 = -1
    var price: Int64 = -1
    var cancelled: Int32 = 0
    var scanNumber: ScanNumber = 0
    var hasEither = false
  }

  init(_ terms: ReadingTerms) {
    self.terms = terms
    let kind = terms.kind
    let either = kind.eitherOf
    let plans = kind.columns.map { column in
      var bytesMax = Int.max
      let check: Check
      switch column.shape {
      case .key(let most):
        check = .key
        bytesMax = most
      case .text: check = .text
      case .time: check = .time
      case .quantity: check = .quantity
      case .stock: check = .stock
      case .count: check = .count
      case .amount: check = .amount
      }
      return Plan(
        column: column.column, isRequired: column.isRequired, isOfLine: column.isOfLine,
        isEventTime: column.column == kind.eventTime,
        isScanNumber: kind == .scans && column.column == .statusUpdateNumber,
        isOneOfEither: either.contains(column.column), isPrice: column.column == .price, check: check,
        bytesMax: bytesMax)
    }
    self.plans = plans
    linePlaces = ColumnNames.linePlaces(of: kind)
    needsEither = !either.isEmpty
    keepsDay = terms.zone.changes.count == 1
    let columns = kind.columns.map(\.column)
    if let place = columns.firstIndex(of: .referenceAWB), let own = columns.firstIndex(of: .awbNumber) {
      reference = (place, own)
    } else {
      reference = nil
    }
    referencePlace = reference?.place ?? -1
  }

  /// Binds every row of the batch.
  ///
  /// - Parameters:
  ///   - lineCells: the cells of nested lines, `linePlaces.count` for each line; a row's `firstLine` and
  ///     `lineCount` count lines of this list, and lines of the batch afterwards.
  ///   - absent: bits of columns that no row has a cell in.
  ///   - day: the last day that was read in the file; a batch begins with the day that the one before ended with.
  func bind(
    _ batch: inout RowBatch, lineCells: [Slice], absent: UInt64 = 0, day: inout ByteScanner.KnownDay
  ) {
    var bytes: [UInt8] = []
    var cells: [Slice] = []
    var rows: [RowBatch.Row] = []
    swap(&bytes, &batch.bytes)
    swap(&cells, &batch.cells)
    swap(&rows, &batch.rows)
    bind(bytes.span, cells.mutableSpan, rows.mutableSpan, &batch, lineCells, absent, &day)
    swap(&bytes, &batch.bytes)
    swap(&cells, &batch.cells)
    swap(&rows, &batch.rows)
  }

  private func bind(
    _ bytes: Span<UInt8>, _ cells: consuming MutableSpan<Slice>, _ rows: consuming MutableSpan<RowBatch.Row>,
    _ batch: inout RowBatch, _ lineCells: [Slice], _ absent: UInt64, _ day: inout ByteScanner.KnownDay
  ) {
    let faultCount = batch.faults.count
    let namesFaults = terms.format == .csv
    var first = 0
    while first < rows.count {
      let count = min(rows.count &- first, Content.runRows)
      // What the reader refused has a fault already; of a CSV file each row not yet bound names how many there are before it.
      let next = first &+ count < rows.count ? Int(rows[first &+ count].firstFault) : faultCount
      let hasRefused = faultCount > 0 && (!namesFaults || Int(rows[first].firstFault) != next)
      let areSound = lineCells.isEmpty && !hasRefused
      bindRun(first, count, bytes, &cells, &rows, &day, &batch, lineCells, absent, areSound: areSound)
      first &+= count
    }
  }

  /// Binds rows column by column as far as their cells are as they nearly always are, and each of the others by itself.
  private func bindRun(
    _ first: Int, _ count: Int, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>,
    _ rows: inout MutableSpan<RowBatch.Row>, _ day: inout ByteScanner.KnownDay, _ batch: inout RowBatch,
    _ lineCells: [Slice], _ absent: UInt64, areSound: Bool
  ) {
    var refused: UInt64 = 0
    var nested: UInt64 = 0
    for step in 0..<count where !areSound {
      let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: step)
      if rows[first &+ step].faultCount != 0 { refused |= bit }
      if rows[first &+ step].lineCount != 0 { nested |= bit }
    }
    var odd: UInt64 = 0
    var given: UInt64 = 0
    let plans = plans.span
    // The figures of an order's line are read when the line is made, and of a nested line everything.
    for place in plans.indices where !plans[place].isOfLine || nested == 0 && plans[place].check == .key {
      let run = ByteScanner.ColumnRun(first: first &* plans.count &+ place, stride: plans.count, count: count)
      let isAbsent = absent &>> UInt64(truncatingIfNeeded: place) & 1 != 0
      let empty =
        isAbsent ? run.all : bindColumn(run, plans[place], bytes, &cells, &rows, first, &day, &odd)
      if plans[place].isRequired { odd |= empty }
      if plans[place].isOneOfEither { given |= ~empty }
      if place == referencePlace { odd |= ~empty }
    }
    if needsEither { odd |= ~given }
    odd &= ~refused
    if terms.kind == .orders {
      bindLines(first, count, bytes, &cells, &rows, (refused, nested, odd), &batch, lineCells)
      return
    }
    odd &= count == 64 ? .max : (1 &<< UInt64(truncatingIfNeeded: count)) &- 1
    while odd != 0 {
      let row = first &+ odd.trailingZeroBitCount
      bindRow(row, bytes, &cells, &rows[row], &batch, lineCells)
      odd &= odd &- 1
    }
  }

  /// Binds the cells of one column.
  ///
  /// - Parameter odd: gets the bits of rows whose cell has a fault, or may have one.
  /// - Returns: the bits of rows that have nothing there.
  @inline(__always)
  private func bindColumn(
    _ run: ByteScanner.ColumnRun, _ plan: Plan, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>,
    _ rows: inout MutableSpan<RowBatch.Row>, _ firstRow: Int, _ day: inout ByteScanner.KnownDay,
    _ odd: inout UInt64
  ) -> UInt64 {
    var bits = ByteScanner.ColumnBits()
    switch plan.check {
    case .text:
      bits = ByteScanner.passTexts(bytes, &cells, run, doubtfulLengths.span)
    case .key:
      bits = ByteScanner.passKeys(bytes, &cells, run, doubtfulLengths.span, bytesMax: plan.bytesMax)
      if plan.isScanNumber {
        ByteScanner.passNumbers(
          bytes, cells.span, run, ~(bits.empty | bits.odd | bits.worded), into: &rows, from: firstRow)
      }
    case .time:
      bits = ByteScanner.passTimes(
        bytes, &cells, run, on: day, into: &rows, from: firstRow, isKept: plan.isEventTime)
    case .quantity, .stock, .count, .amount:
      bits.odd = run.all
    }
    while bits.odd != 0 {
      let step = bits.odd.trailingZeroBitCount
      let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: step)
      bits.odd &= bits.odd &- 1
      let place = run.first &+ step &* run.stride
      var values = Values()
      if !bindPlain(&cells[place], plan, bytes, &values) {
        odd |= bit
        continue
      }
      if cells[place].isEmpty {
        bits.empty |= bit
        continue
      }
      switch plan.check {
      case .text, .count, .amount: break
      case .key: if plan.isScanNumber { rows[firstRow &+ step].scanNumber = values.scanNumber }
      case .quantity, .stock: rows[firstRow &+ step].quantity = values.quantity
      case .time:
        if let time = values.time {
          if keepsDay { ByteScanner.learn(time, bytes, cells[place], &day) }
          if plan.isEventTime { rows[firstRow &+ step].time = time }
        }
      }
    }
    return bits.empty
  }

  /// One cell without blanks around it and without a fault: its value goes into `values`; false for any other.
  @inline(__always)
  func bindPlain(_ cell: inout Slice, _ plan: Plan, _ bytes: Span<UInt8>, _ values: inout Values)
    -> Bool
  {
    if cell.isEmpty {
      cell = .nothing
      return !plan.isRequired
    }
    precondition(cell.end <= bytes.count)
    // Sound: the cell's first and last byte lie below the count that was just checked.
    let head = bytes[unchecked: cell.start]
    if head <= 32 || bytes[unchecked: cell.end &- 1] <= 32 { return false }
    if head <= UInt8(ascii: "0") || head | 32 == UInt8(ascii: "n"), isAbsent(bytes.extracting(cell.places)) {
      cell = .nothing
      return !plan.isRequired
    }
    return plan.check == .text || readPlain(cell, plan, bytes, &values)
  }

  /// Reads a cell without blanks around it that holds something; false where there is a fault to be told.
  @inline(__always)
  private func readPlain(_ cell: Slice, _ plan: Plan, _ bytes: Span<UInt8>, _ values: inout Values) -> Bool {
    if plan.check == .key {
      if Int(cell.length) > plan.bytesMax { return false }
      let shape = ByteScanner.keyShape(bytes, cell.places)
      if shape == .digits {
        if plan.isScanNumber { values.scanNumber = ByteScanner.number(bytes, cell.places) ?? 0 }
        return true
      }
      return shape == .text && !spreadsheetDamage(bytes.extracting(cell.places))
    }
    let text = bytes.extracting(cell.places)
    switch plan.check {
    case .text, .key: return true
    case .time:
      guard case .instant(let time) = readTime(text, as: terms.timeFormats, in: terms.zone) else {
        return false
      }
      values.time = time
    case .quantity:
      guard let pieces = readQuantity(text) else { return false }
      values.quantity = pieces
    case .stock:
      guard let pieces = readStock(text) else { return false }
      values.quantity = pieces
    case .count:
      guard let pieces = readCount(text) else { return false }
      values.cancelled = pieces
    case .amount:
      guard let millionths = readAmountMillionths(text) else { return false }
      if plan.isPrice { values.price = millionths }
    }
    return true
  }
}
