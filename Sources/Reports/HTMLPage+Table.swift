internal import Orders

/// Tables on the page.
extension HTMLPage {
  /// The table with its caption and the link to its CSV; longer ones are cut, and say so.
  mutating func table(_ table: ReportTable, in zone: Zone) {
    if table.rows.isEmpty {
      open("p", ["class": "empty", "id": table.name])
      text("\(table.caption): ")
      element("b", lowercased(table.whenEmpty))
      close("p")
      return
    }
    open("figure", ["class": "table", "id": table.name])
    open("figcaption")
    text(table.caption)
    literal(" ")
    element("a", ["href": table.csvName, "class": "csv"], table.csvName)
    close("figcaption")
    open("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": table.caption])
    open("table")
    head(table)
    open("tbody")
    let whole = table.bars.map { $0.reduce(0) { $0 + $1.length } }.max() ?? 0
    for (place, row) in table.rows.prefix(table.shownMax).enumerated() {
      open("tr")
      for (cell, column) in zip(row, table.columns) { self.cell(cell, column, zone) }
      if !table.bars.isEmpty {
        open("td", ["class": "drawn"])
        Charts.bar(table.bars[place], whole: whole, in: &self)
        close("td")
      }
      close("tr")
    }
    close("tbody")
    if let sum = table.sum {
      open("tfoot")
      open("tr")
      for (cell, column) in zip(sum, table.columns) { self.cell(cell, column, zone) }
      if !table.bars.isEmpty { element("td", "") }
      close("tr")
      close("tfoot")
    }
    close("table")
    close("div")
    if table.rows.count > table.shownMax {
      let rest = ReportWords.count(table.rows.count - table.shownMax, "more row")
      element("p", ["class": "rest"], "\(rest) in \(table.csvName).")
    }
    close("figure")
  }

  private mutating func head(_ table: ReportTable) {
    open("thead")
    open("tr")
    for column in table.columns {
      element("th", ["scope": "col", "class": column.isNumber ? "number" : "words"], column.title)
    }
    if !table.bars.isEmpty { element("th", ["scope": "col", "class": "drawn"], table.barTitle) }
    close("tr")
    close("thead")
  }

  private mutating func cell(_ cell: ReportTable.Cell, _ column: ReportTable.Column, _ zone: Zone) {
    let kind = column.isNumber ? "number" : "words"
    func value(_ sortedBy: Int64, _ shown: String, _ isNothing: Bool = false) {
      element("td", ["class": isNothing ? kind + " zero" : kind, "data-v": String(sortedBy)], shown)
    }
    switch cell {
    case .text(let text): element("td", ["class": kind], text)
    case .given(let given):
      open("td", ["class": kind])
      self.given(given)
      close("td")
    case .number(let number): value(Int64(number), ReportWords.count(number), number == 0)
    case .permille(let permille): value(Int64(permille ?? -1), ReportWords.percent(permille), permille == nil)
    case .change(let percent): value(Int64(percent ?? .max), ReportWords.change(percent), percent == 0)
    case .minutes(let minutes): value(Int64(minutes), ReportWords.span(minutes: minutes))
    case .time(let time):
      open("td", ["class": kind, "data-v": String(time.milliseconds)])
      element("time", ["datetime": time.iso8601(in: zone)], ReportWords.time(time, zone))
      close("td")
    case .nothing: element("td", ["class": kind, "data-v": "-1"], "")
    }
  }

  private func lowercased(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
}
