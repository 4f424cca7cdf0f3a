/// CSV records cut at their marks: the inner loop of reading CSV.
import Orders

extension ByteScanner {
  /// How far reading has come.
  struct RecordCursor {
    /// Where the next record begins, and the first mark at or behind it.
    var place: Int
    var mark: Int
    /// The number of the last record, and the physical line on which the next one begins.
    var number: UInt32
    var line: UInt32
  }

  /// Where records go: cells by column, and rows.
  struct RecordRoom {
    var cells: [Slice] = []
    var rows: [RowBatch.Row] = []

    /// Lends room for so many records, of which `body` fills the first ones; it says how many rows and how many rows of cells it
    /// filled. Nothing is cleared before.
    ///
    /// One cell more is lent than the records have.
    @inline(__always)
    mutating func fill(
      _ recordsMax: Int, _ columnCount: Int,
      _ body: (UnsafeMutablePointer<Slice>, UnsafeMutablePointer<RowBatch.Row>) -> (rows: Int, cellRows: Int)
    ) {
      // Sound: what is lent is the arrays' own room, behind what they hold; slices and rows are plain bytes, so that what was written
      // and is not counted need not be taken back. Chunks hold now more and now fewer records: what is there to spare keeps the next ones
      // from moving everything to fresh memory.
      if cells.capacity &- cells.count <= recordsMax &* columnCount {
        let spare = recordsMax &+ recordsMax / 4 &+ 1
        cells.reserveCapacity(cells.count &+ spare &* columnCount &+ 1)
        rows.reserveCapacity(rows.count &+ spare)
      }
      cells.append(addingCapacity: recordsMax &* columnCount &+ 1) { cells in
        cells.withUnsafeMutableBufferPointer { cells, cellsFilled in
          rows.append(addingCapacity: recordsMax) { rows in
            rows.withUnsafeMutableBufferPointer { rows, rowsFilled in
              guard let ownCells = cells.baseAddress, let ownRows = rows.baseAddress else { return }
              let filled = body(ownCells + cellsFilled, ownRows + rowsFilled)
              precondition(filled.rows <= filled.cellRows && filled.cellRows <= recordsMax)
              cellsFilled += filled.cellRows &* columnCount
              rowsFilled += filled.rows
            }
          }
        }
      }
    }
  }

  /// Takes records that have the expected number of cells and nothing odd in them, and stops before the first that is any other.
  ///
  /// - Parameters:
  ///   - marks: the places of all quotes, delimiters and line ends.
  ///   - unsound: no record that reaches beyond this place is taken.
  ///   - firstFault: what the rows name as the first of their faults, of which they have none.
  ///   - sent: gets the cells of records with quotes, as sent; those of the others lie in their bytes for everyone to see.
  ///   - appended: gets the cells in which quotes are doubled, written anew; they lie behind the chunk.
  @inline(never)
  static func cutRecords(
    _ bytes: Span<UInt8>, _ marks: Span<UInt32>, _ plan: RecordPlan, unsound: Int, firstFault: UInt32,
    _ cursor: inout RecordCursor, into room: inout RecordRoom, sent: inout [Slice], _ appended: inout [UInt8]
  ) {
    let cellCount = plan.columns.count
    precondition(cellCount > 0 && cursor.place >= 0 && cursor.mark >= 0)
    // A record has as many marks as cells, or more.
    let recordsMax = max(marks.count &- cursor.mark, 0) / cellCount
    if recordsMax == 0 { return }
    var own = cursor
    room.fill(recordsMax, plan.columnCount) { cells, rows in
      bytes.withUnsafeBufferPointer { bytes in
        marks.withUnsafeBufferPointer { marks in
          withTables(of: plan) { tables in
            guard let base = bytes.baseAddress, let all = marks.baseAddress else { return (0, 0) }
            var records = 0
            // Sound: the pointers live for this call. Every mark is the place of a byte of this chunk, and none is looked at beyond
            // their count; columns are places in a row of cells, or the one behind it, which the next row or the room to spare
            // takes in. No mark at or behind the cursor's lies before its place, so that there is a byte as long as there are marks.
            while records < recordsMax {
              let cells = cells + records &* plan.columnCount
              let most = min(
                recordsMax &- records, (marks.count &- own.mark) / cellCount, Int(UInt32.max &- own.line))
              let plain = cutPlain(
                base, &own, unsound, all + own.mark, recordsMax: most, plan, tables,
                firstFault: firstFault, cells, rows + records)
              records &+= plain
              if plain == most || own.place >= bytes.count || base[own.place] <= 32 { break }
              guard
                let other = cutOther(
                  base, bytes.count, &own, unsound, all, marks.count, plan, cells + plain &* plan.columnCount,
                  &sent, &appended)
              else { break }
              var row = RowBatch.Row(number: own.number, line: other.line, raw: other.raw)
              row.firstFault = firstFault
              row.firstRecordCell = UInt32(truncatingIfNeeded: sent.count &- cellCount)
              row.recordCellCount = UInt32(truncatingIfNeeded: cellCount)
              (rows + records).initialize(to: row)
              records &+= 1
            }
            return (records, records)
          }
        }
      }
    }
    cursor = own
  }

  /// Takes records without quotes, and stops before the first that is any other.
  ///
  /// First the records of a run are looked at, then their cells are written, then their rows: each loop has all it needs at hand.
  ///
  /// Sound where the caller is: there are marks for so many records, and room for them.
  @inline(never)
  private static func cutPlain(
    _ base: UnsafePointer<UInt8>, _ cursor: inout RecordCursor, _ unsound: Int,
    _ marks: UnsafePointer<UInt32>, recordsMax: Int, _ plan: RecordPlan, _ tables: PlanTables,
    firstFault: UInt32, _ cells: UnsafeMutablePointer<Slice>, _ rows: UnsafeMutablePointer<RowBatch.Row>
  ) -> Int {
    let (cellCount, columnCount) = (plan.columns.count, plan.columnCount)
    var (marks, cells, rows) = (marks, cells, rows)
    var (place, number, line) = (cursor.place, cursor.number, cursor.line)
    var records = 0
    while records < recordsMax {
      let wanted = min(recordsMax &- records, 64)
      let count = plainRecords(
        base, place, unsound, marks, recordsMax: wanted, last: cellCount &- 1, delimiter: plan.delimiter,
        bytesMax: plan.bytesMax, opening: plan.openingCell)
      writeCells(place, marks, count, cellCount, columnCount, tables, cells)
      var ends = marks + (cellCount &- 1)
      for step in 0..<count {
        let end = Int(ends.pointee)
        number &+= 1
        var row = RowBatch.Row(
          number: number, line: line, raw: Slice.nothing.moved(to: place, end: end))
        row.firstFault = firstFault
        row.firstRecordCell = RowBatch.Row.cellsInRaw
        row.recordCellCount = UInt32(truncatingIfNeeded: cellCount)
        (rows + step).initialize(to: row)
        line &+= 1
        ends += cellCount
        place = end &+ 1
      }
      records &+= count
      if count < wanted { break }
      marks += count &* cellCount
      cells += count &* columnCount
      rows += count
    }
    cursor.place = place
    cursor.mark &+= records &* cellCount
    cursor.number = number
    cursor.line = line
    return records
  }

  /// How many records follow one another that have nothing but plain cells.
  ///
  /// Sound where the caller is.
  @inline(never)
  private static func plainRecords(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ unsound: Int, _ marks: UnsafePointer<UInt32>,
    recordsMax: Int, last: Int, delimiter: UInt8, bytesMax: Int, opening: Int
  ) -> Int {
    var (place, ends, records) = (start, marks, 0)
    while records < recordsMax {
      let end = Int(ends[last])
      // What is before a cell must be a delimiter: the bits that any of them has, and those that all have. Behind the last must be
      // a line feed.
      var (any, all) = (delimiter, delimiter)
      var ordinal = 0
      while ordinal &+ 4 <= last {
        let (a, b) = (base[Int(ends[ordinal])], base[Int(ends[ordinal &+ 1])])
        let (c, d) = (base[Int(ends[ordinal &+ 2])], base[Int(ends[ordinal &+ 3])])
        any |= a | b | (c | d)
        all &= a & b & (c & d)
        ordinal &+= 4
      }
      while ordinal < last {
        let byte = base[Int(ends[ordinal])]
        any |= byte
        all &= byte
        ordinal &+= 1
      }
      if any != all || base[end] != lineFeed || base[place] <= 32 { break }
      if end > unsound || end &- place > bytesMax { break }
      if opening >= 0 {
        let first = opening == 0 ? place : Int(ends[opening &- 1]) &+ 1
        if first == Int(ends[opening]) || base[first] <= 32 { break }
      }
      records &+= 1
      ends += last &+ 1
      place = end &+ 1
    }
    return records
  }

  /// Writes the cells of plain records.
  ///
  /// Sound where the caller is.
  @inline(__always)
  private static func writeCells(
    _ start: Int, _ marks: UnsafePointer<UInt32>, _ count: Int, _ cellCount: Int, _ columnCount: Int,
    _ tables: PlanTables, _ cells: UnsafeMutablePointer<Slice>
  ) {
    let nothing = Slice.nothing
    for four in tables.fours {
      var (ends, slot) = (marks + four.ordinal, cells + four.column)
      for _ in 0..<count {
        NativeBlock.writeFour(ends, to: slot)
        ends += cellCount
        slot += columnCount
      }
    }
    for single in tables.singles {
      var (ends, slot) = (marks + single.ordinal, cells + single.column)
      var from = start
      for step in 0..<count {
        // Before the first cell of the first record there may be no mark.
        if single.ordinal > 0 || step > 0 { from = Int((ends - 1).pointee) &+ 1 }
        slot.pointee = nothing.moved(to: from, end: Int(ends.pointee))
        ends += cellCount
        slot += columnCount
      }
    }
    for column in tables.absent {
      var slot = cells + Int(column)
      for _ in 0..<count {
        slot.pointee = nothing
        slot += columnCount
      }
    }
  }

  /// The tables of a plan, lent for one call.
  private struct PlanTables {
    let absent: UnsafeBufferPointer<UInt8>
    let fours: UnsafeBufferPointer<RecordPlan.CellPlace>
    let singles: UnsafeBufferPointer<RecordPlan.CellPlace>
  }

  @inline(__always)
  private static func withTables<Answer>(of plan: RecordPlan, _ body: (PlanTables) -> Answer) -> Answer {
    plan.absent.withUnsafeBufferPointer { absent in
      plan.fours.withUnsafeBufferPointer { fours in
        plan.singles.withUnsafeBufferPointer { singles in
          // Sound: the arrays outlive the body.
          body(PlanTables(absent: absent, fours: fours, singles: singles))
        }
      }
    }
  }
}
