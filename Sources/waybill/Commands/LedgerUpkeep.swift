/// `waybill ledger checkpoint` and `waybill ledger repair`: what an operator may ask of the ledger's files.

import Orders

/// What `waybill ledger repair` shows.
struct RepairView {
  /// A decision that the ledger no longer has.
  struct LostFile {
    var decision: DecisionNumber
    var partner: String
    var name: [UInt8]
    var rows: Int
    /// The archive still has what was sent.
    var isArchived: Bool
    /// What was sent is kept beside the cut.
    var isKeptAside: Bool
  }

  var damage: String
  /// The sequence and the decision behind which was cut.
  var keptSequence: UInt64
  var keptDecision: DecisionNumber
  /// The newest decision that was ever given.
  var newestDecision: DecisionNumber
  var cutBytes: Int
  var unreadableBytes: Int
  var lost: [LostFile]
  /// Rows that can be read, of files whose decision cannot.
  var looseRows: Int
  /// What was taken out of the outbox.
  var withdrawn: [String]
  /// Claimed files that the ledger knows nothing of any more.
  var orphans: Int
  /// Where all of it is kept.
  var folder: String
}

enum LedgerUpkeep {
  /// A list longer than this tells nobody more; the rest is counted.
  static let linesMax = 40

  static func checkpoint(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let made = try call.ask { () throws(Failure) in try engine.checkpointLedger() }
    if call.arguments.isQuiet { return .done }
    call.console.lines([
      made.map {
        "The newest checkpoint stands at decision \(HumanText.count(Int($0.decision.raw))) (\(HumanText.size($0.bytes)))."
      } ?? "Nothing was processed yet, so there is nothing to write down."
    ])
    return .done
  }

  static func repair(_ call: Call) throws(Stop) -> ExitCode {
    guard let sequence = call.arguments.sequence else { throw .usage(.optionMissing(.to, verb: "ledger")) }
    let engine = try call.engine()
    let view = try call.ask { () throws(Failure) in
      try engine.repairLedger(to: sequence, at: call.arguments.at)
    }
    call.console.lines(lines(view))
    return .done
  }

  /// Where what was sent is now.
  private static func original(_ file: RepairView.LostFile) -> String {
    if file.isArchived { return "in the archive" }
    return file.isKeptAside ? "in claimed beside the cut" : "not found"
  }

  static func lines(_ view: RepairView) -> [String] {
    var table = TextTable("", "")
    table.add("Damage", SafeText.of(Array(view.damage.utf8)))
    table.add(
      "Kept",
      "up to sequence \(HumanText.count(Int(view.keptSequence))), decision \(HumanText.count(Int(view.keptDecision.raw)))"
    )
    let unreadable =
      view.unreadableBytes == 0 ? "" : ", \(HumanText.size(view.unreadableBytes)) of it unreadable"
    table.add("Cut", "\(HumanText.size(view.cutBytes))\(unreadable), kept in \(view.folder)")
    if view.newestDecision > view.keptDecision {
      table.add(
        "Next", "decision \(HumanText.count(Int(view.newestDecision.raw) + 1)): no number is given twice")
    }
    var lines = table.lines()
    let rows = view.lost.reduce(0) { $0 + $1.rows }
    if view.lost.isEmpty {
      lines += ["", "No decision that can be read is lost."]
    } else {
      var files = TextTable([
        .number("decision"), .init("partner"), .init("file", columnsMax: 48), .number("rows"),
        .init("original"),
      ])
      for file in view.lost.prefix(linesMax) {
        files.add(
          HumanText.count(Int(file.decision.raw)), file.partner, SafeText.of(file.name),
          HumanText.count(file.rows), Self.original(file))
      }
      if view.lost.count > linesMax {
        files.addSum(["", "", "and \(HumanText.count(view.lost.count - linesMax)) more", "", ""])
      }
      lines += ["", "Lost: \(HumanText.count(view.lost.count, "file")), \(HumanText.count(rows, "row"))"]
      lines += files.lines(indent: 2)
    }
    if view.looseRows > 0 {
      lines.append("\(HumanText.count(view.looseRows, "row")) more, of files whose decision cannot be read.")
    }
    if view.orphans > 0 {
      lines.append(
        "\(HumanText.count(view.orphans, "file")) that had been taken and not answered: in \(view.folder)/claimed."
      )
    }
    if !view.withdrawn.isEmpty {
      lines += ["", "Taken out of the outbox, to \(view.folder)/outbox"]
      lines += view.withdrawn.prefix(linesMax).map { "  " + SafeText.of(Array($0.utf8)) }
      if view.withdrawn.count > linesMax {
        lines.append("  and \(HumanText.count(view.withdrawn.count - linesMax)) more")
      }
    }
    return lines + [
      "", "The ledger is sound up to the cut. Partners must be told, and lost files dropped again.",
    ]
  }
}
