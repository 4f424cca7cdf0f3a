/// `waybill check`: what would be answered, without answering.

import Orders

enum CheckCommand {
  static let verb = Verb(
    name: "check",
    summary: "judges a file against the live ledger and changes nothing",
    description: [
      "The same judgement that the file would meet in the partner's inbox, printed instead of published:",
      "what the file comes to, the rejections by code, and each row that is not simply applied.",
    ],
    operands: [.init(name: "FILE", summary: "the file, anywhere on this machine", isFile: true)],
    options: [.partner, .root, .config, .at],
    required: [.partner],
    statuses: ExitCode.allCases,
    examples: [
      .init(
        line: "waybill check manifests-0711.csv --partner dtdc",
        meaning: "what dtdc would be answered for this file now")
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let partner = try PartnerName.known(call.arguments.partner ?? "", among: engine.profiles)
    let clock = call.arguments.at?.instant(in: engine.zone)
    let result = try call.ask { () throws(Failure) in
      try engine.check(call.arguments.operands[0], partner: partner.folder, at: clock)
    }
    call.console.lines(lines(result))
    return result.hasFindings ? .findings : .done
  }

  static func lines(_ result: CheckResult) -> [String] {
    var lines = AnswersTable.files([result.file]).lines()
    if let refusal = result.refusal { lines += ["", refusal] }
    if !result.groups.isEmpty {
      var table = TextTable([.init("code"), .number("rows"), .init("who must act"), .init("what is wrong")])
      for group in result.groups {
        table.add(group.code.name, HumanText.count(group.count), group.who.rawValue, group.sentence)
      }
      lines += ["", "Rejections by code"] + table.lines(indent: 2)
    }
    if !result.rows.isEmpty {
      lines += ["", "Rows that would not simply be applied"] + rows(result).lines(indent: 2)
    }
    if !result.hasFindings { lines += ["", "No row would be rejected."] }
    return lines
  }

  private static func rows(_ result: CheckResult) -> TextTable {
    var table = TextTable([
      .number("row"), .number("line"), .init("of", columnsMax: 40), .init("outcome"), .init("code"),
      .init("field"),
      .init("message"),
    ])
    for row in result.rows {
      table.add(
        String(row.row), String(row.line), row.keys.joined(separator: " "), row.outcome.name,
        row.code?.name ?? "", row.field ?? "", row.message)
    }
    if result.rowsLeftOut > 0 {
      table.addSum(["", "", "and \(HumanText.count(result.rowsLeftOut)) more", "", "", "", ""])
    }
    return table
  }
}

/// A partner as it is named on the command line.
enum PartnerName {
  static func known(_ name: String, among profiles: [PartnerProfile]) throws(Stop) -> PartnerProfile {
    if let profile = profiles.first(where: { $0.folder == name }) { return profile }
    let folders = profiles.map(\.folder)
    throw .usage(.unknownPartner(name, known: folders, nearest: Nearest.word(to: name, among: folders)))
  }
}
