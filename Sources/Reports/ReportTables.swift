internal import Orders

/// The tables of a day's report, in the order of the page.
public struct ReportTables: Sendable {
  public private(set) var all: [ReportTable] = []
  let report: DailyReport
  private let titles: [String: String]

  public init(_ report: DailyReport, _ attention: Attention, titles: [String: String]) {
    self.report = report
    self.titles = titles
    all = [
      needs(attention), conservation(), hours(), outcomes(), rejections(), refusals(), unknownCodes(),
      states(), stuckGroups(), stuck(), seenAfterCancellation(), couriers(), deliveryDays(), attempts(),
      reasons(), parked(),
      arrivals(), weeks(), days(),
    ]
  }

  public subscript(_ name: String) -> ReportTable {
    guard let table = all.first(where: { $0.name == name }) else { preconditionFailure("no table \(name)") }
    return table
  }

  private func partner(_ folder: String) -> ReportTable.Cell { .text(folder) }

  private static let outcomeColumns = Outcome.allCases.map {
    ReportTable.Column.number(StoryWords.plain($0.name), $0.name)
  }

  private static func outcomes(_ rows: RowCounts) -> [Charts.Segment] {
    [
      Charts.Segment(rows[.applied], .applied), Charts.Segment(rows[.duplicate], .duplicate),
      Charts.Segment(rows[.recorded], .recorded), Charts.Segment(rows[.parked], .parked),
      Charts.Segment(rows[.rejected], .rejected),
    ]
  }

  static func columns(of hours: [DailyReport.HourCounts]) -> [[Charts.Segment]] {
    hours.map { outcomes($0.rows) }
  }

  // MARK: The day

  private func needs(_ attention: Attention) -> ReportTable {
    var table = ReportTable(
      "needs", "What needs somebody",
      [
        .text("how soon", "urgency"), .text("who", "who"), .text("what", "what"),
        .text("what to do", "remedy"), .text("see", "table"),
      ])
    for finding in attention.findings {
      table.add(
        .text(finding.urgency.word), .given(finding.who), .given(finding.what), .text(finding.remedy),
        .text(finding.table))
    }
    return table
  }

  private func conservation() -> ReportTable {
    var table = ReportTable(
      "conservation", "Both sides of every balance, counted apart",
      [
        .text("what", "what"), .number("one side", "left"), .number("other side", "right"),
        .text("balance", "balance"),
      ])
    let facts = report.conservation
    func add(_ what: String, _ left: Int, _ right: Int) {
      table.add(
        .text(what), .number(left), .number(right), .text(left == right ? "✓ balances" : "✗ differs"))
    }
    let sum = Outcome.allCases.reduce(0) { $0 + facts.decided[$1] }
    add(
      "rows read = applied + duplicate + recorded + parked + rejected (as the decisions say)",
      facts.decided.read, sum)
    add(
      "rows read, as the decisions say = rows in the journal, counted one by one", facts.decided.read,
      facts.counted.read)
    for outcome in Outcome.allCases {
      add(
        "rows \(outcome.name), decided = counted", facts.decided[outcome],
        facts.counted[outcome])
    }
    add(
      "shipments that came into being = sum over all states, and those that a split left empty",
      facts.shipmentsIn, facts.shipmentsByState.reduce(0, +) + facts.shipmentsEmptied)
    return table
  }

  private func hours() -> ReportTable {
    var table = ReportTable(
      "hours", "Rows by hour of arrival",
      [.text("hour", "hour"), .number("files", "files"), .number("rows", "rows")]
        + ReportTables.outcomeColumns + [.number("usual rows", "usual_rows")])
    for (hour, counts) in report.hours.enumerated() {
      table.rows.append(
        [
          .text(ReportWords.clock(minute: hour * 60)), .number(counts.files), .number(counts.rows.read),
        ] + Outcome.allCases.map { .number(counts.rows[$0]) } + [.number(counts.usualRows)])
    }
    return table
  }

  private func outcomes() -> ReportTable {
    var table = ReportTable(
      "outcomes", "Rows by partner and kind",
      [
        .text("partner", "partner"), .text("kind", "kind"), .number("files", "files"),
        .number("refused or held", "files_refused"), .number("repeated", "files_repeated"),
        .number("rows", "rows"),
      ] + ReportTables.outcomeColumns)
    var total = RowCounts()
    for mix in report.mixes {
      total.add(mix.rows)
      table.rows.append(
        [
          partner(mix.partner), .text(mix.kind?.name ?? "not told"), .number(mix.files),
          .number(mix.filesRefused), .number(mix.filesRepeated), .number(mix.rows.read),
        ] + Outcome.allCases.map { .number(mix.rows[$0]) })
      table.drawings.append(.bar(ReportTables.outcomes(mix.rows)))
    }
    table.drawnTitle = "mix"
    table.sum =
      [
        .text("all"), .nothing, .number(report.mixes.reduce(0) { $0 + $1.files }),
        .number(report.mixes.reduce(0) { $0 + $1.filesRefused }),
        .number(report.mixes.reduce(0) { $0 + $1.filesRepeated }), .number(total.read),
      ] + Outcome.allCases.map { .number(total[$0]) }
    table.whenEmpty = "No file came."
    return table
  }

  // MARK: What went wrong

  private func rejections() -> ReportTable {
    var table = ReportTable(
      "rejections", "Rejected rows by partner, kind and code",
      [
        .number("rows", "rows"), .text("code", "code"), .text("what it says", "sentence"),
        .text("partner", "partner"), .text("kind", "kind"), .text("who must act", "who"),
        .number("files", "files"), .number("usual", "usual_rows"), .text("for example", "examples"),
        .text("what to do", "remedy"),
      ])
    for rejection in report.rejections {
      let meaning = rejection.code.meaning
      let examples = rejection.examples.map {
        "\($0.file) row \($0.row)" + ($0.column.map { " (\($0))" } ?? "")
      }
      table.add(
        .number(rejection.count), .text(rejection.code.name), .text(meaning.sentence),
        partner(rejection.partner), .text(rejection.kind?.name ?? "not told"), .text(meaning.who.rawValue),
        .number(rejection.files), .number(rejection.usual), .given(examples.joined(separator: "; ")),
        .text(meaning.remedy))
    }
    table.whenEmpty = "No row was rejected."
    return table
  }

  private func refusals() -> ReportTable {
    var table = ReportTable(
      "refusals", "Files refused or held whole",
      [
        .text("arrived", "arrived_at"), .text("partner", "partner"), .text("file", "file"),
        .text("outcome", "outcome"), .text("code", "code"), .text("what it says", "sentence"),
        .text("who must act", "who"),
      ])
    for file in report.refusals {
      let meaning = file.code?.meaning
      table.add(
        .time(file.arrivedAt), partner(file.partner), .given(file.file), .text(file.outcome.rawValue),
        .text(file.code?.name ?? ""), .text(meaning?.sentence ?? ""), .text(meaning?.who.rawValue ?? ""))
    }
    table.whenEmpty = "No file was refused or held."
    return table
  }

  private func unknownCodes() -> ReportTable {
    var table = ReportTable(
      "unknown-codes", "Codes that no table has: their rows are recorded and move nothing",
      [
        .text("partner", "partner"), .text("code", "code"), .number("rows", "rows"),
        .text("perhaps, with its zeros", "with_zeros"),
      ])
    for code in report.unknownCodes {
      table.add(
        partner(code.partner), .given(code.code), .number(code.count), .text(code.withZeros ?? ""))
    }
    table.whenEmpty = "Every code was known."
    return table
  }

  // MARK: Where everything stands

  private func states() -> ReportTable {
    var table = ReportTable(
      "states", "Shipments on their way, by state and by how long they have been in it",
      [.text("state", "state"), .number("shipments", "shipments")]
        + zip(Standing.ages, ["under_1_d", "1_to_2_d", "2_to_3_d", "3_to_7_d", "over_7_d"]).map {
          .number($0, "age_" + $1)
        } + [.number("stuck", "stuck"), .text("oldest since", "oldest_since")])
    let inks: [Charts.Ink] = [.age0, .age1, .age2, .age3, .age4]
    for state in report.standing.states {
      table.rows.append(
        [.text(StoryWords.plain(state.state.name)), .number(state.count)]
          + state.byAge.map { .number($0) }
          + [.number(state.stuck), state.oldest.map { .time($0) } ?? .nothing])
      table.drawings.append(.bar(zip(state.byAge, inks).map { Charts.Segment($0, $1) }))
    }
    table.drawnTitle = "by age"
    let states = report.standing.states
    table.sum =
      [.text("on the way"), .number(states.reduce(0) { $0 + $1.count })]
      + Standing.ages.indices.map { place in .number(states.reduce(0) { $0 + $1.byAge[place] }) }
      + [.number(states.reduce(0) { $0 + $1.stuck }), .nothing]
    return table
  }

  private func stuckGroups() -> ReportTable {
    var table = ReportTable(
      "stuck", "Stuck, by whose move it is",
      [
        .number("shipments", "shipments"), .text("how", "how"), .text("whose move", "holder"),
        .number("stuck after", "allowed_minutes"), .text("longest since", "longest_since"),
        .number("for", "longest_minutes"), .text("the longest", "longest_order_number"),
      ])
    for group in report.standing.stuck {
      table.add(
        .number(group.count), .text(group.sticking.words), .given(group.holder),
        .minutes(group.sticking.hoursMax * 60), .time(group.oldest),
        .minutes(ReportWords.minutes(from: group.oldest, to: report.asOf)), .given(group.oldestOrder))
    }
    table.whenEmpty = "Nothing is stuck."
    return table
  }

  private func stuck() -> ReportTable {
    var table = ReportTable(
      "stuck-shipments", "The shipments unheard of for longest, some of each group",
      [
        .text("order", "order_number"), .text("invoice", "invoice_id"), .text("AWB", "awb_number"),
        .text("state", "state"), .text("how", "how"), .text("whose move", "holder"),
        .text("location", "location_key"), .text("last heard of", "heard_of"),
        .number("silent for", "silent_minutes"),
      ])
    for shipment in report.standing.stuckLongest {
      table.add(
        .given(shipment.orderNumber), .given(shipment.invoice), .given(shipment.awb),
        .text(StoryWords.plain(shipment.state.name)), .text(shipment.sticking.words),
        .given(shipment.holder), .given(shipment.location), .time(shipment.heardOf),
        .minutes(ReportWords.minutes(from: shipment.heardOf, to: report.asOf)))
    }
    table.shownRows = ReportTables.shown(of: report.standing.stuckLongest)
    table.whenEmpty = "Nothing is stuck."
    return table
  }

  /// Which of the stuck shipments the page names: the longest of each group, so that no group hides another, the urgent ones first
  /// where there are too many groups.
  private static func shown(of stuck: [Standing.StuckShipment]) -> [Int] {
    var counts: [String: Int] = [:]
    let few = stuck.indices.filter { place in
      counts["\(stuck[place].sticking.rawValue) \(stuck[place].holder)", default: 0] += 1
      return counts["\(stuck[place].sticking.rawValue) \(stuck[place].holder)", default: 0] <= stuckOfEachMax
    }
    let urgent = few.filter { stuck[$0].sticking.isUrgent } + few.filter { !stuck[$0].sticking.isUrgent }
    return urgent.prefix(stuckShownMax).sorted()
  }

  private static let stuckOfEachMax = 6
  private static let stuckShownMax = 60

  private func seenAfterCancellation() -> ReportTable {
    var table = ReportTable(
      "seen-after-cancellation", "Goods seen after their shipment was cancelled, the newest first",
      [
        .text("seen", "seen_at"), .text("by", "partner"), .text("AWB", "awb_number"), .text("code", "code"),
        .text("at", "location"), .text("order", "order_number"), .text("cancelled", "cancelled_at"),
        .text("file", "file"), .number("row", "row"),
      ])
    for seen in report.exceptions.newest {
      table.add(
        .time(seen.seenAt), partner(seen.partner), .given(seen.awb), .given(seen.code),
        .given(seen.location), .given(seen.orderNumber), .time(seen.cancelledAt), .given(seen.file),
        .number(Int(seen.row)))
    }
    table.shownMax = 25
    table.whenEmpty = "No goods of a cancelled shipment were seen."
    return table
  }

  private func parked() -> ReportTable {
    var table = ReportTable(
      "parked", "Rows that wait for an earlier step, by how long they have waited",
      [.text("partner", "partner"), .number("rows", "rows")]
        + zip(
          DailyReport.ParkedGroup.ages, ["under_6_h", "6_to_24_h", "1_to_2_d", "2_to_3_d", "over_3_d"]
        ).map { .number($0, "age_" + $1) }
        + [
          .text("oldest", "oldest_arrived_at"), .number("may wait", "allowed_minutes"),
          .number("run out within a day", "near_their_end"),
        ])
    let inks: [Charts.Ink] = [.age0, .age1, .age2, .age3, .age4]
    for group in report.parked {
      table.rows.append(
        [partner(group.partner), .number(group.rows)] + group.byAge.map { .number($0) }
          + [.time(group.oldest), .minutes(group.hoursMax * 60), .number(group.nearTheirEnd)])
      table.drawings.append(.bar(zip(group.byAge, inks).map { Charts.Segment($0, $1) }))
    }
    table.drawnTitle = "by age"
    table.whenEmpty = "No row waits."
    return table
  }
}
