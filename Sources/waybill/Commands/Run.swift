/// `waybill run`: the daemon.

import Orders

enum RunCommand {
  static let verb = Verb(
    name: "run",
    summary: "watches every partner's inbox until SIGTERM or SIGINT",
    description: [
      "The daemon: recovers what a crash left, then answers each file as soon as it has finished arriving.",
      "On SIGTERM or SIGINT it finishes the file in hand and ends with 0. One line on stdout says what each",
      "file came to; notices go to stderr. A second daemon on the same ledger is refused.",
    ],
    options: [.root, .config, .jobs, .quiet],
    examples: [
      .init(line: "waybill run --root /srv/exchange", meaning: "serves the exchange in /srv/exchange")
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let console = call.console
    var work = Work()
    work.jobs = call.arguments.jobs
    if !call.arguments.isQuiet {
      work.answered = { file in
        console.line(line(file, engine.zone))
        console.flush()
      }
    }
    work.noticed = { console.complain(Sentences.of($0)) }
    let summary = try call.ask { () throws(Failure) in try engine.watch(work) }
    if !call.arguments.isQuiet { console.line(farewell(summary)) }
    return .done
  }

  /// One file in one line of the log: when, who, what, and the rows by outcome.
  static func line(_ file: AnsweredFile, _ zone: Zone) -> String {
    let counts = Outcome.allCases.filter { file.rows[$0] > 0 }.map {
      "\(HumanText.count(file.rows[$0])) \($0.name)"
    }
    let time = file.completedAt.map { $0.iso8601(in: zone) + " " } ?? ""
    return "\(time)\(file.partner)/\(SafeText.of(file.name)): \(AnswersTable.outcome(file))"
      + (file.rows.read == 0
        ? "" : ", \(HumanText.count(file.rows.read, "row")): \(counts.joined(separator: ", "))")
  }

  static func farewell(_ summary: WatchSummary) -> String {
    "Stopped after \(HumanText.span(seconds: Int(summary.seconds))): "
      + "\(HumanText.count(summary.files, "file")), \(HumanText.count(summary.rows.read, "row")) answered."
  }
}
