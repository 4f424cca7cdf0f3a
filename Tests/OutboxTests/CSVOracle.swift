/// The plainest reader of RFC 4180: what anybody's program makes of the CSV that we write.

/// The records of a CSV text; a quote opens a cell only at its start, two quotes inside stand for one.
func readCSV(_ bytes: [UInt8], delimiter: Character = ",") throws -> [[String]] {
  let separator = delimiter.asciiValue!
  var records: [[String]] = []
  var record: [String] = []
  var cell: [UInt8] = []
  var at = 0
  func end(of cell: [UInt8]) -> String { String(decoding: cell, as: UTF8.self) }
  while at < bytes.count {
    if bytes[at] == UInt8(ascii: "\"") {
      at += 1
      while true {
        guard at < bytes.count else { throw UnclosedQuote() }
        if bytes[at] != UInt8(ascii: "\"") {
          cell.append(bytes[at])
          at += 1
        } else if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") {
          cell.append(bytes[at])
          at += 2
        } else {
          at += 1
          break
        }
      }
    } else {
      while at < bytes.count, bytes[at] != separator, bytes[at] != 10 {
        if bytes[at] == UInt8(ascii: "\"") || bytes[at] == 13 { throw StrayByte(offset: at) }
        cell.append(bytes[at])
        at += 1
      }
    }
    record.append(end(of: cell))
    cell = []
    if at < bytes.count, bytes[at] == separator {
      at += 1
      if at == bytes.count || bytes[at] == 10 { record.append("") }
      if at < bytes.count, bytes[at] != 10 { continue }
    }
    guard at < bytes.count, bytes[at] == 10 else { throw StrayByte(offset: at) }
    at += 1
    records.append(record)
    record = []
  }
  return records
}

struct UnclosedQuote: Error {}
struct StrayByte: Error { let offset: Int }

/// Takes the guard off a cell again, as a reader of our errors files does.
func unguarded(_ cell: String) -> String {
  cell.hasPrefix("'") ? String(decoding: cell.utf8.dropFirst(), as: UTF8.self) : cell
}
