internal import Orders

/// The report's page: one file that needs nothing else, and reads from the most pressing to the most patient.
public struct ReportPage {
  private let report: DailyReport
  private let attention: Attention
  private let tables: ReportTables
  private let titles: [String: String]
  private var page = HTMLPage()

  public init(
    _ report: DailyReport, _ attention: Attention, _ tables: ReportTables, titles: [String: String]
  ) {
    self.report = report
    self.attention = attention
    self.tables = tables
    self.titles = titles
    write()
  }

  public var bytes: [UInt8] { page.bytes }

  private var zone: Zone { report.day.zone }

  private mutating func write() {
    page.begin(title: "waybill: \(report.day.text)")
    summary()
    needs()
    figures()
    contents()
    throughput()
    wrong()
    standing()
    couriers()
    arrivals()
    weeks()
    proof()
    page.end()
  }

  // MARK: The top

  private mutating func summary() {
    page.open("header")
    page.element("p", ["class": "kicker"], "waybill · the exchange, day by day")
    page.element("h1", report.day.title)
    let until =
      report.isWhole
      ? "The whole day" : "Not over: as of \(ReportWords.time(report.asOf, told: report.day))"
    page.element(
      "p", ["class": "meta"],
      "\(until) · clocks of \(zone.name) · up to decision \(ReportWords.count(Int(report.lastDecision.raw)))")
    let facts = report.conservation
    let balances = facts.rowsBalance && facts.shipmentsBalance
    page.open("p", ["class": balances ? "balance good" : "balance bad"])
    page.element("b", balances ? "✓ Everything balances." : "✗ The books do not balance.")
    let parts = Outcome.allCases.map { "\(ReportWords.count(facts.decided[$0])) \($0.name)" }
    page.text(
      " \(ReportWords.count(facts.decided.read, "row")) read = \(parts.joined(separator: " + ")). "
        + "\(ReportWords.count(facts.shipmentsIn, "shipment")) in since the ledger began = the sum over all states. "
    )
    page.element("a", ["href": "#conservation"], "Both sides")
    page.close("p")
    page.close("header")
  }

  private mutating func needs() {
    page.open("section", ["class": "needs", "id": "needs"])
    page.element("h2", "What needs somebody")
    if attention.findings.isEmpty {
      let came = report.mixes.isEmpty ? "No file came" : "Every file came, every row was answered"
      page.element("p", ["class": "quiet"], "✓ Nothing. \(came), nothing is stuck.")
      page.close("section")
      return
    }
    page.open("ol")
    for finding in attention.findings {
      page.open("li", ["class": "finding \(finding.urgency.word.lowercased())"])
      page.open("p", ["class": "tags"])
      page.element("b", ["class": "urgency"], "\(ReportPage.mark(finding.urgency)) \(finding.urgency.word)")
      page.literal(" ")
      page.open("span", ["class": "who"])
      page.given(finding.who)
      page.close("span")
      page.close("p")
      page.open("p", ["class": "what"])
      page.given(finding.what, lengthMax: 1000)
      page.close("p")
      page.open("p", ["class": "remedy"])
      page.text("→ ")
      page.words(finding.remedy)
      page.literal(" ")
      page.element("a", ["href": "#\(finding.table)"], "more")
      page.close("p")
      page.close("li")
    }
    page.close("ol")
    page.open("p", ["class": "rest screen"])
    page.text("The list as CSV: ")
    page.element("a", ["href": "needs.csv", "class": "csv"], "needs.csv")
    page.close("p")
    page.close("section")
  }

  private static func mark(_ urgency: Attention.Urgency) -> String {
    switch urgency {
    case .now: "●"
    case .today: "◐"
    case .watch: "○"
    }
  }

  private mutating func figures() {
    let rows = report.conservation.decided
    let files = report.mixes.reduce(0) { $0 + $1.files }
    let waiting = report.parked.reduce(0) { $0 + $1.rows }
    let today = report.days.last
    page.open("dl", ["class": "figures"])
    figure(
      "files", ReportWords.count(files), "\(ReportWords.count(today?.filesRefused ?? 0)) refused or held")
    figure(
      "rows read", ReportWords.count(rows.read),
      usual(rows.read, report.hours.reduce(0) { $0 + $1.usualRows }))
    figure(
      "rejected", ReportWords.count(rows[.rejected]),
      ReportWords.percent(rows[.rejected], of: rows.read) + " of rows")
    figure("parked now", ReportWords.count(waiting), "rows that wait for a step")
    figure(
      "stuck", ReportWords.count(report.standing.stuckCount),
      "of \(ReportWords.count(report.standing.states.reduce(0) { $0 + $1.count })) on the way")
    figure("delivered", ReportWords.count(today?.delivered ?? 0), "by the scans' own time" + usualDelivered)
    page.close("dl")
  }

  /// What is delivered on one of the four weeks' working days, on average.
  private var usualDelivered: String {
    let before = report.days.dropLast().filter { $0.files > 0 }
    if before.isEmpty { return "" }
    return "; usually \(ReportWords.count(before.reduce(0) { $0 + $1.delivered } / before.count))"
  }

  private func usual(_ now: Int, _ usual: Int) -> String {
    if usual == 0 { return "no earlier days to compare" }
    return "usually \(ReportWords.count(usual))"
  }

  private mutating func figure(_ name: String, _ value: String, _ note: String) {
    page.open("div")
    page.element("dt", name)
    page.element("dd", ["class": "value"], value)
    page.element("dd", ["class": "note"], note)
    page.close("div")
  }

  private mutating func contents() {
    page.open("nav", ["aria-label": "Parts of the report"])
    for (anchor, words) in [
      ("day", "The day"), ("wrong", "What went wrong"), ("standing", "Where everything stands"),
      ("delivery", "Couriers"), ("coming", "Late and missing files"), ("trend", "Week on week"),
      ("proof", "The proof"),
    ] {
      page.element("a", ["href": "#\(anchor)"], words)
      page.literal(" ")
    }
    page.close("nav")
  }

  // MARK: The parts

  private mutating func part(_ anchor: String, _ title: String, _ words: String) {
    page.open("section", ["id": anchor])
    page.element("h2", title)
    page.element("p", ["class": "lead"], words)
  }

  private mutating func table(_ name: String) { page.table(tables[name], told: report.day) }

  private mutating func legend() {
    page.open("p", ["class": "legend"])
    for (ink, words) in [
      (Charts.Ink.applied, "applied"), (.duplicate, "duplicate"), (.recorded, "recorded"),
      (.parked, "parked"),
      (.rejected, "rejected"),
    ] { swatch(ink, words) }
    page.close("p")
  }

  private mutating func ageLegend(_ ages: [String]) {
    page.open("p", ["class": "legend"])
    for (ink, words) in zip([Charts.Ink.age0, .age1, .age2, .age3, .age4], ages) { swatch(ink, words) }
    page.close("p")
  }

  private mutating func swatch(_ ink: Charts.Ink, _ words: String) {
    page.open("span")
    page.open("svg", ["width": "14", "height": "12", "aria-hidden": "true"])
    page.empty("rect", ["class": ink.rawValue, "width": "14", "height": "12"])
    page.literal("</rect>")
    page.close("svg")
    page.text(" \(words)")
    page.close("span")
    page.literal(" ")
  }

  private mutating func throughput() {
    part(
      "day", "The day",
      "Rows by the hour in which their file arrived. The dark mark across a column is what is usual at that hour."
    )
    let parts = ReportTables.columns(of: report.hours)
    Charts.columns(
      report.hours.enumerated().map { hour, counts in
        Charts.Column(
          label: ReportWords.twoDigits(hour), isLabelMinor: hour % 6 != 0, segments: parts[hour],
          usual: counts.usualRows,
          words: "\(ReportWords.clock(minute: hour * 60)): \(ReportWords.count(counts.rows.read, "row")) in "
            + "\(ReportWords.count(counts.files, "file")), \(ReportWords.count(counts.rows[.rejected])) rejected; "
            + "usually \(ReportWords.count(counts.usualRows))")
      }, says: "Rows by hour of arrival; the table below has the numbers.", in: &page)
    legend()
    details("hours")
    table("outcomes")
    page.close("section")
  }

  /// A table that most read only as a plot: folded on the screen, open on paper.
  private mutating func details(_ name: String) {
    page.open("details")
    page.element("summary", "The numbers: \(tables[name].caption.lowercased())")
    table(name)
    page.close("details")
  }

  private mutating func wrong() {
    part(
      "wrong", "What went wrong",
      "Rejections by who sent them and why; the sender finds each row, with its own cells, in its errors file."
    )
    table("rejections")
    table("refusals")
    table("unknown-codes")
    page.close("section")
  }

  private mutating func standing() {
    part(
      "standing", "Where everything stands",
      "Ages are counted to the end of the report. A shipment is stuck when nothing was heard of it for longer than its step may take."
    )
    table("states")
    ageLegend(Standing.ages)
    table("stuck")
    table("stuck-shipments")
    table("seen-after-cancellation")
    table("parked")
    page.close("section")
  }

  private mutating func couriers() {
    part(
      "delivery", "Couriers",
      "Shipments that were delivered, turned back or lost in the four weeks up to the day, by the scans' own times."
    )
    table("couriers")
    page.open("div", ["class": "cards"])
    for courier in report.couriers.prefix(12) where courier.delivered > 0 {
      page.open("div", ["class": "card"])
      page.open("h3")
      page.given(courier.courier)
      page.close("h3")
      page.element("p", ["class": "axis-name"], "whole days from manifest to delivery")
      Charts.histogram(
        courier.byDays.enumerated().map { (CourierPerformance.daysLabel($0.offset), $0.element) },
        says: "Delivered shipments by days.", in: &page)
      page.element("p", ["class": "axis-name"], "attempts until delivery")
      Charts.histogram(
        courier.byAttempts.enumerated().map { (CourierPerformance.attemptsLabel($0.offset), $0.element) },
        height: 80, says: "Delivered shipments by attempts.", in: &page)
      page.close("div")
    }
    page.close("div")
    details("delivery-days")
    details("delivery-attempts")
    table("failed-deliveries")
    page.close("section")
  }

  private mutating func arrivals() {
    part(
      "coming", "Late and missing files",
      "The usual hour is learned from the ledger's own four weeks: the median and the ninth tenth of the first file's hour, where it came on \(ArrivalHabit.shareMinPercent) of 100 working days. Late is an hour after nearly always."
    )
    table("arrivals")
    page.open("p", ["class": "legend"])
    swatch(.faint, "from the usual hour until it nearly always has come")
    swatch(.now, "today's first file")
    page.close("p")
    page.close("section")
  }

  /// Every seventh day back from this one is labelled in full.
  private func isMinor(_ day: ReportDay) -> Bool { (report.day.number - day.number) % 7 != 0 }
  private func label(_ day: ReportDay) -> String {
    isMinor(day) ? String(day.short.prefix { $0 != " " }) : day.short
  }

  private mutating func weeks() {
    part("trend", "Week on week", "Four weeks day by day, and seven days against the seven before.")
    page.element("h3", "Rows read a day")
    Charts.columns(
      report.days.map { day in
        Charts.Column(
          label: label(day.day), isLabelMinor: isMinor(day.day),
          segments: [
            Charts.Segment(day.rows.read - day.rows[.rejected], .applied),
            Charts.Segment(day.rows[.rejected], .rejected),
          ],
          words: "\(day.day.weekdayName), \(day.day.short): \(ReportWords.count(day.rows.read, "row")), "
            + "\(ReportWords.count(day.rows[.rejected])) rejected", isToday: day.day == report.day)
      }, says: "Rows read a day; the table below has the numbers.", in: &page)
    page.element("h3", "Rejected, in percent of rows")
    Charts.line(
      report.days.map { day in
        let share = ReportWords.permille(day.rows[.rejected], of: day.rows.read)
        return (
          label(day.day), isMinor(day.day), share,
          "\(day.day.weekdayName), \(day.day.short): \(ReportWords.percent(share))"
        )
      }, says: "Share of rejected rows a day; the table below has the numbers.",
      spelled: { ReportWords.percent($0) }, in: &page)
    table("weeks")
    details("days")
    page.close("section")
  }

  private mutating func proof() {
    part(
      "proof", "The proof",
      "What the decisions say, and what the journal's rows come to when they are counted one by one.")
    table("conservation")
    if report.conservation.repeatedRows > 0 {
      page.element(
        "p", ["class": "rest"],
        "\(ReportWords.count(report.conservation.repeatedRows, "row")) of files that came a second time were answered again and not judged again; they are in neither side."
      )
    }
    page.close("section")
  }
}
