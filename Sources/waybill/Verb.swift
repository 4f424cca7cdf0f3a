/// The verbs of the command line, as data: from this table the help is printed and the words are read.

/// One verb: what it is called, what it takes, and what it does.
struct Verb: Sendable {
  /// A word after the verb that is no option.
  struct Operand: Sendable {
    var name: String
    var summary: String
    var isRequired = true
    /// The name of a file, which need not be UTF-8.
    var isFile = false
  }

  struct Example: Sendable {
    var line: String
    var meaning: String
  }

  var name: String
  /// One line for the overview.
  var summary: String
  /// What it does, in a few lines.
  var description: [String]
  var operands: [Operand] = []
  var options: [Option]
  /// Those of its options without which it can do nothing.
  var required: [Option] = []
  /// What it can end with.
  var statuses: [ExitCode] = [.done, .wrongUsage, .couldNot]
  var examples: [Example]
  var run: @Sendable (Call) throws(Stop) -> ExitCode

  /// In the order of a first acquaintance: to try, to work, to look, to look up.
  static let all: [Verb] = [
    InitCommand.verb, TryCommand.verb, OnceCommand.verb, RunCommand.verb,
    CheckCommand.verb, OrderCommand.verb, FileCommand.verb, PartnerCommand.verb, StatusCommand.verb,
    ReportCommand.verb, ReconcileCommand.verb, ReissueCommand.verb,
    PauseCommand.verb, PauseCommand.resuming, QuarantineCommand.verb, KitCommand.verb,
    RulesCommand.verb, ExplainCommand.verb, ConfigCommand.verb, LedgerCommand.verb,
    RouteCommand.verb, JudgeCommand.verb, AssembleCommand.verb, SparkJobCommand.verb,
  ]

  static func named(_ name: String) -> Verb? { all.first { $0.name == name } }

  /// `waybill check FILE --partner P [--root DIR]`
  var usage: String {
    let words = operands.map { $0.isRequired ? $0.name : "[\($0.name)]" }
    let optional = options.filter { !required.contains($0) && $0 != .help }.map { "[\($0.usage)]" }
    return (["waybill", name] + words + required.map(\.usage) + optional).joined(separator: " ")
  }
}
