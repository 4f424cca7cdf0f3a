/// The word a person most likely meant.

enum Nearest {
  /// Of the known words the one nearest to what was typed; nil: none is near enough to be offered.
  static func word(to typed: String, among known: [String]) -> String? {
    let typed = typed.lowercased()
    if let longer = known.first(where: { typed.count >= 2 && $0.lowercased().hasPrefix(typed) }) {
      return longer
    }
    // Half a short word changed makes another word.
    let reach = max(1, min(3, typed.count / 3))
    let near = known.map { (word: $0, steps: steps(from: typed, to: $0.lowercased())) }.min {
      $0.steps < $1.steps
    }
    return near.flatMap { $0.steps <= reach ? $0.word : nil }
  }

  /// How many letters must be put in, left out, changed or swapped with their neighbour.
  static func steps(from a: String, to b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    if a.count > 64 || b.count > 64 { return .max }
    var rows = [[Int]](repeating: Array(0...b.count), count: a.count + 1)
    for i in 0...a.count {
      rows[i][0] = i
      if i == 0 { continue }
      for j in stride(from: 1, through: b.count, by: 1) {
        var best = min(rows[i - 1][j], rows[i][j - 1]) + 1
        best = min(best, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, rows[i - 2][j - 2] + 1)
        }
        rows[i][j] = best
      }
    }
    return rows[a.count][b.count]
  }
}
