/// A CSV record cut at its marks: the inner loop of reading CSV.
import Orders

extension ByteScanner {
  /// Where a record of the expected number of cells ends.
  struct CutRecord {
    /// The end of its own bytes, and the place behind its line end.
    let end: Int
    let behind: Int
    /// The first mark behind it.
    let mark: Int
    /// Line feeds within its cells.
    let lineFeeds: UInt32
    /// Bits of the cells, the first 64 of them, in which quotes are doubled.
    let doubled: UInt64
  }

  /// Cuts a record into its cells; nil where a quote stands where none may, a cell holds a carriage return, the number of cells
  /// is another, or the record does not end in this chunk.
  ///
  /// - Parameters:
  ///   - marks: the places of all quotes, delimiters and line ends; `mark` is the first one at or behind `start`.
  ///   - places: the column of each cell, 255 where it has none.
  ///   - cells: the record's cells by column; those of columns that it does not have are left as they are.
  ///   - recordCells: its cells in their order.
  @inline(__always)
  static func cut(
    _ bytes: Span<UInt8>, from start: Int, _ marks: Span<UInt32>, mark: Int, delimiter: UInt8,
    places: Span<UInt8>, into cells: inout MutableSpan<Slice>, _ recordCells: inout MutableSpan<Slice>
  ) -> CutRecord? {
    let count = places.count
    precondition(mark >= 0 && start >= 0 && recordCells.count == count)
    let nothing = Slice.nothing
    return bytes.withUnsafeBufferPointer { buffer in
      marks.withUnsafeBufferPointer { all in
        guard let base = buffer.baseAddress, let marks = all.baseAddress else { return nil }
        // Sound: every mark is the place of a byte of this chunk, and no mark is looked at beyond their count.
        let markCount = all.count
        let byteCount = buffer.count
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
          recordCells[ordinal] = cell
          let place = Int(places[ordinal])
          if place != 255 { cells[place] = cell }
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
    }
  }
}
