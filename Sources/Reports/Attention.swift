internal import Orders

/// What of the day needs somebody: one finding each, the most pressing first, with who must act and what to do.
public struct Attention: Sendable {
  public enum Urgency: Int, Sendable {
    case now, today, watch

    public var word: String {
      switch self {
      case .now: "Now"
      case .today: "Today"
      case .watch: "Watch"
      }
    }
  }

  public struct Finding: Sendable {
    public var urgency: Urgency
    public var who: String
    public var what: String
    public var remedy: String
    /// The table that says more.
    public var table: String
    /// How many rows, files or shipments it is about.
    public var count: Int
  }

  public private(set) var findings: [Finding] = []
  private let report: DailyReport
  private let titles: [String: String]

  /// Of findings of one sort so many are told one by one.
  private static let groupsMax = 6
  /// From this share of rejected rows on, rejections cannot wait.
  private static let rejectedPermilleMax = 50
  /// Return rates are judged from so many ended shipments on.
  private static let endedMin = 30
  private static let returnPermilleMax = 200

  init(_ report: DailyReport, titles: [String: String]) {
    self.report = report
    self.titles = titles
    balance()
    missingFiles()
    refusedFiles()
    rejectedRows()
    stuckShipments()
    parkedRows()
    lateFiles()
    codesWithoutZeros()
    unknownCodes()
    seenAfterCancellation()
    returns()
    // What was found first stays first among equals: what is missing hides more than what was refused.
    findings = findings.enumerated().sorted {
      ($0.element.urgency.rawValue, $0.offset) < ($1.element.urgency.rawValue, $1.offset)
    }.map(\.element)
  }

  private mutating func find(
    _ urgency: Urgency, _ who: String, _ what: String, do remedy: String, table: String, count: Int
  ) {
    findings.append(
      Finding(urgency: urgency, who: who, what: what, remedy: remedy, table: table, count: count))
  }

  private func title(_ folder: String) -> String { titles[folder] ?? folder }

  /// The first names of many: `a, b, c and 4 more`.
  private static func few(_ names: [String]) -> String {
    let shown = names.prefix(namesMax).map { shortened($0) }
    let more = names.count - shown.count
    return ReportWords.list(shown + (more > 0 ? ["\(ReportWords.count(more)) more"] : []))
  }

  private static func shortened(_ name: String) -> String { HTMLPage.shortened(name, nameLengthMax) }

  private static let namesMax = 3
  private static let nameLengthMax = 80

  // MARK: Ours

  private mutating func balance() {
    if report.conservation.rowsBalance && report.conservation.shipmentsBalance { return }
    find(
      .now, "Operations", "The books do not balance: rows or shipments are missing or counted twice.",
      do: "Stop the daemon and run `waybill ledger verify` before anything else.", table: "conservation",
      count: .max)
  }

  /// Codes that are in the sender's table with zeros in front: no new codes, but a file that went through a spreadsheet.
  private mutating func codesWithoutZeros() {
    for partner in report.unknownCodes.filter({ $0.withZeros != nil }).map(\.partner).uniqued {
      let codes = report.unknownCodes.filter { $0.partner == partner && $0.withZeros != nil }
      let rows = codes.reduce(0) { $0 + $1.count }
      let pairs = codes.prefix(Attention.groupsMax).map { "\($0.code) for \($0.withZeros ?? "")" }
      find(
        .today, title(partner),
        "\(ReportWords.count(rows, "row")) of \(title(partner)) \(rows == 1 ? "has a code" : "have codes") without "
          + "zeros in front, as a spreadsheet leaves them: \(ReportWords.list(pairs)). They are recorded and move nothing.",
        do: "Format the column as text before the export and send the rows again.", table: "unknown-codes",
        count: rows)
    }
  }

  private mutating func unknownCodes() {
    let codes = report.unknownCodes.filter { $0.withZeros == nil }
    let rows = codes.reduce(0) { $0 + $1.count }
    if rows == 0 { return }
    let senders = Set(codes.map { title($0.partner) }).sorted()
    find(
      .watch, "Operations",
      "\(ReportWords.count(codes.count, "code")) that no table has "
        + "(\(Attention.few(codes.map(\.code)))) came in "
        + "\(ReportWords.count(rows, "row")) from \(ReportWords.list(senders)); the rows are recorded and move nothing.",
      do: "Ask the carrier what the codes mean and have them added to its table.", table: "unknown-codes",
      count: rows)
  }

  private mutating func seenAfterCancellation() {
    let scans = report.exceptions.recent
    if scans == 0 { return }
    find(
      .today, "Operations",
      "\(ReportWords.count(scans, "scan")) came of goods whose shipments are cancelled: the goods moved all the same.",
      do: "Have the warehouse find the goods, or the carrier send them back.",
      table: "seen-after-cancellation", count: scans)
  }

  // MARK: Files

  private mutating func missingFiles() {
    for (partner, habits) in byPartner({ if case .missing = $0 { true } else { false } }) {
      let kinds = ReportWords.list(habits.map(\.kind.name))
      let latest = habits.map(\.latestMinute).max() ?? 0
      find(
        .now, title(partner),
        "No \(kinds) from \(title(partner)) \(report.isWhole ? "that day" : "so far"); "
          + "\(habits.count == 1 ? "the first file" : "all of them") "
          + (habits.allSatisfy(\.isOfCalendar)
            ? "\(habits.count == 1 ? "was" : "were") due by " : "nearly always came by ")
          + "\(ReportWords.clock(minute: latest)).",
        do: "Ask \(title(partner)) whether it sent them, and look for held uploads with `waybill status`.",
        table: "arrivals", count: habits.reduce(0) { $0 + max(1, $1.usualFiles) })
    }
  }

  private mutating func lateFiles() {
    for (partner, habits) in byPartner({ if case .late = $0 { true } else { false } }) {
      let words = habits.map { habit in
        var late = 0
        if case .late(let minutes) = habit.standing { late = minutes }
        return "\(habit.kind.name) at \(ReportWords.clock(minute: habit.firstToday ?? 0)), "
          + "\(ReportWords.span(minutes: late)) later than "
          + (habit.isOfCalendar ? "due" : "they nearly always come")
      }
      find(
        .watch, title(partner), "\(title(partner)) was late: \(words.joined(separator: "; ")).",
        do: "Nothing to mend in the exchange; tell \(title(partner)) if it happens again.", table: "arrivals",
        count: habits.count)
    }
  }

  private func byPartner(_ isMeant: (ArrivalHabit.Standing) -> Bool) -> [(String, [ArrivalHabit])] {
    var groups: [(String, [ArrivalHabit])] = []
    for habit in report.arrivals where isMeant(habit.standing) {
      if let place = groups.firstIndex(where: { $0.0 == habit.partner }) {
        groups[place].1.append(habit)
      } else {
        groups.append((habit.partner, [habit]))
      }
    }
    return groups
  }

  private mutating func refusedFiles() {
    var groups: [(partner: String, code: RejectionCode?, isHeld: Bool, files: [String])] = []
    for file in report.refusals {
      let isHeld = file.outcome == .held
      let known = groups.firstIndex {
        $0.partner == file.partner && $0.code == file.code && $0.isHeld == isHeld
      }
      if let known {
        groups[known].files.append(file.file)
      } else {
        groups.append((file.partner, file.code, isHeld, [file.file]))
      }
    }
    for group in groups.prefix(Attention.groupsMax) {
      let meaning = group.code?.meaning
      let what = group.isHeld ? "held and not processed" : "refused whole"
      find(
        .now, who(meaning?.who ?? .partner, group.partner),
        "\(ReportWords.count(group.files.count, "file")) of \(title(group.partner)) "
          + "\(group.files.count == 1 ? "was" : "were") \(what)"
          + (group.code.map { " (\($0.name)): \($0.meaning.sentence)" } ?? ".")
          + " \(group.files.count == 1 ? "It is" : "They are") \(Attention.few(group.files)).",
        do: meaning?.remedy ?? "Drop the file again, whole.", table: "refusals", count: group.files.count)
    }
  }

  private func who(_ actor: Actor, _ partner: String) -> String {
    switch actor {
    case .partner: title(partner)
    case .operations: "Operations"
    case .carrier: "The carrier"
    }
  }

  // MARK: Rows

  private mutating func rejectedRows() {
    var groups: [(who: String, partner: String, rows: [DailyReport.RejectionCount])] = []
    for rejection in report.rejections {
      let who = who(rejection.code.meaning.who, rejection.partner)
      if let known = groups.firstIndex(where: { $0.who == who && $0.partner == rejection.partner }) {
        groups[known].rows.append(rejection)
      } else {
        groups.append((who, rejection.partner, [rejection]))
      }
    }
    for group in groups.prefix(Attention.groupsMax) {
      guard let worst = group.rows.first else { continue }
      let count = group.rows.reduce(0) { $0 + $1.count }
      let usual = group.rows.reduce(0) { $0 + $1.usual }
      let read = report.mixes.filter { $0.partner == group.partner }.reduce(0) { $0 + $1.rows.read }
      let isOfSender = group.who == title(group.partner)
      let open = isOfSender ? min(count, report.openRejections[group.partner] ?? count) : count
      let isHeavy = (ReportWords.permille(open, of: read) ?? 0) >= Attention.rejectedPermilleMax
      let isSudden = open >= 20 && open > 3 * usual && usual > 0
      let share = ReportWords.percent(count, of: read)
      var what =
        "\(ReportWords.count(count, "row")) of \(title(group.partner)) \(count == 1 ? "was" : "were") rejected "
        + "(\(share) of its rows\(isSudden ? ", usually \(ReportWords.count(usual))" : ""))"
        + Attention.since(count, open) + ". "
      what +=
        group.rows.count == 1
        ? "The reason is \(worst.code.name): \(worst.code.meaning.sentence)"
        : worst.count == 1
          ? "Each has a reason of its own; the first is \(worst.code.name): \(worst.code.meaning.sentence)"
          : "Of \(ReportWords.count(group.rows.count)) reasons the most frequent, \(ReportWords.count(worst.count, "time")), is "
            + "\(worst.code.name): \(worst.code.meaning.sentence)"
      if let example = worst.examples.first {
        what += " The first is row \(ReportWords.count(example.row)) of \(Attention.shortened(example.file))"
        what += (example.column.map { " (\($0))" } ?? "") + "."
      }
      let cause = rejectedBefore(worst)
      if let cause { what += " " + cause.what }
      // Where all of it may follow from rows of others, nothing can be mended before those are.
      let follows = cause != nil && group.rows.allSatisfy { Attention.makers(of: $0.code) != nil }
      let isDone = open == 0
      find(
        isDone ? .watch : !follows && (isHeavy || isSudden) ? .now : .today, group.who, what,
        do: isDone ? "Nothing is left to mend." : cause?.remedy ?? worst.code.meaning.remedy,
        table: "rejections", count: count)
    }
  }

  /// Rows about orders or AWBs that nobody knows mostly follow from others' rows that were rejected earlier on the day: said, so that
  /// nobody looks for the fault where it only shows.
  private func rejectedBefore(_ rejection: DailyReport.RejectionCount) -> (what: String, remedy: String)? {
    guard let makers = Attention.makers(of: rejection.code) else { return nil }
    let earlier = report.rejections.filter { earlier in
      let isOwn = earlier.partner == rejection.partner && earlier.kind == rejection.kind
      return !isOwn && makers.contains { $0 == earlier.kind }
    }
    guard let most = earlier.max(by: { $0.count < $1.count }) else { return nil }
    let rows = earlier.filter { $0.partner == most.partner && $0.kind == most.kind }.reduce(0) {
      $0 + $1.count
    }
    let kind = most.kind?.name ?? ""
    return (
      "\(ReportWords.count(rows, "row")) of \(kind) of \(title(most.partner)) "
        + "\(rows == 1 ? "was" : "were") rejected that day; what nobody knows here may have stood there.",
      "Have \(title(most.partner)) correct its \(kind) first, then drop these rows again; check what is unknown even then."
    )
  }

  /// What came of rejected rows since: each that came again was answered again.
  private static func since(_ count: Int, _ open: Int) -> String {
    if open == count { return "" }
    if open == 0 {
      return count == 1 ? ", and was corrected since" : ", and all of them were corrected since"
    }
    return
      "; \(ReportWords.count(count - open)) of these came again since, \(ReportWords.count(open)) \(open == 1 ? "is" : "are") open"
  }

  /// The kinds of file that make known what a row with this code names; nil: it names nothing unknown.
  private static func makers(of code: RejectionCode) -> [Kind]? {
    switch code {
    case .unknownOrder: [.orders]
    case .unknownShipment: [.orders, .assignments]
    default: nil
    }
  }

  private mutating func parkedRows() {
    for (partner, rows) in report.expired {
      find(
        .today, "Operations",
        "\(ReportWords.count(rows, "row")) of \(title(partner)) waited too long for the manifest and "
          + "\(rows == 1 ? "was" : "were") rejected (\(RejectionCode.parkedTooLong.name)).",
        do: "\(RejectionCode.parkedTooLong.meaning.remedy)", table: "parked", count: rows)
    }
    for group in report.parked where group.nearTheirEnd > 0 {
      // Without a shipment a row waits for its order, and nobody can say whose that would be.
      let isForManifest = !group.movers.isEmpty
      find(
        .today, isForManifest ? ReportWords.list(group.movers) : title(group.partner),
        "\(ReportWords.count(group.nearTheirEnd, "row")) of \(title(group.partner)) "
          + "\(group.nearTheirEnd == 1 ? "has" : "have") waited for the \(isForManifest ? "manifest" : "order") for more than "
          + "\(ReportWords.span(minutes: max(0, group.hoursMax - 24) * 60)); after "
          + "\(ReportWords.span(minutes: group.hoursMax * 60)) they are rejected.",
        do: isForManifest
          ? "Send the manifests of what was handed over; `waybill reconcile` names each of them."
          : "Check the numbers; have the orders sent that are missing.", table: "parked",
        count: group.nearTheirEnd)
    }
  }

  // MARK: Shipments

  private mutating func stuckShipments() {
    // What cannot wait is told however few they are; of the others the many before the few.
    let groups = report.standing.stuck.filter(\.isUrgent) + report.standing.stuck.filter { !$0.isUrgent }
    let rest = groups.dropFirst(Attention.groupsMax)
    for group in groups.prefix(Attention.groupsMax) {
      let oldest = ReportWords.span(minutes: ReportWords.minutes(from: group.oldest, to: report.asOf))
      let name = group.oldestOrder.isEmpty ? "" : ", \(Attention.shortened(group.oldestOrder)),"
      find(
        group.isUrgent ? .now : .today, group.holder,
        "\(ReportWords.count(group.count, "shipment")) \(group.count == 1 ? "is" : "are") "
          + "\(group.sticking.words) for more than \(ReportWords.span(minutes: group.sticking.hoursMax * 60)); "
          + "the longest\(name) for \(oldest).",
        do: Attention.remedy(group.sticking), table: "stuck", count: group.count)
    }
    if rest.isEmpty { return }
    let shipments = rest.reduce(0) { $0 + $1.count }
    find(
      rest.contains(where: \.isUrgent) ? .now : .today, "Operations",
      "\(ReportWords.count(shipments, "more shipment")) \(shipments == 1 ? "is" : "are") stuck with "
        + "\(ReportWords.list(Set(rest.map(\.holder)).sorted())).",
      do: "Go through the table of what is stuck, by whose move it is.", table: "stuck", count: shipments)
  }

  private static func remedy(_ sticking: Standing.Sticking) -> String {
    switch sticking {
    case .withoutCarrier: "The marketplace must name carrier and AWB, or cancel."
    case .notAssigned: "Assign a carrier or confirm, or cancel what cannot be served."
    case .notConfirmed: "Confirm what is packed, or cancel."
    case .notManifested: "Send the manifest if the goods were handed over; hand them over if not."
    case .neverScanned:
      "Ask the courier for its pickup scan; if it has none, the goods still lie in the warehouse."
    case .silent: "Ask the courier where they are; declare lost what it cannot find."
    case .returnSilent: "Ask the courier for the return; claim what does not come back."
    }
  }

  private mutating func returns() {
    for courier in report.couriers where courier.ended >= Attention.endedMin {
      let share = ReportWords.permille(courier.returning, of: courier.ended) ?? 0
      if share < Attention.returnPermilleMax { continue }
      find(
        .watch, courier.courier,
        "\(ReportWords.percent(share)) of what \(courier.courier) ended in four weeks went back to the shipper.",
        do: "Look at its reasons below: addresses are the seller's to mend, attempts the courier's.",
        table: "couriers", count: courier.returning)
    }
  }
}

extension [String] {
  /// Each once, in the order of the first.
  fileprivate var uniqued: [String] {
    reduce(into: []) { known, next in if !known.contains(next) { known.append(next) } }
  }
}
