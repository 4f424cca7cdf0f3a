/// `waybill reissue`: an answer that its partner deleted or edited, published once more.

import Orders

enum ReissueCommand {
  static let verb = Verb(
    name: "reissue",
    summary: "publishes an answer once more that its partner deleted or edited",
    description: [
      "Puts a file back into a partner's outbox with the very bytes that were published, held against their",
      "digest in the ledger; the ledger notes when and why. What lies there with other bytes is kept in",
      "ledger/quarantine. A running daemon does it between two files; without one it is done here.",
    ],
    operands: [
      .init(
        name: "FILE", summary: "PARTNER/NAME below the outbox; with --partner the name alone", isFile: true)
    ],
    options: [.root, .config, .partner, .reason, .at, .quiet],
    required: [.reason],
    examples: [
      .init(
        line: "waybill reissue dtdc/manifests-0711.csv.result.csv --reason deleted-by-mistake",
        meaning: "the answer lies in outbox/dtdc again"),
      .init(
        line: "waybill reissue documents/901-label.pdf --partner dtdc --reason asked-for-by-phone",
        meaning: "the same for a document"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let file = call.arguments.operands[0]
    var name = file
    var folder = call.arguments.partner
    if folder == nil {
      let parts = file.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let partner = String(validating: parts[0], as: UTF8.self) else {
        throw .usage(.optionMissing(.partner, verb: verb.name))
      }
      folder = partner
      name = Array(parts[1])
    }
    let engine = try call.engine()
    let partner = folder ?? ""
    let reason = call.arguments.reason ?? ""
    let view = try call.ask { () throws(Failure) in
      try engine.reissue(name, of: partner, because: reason, call.deedWork())
    }
    if !call.arguments.isQuiet { call.console.lines(lines(view, partner, name)) }
    return .done
  }

  static func lines(_ view: ReissueView, _ partner: String, _ name: [UInt8]) -> [String] {
    let place = "outbox/\(partner)/\(SafeText.of(name))"
    switch view {
    case .unchanged: return ["\(place) lies there as it was published; nothing was done."]
    case .published(let decision, let bytes, let digest, let keptAside):
      var lines = [
        "\(place) is published again: \(HumanText.count(bytes, "byte")), SHA-256 \(digest.prefix(12)), "
          + "decision \(HumanText.count(Int(decision.raw)))."
      ]
      if let keptAside {
        lines.append("What lay there instead is kept as ledger/quarantine/\(SafeText.of(keptAside)).")
      }
      return lines
    }
  }
}

extension Call {
  /// The clock of the arguments, and notices to stderr.
  func deedWork() -> Work {
    var work = Work()
    work.clock = arguments.at
    work.noticed = complain
    if !arguments.isQuiet { work.progress = console.show }
    return work
  }
}
