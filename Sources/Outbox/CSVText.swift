// CSV text is how cells are written into what people open: quoted by RFC 4180, and never a formula.

import Orders

extension UInt8 {
  static var lineEnd: UInt8 { UInt8(ascii: "\n") }
}

extension [UInt8] {
  /// Appends a cell, guarded and quoted where it must be.
  mutating func appendCell(_ cell: ArraySlice<UInt8>, delimiter: UInt8 = UInt8(ascii: ",")) {
    guard let first = cell.first else { return }
    var quoted = false
    for byte in cell where byte <= UInt8(ascii: "|") {
      if byte == delimiter || byte == UInt8(ascii: "\"") || byte == 10 || byte == 13 {
        quoted = true
        break
      }
    }
    let guarded = startsFormula(first) && !isPlainNumber(cell)
    if !quoted {
      if guarded { append(UInt8(ascii: "'")) }
      append(contentsOf: cell)
      return
    }
    append(UInt8(ascii: "\""))
    if guarded { append(UInt8(ascii: "'")) }
    for byte in cell {
      if byte == UInt8(ascii: "\"") { append(byte) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }

  mutating func appendCell(_ cell: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) {
    appendCell(cell[...], delimiter: delimiter)
  }

  mutating func appendCell(_ cell: String, delimiter: UInt8 = UInt8(ascii: ",")) {
    appendCell(Array(cell.utf8)[...], delimiter: delimiter)
  }

  /// Appends the digits of a number.
  package mutating func appendDecimal(_ value: some FixedWidthInteger & UnsignedInteger) {
    var rest = UInt64(value)
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    repeat {
      start -= 1
      digits[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    } while rest > 0
    for place in start..<20 { append(digits[place]) }
  }

  package mutating func append(text: String) { append(contentsOf: text.utf8) }
}

/// A sign, digits, and digits behind a point: what a spreadsheet reads as the number it is, so it needs no guard.
func isPlainNumber(_ cell: ArraySlice<UInt8>) -> Bool {
  guard let sign = cell.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else { return false }
  let parts = cell.dropFirst().split(
    separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
  return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
}

func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
