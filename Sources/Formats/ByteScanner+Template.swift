/// Records held against a template: the inner loop of reading JSON.
import Orders

extension ByteScanner {
  /// How far a record followed its template.
  enum Following {
    /// To its end.
    case matched
    /// To a value that is neither a string without escapes nor a plain whole number.
    case value
    /// A byte between the values differs, or the chunk ends too soon.
    case differs
  }

  /// Where a record stands that is held against a template.
  struct TemplateStep {
    /// The next piece's place in the bytes; the record's end where it matched, or the first byte of the value that stopped it.
    var place: Int
    /// The piece; the one whose value stopped it.
    var ordinal = 0
    /// Has a byte been seen that is not ASCII, in a value or close behind one? Its soundness is not looked at here.
    var isBeyondASCII = false
  }

  /// Follows the template from one of its pieces on, and writes down the values that are plain.
  ///
  /// - Parameter cells: the record's cells, by place of the column; those of other columns are left as they are.
  static func follow<Block: ByteBlock>(
    _ template: JSONTemplate, _ bytes: Span<UInt8>, _ step: inout TemplateStep,
    into cells: inout MutableSpan<Slice>, by: Block.Type
  ) -> Following {
    precondition(step.place >= 0 && step.ordinal >= 0 && step.ordinal < template.pieces.count)
    precondition(template.columnsEnd <= cells.count)
    var own = step
    let outcome = template.withPointers { pieces, text in
      bytes.withUnsafeBufferPointer { buffer in
        cells.withUnsafeMutableBufferPointer { cells in
          // Sound: the pointers live for this call, and the places of the template's columns lie among the cells.
          guard let base = buffer.baseAddress, let cells = cells.baseAddress else { return Following.differs }
          return follow(pieces, text, base, buffer.count, &own, cells, by: Block.self)
        }
      }
    }
    step = own
    return outcome
  }

  /// Sound where `count` bytes may be read and the columns of the pieces are places among the cells: a piece's blocks and the block
  /// behind it lie below the count by the check of its reach, every further block by its own check; the template pads its text to
  /// whole blocks.
  @inline(__always)
  private static func follow<Block: ByteBlock>(
    _ pieces: UnsafeBufferPointer<JSONTemplate.Piece>, _ text: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>, _ count: Int, _ step: inout TemplateStep,
    _ cells: UnsafeMutablePointer<Slice>, by: Block.Type
  ) -> Following {
    guard let first = pieces.baseAddress else { return .differs }
    let nothing = Slice.nothing
    let last = first + (pieces.count &- 1)
    var piece = first + step.ordinal
    var at = step.place
    // What is not ASCII only has to be noticed: the whole record is looked at then.
    var seen = Block(at: text)
    defer {
      step.place = at
      step.ordinal = piece - first
      if seen.beyondASCII != 0 { step.isBeyondASCII = true }
    }
    while true {
      if at &+ Int(piece.pointee.reach) > count { return .differs }
      let literal = text + Int(piece.pointee.start)
      let length = Int(piece.pointee.length)
      if ~Block(at: base + at).same(as: Block(at: literal)) & piece.pointee.firstMask != 0 { return .differs }
      if length > 16 {
        if ~Block(at: base + at + 16).same(as: Block(at: literal + 16)) & piece.pointee.secondMask != 0 {
          return .differs
        }
        var done = 32
        while done < length {
          if (base + at)[done] != literal[done] { return .differs }
          done &+= 1
        }
      }
      at &+= length
      if piece == last { return .matched }
      var start = at
      var end: Int
      if base[at] == quote {
        start &+= 1
        end = start
        while true {
          let block = Block(at: base + end)
          let stop = block.stops
          seen = seen.joined(with: block)
          if stop != 0 {
            end &+= stop.trailingZeroBitCount
            break
          }
          end &+= 16
          if end &+ 16 > count { return .differs }
        }
        if base[end] != quote { return .value }
        at = end &+ 1
      } else {
        end = wholeNumberEnd(base, from: at, count)
        if end == at { return .value }
        at = end
      }
      let column = Int(piece.pointee.column)
      if column >= 0 { cells[column] = nothing.moved(to: start, end: end) }
      piece += 1
    }
  }

  /// Where a whole number of at most eighteen digits ends that stands as it is; `start` where there is none, or not surely.
  @inline(__always)
  private static func wholeNumberEnd(_ base: UnsafePointer<UInt8>, from start: Int, _ count: Int) -> Int {
    if base[start] &- 48 > 9 { return start }
    var end = start &+ 1
    while end < count, base[end] &- 48 <= 9 { end &+= 1 }
    if base[start] == UInt8(ascii: "0") && end > start &+ 1 { return start }
    guard end < count, end &- start <= 18 else { return start }
    let byte = base[end]
    let isEnd =
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == 32 || byte == lineFeed
      || byte == carriageReturn || byte == 9
    return isEnd ? end : start
  }

  // MARK: - Record after record

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
    _ template: JSONTemplate, _ bytes: Span<UInt8>, columnCount: Int, isLines: Bool, bytesMax: Int,
    _ cursor: inout AlikeCursor, into room: inout RecordRoom, by: Block.Type
  ) -> Following {
    precondition(cursor.place >= 0 && template.columnsEnd <= columnCount)
    if cursor.place >= bytes.count { return .matched }
    // A record has the template's own bytes at least.
    let recordsMax = (bytes.count &- cursor.place) / template.bytesLeast &+ 1
    var own = cursor
    var outcome = Following.matched
    room.fill(recordsMax, columnCount, 0) { cells, _, rows in
      template.withPointers { pieces, text in
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
            outcome = follow(pieces, text, base, count, &step, cells, by: Block.self)
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

extension JSONTemplate {
  /// Lends its pieces and its text; the text is never empty.
  @inline(__always)
  fileprivate func withPointers<Answer>(
    _ body: (UnsafeBufferPointer<Piece>, UnsafePointer<UInt8>) -> Answer
  ) -> Answer {
    pieces.withUnsafeBufferPointer { pieces in
      text.withUnsafeBufferPointer { text in
        guard let text = text.baseAddress else { preconditionFailure("a shape without bytes") }
        return body(pieces, text)
      }
    }
  }
}
