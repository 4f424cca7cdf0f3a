/// `waybill quarantine`: what was set aside, and the way back.

import Orders

enum QuarantineCommand {
  static let verb = Verb(
    name: "quarantine",
    summary: "lists what was set aside, and puts a file back into its inbox",
    description: [
      "list     what lies in ledger/quarantine, oldest first, and why. It only reads.",
      "release  puts the file of that name back into the inbox that it came from, where it is judged as if its",
      "         partner had dropped it again, under the terms that hold now. The ledger keeps who said so and",
      "         why. A running daemon does it between two files; without one it is done here.",
    ],
    operands: [
      .init(name: "PART", summary: "list or release"),
      .init(name: "NAME", summary: "of release: the name that `list` shows", isRequired: false, isFile: true),
    ],
    options: [.root, .config, .reason, .at, .json, .quiet],
    examples: [
      .init(line: "waybill quarantine list", meaning: "what lies there and why"),
      .init(
        line: "waybill quarantine release 000000000042 --reason budget-was-too-tight",
        meaning: "the file lies in its inbox again"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    switch call.arguments.text(0) {
    case "list": return try list(call)
    case "release": return try release(call)
    case let other: throw .usage(.unknownPart(other, verb: verb.name, parts: ["list", "release"]))
    }
  }

  private static func list(_ call: Call) throws(Stop) -> ExitCode {
    if call.arguments.operands.count > 1 {
      throw .usage(.operandNotTaken(SafeText.of(call.arguments.operands[1]), verb: verb.name))
    }
    let engine = try call.engine()
    let entries = try call.ask { () throws(Failure) in try engine.quarantined() }
    if call.arguments.wantsJSON {
      call.console.data(json(entries, engine.zone).page.utf8)
    } else {
      call.console.lines(lines(entries, engine.zone))
    }
    return .done
  }

  private static func release(_ call: Call) throws(Stop) -> ExitCode {
    guard call.arguments.operands.count > 1 else {
      throw .usage(.operandMissing("NAME", verb: verb.name))
    }
    guard let reason = call.arguments.reason else { throw .usage(.optionMissing(.reason, verb: verb.name)) }
    let name = call.arguments.operands[1]
    let engine = try call.engine()
    let view = try call.ask { () throws(Failure) in
      try engine.release(name, because: reason, call.deedWork())
    }
    if !call.arguments.isQuiet {
      call.console.line(
        PauseCommand.sentence(
          view, done: "\(SafeText.of(name)) is back in its inbox, and judged next",
          already: "\(SafeText.of(name)) was released before"))
    }
    return .done
  }

  static func lines(_ entries: [QuarantineEntry], _ zone: Zone) -> [String] {
    if entries.isEmpty { return ["Nothing lies in quarantine."] }
    var table = TextTable([
      .init("name", columnsMax: 40), .init("from", columnsMax: 48), .number("size"), .init("since"),
      .init("why", columnsMax: 72),
    ])
    for entry in entries {
      table.add(
        SafeText.of(entry.name), origin(entry), HumanText.size(entry.bytes),
        HumanText.time(entry.since, zone),
        Sentences.of(entry.reason))
    }
    return table.lines()
  }

  private static func origin(_ entry: QuarantineEntry) -> String {
    guard let partner = entry.partner else { return "-" }
    let place = entry.mayBeReleased ? "inbox" : "outbox"
    return "\(place)/\(partner)/\(entry.upload.map { SafeText.of($0) } ?? "")"
  }

  static func json(_ entries: [QuarantineEntry], _ zone: Zone) -> JSONText {
    .list(
      entries.map { entry in
        .object([
          ("name", .text(SafeText.of(entry.name))), ("partner", JSONText(entry.partner)),
          ("file", JSONText(entry.upload.map { SafeText.of($0) })), ("bytes", .number(entry.bytes)),
          ("since", .text(entry.since.iso8601(in: zone))), ("why", .text(Sentences.of(entry.reason))),
          ("may_be_released", .truth(entry.mayBeReleased)),
        ])
      })
  }
}
