/// The touchpoints of the seeds, printed: what each says is exchanged, the file it is here, the rule, and the proof.

import Orders

extension RulesCommand {
  static func touchpoints(_ call: Call, _ profiles: [PartnerProfile]) throws(Stop) -> ExitCode {
    var chosen = Touchpoint.all
    if call.arguments.partner != nil {
      let folders = profiles.map(\.folder)
      chosen = chosen.filter { touchpoint in touchpoint.files.contains { folders.contains($0.partner ?? "") }
      }
    }
    switch call.arguments.format {
    case .csv: call.console.data(csv(chosen).utf8)
    case .table: call.console.lines(page(chosen))
    case .dot: throw .usage(.optionsDisagree(.touchpoints, .format, value: RulesFormat.dot.rawValue))
    }
    return .done
  }

  /// Seed by seed, each line with its file, its rule and its proof below it.
  static func page(_ touchpoints: [Touchpoint]) -> [String] {
    var lines: [String] = []
    var seed = ""
    for touchpoint in touchpoints {
      if touchpoint.seed != seed {
        lines += (lines.isEmpty ? [] : [""]) + [touchpoint.seed]
        seed = touchpoint.seed
      }
      lines.append("  \(touchpoint.place): \(touchpoint.words)")
      var table = TextTable("", "")
      for (word, values) in parts(touchpoint) {
        for (place, value) in values.enumerated() { table.add(place == 0 ? word : "", value) }
      }
      lines += table.lines(indent: 4)
    }
    return lines
  }

  static func csv(_ touchpoints: [Touchpoint]) -> String {
    var text = "seed,place,words,files,rules,proofs\n"
    for touchpoint in touchpoints {
      let cells =
        [touchpoint.seed, touchpoint.place, touchpoint.words]
        + parts(touchpoint).map { $0.values.joined(separator: "; ") }
      text += cells.map(quoted).joined(separator: ",") + "\n"
    }
    return text
  }

  /// The same as a table of README.md.
  static func markdown(_ touchpoints: [Touchpoint]) -> String {
    var text = "| seed | says | file | rule | proof |\n| --- | --- | --- | --- | --- |\n"
    for touchpoint in touchpoints {
      let files = touchpoint.files.map { "`\($0.path)`" }
      let cells = [
        touchpoint.seed, "\(touchpoint.place): \(touchpoint.words)", files.joined(separator: ", "),
        touchpoint.rules.map(\.words).joined(separator: "; "),
        touchpoint.proofs.map(\.words).joined(separator: "; "),
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    return text
  }

  private static func parts(_ touchpoint: Touchpoint) -> [(word: String, values: [String])] {
    [
      ("file", touchpoint.files.map(\.path)), ("rule", touchpoint.rules.map(\.words)),
      ("proof", touchpoint.proofs.map(\.words)),
    ]
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { ",\"\n".contains($0) }) else { return cell }
    return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
