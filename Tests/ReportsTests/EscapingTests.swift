import Foundation
import Orders
import TestSupport
import Testing

@testable import Reports

@Suite("Text of partners in the report")
struct EscapingTests {
  @Test("There are five hundred hostile strings, all different")
  func count() { #expect(Set(HostileText.all).count == 500) }

  @Test("Text becomes text: only letters of our own are markup")
  func text() {
    var page = HTMLPage()
    page.element("p", ["title": "\"><script>"], "<b>&'\u{202E}\u{0}")
    #expect(
      String(decoding: page.bytes, as: UTF8.self)
        == "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39;\u{FFFD}\u{FFFD}</p>")
  }

  @Test("What a partner wrote keeps its own direction, and is cut where no cell could show it")
  func given() {
    var page = HTMLPage()
    page.given(String(repeating: "x", count: 200))
    let text = String(decoding: page.bytes, as: UTF8.self)
    #expect(text == "<bdi>" + String(repeating: "x", count: 120) + "…</bdi>")
  }

  @Test(
    "A cell of a CSV is no formula, and is quoted where it must be",
    arguments: [
      ("plain", "plain"), ("=1+1", "'=1+1"), ("-5", "'-5"), ("@x", "'@x"), ("'x", "''x"), ("\tx", "'\tx"),
      ("a,b", "\"a,b\""), ("=a\"b", "\"'=a\"\"b\""), ("a\r\nb", "\"a\r\nb\""), ("", ""),
    ])
  func cell(given: String, written: String) { #expect(ReportTable.quoted(given) == written) }

  // MARK: A whole page of it

  /// A report in which every place that a partner can fill holds one of the strings.
  private func report(_ strings: ArraySlice<String>) -> DailyReport {
    let day = ReportDay(number: Calendar.days(year: 2026, month: 11, day: 21) ?? 0, zone: .kolkata)
    var report = DailyReport(day: day, asOf: day.end)
    var rest = Array(strings)
    func next() -> String { rest.isEmpty ? "" : rest.removeLast() }
    let since = day.next(-9).start
    for _ in 0..<50 {
      report.unknownCodes.append(.init(partner: "ecom-express", code: next(), count: 1))
      report.refusals.append(
        .init(partner: "dtdc", file: next(), outcome: .rejected, code: .unrouted, arrivedAt: day.start))
      report.standing.stuck.append(.init(sticking: .silent, holder: next(), count: 1, oldest: since))
    }
    for _ in 0..<20 {
      report.standing.stuckLongest.append(
        .init(
          sticking: .silent, holder: next(), orderNumber: next(), invoice: next(), awb: next(),
          location: next(), state: .inTransit, heardOf: since))
    }
    return report
  }

  /// What of a string the page shows.
  private func shown(_ text: String) -> String {
    var shown = ""
    for scalar in HTMLPage.shortened(text).unicodeScalars {
      shown.unicodeScalars.append(HTMLPage.isShown(scalar) ? scalar : "\u{FFFD}")
    }
    return shown
  }

  @Test(
    "Five hundred hostile strings are shown as text by a browser, and run nothing",
    .enabled(if: Browser.path != nil, "this machine has no chromium"))
  func browser() throws {
    try withTemporaryFolder { root in
      let browser = try Browser()
      for start in stride(from: 0, to: 500, by: 250) {
        let strings = HostileText.all[start..<start + 250]
        let report = self.report(strings)
        let attention = Attention(report, titles: [:])
        let tables = ReportTables(report, attention, titles: [:])
        for page in [ReportPage(report, attention, tables, titles: [:]).bytes, reconciliation(strings)] {
          try root.write(page, to: "page.html")
          try expectText(browser, root.path("page.html"), strings)
        }
      }
    }
  }

  private func expectText(_ browser: Browser, _ page: String, _ strings: ArraySlice<String>) throws {
    for width in [360, 1400] {
      try browser.load(page, width: width)
      #expect(browser.events.complaints.isEmpty)
      #expect(browser.events.requests == ["file://" + page])
      #expect(try browser.value("window.taken === undefined", as: Bool.self))
      #expect(
        try browser.value(
          "document.documentElement.scrollWidth <= document.documentElement.clientWidth", as: Bool.self))
    }
    let texts: [String] = try browser.value(
      "[...document.querySelectorAll('td bdi')].map(given => given.textContent)")
    let known = Set(texts)
    for string in strings { #expect(known.contains(shown(string)), "\(string.debugDescription)") }
  }

  /// The page of a reconciliation in which every place that a partner can fill holds one of the strings.
  private func reconciliation(_ strings: ArraySlice<String>) -> [UInt8] {
    let day = ReportDay(number: Calendar.days(year: 2026, month: 11, day: 21) ?? 0, zone: .kolkata)
    var groups = ThreeWayGroups()
    var lines: [ThreeWay.Line] = []
    var rest = Array(strings)
    func next() -> String { rest.isEmpty ? "" : rest.removeLast() }
    for place in 0..<50 {
      let sorts = ThreeWay.Sort.allCases
      var line = ThreeWay.Line(sort: sorts[place % sorts.count], who: next())
      line.orderNumber = next()
      line.awb = next()
      line.ordersSay = next()
      line.scansSay = next()
      groups.enter(line.sort, line.who, since: line.since)
      lines.append(line)
    }
    var threeWay = ThreeWay(day: day, asOf: day.end)
    threeWay.groups = groups.sorted
    return ReconcilePage(threeWay, threeWay.tables(lines, in: .kolkata)).bytes
  }

  @Test("Python reads every hostile string out of the CSV as it was, but for the guard before formulas")
  func python() throws {
    try withTemporaryFolder { root in
      var table = ReportTable("hostile", "Hostile", [.text("text", "text"), .number("number", "number")])
      for (place, text) in HostileText.all.enumerated() { table.add(.given(text), .number(place)) }
      try root.write(table.csv(in: .kolkata), to: "hostile.csv")
      try root.write(
        JSONSerialization.data(withJSONObject: HostileText.all).map { $0 }, to: "expected.json")
      let script = """
        import csv, json, sys
        rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
        wanted = json.load(open(sys.argv[2]))
        assert rows[0] == ["text", "number"], rows[0]
        assert len(rows) == len(wanted) + 1, len(rows)
        for place, text in enumerate(wanted):
            guard = "'" if text[:1] in tuple("=+-@'\\t\\r") and text else ""
            assert rows[place + 1] == [guard + text, str(place)], (text, rows[place + 1])
        """
      #expect(try python(script, [root.path("hostile.csv"), root.path("expected.json")]) == 0)
    }
  }

  private func python(_ script: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
