import Foundation
import TestSupport
import Testing

/// The report of weeks of trade, as a browser shows it.
@Suite("The report in a browser", .enabled(if: Browser.path != nil, "this machine has no chromium"))
struct ReportPageTests {
  /// Plays the weeks once and gives the folder with the pages of their last day.
  private func withWeeks(
    _ month: TradeMonth = TradeMonth(days: 15, ordersADay: 30),
    _ body: (Browser, String, TemporaryFolder) throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      try await month.play(in: root)
      for (verb, status) in [("report", 0), ("reconcile", 1)] as [(String, Int32)] {
        let made = try await WaybillProgram.run([
          verb, "--root", root.path, "--date", month.lastDay, "--at", "2026-11-22T02:00:00+05:30",
        ])
        try #require(made.status == .exited(status), "\(verb): \(made.errors)")
      }
      try body(try Browser(), root.path("outbox/reports/\(month.lastDay)/"), root)
    }
  }

  /// Loads a page from disk on a desk and on a phone, by day and by night: it asks for nothing, complains of nothing, and nothing
  /// sticks out.
  private func expectItFits(_ browser: Browser, _ page: String, _ root: TemporaryFolder) throws {
    for (width, isDark) in [(1400, false), (1400, true), (360, false), (360, true)] {
      try browser.load(page, width: width, isDark: isDark)
      #expect(browser.events.complaints.isEmpty, "the console is silent")
      #expect(browser.events.requests == ["file://" + page], "nothing but the page is asked for")
      let overflow: Int = try browser.value(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth")
      #expect(overflow <= 0, "nothing sticks out at \(width)")
      let name = page.split(separator: "/").last.map(String.init) ?? ""
      try root.write(try browser.picture(), to: "pictures/\(name)-\(width)\(isDark ? "-dark" : "").png")
    }
    try browser.load(page, width: 360)
  }

  @Test("The pages of weeks of trade load from disk, fit 360 and 1400 points, show their plots and sort")
  func weeks() async throws {
    try await withWeeks { browser, folder, root in
      try expectItFits(browser, folder + "reconcile.html", root)
      try reconciliation(browser)
      try expectItFits(browser, folder + "index.html", root)
      for width in [1400, 360] {
        try browser.load(folder + "index.html", width: width)
        let invisible: Int = try browser.value(
          """
          [...document.querySelectorAll("section > svg.plot, .card svg.plot")]
            .filter(plot => { const box = plot.getBoundingClientRect(); return box.width < 150 || box.height < 60; }).length
          """)
        #expect(invisible == 0, "every plot has its room at \(width)")
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

  @Test("A month of all partners is told as well", .enabled(if: isLongRun, "tried with WAYBILL_LONG=1"))
  func month() async throws {
    try await withWeeks(TradeMonth(days: 31, ordersADay: 90, seed: 11)) { browser, folder, root in
      for name in ["reconcile.html", "index.html"] { try expectItFits(browser, folder + name, root) }
      try answers(browser)
      try root.write(try browser.print(), to: "pictures/a4.pdf")
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
      ("It is inventory-2026-11-21-12.csv.", "Nexar Logistics", "Now"),
      ("rows of EasyEcom were rejected", "EasyEcom", "Now"),
      ("of orders-2026-11-21-06.csv (quantity).", "EasyEcom", "Now"),
      ("confirmed and not manifested for more than 24 h", "Nexar Logistics, WH-DEL", "Now"),
      ("manifested and never scanned for more than 24 h", "Ecom Express", "Now"),
    ] {
      let finding = told.first { $0.contains(words) && $0.contains(who) && $0.contains(urgency) }
      #expect(finding != nil, "\(words): \(told)")
    }
  }

  /// The lines of the reconciliation, sorted by who has the next move, and looked through for one of them.
  private func reconciliation(_ browser: Browser) throws {
    let balance: String = try browser.value("document.querySelector('.balance b').textContent")
    #expect(balance.contains("✓"))
    func who() throws -> [String] {
      try browser.value(
        "[...document.querySelectorAll('#reconcile-lines tbody tr')].map(row => row.cells[7].textContent)")
    }
    let written = try who()
    #expect(written.count > 15 && Set(written).count > 2)
    let _: Bool = try browser.value(
      "document.querySelectorAll('#reconcile-lines thead th span')[7].click(), true")
    let sorted = try who()
    #expect(sorted == sorted.sorted() && sorted != written && Set(sorted) == Set(written))
    let ofCarrier: [String] = try browser.value(
      """
      (() => { const field = document.querySelector('#reconcile-lines .filter'); field.value = 'ekart';
        field.dispatchEvent(new Event('input'));
        return [...document.querySelectorAll('#reconcile-lines tbody tr')].filter(row => row.offsetHeight > 0)
          .map(row => row.textContent); })()
      """)
    #expect(!ofCarrier.isEmpty && ofCarrier.count < written.count)
    #expect(ofCarrier.allSatisfy { $0.localizedCaseInsensitiveContains("ekart") })
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
    #expect(written.count > 25)
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
    #expect(!shown.isEmpty && shown.count < written.count)
    #expect(shown.allSatisfy { $0.contains("Ekart") })
    // However many lie silent for longer: of every group that is stuck some are named, the one among them that its line names.
    let named: [Bool] = try browser.value(
      """
      (() => { const shipments = [...document.querySelectorAll('#stuck-shipments tbody tr')].map(row => row.textContent);
        return [...document.querySelectorAll('#stuck tbody tr')].map(row =>
          shipments.some(text => [1, 2, 6].every(place => text.includes(row.cells[place].textContent)))); })()
      """)
    #expect(named.count > 5 && named.allSatisfy { $0 })
  }
}
