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
  /// The line: a bar, the share, the count, the rate, the time left and the subject, never wider than the terminal.
  ///
  /// - Parameter seconds: how long the work has gone on; nil or too short a time tells no rate.
  static func text(_ progress: Headway, columns: Int, after seconds: Double? = nil) -> String {
    let room = max(columns - 1, 10)
    var parts = [counted(progress.done, progress.unit)]
    if let seconds, seconds >= secondsMin, progress.done > 0 {
      let rate = Double(progress.done) / seconds
      parts.append(counted(Int(rate), progress.unit) + "/s")
      if progress.total > progress.done {
        parts.append(
          HumanText.span(seconds: Int(Double(progress.total - progress.done) / rate) + 1) + " left")
      }
    }
    parts.append(progress.subject)
    guard progress.total > 0 else { return fit(parts, into: room) }
    let share = min(max(Double(progress.done) / Double(progress.total), 0), 1)
    let cells = min(24, max(room / 4, 4))
    let full = Int(share * Double(cells))
    let bar =
      "[" + String(repeating: "#", count: full) + String(repeating: "-", count: cells - full) + "]"
    let percent = "\(Int(share * 100))"
    let shown = String(repeating: " ", count: 3 - percent.count) + percent + " %"
    return fit([bar + " " + shown] + parts, into: room)
  }

  /// A rate over less than this tells nothing.
  private static let secondsMin = 0.5

  private static func counted(_ count: Int, _ unit: String) -> String {
    unit == "bytes" ? HumanText.size(count) : "\(HumanText.count(count)) \(unit)"
  }

  private static func fit(_ parts: [String], into room: Int) -> String {
    let text = parts.map(SafeText.of).filter { !$0.isEmpty }.joined(separator: "  ")
    return TextWidth.cut(text, to: room)
  }
}
