/// `waybill ledger prove`: every answer derived once more from what was sent, and compared byte for byte.

import Orders

/// What `waybill ledger prove` shows.
struct ProveView {
  /// A decision whose original gives something else than what was committed.
  struct Difference: Equatable {
    /// Where the two first differ.
    enum What: Equatable {
      case originalMissing
      case row(UInt32, committed: Outcome?, derived: Outcome?)
      case answer(partner: String, name: [UInt8], offset: Int64?, line: Int?)
      case answerMissing(partner: String, name: [UInt8])
      case answerAdded(partner: String, name: [UInt8])
      case notes
    }

    var decision: DecisionNumber
    var partner: String
    var name: [UInt8]
    var what: What
  }

  /// Decisions that were derived again and are what was committed.
  var decisions: Int
  var answers: Int
  /// Decisions of which nothing can be derived, by the reason.
  var held: Int
  var masked: Int
  var otherSettings: Int
  /// Files of which the program died.
  var condemned = 0
  var fonts = 0
  /// Files that left quarantine for their inboxes again.
  var released = 0
  var differences: [Difference]
}

enum LedgerProve {
  /// So many differences are shown; the rest is counted.
  private static let shownMax = 20

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let show: (Headway) -> Void = call.arguments.isQuiet ? { _ in } : call.console.show
    let view = try call.ask { () throws(Failure) in
      try engine.proveLedger(day: call.arguments.date, show)
    }
    if !call.arguments.isQuiet { call.console.lines(lines(view)) }
    return view.differences.isEmpty ? .done : .findings
  }

  static func lines(_ view: ProveView) -> [String] {
    var table = TextTable("", "")
    table.add(
      "Derived",
      "\(HumanText.count(view.decisions, "decision")), \(HumanText.count(view.answers, "answer")), the same byte for byte"
    )
    let underivable = [
      ("Held", view.held, "upload", ": nothing to derive, they stayed in their inboxes"),
      (
        "Masked", view.masked, "file",
        " with credentials and rows that could not be read: kept as *** alone"
      ),
      ("Condemned", view.condemned, "file", " that broke the program: not judged, in quarantine"),
      (
        "Other settings", view.otherSettings, "decision",
        " made under settings that are no longer in force; --config names a file"
      ),
      (
        "Fonts", view.fonts, "decision",
        " whose documents embed a font that is not here: see `waybill config show`"
      ),
      ("Released", view.released, "file", " that left quarantine for their inboxes again"),
    ]
    for (name, count, noun, why) in underivable where count > 0 {
      table.add(name, HumanText.count(count, noun) + why)
    }
    var lines = table.lines()
    if view.differences.isEmpty { return lines + ["Every answer follows from what was sent."] }
    lines.append(
      "\(HumanText.count(view.differences.count, "decision")) differ from what their originals give:")
    for difference in view.differences.prefix(shownMax) { lines.append("  " + sentence(difference)) }
    let rest = view.differences.count - shownMax
    if rest > 0 { lines.append("  and \(HumanText.count(rest)) more") }
    return lines
  }

  static func sentence(_ difference: ProveView.Difference) -> String {
    let file = "decision \(difference.decision.raw), \(difference.partner)/\(SafeText.of(difference.name)): "
    switch difference.what {
    case .originalMissing: return file + "the archive does not have its original"
    case .row(let row, let committed, let derived):
      return file + "row \(row) was \(word(committed)) and would be \(word(derived))"
    case .answer(let partner, let name, let offset, let line):
      let answer = "\(partner)/\(SafeText.of(name))"
      guard let offset, let line else { return file + "\(answer) has another digest" }
      return file + "\(answer) differs from byte \(offset) (line \(line)) on"
    case .answerMissing(let partner, let name):
      return file + "\(partner)/\(SafeText.of(name)) was published and would not be"
    case .answerAdded(let partner, let name):
      return file + "\(partner)/\(SafeText.of(name)) was not published and would be"
    case .notes: return file + "its answers are the same, but what the journal notes of its rows is not"
    }
  }

  private static func word(_ outcome: Outcome?) -> String { outcome.map { "\($0)" } ?? "not there" }
}
