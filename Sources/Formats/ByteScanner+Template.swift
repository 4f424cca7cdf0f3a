/// A record held against a template: the inner loop of reading JSON.
import Orders

extension ByteScanner {
  /// How far a record followed its template.
  enum Following {
    /// To its end.
    case matched
    /// To a value that is no string without escapes.
    case value
    /// A byte between the values differs, or the chunk ends too soon.
    case differs
  }

  /// Follows the template from one of its pieces on, and writes down the values that are plain strings.
  ///
  /// - Parameters:
  ///   - place: the piece's place in the bytes; afterwards the record's end, or the first byte of the value that stopped it.
  ///   - ordinal: the piece; afterwards the one whose value stopped it.
  ///   - cells: the record's cells, by place of the column; those of other columns are left as they are.
  ///   - beyondASCII: gets bits where a value has bytes that are not ASCII: their soundness is not looked at here.
  @inline(__always)
  static func follow<Block: ByteBlock>(
    _ template: JSONTemplate, _ bytes: Span<UInt8>, _ place: inout Int, _ ordinal: inout Int,
    into cells: inout MutableSpan<Slice>, _ beyondASCII: inout UInt32, by: Block.Type
  ) -> Following {
    let pieces = template.pieces.span
    let text = template.text.span
    precondition(place >= 0 && ordinal >= 0 && ordinal < pieces.count)
    let nothing = Slice.nothing
    return bytes.withUnsafeBufferPointer { buffer in
      text.withUnsafeBufferPointer { literals in
        guard let base = buffer.baseAddress, let literals = literals.baseAddress else { return .differs }
        // Sound: both pointers live for this call. A piece's blocks and the block behind it lie below `count` by the check of
        // its reach, every further block by its own check; the template pads its text to whole blocks.
        let count = buffer.count
        let last = pieces.count &- 1
        var at = place
        var step = ordinal
        var beyond: UInt32 = 0
        defer {
          ordinal = step
          beyondASCII |= beyond
        }
        while true {
          let piece = pieces[step]
          if at &+ piece.reach > count { return .differs }
          let literal = literals + piece.start
          let first = Block(at: base + at).same(as: Block(at: literal))
          if first & piece.firstMask != piece.firstMask { return .differs }
          if piece.length > 16 {
            let second = Block(at: base + at + 16).same(as: Block(at: literal + 16))
            if second & piece.secondMask != piece.secondMask { return .differs }
            var done = 32
            while done < piece.length {
              if (base + at)[done] != literal[done] { return .differs }
              done &+= 1
            }
          }
          at &+= piece.length
          place = at
          if step == last { return .matched }
          if base[at] != quote { return .value }
          at &+= 1
          let start = at
          while true {
            let block = Block(at: base + at)
            let stop = block.stops
            let high = block.beyondASCII
            if stop != 0 {
              let length = stop.trailingZeroBitCount
              beyond |= high & ((1 &<< UInt32(truncatingIfNeeded: length)) &- 1)
              at &+= length
              break
            }
            beyond |= high
            at &+= 16
            if at &+ 16 > count { return .differs }
          }
          if base[at] != quote { return .value }
          if piece.place >= 0 { cells[piece.place] = nothing.moved(to: start, end: at) }
          at &+= 1
          place = at
          step &+= 1
        }
      }
    }
  }
}
