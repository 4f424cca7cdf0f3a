/// `waybill ledger verify` and `waybill ledger dump`: the ledger proved, and the ledger read.

import Foundation
import Orders

enum LedgerCommand {
  static let verb = Verb(
    name: "ledger",
    summary: "proves the ledger sound, prints it, or mends it",
    description: [
      "verify  reads every frame, follows the chain of hashes over the commits, counts every decision's rows,",
      "        and reads each archived original and each published answer again. Damage ends with 3 and names",
      "        file, byte and sequence; an answer that was edited in the outbox ends with 1. Nothing is changed.",
      "prove   judges every archived original once more, in the order of the decisions, and compares each",
      "        answer byte for byte with what was committed; ends with 1 where something differs.",
      "dump    prints what the ledger holds as JSON Lines.",
      "checkpoint  writes down all books as they stand, so that the next start need not read the journal before.",
      "export  writes what the ledger holds into a folder (--snapshot), from where `waybill judge` and Spark",
      "        go on. Nothing is changed; whoever goes on there must not go on here.",
      "import  makes the ledger of an exchange that has none from such a folder. The originals move with",
      "        ledger/archive, the answers with outbox/.",
      "repair  cuts a damaged journal behind its last sound commit. Bring a sound copy of ledger/ back first if",
      "        there is one: what comes after the damage is lost to the ledger. All that is cut is kept in",
      "        ledger/cut, the answers of lost decisions are taken out of the outbox to there, and no number",
      "        that was given is given again. Nothing is cut but where --to names the place.",
    ],
    operands: [.init(name: "ACT", summary: "verify, prove, dump, checkpoint, export, import or repair")],
    options: [.root, .config, .date, .to, .at, .snapshot, .quiet],
    statuses: [.done, .findings, .wrongUsage, .couldNot],
    examples: [
      .init(line: "waybill ledger verify", meaning: "is every byte as it was written?"),
      .init(line: "waybill ledger prove --date 2026-11-21", meaning: "does every answer of that day follow?"),
      .init(line: "waybill ledger dump | grep OD-1", meaning: "all that the ledger says of one order"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    switch call.arguments.text(0) {
    case "verify": return try verify(call)
    case "prove": return try LedgerProve.run(call)
    case "dump": return try dump(call)
    case "checkpoint": return try LedgerUpkeep.checkpoint(call)
    case "repair": return try LedgerUpkeep.repair(call)
    case "export": return try LedgerSnapshot.export(call)
    case "import": return try LedgerSnapshot.bringBack(call)
    case let other:
      let parts = ["verify", "prove", "dump", "checkpoint", "export", "import", "repair"]
      throw .usage(.unknownPart(other, verb: verb.name, parts: parts))
    }
  }

  private static func verify(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let show: (Headway) -> Void = call.arguments.isQuiet ? { _ in } : call.console.show
    let view = try call.ask { () throws(Failure) in try engine.verifyLedger(show) }
    if !call.arguments.isQuiet { call.console.lines(lines(view)) }
    return view.differing.isEmpty ? .done : .findings
  }

  private static let differingShownMax = 20

  private static func dump(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    try call.ask { () throws(Failure) in
      try engine.dumpLedger { lines in
        call.console.data(lines)
        return call.console.takesOutput
      }
    }
    return .done
  }

  static func lines(_ view: VerifyView) -> [String] {
    var table = TextTable("", "")
    table.add("Segments", "\(HumanText.count(view.segments)), \(HumanText.size(view.bytes))")
    table.add("Frames", "\(HumanText.count(view.frames)), every checksum right")
    table.add("Commits", "\(HumanText.count(view.commits)), the chain of hashes unbroken")
    table.add("Originals", "\(HumanText.count(view.originals)), read again and found as they came")
    table.add("Rows", "\(HumanText.count(view.rows)), each decision's as many as it says")
    table.add(
      "Answers",
      "\(HumanText.count(view.published)) lie in the outbox as committed, \(HumanText.count(view.taken)) were taken"
        + (view.undelivered == 0 ? "" : ", \(HumanText.count(view.undelivered)) are still to be published"))
    table.add(
      "Claims",
      "\(HumanText.count(view.claims)), each decided or waiting"
        + (view.voidClaims == 0 ? "" : ", but for \(HumanText.count(view.voidClaims)) that came to nothing"))
    table.add(
      "Waiting",
      "\(HumanText.count(view.openClaims, "claim")), \(HumanText.count(view.parkedRows, "parked row"))")
    if let last = view.lastDecision {
      table.add("Ends at", "decision \(HumanText.count(Int(last.raw))), hash \(view.lastHash)")
    }
    var lines = table.lines()
    if let tail = view.tornTail {
      lines.append(
        "After the last commit: \(HumanText.count(Int(tail.bytes), "byte")) of unfinished work in \(tail.file) "
          + "from byte \(tail.offset); the next start sets them aside.")
    }
    lines.append("The ledger is sound.")
    if view.differing.isEmpty { return lines }
    lines.append("In the outbox lies something else than was committed:")
    for answer in view.differing.prefix(differingShownMax) {
      lines.append("  \(answer.partner)/\(SafeText.of(answer.name)), of decision \(answer.decision.raw)")
    }
    let rest = view.differing.count - differingShownMax
    return rest > 0 ? lines + ["  and \(HumanText.count(rest)) more"] : lines
  }
}
