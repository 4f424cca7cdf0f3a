// JSON text is how names and values are written into answers for machines: always valid, always one line.

extension [UInt8] {
  /// Appends text as a JSON string, quotes included.
  ///
  /// Ordinary text is copied. Control bytes, line separators and the marks that turn the direction of text are escaped,
  /// which changes nothing for a reader of JSON and keeps a terminal safe; bytes that are not UTF-8 become U+FFFD.
  package mutating func appendJSON(_ text: ArraySlice<UInt8>) {
    append(UInt8(ascii: "\""))
    var isPlain = true
    for byte in text where byte &- 0x20 >= 0x5F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      isPlain = false
      break
    }
    if isPlain { append(contentsOf: text) } else { appendEscaped(text) }
    append(UInt8(ascii: "\""))
  }

  package mutating func appendJSON(_ text: [UInt8]) { appendJSON(text[...]) }

  package mutating func appendJSON(_ text: String) { appendJSON(Array(text.utf8)[...]) }

  private mutating func appendEscaped(_ text: ArraySlice<UInt8>) {
    var parser = UTF8.ForwardParser()
    var bytes = text.makeIterator()
    while true {
      switch parser.parseScalar(from: &bytes) {
      case .valid(let encoded): appendScalar(UTF8.decode(encoded), encoded: encoded)
      case .error: append(text: "\u{FFFD}")
      case .emptyInput: return
      }
    }
  }

  private mutating func appendScalar(_ scalar: Unicode.Scalar, encoded: UTF8.EncodedScalar) {
    switch scalar.value {
    case 0x22, 0x5C:
      append(UInt8(ascii: "\\"))
      append(contentsOf: encoded)
    case 0x0A: append(text: "\\n")
    case 0x0D: append(text: "\\r")
    case 0x09: append(text: "\\t")
    case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      append(text: "\\u")
      for shift in [12, 8, 4, 0] {
        let digit = UInt8(truncatingIfNeeded: scalar.value >> UInt32(shift) & 0xF)
        append(digit < 10 ? 48 + digit : 87 + digit)
      }
    default: append(contentsOf: encoded)
    }
  }
}

/// A file name as valid UTF-8: names that are UTF-8 stay as they are, in others each stray byte is spelled `\xE9`.
package func legibleName(_ name: [UInt8]) -> [UInt8] {
  var legible: [UInt8] = []
  legible.reserveCapacity(name.count)
  var parser = UTF8.ForwardParser()
  var bytes = name.makeIterator()
  var position = 0
  while true {
    switch parser.parseScalar(from: &bytes) {
    case .valid(let encoded):
      legible.append(contentsOf: encoded)
      position += encoded.count
    case .error(let length):
      for byte in name[position..<position + length] {
        let digits = String(byte, radix: 16, uppercase: true)
        legible.append(contentsOf: (digits.utf8.count == 1 ? "\\x0" : "\\x").utf8)
        legible.append(contentsOf: digits.utf8)
      }
      position += length
    case .emptyInput: return legible
    }
  }
}
