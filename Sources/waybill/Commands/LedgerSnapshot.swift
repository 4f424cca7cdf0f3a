/// `waybill ledger export` and `waybill ledger import`: the ledger as lines that any machine goes on from, and back.

import Exchange

enum LedgerSnapshot {
  static func export(_ call: Call) throws(Stop) -> ExitCode {
    let folder = try folder(call)
    let records = try call.ask { () throws(Failure) in
      let configuration = try Connection.configuration(call.arguments)
      let settings = try Connection.text(
        call.arguments.configuration, isRequired: call.arguments.config != nil)
      return try FilterLines.asking {
        try SnapshotExport.run(
          root: call.arguments.root, configuration: configuration, settings: settings, to: folder)
      }
    }
    if !call.arguments.isQuiet {
      call.console.line("\(HumanText.count(records, "record")) lie in \(folder).")
    }
    return .done
  }

  static func bringBack(_ call: Call) throws(Stop) -> ExitCode {
    let folder = try folder(call)
    try call.ask { () throws(Failure) in
      try FilterLines.asking { try SnapshotImport.run(root: call.arguments.root, from: folder) }
    }
    if !call.arguments.isQuiet { call.console.line("The ledger is what \(folder) says.") }
    return .done
  }

  private static func folder(_ call: Call) throws(Stop) -> String {
    guard let folder = call.arguments.snapshot else {
      throw .usage(.optionMissing(.snapshot, verb: LedgerCommand.verb.name))
    }
    return folder
  }
}
