/// CSV records with quotes in them, or with another line end than a line feed: cut one by one.
import Orders

extension ByteScanner {
  /// Takes one record with quotes, or another line end than a line feed; nil where there is anything odd in it.
  ///
  /// Sound where the caller is.
  @inline(never)
  static func cutOther(
    _ base: UnsafePointer<UInt8>, _ byteCount: Int, _ cursor: inout RecordCursor, _ unsound: Int,
    _ marks: UnsafePointer<UInt32>, _ markCount: Int, _ plan: RecordPlan,
    _ cells: UnsafeMutablePointer<Slice>, _ sent: inout [Slice], _ appended: inout [UInt8]
  ) -> (line: UInt32, raw: Slice)? {
    let nothing = Slice.nothing
    let cellCount = plan.columns.count
    var record: CutRecord?
    let firstSent = sent.count
    sent.append(addingCapacity: cellCount) { room in
      room.withUnsafeMutableBufferPointer { room, filled in
        plan.columns.withUnsafeBufferPointer { columns in
          // Sound: a cell of the record as sent for each of its columns, and no more.
          guard let sent = room.baseAddress, let columns = columns.baseAddress else { return }
          record = cut(
            base, byteCount, cursor.place, marks, markCount, cursor.mark, plan.delimiter, columns, cellCount,
            cells, sent + filled)
          guard let cut = record, cut.end &- cursor.place <= plan.bytesMax, cut.end <= unsound else {
            record = nil
            return
          }
          for column in plan.absent { cells[Int(column)] = nothing }
          if plan.openingColumn >= 0 {
            let opening = cells[plan.openingColumn]
            if opening.isEmpty || base[opening.start] <= 32 {
              record = nil
              return
            }
          }
          if cut.doubled != 0 {
            undouble(cut.doubled, base, byteCount, columns, cells, sent + filled, &appended)
          }
          filled += cellCount
        }
      }
    }
    guard let record, sent.count == firstSent &+ cellCount else { return nil }
    let found = (line: cursor.line, raw: nothing.moved(to: cursor.place, end: record.end))
    cursor.number &+= 1
    cursor.place = record.behind
    cursor.mark = record.mark
    let lines = 1 &+ record.lineFeeds
    cursor.line = cursor.line > .max - lines ? .max : cursor.line &+ lines
    return found
  }

  /// Where a record of the expected number of cells ends.
  private struct CutRecord {
    /// The end of its own bytes, and the place behind its line end.
    var end: Int
    var behind: Int
    /// The first mark behind it.
    var mark: Int
    /// Line feeds within its cells.
    var lineFeeds: UInt32 = 0
    /// Bits of the cells, the first 64 of them, in which quotes are doubled.
    var doubled: UInt64 = 0
  }

  /// Cuts a record with quotes, or another line end than a line feed, into its cells; nil where a quote stands where none may, a cell
  /// holds a carriage return, the number of cells is another, or the record does not end in this chunk.
  ///
  /// Sound where the caller is: it looks at the same bytes, marks and cells.
  @inline(never)
  private static func cut(
    _ base: UnsafePointer<UInt8>, _ byteCount: Int, _ start: Int, _ marks: UnsafePointer<UInt32>,
    _ markCount: Int,
    _ mark: Int, _ delimiter: UInt8, _ columns: UnsafePointer<UInt8>, _ count: Int,
    _ cells: UnsafeMutablePointer<Slice>, _ sent: UnsafeMutablePointer<Slice>
  ) -> CutRecord? {
    let nothing = Slice.nothing
    var mark = mark
    var start = start
    var ordinal = 0
    var lineFeeds: UInt32 = 0
    var doubled: UInt64 = 0
    while mark < markCount {
      var at = Int(marks[mark])
      var byte = base[at]
      var from = start
      var to = at
      if byte == quote {
        if at != start { return nil }
        mark &+= 1
        while true {
          while mark < markCount {
            let within = base[Int(marks[mark])]
            if within == lineFeed { lineFeeds &+= 1 } else if within != delimiter { break }
            mark &+= 1
          }
          if mark &+ 1 >= markCount { return nil }
          to = Int(marks[mark])
          if base[to] != quote { return nil }
          mark &+= 1
          at = Int(marks[mark])
          byte = base[at]
          if at != to &+ 1 { return nil }
          if byte != quote { break }
          if ordinal > 63 { return nil }
          doubled |= 1 &<< UInt64(truncatingIfNeeded: ordinal)
          mark &+= 1
        }
        from = start &+ 1
      }
      let cell = nothing.moved(to: from, end: to)
      sent[ordinal] = cell
      cells[Int(columns[ordinal])] = cell
      mark &+= 1
      ordinal &+= 1
      if byte == delimiter {
        if ordinal == count { return nil }
        start = at &+ 1
        continue
      }
      if ordinal != count { return nil }
      if byte == lineFeed {
        return CutRecord(end: at, behind: at &+ 1, mark: mark, lineFeeds: lineFeeds, doubled: doubled)
      }
      guard at &+ 1 < byteCount, base[at &+ 1] == lineFeed else { return nil }
      return CutRecord(end: at, behind: at &+ 2, mark: mark &+ 1, lineFeeds: lineFeeds, doubled: doubled)
    }
    return nil
  }

  /// Writes the cells in which quotes are doubled anew, behind the chunk.
  @inline(never)
  private static func undouble(
    _ ordinals: UInt64, _ base: UnsafePointer<UInt8>, _ byteCount: Int, _ columns: UnsafePointer<UInt8>,
    _ cells: UnsafeMutablePointer<Slice>, _ sent: UnsafeMutablePointer<Slice>, _ appended: inout [UInt8]
  ) {
    var ordinals = ordinals
    while ordinals != 0 {
      let ordinal = ordinals.trailingZeroBitCount
      ordinals &= ordinals &- 1
      let from = appended.count
      var place = sent[ordinal].start
      let end = sent[ordinal].end
      // Sound: the cell lies in this chunk. Of each two quotes the first is taken with the bytes before it.
      while place < end {
        var next = place
        while next < end, base[next] != quote { next &+= 1 }
        appended.append(
          contentsOf: UnsafeBufferPointer(start: base + place, count: min(next &+ 1, end) &- place))
        place = next &+ 2
      }
      let cell = Slice(offset: byteCount &+ from, length: appended.count &- from)
      sent[ordinal] = cell
      cells[Int(columns[ordinal])] = cell
    }
  }
}
