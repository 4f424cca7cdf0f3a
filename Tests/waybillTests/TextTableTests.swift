import Orders
import Testing

@testable import waybill

@Suite("Tables")
struct TextTableTests {
  @Test("columns align whatever the cells hold, and no line ends with a blank")
  func aligned() {
    var table = TextTable([.init("file"), .init("partner"), .number("rows")])
    table.add("北京.csv", "dtdc", "1")
    table.add("e\u{301}.csv", "ecom-express", "12,345")
    table.add("a\u{1B}[2J.csv", "", "7")
    table.addSum(["3 files", "", "12,353"])
    #expect(
      table.lines(indent: 1) == [
        " file            partner         rows",
        " --------------  ------------  ------",
        " 北京.csv        dtdc               1",
        " e\u{301}.csv           ecom-express  12,345",
        " a\\u{1B}[2J.csv                     7",
        " --------------  ------------  ------",
        " 3 files                       12,353",
      ])
    let widths = Set(table.lines().map(TextWidth.of))
    #expect(widths.count == 1)
    #expect(table.lines().allSatisfy { !$0.hasSuffix(" ") })
  }

  @Test("a table without titles has no head")
  func headless() {
    var table = TextTable("", "")
    table.add("--root DIR", "the folder")
    table.add("--json", "")
    #expect(table.lines() == ["--root DIR  the folder", "--json"])
  }

  @Test("a name longer than its column may be is cut in its middle")
  func longNames() {
    var table = TextTable([.init("file", columnsMax: 20), .init("kind")])
    table.add(String(repeating: "n", count: 300) + ".csv", "orders")
    #expect(table.lines()[2] == "nnnnnnnnnnnnn…nn.csv  orders")
  }
}

@Suite("Numbers, times and spans for people")
struct HumanTextTests {
  @Test(
    "numbers are grouped by three",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
      (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func counts(number: Int, text: String) { #expect(HumanText.count(number) == text) }

  @Test("one is one")
  func plurals() {
    #expect(HumanText.count(1, "row") == "1 row")
    #expect(HumanText.count(0, "row") == "0 rows")
    #expect(HumanText.count(2, "inbox", "inboxes") == "2 inboxes")
  }

  @Test(
    "sizes",
    arguments: [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (48_211, "47.0 KiB"), (1 << 30, "1.0 GiB")])
  func sizes(bytes: Int, text: String) { #expect(HumanText.size(bytes) == text) }

  @Test(
    "spans",
    arguments: [
      (0, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (12_000, "3 h 20 min"), (172_800, "2 d"),
      (187_200, "2 d 4 h"),
      (-5, "0 s"),
    ])
  func spans(seconds: Int, text: String) { #expect(HumanText.span(seconds: seconds) == text) }

  @Test("times are shown on the zone's clock")
  func times() {
    #expect(HumanText.time(sampleTime(), .kolkata) == "21 Nov 2026 02:10:04")
    #expect(HumanText.time(sampleTime(), .utc) == "20 Nov 2026 20:40:04")
    #expect(HumanText.time(.init(milliseconds: -1), .utc) == "31 Dec 1969 23:59:59")
  }

  @Test("lists read as sentences")
  func lists() {
    #expect(HumanText.list([]) == "")
    #expect(HumanText.list(["a"]) == "a")
    #expect(HumanText.list(["a", "b", "c"], joint: "or") == "a, b or c")
  }
}

@Suite("The word that was meant")
struct NearestTests {
  @Test(
    "is offered when it is near",
    arguments: [
      ("onec", "once"), ("rule", "rules"), ("ORDER", "order"), ("stat", "status"), ("chekc", "check"),
      ("verify", nil), ("", nil),
      ("x", nil), ("explian", "explain"),
    ] as [(String, String?)])
  func near(typed: String, meant: String?) {
    #expect(Nearest.word(to: typed, among: Verb.all.map(\.name)) == meant)
  }

  @Test(
    "steps are counted as a typist would",
    arguments: [("", "", 0), ("ab", "ba", 1), ("abc", "", 3), ("kitten", "sitting", 3)])
  func steps(a: String, b: String, count: Int) {
    #expect(Nearest.steps(from: a, to: b) == count)
    #expect(Nearest.steps(from: b, to: a) == count)
  }
}
