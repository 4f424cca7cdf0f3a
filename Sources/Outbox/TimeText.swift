// Time text is an instant as the answers show it: ISO 8601 with the partner's offset.

import Orders

/// Writes instants in one zone, millions of them, most on a day that was written before.
///
/// The bytes are those of `Timestamp.appendISO8601`. Where the zone has one offset, the date of the last day written is
/// kept; any other zone is left to that function.
struct TimeText {
  private let zone: Zone
  private let offsetMilliseconds: Int64?
  private let offsetText: [UInt8]
  private var day = Int64.min
  private var dayText: [UInt8] = []

  init(zone: Zone) {
    self.zone = zone
    let offset = Int(zone.changes[0].offsetSeconds)
    offsetMilliseconds = zone.changes.count == 1 ? Int64(offset) * 1000 : nil
    var text: [UInt8] = [UInt8(ascii: offset < 0 ? "-" : "+")]
    text.appendTwoDigits(abs(offset) / 3600)
    text.append(UInt8(ascii: ":"))
    text.appendTwoDigits(abs(offset) / 60 % 60)
    offsetText = text
  }

  mutating func append(_ time: Timestamp, to bytes: inout [UInt8]) {
    guard let offsetMilliseconds else { return time.appendISO8601(in: zone, to: &bytes) }
    let local = time.milliseconds + offsetMilliseconds
    let day = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    if day != self.day {
      var text: [UInt8] = []
      time.appendISO8601(in: zone, to: &text)
      dayText = Array(text.prefix(11))
      self.day = day
    }
    let ofDay = Int(local - day * 86_400_000)
    bytes.append(contentsOf: dayText)
    bytes.appendTwoDigits(ofDay / 3_600_000)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendTwoDigits(ofDay / 60_000 % 60)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendTwoDigits(ofDay / 1000 % 60)
    let fraction = ofDay % 1000
    if fraction != 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(UInt8(truncatingIfNeeded: 48 + fraction / 100))
      bytes.appendTwoDigits(fraction % 100)
    }
    bytes.append(contentsOf: offsetText)
  }
}

extension [UInt8] {
  fileprivate mutating func appendTwoDigits(_ value: Int) {
    append(UInt8(truncatingIfNeeded: 48 + value / 10))
    append(UInt8(truncatingIfNeeded: 48 + value % 10))
  }
}
