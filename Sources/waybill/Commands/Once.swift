/// `waybill once`: all that waits, then the end; what a nightly batch or a test calls.

import Orders

enum OnceCommand {
  static let verb = Verb(
    name: "once",
    summary: "processes all that waits in the inboxes, then ends",
    description: [
      "Takes every file that no process holds open for writing, without waiting for a settle time, in the",
      "processing sequence, and answers it in the outbox. Refused while a daemon works on the same ledger.",
      "A table says what came out; of more than \(AnswersTable.filesMax) files it shows sums by partner and kind.",
    ],
    options: [.root, .config, .jobs, .at, .strict, .quiet],
    statuses: ExitCode.allCases,
    examples: [
      .init(line: "waybill once --root /srv/exchange", meaning: "answers what lies in the inboxes now"),
      .init(
        line: "waybill once --strict --quiet || mail operations",
        meaning: "a nightly batch that calls somebody when a row was rejected"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    var work = Work()
    work.jobs = call.arguments.jobs
    work.clock = call.arguments.at
    if !call.arguments.isQuiet { work.progress = call.console.show }
    work.noticed = call.complain
    let summary = try call.ask { () throws(Failure) in try engine.once(work) }
    if !call.arguments.isQuiet { call.console.lines(lines(summary)) }
    if let failure = unreadable(summary) ?? noRoom(summary) { throw .failure(failure) }
    return call.arguments.isStrict && summary.hasFindings ? .findings : .done
  }

  /// What the disk did not give is no finding about a partner's file but a reason for the operator to look.
  private static func unreadable(_ summary: OnceSummary) -> Failure? {
    var found: [(file: WaitingFile, number: Int32)] = []
    for file in summary.left {
      if case .unreadable(let number) = file.reason { found.append((file, number)) }
    }
    return found.first.map {
      .unreadableFiles(
        partner: $0.file.partner, name: $0.file.name, number: $0.number, others: found.count - 1)
    }
  }

  /// A file that the disk has no room for was left, and nobody else was kept waiting by it.
  private static func noRoom(_ summary: OnceSummary) -> Failure? {
    var found: [(file: WaitingFile, needed: Int)] = []
    for file in summary.left {
      if case .noRoom(let needed) = file.reason { found.append((file, needed)) }
    }
    return found.first.map {
      .noRoomFor(
        partner: $0.file.partner, name: $0.file.name, neededBytes: $0.needed, others: found.count - 1)
    }
  }

  static func lines(_ summary: OnceSummary) -> [String] {
    var lines: [String] = []
    if summary.files.isEmpty {
      lines.append("Nothing waited.")
    } else {
      let isLong = summary.files.count > AnswersTable.filesMax
      lines += (isLong ? AnswersTable.summary(summary.files) : AnswersTable.files(summary.files)).lines()
      lines += ["", pace(summary)]
    }
    if summary.settled.read > 0 {
      let parts = Outcome.allCases.filter { summary.settled[$0] > 0 }.map {
        "\(HumanText.count(summary.settled[$0])) \($0.name)"
      }
      lines.append(
        "\(HumanText.count(summary.settled.read, "row")) that had waited for an earlier step settled: "
          + HumanText.list(parts) + ".")
    }
    if !summary.left.isEmpty {
      lines += ["", "Left in the inboxes"] + WaitingTable.table(summary.left).lines(indent: 2)
    }
    return lines
  }

  private static func pace(_ summary: OnceSummary) -> String {
    let rows = AnswersTable.sum(summary.files).read
    let what = "\(HumanText.count(summary.files.count, "file")), \(HumanText.count(rows, "row"))"
    guard summary.seconds > 0 else { return what + "." }
    let hundredths = Int((summary.seconds * 100).rounded())
    let spent = "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10) s"
    if rows == 0 { return "\(what) in \(spent)." }
    return "\(what) in \(spent) (\(HumanText.count(Int(Double(rows) / summary.seconds))) rows a second)."
  }
}

/// The files that stay in an inbox, and why.
enum WaitingTable {
  /// A list longer than this tells nobody more.
  static let filesMax = 20

  static func table(_ files: [WaitingFile]) -> TextTable {
    var table = TextTable([.init("partner"), .init("file", columnsMax: 48), .init("why")])
    for file in files.prefix(filesMax) {
      table.add(file.partner, SafeText.of(file.name), Sentences.of(file.reason))
    }
    if files.count > filesMax {
      table.addSum(["", "and \(HumanText.count(files.count - filesMax)) more", ""])
    }
    return table
  }
}
