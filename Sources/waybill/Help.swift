/// The help pages, printed from the table of verbs.

enum Help {
  /// `waybill --help`
  static var overview: String {
    var verbs = TextTable("", "")
    for verb in Verb.all { verbs.add(verb.name, verb.summary) }
    return
      (["waybill: answers the files that partners drop into the inboxes of an exchange.", ""]
      + ["Usage: waybill VERB [options]", "", "Verbs"] + verbs.lines(indent: 2)
      + ["", "Options of every verb"] + options(Option.allCases.filter(\.isUniversal))
      + ["", "Exit status"] + statuses(ExitCode.allCases)
      + ["", "`waybill VERB --help` says more about a verb. Begin with `waybill try`."])
      .joined(separator: "\n")
  }

  /// `waybill VERB --help`
  static func page(_ verb: Verb) -> String {
    var lines = ["waybill \(verb.name): \(verb.summary)", "", "Usage: \(verb.usage)", ""]
    lines += verb.description.map { $0.isEmpty ? "" : "  " + $0 }
    if !verb.operands.isEmpty {
      var operands = TextTable("", "")
      for operand in verb.operands { operands.add(operand.name, operand.summary) }
      lines += ["", "Operands"] + operands.lines(indent: 2)
    }
    lines += ["", "Options"] + options(verb.options + (verb.options.contains(.help) ? [] : [.help]))
    lines += ["", "Exit status"] + statuses(verb.statuses)
    lines += ["", "Examples"]
    for example in verb.examples { lines += ["  " + example.line, "      " + example.meaning] }
    return lines.joined(separator: "\n")
  }

  private static func options(_ options: [Option]) -> [String] {
    var table = TextTable("", "")
    for option in options { table.add(option.usage, option.summary) }
    return table.lines(indent: 2)
  }

  private static func statuses(_ codes: [ExitCode]) -> [String] {
    var table = TextTable("", "")
    for code in codes { table.add(String(code.rawValue), code.sentence) }
    return table.lines(indent: 2)
  }
}
