import Orders
import Testing

@testable import Reports

/// Times of a page leave out what everybody knows, and nothing else.
@Suite("Words of the reports")
struct ReportWordsTests {
  private let told = ReportDay(number: Calendar.days(year: 2026, month: 1, day: 2) ?? 0, zone: .kolkata)

  @Test(
    "A time of another year than the told day's shows its year",
    arguments: [
      ("2026-01-02T09:05:00+05:30", "2 Jan 09:05"), ("2025-12-31T23:59:00+05:30", "31 Dec 2025 23:59"),
      ("2024-11-21T00:00:00+05:30", "21 Nov 2024 00:00"), ("2027-03-01T12:00:00+05:30", "1 Mar 2027 12:00"),
    ])
  func years(_ spelled: String, _ shown: String) throws {
    #expect(ReportWords.shortTimes(spelled, told: told) == shown)
    #expect(
      ReportWords.shortTimes("open since \(spelled), by easyecom", told: told)
        == "open since \(shown), by easyecom")
    let date = spelled.prefix(10).split(separator: "-").compactMap { Int($0) }
    let day = try #require(Calendar.days(year: date[0], month: date[1], day: date[2]))
    let clock = spelled.dropFirst(11).prefix(5).split(separator: ":").compactMap { Int64($0) }
    let instant = Zone.kolkata.instant(
      localMilliseconds: day * 86_400_000 + (clock[0] * 60 + clock[1]) * 60_000)
    #expect(ReportWords.time(instant, told: told) == shown)
  }
}
