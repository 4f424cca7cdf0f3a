/// `waybill try`: the sample trading day, from inbox to outbox, before a newcomer's eyes.

import Foundation
import Orders

enum TryCommand {
  static let verb = Verb(
    name: "try",
    summary: "processes the sample trading day and shows what came of it",
    description: [
      "Drops the sample day (fixtures/exchanges/trading-day) into the inboxes of ROOT, processes it as the",
      "daemon would, and shows each file with what its rows came to, and where to look next. Run again it",
      "shows the same table. Where the ledger holds other work it refuses, and changes nothing.",
    ],
    options: [.root, .config, .jobs],
    examples: [
      .init(line: "waybill try", meaning: "in a fresh clone: the sample day, answered in outbox/")
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    var work = Work()
    work.jobs = call.arguments.jobs
    work.progress = call.console.show
    let report = try call.ask { () throws(Failure) in try engine.runDay(work) }
    call.console.lines(lines(report, root: call.arguments.root, program: ProgramName.typed))
    return .done
  }

  static func lines(_ report: TryReport, root: String, program: String) -> [String] {
    let partners = Set(report.files.map(\.partner)).count
    let what =
      "\(HumanText.count(report.files.count, "file")) from \(HumanText.count(partners, "partner")), "
      + HumanText.count(AnswersTable.sum(report.files).read, "row")
    let opening =
      report.isRepeat
      ? "The sample trading day lies in this ledger already: \(what)."
      : "The sample trading day is processed: \(what)."
    return [opening, ""] + AnswersTable.files(report.files).lines() + ["", "Where to look next"]
      + next(report, root: root, program: program).lines(indent: 2)
  }

  private static func next(_ report: TryReport, root: String, program: String) -> TextTable {
    let place = root == "." ? "" : " --root \(ProgramName.quoted(root))"
    var table = TextTable("", "")
    if let file = report.errorsFile {
      table.add(
        RootPath.of(root, file), "rejected rows, each with its reason beside the cells as they came")
    }
    if let code = report.code {
      table.add("\(program) explain \(code.name)", "what the most frequent rejection means, and who must act")
    }
    if let number = report.orderNumber {
      table.add("\(program) order \(ProgramName.quoted(number))\(place)", "one order's day, event by event")
    }
    table.add("\(program) status\(place)", "what waits, and what each partner was answered last")
    table.add(
      "\(program) rules --partner dtdc", "what a partner may send, and every step of the state machine")
    table.add(RootPath.of(root, "outbox/"), "the answers, as the partners get them")
    return table
  }
}

/// How the program was called, so that a command it names can be typed as it stands.
enum ProgramName {
  /// `waybill`, or the path by which it was started, relative to the current folder where it lies below.
  static var typed: String {
    guard let first = CommandLine.arguments.first, first.contains("/") else { return "waybill" }
    let here = FileManager.default.currentDirectoryPath + "/"
    return quoted(first.hasPrefix(here) ? String(first.dropFirst(here.count)) : first)
  }

  /// A word as the shell must be given it.
  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: ","):
        true
      default: false
      }
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
