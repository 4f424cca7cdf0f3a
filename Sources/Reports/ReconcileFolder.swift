internal import Files
internal import Ledger
public import Orders

/// Writing a day's reconciliation beside its report: `outbox/reports/DAY/reconcile.html`, every difference in `reconcile.csv`, and
/// the counts of both sides in `reconcile-totals.csv`.
public enum ReconcileFolder {
  /// What was written, and what it came to.
  public struct Written: Sendable {
    public let threeWay: ThreeWay
    /// The page, below ROOT.
    public let page: String
    /// Every difference, below ROOT.
    public let lines: String
  }

  /// Compares orders, manifests and scans as the ledger stood at a day's end, without its lock; nil where there is no ledger.
  /// - Parameters:
  ///   - path: the exchange's folder.
  ///   - day: an instant of it; nil: the clock's day.
  ///   - clock: what time it is; ages are counted to it, or to the day's end where that came before.
  public static func make(
    root path: String, day: Timestamp?, clock: Timestamp, zone: Zone, profiles: [PartnerProfile],
    headway: JournalHeadway? = nil
  ) throws -> Written? {
    let root = try Folder(path: path)
    guard let ledger = try ReportFolder.ledger(in: root) else { return nil }
    let day = ReportDay(of: day ?? clock, in: zone)
    let folder = try root.makeSubfolder("outbox").makeSubfolder("reports").makeSubfolder(day.text)
    var csv = try LongCSV(csvName, columns: ToldLine.columns, in: folder)
    var shown = ShownLines()
    let threeWay = try ThreeWay.reconcile(
      of: day, asOf: clock, ledger: ledger, profiles: profiles, headway: headway
    ) { line in
      try csv.add { line.put(to: &$0, in: zone) }
      shown.offer(line)
    }
    try csv.finish()
    let tables = threeWay.tables(shown.inOrder, in: zone)
    let totals = tables[0].csv(in: zone)
    try AtomicFile.publish(
      totals, in: folder, as: Array("reconcile-totals.csv".utf8), replace: true, sync: false)
    let page = ReconcilePage(threeWay, tables)
    try AtomicFile.publish(
      page.bytes, in: folder, as: Array("reconcile.html".utf8), replace: true, sync: true)
    let place = "outbox/reports/\(day.text)/"
    return Written(threeWay: threeWay, page: place + "reconcile.html", lines: place + csvName)
  }

  static let csvName = "reconcile.csv"
}

/// The first lines of each sort, for the page: the CSV has all of them.
struct ShownLines {
  private var counts = [Int](repeating: 0, count: ThreeWay.Sort.allCases.count)
  private(set) var lines: [ThreeWay.Line] = []
  static let ofEachSortMax = 40

  /// In the order of the groups above them, the oldest first.
  var inOrder: [ThreeWay.Line] {
    lines.enumerated().sorted { a, b in
      (a.element.sort.rawValue, a.element.since ?? .distantPast, a.offset)
        < (b.element.sort.rawValue, b.element.since ?? .distantPast, b.offset)
    }.map(\.element)
  }

  mutating func offer(_ line: borrowing ToldLine) {
    counts[line.sort.rawValue] += 1
    if counts[line.sort.rawValue] <= ShownLines.ofEachSortMax { lines.append(line.kept) }
  }
}

extension ThreeWay {
  /// Totals, groups and the lines of the page.
  func tables(_ lines: [Line], in zone: Zone) -> [ReportTable] { [totals(), groupTable(), lineTable(lines)] }

  private func totals() -> ReportTable {
    var table = ReportTable(
      "reconcile-totals", "Both sides of every total, counted apart",
      [
        .text("what", "what"), .number("one side", "left"), .number("other side", "right"),
        .text("balance", "balance"),
      ])
    for balance in balances {
      table.add(
        .text(balance.what), .number(balance.left), .number(balance.right),
        .text(balance.left == balance.right ? "✓ balances" : "✗ differs"))
    }
    let sides = [
      "ordered only", "ordered and manifested", "ordered and scanned", "ordered, manifested and scanned",
    ]
    for (words, count) in zip(sides, places.bySides) {
      table.add(.text("shipments \(words)"), .number(count), .nothing, .text(""))
    }
    for (words, count) in [
      ("ended", places.ended), ("on their way within their time", places.inTime),
      ("differing", places.differing), ("left empty by a split", places.emptied),
    ] {
      table.add(.text("shipments \(words)"), .number(count), .nothing, .text(""))
    }
    return table
  }

  private func groupTable() -> ReportTable {
    var table = ReportTable(
      "reconcile-differences", "What differs, and whose move it is",
      [
        .number("lines", "lines"), .text("what differs", "difference"), .text("whose move", "who"),
        .text("oldest since", "oldest_since"), .number("for", "oldest_minutes"),
        .text("likely cause", "likely_cause"), .text("what to do", "remedy"),
      ])
    for group in groups {
      table.add(
        .number(group.count), .text(group.sort.words), .given(group.who),
        group.oldest.map { .time($0) } ?? .nothing,
        group.oldest.map { .minutes(ReportWords.minutes(from: $0, to: asOf)) } ?? .nothing,
        .text(group.sort.cause), .text(group.sort.remedy))
    }
    table.whenEmpty = "Nothing differs."
    table.csvName = nil
    return table
  }

  private func lineTable(_ lines: [Line]) -> ReportTable {
    var table = ReportTable(
      "reconcile-lines", "Line by line, both sides beside each other",
      [
        .text("what differs", "difference"), .text("order", "order_number"), .text("AWB", "awb_number"),
        .text("orders say", "orders_say"), .text("manifests say", "manifests_say"),
        .text("scans say", "scans_say"), .text("since", "since"), .text("whose move", "who"),
      ])
    for line in lines {
      table.add(
        .text(line.sort.words), .given(line.orderNumber), .given(line.awb),
        .given(ReportWords.shortTimes(line.ordersSay, told: day)),
        .text(ReportWords.shortTimes(line.manifestsSay, told: day)),
        .given(ReportWords.shortTimes(line.scansSay, told: day)),
        line.since.map { .time($0) } ?? .nothing,
        .given(line.who))
    }
    table.shownMax = lines.count
    table.csvName = ReconcileFolder.csvName
    table.whenEmpty = "Nothing differs."
    return table
  }
}
