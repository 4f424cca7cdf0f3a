/// Binds the cells of a batch to values: what is absent, what is missing, what does not read as its column must.
///
/// The readers find structure and know nothing of values; this is the one place where a cell is understood, for CSV and
/// JSON alike. All faults of a row are collected, in the order of their codes. A row that has a fault of syntax already is
/// left alone.
import Orders

struct Content {
  /// What is done with a cell of a column.
  private enum Check: UInt8 {
    case text, time, quantity, stock, count, amount, key
  }

  private struct Plan {
    let column: Column
    let isRequired: Bool
    let isOfLine: Bool
    let isEventTime: Bool
    let isScanNumber: Bool
    let isOneOfEither: Bool
    let check: Check
    let bytesMax: Int
  }

  private let terms: ReadingTerms
  private let plans: [Plan]
  /// The places of the columns that stand in nested lines.
  private let linePlaces: [Int]
  private let needsEither: Bool
  /// Scans: the places of `ref_awb` and of the AWB that it must not repeat.
  private let reference: (place: Int, own: Int)?

  /// What a row's cells have come to so far.
  private struct Values {
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
    plans = kind.columns.map { column in
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
        isOneOfEither: either.contains(column.column), check: check, bytesMax: bytesMax)
    }
    linePlaces = ColumnNames.linePlaces(of: kind)
    needsEither = !either.isEmpty
    let columns = kind.columns.map(\.column)
    if let place = columns.firstIndex(of: .referenceAWB), let own = columns.firstIndex(of: .awbNumber) {
      reference = (place, own)
    } else {
      reference = nil
    }
  }

  /// Binds every row of the batch.
  ///
  /// - Parameter lineCells: the cells of nested lines, `linePlaces.count` for each line; a row's `firstLine` and
  ///   `lineCount` count lines of this list, and lines of the batch afterwards.
  func bind(_ batch: inout RowBatch, lineCells: [Slice]) {
    var bytes: [UInt8] = []
    var cells: [Slice] = []
    swap(&bytes, &batch.bytes)
    swap(&cells, &batch.cells)
    var span = cells.mutableSpan
    for row in batch.rows.indices where batch.rows[row].faultCount == 0 {
      bindRow(row, bytes.span, &span, &batch, lineCells)
    }
    swap(&bytes, &batch.bytes)
    swap(&cells, &batch.cells)
  }

  private func bindRow(
    _ row: Int, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ batch: inout RowBatch,
    _ lineCells: [Slice]
  ) {
    let firstFault = batch.faults.count
    let nested = Int(batch.rows[row].lineCount)
    let first = row * plans.count
    let plans = plans.span
    var values = Values()
    for place in plans.indices {
      if nested > 0 && plans[place].isOfLine { continue }
      cells[first &+ place] = read(cells[first &+ place], plans[place], bytes, &values, &batch.faults)
    }
    if needsEither && !values.hasEither { batch.faults.append(Fault(.missingKey)) }
    if let reference {
      check(cells[first + reference.place], cells[first + reference.own], bytes, &batch.faults)
    }
    if terms.kind == .orders {
      let firstLine = batch.lines.count
      if nested > 0 {
        values.quantity = bindLines(Int(batch.rows[row].firstLine), nested, bytes, &batch, lineCells)
      } else {
        addLine(cells[first + linePlaces[0]], cells[first + linePlaces[1]], values, &batch)
      }
      batch.rows[row].firstLine = UInt32(firstLine)
      batch.rows[row].lineCount = UInt32(batch.lines.count - firstLine)
    }
    batch.rows[row].time = values.time
    batch.rows[row].quantity = values.quantity
    batch.rows[row].scanNumber = values.scanNumber
    if batch.faults.count > firstFault { settle(row, firstFault, &batch) }
  }

  /// The paired AWB of a return is another AWB.
  @inline(__always)
  private func check(_ reference: Slice, _ own: Slice, _ bytes: Span<UInt8>, _ faults: inout [Fault]) {
    if reference.isAbsent || reference.length != own.length { return }
    for place in reference.range where bytes[place] != bytes[place - Int(reference.offset) + Int(own.offset)]
    { return }
    faults.append(Fault(.sameReference, .referenceAWB, value: reference))
  }

  private func bindLines(
    _ firstLine: Int, _ count: Int, _ bytes: Span<UInt8>, _ batch: inout RowBatch, _ lineCells: [Slice]
  ) -> Int32 {
    var sum: Int32 = 0
    for line in firstLine..<firstLine + count {
      var values = Values()
      let first = line * linePlaces.count
      var cells = (Slice.absent, Slice.absent)
      for (ordinal, place) in linePlaces.enumerated() {
        let cell = read(lineCells[first + ordinal], plans[place], bytes, &values, &batch.faults)
        if ordinal == 0 { cells.0 = cell }
        if ordinal == 1 { cells.1 = cell }
      }
      addLine(cells.0, cells.1, values, &batch)
      let (total, overflows) = sum.addingReportingOverflow(max(values.quantity, 0))
      sum = overflows ? Int32.max : total
    }
    return sum
  }

  private func addLine(_ suborder: Slice, _ sku: Slice, _ values: Values, _ batch: inout RowBatch) {
    batch.lines.append(
      RowBatch.OrderLine(
        suborderID: suborder, sku: sku, quantity: values.quantity, priceMillionths: values.price,
        cancelled: values.cancelled))
  }

  /// Puts the faults of a row in order; a row with faults has no lines.
  private func settle(_ row: Int, _ firstFault: Int, _ batch: inout RowBatch) {
    // Few, and those of one code stay in the order of their columns.
    for fault in batch.faults.indices where fault > firstFault {
      var place = fault
      while place > firstFault, batch.faults[place - 1].code.rawValue > batch.faults[place].code.rawValue {
        batch.faults.swapAt(place - 1, place)
        place -= 1
      }
    }
    batch.rows[row].firstFault = UInt32(firstFault)
    batch.rows[row].faultCount = UInt32(batch.faults.count - firstFault)
    batch.lines.removeLast(Int(batch.rows[row].lineCount))
    batch.rows[row].firstLine = UInt32(batch.lines.count)
    batch.rows[row].lineCount = 0
  }

  /// The cell without surrounding blanks, `.absent` where it says that there is nothing; its value goes into `values`.
  @inline(__always)
  private func read(
    _ sent: Slice, _ plan: Plan, _ bytes: Span<UInt8>, _ values: inout Values, _ faults: inout [Fault]
  ) -> Slice {
    let cell = trimmed(sent, bytes)
    let text = bytes.extracting(cell.places)
    if cell.isEmpty || isAbsent(text) {
      if plan.isRequired { faults.append(Fault(.missingValue, plan.column)) }
      return cell.moved(to: 0, end: 0)
    }
    if plan.isOneOfEither { values.hasEither = true }
    switch plan.check {
    case .text: break
    case .key:
      if plan.isScanNumber { values.scanNumber = readScanNumber(text) ?? 0 }
      checkKey(cell, text, plan.column, plan.bytesMax, &faults)
    case .time:
      readMoment(cell, text, plan, &values, &faults)
    case .quantity:
      if let pieces = readQuantity(text) {
        values.quantity = pieces
      } else {
        faults.append(Fault(.badQuantity, plan.column, value: cell))
      }
    case .stock:
      if let pieces = readStock(text) {
        values.quantity = pieces
      } else {
        faults.append(Fault(.badQuantity, plan.column, value: cell))
      }
    case .count:
      if let pieces = readCount(text) {
        values.cancelled = pieces
      } else {
        faults.append(Fault(.badQuantity, plan.column, value: cell))
      }
    case .amount:
      if let millionths = readAmountMillionths(text) {
        if plan.column == .price { values.price = millionths }
      } else {
        faults.append(Fault(.badAmount, plan.column, value: cell))
      }
    }
    return cell
  }

  @inline(__always)
  private func trimmed(_ cell: Slice, _ bytes: Span<UInt8>) -> Slice {
    if cell.isEmpty { return cell }
    var start = cell.start
    var end = cell.end
    if bytes[start] > 32 && bytes[end - 1] > 32 { return cell }
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return cell.moved(to: start, end: end)
  }

  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

  @inline(__always)
  private func checkKey(
    _ cell: Slice, _ text: Span<UInt8>, _ column: Column, _ bytesMax: Int, _ faults: inout [Fault]
  ) {
    if text.count > bytesMax {
      faults.append(
        Fault(.valueTooLong, column, value: cell, number: Int64(bytesMax), second: Int64(text.count)))
    }
    var hasControl = false
    for place in text.indices {
      let byte = text[place]
      hasControl = hasControl || byte < 32 || byte == 127
    }
    if hasControl { faults.append(Fault(.forbiddenCharacter, column, value: cell)) }
    if spreadsheetDamage(text) { faults.append(Fault(.spreadsheetDamage, column, value: cell)) }
  }

  @inline(__always)
  private func readMoment(
    _ cell: Slice, _ text: Span<UInt8>, _ plan: Plan, _ values: inout Values, _ faults: inout [Fault]
  ) {
    switch readTime(text, as: terms.timeFormats, in: terms.zone) {
    case .instant(let time):
      if plan.isEventTime { values.time = time }
    case .dayOnly(let time):
      if plan.isEventTime && terms.kind.needsTimeOfDay {
        faults.append(Fault(.timeWithoutClock, plan.column, value: cell))
      } else if plan.isEventTime {
        values.time = time
      }
    case .bad:
      faults.append(Fault(lacksItsClock(text, plan) ? .timeWithoutClock : .badTime, plan.column, value: cell))
    }
  }

  /// Is it a sound day where an event needs its time of day? Then that is what the sender is told, whatever spellings it may use.
  private func lacksItsClock(_ text: Span<UInt8>, _ plan: Plan) -> Bool {
    guard plan.isEventTime && terms.kind.needsTimeOfDay else { return false }
    if case .dayOnly = readTime(text, as: .day, in: terms.zone) { return true }
    return false
  }
}
