/// CSV records cut at their marks: the inner loop of reading CSV.
import Orders

extension ByteScanner {
  /// What the records of a file are expected to be.
  struct RecordPlan {
    let delimiter: UInt8
    /// How many columns the kind has.
    let columnCount: Int
    /// The column of each cell; `columnCount` where it has none.
    let columns: [UInt8]
    /// The columns that have no cell.
    let absent: [UInt8]
    let absentBits: UInt64
    /// From the second cell on the cells by fours, the last four reaching back; none where a record has fewer than five.
    let fours: [FourCells]
    /// The column that a record must have something in; negative: there is none.
    let openingColumn: Int
    /// No record is longer.
    let bytesMax: Int

    struct FourCells {
      /// The first of them.
      let ordinal: Int
      /// Its column where the others have the columns behind it; else negative.
      let column: Int
    }

    /// - Parameter placeOfCell: the column of each cell, 255 where it has none.
    init(
      _ placeOfCell: [UInt8], columnCount: Int, delimiter: UInt8, openingColumn: Int?, bytesMax: Int
    ) {
      precondition(columnCount < 64 && placeOfCell.allSatisfy { $0 == 255 || $0 < columnCount })
      self.delimiter = delimiter
      self.columnCount = columnCount
      let columns = placeOfCell.map { $0 == 255 ? UInt8(columnCount) : $0 }
      self.columns = columns
      let last = columns.count - 4
      let ordinals = last > 0 ? stride(from: 1, to: last, by: 4) + [last] : []
      fours = ordinals.map { ordinal in
        let column = Int(columns[ordinal])
        let areBeside =
          column + 4 <= columnCount && (1..<4).allSatisfy { columns[ordinal + $0] == column + $0 }
        return FourCells(ordinal: ordinal, column: areBeside ? column : -1)
      }
      absent = (0..<UInt8(columnCount)).filter { !placeOfCell.contains($0) }
      absentBits = absent.reduce(0) { $0 | 1 << UInt64($1) }
      self.openingColumn = openingColumn ?? -1
      self.bytesMax = bytesMax
    }
  }

  /// How far reading has come.
  struct RecordCursor {
    /// Where the next record begins, and the first mark at or behind it.
    var place: Int
    var mark: Int
    /// The number of the last record, and the physical line on which the next one begins.
    var number: UInt32
    var line: UInt32
  }

  /// Where records go: cells by column, cells as sent, rows.
  struct RecordRoom {
    var cells: [Slice] = []
    var sent: [Slice] = []
    var rows: [RowBatch.Row] = []

    /// Lends room for so many records, of which `body` fills the first ones; it says how many rows and how many rows of cells it
    /// filled. Nothing is cleared before.
    ///
    /// One cell more is lent by column and as sent than the records have.
    @inline(__always)
    mutating func fill(
      _ recordsMax: Int, _ columnCount: Int, _ cellCount: Int,
      _ body: (UnsafeMutablePointer<Slice>, UnsafeMutablePointer<Slice>, UnsafeMutablePointer<RowBatch.Row>)
        -> (rows: Int, cellRows: Int)
    ) {
      // Sound: what is lent is the arrays' own room, behind what they hold; slices and rows are plain bytes, so that what was written
      // and is not counted need not be taken back. Chunks hold now more and now fewer records: what is there to spare keeps the next ones
      // from moving everything to fresh memory.
      if cells.capacity &- cells.count <= recordsMax &* columnCount {
        let spare = recordsMax &+ recordsMax / 4 &+ 1
        cells.reserveCapacity(cells.count &+ spare &* columnCount &+ 1)
        sent.reserveCapacity(sent.count &+ spare &* cellCount &+ 1)
        rows.reserveCapacity(rows.count &+ spare)
      }
      cells.append(addingCapacity: recordsMax &* columnCount &+ 1) { cells in
        cells.withUnsafeMutableBufferPointer { cells, cellsFilled in
          sent.append(addingCapacity: recordsMax &* cellCount &+ 1) { sent in
            sent.withUnsafeMutableBufferPointer { sent, sentFilled in
              rows.append(addingCapacity: recordsMax) { rows in
                rows.withUnsafeMutableBufferPointer { rows, rowsFilled in
                  guard let ownCells = cells.baseAddress, let ownSent = sent.baseAddress,
                    let ownRows = rows.baseAddress
                  else { return }
                  let filled = body(ownCells + cellsFilled, ownSent + sentFilled, ownRows + rowsFilled)
                  precondition(filled.rows <= filled.cellRows && filled.cellRows <= recordsMax)
                  cellsFilled += filled.cellRows &* columnCount
                  sentFilled += filled.rows &* cellCount
                  rowsFilled += filled.rows
                }
              }
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
  ///   - appended: gets the cells in which quotes are doubled, written anew; they lie behind the chunk.
  @inline(never)
  static func cutRecords(
    _ bytes: Span<UInt8>, _ marks: Span<UInt32>, _ plan: RecordPlan, unsound: Int, firstFault: UInt32,
    _ cursor: inout RecordCursor, into room: inout RecordRoom, _ appended: inout [UInt8]
  ) {
    let (cellCount, columnCount) = (plan.columns.count, plan.columnCount)
    precondition(cellCount > 0 && cursor.place >= 0 && cursor.mark >= 0)
    // A record has as many marks as cells, or more.
    let recordsMax = max(marks.count &- cursor.mark, 0) / cellCount
    if recordsMax == 0 { return }
    var own = cursor
    let firstSent = room.sent.count
    room.fill(recordsMax, columnCount, cellCount) { cells, sent, rows in
      bytes.withUnsafeBufferPointer { bytes in
        marks.withUnsafeBufferPointer { marks in
          plan.columns.withUnsafeBufferPointer { columns in
            withTables(of: plan) { absent, fours in
              guard let base = bytes.baseAddress, let all = marks.baseAddress,
                let columns = columns.baseAddress
              else { return (0, 0) }
              // Sound: the pointers live for this call. Every mark is the place of a byte of this chunk, and none is looked at beyond
              // their count; columns are places in a row of cells, or the one behind it, which the next row or the room to spare
              // takes in.
              let byteCount = bytes.count
              let markCount = marks.count
              let last = cellCount &- 1
              let delimiter = plan.delimiter
              let nothing = Slice.nothing
              var row = RowBatch.Row(number: 0, line: 0, raw: nothing)
              row.recordCellCount = UInt32(truncatingIfNeeded: cellCount)
              row.firstFault = firstFault
              var cells = cells
              var sent = sent
              var records = 0
              while own.place < byteCount, base[own.place] > 32, own.mark &+ cellCount <= markCount {
                let ends = all + own.mark
                let end = Int(ends[last])
                // What is before a cell must be a delimiter, and behind the last a line feed.
                var wrong = base[end] ^ lineFeed
                @inline(__always)
                func weigh(_ ordinal: Int) { wrong |= base[Int(ends[ordinal])] ^ delimiter }
                @inline(__always)
                func take(_ ordinal: Int, from start: Int) {
                  let cell = nothing.moved(to: start, end: Int(ends[ordinal]))
                  sent[ordinal] = cell
                  cells[Int(columns[ordinal])] = cell
                }
                take(0, from: own.place)
                if fours.isEmpty {
                  for ordinal in 1..<max(cellCount, 1) {
                    weigh(ordinal &- 1)
                    take(ordinal, from: Int(ends[ordinal &- 1]) &+ 1)
                  }
                }
                for four in fours {
                  let ordinal = four.ordinal
                  weigh(ordinal &- 1)
                  weigh(ordinal)
                  weigh(ordinal &+ 1)
                  weigh(ordinal &+ 2)
                  let others = four.column < 0 ? sent + ordinal : cells + four.column
                  NativeBlock.writeFour(ends + ordinal, to: sent + ordinal, and: others)
                  if four.column < 0 {
                    for step in ordinal..<ordinal &+ 4 { cells[Int(columns[step])] = sent[step] }
                  }
                }
                for column in absent { cells[Int(column)] = nothing }
                var record = CutRecord(end: end, behind: end &+ 1, mark: own.mark &+ cellCount)
                if wrong != 0 {
                  guard
                    let other = cut(
                      base, byteCount, own.place, all, markCount, own.mark, plan.delimiter, columns,
                      cellCount, cells, sent)
                  else { break }
                  record = other
                }
                if record.end &- own.place > plan.bytesMax || record.end > unsound { break }
                if plan.openingColumn >= 0 {
                  let opening = cells[plan.openingColumn]
                  if opening.isEmpty || base[opening.start] <= 32 { break }
                }
                if record.doubled != 0 {
                  undouble(record.doubled, base, byteCount, columns, cells, sent, &appended)
                }
                own.number &+= 1
                row.number = own.number
                row.line = own.line
                row.raw = nothing.moved(to: own.place, end: record.end)
                row.firstRecordCell = UInt32(truncatingIfNeeded: firstSent &+ records &* cellCount)
                (rows + records).initialize(to: row)
                records &+= 1
                cells += columnCount
                sent += cellCount
                own.place = record.behind
                own.mark = record.mark
                let lines = 1 &+ record.lineFeeds
                own.line = own.line > .max - lines ? .max : own.line &+ lines
              }
              return (records, records)
            }
          }
        }
      }
    }
    cursor = own
  }

  private static func withTables<Answer>(
    of plan: RecordPlan,
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<RecordPlan.FourCells>) -> Answer
  ) -> Answer {
    plan.absent.withUnsafeBufferPointer { absent in
      plan.fours.withUnsafeBufferPointer { fours in body(absent, fours) }
    }
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
