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

  /// Reads a time of the known day; nil for any other spelling or day.
  @inline(__always)
  static func time(_ bytes: Span<UInt8>, _ cell: Slice, on known: KnownDay) -> Timestamp? {
    guard let (yearAndMonth, day, clock) = words(bytes, cell), yearAndMonth == known.yearAndMonth,
      day == known.day
    else { return nil }
    let passed = milliseconds(ofClock: clock)
    return passed < 0 ? nil : Timestamp(milliseconds: known.midnight &+ passed)
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
      // Sound: all three words lie within the nineteen bytes, which lie below the count.
      let raw = UnsafeRawPointer(base + cell.start)
      let day = UInt32(littleEndian: (raw + 8).loadUnaligned(as: UInt32.self)) & 0xFF_FFFF
      return (
        UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)), day,
        UInt64(littleEndian: (raw + 11).loadUnaligned(as: UInt64.self))
      )
    }
  }

  /// Milliseconds that `HH:MM:SS` shows, -1 for anything else.
  ///
  /// After the exclusive or with `00:00:00` every digit is its own value and every sign is zero.
  @inline(__always)
  private static func milliseconds(ofClock word: UInt64) -> Int64 {
    let clock = word ^ 0x3030_3A30_303A_3030
    // A value above 9 reaches the high half of its byte, by itself or with 6 added; a sign must leave nothing at all.
    if (clock | (clock &+ 0x0606_0006_0600_0606)) & 0xF0F0_FFF0_F0FF_F0F0 != 0 { return -1 }
    let hour = (clock & 0xF) &* 10 &+ clock &>> 8 & 0xF
    let minute = (clock &>> 24 & 0xF) &* 10 &+ clock &>> 32 & 0xF
    let second = (clock &>> 48 & 0xF) &* 10 &+ clock &>> 56
    if hour > 23 || minute > 59 || second > 59 { return -1 }
    return Int64(truncatingIfNeeded: (hour &* 60 &+ minute) &* 60 &+ second) &* 1000
  }
}
