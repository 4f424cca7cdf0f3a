/// How many columns of a terminal a text takes: letters of East Asia and pictures take two, marks above a letter none.

enum TextWidth {
  static func of(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x7F }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// A character takes as much as its widest scalar, however many a picture is joined from.
  static func of(_ character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars { widest = max(widest, of(scalar)) }
    return widest
  }

  private static func of(_ scalar: UnicodeScalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
    }
  }

  /// The blocks that Unicode's East Asian Width calls wide or full width.
  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3: true
    case 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6: true
    case 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD: true
    default: false
    }
  }

  /// The text in at most so many columns; where something was left out stands `…`.
  static func cut(_ text: String, to columns: Int) -> String {
    if of(text) <= columns { return text }
    var kept = ""
    var used = 1
    for character in text {
      used += of(character)
      if used > columns { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// The same, with the middle left out: of a file's name the beginning and the ending tell most.
  static func cutMiddle(_ text: String, to columns: Int) -> String {
    if of(text) <= columns { return text }
    let tailColumns = (columns - 1) / 3
    var tail: [Character] = []
    var used = 0
    for character in text.reversed() {
      used += of(character)
      if used > tailColumns { break }
      tail.append(character)
    }
    return cut(text, to: columns - tail.reduce(0) { $0 + of($1) }) + String(tail.reversed())
  }
}
