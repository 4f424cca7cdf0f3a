/// JSON Lines: one record a line, and a broken line costs that line alone.
import Orders

extension JSONReader {
  /// Of a line that outgrew its bound so much is shown.
  private static let shownBytesMax = 1024

  mutating func readLines(
    _ bytes: Span<UInt8>, _ place: inout Int, isLast: Bool, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) throws(FileFault) {
    if expectation == .lineFeed {
      place = ByteScanner.first(ByteScanner.lineFeed, in: bytes, from: place)
      if place == bytes.count {
        if isLast { throw fileFault(overBound, bytes, at: place, isIncomplete: true) }
        return
      }
      expectation = .line
    }
    while true {
      var start = place
      while start < bytes.count, bytes[start] <= 32, bytes[start] == 10 || isLineBlank(bytes[start]) {
        start += 1
      }
      // Blanks before a record mean nothing.
      place = start
      readAlike(bytes, &place, fileOffset, into: &batch, &appended)
      if place > start { continue }
      if start == bytes.count {
        if isLast && number == 0 { throw FileFault(Fault(.emptyFile), line: 0) }
        return
      }
      let appendedCount = appended.count
      let lineCellCount = lineCells.count
      var end = start
      do throws(JSONStop) {
        let record = try readRecord(bytes, &end, bytes[start], fileOffset, into: &batch, &appended)
        let recordEnd = end
        while end < bytes.count, isLineBlank(bytes[end]) { end += 1 }
        if end == bytes.count && !isLast || end < bytes.count && bytes[end] != ByteScanner.lineFeed {
          batch.cells.removeLast(columnCount)
          appended.removeLast(appended.count - appendedCount)
          lineCells.removeLast(lineCells.count - lineCellCount)
          throw end == bytes.count ? JSONStop.runsOut : JSONStop.broken(at: end)
        }
        if end - start > terms.bounds.recordBytesMax {
          batch.cells.removeLast(columnCount)
          appended.removeLast(appended.count - appendedCount)
          lineCells.removeLast(lineCells.count - lineCellCount)
          throw JSONStop.tooLong
        }
        finish(record, bytes, end: recordEnd, into: &batch)
        place = end
      } catch {
        let goesOn = try endBrokenLine(
          bytes, &place, start, error, isLast: isLast, fileOffset, into: &batch)
        if !goesOn { return }
      }
    }
  }

  @inline(__always)
  func isLineBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

  /// Makes a row of a line that breaks the grammar; false where the line has not arrived whole.
  private mutating func endBrokenLine(
    _ bytes: Span<UInt8>, _ place: inout Int, _ start: Int, _ stop: JSONStop, isLast: Bool,
    _ fileOffset: Int64, into batch: inout RowBatch
  ) throws(FileFault) -> Bool {
    let lineFeed = ByteScanner.first(ByteScanner.lineFeed, in: bytes, from: start)
    let isOver = lineFeed - start > terms.bounds.recordBytesMax
    if lineFeed == bytes.count && !isOver {
      if !isLast { return false }
      let fault = Fault(.truncated, number: fileOffset + Int64(start))
      throw fileFault(fault, bytes, at: start, isIncomplete: true)
    }
    var end = lineFeed
    if isOver { end = start + min(terms.bounds.recordBytesMax, JSONReader.shownBytesMax) }
    while end > start, isLineBlank(bytes[end - 1]) { end -= 1 }
    var record = JSONRecord(start: start, fileOffset: fileOffset)
    record.fault = isOver ? overBound : fault(of: stop, bytes, fileOffset)
    batch.cells.append(contentsOf: repeatElement(.nothing, count: columnCount))
    finish(record, bytes, end: end, into: &batch)
    place = lineFeed
    guard lineFeed == bytes.count else { return true }
    if isLast { throw fileFault(overBound, bytes, at: start, isIncomplete: true) }
    expectation = .lineFeed
    return false
  }

  func fault(of stop: JSONStop, _ bytes: Span<UInt8>, _ fileOffset: Int64) -> Fault {
    switch stop {
    case .broken(at: let place):
      let isNUL = place < bytes.count && bytes[place] == 0
      return Fault(isNUL ? .nulByte : .brokenJSON, number: fileOffset + Int64(place))
    case .tooDeep:
      return Fault(
        .overBound, number: Int64(terms.bounds.depthMax), second: Int64(terms.bounds.depthMax + 1))
    case .runsOut:
      return Fault(.brokenJSON, number: fileOffset + Int64(bytes.count))
    case .tooLong:
      return overBound
    case .unknownShape:
      return Fault(.unknownShape)
    }
  }
}
