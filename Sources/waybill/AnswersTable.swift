/// The table of files and what they came to, which `try`, `once` and `check` share.

import Orders

enum AnswersTable {
  /// Beyond this many files a table of single files is no longer read; they are summed by partner and kind.
  static let filesMax = 50

  /// One line a file in the order of decision, and their sum.
  static func files(_ files: [AnsweredFile]) -> TextTable {
    var table = TextTable(
      [.init("file", columnsMax: 48), .init("partner"), .init("kind"), .init("outcome")] + counts)
    for file in files {
      table.add(
        [SafeText.of(file.name), file.partner, file.kind?.name ?? "-", outcome(file)] + numbers(file.rows))
    }
    if files.count > 1 {
      table.addSum([HumanText.count(files.count, "file"), "", "", ""] + numbers(sum(files)))
    }
    return table
  }

  /// One line for each partner, kind and outcome, in the order of their first file.
  static func summary(_ files: [AnsweredFile]) -> TextTable {
    var groups: [(key: [String], files: Int, rows: RowCounts)] = []
    var places: [[String]: Int] = [:]
    for file in files {
      let key = [file.partner, file.kind?.name ?? "-", HumanText.words(file.outcome.rawValue)]
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append((key, 0, RowCounts()))
      }
      groups[place].files += 1
      groups[place].rows.add(file.rows)
    }
    var table = TextTable([.init("partner"), .init("kind"), .init("outcome"), .number("files")] + counts)
    for group in groups { table.add(group.key + [HumanText.count(group.files)] + numbers(group.rows)) }
    table.addSum(["sum", "", "", HumanText.count(files.count)] + numbers(sum(files)))
    return table
  }

  /// `accepted with errors`, and for a file refused whole its code.
  static func outcome(_ file: AnsweredFile) -> String {
    HumanText.words(file.outcome.rawValue) + (file.refusal.map { " (\($0.name))" } ?? "")
  }

  static func sum(_ files: [AnsweredFile]) -> RowCounts {
    files.reduce(into: RowCounts()) { sum, file in sum.add(file.rows) }
  }

  private static var counts: [TextTable.Column] {
    [.number("read")] + Outcome.allCases.map { .number($0.name) }
  }

  private static func numbers(_ rows: RowCounts) -> [String] {
    ([rows.read] + Outcome.allCases.map { rows[$0] }).map { HumanText.count($0) }
  }
}

extension RowCounts {
  /// Adds the rows of another file.
  mutating func add(_ other: RowCounts) {
    read += other.read
    for outcome in Outcome.allCases { self[outcome] += other[outcome] }
  }
}
