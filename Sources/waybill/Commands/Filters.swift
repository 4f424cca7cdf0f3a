/// `waybill route`, `waybill judge` and `waybill assemble`: the exchange as filters, for engines that spread lines over machines.

import Exchange
import Foundation
import Orders

enum RouteCommand {
  static let verb = Verb(
    name: "route",
    summary: "reads one file on stdin and writes its rows as keyed lines",
    description: [
      "Without --decision it writes one line with what is known of the file before its rows are judged; from",
      "these lines `assemble --plan` makes the terms of a run, with a decision number for each file. With it,",
      "the file goes on in pieces under its own key `f:N`, and each sound row under the first key it names,",
      "with a line of kind link for each other key. Keys that are linked, be it over others, must be judged",
      "together: whoever sorts and spreads the lines puts one name in place of all of them.",
    ] + FilterLines.contract,
    operands: [
      .init(name: "NAME", summary: "the file's name in its inbox", isRequired: false, isFile: true)
    ],
    options: [.terms, .partner, .arrived, .decision], required: [.terms],
    examples: [
      .init(
        line: "waybill route orders-1.csv --partner booon --terms terms",
        meaning: "what the file on stdin is like: one line of kind fact"),
      .init(
        line: "waybill route --decision 7 --terms terms",
        meaning: "the rows of the file on stdin, once the plan gave it the number 7"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    try FilterLines.filter(call) { terms, output in
      let route = try RouteFilter(terms, to: output)
      if let decision = call.arguments.decision {
        try route.rows(of: decision, FilterLines.source)
      } else {
        try route.facts(
          of: call.arguments.operands.first ?? [], from: call.arguments.partner ?? "",
          arrival: call.arguments.arrived ?? 0, FilterLines.source)
      }
    }
  }
}

enum JudgeCommand {
  static let verb = Verb(
    name: "judge",
    summary: "reads the lines of each key, its past before its rows, and writes verdicts",
    description: [
      "The judge is the daemon's own, and keeps nothing from one key to the next: what was decided before comes",
      "in as lines of kind past, and goes out again with what was decided now. Beside verdicts it writes what",
      "follows from them for a file (feed, document, released, missing), links for the next run, and tallies",
      "for the plan.",
    ] + FilterLines.contract,
    options: [.terms], required: [.terms],
    examples: [
      .init(
        line: "waybill judge --terms terms", meaning: "the verdicts of one part of all keys")
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    try FilterLines.filter(call) { terms, output in
      var judge = try JudgeFilter(terms, to: output)
      try judge.run(LineInput(FilterLines.source))
    }
  }
}

enum AssembleCommand {
  static let verb = Verb(
    name: "assemble",
    summary: "reads all lines about a file and writes its answers; or plans a run",
    description: [
      "Reads the lines of kind answer, document, feed, missing, original, released and verdict under the key of",
      "each file, and writes the bytes of its answers, in pieces under partner/name, and its decision (item).",
      "With --plan it reads facts, couriers and tallies in any order and writes the terms of the run: settings,",
      "secret, clock, the ledger's files, and what is to be done with each file. A run plans with the facts,",
      "judges, and plans again with the tallies, until plan and couriers are what was judged by. Without --terms",
      "a plan begins with an exchange that has no ledger yet.",
    ] + FilterLines.contract,
    options: [.terms, .plan, .at, .root, .config],
    examples: [
      .init(
        line: "waybill assemble --plan --terms snapshot/terms --at 2026-11-21T12:00:00+05:30",
        meaning: "the terms of a run over the files that these facts tell of"),
      .init(line: "waybill assemble --terms terms", meaning: "the answers of some files"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    if call.arguments.wantsPlan { return try plan(call) }
    if call.arguments.terms == nil { throw .usage(.optionMissing(.terms, verb: verb.name)) }
    return try FilterLines.filter(call) { terms, output in
      var assembly = try AssembleFilter(terms, to: output)
      try assembly.run(LineInput(FilterLines.source))
    }
  }

  private static func plan(_ call: Call) throws(Stop) -> ExitCode {
    let arguments = call.arguments
    return try call.ask { () throws(Failure) in
      // An exchange that has none yet takes its settings from ROOT; later ones stand in its terms, unless a file is named.
      let mayHaveNone = arguments.config == nil
      let settings =
        arguments.terms != nil && mayHaveNone
        ? nil : try Connection.text(arguments.configuration, isRequired: !mayHaveNone)
      return try FilterLines.asking {
        var terms = try RunTerms(settings: settings)
        if let file = arguments.terms {
          terms = try RunTerms(LineInput(bytes: try FilterLines.bytes(of: file)), settings: settings)
        }
        let zone = terms.zone
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var plan = try PlanFilter(terms, at: arguments.at?.instant(in: zone) ?? now)
        try plan.run(
          LineInput(isOrdered: false, FilterLines.source), to: FilterLines.output(call.console))
        return .done
      }
    }
  }
}

/// What the filters have in common: their lines, their streams, and how they end.
enum FilterLines {
  static let contract = [
    "",
    "Lines are ASCII: key TAB kind TAB arrival TAB payload. Input is sorted by its bytes (LC_ALL=C sort), and",
    "refused where it is not. The last line is a trailer, ~ TAB trailer TAB count TAB hash: the number of lines",
    "and the sum, in 64 bits, of the first eight bytes of each line's SHA-256 (line end left out). Trailers of",
    "several outputs that are sorted together add up. An input without its trailer, or with a wrong one, is",
    "refused, and what a filter wrote counts only when its own trailer ends it.",
  ]

  static func filter(
    _ call: Call, _ body: (RunTerms, LineOutput) throws -> Void
  ) throws(Stop) -> ExitCode {
    try call.ask { () throws(Failure) in
      try asking {
        let terms = try RunTerms(LineInput(bytes: try bytes(of: call.arguments.terms ?? "")))
        try body(terms, output(call.console))
        return .done
      }
    }
  }

  static func asking<Answer>(_ body: () throws -> Answer) throws(Failure) -> Answer {
    do { return try body() } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(StopReason(error))
    }
  }

  static func bytes(of file: String) throws(Failure) -> [UInt8] {
    try Connection.text(file, isRequired: true) ?? []
  }

  /// The bytes of stdin.
  static func source(_ buffer: inout [UInt8], _ count: Int) throws -> Int {
    let chunk = try FileHandle.standardInput.read(upToCount: count) ?? Data()
    buffer.append(contentsOf: chunk)
    return chunk.count
  }

  static func output(_ console: Console) -> LineOutput {
    LineOutput { bytes in
      console.data(bytes)
      // Nobody reads on: the trailer would not arrive either.
      if !console.takesOutput { throw Failure.system(action: .writeOutput, path: nil, number: EPIPE) }
    }
  }
}
