internal import Orders

/// Tables on the page.
extension HTMLPage {
  /// The table with its caption and the link to its CSV; longer ones are cut, and say so.
  /// - Parameter day: the day of the page, on whose clock and in whose year times are told.
  mutating func table(_ table: ReportTable, told day: ReportDay) {
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
    if let csvName = table.csvName {
      literal(" ")
      element("a", ["href": csvName, "class": "csv"], csvName)
    }
    close("figcaption")
    open("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": table.caption])
    open("table")
    let whole = table.drawings.map(\.length).max() ?? 0
    let drawnPlace = table.drawings.isEmpty ? nil : table.columns.firstIndex(where: \.isNumber)
    head(table, drawnPlace)
    open("tbody")
    let shown = table.shownRows ?? Array(table.rows.indices.prefix(table.shownMax))
    for place in shown {
      open("tr")
      for (column, cell) in table.rows[place].enumerated() {
        if column == drawnPlace {
          open("td", ["class": "drawn"])
          Charts.draw(table.drawings[place], whole: whole, in: &self)
          close("td")
        }
        self.cell(cell, table.columns[column], day)
      }
      close("tr")
    }
    close("tbody")
    if let sum = table.sum {
      open("tfoot")
      open("tr")
      for (column, cell) in sum.enumerated() {
        if column == drawnPlace { element("td", "") }
        self.cell(cell, table.columns[column], day)
      }
      close("tr")
      close("tfoot")
    }
    close("table")
    close("div")
    if table.rows.count > shown.count {
      let rest = ReportWords.count(table.rows.count - shown.count, "more row")
      element("p", ["class": "rest"], table.csvName.map { "\(rest) in \($0)." } ?? "\(rest).")
    }
    close("figure")
  }

  private mutating func head(_ table: ReportTable, _ drawnPlace: Int?) {
    open("thead")
    open("tr")
    for (place, column) in table.columns.enumerated() {
      if place == drawnPlace { element("th", ["scope": "col", "class": "drawn"], table.drawnTitle) }
      element("th", ["scope": "col", "class": column.isNumber ? "number" : "words"], column.title)
    }
    close("tr")
    close("thead")
  }

  private mutating func cell(_ cell: ReportTable.Cell, _ column: ReportTable.Column, _ day: ReportDay) {
    let kind = column.isNumber ? "number" : "words"
    func value(_ sortedBy: Int64, _ shown: String, _ isNothing: Bool = false) {
      element("td", ["class": isNothing ? kind + " zero" : kind, "data-v": String(sortedBy)], shown)
    }
    switch cell {
    case .text(let text): element("td", ["class": kind + fit(text)], text)
    case .given(let given):
      open("td", ["class": kind + fit(given)])
      self.given(given)
      close("td")
    case .number(let number): value(Int64(number), ReportWords.count(number), number == 0)
    case .permille(let permille): value(Int64(permille ?? -1), ReportWords.percent(permille), permille == nil)
    case .change(let percent): value(Int64(percent ?? .max), ReportWords.change(percent), percent == 0)
    case .minutes(let minutes): value(Int64(minutes), ReportWords.span(minutes: minutes))
    case .time(let time):
      open("td", ["class": kind, "data-v": String(time.milliseconds)])
      element("time", ["datetime": time.iso8601(in: day.zone)], ReportWords.time(time, told: day))
      close("td")
    case .nothing: element("td", ["class": kind, "data-v": "-1"], "")
    }
  }

  /// Short words stay on one line, sentences get room for a few words on each.
  private func fit(_ text: String) -> String { text.count <= 24 ? " short" : text.count > 40 ? " long" : "" }

  private func lowercased(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
}
