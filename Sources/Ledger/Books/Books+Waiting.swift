public import Orders

/// Rows that wait for an order or AWB that nobody knows.
extension Books {
  /// Enters a row that waits for a key.
  mutating func enterWaiting(_ column: Column, _ key: Span<UInt8>, _ row: RowContext) {
    let place = UInt32(waiting.count)
    var earlier = UInt32.max
    if let known = waitingKeys.find(key, prefix: UInt32(column.rawValue)) {
      earlier = waitingKeys.values[known]
      log(.waitingAgain(UInt32(known), earlier))
      waitingKeys.setValue(known, place)
    } else {
      log(.waiting)
      _ = waitingKeys.insert(key, prefix: UInt32(column.rawValue), value: place)
    }
    waiting.append(
      WaitingRecord(position: row.position, time: row.time, earlier: earlier, sender: row.partner))
    waitingCount += 1
  }

  /// The row whose record lies there waits no more.
  mutating func endWaiting(at position: Position) {
    // Records lie in the journal in the order in which they were entered.
    var low = 0
    var high = waiting.count
    while low < high {
      let middle = (low + high) / 2
      if waiting[middle].position < position { low = middle + 1 } else { high = middle }
    }
    guard low < waiting.count, waiting[low].position == position, !waiting[low].isOver else { return }
    log(.waitingOver(low))
    waiting[low].isOver = true
    waitingCount -= 1
  }

  /// The rows that wait for a key, oldest record first.
  public func rows(waitingFor column: Column, _ key: Span<UInt8>) -> [WaitingRecord] {
    if waitingCount == 0 { return [] }
    guard let newest = waitingKeys.value(of: key, prefix: UInt32(column.rawValue)) else { return [] }
    var rows: [WaitingRecord] = []
    var next = newest
    while next != .max {
      let row = waiting[Int(next)]
      if !row.isOver { rows.append(row) }
      next = row.earlier
    }
    return rows.reversed()
  }
}
