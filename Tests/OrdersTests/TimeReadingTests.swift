import Foundation
import Orders
import Testing

private let every: [(name: String, formats: TimeFormats)] = [
  ("blank", .blank), ("blankShort", .blankShort), ("iso", .iso), ("day", .day),
  ("epochMilliseconds", .epochMilliseconds), ("dayMonthName", .dayMonthName),
  ("dayFirstSlash", .dayFirstSlash), ("compactDayFirst", .compactDayFirst),
]

private func read(_ text: String, _ formats: TimeFormats, in zone: Zone = .kolkata) -> ParsedTime {
  readTime(Array(text.utf8).span, as: formats, in: zone)
}

private func shown(_ time: ParsedTime) -> String {
  switch time {
  case .instant(let instant): instant.iso8601(in: .kolkata)
  case .dayOnly(let instant): "day " + instant.iso8601(in: .kolkata)
  case .bad: "bad"
  }
}

@Suite("Reading times")
struct TimeReadingTests {
  @Test(
    "Every documented spelling is read",
    arguments: [
      ("2026-11-18 14:05:09", .blank, "2026-11-18T14:05:09+05:30"),
      ("2026-11-18 14:05:09.5", .blank, "2026-11-18T14:05:09.500+05:30"),
      ("2026-11-18 14:05:09.123456789", .blank, "2026-11-18T14:05:09.123+05:30"),
      ("2024-02-29 00:00:00", .blank, "2024-02-29T00:00:00+05:30"),
      ("1970-01-01 00:00:00", .blank, "1970-01-01T00:00:00+05:30"),
      ("9999-12-31 23:59:59", .blank, "9999-12-31T23:59:59+05:30"),
      ("2026-1-8 4:5:9", .blankShort, "2026-01-08T04:05:09+05:30"),
      ("2026-11-21 7:0:0", .blankShort, "2026-11-21T07:00:00+05:30"),
      ("2026-11-18 14:05:09", .blankShort, "2026-11-18T14:05:09+05:30"),
      ("2026-11-18T14:05:09", .iso, "2026-11-18T14:05:09+05:30"),
      ("2026-11-18T14:05:09Z", .iso, "2026-11-18T19:35:09+05:30"),
      ("2022-04-11T12:38:05+0530", .iso, "2022-04-11T12:38:05+05:30"),
      ("2022-04-11T12:38:05+05:30", .iso, "2022-04-11T12:38:05+05:30"),
      ("2022-04-11T12:38:05.007-08:00", .iso, "2022-04-12T02:08:05.007+05:30"),
      ("2022-04-11 12:38:05+0530", .iso, "2022-04-11T12:38:05+05:30"),
      ("2026-04-05 22:47:04 +0500", .iso, "2026-04-05T23:17:04+05:30"),
      ("2026-11-18", .day, "day 2026-11-18T00:00:00+05:30"),
      ("1542531909000", .epochMilliseconds, "2018-11-18T14:35:09+05:30"),
      ("27-Feb-2023", .dayMonthName, "day 2023-02-27T00:00:00+05:30"),
      ("27-feb-2023 14:05", .dayMonthName, "2023-02-27T14:05:00+05:30"),
      ("27-FEB-2023 14:05:09", .dayMonthName, "2023-02-27T14:05:09+05:30"),
      ("18/11/2026 14:05:09", .dayFirstSlash, "2026-11-18T14:05:09+05:30"),
      ("18/11/2026", .dayFirstSlash, "day 2026-11-18T00:00:00+05:30"),
      ("21062017 1530", .compactDayFirst, "2017-06-21T15:30:00+05:30"),
      ("21062017", .compactDayFirst, "day 2017-06-21T00:00:00+05:30"),
    ] as [(String, TimeFormats, String)])
  func documented(text: String, formats: TimeFormats, expected: String) {
    #expect(shown(read(text, formats)) == expected)
    #expect(
      shown(
        read(
          text,
          [
            .blank, .blankShort, .iso, .day, .epochMilliseconds, .dayMonthName, .dayFirstSlash,
            .compactDayFirst,
          ])) == expected)
  }

  @Test(
    "Times that do not exist, and everything not documented, are bad under every spelling",
    arguments: [
      "", " ", "yesterday", "2026-02-30 08:15:00", "2025-02-29 00:00:00", "2026-13-45 10:00:00",
      "2026-00-18 14:05:00", "2026-11-00 14:05:00", "2026-11-18 14:65:09", "2026-11-18 25:61:00",
      "2026-11-18 24:00:00", "2026-11-18 14:05:60", "0000-01-01 00:00:00", "1969-12-31 23:59:59",
      "2026-11-18 14:05", "2026-11-18  14:05:09", " 2026-11-18 14:05:09", "2026-11-18 14:05:09 ",
      "2026/11/18 14:05:09", "2026-11-18 14.05.09", "2026-11-18 14:05:09.", "2026-11-18 14:05:09.1234567890",
      "2026-11-18 14:05:09,5", "2026-11-18t14:05:09", "2026-11-18T14:05:09z", "2026-11-18T14:05",
      "2026-11-18T14:05:09+05", "2026-11-18T14:05:09+5:30", "2026-11-18T14:05:09+14:30",
      "2026-11-18T14:05:09+05:60", "2026-11-18T14:05:09Z+05:30", "2026-11-18T14:05:09 +05:30",
      "2026-11-18T24:00:00Z", "2026-02-30", "2026-1-8", "26-11-18 14:05:09", "+026-11-18 14:05:09",
      "２０２６-11-18 14:05:09", "2026-11-18 14:05:0x", "2026:11:18 14:05:09", "1542531909",
      "15425319090000", "-1542531909000", "30-Feb-2023", "27-Fev-2023", "27-Feb-23", "7-Feb-2023",
      "27-Feb-2023 4:05", "27-Feb-2023 14:05:60", "27-Feb-2023T14:05", "11/18/2026 14:05:09",
      "18/11/2026 14:05", "1/1/2026 14:05:09", "31062017 1530", "21062017 2460", "21062017 2400",
      "21062017 153000", "210617 1530", "21062017T1530", "16:21 PM", "2026-11-18 02:05:09 PM",
    ])
  func impossible(text: String) {
    for (name, formats) in every { #expect(read(text, formats) == .bad, "as \(name)") }
    #expect(read(text, TimeFormats(rawValue: .max)) == .bad)
  }

  @Test("A spelling is read only where it is allowed")
  func onlyAllowed() {
    #expect(read("2026-11-18 14:05:09", [.iso, .day]) == .bad)
    #expect(read("2026-11-18T14:05:09Z", [.blank, .blankShort]) == .bad)
    #expect(read("2026-11-18 4:05:09", .blank) == .bad)
    #expect(read("2026-11-18 14:05:09.5", .blankShort) == .bad)
    #expect(read("2026-11-18", [.blank, .blankShort, .iso]) == .bad)
    #expect(read("18/11/2026 14:05:09", .usual) == .bad)
    #expect(read("2026-11-18 14:05:09", []) == .bad)
  }

  @Test("A time without a zone is the partner's own, one with an offset is not")
  func zones() {
    let halfYears = Zone(
      name: "Test/HalfYears", changes: [(.min, 3600), (1_774_746_000_000, 7200), (1_792_890_000_000, 3600)])
    let winter = read("2026-01-15 12:00:00", .blank, in: halfYears)
    let summer = read("2026-07-15 12:00:00", .blank, in: halfYears)
    #expect(winter == read("2026-01-15T11:00:00Z", .iso))
    #expect(summer == read("2026-07-15T10:00:00Z", .iso))
    #expect(read("2026-07-15T12:00:00+05:30", .iso, in: halfYears) == read("2026-07-15 12:00:00", .blank))
  }

  @Test("Random times are read as an obvious reader reads them", arguments: Array(1...12) as [UInt64])
  func oracle(seed: UInt64) {
    var random = Seeded(seed)
    let obvious = ObviousTimes()
    var sound = 0
    for _ in 0..<600 {
      let text = obvious.sample(using: &random)
      let (name, formats) = every.randomElement(using: &random) ?? every[0]
      let expected = obvious.read(text, formats)
      if expected != .bad { sound += 1 }
      #expect(read(text, formats) == expected, "seed \(seed), \(text) as \(name)")
      let all = every.map { obvious.read(text, $0.formats) }.first { $0 != .bad } ?? .bad
      #expect(read(text, TimeFormats(rawValue: 0xFF)) == all, "seed \(seed), \(text) as any")
    }
    #expect(sound > 20, "the samples must hold sound times too")
  }
}

/// The oracle: regular expressions for the shapes and Foundation's calendar for what exists.
private struct ObviousTimes {
  private let calendar: Foundation.Calendar = {
    var calendar = Foundation.Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .gmt
    return calendar
  }()
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// A time in some spelling, with parts that often lie a little outside, and now and then one byte changed.
  func sample(using random: inout Seeded) -> String {
    func part(_ low: Int, _ high: Int, _ width: Int, _ random: inout Seeded) -> String {
      let value =
        Int.random(in: 0..<16, using: &random) == 0 ? high + 1 : Int.random(in: low...high, using: &random)
      return String(String(repeating: "0", count: width) + "\(value)").suffix(max(width, "\(value)".count))
        .description
    }
    let width = Int.random(in: 0..<4, using: &random) == 0 ? 1 : 2
    let year = Int.random(in: 0..<20, using: &random) == 0 ? "1969" : part(1970, 2103, 4, &random)
    let (month, day) = (part(1, 12, width, &random), part(1, 31, width, &random))
    let clock = (0..<3).map { part(0, $0 == 0 ? 23 : 59, width, &random) }
    var text =
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1: "\(year)-\(month)-\(day) \(clock.joined(separator: ":"))"
      case 2: "\(year)-\(month)-\(day)T\(clock.joined(separator: ":"))"
      case 3: "\(year)-\(month)-\(day)"
      case 4: "\(1_400_000_000_000 + Int.random(in: 0..<900_000_000_000, using: &random))"
      case 5:
        "\(day)-\((Self.months.randomElement(using: &random) ?? "jan").capitalized)-\(year)"
          + (Bool.random(using: &random)
            ? " " + clock.prefix(Int.random(in: 2...3, using: &random)).joined(separator: ":") : "")
      case 6:
        "\(day)/\(month)/\(year)" + (Bool.random(using: &random) ? " " + clock.joined(separator: ":") : "")
      default: "\(day)\(month)\(year)" + (Bool.random(using: &random) ? " " + clock.prefix(2).joined() : "")
      }
    let tails = [
      "", "", "", "", ".5", ".123456", "Z", "+05:30", "+0530", " +0500", "-08:00", ".25+0100", "+15:00", " ",
    ]
    if text.contains(":") { text += tails.randomElement(using: &random) ?? "" }
    if Int.random(in: 0..<8, using: &random) == 0, !text.isEmpty {
      var bytes = Array(text.utf8)
      bytes[Int.random(in: 0..<bytes.count, using: &random)] =
        Array("0123456789-: T/.Z+a".utf8).randomElement(using: &random) ?? 48
      text = String(decoding: bytes, as: UTF8.self)
    }
    return text
  }

  func read(_ text: String, _ format: TimeFormats) -> ParsedTime {
    switch format {
    case .blank:
      guard
        let match = text.wholeMatch(
          of: /([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?/)
      else { return .bad }
      return instant(match.1, match.2, match.3, match.4, match.5, match.6, match.7)
    case .blankShort:
      guard
        let match = text.wholeMatch(
          of: /([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}) ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})/)
      else { return .bad }
      return instant(match.1, match.2, match.3, match.4, match.5, match.6, nil)
    case .iso: return readISO(text)
    case .day:
      guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/) else { return .bad }
      return day(instant(match.1, match.2, match.3, "0", "0", "0", nil))
    case .epochMilliseconds:
      guard text.wholeMatch(of: /[0-9]{13}/) != nil, let value = Int64(text) else { return .bad }
      return .instant(Timestamp(milliseconds: value))
    case .dayMonthName:
      guard
        let match = text.wholeMatch(
          of: /([0-9]{2})-([A-Za-z]{3})-([0-9]{4})(?: ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?/),
        let month = Self.months.firstIndex(of: match.2.lowercased())
      else { return .bad }
      let time = instant(
        match.3, "\(month + 1)", match.1, match.4 ?? "0", match.5 ?? "0", match.6 ?? "0", nil)
      return match.4 == nil ? day(time) : time
    case .dayFirstSlash:
      guard
        let match = text.wholeMatch(
          of: /([0-9]{2})\/([0-9]{2})\/([0-9]{4})(?: ([0-9]{2}):([0-9]{2}):([0-9]{2}))?/)
      else { return .bad }
      let time = instant(match.3, match.2, match.1, match.4 ?? "0", match.5 ?? "0", match.6 ?? "0", nil)
      return match.4 == nil ? day(time) : time
    default:
      guard let match = text.wholeMatch(of: /([0-9]{2})([0-9]{2})([0-9]{4})(?: ([0-9]{2})([0-9]{2}))?/) else {
        return .bad
      }
      let time = instant(match.3, match.2, match.1, match.4 ?? "0", match.5 ?? "0", "0", nil)
      return match.4 == nil ? day(time) : time
    }
  }

  private func readISO(_ text: String) -> ParsedTime {
    let shape =
      /([0-9]{4})-([0-9]{2})-([0-9]{2})(T| )([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?( )?(Z|[+-][0-9]{2}:?[0-9]{2})?/
    guard let match = text.wholeMatch(of: shape) else { return .bad }
    let hasT = match.4 == "T"
    if match.9 != nil && (hasT || match.10 == nil) { return .bad }
    if !hasT && match.10 == nil { return .bad }
    let local = instant(match.1, match.2, match.3, match.5, match.6, match.7, match.8)
    guard case .instant(let inKolkata) = local, let offset = match.10 else { return local }
    var minutes = 0
    if offset != "Z" {
      let digits = offset.filter(\.isNumber)
      guard let hours = Int(digits.prefix(2)), let rest = Int(digits.suffix(2)), rest < 60,
        hours * 60 + rest <= 840
      else { return .bad }
      minutes = (offset.hasPrefix("-") ? -1 : 1) * (hours * 60 + rest)
    }
    return .instant(Timestamp(milliseconds: inKolkata.milliseconds + 19_800_000 - Int64(minutes) * 60_000))
  }

  private func instant(
    _ year: Substring, _ month: Substring, _ day: Substring, _ hour: Substring, _ minute: Substring,
    _ second: Substring, _ fraction: Substring?
  ) -> ParsedTime {
    let parts = DateComponents(
      year: Int(year), month: Int(month), day: Int(day), hour: Int(hour), minute: Int(minute),
      second: Int(second))
    guard let written = parts.year, written >= 1970, parts.isValidDate(in: calendar),
      let date = calendar.date(from: parts)
    else { return .bad }
    let thousandths = fraction.map { Int64(($0.dropFirst() + "000").prefix(3)) ?? 0 } ?? 0
    return .instant(
      Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000 + thousandths - 19_800_000))
  }

  private func day(_ time: ParsedTime) -> ParsedTime {
    if case .instant(let instant) = time { return .dayOnly(instant) }
    return .bad
  }
}
