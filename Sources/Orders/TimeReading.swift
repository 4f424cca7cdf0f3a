/// Reading a time: the partners' spellings become instants, byte by byte and strictly (product.md section 4).
///
/// Every spelling of `TimeFormats` has one reader below. A day or clock that does not exist is bad, never bent into the
/// next one; nothing is trimmed, guessed or filled in. Years run from 1970 to 9999.

/// The instant that the bytes of a cell spell in one of the formats that the partner may use.
///
/// Called for every scan: the nineteen bytes `YYYY-MM-DD HH:MM:SS` take a straight path of their own.
public func readTime(_ bytes: Span<UInt8>, as formats: TimeFormats, in zone: Zone) -> ParsedTime {
  if bytes.count == 19 && !formats.isDisjoint(with: [.blank, .blankShort]) {
    let local = readNineteen(bytes)
    if local >= 0 { return .instant(zone.instant(localMilliseconds: local)) }
  }
  return readOtherTime(bytes, as: formats, in: zone)
}

/// Milliseconds since 1970 on the local clock for `YYYY-MM-DD HH:MM:SS`, -1 for anything else.
///
/// The text is taken as three words and checked against the shape of one at a time: after the exclusive or with
/// `0000-00-00 00:00:00` every digit is its own value and every sign is zero.
private func readNineteen(_ bytes: Span<UInt8>) -> Int64 {
  guard bytes.count == 19 else { return -1 }
  let date = word(bytes, 0) ^ 0x2D30_302D_3030_3030
  let middle = word(bytes, 8) ^ 0x3030_3A30_3020_3030
  let end = (UInt32(bytes[16]) | UInt32(bytes[17]) << 8 | UInt32(bytes[18]) << 16) ^ 0x30_303A
  // A value above 9 reaches the high half of its byte, by itself or with 6 added; a sign must leave nothing at all.
  let wrong =
    ((date | (date &+ 0x0006_0600_0606_0606)) & 0xFFF0_F0FF_F0F0_F0F0)
    | ((middle | (middle &+ 0x0606_0006_0600_0606)) & 0xF0F0_FFF0_F0FF_F0F0)
    | UInt64((end | (end &+ 0x06_0600)) & 0xF0_F0FF)
  if wrong != 0 { return -1 }
  let year = digits(date, 0) &* 100 &+ digits(date, 16)
  let month = digits(date, 40)
  let day = digits(middle, 0)
  let hour = digits(middle, 24)
  let minute = digits(middle, 48)
  let second = digits(UInt64(end), 8)
  if year < 1970 || hour > 23 || minute > 59 || second > 59 { return -1 }
  let days = daysSince1970(year, month, day)
  if days < 0 { return -1 }
  return (Int64(days) &* 86_400 &+ Int64((hour &* 60 &+ minute) &* 60 &+ second)) &* 1000
}

/// Eight bytes from the place on, the first lowest.
private func word(_ bytes: Span<UInt8>, _ place: Int) -> UInt64 {
  var word: UInt64 = 0
  for step in 0..<8 { word |= UInt64(bytes[place &+ step]) &<< UInt64(8 &* step) }
  return word
}

/// Two digits of a checked word, the first at the bit.
private func digits(_ word: UInt64, _ bit: UInt64) -> UInt32 {
  UInt32(truncatingIfNeeded: word &>> bit & 0xF) &* 10
    &+ UInt32(truncatingIfNeeded: word &>> (bit &+ 8) & 0xF)
}

/// What `Calendar.days` gives, for years from 1970 on, so that no number is below zero; -1 for a day
/// that does not exist.
private func daysSince1970(_ year: UInt32, _ month: UInt32, _ day: UInt32) -> Int32 {
  let isLeap = year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
  // 31 days in the odd months up to July and in the even ones from August on.
  let length = month == 2 ? (isLeap ? 29 : 28) : 30 | (month ^ month &>> 3) & 1
  if month &- 1 > 11 || day &- 1 >= length { return -1 }
  // Years counted from March, so that the leap day is the last of its year.
  let (shifted, march) = month > 2 ? (year, month &- 3) : (year &- 1, month &+ 9)
  let leapDays = shifted / 4 &- shifted / 100 &+ shifted / 400
  return Int32(truncatingIfNeeded: shifted &* 365 &+ leapDays &+ (153 &* march &+ 2) / 5 &+ day &- 719_469)
}

@inline(never)
private func readOtherTime(_ bytes: Span<UInt8>, as formats: TimeFormats, in zone: Zone) -> ParsedTime {
  // The longest spelling of all: 2026-11-18T14:05:09.123456789+05:30.
  if bytes.count < 8 || bytes.count > 36 { return .bad }
  if formats.contains(.blank), let local = readBlank(bytes) {
    return .instant(zone.instant(localMilliseconds: local))
  }
  if formats.contains(.blankShort), let local = readBlankShort(bytes) {
    return .instant(zone.instant(localMilliseconds: local))
  }
  if formats.contains(.iso), let instant = readISO(bytes, in: zone) { return .instant(instant) }
  if formats.contains(.day), let local = readDay(bytes) {
    return .dayOnly(zone.instant(localMilliseconds: local))
  }
  if formats.contains(.epochMilliseconds), let instant = readEpoch(bytes) { return .instant(instant) }
  if formats.contains(.dayMonthName), let reading = readDayMonthName(bytes) { return reading.time(in: zone) }
  if formats.contains(.dayFirstSlash), let reading = readDayFirstSlash(bytes) {
    return reading.time(in: zone)
  }
  if formats.contains(.compactDayFirst), let reading = readCompact(bytes) { return reading.time(in: zone) }
  return .bad
}

/// What a spelling gave that may come with or without its clock.
private struct DayAndClock {
  var localMilliseconds: Int64
  var hasClock: Bool

  func time(in zone: Zone) -> ParsedTime {
    let instant = zone.instant(localMilliseconds: localMilliseconds)
    return hasClock ? .instant(instant) : .dayOnly(instant)
  }
}

// MARK: One reader for each spelling

/// `2026-11-18 14:05:09`, optionally with a fraction.
private func readBlank(_ bytes: Span<UInt8>) -> Int64? {
  var reader = TimeReader()
  let day = reader.yearFirst(bytes, partDigits: 2...2)
  reader.expect(bytes, UInt8(ascii: " "))
  let clock = reader.clock(bytes, partDigits: 2...2)
  let fraction = reader.fraction(bytes)
  return reader.ends(bytes) ? day + clock + fraction : nil
}

/// `2026-1-8 4:5:9`: every part after the year of one or two digits.
private func readBlankShort(_ bytes: Span<UInt8>) -> Int64? {
  var reader = TimeReader()
  let day = reader.yearFirst(bytes, partDigits: 1...2)
  reader.expect(bytes, UInt8(ascii: " "))
  let clock = reader.clock(bytes, partDigits: 1...2)
  return reader.ends(bytes) ? day + clock : nil
}

/// `2026-11-18T14:05:09`, then optionally a fraction and an offset; with a blank for the `T` the offset must be there.
private func readISO(_ bytes: Span<UInt8>, in zone: Zone) -> Timestamp? {
  var reader = TimeReader()
  let day = reader.yearFirst(bytes, partDigits: 2...2)
  let hasT = reader.takes(bytes, UInt8(ascii: "T"))
  if !hasT { reader.expect(bytes, UInt8(ascii: " ")) }
  let clock = reader.clock(bytes, partDigits: 2...2)
  let local = day + clock + reader.fraction(bytes)
  if reader.isAtEnd(bytes) {
    return hasT && reader.isSound ? zone.instant(localMilliseconds: local) : nil
  }
  // Shop exports put one blank before the offset too: 2026-04-05 22:47:04 +0500.
  if !hasT { _ = reader.takes(bytes, UInt8(ascii: " ")) }
  let offsetMinutes = reader.offsetMinutes(bytes)
  return reader.ends(bytes) ? Timestamp(milliseconds: local - offsetMinutes * 60_000) : nil
}

/// `2026-11-18`.
private func readDay(_ bytes: Span<UInt8>) -> Int64? {
  var reader = TimeReader()
  let day = reader.yearFirst(bytes, partDigits: 2...2)
  return reader.ends(bytes) ? day : nil
}

/// Thirteen digits: fewer would be seconds, or a year long gone.
private func readEpoch(_ bytes: Span<UInt8>) -> Timestamp? {
  var reader = TimeReader()
  let value = reader.number(bytes, digits: 13...13)
  return reader.ends(bytes) ? Timestamp(milliseconds: Int64(value)) : nil
}

/// `27-Feb-2023`, optionally with ` 14:05` or ` 14:05:09`.
private func readDayMonthName(_ bytes: Span<UInt8>) -> DayAndClock? {
  var reader = TimeReader()
  let day = reader.number(bytes, digits: 2...2)
  reader.expect(bytes, UInt8(ascii: "-"))
  let month = reader.monthName(bytes)
  reader.expect(bytes, UInt8(ascii: "-"))
  let year = reader.number(bytes, digits: 4...4)
  let date = reader.date(year, month, day)
  if reader.isAtEnd(bytes) {
    return reader.isSound ? DayAndClock(localMilliseconds: date, hasClock: false) : nil
  }
  reader.expect(bytes, UInt8(ascii: " "))
  let clock = reader.clock(bytes, partDigits: 2...2, secondsOptional: true)
  return reader.ends(bytes) ? DayAndClock(localMilliseconds: date + clock, hasClock: true) : nil
}

/// `18/11/2026`, optionally with ` 14:05:09`.
private func readDayFirstSlash(_ bytes: Span<UInt8>) -> DayAndClock? {
  var reader = TimeReader()
  let day = reader.number(bytes, digits: 2...2)
  reader.expect(bytes, UInt8(ascii: "/"))
  let month = reader.number(bytes, digits: 2...2)
  reader.expect(bytes, UInt8(ascii: "/"))
  let year = reader.number(bytes, digits: 4...4)
  let date = reader.date(year, month, day)
  if reader.isAtEnd(bytes) {
    return reader.isSound ? DayAndClock(localMilliseconds: date, hasClock: false) : nil
  }
  reader.expect(bytes, UInt8(ascii: " "))
  let clock = reader.clock(bytes, partDigits: 2...2)
  return reader.ends(bytes) ? DayAndClock(localMilliseconds: date + clock, hasClock: true) : nil
}

/// `21062017`, optionally with ` 1530`.
private func readCompact(_ bytes: Span<UInt8>) -> DayAndClock? {
  var reader = TimeReader()
  let day = reader.number(bytes, digits: 2...2)
  let month = reader.number(bytes, digits: 2...2)
  let year = reader.number(bytes, digits: 4...4)
  let date = reader.date(year, month, day)
  if reader.isAtEnd(bytes) {
    return reader.isSound ? DayAndClock(localMilliseconds: date, hasClock: false) : nil
  }
  reader.expect(bytes, UInt8(ascii: " "))
  let hour = reader.number(bytes, digits: 2...2)
  let minute = reader.number(bytes, digits: 2...2)
  let clock = reader.clock(hour, minute, 0)
  return reader.ends(bytes) ? DayAndClock(localMilliseconds: date + clock, hasClock: true) : nil
}

// MARK: The parts they share

/// A place in the bytes of a time; once something did not fit it stays unsound, and what it gives means nothing.
private struct TimeReader {
  private var place = 0
  private(set) var isSound = true

  func isAtEnd(_ bytes: Span<UInt8>) -> Bool { place == bytes.count }
  /// Was all of it read, and all of it sound?
  func ends(_ bytes: Span<UInt8>) -> Bool { isSound && place == bytes.count }

  mutating func takes(_ bytes: Span<UInt8>, _ byte: UInt8) -> Bool {
    guard place < bytes.count && bytes[place] == byte else { return false }
    place += 1
    return true
  }

  mutating func expect(_ bytes: Span<UInt8>, _ byte: UInt8) {
    if !takes(bytes, byte) { isSound = false }
  }

  /// As many digits as stand there, up to the most allowed.
  mutating func number(_ bytes: Span<UInt8>, digits: ClosedRange<Int>) -> Int {
    var value = 0
    var count = 0
    while place < bytes.count && count < digits.upperBound {
      let digit = bytes[place] &- 48
      if digit > 9 { break }
      value = value * 10 + Int(digit)
      count += 1
      place += 1
    }
    if count < digits.lowerBound { isSound = false }
    return value
  }

  /// Milliseconds from 1970 to the first instant of a date that exists.
  mutating func date(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    guard year >= 1970, let days = Calendar.days(year: year, month: month, day: day) else {
      isSound = false
      return 0
    }
    return days * 86_400_000
  }

  /// Milliseconds of a day that the clock shows; there is no hour 24 and no second 60.
  mutating func clock(_ hour: Int, _ minute: Int, _ second: Int) -> Int64 {
    if hour > 23 || minute > 59 || second > 59 { isSound = false }
    return Int64((hour * 60 + minute) * 60 + second) * 1000
  }

  mutating func yearFirst(_ bytes: Span<UInt8>, partDigits: ClosedRange<Int>) -> Int64 {
    let year = number(bytes, digits: 4...4)
    expect(bytes, UInt8(ascii: "-"))
    let month = number(bytes, digits: partDigits)
    expect(bytes, UInt8(ascii: "-"))
    let day = number(bytes, digits: partDigits)
    return date(year, month, day)
  }

  mutating func clock(_ bytes: Span<UInt8>, partDigits: ClosedRange<Int>, secondsOptional: Bool = false)
    -> Int64
  {
    let hour = number(bytes, digits: partDigits)
    expect(bytes, UInt8(ascii: ":"))
    let minute = number(bytes, digits: partDigits)
    if secondsOptional && isAtEnd(bytes) { return clock(hour, minute, 0) }
    expect(bytes, UInt8(ascii: ":"))
    return clock(hour, minute, number(bytes, digits: partDigits))
  }

  /// A point and one to nine digits, cut to milliseconds; without the point nothing.
  mutating func fraction(_ bytes: Span<UInt8>) -> Int64 {
    if !takes(bytes, UInt8(ascii: ".")) { return 0 }
    let start = place
    var value = number(bytes, digits: 1...9)
    for _ in (place - start)..<9 { value *= 10 }
    return Int64(value / 1_000_000)
  }

  /// `Z`, `+05:30` or `+0530`, in minutes east of Greenwich; offsets reach to 14 hours.
  mutating func offsetMinutes(_ bytes: Span<UInt8>) -> Int64 {
    if takes(bytes, UInt8(ascii: "Z")) { return 0 }
    let isEast = takes(bytes, UInt8(ascii: "+"))
    if !isEast { expect(bytes, UInt8(ascii: "-")) }
    let hours = number(bytes, digits: 2...2)
    _ = takes(bytes, UInt8(ascii: ":"))
    let minutes = number(bytes, digits: 2...2)
    if minutes > 59 || hours * 60 + minutes > 14 * 60 { isSound = false }
    return Int64(isEast ? hours * 60 + minutes : -(hours * 60 + minutes))
  }

  /// The English name of a month in three letters, in any case.
  mutating func monthName(_ bytes: Span<UInt8>) -> Int {
    guard place + 3 <= bytes.count else {
      isSound = false
      return 0
    }
    var word: UInt32 = 0
    for step in 0..<3 { word = word << 8 | UInt32(bytes[place + step] | 32) }
    place += 3
    for month in 0..<12 where TimeReader.months[month] == word { return month + 1 }
    isSound = false
    return 0
  }

  /// The names in lower case, three bytes each, the first highest.
  private static let months: [UInt32] = [
    0x6A_616E, 0x66_6562, 0x6D_6172, 0x61_7072, 0x6D_6179, 0x6A_756E,
    0x6A_756C, 0x61_7567, 0x73_6570, 0x6F_6374, 0x6E_6F76, 0x64_6563,
  ]
}
