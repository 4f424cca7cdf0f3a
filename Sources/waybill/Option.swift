/// The options of the command line, as data: how each is spelled, what it takes, and what it does in one line.

/// An option; its raw value is its spelling after the two dashes.
enum Option: String, CaseIterable {
  case root, config, partner, jobs, at, asOf = "as-of", knownAt = "known-at", diff, date, to, format
  /// A folder to write to: spelled as `to`, by verbs that have no other use for it.
  case folder
  /// What the tasks of one run share.
  case terms, decision, arrived, plan
  case snapshot
  case touchpoints, reason, log, json, strict, quiet, sshd, systemd, help

  var spelling: String { self == .folder ? "--to" : "--" + rawValue }

  /// What stands for the value in a help page; nil: the option takes none.
  var placeholder: String? {
    switch self {
    case .root, .folder, .snapshot: "DIR"
    case .config: "FILE"
    case .partner: "P"
    case .jobs: "N"
    case .at, .asOf, .knownAt: "TIME"
    case .diff: "A B"
    case .date: "D"
    case .to: "SEQUENCE"
    case .format: RulesFormat.allCases.map(\.rawValue).joined(separator: "|")
    case .reason: "TEXT"
    case .log: LogFormat.allCases.map(\.rawValue).joined(separator: "|")
    case .terms: "FILE"
    case .decision, .arrived: "N"
    case .touchpoints, .json, .strict, .quiet, .sshd, .systemd, .plan, .help: nil
    }
  }

  /// `--root DIR`
  var usage: String { placeholder.map { "\(spelling) \($0)" } ?? spelling }

  /// How many words its value takes.
  var valueCount: Int { placeholder == nil ? 0 : self == .diff ? 2 : 1 }

  /// What it does, in one line.
  var summary: String {
    switch self {
    case .root: "the exchange's folder; without it the current one"
    case .config: "stands in for ROOT/exchange.json"
    case .partner: "one partner, by the name of its folder"
    case .jobs: "how many processors to use, 1 to \(Arguments.jobsMax); without it as many as there are"
    case .at: "a fixed clock, for output that can be reproduced: 2026-11-21T02:10:04+05:30"
    case .asOf: "as things were at that time, by what is known now"
    case .knownAt: "as it was known at that time; without an offset in the exchange's own zone"
    case .diff: "what was learned between two times"
    case .date: "one day, by the exchange's own clock: 2026-11-21"
    case .to: "the sequence at which `ledger verify` found the damage, or the last sound one before it"
    case .folder: "the folder to write, made where there is none; without it PARTNER-kit in the current one"
    case .format: "how to print it; without it a table"
    case .touchpoints: "what each seed says is exchanged: the file, the rule, and what proves it"
    case .reason: "why, in a few words; the ledger keeps them"
    case .snapshot: "the folder of a snapshot: what filters and Spark go on from"
    case .terms: "what all tasks of the run share, as `assemble --plan` wrote it"
    case .decision: "write the rows of the file that the plan gave this number"
    case .arrived: "when the file came to its inbox, in nanoseconds since 1970"
    case .plan: "read facts and tallies, and write the terms of the run"
    case .json: "print JSON instead of text"
    case .strict: "end with status 1 when anything was rejected or held"
    case .quiet: "print no table and no progress bar"
    case .log: "how each line of the log is written; without it text"
    case .sshd: "make nothing; print the script that sets up an SFTP server for the exchange"
    case .systemd: "make nothing; print the script that lets systemd run the exchange"
    case .help: "print this page"
    }
  }

  /// May stand beside any verb, so that `waybill --root DIR` can be an alias.
  var isUniversal: Bool { self == .root || self == .config || self == .help }
}

/// How the daemon's log is written.
enum LogFormat: String, CaseIterable {
  case text, json
}

/// How `waybill rules` prints the state machine.
enum RulesFormat: String, CaseIterable {
  case table, dot, csv
}
