/// What a CSV file says, read by the plainest of means: the whole of it in memory, one byte after the other.
import Orders

@testable import Formats

struct CSVOracle {
  struct Record: Equatable {
    var line: Int
    var raw: String
    var cells: [String]
    /// The code of the one fault of syntax.
    var code: String?
  }

  let bytes: [UInt8]
  let delimiter: UInt8
  let cellCount: Int
  private(set) var records: [Record] = []
  /// `end`, or the code and line of an incomplete file.
  private(set) var ending = "end"
  private var place: Int
  private var line: Int

  /// - Parameter headerEnd: the place behind the header, which is the first line.
  init(_ bytes: [UInt8], delimiter: UInt8, cellCount: Int, headerEnd: Int) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.cellCount = cellCount
    place = headerEnd
    line = 2
    while skipBlankLines(), readRecord() {}
  }

  private func isBreak(_ place: Int) -> Bool { bytes[place] == 10 || bytes[place] == 13 }

  /// Behind the line end at the place.
  private func behindBreak(_ place: Int) -> Int {
    bytes[place] == 13 && place + 1 < bytes.count && bytes[place + 1] == 10 ? place + 2 : place + 1
  }

  private mutating func skipBlankLines() -> Bool {
    while place < bytes.count {
      var end = place
      while end < bytes.count, bytes[end] == 32 || bytes[end] == 9 && delimiter != 9 { end += 1 }
      if end == bytes.count { return false }
      if !isBreak(end) { return true }
      place = behindBreak(end)
      line += 1
    }
    return false
  }

  private mutating func readRecord() -> Bool {
    let start = place
    var at = place
    var cells: [[UInt8]] = []
    var code: String?
    var breaks = 0
    var end = bytes.count
    var isTerminated = false
    while true {
      var cell: [UInt8] = []
      var next = at
      var isOpen = false
      var crossed = 0
      if at < bytes.count, bytes[at] == 34 {
        next = at + 1
        isOpen = true
        while next < bytes.count {
          if bytes[next] == 34 {
            if next + 1 < bytes.count, bytes[next + 1] == 34 {
              cell.append(34)
              next += 2
              continue
            }
            isOpen = false
            next += 1
            break
          }
          if isBreak(next), behindBreak(next) == next + 1 { crossed += 1 }
          cell.append(bytes[next])
          next += 1
        }
        if isOpen {
          if crossed == 0 || !everyLineFits(behind: at) {
            ending = "W103 line \(line + breaks)"
            return false
          }
          code = "W103"
        } else if next < bytes.count, bytes[next] != delimiter, !isBreak(next) {
          code = crossed > 0 ? "W103" : "W104"
        } else {
          breaks += crossed
        }
      } else {
        while next < bytes.count, bytes[next] != delimiter, !isBreak(next), bytes[next] != 34 {
          cell.append(bytes[next])
          next += 1
        }
        if next < bytes.count, bytes[next] == 34 {
          var close = next + 1
          while close < bytes.count, bytes[close] != delimiter, !isBreak(close), bytes[close] != 34 {
            close += 1
          }
          let isText =
            cell == [UInt8(ascii: "=")] && close < bytes.count && bytes[close] == 34
            && (close + 1 == bytes.count || bytes[close + 1] == delimiter || isBreak(close + 1))
          if isText {
            cell += bytes[next...close]
            next = close + 1
          } else {
            code = "W104"
          }
        }
      }
      if code != nil {
        var lineEnd = at
        while lineEnd < bytes.count, !isBreak(lineEnd) { lineEnd += 1 }
        cells += bytes[at..<lineEnd].split(separator: delimiter, omittingEmptySubsequences: false).map(
          Array.init)
        next = lineEnd
      } else {
        cells.append(cell)
      }
      if next == bytes.count { break }
      if isBreak(next) {
        end = next
        next = behindBreak(next)
        breaks += 1
        isTerminated = true
        at = next
        break
      }
      at = next + 1
    }
    if !isTerminated, code != nil || cells.count != cellCount {
      ending = "W106 line \(line)"
      return false
    }
    if code == nil, cells.count != cellCount { code = "W105" }
    let raw = Array(bytes[start..<end])
    if String(validating: raw.filter { $0 != 0 }, as: UTF8.self) == nil {
      code = firstUnsoundIsNUL(raw) ? code ?? "W107" : "W101"
    } else if raw.contains(0), code == nil {
      code = "W107"
    }
    records.append(Record(line: line, raw: shown(raw), cells: cells.map { shown($0) }, code: code))
    line += breaks
    place = isTerminated ? at : bytes.count
    return true
  }

  /// Of a NUL and a broken sequence the first counts.
  private func firstUnsoundIsNUL(_ raw: [UInt8]) -> Bool {
    guard let nul = raw.firstIndex(of: 0) else { return false }
    return String(validating: raw[..<nul], as: UTF8.self) != nil
  }

  private func everyLineFits(behind start: Int) -> Bool {
    if cellCount < 2 { return false }
    var at = start
    while at < bytes.count, !isBreak(at) { at += 1 }
    at = behindBreak(at)
    var lines = 0
    while at < bytes.count {
      let line = HeaderLine(bytes.span, from: at, delimiter: delimiter)
      if !line.isTerminated || line.hasOpenQuote || line.strayQuote != nil || line.cells.count != cellCount {
        return false
      }
      lines += 1
      at = line.end
    }
    return lines > 0
  }
}
