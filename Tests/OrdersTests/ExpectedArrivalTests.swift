import Orders
import Testing

@Suite("The calendar of expected files")
struct ExpectedArrivalTests {
  @Test(
    "A time of day is two digits, a colon and two digits", arguments: ["00:00", "09:05", "21:30", "24:00"])
  func clock(text: String) { #expect(ExpectedArrival(clock: text)?.clock == text) }

  @Test(
    "Anything else is none",
    arguments: ["", "9:05", "24:01", "12:60", "21.30", "21:3", "-1:00", "21:30:00", " 9:00"])
  func noClock(text: String) { #expect(ExpectedArrival(clock: text) == nil) }

  @Test("It is due at that time on the partner's clock, on its days alone")
  func due() throws {
    // Saturday, 21 November 2026.
    let day = try #require(Calendar.days(year: 2026, month: 11, day: 21))
    let arrival = ExpectedArrival(byMinute: 1290, weekdays: [5])
    #expect(arrival.due(onDay: day, in: .kolkata)?.iso8601(in: .kolkata) == "2026-11-21T21:30:00+05:30")
    #expect(arrival.due(onDay: day, in: .utc)?.iso8601(in: .utc) == "2026-11-21T21:30:00+00:00")
    #expect(arrival.due(onDay: day + 1, in: .kolkata) == nil)
    let end = ExpectedArrival(byMinute: 1440)
    #expect(end.due(onDay: day, in: .kolkata)?.iso8601(in: .kolkata) == "2026-11-22T00:00:00+05:30")
  }
}
