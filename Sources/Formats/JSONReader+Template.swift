/// Records that look like the one before: the straight path of reading JSON.
///
/// The general reader comes first and learns the shape of a sound record; from then on records are held against it, one after the
/// other, and what differs from it in anything but its values goes back to the general reader, whole. A shape that has failed a
/// few times in a row gives way to that of the next sound record.
import Orders

/// The shape that records are expected to have, and how well that went.
struct JSONExpectedShape {
  private(set) var template: JSONTemplate?
  private var missesInARow = 0

  /// So many records that differ, and the next one's shape is tried instead.
  private static let missesMax = 4

  var wantsToLearn: Bool { template == nil || missesInARow >= JSONExpectedShape.missesMax }

  mutating func hit() { missesInARow = 0 }
  mutating func miss() { missesInARow += 1 }

  /// Takes on the shape of a sound record; where it has none to offer, the one that failed is given up all the same.
  mutating func learn(
    _ bytes: Span<UInt8>, _ object: Range<Int>, _ keys: JSONKeys, _ syntax: JSONSyntax, firstPlace: Int = 0
  ) {
    template = JSONTemplate(bytes, object, keys, syntax, firstPlace: firstPlace)
    missesInARow = 0
  }
}

extension JSONReader {
  /// So many rows of cells are made ready at once.
  private static let rowsReady = 32

  /// Reads records of the expected shape, of JSON Lines or of an array, and leaves `place` where the general reader must go on:
  /// before a record that differs, or behind the last one taken.
  mutating func readAlike(
    _ bytes: Span<UInt8>, _ place: inout Int, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) {
    guard let template = shape.template else { return }
    let isLines = terms.format == .jsonLines
    let bytesMax = min(terms.bounds.cellBytesMax, terms.bounds.recordBytesMax)
    var cells: [Slice] = []
    swap(&cells, &batch.cells)
    var rowCells = cells.count
    passLines(bytes, to: place)
    while place < bytes.count, bytes[place] == UInt8(ascii: "{") {
      if cells.count == rowCells {
        cells.append(contentsOf: repeatElement(.nothing, count: columnCount * JSONReader.rowsReady))
      }
      var record = JSONRecord(start: place, fileOffset: fileOffset)
      let (appendedCount, lineCellCount) = (appended.count, lineCells.count)
      var end = place
      var lineFeeds = template.lineFeeds
      var isAlike = follow(
        template, bytes, &end, &record, &cells, rowCells, &lineFeeds, &appended)
      var behind = end
      var length = end - place
      if isAlike && isLines {
        isAlike = endsLine(bytes, &behind)
        lineFeeds = 1
        // A line is measured up to its line feed.
        length = behind - 1 - place
      }
      if !isAlike || record.fault != nil || length > bytesMax {
        for cell in rowCells..<rowCells + columnCount { cells[cell] = .nothing }
        appended.removeLast(appended.count - appendedCount)
        lineCells.removeLast(lineCells.count - lineCellCount)
        shape.miss()
        break
      }
      shape.hit()
      rowCells += columnCount
      let raw = Slice.nothing.moved(to: place, end: end)
      batch.rows.append(nextRow(record, raw))
      passLines(lineFeeds, to: behind)
      place = behind
      if !isLines && !passSeparator(bytes, &place) { break }
    }
    cells.removeLast(cells.count - rowCells)
    swap(&cells, &batch.cells)
  }

  /// Holds one record against the template; false where the general reader must have it.
  @inline(__always)
  private mutating func follow(
    _ template: JSONTemplate, _ bytes: Span<UInt8>, _ place: inout Int, _ record: inout JSONRecord,
    _ cells: inout [Slice], _ firstCell: Int, _ lineFeeds: inout UInt32, _ appended: inout [UInt8]
  ) -> Bool {
    var ordinal = 0
    var beyondASCII: UInt32 = 0
    while true {
      var room = cells.mutableSpan
      var own = room._mutatingExtracting(firstCell..<firstCell &+ columnCount)
      let outcome = ByteScanner.follow(
        template, bytes, &place, &ordinal, into: &own, &beyondASCII, by: NativeBlock.self)
      switch outcome {
      case .matched:
        return beyondASCII == 0 || isSound(bytes, record.start..<place)
      case .differs:
        return false
      case .value:
        let start = place
        let piece = template.pieces[ordinal]
        guard let value = otherValue(piece, bytes, &place, &record, &appended) else { return false }
        if piece.place >= 0 { cells[firstCell + piece.place] = value }
        // What is nested may hold anything.
        if bytes[start] != ByteScanner.quote {
          lineFeeds += UInt32(ByteScanner.count(ByteScanner.lineFeed, in: bytes, start..<place))
        }
        beyondASCII = 1
        ordinal += 1
      }
    }
  }

  /// A value that is no plain string: one with escapes, a number, a word, or something nested; nil where it breaks the grammar.
  ///
  /// - Parameters:
  ///   - depth: how many objects and arrays are open around the record.
  ///   - firstPlace: the column whose cell is the record's first.
  private mutating func otherValue(
    _ piece: JSONTemplate.Piece, _ bytes: Span<UInt8>, _ place: inout Int, _ record: inout JSONRecord,
    _ appended: inout [UInt8], depth: Int = 0, firstPlace: Int = 0
  ) -> Slice? {
    do throws(JSONStop) {
      let byte = bytes[place]
      // A blank more than the template has.
      if byte <= 32 { return nil }
      if piece.isOfLines {
        guard byte == UInt8(ascii: "[") else { return nil }
        try readLines(bytes, &place, &record, place, &appended)
        record.knowsKeys = true
      } else if piece.place >= 0 {
        return try readValue(
          byte, bytes, &place, piece.place + firstPlace, depth: depth + piece.depth, &record, &appended)
      } else {
        try syntax.skipValue(bytes, &place, depth: depth + piece.depth)
      }
      return .absent
    } catch {
      return nil
    }
  }

  /// Reads an order's line of the expected shape, whose cells are the last ones, from its opening brace; false, with nothing
  /// read, where it is another. That its bytes are sound is for the whole record to say.
  mutating func readLineAlike(
    _ bytes: Span<UInt8>, _ place: inout Int, _ record: inout JSONRecord, _ appended: inout [UInt8]
  ) -> Bool {
    guard let template = lineShape.template else { return false }
    let firstCell = lineCells.count - linePlaces.count
    let appendedCount = appended.count
    var at = place
    var ordinal = 0
    var beyondASCII: UInt32 = 0
    while true {
      var all = lineCells.mutableSpan
      var own = all._mutatingExtracting(firstCell...)
      let outcome = ByteScanner.follow(
        template, bytes, &at, &ordinal, into: &own, &beyondASCII, by: NativeBlock.self)
      if outcome == .matched {
        place = at
        lineShape.hit()
        return true
      }
      let piece = template.pieces[ordinal]
      guard outcome == .value,
        let value = otherValue(
          piece, bytes, &at, &record, &appended, depth: 2, firstPlace: linePlaces[0])
      else { break }
      if piece.place >= 0 { lineCells[firstCell + piece.place] = value }
      ordinal += 1
    }
    for cell in firstCell..<lineCells.count { lineCells[cell] = .nothing }
    appended.removeLast(appended.count - appendedCount)
    lineShape.miss()
    return false
  }

  private func isSound(_ bytes: Span<UInt8>, _ record: Range<Int>) -> Bool {
    ByteScanner.firstUnsound(bytes.extracting(record), from: 0) == record.count
  }

  /// Passes the line feed, and a carriage return before it; false where the line does not end here.
  @inline(__always)
  private func endsLine(_ bytes: Span<UInt8>, _ place: inout Int) -> Bool {
    if place < bytes.count, bytes[place] == ByteScanner.carriageReturn { place += 1 }
    guard place < bytes.count, bytes[place] == ByteScanner.lineFeed else { return false }
    place += 1
    return true
  }

  /// Passes the comma behind a record of an array, to where the next record begins; false, with `place` behind the record, where
  /// something else follows or nothing has arrived yet.
  @inline(__always)
  private mutating func passSeparator(_ bytes: Span<UInt8>, _ place: inout Int) -> Bool {
    expectation = .behindElement
    var next = place
    guard skipBlanks(bytes, &next), bytes[next] == UInt8(ascii: ",") else { return false }
    next += 1
    place = next
    expectation = .element
    guard skipBlanks(bytes, &next) else { return false }
    passLines(bytes, to: next)
    place = next
    return true
  }

  @inline(__always)
  private func skipBlanks(_ bytes: Span<UInt8>, _ place: inout Int) -> Bool {
    while place < bytes.count {
      let byte = bytes[place]
      if byte > 32 || byte != 32 && byte != 10 && byte != 13 && byte != 9 { return true }
      place += 1
    }
    return false
  }
}
