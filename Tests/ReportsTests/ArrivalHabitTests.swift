import Orders
import Testing

@testable import Reports

@Suite("The usual hour")
struct ArrivalHabitTests {
  /// Four weeks that end on Friday, 20 November 2026; a file came each day at ten, and on Sundays none.
  private func habit(
    firstToday: Int?, minuteNow: Int = 1440, on day: Int = 21,
    minutes: (ReportDay) -> Int? = { $0.weekday == 6 ? nil : 600 }
  ) -> ArrivalHabit? {
    let today = ReportDay(
      number: Calendar.days(year: 2026, month: 11, day: day) ?? 0, zone: .kolkata)
    let worked = (1...28).map { today.next(-$0) }.sorted()
    var days: [ReportDay: (first: Int, files: Int)] = [:]
    for day in worked { if let minute = minutes(day) { days[day] = (minute, 2) } }
    return ArrivalHabit(
      partner: "dtdc", kind: .manifests, days: days, worked: worked, today: today, first: firstToday,
      files: firstToday == nil ? 0 : 1, minuteNow: minuteNow)
  }

  @Test("A file within an hour of when it nearly always comes is on time; a minute later it is late")
  func late() {
    #expect(habit(firstToday: 600)?.standing == .onTime)
    #expect(habit(firstToday: 660)?.standing == .onTime)
    #expect(habit(firstToday: 661)?.standing == .late(minutes: 61))
  }

  @Test("A file that has not come is missing only when its hour is over")
  func missing() {
    #expect(habit(firstToday: nil, minuteNow: 660)?.standing == .notYetDue)
    #expect(habit(firstToday: nil, minuteNow: 661)?.standing == .missing(minutes: 61))
    #expect(habit(firstToday: nil)?.standing == .missing(minutes: 840))
  }

  @Test("A file that never comes on Sundays is not missing on a Sunday")
  func sunday() {
    #expect(habit(firstToday: nil, on: 22)?.standing == .notExpected)
    #expect(habit(firstToday: nil, on: 23)?.standing == .missing(minutes: 840))
  }

  @Test("The hour is the median, and the ninth tenth of the days says by when it nearly always comes")
  func hours() throws {
    // 19 early days, 9 late ones.
    let known = try #require(
      habit(firstToday: 700, minutes: { $0.number % 3 == 0 ? 700 : 600 }))
    #expect(known.usualMinute == 600)
    #expect(known.latestMinute == 700)
    #expect(known.usualFiles == 2)
    #expect(known.daysSeen == 28)
  }

  @Test("Four days tell no habit, and a file that came on few of many days is not expected")
  func rare() {
    #expect(habit(firstToday: nil, minutes: { $0.number % 7 == 0 ? 600 : nil }) == nil)
    #expect(habit(firstToday: 650, minutes: { $0.number % 7 == 0 ? 600 : nil })?.standing == .unusual)
  }

  @Test("What the calendar expects is late the minute after, and missing from its minute on")
  func calendar() {
    let today = ReportDay(number: Calendar.days(year: 2026, month: 11, day: 21) ?? 0, zone: .kolkata)
    func standing(due: Int?, first: Int?, now: Int = 1440) -> ArrivalHabit.Standing {
      ArrivalHabit(
        partner: "dtdc", kind: .manifests, due: due, days: [:], worked: [today.next(-1)], first: first,
        files: first == nil ? 0 : 1, minuteNow: now
      ).standing
    }
    #expect(standing(due: 600, first: 600) == .onTime)
    #expect(standing(due: 600, first: 601) == .late(minutes: 1))
    #expect(standing(due: 600, first: nil, now: 599) == .notYetDue)
    #expect(standing(due: 600, first: nil, now: 600) == .missing(minutes: 0))
    #expect(standing(due: 600, first: nil) == .missing(minutes: 840))
    #expect(standing(due: nil, first: nil) == .notExpected)
    #expect(standing(due: nil, first: 10) == .unusual)
  }
}
