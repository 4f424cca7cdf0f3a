public import Orders

/// A file's story as lines for whoever asks what became of it.
extension FileStory {
  /// - Parameters:
  ///   - titles: the names people use for the partners' folders.
  ///   - zone: on whose clock times are shown.
  public func lines(titles: [String: String], in zone: Zone) -> [String] {
    let from = titles[partner] ?? partner
    var lines = ["\(name), from \(from)\(kind.map { " (\($0.name))" } ?? "")"]
    func add(_ label: String, _ words: String) {
      lines.append("  " + label + String(repeating: " ", count: max(1, 10 - label.count)) + words)
    }
    add("came", "\(StoryWords.time(receivedAt, zone)), \(ReportWords.count(Int(sizeBytes), "byte"))")
    guard let outcome, let decision else {
      add("came to", "nothing yet: it is taken and not decided")
      return lines
    }
    add("came to", "\(StoryWords.plain(outcome.rawValue)), decision \(ReportWords.count(Int(decision.raw)))")
    if let refusal {
      add("because", "\(refusal.name): \(refusal.meaning.sentence)")
      add("to do", refusal.meaning.remedy)
    }
    if counts.read > 0 {
      let parts = Outcome.allCases.map { "\(ReportWords.count(counts[$0])) \($0.name)" }
      add("rows", "\(ReportWords.count(counts.read)) read = \(parts.joined(separator: " + "))")
    }
    for group in rejections {
      let rows = group.rows.map { ReportWords.count($0) }
      let more = group.count > rows.count ? " …" : ""
      add(
        "rejected",
        "\(ReportWords.count(group.count)) x \(group.code.name): \(group.code.meaning.sentence) "
          + "\(group.count == 1 ? "Row" : "Rows") \(rows.joined(separator: ", "))\(more)")
    }
    if let corrects { add("corrects", corrects) }
    for file in corrections.prefix(FileStory.answersMax) {
      add(
        "corrected",
        "by \(file.name), decision \(ReportWords.count(Int(file.decision.raw))): \(ReportWords.count(file.read, "row")), "
          + (file.rejected == 0 ? "none rejected" : "\(ReportWords.count(file.rejected)) rejected again"))
    }
    if !corrections.isEmpty {
      add("open", rejectedOpen == 0 ? "nothing" : "\(ReportWords.count(rejectedOpen, "rejected row"))")
    }
    if settled.read > 0 || parkedNow > 0 {
      let parts = Outcome.allCases.filter { settled[$0] > 0 }.map {
        "\(ReportWords.count(settled[$0])) \($0.name)"
      }
      var words = settled.read > 0 ? "\(ReportWords.count(settled.read)) settled since: " : ""
      words += StoryWords.list(parts)
      if parkedNow > 0 { words += "\(words.isEmpty ? "" : "; ")\(ReportWords.count(parkedNow)) still wait" }
      add("waited", words)
    }
    let states = ShipmentState.allCases.filter { statesNow[Int($0.rawValue)] > 0 }.map {
      "\(ReportWords.count(statesNow[Int($0.rawValue)])) \(StoryWords.plain($0.name))"
    }
    if !states.isEmpty { add("now", "rows whose shipment is: \(states.joined(separator: ", "))") }
    for answer in answers.prefix(FileStory.answersMax) {
      add("answer", "outbox/\(answer.partner)/\(answer.name)")
    }
    if answers.count > FileStory.answersMax {
      add("answer", "and \(ReportWords.count(answers.count - FileStory.answersMax)) more")
    }
    return lines + rowLines()
  }

  private static let answersMax = 12
  private static let rowsShownMax = 40

  /// The rows that were not simply applied.
  private func rowLines() -> [String] {
    let told = rows.filter { $0.outcome != .applied }
    if told.isEmpty { return [] }
    var lines = ["", "  Rows that were not simply applied"]
    for row in told.prefix(FileStory.rowsShownMax) {
      var words = "    \(ReportWords.count(row.row))  \(row.outcome.name)"
      if let code = row.code { words += " \(code.name)" + (row.column.map { " (\($0))" } ?? "") }
      if !row.orderNumber.isEmpty { words += ", order \(row.orderNumber)" }
      if !row.awb.isEmpty { words += ", AWB \(row.awb)" }
      if let now = row.now { words += ", now \(StoryWords.plain(now.name))" }
      if let settlement = row.settlement {
        words += "; settled by \(settlement.by): \(settlement.outcome.name)"
        if let code = settlement.code { words += " (\(code.name))" }
      } else if row.outcome == .parked {
        words += "; it still waits"
      }
      lines.append(words)
    }
    let rest = counts.read - counts[.applied] - min(told.count, FileStory.rowsShownMax)
    if rest > 0 { lines.append("    and \(ReportWords.count(rest)) more; its result file has every row") }
    return lines
  }
}
