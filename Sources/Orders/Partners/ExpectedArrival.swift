/// When a partner's first file of a kind is due, as the calendar of the configuration says it, on the clock of the partner.
///
/// Nothing that is decided depends on it: it only tells the report and the reconciliation what should have come.
public struct ExpectedArrival: Sendable, Equatable {
  /// The minute of the day by which it is due, 0 to 1440; 1440 is the day's end.
  public var byMinute: Int
  /// The days of the week on which it is due; Monday is 0.
  public var weekdays: Set<Int>

  public init(byMinute: Int, weekdays: Set<Int> = ExpectedArrival.everyDay) {
    self.byMinute = byMinute
    self.weekdays = weekdays
  }

  public static let everyDay = Set(0...6)
  /// The words of the configuration, Monday first.
  public static let weekdayWords = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// `09:05`; the day's end is `24:00`.
  public init?(clock: String) {
    let parts = clock.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 >= 48 && $0 <= 57 } }),
      let hour = Int(String(parts[0]) ?? ""), let minute = Int(String(parts[1]) ?? ""), minute < 60,
      hour * 60 + minute <= 1440
    else { return nil }
    self.init(byMinute: hour * 60 + minute)
  }

  /// `09:05`
  public var clock: String {
    let (hour, minute) = (byMinute / 60, byMinute % 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }

  /// The instant at which it is due on a day of the partner's calendar; nil where nothing is due on that day.
  /// - Parameter day: days since 1970-01-01.
  public func due(onDay day: Int64, in zone: Zone) -> Timestamp? {
    let weekday = Int(((day + 3) % 7 + 7) % 7)
    guard weekdays.contains(weekday) else { return nil }
    return zone.instant(localMilliseconds: day * 86_400_000 + Int64(byMinute) * 60_000)
  }

  /// The newest instant up to a moment at which it was due; nil where no weekday is one of its days.
  public func newestDue(upTo moment: Timestamp, in zone: Zone) -> Timestamp? {
    let today = zone.day(of: moment)
    return (0...8).lazy.compactMap { due(onDay: today - $0, in: zone) }.first { $0 <= moment }
  }
}
