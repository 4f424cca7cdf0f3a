/// A file of the scenario: its rows as cells, its bytes, and what its ack must say.

import Foundation
import Orders

/// A row as its sender writes it, and what it asks for.
struct LifeRow {
  let cells: [(column: String, text: String)]
  let act: Act
  /// Order rows in JSON: the lines, as objects of their own.
  var lines: [[(column: String, text: String)]] = []

  init(_ act: Act, _ cells: [(String, String?)], lines: [[(String, String)]] = []) {
    self.act = act
    self.cells = cells.compactMap { column, text in text.map { (column, $0) } }
    self.lines = lines.map { $0.map { ($0, $1) } }
  }
}

/// A file that a partner drops on one of the days.
struct LifeFile {
  /// What must become of it.
  enum Fate {
    /// Its rows are judged one by one.
    case judged
    /// Refused whole: the partner may not send such a file.
    case refused
    /// The bytes of an earlier file of the same partner, under a new name.
    case repeated
    /// What the errors file of an earlier file becomes when its quantities are put right.
    case corrected(name: String)
    /// Broken off in the middle of its last row, cells missing.
    case cutShort
  }

  let partner: String
  let name: String
  let kind: Kind
  var rows: [LifeRow]
  var fate = Fate.judged

  /// The bytes as the format of its name wants them; a corrected file's are made from the outbox.
  var bytes: [UInt8] {
    let text = name.hasSuffix(".csv") ? csv : json(isLines: name.hasSuffix(".jsonl"))
    if case .cutShort = fate { return Array(text.utf8.dropLast(24)) }
    return Array(text.utf8)
  }

  private var csv: String {
    var columns: [String] = []
    for row in rows {
      for (column, _) in row.cells where !columns.contains(column) { columns.append(column) }
    }
    let delimiter = kind == .manifests ? ";" : ","
    func line(_ cells: [String]) -> String {
      cells.map { $0.contains { $0 == "," || $0 == ";" } ? "\"\($0)\"" : $0 }.joined(separator: delimiter)
        + "\n"
    }
    return rows.reduce(line(columns)) { text, row in
      text + line(columns.map { column in row.cells.first { $0.column == column }?.text ?? "" })
    }
  }

  private func json(isLines: Bool) -> String {
    func object(_ cells: [(column: String, text: String)]) -> String {
      cells.map { "\"\($0.column)\":\"\($0.text)\"" }.joined(separator: ",")
    }
    let records = rows.map { row in
      let lines = row.lines.map { "{\(object($0))}" }.joined(separator: ",")
      return "{" + object(row.cells) + (row.lines.isEmpty ? "}" : ",\"suborders\":[\(lines)]}")
    }
    return isLines ? records.map { $0 + "\n" }.joined() : "[\n" + records.joined(separator: ",\n") + "\n]\n"
  }
}

/// A moment of the scenario, counted in seconds from the first day's midnight in India.
enum Moment {
  static let day = 86_400
  /// The scenario begins on 2 November 2026.
  private static let firstDay = 2

  /// `2026-11-05 07:30:00`
  static func text(_ second: Int) -> String {
    let (days, rest) = second.quotientAndRemainder(dividingBy: day)
    return String(
      format: "2026-11-%02d %02d:%02d:%02d", firstDay + days, rest / 3600, rest / 60 % 60, rest % 60)
  }

  static func instant(_ second: Int) -> Timestamp {
    Timestamp(milliseconds: midnight.milliseconds + Int64(second) * 1000)
  }

  private static let midnight = ExchangeTests.instant("2026-11-02 00:00:00")
}
