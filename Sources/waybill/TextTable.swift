/// A table for people: columns aligned with blanks, as wide as what they hold.

struct TextTable {
  struct Column {
    var title: String
    /// Numbers stand at the right.
    var isNumber = false
    /// What is longer is cut in its middle; nil: shown whole.
    var columnsMax: Int?

    init(_ title: String, isNumber: Bool = false, columnsMax: Int? = nil) {
      self.title = title
      self.isNumber = isNumber
      self.columnsMax = columnsMax
    }

    static func number(_ title: String) -> Column { Column(title, isNumber: true) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  /// Rows that stand below a rule, such as sums.
  private var sums: [[String]] = []

  init(_ columns: [Column]) {
    precondition(!columns.isEmpty)
    self.columns = columns
  }

  init(_ titles: String...) { self.init(titles.map { Column($0) }) }

  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ cells: [String]) { rows.append(prepared(cells)) }
  mutating func add(_ cells: String...) { add(cells) }
  mutating func addSum(_ cells: [String]) { sums.append(prepared(cells)) }

  /// The lines, without blanks at their ends; a table without titles has no head.
  func lines(indent: Int = 0) -> [String] {
    let hasHead = columns.contains { !$0.title.isEmpty }
    var widths = columns.map { hasHead ? TextWidth.of($0.title) : 0 }
    for row in rows + sums {
      for (place, cell) in row.enumerated() { widths[place] = max(widths[place], TextWidth.of(cell)) }
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    var all: [[String]] = hasHead ? [columns.map(\.title), rule] : []
    all += rows
    if !sums.isEmpty { all += [rule] + sums }
    return all.map { line($0, widths, indent) }
  }

  private func prepared(_ cells: [String]) -> [String] {
    precondition(cells.count == columns.count)
    return zip(cells, columns).map { cell, column in
      // Escaped before it is measured: an escaped character is wider than the one it stands for.
      let safe = SafeText.of(cell)
      return column.columnsMax.map { TextWidth.cutMiddle(safe, to: $0) } ?? safe
    }
  }

  private func line(_ cells: [String], _ widths: [Int], _ indent: Int) -> String {
    var text = String(repeating: " ", count: indent)
    for (place, cell) in cells.enumerated() {
      let blanks = String(repeating: " ", count: widths[place] - TextWidth.of(cell))
      text += columns[place].isNumber ? blanks + cell : cell + blanks
      if place < cells.count - 1 { text += "  " }
    }
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}
