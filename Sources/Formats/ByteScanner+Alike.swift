/// Records held against a template one after the other, and written down in place.
import Orders

extension ByteScanner {
  /// How far reading of records alike has come.
  struct AlikeCursor {
    /// Where the next record begins, or what separates it from the one before.
    var place: Int
    /// The number of the last record.
    var number: UInt32
    /// The physical line of the byte at `linePlace`.
    var line: UInt32
    var linePlace: Int
    /// What separates the last record from the next.
    var separator = Separator.passed
    /// Where the record stands that was not taken; its cells are the last ones.
    var step: TemplateStep?

    enum Separator { case missing, comma, passed }
  }

  /// Takes records that follow the template and have nothing but plain values.
  ///
  /// - Parameters:
  ///   - isLines: each record is a line; else a comma separates them.
  ///   - bytesMax: no longer record is taken.
  /// - Returns: `matched` where no further record begins here, or room has run out; else how the record at the cursor's place
  ///   followed. Where that was as far as a value, its cells stand behind those of the rows.
  static func followRecords<Block: ByteBlock>(
    _ template: JSONTemplate, _ habits: inout [JSONTemplate.Habit], _ bytes: Span<UInt8>,
    columnCount: Int,
    isLines: Bool, bytesMax: Int, _ cursor: inout AlikeCursor, into room: inout RecordRoom,
    by: Block.Type
  ) -> Following {
    precondition(cursor.place >= 0 && template.columnsEnd <= columnCount)
    precondition(habits.count == template.pieces.count)
    if cursor.place >= bytes.count { return .matched }
    // A record has the template's own bytes at least.
    let recordsMax = (bytes.count &- cursor.place) / template.bytesLeast &+ 1
    var own = cursor
    var outcome = Following.matched
    room.fill(recordsMax, columnCount) { cells, rows in
      template.withPointers(&habits) { pieces, text, habits in
        bytes.withUnsafeBufferPointer { buffer in
          // Sound: the pointers live for this call, a row of cells takes all columns of the template, and every read lies below the
          // count.
          guard let base = buffer.baseAddress else { return (0, 0) }
          let count = buffer.count
          let nothing = Slice.nothing
          var row = RowBatch.Row(number: 0, line: 0, raw: nothing)
          var cells = cells
          var records = 0
          while records < recordsMax, own.place < count, base[own.place] == UInt8(ascii: "{") {
            var step = TemplateStep(place: own.place)
            outcome = follow(pieces, habits, text, base, count, &step, cells, by: Block.self)
            if outcome != .matched {
              own.step = step
              if outcome == .differs { return (records, records) }
              for piece in pieces[step.ordinal...] where piece.column >= 0 {
                cells[Int(piece.column)] = nothing
              }
              for column in template.absent(of: columnCount) { cells[column] = nothing }
              return (records, records &+ 1)
            }
            let end = step.place
            var behind = end
            var length = end &- own.place
            if isLines {
              if behind < count, base[behind] == carriageReturn { behind &+= 1 }
              // A line is measured up to its line feed.
              length = behind &- own.place
              if behind >= count || base[behind] != lineFeed { length = .max }
              behind &+= 1
            }
            if length > bytesMax || step.isBeyondASCII && !isSound(bytes, own.place..<end) {
              outcome = .differs
              return (records, records)
            }
            for column in template.absent(of: columnCount) { cells[column] = nothing }
            own.number &+= 1
            row.number = own.number
            row.line = own.line
            row.raw = nothing.moved(to: own.place, end: end)
            (rows + records).initialize(to: row)
            records &+= 1
            cells += columnCount
            own.place = behind
            own.pass(isLines ? 1 : template.lineFeeds, to: behind)
            if !isLines {
              own.passSeparator(base, count)
              if own.separator != .passed { break }
            }
          }
          return (records, records)
        }
      }
    }
    cursor = own
    return outcome
  }

  private static func isSound(_ bytes: Span<UInt8>, _ record: Range<Int>) -> Bool {
    firstUnsound(bytes.extracting(record), from: 0) == record.count
  }
}

extension ByteScanner.AlikeCursor {
  /// A file of more lines than can be counted is not our end: the last number stands for all that follow.
  @inline(__always)
  mutating func pass(_ lineFeeds: UInt32, to place: Int) {
    line = line > .max - lineFeeds ? .max : line &+ lineFeeds
    linePlace = place
  }

  /// Passes the comma behind a record of an array, to where the next record begins, or as far as that has arrived.
  ///
  /// Sound where `count` bytes may be read.
  @inline(__always)
  fileprivate mutating func passSeparator(_ base: UnsafePointer<UInt8>, _ count: Int) {
    // A line for each record is what nearly every writer of arrays makes of them.
    if place &+ 2 < count, base[place] == UInt8(ascii: ","), base[place + 1] == ByteScanner.lineFeed,
      base[place + 2] == UInt8(ascii: "{")
    {
      pass(1, to: place &+ 2)
      place &+= 2
      separator = .passed
      return
    }
    separator = .missing
    var lineFeeds: UInt32 = 0
    var next = ByteScanner.AlikeCursor.skipBlanks(base, from: place, count, &lineFeeds)
    guard next < count, base[next] == UInt8(ascii: ",") else { return }
    next &+= 1
    place = next
    separator = .comma
    next = ByteScanner.AlikeCursor.skipBlanks(base, from: next, count, &lineFeeds)
    guard next < count else { return }
    pass(lineFeeds, to: next)
    place = next
    separator = .passed
  }

  @inline(__always)
  private static func skipBlanks(
    _ base: UnsafePointer<UInt8>, from start: Int, _ count: Int, _ lineFeeds: inout UInt32
  ) -> Int {
    var place = start
    while place < count {
      let byte = base[place]
      if byte > 32 || byte != 32 && byte != 10 && byte != 13 && byte != 9 { return place }
      if byte == ByteScanner.lineFeed { lineFeeds &+= 1 }
      place &+= 1
    }
    return place
  }
}
