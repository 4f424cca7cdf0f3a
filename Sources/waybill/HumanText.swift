/// Numbers, times and spans as people write them.

import Orders

enum HumanText {
  /// `1,234,567`
  static func count(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// `1 row`, `2 rows`
  static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// `512 B`, `47.1 KiB`, `1.8 GiB`
  static func size(_ bytes: Int) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"]
    if bytes < 1024 { return "\(bytes) B" }
    var tenths = bytes * 10 / 1024
    var place = 0
    while tenths >= 10_240, place < units.count - 1 {
      tenths /= 1024
      place += 1
    }
    return "\(tenths / 10).\(tenths % 10) \(units[place])"
  }

  /// `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`
  static func span(seconds: Int) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600)
    if seconds < 60 { return "\(max(seconds, 0)) s" }
    if minutes < 60 { return "\(minutes) min" }
    if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
    return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
  }

  /// `21 Nov 2026 02:10:04`, in the zone's clock.
  static func time(_ instant: Timestamp, _ zone: Zone) -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let local = instant.milliseconds + Int64(zone.offsetSeconds(at: instant)) * 1000
    let dayMilliseconds: Int64 = 86_400_000
    let days = local >= 0 ? local / dayMilliseconds : (local - dayMilliseconds + 1) / dayMilliseconds
    let seconds = Int((local - days * dayMilliseconds) / 1000)
    let (year, month, day) = Calendar.date(days: days)
    return "\(day) \(months[month - 1]) \(year) "
      + [seconds / 3600, seconds / 60 % 60, seconds % 60].map(twoDigits).joined(separator: ":")
  }

  /// The words of a list: `a`, `a and b`, `a, b and c`.
  static func list(_ words: [String], joint: String = "and") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(joint) " + last
  }

  /// A fixed word of files as people read it: `out_for_delivery` becomes `out for delivery`.
  static func words(_ fixed: String) -> String { fixed.replacing("_", with: " ") }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
