public import Orders

/// A partner's day: what it sent, what that came to, what it owes, what waits for it.
public struct PartnerStory: Sendable {
  public let partner: String
  public let title: String
  public let day: ReportDay
  public let asOf: Timestamp
  /// The files of the day, in the order of their decisions; bounded.
  public let files: [DailyReport.FileLine]
  public let filesLeftOut: Int
  public let counts: RowCounts
  public let rejections: [DailyReport.RejectionCount]
  public let parked: DailyReport.ParkedGroup?
  public let arrivals: [ArrivalHabit]
  public let findings: [Attention.Finding]

  /// - Parameter report: gathered with the partner's own files listed.
  public init(_ report: DailyReport, of profile: PartnerProfile, profiles: [PartnerProfile]) {
    partner = profile.folder
    title = profile.title
    day = report.day
    asOf = report.asOf
    files = report.files
    filesLeftOut = report.filesLeftOut
    var sum = RowCounts()
    for mix in report.mixes where mix.partner == profile.folder { sum.add(mix.rows) }
    counts = sum
    rejections = report.rejections.filter { $0.partner == profile.folder }
    parked = report.parked.first { $0.partner == profile.folder }
    arrivals = report.arrivals.filter { $0.partner == profile.folder }
    let titles = Dictionary(profiles.map { ($0.folder, $0.title) }, uniquingKeysWith: { first, _ in first })
    let own = [profile.title, profile.title + ", "]
    findings = Attention(report, titles: titles).findings.filter {
      $0.who == own[0] || $0.who.hasPrefix(own[1])
    }
  }

  public func lines(in zone: Zone) -> [String] {
    var lines = ["\(title) (\(partner)) on \(day.title)"]
    if asOf < day.end { lines[0] += ", as of \(ReportWords.time(asOf, told: day))" }
    lines += ["", "What it sent"]
    if files.isEmpty { lines.append("  nothing") }
    for file in files {
      let parts = Outcome.allCases.filter { file.rows[$0] > 0 }.map {
        "\(ReportWords.count(file.rows[$0])) \($0.name)"
      }
      var words =
        "  \(ReportWords.clock(minute: ReportDay.minute(of: file.arrivedAt, in: zone)))  \(file.name): "
      words += StoryWords.plain(file.outcome.rawValue)
      if let code = file.code { words += " (\(code.name))" }
      if !parts.isEmpty { words += "; \(parts.joined(separator: ", "))" }
      lines.append(words)
    }
    if filesLeftOut > 0 { lines.append("  and \(ReportWords.count(filesLeftOut, "more file"))") }
    let late = arrivals.filter { $0.standing != .onTime && $0.standing != .unusual }
    if !late.isEmpty { lines += ["", "What it should send"] }
    for habit in late {
      let (words, minutes) = ReportTables.words(habit.standing)
      lines.append(
        "  \(habit.kind.name), \(habit.isOfCalendar ? "due by" : "usually at") \(ReportWords.clock(minute: habit.usualMinute)): \(words)"
          + (minutes.map { " by \(ReportWords.span(minutes: $0))" } ?? ""))
    }
    if let parked {
      lines += [
        "",
        "\(ReportWords.count(parked.rows, "row")) of it wait for an earlier step, since "
          + "\(ReportWords.time(parked.oldest, told: day)) at the longest.",
      ]
    }
    if !rejections.isEmpty { lines += ["", "What was rejected"] }
    for rejection in rejections {
      let example = rejection.examples.first.map { " First: \($0.file) row \($0.row)." } ?? ""
      lines.append(
        "  \(ReportWords.count(rejection.count)) x \(rejection.code.name) in \(rejection.kind?.name ?? "files"): "
          + "\(rejection.code.meaning.sentence)\(example)")
    }
    lines += ["", "What is its move"]
    if findings.isEmpty { lines.append("  nothing") }
    for finding in findings {
      lines.append("  \(finding.urgency.word): \(finding.what)")
      lines.append("    → \(finding.remedy)")
    }
    return lines
  }
}

/// A partner's day for machines.
extension PartnerStory {
  public func json(in zone: Zone) -> [UInt8] {
    let page = StoryJSON.object([
      ("partner", .text(partner)), ("day", .text(day.text)), ("as_of", .time(asOf, zone)),
      ("rows", StoryJSON.counts(counts)),
      (
        "files",
        .list(
          files.map {
            .object([
              ("file", .text($0.name)), ("kind", .optional($0.kind?.name)),
              ("received_at", .time($0.arrivedAt, zone)), ("outcome", .text($0.outcome.rawValue)),
              ("code", .optional($0.code?.name)), ("ledger_sequence", .number(Int64($0.decision.raw))),
              ("rows", StoryJSON.counts($0.rows)),
            ])
          })
      ),
      ("files_left_out", .number(Int64(filesLeftOut))),
      ("parked_rows", .number(Int64(parked?.rows ?? 0))), ("oldest_parked", .time(parked?.oldest, zone)),
      (
        "rejections",
        .list(
          rejections.map {
            .object([
              ("code", .text($0.code.name)), ("kind", .optional($0.kind?.name)),
              ("count", .number(Int64($0.count))), ("who", .text($0.code.meaning.who.rawValue)),
              (
                "examples",
                .list(
                  $0.examples.map {
                    .object([("file", .text($0.file)), ("row", .number(Int64($0.row)))])
                  })
              ),
            ])
          })
      ),
      (
        "arrivals",
        .list(
          arrivals.map { habit in
            .object([
              ("kind", .text(habit.kind.name)), ("standing", .text(habit.standing.word)),
              ("late_minutes", ReportTables.words(habit.standing).1.map { .number(Int64($0)) } ?? .null),
            ])
          })
      ),
      (
        "findings",
        .list(
          findings.map {
            .object([
              ("urgency", .text($0.urgency.word)), ("what", .text($0.what)), ("remedy", .text($0.remedy)),
            ])
          })
      ),
    ])
    return Array((page.spelled(indent: 0) + "\n").utf8)
  }
}
