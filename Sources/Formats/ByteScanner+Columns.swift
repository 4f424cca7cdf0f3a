/// The cells of one column, row after row: the inner loops of binding.
///
/// A column is looked at for a run of up to 64 rows at once, so that what is asked of a cell is the same from one turn of the
/// loop to the next; what comes of it are bits, one for each row.
import Orders

extension ByteScanner {
  /// Where the cells of a column lie: that of row `i` of the run at `first + i * stride`.
  struct ColumnRun {
    var first: Int
    var stride: Int
    /// At most 64.
    var count: Int

    /// Bits of all its rows.
    @inline(__always)
    var all: UInt64 { count == 64 ? .max : (1 &<< UInt64(truncatingIfNeeded: count)) &- 1 }

    /// Do all its cells lie among so many?
    @inline(__always)
    func fits(_ cellCount: Int) -> Bool {
      first >= 0 && stride > 0 && count > 0 && count <= 64 && stride <= cellCount
        && first &+ (count &- 1) &* stride < cellCount
    }
  }

  /// What the cells of a run are, a bit for each row.
  struct ColumnBits {
    /// Nothing is there.
    var empty: UInt64 = 0
    /// Not to be told at a glance.
    var odd: UInt64 = 0
    /// Identifiers that do not begin with a digit.
    var worded: UInt64 = 0
  }

  /// By its first byte, bits of the lengths at which a cell may say that there is nothing; so may one that is 32 bytes longer.
  ///
  /// Blanks and control bytes make every length doubtful, for they would have to be taken off.
  static let doubtfulLengths: [UInt32] = (0..<256).map { head in
    switch UInt8(head) {
    case 0...32: .max
    case UInt8(ascii: "-"): 1 << 1
    // NA, N/A, null, None.
    case UInt8(ascii: "n"), UInt8(ascii: "N"): 1 << 2 | 1 << 3 | 1 << 4
    // A date of zeros, alone or with its clock.
    case UInt8(ascii: "0"): 1 << 10 | 1 << 19
    default: 0
    }
  }

  /// Is the cell, by its first byte, its length and its last byte, surely something as it stands?
  ///
  /// Sound only for a cell that is not empty and whose bytes may be read.
  @inline(__always)
  private static func isDoubtful(
    _ head: UInt8, _ length: Int, _ tail: UInt8, _ lengths: UnsafePointer<UInt32>
  ) -> Bool {
    lengths[Int(head)] &>> UInt32(truncatingIfNeeded: length) & 1 != 0 || tail <= 32
  }

  /// Looks at cells of free text: the odd ones may need trimming, or mean that there is nothing.
  ///
  /// - Parameter lengths: `doubtfulLengths`.
  @inline(never)
  static func passTexts(
    _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ run: ColumnRun, _ lengths: Span<UInt32>
  ) -> ColumnBits {
    precondition(run.fits(cells.count) && lengths.count == 256)
    let nothing = Slice.nothing
    return bytes.withUnsafeBufferPointer { buffer in
      cells.withUnsafeMutableBufferPointer { all in
        lengths.withUnsafeBufferPointer { lengths in
          // Sound: the pointers live for this call; the cells of the run lie among all cells, as was checked, and a byte is only read
          // after its cell was held against the count of the bytes.
          guard let base = buffer.baseAddress, let cells = all.baseAddress, let lengths = lengths.baseAddress
          else { return ColumnBits(odd: run.all) }
          let byteCount = buffer.count
          var bits = ColumnBits()
          var slot = cells + run.first
          var bit: UInt64 = 1
          for _ in 0..<run.count {
            let length = Int(slot.pointee.length)
            if length == 0 {
              slot.pointee = nothing
              bits.empty |= bit
            } else {
              let start = slot.pointee.start
              precondition(start &+ length <= byteCount)
              if isDoubtful(base[start], length, base[start &+ length &- 1], lengths) { bits.odd |= bit }
            }
            slot += run.stride
            bit = bit &<< 1
          }
          return bits
        }
      }
    }
  }

  /// Looks at identifiers: the odd ones may need trimming, may mean that there is nothing, or may be unsound.
  ///
  /// - Parameter bytesMax: longer ones are odd; so are those of more than 32 bytes.
  @inline(never)
  static func passKeys(
    _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ run: ColumnRun, _ lengths: Span<UInt32>,
    bytesMax: Int
  ) -> ColumnBits {
    passKeys(bytes, &cells, run, lengths, bytesMax: bytesMax, by: NativeBlock.self)
  }

  @inline(__always)
  static func passKeys<Block: ByteBlock>(
    _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ run: ColumnRun, _ lengths: Span<UInt32>,
    bytesMax: Int, by: Block.Type
  ) -> ColumnBits {
    precondition(run.fits(cells.count) && lengths.count == 256)
    let nothing = Slice.nothing
    return bytes.withUnsafeBufferPointer { buffer in
      cells.withUnsafeMutableBufferPointer { all in
        lengths.withUnsafeBufferPointer { lengths in
          guard let base = buffer.baseAddress, let cells = all.baseAddress, let lengths = lengths.baseAddress
          else { return ColumnBits(odd: run.all) }
          // Sound: as for texts; and both blocks of a cell are only looked at where 32 bytes may be read from its start.
          let byteCount = buffer.count
          let lengthMax = min(bytesMax, 32)
          var bits = ColumnBits()
          var slot = cells + run.first
          var bit: UInt64 = 1
          for _ in 0..<run.count {
            let length = Int(slot.pointee.length)
            let start = slot.pointee.start
            if length == 0 {
              slot.pointee = nothing
              bits.empty |= bit
            } else if length > lengthMax || start &+ 32 > byteCount {
              precondition(start &+ length <= byteCount)
              bits.odd |= bit
            } else {
              let pointer = base + start
              let head = pointer[0]
              let own: UInt64 = (1 &<< UInt64(truncatingIfNeeded: length)) &- 1
              let block = Block(at: pointer)
              if head &- 48 <= 9 {
                // Digits are no control bytes, and say something; what begins with one and goes on otherwise may be a number that a
                // spreadsheet made.
                var others = ~UInt64(block.digits)
                if length > 16 { others = ~UInt64(block.digits | Block(at: pointer + 16).digits &<< 16) }
                if others & own != 0 { bits.odd |= bit }
              } else {
                bits.worded |= bit
                let tail = Block(at: pointer + 16)
                var wrong = UInt64(block.unprintables | tail.unprintables &<< 16)
                // Formulas and numbers below zero.
                if head == UInt8(ascii: "=") || head == UInt8(ascii: "-") { wrong = .max }
                if wrong & own != 0 || isDoubtful(head, length, pointer[length &- 1], lengths) {
                  bits.odd |= bit
                }
              }
            }
            slot += run.stride
            bit = bit &<< 1
          }
          return bits
        }
      }
    }
  }

  /// Reads the numbers that identifiers of digits alone spell into their rows, 0 where one may not fit 64 bits.
  ///
  /// - Parameter wanted: bits of the rows.
  @inline(never)
  static func passNumbers(
    _ bytes: Span<UInt8>, _ cells: Span<Slice>, _ run: ColumnRun, _ wanted: UInt64,
    into rows: inout MutableSpan<RowBatch.Row>, from firstRow: Int
  ) {
    precondition(run.fits(cells.count) && firstRow >= 0 && firstRow &+ run.count <= rows.count)
    var wanted = wanted & run.all
    bytes.withUnsafeBufferPointer { buffer in
      cells.withUnsafeBufferPointer { cells in
        rows.withUnsafeMutableBufferPointer { rows in
          // Sound: the pointers live for this call, the cells and rows of the run lie among them all, as was checked, and so is each cell
          // against the count of the bytes.
          guard let base = buffer.baseAddress, let cells = cells.baseAddress, let rows = rows.baseAddress
          else { return }
          while wanted != 0 {
            let step = wanted.trailingZeroBitCount
            wanted &= wanted &- 1
            let cell = cells[run.first &+ step &* run.stride]
            precondition(cell.end <= buffer.count)
            rows[firstRow &+ step].scanNumber = number(base + cell.start, length: Int(cell.length)) ?? 0
          }
        }
      }
    }
  }
}
