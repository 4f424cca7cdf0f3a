/// `waybill run`: the daemon.

import Orders

enum RunCommand {
  static let verb = Verb(
    name: "run",
    summary: "watches every partner's inbox until SIGTERM or SIGINT",
    description: [
      "The daemon: recovers what a crash left, then answers each file as soon as it has finished arriving.",
      "On SIGTERM or SIGINT it finishes the file in hand and ends with 0. A second daemon on the same ledger is",
      "refused. The log goes to stderr, one line for each event: what was claimed, what it came to, feeds, requests",
      "of other verbs, checkpoints; with --log json one object a line. --quiet leaves warnings and errors.",
    ],
    options: [.root, .config, .jobs, .log, .quiet],
    examples: [
      .init(line: "waybill run --root /srv/exchange", meaning: "serves the exchange in /srv/exchange"),
      .init(line: "waybill run --log json", meaning: "with a log for machines"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let log = Log(
      console: call.console, zone: engine.zone, format: call.arguments.log, isQuiet: call.arguments.isQuiet)
    var work = Work()
    work.jobs = call.arguments.jobs
    work.answered = { log.write(LogEntry($0)) }
    work.noticed = { log.write(LogEntry($0)) }
    do throws(Failure) {
      log.write(LogEntry(try engine.watch(work)))
      return .done
    } catch {
      // A log for machines has no line that is not an object.
      if call.arguments.log == .text { throw .failure(error) }
      log.write(LogEntry(error))
      return .couldNot
    }
  }
}
