import Foundation
import TestSupport
import Testing

/// The report of weeks of trade, as a browser shows it.
@Suite("The report in a browser", .enabled(if: Browser.path != nil, "this machine has no chromium"))
struct ReportPageTests {
  /// Plays the weeks once and shows the page of their last day.
  private func withReport(_ body: (Browser, String, TemporaryFolder) throws -> Void) async throws {
    try await withTemporaryFolder { root in
      let month = TradeMonth(days: 15, ordersADay: 30)
      try await month.play(in: root)
      let made = try await WaybillProgram.run([
        "report", "--root", root.path, "--date", month.lastDay, "--at", "2026-11-22T02:00:00+05:30",
      ])
      try #require(made.status == .exited(0), "\(made.errors)")
      let page = root.path("outbox/reports/\(month.lastDay)/index.html")
      try body(try Browser(), page, root)
    }
  }

  @Test("A page of weeks of trade loads from disk, fits 360 and 1400 points, shows its plots and sorts")
  func weeks() async throws {
    try await withReport { browser, page, root in
      for (width, isDark) in [(1400, false), (1400, true), (360, false), (360, true)] {
        try browser.load(page, width: width, isDark: isDark)
        #expect(browser.events.complaints.isEmpty, "the console is silent")
        #expect(browser.events.requests == ["file://" + page], "nothing but the page is asked for")
        let overflow: Int = try browser.value(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth")
        #expect(overflow <= 0, "nothing sticks out at \(width)")
        let invisible: Int = try browser.value(
          """
          [...document.querySelectorAll("section > svg.plot, .card svg.plot")]
            .filter(plot => { const box = plot.getBoundingClientRect(); return box.width < 150 || box.height < 60; }).length
          """)
        #expect(invisible == 0, "every plot has its room at \(width)")
        try root.write(try browser.picture(), to: "pictures/\(width)\(isDark ? "-dark" : "").png")
      }
      // Hours, days, the line, and two distributions for each of the two couriers.
      #expect(try browser.value("document.querySelectorAll('svg.plot').length", as: Int.self) == 7)
      let empty: Int = try browser.value(
        """
        [...document.querySelectorAll('svg.plot')]
          .filter(plot => !plot.querySelector('rect:not(.reach), circle')).length
        """)
      #expect(empty == 0, "every plot shows something")
      try root.write(try browser.print(), to: "pictures/a4.pdf")
      try sorting(browser)
      try answers(browser)
    }
  }

  /// The bad day is told without being asked: what is missing, late, refused, rejected and lies, and whose move it is.
  private func answers(_ browser: Browser) throws {
    let told: [String] = try browser.value(
      "[...document.querySelectorAll('.finding')].map(finding => finding.innerText.replaceAll('\\n', ' '))")
    for (words, who, urgency) in [
      ("No tracking from Ekart", "Ekart", "Now"),
      ("DTDC Raftaar was late: manifests", "DTDC Raftaar", "Watch"),
      ("1 file of Nexar Logistics was refused whole (W401)", "Nexar Logistics", "Now"),
      ("rows of EasyEcom were rejected", "EasyEcom", "Now"),
      ("confirmed and not manifested for more than 24 h", "Nexar Logistics, WH-DEL", "Now"),
      ("manifested and never scanned for more than 24 h", "Ecom Express", "Now"),
    ] {
      let finding = told.first { $0.contains(words) && $0.contains(who) && $0.contains(urgency) }
      #expect(finding != nil, "\(words): \(told)")
    }
  }

  private func sorting(_ browser: Browser) throws {
    func column(_ place: Int) throws -> [String] {
      try browser.value(
        """
        [...document.querySelectorAll('#stuck-shipments tbody tr')]
          .map(row => row.querySelectorAll('td:not(.drawn)')[\(place)].textContent)
        """)
    }
    func click(_ place: Int) throws {
      let _: Bool = try browser.value(
        "document.querySelectorAll('#stuck-shipments thead th:not(.drawn) span')[\(place)].click(), true")
    }
    let written = try column(0)
    #expect(written.count == 25)
    try click(0)
    #expect(try column(0) == written.sorted())
    #expect(written != written.sorted(), "there is something to sort")
    try click(0)
    #expect(try column(0) == written.sorted().reversed())
    // The longest silence first, as the page was written.
    try click(8)
    #expect(try column(0) == written)
    let shown: [String] = try browser.value(
      """
      (() => { const field = document.querySelector('#stuck-shipments .filter'); field.value = 'EKART';
        field.dispatchEvent(new Event('input'));
        return [...document.querySelectorAll('#stuck-shipments tbody tr')].filter(row => row.offsetHeight > 0)
          .map(row => row.textContent); })()
      """)
    #expect(!shown.isEmpty && shown.count < 25)
    #expect(shown.allSatisfy { $0.contains("Ekart") })
  }
}
