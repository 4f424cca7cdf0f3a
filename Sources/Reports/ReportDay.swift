public import Orders

/// One day of the exchange, from midnight to midnight on the clock of its zone.
public struct ReportDay: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01, counted on the zone's calendar.
  public let number: Int64
  public let zone: Zone

  public init(number: Int64, zone: Zone) {
    self.number = number
    self.zone = zone
  }

  /// The day on which an instant falls.
  public init(of instant: Timestamp, in zone: Zone) {
    self.init(number: zone.day(of: instant), zone: zone)
  }

  public var start: Timestamp { zone.instant(localMilliseconds: number * ReportDay.milliseconds) }
  public var end: Timestamp { next(1).start }

  public func next(_ days: Int64) -> ReportDay { ReportDay(number: number + days, zone: zone) }

  /// Monday is 0.
  public var weekday: Int { Int(((number + 3) % 7 + 7) % 7) }
  public var weekdayName: String { ReportDay.weekdays[weekday] }

  public var year: Int { Calendar.date(days: number).year }

  /// `2026-11-21`
  public var text: String { String(start.iso8601(in: zone).prefix(10)) }

  /// `Saturday, 21 November 2026`
  public var title: String {
    let (year, month, day) = Calendar.date(days: number)
    return "\(weekdayName), \(day) \(ReportDay.months[month - 1]) \(year)"
  }

  /// `21 Nov`
  public var short: String {
    let (_, month, day) = Calendar.date(days: number)
    return "\(day) \(ReportDay.months[month - 1].prefix(3))"
  }

  /// The minute of the day that clocks of the zone show, 0 to 1439.
  public static func minute(of instant: Timestamp, in zone: Zone) -> Int {
    let local = instant.milliseconds + Int64(zone.offsetSeconds(at: instant)) * 1000
    return Int((local - zone.day(of: instant) * milliseconds) / 60_000)
  }

  public static func == (a: ReportDay, b: ReportDay) -> Bool { a.number == b.number && a.zone == b.zone }
  public static func < (a: ReportDay, b: ReportDay) -> Bool { a.number < b.number }
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }

  private static let milliseconds: Int64 = 86_400_000
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
  ]
}
