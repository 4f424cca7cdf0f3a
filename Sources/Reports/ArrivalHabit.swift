public import Orders

/// When a partner's files of a kind come, and how today compares: by the calendar of the configuration where it names them, else
/// by what the ledger's own days teach.
public struct ArrivalHabit: Sendable {
  public let partner: String
  public let kind: Kind
  /// On how many of the working days before they came, of how many.
  public let daysSeen: Int
  public let daysWorked: Int
  /// The minute of the day at which the first of them usually comes (the median), and by which it nearly always has.
  public let usualMinute: Int
  public let latestMinute: Int
  /// How many files usually come in a day.
  public let usualFiles: Int
  /// The minute at which today's first file came; nil: none has.
  public let firstToday: Int?
  public let filesToday: Int
  public let standing: Standing
  /// Does the calendar say when it is due? `usualMinute` and `latestMinute` are then that minute.
  public let isOfCalendar: Bool

  public enum Standing: Sendable, Equatable {
    case onTime
    /// It came so many minutes after the time by which it nearly always has.
    case late(minutes: Int)
    /// It has not come, and should have so many minutes ago.
    case missing(minutes: Int)
    case notYetDue
    /// It does not come on such a day.
    case notExpected
    /// It came, though it does not usually.
    case unusual

    /// The fixed word for machines.
    public var word: String {
      switch self {
      case .onTime: "on_time"
      case .late: "late"
      case .missing: "missing"
      case .notYetDue: "not_yet_due"
      case .notExpected: "not_expected"
      case .unusual: "unusual"
      }
    }
  }

  /// Fewer days tell no habit.
  public static let daysMin = 5
  /// It must have come on this share of the days to be expected.
  public static let shareMinPercent = 60
  /// How much later than nearly always is late.
  public static let graceMinutes = 60
  public static let windowDays: Int64 = 28

  /// - Parameters:
  ///   - days: the first minute and the number of files on each earlier day on which they came.
  ///   - worked: the earlier days on which the exchange received anything.
  ///   - minuteNow: how far the day has come; 1440 when it is over.
  init?(
    partner: String, kind: Kind, days: [ReportDay: (first: Int, files: Int)], worked: [ReportDay],
    today: ReportDay, first: Int?, files: Int, minuteNow: Int
  ) {
    (self.partner, self.kind) = (partner, kind)
    isOfCalendar = false
    (firstToday, filesToday) = (first, files)
    let earlier = Earlier(days, worked)
    (daysSeen, daysWorked) = (earlier.seen, worked.count)
    let minutes = earlier.minutes
    let isHabit =
      daysSeen >= ArrivalHabit.daysMin
      && daysSeen * 100 >= worked.count * ArrivalHabit.shareMinPercent
    guard isHabit else {
      if first == nil || worked.count < ArrivalHabit.daysMin { return nil }
      usualMinute = minutes.isEmpty ? 0 : minutes[minutes.count / 2]
      latestMinute = minutes.last ?? 0
      usualFiles = 0
      standing = .unusual
      return
    }
    usualMinute = minutes[(minutes.count - 1) / 2]
    latestMinute = minutes[(minutes.count - 1) * 9 / 10]
    usualFiles = earlier.usualFiles ?? 0
    // Some files do not come on Sundays: of enough such weekdays, the half must have seen it.
    let sameWeekday = worked.filter { $0.weekday == today.weekday }
    let isDay = sameWeekday.count < 3 || sameWeekday.count { days[$0] != nil } * 2 >= sameWeekday.count
    let due = latestMinute + ArrivalHabit.graceMinutes
    if let first {
      standing = first > due && isDay ? .late(minutes: first - latestMinute) : .onTime
    } else if !isDay {
      standing = .notExpected
    } else {
      standing = minuteNow > due ? .missing(minutes: minuteNow - latestMinute) : .notYetDue
    }
  }

  /// What the calendar expects of a day.
  /// - Parameters:
  ///   - due: the minute of the report's day at which the first file is due; nil: none is on that day.
  ///   - minuteNow: how far the day has come; 1440 when it is over.
  init(
    partner: String, kind: Kind, due: Int?, days: [ReportDay: (first: Int, files: Int)], worked: [ReportDay],
    first: Int?, files: Int, minuteNow: Int
  ) {
    (self.partner, self.kind) = (partner, kind)
    isOfCalendar = true
    (firstToday, filesToday) = (first, files)
    let earlier = Earlier(days, worked)
    (daysSeen, daysWorked) = (earlier.seen, worked.count)
    usualFiles = earlier.usualFiles ?? 1
    (usualMinute, latestMinute) = (due ?? 0, due ?? 0)
    guard let due else {
      standing = first == nil ? .notExpected : .unusual
      return
    }
    if let first {
      standing = first > due ? .late(minutes: first - due) : .onTime
    } else {
      standing = minuteNow >= due ? .missing(minutes: minuteNow - due) : .notYetDue
    }
  }
}

/// What the working days before show of the files of a kind.
private struct Earlier {
  /// On how many of them they came.
  let seen: Int
  /// The minutes at which the first of each day came, the earliest first.
  let minutes: [Int]
  /// How many usually come in a day (the median); nil where none ever did.
  let usualFiles: Int?

  init(_ days: [ReportDay: (first: Int, files: Int)], _ worked: [ReportDay]) {
    let known = worked.compactMap { days[$0] }
    seen = known.count
    minutes = known.map(\.first).sorted()
    let counts = known.map(\.files).sorted()
    usualFiles = counts.isEmpty ? nil : counts[(counts.count - 1) / 2]
  }
}
