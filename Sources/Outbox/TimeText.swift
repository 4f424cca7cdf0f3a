// Time text is an instant as the answers show it: ISO 8601 with the partner's offset.

import Files
import Orders

/// Writes instants in one zone, millions of them, most on a day that was written before.
///
/// The bytes are those of `Timestamp.appendISO8601`. Where the zone has one offset, the dates of the last days written are
/// kept and only the clock is worked out; fractions of a second and any other zone are left to that function.
struct TimeText {
  private let zone: Zone
  /// Nil where the zone has several.
  private let offsetMilliseconds: Int64?
  /// What stands behind the clock: `+05:30`, the first byte lowest.
  private var offset: UInt64 = 0
  /// Days since 1970 whose dates are kept, each at its number modulo `daysKept`.
  private var days = [Int64](repeating: .min, count: daysKept)
  /// `2025-01-04T`, the first byte lowest.
  private var dates = [UInt128](repeating: 0, count: daysKept)
  /// The last instant written.
  private var last = ShortWord("")
  private var lastTime: Int64?

  private static let daysKept = 64
  private static let dateBytes = 11
  private static let clockBytes = 8

  init(zone: Zone) {
    self.zone = zone
    let isWholeMinutes = zone.changes[0].offsetSeconds % 60 == 0
    offsetMilliseconds =
      zone.changes.count == 1 && isWholeMinutes ? Int64(zone.changes[0].offsetSeconds) * 1000 : nil
    var bytes: [UInt8] = []
    Timestamp(milliseconds: 0).appendISO8601(in: zone, to: &bytes)
    for byte in bytes[(TimeText.dateBytes + TimeText.clockBytes)...].reversed() {
      offset = offset << 8 | UInt64(byte)
    }
  }

  mutating func append(_ time: Timestamp, to text: inout AnswerText) {
    let word = word(of: time)
    _ = text.appendLine(upTo: ShortWord.bytesMax) { $0.put(word) }
  }

  /// The instant's text.
  mutating func word(of time: Timestamp) -> ShortWord {
    // Events of one second stand together.
    if time.milliseconds != lastTime { write(time) }
    return last
  }

  private mutating func write(_ time: Timestamp) {
    lastTime = time.milliseconds
    guard let offsetMilliseconds else { return writeAnew(time) }
    let local = time.milliseconds + offsetMilliseconds
    let day = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    let ofDay = UInt32(truncatingIfNeeded: local - day * 86_400_000)
    let second = ofDay / 1000
    // The offset is whole minutes, so fractions of a second are those of the instant.
    if ofDay != second * 1000 { return writeAnew(time) }
    let slot = Int(truncatingIfNeeded: day & Int64(TimeText.daysKept - 1))
    if days[slot] != day { keepDate(of: day, at: slot, time) }
    let clock = SixteenDigits.eight(second / 3600 * 1_000_000 + second / 60 % 60 * 1000 + second % 60)
    // The two zeros between the numbers make room for their colons.
    let digits = clock | 0x3030_3A30_303A_3030
    let date = dates[slot]
    last = ShortWord(
      date | UInt128(digits) << 88, UInt128(digits >> 40) | UInt128(offset) << 24,
      count: TimeText.dateBytes + TimeText.clockBytes + 6)
  }

  private mutating func writeAnew(_ time: Timestamp) {
    var bytes: [UInt8] = []
    time.appendISO8601(in: zone, to: &bytes)
    guard let word = ShortWord(bytes.span) else { preconditionFailure("a time has 29 bytes at most") }
    last = word
  }

  private mutating func keepDate(of day: Int64, at slot: Int, _ time: Timestamp) {
    var bytes: [UInt8] = []
    time.appendISO8601(in: zone, to: &bytes)
    dates[slot] = bytes[..<TimeText.dateBytes].reversed().reduce(0) { $0 << 8 | UInt128($1) }
    days[slot] = day
  }
}
