/// A partner's own export held against the ledger, as people read it: the totals of both sides, and every difference line by line.

public import Files
public import Orders

public struct PartnerExport: Sendable {
  public let partner: String
  public let title: String
  public let file: String
  public let day: ReportDay
  public var rows = 0
  public var agreeing = 0
  public var repeated = 0
  /// Rows that differ, by what differs.
  public var differing: [Sort: Int] = [:]
  /// The partner's own shipments here: all, named by the export, closed and not named, open and not named.
  public var own = 0
  public var named = 0
  public var closed = 0

  public init(partner: String, title: String, file: String, day: ReportDay) {
    self.partner = partner
    self.title = title
    self.file = file
    self.day = day
  }

  public enum Sort: Int, Sendable, CaseIterable {
    case missingHere, missingThere, statesDiffer, quantitiesDiffer, unreadable

    public var word: String {
      switch self {
      case .missingHere: "missing_here"
      case .missingThere: "missing_there"
      case .statesDiffer: "states_differ"
      case .quantitiesDiffer: "quantities_differ"
      case .unreadable: "not_understood"
      }
    }

    public var words: String {
      switch self {
      case .missingHere: "in the export, not in the ledger"
      case .missingThere: "open in the ledger, not in the export"
      case .statesDiffer: "the states differ"
      case .quantitiesDiffer: "the quantities differ"
      case .unreadable: "the row was not understood"
      }
    }

    /// What kind of difference a rejection is.
    public init(_ code: RejectionCode) {
      switch code {
      case .unknownOrder, .unknownShipment: self = .missingHere
      case .statesDiffer: self = .statesDiffer
      case .quantitiesDiffer: self = .quantitiesDiffer
      default: self = .unreadable
      }
    }
  }

  /// One difference, both sides beside each other.
  public struct Line: Sendable {
    public var sort: Sort
    public var code = ""
    /// The row's number in the export; 0: it has none.
    public var row = 0
    public var orderNumber = ""
    public var invoice = ""
    public var awb = ""
    public var theirState = ""
    public var ourState = ""
    public var theirPieces: Int64?
    public var ourPieces: Int64?
    public var since: Timestamp?
    public var setBy = ""
    public var cause: String

    public init(_ sort: Sort, cause: String) {
      self.sort = sort
      self.cause = cause
    }
  }

  public var missingThere: Int { differing[.missingThere] ?? 0 }
  public var rowsDiffering: Int { differing.reduce(0) { $0 + ($1.key == .missingThere ? 0 : $1.value) } }
  public var differences: Int { rowsDiffering + missingThere }
  public var isBalanced: Bool {
    rows == agreeing + repeated + rowsDiffering && own == named + closed + missingThere
  }

  /// Both sides of every total, in words.
  public var balances: [ThreeWay.Balance] {
    [
      .init(
        what: "rows of the export = agreeing + repeated + differing", left: rows,
        right: agreeing + repeated + rowsDiffering),
      .init(
        what: "the partner's shipments in the ledger = named by the export + closed + missing there",
        left: own,
        right: named + closed + missingThere),
    ]
  }
}

/// Writing a comparison: `outbox/reports/DAY/reconcile-PARTNER.html` and every difference in the CSV of the same name.
public struct PartnerExportFile: ~Copyable {
  private let folder: Folder
  private let stem: String
  private let day: ReportDay
  private var csv: LongCSV
  private var counts = [Int](repeating: 0, count: PartnerExport.Sort.allCases.count)
  private var shown: [PartnerExport.Line] = []
  private static let shownOfEachSortMax = 60

  public init(partner: String, day: ReportDay, root path: String) throws(FileError) {
    let reports = try Folder(path: path).makeSubfolder("outbox").makeSubfolder("reports")
    let folder = try reports.makeSubfolder(day.text)
    let stem = "reconcile-\(partner)"
    let csv = try LongCSV(
      stem + ".csv",
      columns: [
        "difference", "code", "row", "order_number", "invoice_id", "awb_number", "their_state", "our_state",
        "their_quantity", "our_quantity", "since", "set_by", "likely_cause",
      ], in: folder)
    self.csv = csv
    self.folder = folder
    self.stem = stem
    self.day = day
  }

  public mutating func add(_ line: PartnerExport.Line) throws(FileError) {
    try csv.add([
      line.sort.word, line.code, line.row == 0 ? "" : String(line.row), line.orderNumber, line.invoice,
      line.awb,
      line.theirState, line.ourState, line.theirPieces.map { String($0) } ?? "",
      line.ourPieces.map { String($0) } ?? "", line.since?.iso8601(in: day.zone) ?? "", line.setBy,
      line.cause,
    ])
    counts[line.sort.rawValue] += 1
    if counts[line.sort.rawValue] <= PartnerExportFile.shownOfEachSortMax { shown.append(line) }
  }

  /// Puts both files in their places.
  /// - Returns: the page and the CSV, below ROOT.
  public mutating func finish(_ export: PartnerExport) throws(FileError) -> (page: String, lines: String) {
    try csv.finish()
    var page = HTMLPage()
    page.begin(title: "waybill: \(export.title)'s export against the ledger")
    page.open("header")
    page.element("p", ["class": "kicker"], "waybill · a partner's own export against the ledger")
    page.element("h1", export.title)
    page.open("p", ["class": "meta"])
    page.given(export.file)
    page.text(" · compared on \(day.title)")
    page.close("p")
    page.open("p", ["class": export.isBalanced ? "balance good" : "balance bad"])
    page.element("b", export.isBalanced ? "✓ The totals balance." : "✗ The totals do not balance.")
    page.text(
      " \(ReportWords.count(export.rows, "row")) = \(ReportWords.count(export.agreeing)) agreeing + "
        + "\(ReportWords.count(export.repeated)) repeated + \(ReportWords.count(export.rowsDiffering)) differing; "
        + "\(ReportWords.count(export.own, "shipment")) here = \(ReportWords.count(export.named)) named + "
        + "\(ReportWords.count(export.closed)) closed and not named + \(ReportWords.count(export.missingThere)) missing there."
    )
    page.close("p")
    page.close("header")
    page.open("section")
    page.element("h2", "Line by line")
    page.table(lineTable, told: day)
    if export.differences > shown.count {
      page.element(
        "p", ["class": "rest"],
        "\(ReportWords.count(export.differences - shown.count, "more line")) in \(stem).csv; here stand the first of each sort."
      )
    }
    page.close("section")
    page.end()
    try AtomicFile.publish(
      page.bytes, in: folder, as: Array("\(stem).html".utf8), replace: true, sync: true)
    let place = "outbox/reports/\(day.text)/\(stem)"
    return (place + ".html", place + ".csv")
  }

  private var lineTable: ReportTable {
    var table = ReportTable(
      "lines", "What differs, both sides beside each other",
      [
        .text("what differs", "difference"), .number("row", "row"), .text("order", "order_number"),
        .text("AWB", "awb_number"), .text("they say", "their_state"), .text("we say", "our_state"),
        .number("their pieces", "their_quantity"), .number("our pieces", "our_quantity"),
        .text("since", "since"), .text("why, and what it means", "likely_cause"),
      ])
    for line in shown {
      table.add(
        .text(line.sort.words), line.row == 0 ? .nothing : .number(line.row), .given(line.orderNumber),
        .given(line.awb), .given(line.theirState), .text(line.ourState),
        line.theirPieces.map { .number(Int($0)) } ?? .nothing,
        line.ourPieces.map { .number(Int($0)) } ?? .nothing, line.since.map { .time($0) } ?? .nothing,
        .given(line.cause))
    }
    table.shownMax = shown.count
    table.csvName = stem + ".csv"
    table.whenEmpty = "Nothing differs."
    return table
  }
}
