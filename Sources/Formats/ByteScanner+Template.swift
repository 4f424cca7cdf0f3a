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
          guard let base = buffer.baseAddress, let cells = cells.baseAddress else {
            return Following.differs
          }
          return follow(pieces, text, base, buffer.count, &own, cells, by: Block.self)
        }
      }
    }
    step = own
    return outcome
  }

  /// Follows the template piece by piece, and asks of each value what it is.
  ///
  /// Sound where `count` bytes may be read and the columns of the pieces are places among the cells: a piece's blocks and the block
  /// behind it lie below the count by the check of its reach, every further block by its own check; the template pads its text to
  /// whole blocks.
  static func follow<Block: ByteBlock>(
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
      let quotes = Int(piece.pointee.lead &+ piece.pointee.tail)
      let length = Int(piece.pointee.length) &- quotes
      let literal = text + Int(piece.pointee.start) + Int(piece.pointee.lead)
      let same = Block(at: base + at).same(as: Block(at: literal))
      if ~same & JSONTemplate.mask(length) != 0 { return .differs }
      if length > 16 {
        let more = Block(at: base + at + 16).same(as: Block(at: literal + 16))
        if ~more & JSONTemplate.mask(length &- 16) != 0 { return .differs }
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

  /// Follows the template from its beginning as the records before did: with strings where they had strings, which are as long as theirs
  /// where theirs were all of one length, so that where a value ends need not be waited for. From where a record is another it is
  /// followed piece by piece.
  ///
  /// Sound as that is; there is a habit for each piece.
  @inline(__always)
  static func follow<Block: ByteBlock>(
    _ pieces: UnsafeBufferPointer<JSONTemplate.Piece>,
    _ habits: UnsafeMutablePointer<JSONTemplate.Habit>,
    _ text: UnsafePointer<UInt8>, _ base: UnsafePointer<UInt8>, _ count: Int,
    _ step: inout TemplateStep,
    _ cells: UnsafeMutablePointer<Slice>, by: Block.Type
  ) -> Following {
    guard let first = pieces.baseAddress else { return .differs }
    let nothing = Slice.nothing
    let last = first + (pieces.count &- 1)
    var piece = first
    var habit = habits
    var at = step.place
    var value = at
    var seen = Block(at: text)
    defer { if seen.beyondASCII != 0 { step.isBeyondASCII = true } }
    while true {
      if at &+ Int(piece.pointee.reach) > count { return .differs }
      let literal = text + Int(piece.pointee.start)
      let length = Int(piece.pointee.length)
      var differs = ~Block(at: base + at).same(as: Block(at: literal)) & piece.pointee.firstMask
      if length > 16 {
        differs |=
          ~Block(at: base + at + 16).same(as: Block(at: literal + 16)) & piece.pointee.secondMask
        var done = 32
        while done < length {
          if (base + at)[done] != literal[done] { differs = 1 }
          done &+= 1
        }
      }
      if differs != 0 {
        if piece.pointee.lead != 0 && base[at] != quote {
          // The value before it ends with an escape, or with what may not be there.
          step.ordinal = piece - first &- 1
          step.place = value
          return .value
        }
        at &+= Int(piece.pointee.lead)
        break
      }
      at &+= length
      if piece == last {
        step.place = at
        step.ordinal = piece - first
        return .matched
      }
      var end = at
      if piece.pointee.tail != 0 {
        value = at &- 1
        let foreseen = Int(habit.pointee.length)
        let block = Block(at: base + at)
        var stop = block.stops
        seen = seen.joined(with: block)
        if foreseen < 16 {
          if stop.trailingZeroBitCount == foreseen {
            end = at &+ foreseen
          } else {
            habit.pointee.misses &+= 1
            stop = block.stops
            if stop != 0 { end = at &+ stop.trailingZeroBitCount }
          }
        } else {
          if at &+ 32 > count { return .differs }
          let next = Block(at: base + at + 16)
          seen = seen.joined(with: next)
          stop |= next.stops &<< 16
          if stop.trailingZeroBitCount == foreseen {
            end = at &+ foreseen
          } else {
            if foreseen < 32 { habit.pointee.misses &+= 1 }
            end = at &+ stop.trailingZeroBitCount
          }
        }
        if stop == 0 {
          end = at
          while stop == 0 {
            end &+= 16
            if end &+ 16 > count { return .differs }
            let block = Block(at: base + end)
            stop = block.stops
            seen = seen.joined(with: block)
          }
          end &+= stop.trailingZeroBitCount
        }
      } else {
        end = wholeNumberEnd(base, from: at, count)
        if end == at {
          if base[at] != quote {
            step.ordinal = piece - first
            step.place = at
            return .value
          }
          at = at &- length &+ Int(piece.pointee.lead)
          break
        }
      }
      let column = Int(piece.pointee.column)
      if column >= 0 { cells[column] = nothing.moved(to: at, end: end) }
      at = end
      piece += 1
      habit += 1
    }
    step.place = at
    step.ordinal = piece - first
    return follow(pieces, text, base, count, &step, cells, by: Block.self)
  }

  /// Where a whole number of at most eighteen digits ends that stands as it is; `start` where there is none, or not surely.
  @inline(__always)
  private static func wholeNumberEnd(_ base: UnsafePointer<UInt8>, from start: Int, _ count: Int)
    -> Int
  {
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
}

extension JSONTemplate {
  /// The same, and the habits.
  @inline(__always)
  func withPointers<Answer>(
    _ habits: inout [Habit],
    _ body: (UnsafeBufferPointer<Piece>, UnsafePointer<UInt8>, UnsafeMutablePointer<Habit>) ->
      Answer
  ) -> Answer {
    habits.withUnsafeMutableBufferPointer { habits in
      withPointers { pieces, text in
        guard let habits = habits.baseAddress else { preconditionFailure("a shape without pieces") }
        return body(pieces, text, habits)
      }
    }
  }

  /// Lends its pieces and its text; the text is never empty.
  @inline(__always)
  func withPointers<Answer>(
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
