// The plain CSV reader: RFC 4180 to the letter and one byte after the other. Of a file that breaks the rules it says nothing.

import Formats
import Orders

/// The records of a file that is CSV beyond doubt.
struct PlainCSV {
  private(set) var records: [[[UInt8]]] = []
  /// Does the last record end with a line end?
  private(set) var isTerminated = true
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  /// Nil where a quote stands anywhere but around a cell, or a cell never ends.
  init?(_ bytes: ArraySlice<UInt8>, delimiter: UInt8) {
    self.bytes = bytes
    place = bytes.startIndex
    var record: [[UInt8]] = []
    while place < bytes.endIndex {
      guard let cell = cell(delimiter) else { return nil }
      record.append(cell)
      if place == bytes.endIndex {
        isTerminated = false
        records.append(record)
        return
      }
      let byte = bytes[place]
      place += 1
      if byte == delimiter {
        if place < bytes.endIndex { continue }
        // The file ends behind a delimiter: an empty cell more.
        record.append([])
        isTerminated = false
        records.append(record)
        return
      }
      if byte == 13, place < bytes.endIndex, bytes[place] == 10 { place += 1 }
      records.append(record)
      record = []
    }
  }

  /// The cell that begins here; the place is then behind it.
  private mutating func cell(_ delimiter: UInt8) -> [UInt8]? {
    var cell: [UInt8] = []
    if place < bytes.endIndex, bytes[place] == 34 {
      place += 1
      while place < bytes.endIndex {
        if bytes[place] != 34 {
          cell.append(bytes[place])
          place += 1
        } else if place + 1 < bytes.endIndex, bytes[place + 1] == 34 {
          cell.append(34)
          place += 2
        } else {
          place += 1
          let ends =
            place == bytes.endIndex || bytes[place] == delimiter || bytes[place] == 10 || bytes[place] == 13
          return ends ? cell : nil
        }
      }
      return nil
    }
    while place < bytes.endIndex, bytes[place] != delimiter, bytes[place] != 10, bytes[place] != 13 {
      if bytes[place] == 34 { return nil }
      cell.append(bytes[place])
      place += 1
    }
    return cell
  }

  /// Blank lines are no records, nor are lines of blanks.
  private static func isBlank(_ record: [[UInt8]], _ delimiter: UInt8) -> Bool {
    record.count == 1 && record[0].allSatisfy { $0 == 32 || $0 == 9 && delimiter != 9 }
  }

  /// Holds what a reader made of a file against the records that are in it.
  static func check(_ input: [UInt8], _ whole: FuzzedReading) throws {
    let isMarked = input.starts(with: [0xEF, 0xBB, 0xBF])
    if input.starts(with: [0xFF, 0xFE]) || input.starts(with: [0xFE, 0xFF]) { return }
    guard whole.fault == nil, whole.layout.corrects == nil, !whole.rows.isEmpty else { return }
    let body = input[(isMarked ? 3 : 0)...]
    // Quoted blanks look like a blank line to the eye of this reader, and are none.
    guard let plain = PlainCSV(body, delimiter: whole.layout.delimiter) else { return }
    let quotedBlank = body.split(separator: 34, omittingEmptySubsequences: false).count > 1
    var records = plain.records
    while let first = records.first, first == [[]] { records.removeFirst() }
    guard let header = records.first else { throw FuzzFinding("rows without a header") }
    if header.count != whole.layout.header.count || header.contains(Array(errorColumns[0].utf8)) { return }
    try expect(header == whole.layout.header, "another header")
    let rows = records.dropFirst().filter { !isBlank($0, whole.layout.delimiter) }
    if quotedBlank && records.dropFirst().contains(where: { isBlank($0, whole.layout.delimiter) }) { return }
    try expect(rows.count == whole.rows.count, "\(whole.rows.count) rows of \(rows.count) records")
    for (record, row) in zip(rows, whole.rows) {
      let differs = row.faults.contains { $0.code == .cellCountDiffers }
      let isUnsound = row.faults.contains { $0.code == .notUTF8 || $0.code == .nulByte }
      try expect(
        (record.count != header.count) == differs || isUnsound, "row \(row.number): \(record.count) cells")
      try expect(record == row.record, "row \(row.number): other cells")
      for fault in row.faults where fault.code.rawValue < 150 {
        let isMeant = [.cellCountDiffers, .notUTF8, .nulByte].contains(fault.code)
        try expect(isMeant, "row \(row.number) is sound, and said to be \(fault.code)")
      }
      let text = record.flatMap { $0 }
      let isSound = String(validating: text, as: UTF8.self) != nil && !text.contains(0)
      try expect(isSound || !row.isSoundSyntax, "row \(row.number) is not UTF-8, and was taken")
    }
  }
}
