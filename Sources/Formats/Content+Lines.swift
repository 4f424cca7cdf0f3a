/// The lines of orders: among a row's own cells, or nested in its record.
import Orders

extension Content {
  /// Gives the orders of a run their lines, in the order of the rows.
  func bindLines(
    _ first: Int, _ count: Int, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>,
    _ rows: inout MutableSpan<RowBatch.Row>, _ bits: (refused: UInt64, nested: UInt64, odd: UInt64),
    _ batch: inout RowBatch, _ lineCells: [Slice]
  ) {
    for step in 0..<count {
      let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: step)
      if bits.refused & bit != 0 { continue }
      let row = first &+ step
      let firstLine = batch.lines.count
      var quantity: Int32 = -1
      let isPlain =
        bits.odd & bit == 0
        && (bits.nested & bit != 0
          ? bindPlainLines(
            Int(rows[row].firstLine), Int(rows[row].lineCount), bytes, &quantity, &batch.lines, lineCells)
          : bindPlainLine(
            row &* plans.count, bytes, &cells, &quantity, &batch.lines, hasKeys: bits.nested == 0))
      if isPlain {
        rows[row].quantity = quantity
        rows[row].firstLine = UInt32(truncatingIfNeeded: firstLine)
        rows[row].lineCount = UInt32(truncatingIfNeeded: batch.lines.count &- firstLine)
      } else {
        batch.lines.removeLast(batch.lines.count - firstLine)
        bindRow(row, bytes, &cells, &rows[row], &batch, lineCells)
      }
    }
  }

  /// Binds the one line of an order that has it among its own cells; false where a cell has a fault, or may have one.
  ///
  /// - Parameter hasKeys: its identifiers were bound with their columns.
  @inline(__always)
  private func bindPlainLine(
    _ first: Int, _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ quantity: inout Int32,
    _ lines: inout [RowBatch.OrderLine], hasKeys: Bool
  ) -> Bool {
    var own = Values()
    if !hasKeys {
      for step in 0..<Content.lineKeys {
        let place = linePlaces[step]
        guard bindPlain(&cells[first &+ place], plans[place], bytes, &own) else { return false }
      }
    }
    for step in Content.lineKeys..<linePlaces.count {
      let place = linePlaces[step]
      guard bindFigure(&cells[first &+ place], plans[place], bytes, &own) else { return false }
    }
    lines.append(line(cells[first &+ linePlaces[0]], cells[first &+ linePlaces[1]], own))
    quantity = own.quantity
    return true
  }

  /// The cell of a line's quantity, price or cancelled quantity; false where it has a fault, or may have one.
  @inline(__always)
  private func bindFigure(
    _ cell: inout Slice, _ plan: Plan, _ bytes: Span<UInt8>, _ values: inout Values
  ) -> Bool {
    if cell.isEmpty {
      cell = .nothing
      return !plan.isRequired
    }
    precondition(cell.end <= bytes.count)
    // Sound: the cell is not empty, and its bytes lie below the count that was just checked.
    let head = bytes[unchecked: cell.start] &- UInt8(ascii: "0")
    // What begins with such a digit is something, and has no blanks before it.
    if head &- 1 < 9 {
      if plan.check == .quantity && cell.length == 1 {
        values.quantity = Int32(head)
        return true
      }
      if plan.isPrice, let millionths = readAmountMillionths(bytes.extracting(cell.places)) {
        values.price = millionths
        return true
      }
    }
    return bindPlain(&cell, plan, bytes, &values)
  }

  /// The same for the nested lines of an order; the sum of their pieces goes into `quantity`.
  private func bindPlainLines(
    _ firstLine: Int, _ count: Int, _ bytes: Span<UInt8>, _ quantity: inout Int32,
    _ lines: inout [RowBatch.OrderLine], _ lineCells: [Slice]
  ) -> Bool {
    let width = linePlaces.count
    var sum: Int32 = 0
    for ordinal in firstLine..<firstLine + count {
      var own = Values()
      var keys = (Slice.nothing, Slice.nothing)
      for step in 0..<width {
        var cell = lineCells[ordinal &* width &+ step]
        let plan = plans[linePlaces[step]]
        let isPlain =
          step < Content.lineKeys
          ? bindPlain(&cell, plan, bytes, &own) : bindFigure(&cell, plan, bytes, &own)
        if !isPlain { return false }
        if step == 0 { keys.0 = cell }
        if step == 1 { keys.1 = cell }
      }
      lines.append(line(keys.0, keys.1, own))
      let (total, overflows) = sum.addingReportingOverflow(max(own.quantity, 0))
      sum = overflows ? Int32.max : total
    }
    quantity = sum
    return true
  }
}
