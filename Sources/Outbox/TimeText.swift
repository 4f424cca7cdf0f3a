// Time text is an instant as the answers show it: ISO 8601 with the partner's offset.

import Orders

/// Writes instants in one zone, millions of them, most on a day that was written before.
///
/// The bytes are those of `Timestamp.appendISO8601`. Where the zone has one offset, the dates of the last days written are
/// kept and only the clock is worked out; fractions of a second and any other zone are left to that function.
struct TimeText {
  private let zone: Zone
  /// Nil where the zone has several.
  private let offsetMilliseconds: Int64?
  /// Days since 1970 whose dates are kept, each at its number modulo `daysKept`.
  private var days = [Int64](repeating: .min, count: daysKept)
  private var dates = [UInt8](repeating: 0, count: daysKept * dateBytes)
  /// The last instant written; the next one overwrites its date and clock.
  private var last: [UInt8] = []
  private var lastDay = Int64.min
  private var lastTime = Int64.min

  private static let daysKept = 64
  private static let dateBytes = 11

  init(zone: Zone) {
    self.zone = zone
    let isWholeMinutes = zone.changes[0].offsetSeconds % 60 == 0
    offsetMilliseconds =
      zone.changes.count == 1 && isWholeMinutes ? Int64(zone.changes[0].offsetSeconds) * 1000 : nil
    if offsetMilliseconds != nil { Timestamp(milliseconds: 0).appendISO8601(in: zone, to: &last) }
  }

  mutating func append(_ time: Timestamp, to text: inout AnswerText) {
    // Events of one second stand together.
    if time.milliseconds == lastTime { return text.append(last.span) }
    guard let offsetMilliseconds, time.milliseconds % 1000 == 0 else { return appendAnew(time, to: &text) }
    let local = time.milliseconds + offsetMilliseconds
    let day = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    if day != lastDay { useDate(of: day, time) }
    let second = UInt32(truncatingIfNeeded: (local - day * 86_400_000) / 1000)
    put(second / 3600, at: 11)
    put(second / 60 % 60, at: 14)
    put(second % 60, at: 17)
    lastTime = time.milliseconds
    text.append(last.span)
  }

  private func appendAnew(_ time: Timestamp, to text: inout AnswerText) {
    var bytes: [UInt8] = []
    time.appendISO8601(in: zone, to: &bytes)
    text.append(bytes)
  }

  private mutating func useDate(of day: Int64, _ time: Timestamp) {
    let slot = Int(day & Int64(TimeText.daysKept - 1))
    let start = slot * TimeText.dateBytes
    if days[slot] != day {
      var bytes: [UInt8] = []
      time.appendISO8601(in: zone, to: &bytes)
      for place in 0..<TimeText.dateBytes { dates[start + place] = bytes[place] }
      days[slot] = day
    }
    for place in 0..<TimeText.dateBytes { last[place] = dates[start + place] }
    lastDay = day
  }

  private mutating func put(_ value: UInt32, at place: Int) {
    last[place] = UInt8(truncatingIfNeeded: 48 + value / 10)
    last[place + 1] = UInt8(truncatingIfNeeded: 48 + value % 10)
  }
}
