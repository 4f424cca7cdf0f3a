public import Orders

/// A table of the report: on the page for people, beside it as CSV for machines, from the same cells.
public struct ReportTable: Sendable {
  public enum Cell: Sendable, Equatable {
    /// Our own words.
    case text(String)
    /// What a partner wrote: names, codes, numbers of orders. It may hold anything.
    case given(String)
    case number(Int)
    /// Tenths of a percent; nil: a share of nothing.
    case permille(Int?)
    /// A change in percent; nil: from nothing.
    case change(Int?)
    case minutes(Int)
    case time(Timestamp)
    case nothing
  }

  public struct Column: Sendable {
    /// As the page heads it.
    let title: String
    /// As the CSV heads it, unit last.
    let name: String
    let isNumber: Bool

    static func text(_ title: String, _ name: String) -> Column {
      Column(title: title, name: name, isNumber: false)
    }
    static func number(_ title: String, _ name: String) -> Column {
      Column(title: title, name: name, isNumber: true)
    }
  }

  /// The stem of the CSV's name, and the table's place on the page.
  public let name: String
  let caption: String
  let columns: [Column]
  public internal(set) var rows: [[Cell]] = []
  /// A last row that sums the others: on the page only, for a machine would count everything twice.
  var sum: [Cell]?
  /// A picture of each row, drawn beside it.
  var drawings: [Charts.Drawing] = []
  var drawnTitle = ""
  /// Longer tables are cut on the page; the CSV has all rows.
  var shownMax = 60
  /// The places of the rows that the page shows; nil: the first ones.
  var shownRows: [Int]?
  /// What stands instead of a table without rows.
  var whenEmpty = "Nothing."

  init(_ name: String, _ caption: String, _ columns: [Column]) {
    self.name = name
    self.caption = caption
    self.columns = columns
    csvName = name + ".csv"
  }

  mutating func add(_ cells: Cell..., drawing: Charts.Drawing? = nil) {
    precondition(cells.count == columns.count, "a row has as many cells as the table has columns")
    rows.append(cells)
    if let drawing { drawings.append(drawing) }
  }

  /// The file beside the page that has the same cells, or more; nil: none has.
  var csvName: String?

  // MARK: CSV

  /// The table as RFC 4180 with a header; what a partner wrote never becomes a formula.
  public func csv(in zone: Zone) -> [UInt8] {
    var text = columns.map(\.name).joined(separator: ",") + "\n"
    for row in rows {
      text += row.map { ReportTable.spelled($0, zone) }.joined(separator: ",") + "\n"
    }
    return Array(text.utf8)
  }

  private static func spelled(_ cell: Cell, _ zone: Zone) -> String {
    switch cell {
    case .text(let text), .given(let text): quoted(text)
    case .number(let number), .minutes(let number): String(number)
    case .permille(let permille): permille.map { "\($0 / 10).\($0 % 10)" } ?? ""
    case .change(let percent): percent.map(String.init) ?? ""
    case .time(let time): time.iso8601(in: zone)
    case .nothing: ""
    }
  }

  static func quoted(_ text: String) -> String {
    var cell: [UInt8] = []
    cell.putCell(text)
    return String(decoding: cell, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends a cell as spreadsheets read it: quoted where it must be, and with one `'` before what would be a formula.
  mutating func putCell(_ text: Span<UInt8>) {
    let mark = UInt8(ascii: "\"")
    var isPlain = true
    for index in text.indices {
      let byte = text[index]
      if byte == UInt8(ascii: ",") || byte == mark || byte == 10 || byte == 13 { isPlain = false }
    }
    if !isPlain { append(mark) }
    if !text.isEmpty, "=+-@'\t\r".utf8.contains(text[0]) { append(UInt8(ascii: "'")) }
    append(addingCapacity: 2 * text.count) { (cell: inout OutputSpan<UInt8>) in
      for index in text.indices {
        if text[index] == mark { cell.append(mark) }
        cell.append(text[index])
      }
    }
    if !isPlain { append(mark) }
  }

  mutating func putCell(_ text: String) { putCell(text.utf8.span) }
}
