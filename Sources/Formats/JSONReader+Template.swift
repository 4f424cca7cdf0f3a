/// Records that look like the one before: the straight path of reading JSON.
///
/// The general reader comes first and learns the shape of a sound record; from then on records are held against it, one after the
/// other, and what differs from it in anything but its values goes back to the general reader, whole. A shape that has failed a
/// few times in a row gives way to that of the next sound record.
import Orders

/// The shape that records are expected to have, and how well that went.
struct JSONExpectedShape {
  private(set) var template: JSONTemplate?
  /// How long the values of records of this shape mostly are.
  var habits: [JSONTemplate.Habit] = []
  private var missesInARow = 0
  /// Records read since habits were settled.
  private var foreseenRecords = 0

  /// So many records that differ, and the next one's shape is tried instead.
  private static let missesMax = 4
  /// So many records say whether the length of a value can be foreseen.
  private static let habitRecords = 256

  var wantsToLearn: Bool { template == nil || missesInARow >= JSONExpectedShape.missesMax }

  mutating func hit() { missesInARow = 0 }
  mutating func miss() { missesInARow += 1 }

  /// Takes on the shape of a sound record; where it has none to offer, the one that failed is given up all the same.
  mutating func learn(
    _ bytes: Span<UInt8>, _ object: Range<Int>, _ keys: JSONKeys, _ syntax: JSONSyntax,
    firstPlace: Int = 0
  ) {
    template = JSONTemplate(bytes, object, keys, syntax, firstPlace: firstPlace)
    missesInARow = 0
    habits = template?.habits ?? []
    foreseenRecords = 0
  }

  /// Gives up lengths that were foreseen wrongly once in eight records or more; asked after so many more records.
  mutating func settleHabits(records: Int) {
    foreseenRecords += records
    if foreseenRecords < JSONExpectedShape.habitRecords { return }
    for place in habits.indices where habits[place].misses > 0 {
      if Int(habits[place].misses) > foreseenRecords / 8 {
        habits[place].length = JSONTemplate.Habit.unsteady
      }
      habits[place].misses = 0
    }
    foreseenRecords = 0
  }
}

extension JSONReader {
  /// Reads records of the expected shape, of JSON Lines or of an array, and leaves `place` where the general reader must go on:
  /// before a record that differs, or behind the last one taken.
  mutating func readAlike(
    _ bytes: Span<UInt8>, _ place: inout Int, _ fileOffset: Int64, into batch: inout RowBatch,
    _ appended: inout [UInt8]
  ) {
    guard let template = shape.template else { return }
    let isLines = terms.format == .jsonLines
    let bytesMax = min(terms.bounds.cellBytesMax, terms.bounds.recordBytesMax)
    passLines(bytes, to: place)
    while true {
      var room = ByteScanner.RecordRoom()
      swap(&room.cells, &batch.cells)
      swap(&room.rows, &batch.rows)
      let rowCount = room.rows.count
      var cursor = ByteScanner.AlikeCursor(
        place: place, number: number, line: line, linePlace: linePlace)
      let outcome = ByteScanner.followRecords(
        template, &shape.habits, bytes, columnCount: columnCount, isLines: isLines,
        bytesMax: bytesMax, &cursor, into: &room,
        by: NativeBlock.self)
      (place, number, line, linePlace) = (
        cursor.place, cursor.number, cursor.line, cursor.linePlace
      )
      if room.rows.count > rowCount {
        shape.hit()
        shape.settleHabits(records: room.rows.count - rowCount)
        if !isLines { expectation = cursor.separator == .missing ? .behindElement : .element }
      }
      swap(&room.cells, &batch.cells)
      swap(&room.rows, &batch.rows)
      if outcome == .differs { shape.miss() }
      guard outcome == .value, let step = cursor.step,
        takeOther(template, step, bytes, &place, fileOffset, bytesMax, into: &batch, &appended)
      else { return }
    }
  }

  /// Takes a record of the expected shape from the first of its values on that is not plain; false where reading alike ends with it, or
  /// before it.
  ///
  /// Its cells are the last of the batch.
  private mutating func takeOther(
    _ template: JSONTemplate, _ step: ByteScanner.TemplateStep, _ bytes: Span<UInt8>,
    _ place: inout Int,
    _ fileOffset: Int64, _ bytesMax: Int, into batch: inout RowBatch, _ appended: inout [UInt8]
  ) -> Bool {
    var record = JSONRecord(start: place, fileOffset: fileOffset)
    let (appendedCount, lineCellCount) = (appended.count, lineCells.count)
    let isLines = terms.format == .jsonLines
    var end = place
    var lineFeeds = template.lineFeeds
    var isAlike = follow(
      template, from: step, bytes, &end, &record, &batch.cells, &lineFeeds, &appended)
    var behind = end
    var length = end - place
    if isAlike && isLines {
      isAlike = endsLine(bytes, &behind)
      lineFeeds = 1
      // A line is measured up to its line feed.
      length = behind - 1 - place
    }
    if !isAlike || record.fault != nil || length > bytesMax {
      batch.cells.removeLast(columnCount)
      appended.removeLast(appended.count - appendedCount)
      lineCells.removeLast(lineCells.count - lineCellCount)
      shape.miss()
      return false
    }
    shape.hit()
    batch.rows.append(nextRow(record, Slice.nothing.moved(to: place, end: end)))
    passLines(lineFeeds, to: behind)
    place = behind
    return isLines || passSeparator(bytes, &place)
  }

  /// Holds the rest of a record against the template, from a value on that is not plain; false where the general reader must have it.
  private mutating func follow(
    _ template: JSONTemplate, from step: ByteScanner.TemplateStep, _ bytes: Span<UInt8>,
    _ end: inout Int,
    _ record: inout JSONRecord, _ cells: inout [Slice], _ lineFeeds: inout UInt32,
    _ appended: inout [UInt8]
  ) -> Bool {
    let firstCell = cells.count - columnCount
    var step = step
    while true {
      let start = step.place
      let piece = template.pieces[step.ordinal]
      guard let value = otherValue(piece, bytes, &step.place, &record, &appended) else {
        return false
      }
      if piece.column >= 0 { cells[firstCell + Int(piece.column)] = value }
      // What is nested may hold anything.
      if bytes[start] != ByteScanner.quote {
        lineFeeds += UInt32(ByteScanner.count(ByteScanner.lineFeed, in: bytes, start..<step.place))
      }
      step.ordinal += 1
      var room = cells.mutableSpan
      var own = room._mutatingExtracting(firstCell...)
      switch ByteScanner.follow(template, bytes, &step, into: &own, by: NativeBlock.self) {
      case .matched:
        end = step.place
        return isSound(bytes, record.start..<end)
      case .differs:
        return false
      case .value:
        continue
      }
    }
  }

  /// A value that is no plain string: one with escapes, a number, a word, or something nested; nil where it breaks the grammar.
  ///
  /// - Parameters:
  ///   - depth: how many objects and arrays are open around the record.
  ///   - firstPlace: the column whose cell is the record's first.
  private mutating func otherValue(
    _ piece: JSONTemplate.Piece, _ bytes: Span<UInt8>, _ place: inout Int,
    _ record: inout JSONRecord,
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
      } else if piece.column >= 0 {
        return try readValue(
          byte, bytes, &place, Int(piece.column) + firstPlace, depth: depth + Int(piece.depth),
          &record,
          &appended)
      } else {
        try syntax.skipValue(bytes, &place, depth: depth + Int(piece.depth))
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
    var step = ByteScanner.TemplateStep(place: place)
    while true {
      var all = lineCells.mutableSpan
      var own = all._mutatingExtracting(firstCell...)
      let outcome = ByteScanner.follow(template, bytes, &step, into: &own, by: NativeBlock.self)
      // A value that is too long is for the general reader to name.
      if outcome == .matched && step.place - place > terms.bounds.cellBytesMax { break }
      if outcome == .matched {
        place = step.place
        lineShape.hit()
        return true
      }
      let piece = template.pieces[step.ordinal]
      guard outcome == .value,
        let value = otherValue(
          piece, bytes, &step.place, &record, &appended, depth: 2, firstPlace: linePlaces[0])
      else { break }
      if piece.column >= 0 { lineCells[firstCell + Int(piece.column)] = value }
      step.ordinal += 1
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
