/// Instants, and the zones that partners live in.

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let milliseconds: Int64

  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
  @inlinable public static func > (a: Self, b: Self) -> Bool { a.milliseconds > b.milliseconds }
  @inlinable public static func == (a: Self, b: Self) -> Bool { a.milliseconds == b.milliseconds }

  /// Earlier than every time that a file can name: stands for "no time yet".
  @inlinable public static var distantPast: Timestamp { Timestamp(milliseconds: .min) }
}

/// A time zone as the list of its offsets, so that reading a time needs no system library.
///
/// The built-in zone is Asia/Kolkata, +05:30 all year (domain.md 2.1). Others are filled in by the configuration.
public struct Zone: Sendable, Equatable {
  public let name: String
  /// From this instant (milliseconds) on the offset in seconds holds; ordered; the first starts at `Int64.min`.
  public let changes: [(from: Int64, offsetSeconds: Int32)]

  public init(name: String, changes: [(from: Int64, offsetSeconds: Int32)]) {
    precondition(changes.first?.from == .min)
    self.name = name
    self.changes = changes
  }

  public static let kolkata = Zone(name: "Asia/Kolkata", changes: [(.min, 19_800)])
  public static let utc = Zone(name: "UTC", changes: [(.min, 0)])

  public func offsetSeconds(at instant: Timestamp) -> Int32 {
    var offset = changes[0].offsetSeconds
    for change in changes.dropFirst() {
      if change.from > instant.milliseconds { break }
      offset = change.offsetSeconds
    }
    return offset
  }

  /// The instant at which clocks of the zone show the given local time; of two, the earlier; in a gap, the one after it.
  public func instant(localMilliseconds: Int64) -> Timestamp {
    if changes.count == 1 {
      return Timestamp(milliseconds: localMilliseconds - Int64(changes[0].offsetSeconds) * 1000)
    }
    let first = offsetSeconds(at: Timestamp(milliseconds: localMilliseconds - 86_400_000))
    let early = Timestamp(milliseconds: localMilliseconds - Int64(first) * 1000)
    let there = offsetSeconds(at: early)
    if there == first { return early }
    return Timestamp(milliseconds: localMilliseconds - Int64(there) * 1000)
  }

  /// The day of the zone's calendar on which an instant falls, as days since 1970-01-01.
  public func day(of instant: Timestamp) -> Int64 {
    let local = instant.milliseconds + Int64(offsetSeconds(at: instant)) * 1000
    return (local - (local % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000
  }

  /// The last midnight before an instant: of midnight itself, that of the day which it ends.
  public func midnight(before instant: Timestamp) -> Timestamp {
    let day = day(of: Timestamp(milliseconds: instant.milliseconds - 1))
    return self.instant(localMilliseconds: day * 86_400_000)
  }

  public static func == (a: Zone, b: Zone) -> Bool {
    a.name == b.name
      && a.changes.elementsEqual(
        b.changes, by: { $0.from == $1.from && $0.offsetSeconds == $1.offsetSeconds })
  }
}

/// Days of the proleptic Gregorian calendar as numbers.
public enum Calendar {
  /// Days since 1970-01-01 of a date that exists, else nil.
  public static func days(year: Int, month: Int, day: Int) -> Int64? {
    guard (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year) else { return nil }
    // Years counted from March, so that the leap day is the last of its year.
    let shifted = Int64(month > 2 ? year : year - 1)
    let monthFromMarch = Int64((month + 9) % 12)
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  public static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// The date of a number of days since 1970-01-01.
  public static func date(days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(day))
  }
}

extension Timestamp {
  /// Appends the instant in ISO 8601 with the zone's offset: `2026-11-21T02:10:04+05:30`, with `.mmm` only when not zero.
  public func appendISO8601(in zone: Zone, to bytes: inout [UInt8]) {
    let offset = Int64(zone.offsetSeconds(at: self))
    let local = milliseconds + offset * 1000
    let seconds = local >= 0 ? local / 1000 : (local - 999) / 1000
    let fraction = Int(local - seconds * 1000)
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let ofDay = Int(seconds - days * 86_400)
    let (year, month, day) = Calendar.date(days: days)
    appendDigits(year, 4, &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendDigits(month, 2, &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendDigits(day, 2, &bytes)
    bytes.append(UInt8(ascii: "T"))
    appendDigits(ofDay / 3600, 2, &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendDigits(ofDay / 60 % 60, 2, &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendDigits(ofDay % 60, 2, &bytes)
    if fraction != 0 {
      bytes.append(UInt8(ascii: "."))
      appendDigits(fraction, 3, &bytes)
    }
    bytes.append(UInt8(ascii: offset < 0 ? "-" : "+"))
    let minutes = Int(abs(offset)) / 60
    appendDigits(minutes / 60, 2, &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendDigits(minutes % 60, 2, &bytes)
  }

  public func iso8601(in zone: Zone) -> String {
    var bytes: [UInt8] = []
    appendISO8601(in: zone, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func appendDigits(_ value: Int, _ width: Int, _ bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(48 + value / divisor % 10))
      divisor /= 10
    }
  }
}
