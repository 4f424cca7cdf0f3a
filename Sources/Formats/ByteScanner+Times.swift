/// Times of one day: in most files nearly every row falls on the day of the row before.
import Orders

extension ByteScanner {
  /// The last day that was read in a spelling of ten bytes, blank or `T`, and `HH:MM:SS`, and the instant at which its clock showed 00:00:00.
  struct KnownDay {
    fileprivate var yearAndMonth: UInt64 = 0
    /// With the blank or `T` behind it; no three bytes where no day is known.
    fileprivate var day: UInt32 = .max
    fileprivate var midnight: Int64 = 0

    init() {}
  }

  /// Reads the times of the known day; those of any other spelling or day are odd.
  ///
  /// - Parameter isKept: are they the times of their rows?
  @inline(never)
  static func passTimes(
    _ bytes: Span<UInt8>, _ cells: inout MutableSpan<Slice>, _ run: ColumnRun, on known: KnownDay,
    into rows: inout MutableSpan<RowBatch.Row>, from firstRow: Int, isKept: Bool
  ) -> ColumnBits {
    precondition(run.fits(cells.count) && firstRow >= 0 && firstRow &+ run.count <= rows.count)
    let nothing = Slice.nothing
    return bytes.withUnsafeBufferPointer { buffer in
      cells.withUnsafeMutableBufferPointer { all in
        rows.withUnsafeMutableBufferPointer { rows in
          // Sound: the pointers live for this call, the cells and rows of the run lie among them all, as was checked, and the words of a
          // cell are read where its nineteen bytes lie below the count.
          guard let base = buffer.baseAddress, let cells = all.baseAddress, let rows = rows.baseAddress
          else { return ColumnBits(odd: run.all) }
          let lastStart = buffer.count &- 19
          var bits = ColumnBits()
          var slot = cells + run.first
          var row = rows + firstRow
          var bit: UInt64 = 1
          for _ in 0..<run.count {
            let start = slot.pointee.start
            if slot.pointee.length == 19, start <= lastStart {
              let (yearAndMonth, day, clock) = words(base + start)
              let passed = milliseconds(ofClock: clock)
              if yearAndMonth != known.yearAndMonth || day != known.day || passed < 0 {
                bits.odd |= bit
              } else if isKept {
                row.pointee.time = Timestamp(milliseconds: known.midnight &+ passed)
              }
            } else if slot.pointee.isEmpty {
              slot.pointee = nothing
              bits.empty |= bit
            } else {
              bits.odd |= bit
            }
            slot += run.stride
            row += 1
            bit = bit &<< 1
          }
          return bits
        }
      }
    }
  }

  /// Takes on the day of a cell that was read as this instant, where it has that spelling.
  ///
  /// To be called only where every day of the zone is as long as its clock says.
  static func learn(_ time: Timestamp, _ bytes: Span<UInt8>, _ cell: Slice, _ known: inout KnownDay) {
    guard let (yearAndMonth, day, clock) = words(bytes, cell) else { return }
    let passed = milliseconds(ofClock: clock)
    let separator = UInt8(truncatingIfNeeded: day >> 16)
    if passed < 0 || separator != 32 && separator != UInt8(ascii: "T") { return }
    known.yearAndMonth = yearAndMonth
    known.day = day
    known.midnight = time.milliseconds - passed
  }

  /// The parts of nineteen bytes: `YYYY-MM-`, `DD` with what separates it, `HH:MM:SS`, the first byte of each lowest.
  @inline(__always)
  private static func words(_ bytes: Span<UInt8>, _ cell: Slice) -> (UInt64, UInt32, UInt64)? {
    guard cell.length == 19, cell.end <= bytes.count else { return nil }
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      // Sound: the nineteen bytes lie below the count.
      return words(base + cell.start)
    }
  }

  /// Sound only where nineteen bytes may be read: all three words lie within them.
  @inline(__always)
  private static func words(_ text: UnsafePointer<UInt8>) -> (UInt64, UInt32, UInt64) {
    let raw = UnsafeRawPointer(text)
    let day = UInt32(littleEndian: (raw + 8).loadUnaligned(as: UInt32.self)) & 0xFF_FFFF
    return (
      UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)), day,
      UInt64(littleEndian: (raw + 11).loadUnaligned(as: UInt64.self))
    )
  }

  /// Milliseconds that `HH:MM:SS` shows, -1 for anything else.
  ///
  /// After the exclusive or with `00:00:00` every digit is its own value and every sign is zero.
  @inline(__always)
  private static func milliseconds(ofClock word: UInt64) -> Int64 {
    let clock = word ^ 0x3030_3A30_303A_3030
    // A value above 9 reaches the high half of its byte, by itself or with 6 added; a sign must leave nothing at all.
    if (clock | (clock &+ 0x0606_0006_0600_0606)) & 0xF0F0_FFF0_F0FF_F0F0 != 0 { return -1 }
    // Tens and ones are put together in the bytes of the tens; what lies between says nothing.
    let pairs = (clock &* 10 &+ clock &>> 8) & 0x00FF_0000_FF00_00FF
    // Hours above 23, minutes and seconds above 59 reach the top bit of their byte.
    if (pairs &+ 0x0044_0000_4400_0068) & 0x0080_0000_8000_0080 != 0 { return -1 }
    let (hour, minute, second) = (pairs & 0xFF, pairs &>> 24 & 0xFF, pairs &>> 48)
    return Int64(truncatingIfNeeded: hour &* 3_600_000 &+ minute &* 60_000 &+ second &* 1000)
  }
}
