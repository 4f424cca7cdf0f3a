// CSV text is how cells are written into what people open: quoted by RFC 4180, and never a formula.

import Files
import Orders

extension AnswerText {
  /// Appends a cell, guarded and quoted where it must be.
  mutating func append(cell: Span<UInt8>, delimiter: UInt8 = UInt8(ascii: ",")) {
    if cell.isEmpty { return }
    let isSpecial = ShortBytes.contains(cell) {
      ShortBytes.holds($0, delimiter) || ShortBytes.holds($0, UInt8(ascii: "\"")) || ShortBytes.holds($0, 10)
        || ShortBytes.holds($0, 13)
    }
    let isGuarded = mayStartFormula(cell[0]) && startsFormula(cell[0]) && !isPlainNumber(cell)
    if isSpecial {
      appendQuoted(cell, isGuarded: isGuarded)
    } else {
      if isGuarded { append(UInt8(ascii: "'")) }
      append(cell)
    }
  }

  mutating func append(cell: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) {
    append(cell: cell.span, delimiter: delimiter)
  }

  mutating func append(cell: String, delimiter: UInt8 = UInt8(ascii: ",")) {
    append(cell: cell.utf8.span, delimiter: delimiter)
  }

  private mutating func appendQuoted(_ cell: Span<UInt8>, isGuarded: Bool) {
    append(UInt8(ascii: "\""))
    if isGuarded { append(UInt8(ascii: "'")) }
    var start = 0
    for index in cell.indices where cell[index] == UInt8(ascii: "\"") {
      // Up to the quote and with it; the second one begins what follows.
      append(cell.extracting(start..<index + 1))
      start = index
    }
    append(cell.extracting(start..<cell.count))
    append(UInt8(ascii: "\""))
  }
}

extension LineWriter {
  /// Puts a cell as it is; one that may need a quote or a guard makes the line odd.
  @inline(__always)
  mutating func put(cell: Slice, of bytes: Span<UInt8>) {
    let (start, count) = (Int(cell.offset), Int(cell.length))
    put(bytes, from: start, count: count, unless: UInt8(ascii: "\""), or: UInt8.comma)
    if count > 0, mayStartFormula(bytes[start]) { giveUp() }
  }
}

/// Letters and digits never do; the rest is for the rule itself to say.
@inline(__always)
private func mayStartFormula(_ byte: UInt8) -> Bool {
  byte < UInt8(ascii: "0") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "@")
}

/// A sign, digits, and digits behind a point: what a spreadsheet reads as the number it is, so it needs no guard.
func isPlainNumber(_ cell: Span<UInt8>) -> Bool {
  guard cell.count > 1, cell[0] == UInt8(ascii: "-") || cell[0] == UInt8(ascii: "+") else { return false }
  var digitsInPart = 0
  var hasPoint = false
  for index in 1..<cell.count {
    if isDigit(cell[index]) {
      digitsInPart += 1
    } else if cell[index] == UInt8(ascii: "."), !hasPoint, digitsInPart > 0 {
      hasPoint = true
      digitsInPart = 0
    } else {
      return false
    }
  }
  return digitsInPart > 0
}

func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
