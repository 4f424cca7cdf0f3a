/// How far long work has come, as one line for a terminal.

/// A moment of long work.
struct Headway: Equatable {
  var done: Int
  /// 0: not known yet.
  var total: Int
  /// What is counted: `rows`, `bytes`, `frames`.
  var unit: String
  /// What is in hand, for example a file's name.
  var subject: String = ""
}

enum ProgressBar {
  /// The line: a bar, the share, the count and the subject, never wider than the terminal.
  static func text(_ progress: Headway, columns: Int) -> String {
    let room = max(columns - 1, 10)
    let counted = "\(HumanText.count(progress.done)) \(progress.unit)"
    guard progress.total > 0 else { return fit([counted, progress.subject], into: room) }
    let share = min(max(Double(progress.done) / Double(progress.total), 0), 1)
    let cells = min(24, max(room / 4, 4))
    let full = Int(share * Double(cells))
    let bar =
      "[" + String(repeating: "#", count: full) + String(repeating: "-", count: cells - full) + "]"
    let percent = "\(Int(share * 100))"
    let shown = String(repeating: " ", count: 3 - percent.count) + percent + " %"
    return fit([bar + " " + shown, counted, progress.subject], into: room)
  }

  private static func fit(_ parts: [String], into room: Int) -> String {
    let text = parts.map(SafeText.of).filter { !$0.isEmpty }.joined(separator: "  ")
    return TextWidth.cut(text, to: room)
  }
}
