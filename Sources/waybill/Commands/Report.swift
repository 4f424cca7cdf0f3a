/// `waybill report`: the day's report for analysts, and its first lines for whoever asked.

import Orders
import Reports

enum ReportCommand {
  static let verb = Verb(
    name: "report",
    summary: "writes the report of a day: a page and CSV files for the analysts",
    description: [
      "Into outbox/reports/DAY/: index.html, one file that needs nothing else, and a CSV of every table in it.",
      "Reads the ledger without its lock, so a daemon may be at work. The report of a day that is over is the",
      "same whenever it is made; of a day that is not over, ages are counted to the clock (--at sets it).",
    ],
    options: [.date, .at, .root, .config],
    examples: [
      .init(line: "waybill report", meaning: "today, as far as it has come"),
      .init(line: "waybill report --date 2026-11-21", meaning: "that day, up to its end"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let (date, clock) = (call.arguments.date, call.arguments.at)
    let written = try call.ask { () throws(Failure) in
      try engine.report(of: date, at: clock, call.console.show)
    }
    call.console.lines(lines(written))
    return .done
  }

  static func lines(_ written: ReportFolder.Written) -> [String] {
    var lines = [
      "\(written.day.title): \(written.balances ? "everything balances" : "THE BOOKS DO NOT BALANCE")."
    ]
    if written.findings.isEmpty {
      lines.append("Nothing needs anybody.")
    } else {
      lines += ["", "What needs somebody"]
      for finding in written.findings.prefix(findingsMax) {
        lines.append("  \(finding.urgency.word), \(finding.who): \(finding.what)")
        lines.append("    → \(finding.remedy)")
      }
      if written.findings.count > findingsMax {
        lines.append("  and \(HumanText.count(written.findings.count - findingsMax)) more")
      }
    }
    lines += ["", "\(written.page), and \(HumanText.count(written.tables, "CSV file")) beside it"]
    return lines
  }

  private static let findingsMax = 12
}
