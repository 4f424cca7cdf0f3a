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
  /// The places of the columns of free text, and of the others; those of nested lines last.
  private let textPlaces: [Int]
  private let otherPlaces: [Int]
  /// Bits of the columns of which one must be there.
  private let eitherPlaces: UInt64
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
        isOneOfEither: either.contains(column.column), check: check, bytesMax: bytesMax)
    }
    self.plans = plans
    linePlaces = ColumnNames.linePlaces(of: kind)
    needsEither = !either.isEmpty
    textPlaces = plans.indices.filter { plans[$0].check == .text && !plans[$0].isOfLine }
    otherPlaces = plans.indices.filter { plans[$0].check != .text || plans[$0].isOfLine }
    eitherPlaces = plans.indices.reduce(0) { plans[$1].isOneOfEither ? $0 | 1 << UInt64($1) : $0 }
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
    var rows: [RowBatch.Row] = []
    swap(&bytes, &batch.bytes)
    swap(&cells, &batch.cells)
    swap(&rows, &batch.rows)
    bind(bytes.span, cells.mutableSpan, rows.mutableSpan, &batch, lineCells)
    swap(&bytes, &batch.bytes)
    swap(&cells, &batch.cells)
    swap(&rows, &batch.rows)
  }

  private func bind(
    _ bytes: Span<UInt8>, _ cells: consuming MutableSpan<Slice>, _ rows: consuming MutableSpan<RowBatch.Row>,
    _ batch: inout RowBatch, _ lineCells: [Slice]
  ) {
    for row in rows.indices where rows[row].faultCount == 0 {
      if !bindPlain(row &* plans.count, bytes, &cells, &rows[row], &batch.lines, lineCells) {
        bindRow(row, bytes, &cells, &rows[row], &batch, lineCells)
      }
    }
  }

  /// Binds a row whose cells are all as they nearly always are; false, and nothing decided, where one is not.
  @inline(__always)
  private func bindPlain(
    _ first: Int, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ row: inout RowBatch.Row,
    _ lines: inout [RowBatch.OrderLine], _ lineCells: [Slice]
  ) -> Bool {
    let plans = plans.span
    let nested = Int(row.lineCount)
    var values = Values()
    var given: UInt64 = 0
    let texts = textPlaces.span
    for step in texts.indices {
      let place = texts[step]
      let cell = cells[first &+ place]
      if cell.isEmpty || !isPlainText(cell, bytes) {
        guard bindPlain(&cells[first &+ place], plans[place], bytes, &values) else { return false }
        if cells[first &+ place].isEmpty { continue }
      }
      given |= 1 &<< UInt64(truncatingIfNeeded: place)
    }
    let others = otherPlaces.span
    for step in others.indices {
      let place = others[step]
      if nested > 0 && plans[place].isOfLine { continue }
      // Columns that a file does not have are looked at with every row.
      if cells[first &+ place].isEmpty {
        if plans[place].isRequired { return false }
        cells[first &+ place] = .nothing
        continue
      }
      guard bindPlain(&cells[first &+ place], plans[place], bytes, &values) else { return false }
      if !cells[first &+ place].isEmpty { given |= 1 &<< UInt64(truncatingIfNeeded: place) }
    }
    if needsEither && given & eitherPlaces == 0 { return false }
    if let reference, !cells[first &+ reference.place].isEmpty { return false }
    if terms.kind == .orders {
      let firstLine = lines.count
      if nested == 0 {
        lines.append(line(cells[first &+ linePlaces[0]], cells[first &+ linePlaces[1]], values))
      } else {
        guard bindPlainLines(Int(row.firstLine), nested, bytes, &values, &lines, lineCells) else {
          lines.removeLast(lines.count - firstLine)
          return false
        }
      }
      row.firstLine = UInt32(firstLine)
      row.lineCount = UInt32(lines.count - firstLine)
    }
    row.time = values.time
    row.quantity = values.quantity
    row.scanNumber = values.scanNumber
    return true
  }

  /// The same for the nested lines of an order; the sum of their pieces goes into `values`.
  private func bindPlainLines(
    _ firstLine: Int, _ count: Int, _ bytes: Span<UInt8>, _ values: inout Values,
    _ lines: inout [RowBatch.OrderLine], _ lineCells: [Slice]
  ) -> Bool {
    let width = linePlaces.count
    var sum: Int32 = 0
    for ordinal in firstLine..<firstLine + count {
      var own = Values()
      var keys = (Slice.nothing, Slice.nothing)
      for step in 0..<width {
        var cell = lineCells[ordinal &* width &+ step]
        guard bindPlain(&cell, plans[linePlaces[step]], bytes, &own) else { return false }
        if step == 0 { keys.0 = cell }
        if step == 1 { keys.1 = cell }
      }
      lines.append(line(keys.0, keys.1, own))
      let (total, overflows) = sum.addingReportingOverflow(max(own.quantity, 0))
      sum = overflows ? Int32.max : total
    }
    values.quantity = sum
    return true
  }

  /// Does the cell hold text that neither needs trimming nor may mean that there is nothing? Nearly every one does.
  @inline(__always)
  private func isPlainText(_ cell: Slice, _ bytes: Span<UInt8>) -> Bool {
    precondition(cell.end <= bytes.count)
    // Sound: the cell is not empty, and its bytes lie below the count that was just checked.
    let head = bytes[unchecked: cell.start]
    if bytes[unchecked: cell.end &- 1] <= 32 { return false }
    // What begins with a zero means nothing only as a date of zeros.
    if head == UInt8(ascii: "0") { return cell.length < 10 }
    return head > UInt8(ascii: "0") && head | 32 != UInt8(ascii: "n")
  }

  /// One cell without blanks around it and without a fault: its value goes into `values`; false for any other.
  @inline(__always)
  private func bindPlain(_ cell: inout Slice, _ plan: Plan, _ bytes: Span<UInt8>, _ values: inout Values)
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
      if plan.isEventTime { values.time = time }
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
      if plan.column == .price { values.price = millionths }
    }
    return true
  }

  private func bindRow(
    _ index: Int, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ row: inout RowBatch.Row,
    _ batch: inout RowBatch, _ lineCells: [Slice]
  ) {
    let firstFault = batch.faults.count
    let nested = Int(row.lineCount)
    let first = index * plans.count
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
        values.quantity = bindLines(Int(row.firstLine), nested, bytes, &batch, lineCells)
      } else {
        batch.lines.append(line(cells[first + linePlaces[0]], cells[first + linePlaces[1]], values))
      }
      row.firstLine = UInt32(firstLine)
      row.lineCount = UInt32(batch.lines.count - firstLine)
    }
    row.time = values.time
    row.quantity = values.quantity
    row.scanNumber = values.scanNumber
    if batch.faults.count > firstFault { settle(&row, firstFault, &batch) }
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
      var cells = (Slice.nothing, Slice.nothing)
      for (ordinal, place) in linePlaces.enumerated() {
        let cell = read(lineCells[first + ordinal], plans[place], bytes, &values, &batch.faults)
        if ordinal == 0 { cells.0 = cell }
        if ordinal == 1 { cells.1 = cell }
      }
      batch.lines.append(self.line(cells.0, cells.1, values))
      let (total, overflows) = sum.addingReportingOverflow(max(values.quantity, 0))
      sum = overflows ? Int32.max : total
    }
    return sum
  }

  @inline(__always)
  private func line(_ suborder: Slice, _ sku: Slice, _ values: Values) -> RowBatch.OrderLine {
    RowBatch.OrderLine(
      suborderID: suborder, sku: sku, quantity: values.quantity, priceMillionths: values.price,
      cancelled: values.cancelled)
  }

  /// Puts the faults of a row in order; a row with faults has no lines.
  private func settle(_ row: inout RowBatch.Row, _ firstFault: Int, _ batch: inout RowBatch) {
    // Few, and those of one code stay in the order of their columns.
    for fault in batch.faults.indices where fault > firstFault {
      var place = fault
      while place > firstFault, batch.faults[place - 1].code.rawValue > batch.faults[place].code.rawValue {
        batch.faults.swapAt(place - 1, place)
        place -= 1
      }
    }
    row.firstFault = UInt32(firstFault)
    row.faultCount = UInt32(batch.faults.count - firstFault)
    batch.lines.removeLast(Int(row.lineCount))
    row.firstLine = UInt32(batch.lines.count)
    row.lineCount = 0
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
