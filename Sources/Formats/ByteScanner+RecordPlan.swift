/// What the records of a CSV file are expected to be, settled once from its header.
import Orders

extension ByteScanner {
  struct RecordPlan {
    let delimiter: UInt8
    /// How many columns the kind has.
    let columnCount: Int
    /// The column of each cell; `columnCount` where it has none.
    let columns: [UInt8]
    /// The columns that have no cell.
    let absent: [UInt8]
    let absentBits: UInt64
    /// How the cells from the second on are written four at a time.
    let fours: [CellPlace]
    /// Cells that the fours do not leave in their columns.
    let singles: [CellPlace]
    /// The column that a record must have something in, and its cell; negative: there is none.
    let openingColumn: Int
    let openingCell: Int
    /// No record is longer.
    let bytesMax: Int

    /// A cell, and the column it is written to; of four, the first of them.
    struct CellPlace {
      let ordinal: Int
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
      (fours, singles) = RecordPlan.steps(columns.map { Int($0) }, columnCount)
      absent = (0..<UInt8(columnCount)).filter { !placeOfCell.contains($0) }
      absentBits = absent.reduce(0) { $0 | 1 << UInt64($1) }
      self.openingColumn = openingColumn ?? -1
      openingCell = openingColumn.flatMap { columns.lastIndex(of: UInt8($0)) } ?? -1
      self.bytesMax = bytesMax
    }

    /// Four cells at a time for as long as the cells stand like their columns; what falls beside is written over by what comes later, by
    /// a single cell, or by the columns that have no cell.
    private static func steps(_ columns: [Int], _ columnCount: Int) -> ([CellPlace], [CellPlace]) {
      let last = columns.count - 1
      var fours: [CellPlace] = []
      // The cell that each column holds once all fours are written.
      var held = [Int](repeating: -1, count: columnCount)
      for ordinal in columns.indices.dropFirst()
      where columns[ordinal] < columnCount && held[columns[ordinal]] != ordinal {
        // The last four of a record, and of a row of cells, reach back.
        let back = max(ordinal + 3 - last, columns[ordinal] + 4 - columnCount, 0)
        let write = CellPlace(ordinal: ordinal - back, column: columns[ordinal] - back)
        if write.ordinal < 1 || write.column < 0 { continue }
        fours.append(write)
        for step in 0..<4 { held[write.column + step] = write.ordinal + step }
      }
      let singles = columns.indices.filter {
        columns[$0] < columnCount && columns.lastIndex(of: columns[$0]) == $0
          && ($0 == 0 || held[columns[$0]] != $0)
      }
      return (fours, singles.map { CellPlace(ordinal: $0, column: columns[$0]) })
    }
  }
}
