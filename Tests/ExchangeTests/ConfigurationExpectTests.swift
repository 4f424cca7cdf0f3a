import Exchange
import Orders
import Testing

@Suite("The calendar of the configuration")
struct ConfigurationExpectTests {
  private func load(_ text: String) throws -> Configuration {
    try Configuration.load(text: Array(text.utf8), path: "exchange.json")
  }

  @Test("A kind's hour and days are read, days left out are all")
  func read() throws {
    let settings =
      #"{"partners": {"dtdc": {"expect": {"manifests": {"by": "20:00", "days": ["mon", "sun"]}, "tracking": {"by": "09:30"}}}}}"#
    let dtdc = try #require(try load(settings).profiles.first { $0.folder == "dtdc" })
    #expect(
      dtdc.expected == [
        .manifests: ExpectedArrival(byMinute: 1200, weekdays: [0, 6]),
        .tracking: ExpectedArrival(byMinute: 570),
      ])
    let shown = try load(settings).settings.filter { $0.path.contains(".expect") && $0.path.contains("dtdc") }
    #expect(
      shown.map { "\($0.path) = \($0.value.spelled)" } == [
        #"partners.dtdc.expect.manifests.by = "20:00""#,
        #"partners.dtdc.expect.manifests.days = ["mon", "sun"]"#,
        #"partners.dtdc.expect.tracking.by = "09:30""#,
        #"partners.dtdc.expect.tracking.days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]"#,
      ])
    #expect(shown.first?.origin == .file(key: "partners.dtdc.expect.manifests.by"))
  }

  @Test("No decision depends on it, so the hash is that of the configuration without it")
  func hash() throws {
    let with = try load(#"{"partners": {"dtdc": {"parkHours": 5, "expect": {"tracking": {"by": "09:30"}}}}}"#)
    let without = try load(#"{"partners": {"dtdc": {"parkHours": 5}}}"#)
    #expect(with.hash == without.hash)
    #expect(!with.canonicalText.contains("expect"))
  }

  @Test(
    "What is no calendar is a fault with its path",
    arguments: [
      (#"{"tracking": {}}"#, "partners.dtdc.expect.tracking"),
      (#"{"tracking": {"by": "9:30"}}"#, "partners.dtdc.expect.tracking.by"),
      (#"{"tracking": {"by": 9}}"#, "partners.dtdc.expect.tracking.by"),
      (#"{"tracking": {"by": "09:30", "zone": "UTC"}}"#, "partners.dtdc.expect.tracking.zone"),
      (#"{"tracking": {"by": "09:30", "days": []}}"#, "partners.dtdc.expect.tracking.days"),
      (#"{"tracking": {"by": "09:30", "days": ["mon", "mon"]}}"#, "partners.dtdc.expect.tracking.days[1]"),
      (#"{"tracking": {"by": "09:30", "days": ["Monday"]}}"#, "partners.dtdc.expect.tracking.days[0]"),
      (#"{"parcels": {"by": "09:30"}}"#, "partners.dtdc.expect.parcels"),
    ])
  func faults(expect: String, path: String) {
    let text = #"{"partners": {"dtdc": {"expect": "# + expect + "}}}"
    #expect(Configuration.faults(in: Array(text.utf8), path: "exchange.json").first?.path == path)
  }
}
