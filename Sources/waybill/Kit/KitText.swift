/// The words of a kit, and its plain files: everything that the page says, for those who read without a browser.

import Exchange
import Orders

enum KitText {
  /// A column as a partner needs to know it.
  struct ColumnLine: Equatable {
    var name: String
    var isNeeded: String
    var holds: String
    var example: String
    var synonyms: [String]
  }

  /// The kinds that the partner may send and of which the kit has a sample, in the processing sequence.
  static func kinds(of kit: PartnerKit) -> [Kind] {
    Kind.allCases.filter { kind in kit.passes.contains { $0.file.kind == kind } }
  }

  /// What the partner may not send, with the reason.
  static func refused(of kit: PartnerKit) -> [(Kind, String)] {
    Kind.allCases.compactMap { kind in kit.profile.permissions[kind]?.reason.map { (kind, $0) } }
  }

  static func columns(of kind: Kind, in kit: PartnerKit) -> [ColumnLine] {
    let sample = kit.passes.first { $0.file.kind == kind }
    let lines = sample?.file.text.split(separator: "\n").map(String.init) ?? []
    let header = lines.first?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    let row = lines.dropFirst().first.map(cells) ?? []
    let either = kind.eitherOf
    return kind.columns.map { column in
      let place = header.firstIndex(of: column.column.canonicalName)
      let needed =
        column.isRequired
        ? "yes"
        : either.contains(column.column)
          ? "one of " + HumanText.list(either.map(\.canonicalName), joint: "or") : "no"
      return ColumnLine(
        name: column.column.canonicalName, isNeeded: needed, holds: holds(column, kind, kit.profile),
        example: place.flatMap { row.indices.contains($0) ? row[$0] : nil } ?? "",
        synonyms: Array(column.names.dropFirst()))
    }
  }

  /// The cells of a line of a sample.
  private static func cells(_ line: String) -> [String] {
    var cells = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == "," && !isQuoted {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
    }
    return cells
  }

  private static func holds(_ column: KindColumn, _ kind: Kind, _ profile: PartnerProfile) -> String {
    switch column.shape {
    case .key(let bytesMax): "a code, as text, at most \(bytesMax) bytes"
    case .text: "text"
    case .time:
      "a time: " + spellings(profile.formats(for: kind)) + "; without an offset in \(profile.zone.name)"
    case .quantity: "a whole number, 1 to 99999"
    case .stock: "what lies there, a whole number from 0; never a difference"
    case .count: "a whole number from 0"
    case .amount: "an amount with a point, as 229.00"
    }
  }

  private static func spellings(_ formats: TimeFormats) -> String {
    let known: [(TimeFormats, String)] = [
      (.blank, "2026-11-20 14:05:09"), (.blankShort, "2026-11-20 4:5:9"), (.iso, "2026-11-20T14:05:09+05:30"),
      (.day, "2026-11-20"), (.epochMilliseconds, "1795077309000"), (.dayMonthName, "20-Nov-2026 14:05"),
      (.dayFirstSlash, "20/11/2026 14:05:09"), (.compactDayFirst, "20112026 1405"),
    ]
    return HumanText.list(known.filter { formats.contains($0.0) }.map(\.1), joint: "or")
  }

  static func outcome(_ sample: PartnerKit.Sample) -> String {
    let word = HumanText.words(sample.outcome.rawValue)
    if sample.rows.read == 0 { return "`\(word)`" + (sample.code.map { ", \($0.name)" } ?? "") }
    let counts = Outcome.allCases.filter { sample.rows[$0] > 0 }.map { "\(sample.rows[$0]) \($0.name)" }
    return "`\(word)`: \(HumanText.count(sample.rows.read, "row")), \(HumanText.list(counts))"
      + (sample.code.map { ", \($0.name)" } ?? "")
  }

  static let uploading = [
    "Upload under a temporary name, then rename: `put manifests-2111.csv manifests-2111.csv.part`, then "
      + "`rename manifests-2111.csv.part manifests-2111.csv`. A rename is the one sign that a file is whole.",
    "Names that end in .part, .filepart, .tmp or .partial, or begin with a dot, are left alone for as long as you need.",
    "A file that is closed under its own name is taken when it has rested for a moment. When the connection broke in the "
      + "middle it is held, and its ack says so: `reput` or put it again, it is then taken as one file.",
    "Use a new name for each file: the day and a number. A second file of one name is answered under NAME.ext~NUMBER.",
    "The same file twice does no harm: it is answered as before, and nothing is counted twice.",
    "Fetch your answers and delete them when you have read them; they never change. One that you lost can be put back.",
    "Correct only the rows in NAME.ext.errors.csv and drop that file again; our columns in it are ignored.",
    "In a spreadsheet open it with every column as text, or zeros and long numbers change, and save it as CSV in UTF-8, or names "
      + "in other scripts become question marks.",
  ]

  static func answers(of kit: PartnerKit) -> [(String, String)] {
    var answers = [
      (
        "NAME.ext.ack.json",
        "for machines: the outcome, how many rows came to what, the codes, the digest of what we read"
      ),
      (
        "NAME.ext.result.csv", "every row with its outcome, code and sentence, and the state before and after"
      ),
      ("NAME.ext.errors.csv", "the rejected rows alone, your cells first and unchanged, why behind them"),
      ("NAME.ext.settled-N.csv", "rows that had waited for an earlier step, and what they came to"),
    ]
    if kit.profile.repliesInCarrierShape {
      answers.append(
        ("NAME.ext.reply.jsonl", "the answers in your own shape, one for each row, in their order"))
    }
    return answers
  }

  // MARK: Plain files

  static func readme(_ kit: PartnerKit) -> String {
    var lines = [
      "\(kit.profile.title): exchanging files", "",
      "index.html says everything below with the columns and the samples; open it in any browser.", "",
      "passes/        samples that pass, with their answers in passes/answers/",
      "fails/         samples that fail or wait, with their answers in fails/answers/",
      "columns.csv    every column of every kind that you may send",
      "codes.csv      every code, what it says, who must act and what to do",
    ]
    if !kit.feeds.isEmpty {
      lines.append("gets/          files that you get without asking, as they came of the samples")
    }
    lines += ["", "WHAT YOU MAY SEND", ""] + kinds(of: kit).map { "  \($0.name)" }
    let refused = refused(of: kit)
    if !refused.isEmpty {
      lines += ["", "WHAT YOU MAY NOT SEND", ""] + refused.map { "  \($0.0.name): \($0.1)" }
    }
    lines += ["", "RULES", ""] + kit.profile.rules.map { "  \($0.sentence)" }
    lines += ["", "THE SAMPLES", ""]
    for sample in kit.passes { lines.append("  passes/\(sample.file.name): \(outcome(sample))") }
    for sample in kit.fails {
      guard case .fails(let because) = sample.file.part else { continue }
      lines.append("  fails/\(sample.file.name): \(because) \(outcome(sample))")
    }
    lines += ["", "HOW TO UPLOAD SAFELY", ""] + uploading.map { "  " + $0.replacing("`", with: "") }
    lines += ["", "THE ANSWERS", ""] + answers(of: kit).map { "  \($0.0): \($0.1)" }
    return lines.joined(separator: "\n") + "\n"
  }

  static func columnsCSV(_ kit: PartnerKit) -> String {
    let rows = kinds(of: kit).flatMap { kind in
      columns(of: kind, in: kit).map {
        [kind.name, $0.name, $0.isNeeded, $0.holds, $0.example, $0.synonyms.joined(separator: " ")]
      }
    }
    return csv([["kind", "column", "needed", "holds", "example", "also_named"]] + rows)
  }

  static func codesCSV() -> String {
    csv(
      [["code", "says", "who_must_act", "what_to_do"]]
        + RejectionCode.allCases.map {
          [$0.name, $0.meaning.sentence, $0.meaning.who.rawValue, $0.meaning.remedy]
        })
  }

  private static func csv(_ rows: [[String]]) -> String {
    rows.map { row in
      row.map { cell in
        cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
          ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
      }.joined(separator: ",") + "\r\n"
    }.joined()
  }
}
