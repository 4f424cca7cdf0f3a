/// Rows whose cells are not all as they nearly always are: every cell is read, and all that is wrong with it is told.
import Orders

extension Content {
  func bindRow(
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
  func line(_ suborder: Slice, _ sku: Slice, _ values: Values) -> RowBatch.OrderLine {
    var line = blankLine
    line.suborderID = suborder
    line.sku = sku
    line.quantity = values.quantity
    line.priceMillionths = values.price
    line.cancelled = values.cancelled
    return line
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
        if plan.isPrice { values.price = millionths }
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
