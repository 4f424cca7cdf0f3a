internal import Orders

/// Numbers, spans and times of the report as people write them.
enum ReportWords {
  /// `1,234,567`
  static func count(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `1 row`, `2,000 rows`
  static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// Tenths of a percent; nil where there is nothing to take a share of.
  static func permille(_ part: Int, of whole: Int) -> Int? {
    whole > 0 ? (part * 2000 + whole) / (2 * whole) : nil
  }

  /// `2.5 %`; a small share that is not nothing is never written as nothing.
  static func percent(_ permille: Int?) -> String {
    guard let permille else { return "–" }
    return "\(permille / 10).\(permille % 10) %"
  }

  static func percent(_ part: Int, of whole: Int) -> String {
    if part > 0 && permille(part, of: whole) == 0 { return "under 0.1 %" }
    return percent(permille(part, of: whole))
  }

  /// By how many percent it changed; nil where there was nothing before.
  static func change(from before: Int, to now: Int) -> Int? {
    if before == 0 { return now == 0 ? 0 : nil }
    let difference = (now - before) * 200
    return (difference + (difference < 0 ? -before : before)) / (2 * before)
  }

  /// `+12 %`, `−3 %`, `±0 %`
  static func change(_ percent: Int?) -> String {
    guard let percent else { return "new" }
    return percent == 0 ? "±0 %" : "\(percent < 0 ? "−" : "+")\(count(abs(percent))) %"
  }

  /// `45 min`, `3 h 20 min`, `2 d 4 h`
  static func span(minutes: Int) -> String {
    let hours = minutes / 60
    if minutes < 60 { return "\(max(minutes, 0)) min" }
    if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
    return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
  }

  static func minutes(from start: Timestamp, to end: Timestamp) -> Int {
    Int(max(0, end.milliseconds - start.milliseconds) / 60_000)
  }

  /// `21:05`
  static func clock(minute: Int) -> String { "\(twoDigits(minute / 60)):\(twoDigits(minute % 60))" }

  /// `21 Nov 02:10`, or `21 Nov 2025 02:10` where the year is another than that of the day which is told.
  static func time(_ instant: Timestamp, told: ReportDay) -> String {
    let day = ReportDay(of: instant, in: told.zone)
    let year = day.year == told.year ? "" : " \(day.year)"
    return "\(day.short)\(year) \(clock(minute: ReportDay.minute(of: instant, in: told.zone)))"
  }

  /// Times of the files' spelling within a text, in the page's: `20 Nov 14:00` for `2026-11-20T14:00:00+05:30`, with its year where
  /// that is another than the told day's.
  static func shortTimes(_ text: String, told: ReportDay) -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
      let bytes = Array(word.utf8)
      guard bytes.count >= 25, bytes[4] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
        let year = Int(word.prefix(4)), let month = Int(word.dropFirst(5).prefix(2)),
        let day = Int(word.dropFirst(8).prefix(2)), (1...12).contains(month)
      else { return String(word) }
      let date = "\(day) \(months[month - 1])\(year == told.year ? "" : " \(year)")"
      return "\(date) \(word.dropFirst(11).prefix(5))\(word.hasSuffix(",") ? "," : "")"
    }
    return words.joined(separator: " ")
  }

  static func plain(_ name: String) -> String { StoryWords.plain(name) }
  static func list(_ words: [String], joint: String = "and") -> String {
    StoryWords.list(words, joint: joint)
  }

  static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  /// Why an attempt failed, as people say it.
  static func reason(_ reason: NDRReason?) -> String {
    switch reason {
    case .refused: "refused"
    case .notAvailable: "nobody there"
    case .address: "address not found"
    case .customerDelay: "customer asked for another day"
    case .cashNotReady: "cash not ready"
    case .outOfArea: "out of the delivery area"
    case .shipperDelay: "delayed by shipper or carrier"
    case .customerIssue: "trouble on the customer's side"
    case .restrictedEntry: "entry restricted"
    case .wantsOpenDelivery: "customer wants to open it first"
    case .otpFailed: "one-time password failed"
    case .other: "other"
    case nil: "no reason in the code"
    }
  }
}
