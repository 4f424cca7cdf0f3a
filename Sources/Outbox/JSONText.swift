// JSON text is how names and values are written into answers for machines: always valid, always one line.

import Files
import Orders

extension AnswerText {
  /// Appends text as a JSON string, quotes included.
  ///
  /// Ordinary text is copied. Control bytes, line separators and the marks that turn the direction of text are escaped,
  /// which changes nothing for a reader of JSON and keeps a terminal safe; bytes that are not UTF-8 become U+FFFD.
  mutating func append(json text: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    let isSpecial = ShortBytes.contains(text) {
      ShortBytes.mayHoldControlsOrBeyond($0) || ShortBytes.holds($0, UInt8(ascii: "\""))
        || ShortBytes.holds($0, UInt8(ascii: "\\"))
    }
    if isSpecial { appendEscaped(text) } else { append(text) }
    append(UInt8(ascii: "\""))
  }

  mutating func append(json text: [UInt8]) { append(json: text.span) }

  mutating func append(json text: String) { append(json: text.utf8.span) }

  /// Appends text as a JSON string, or null where there is none.
  mutating func append(jsonOrNull text: String?) {
    if let text { append(json: text) } else { append("null") }
  }

  mutating func append(jsonOrNull text: [UInt8]?) {
    if let text { append(json: text) } else { append("null") }
  }

  private mutating func appendEscaped(_ text: Span<UInt8>) {
    var at = 0
    while at < text.count {
      let start = at
      while at < text.count, isPlain(text[at]) { at += 1 }
      append(text.extracting(start..<at))
      if at == text.count { return }
      if text[at] < 0x80 {
        append(ascii: text[at])
        at += 1
      } else {
        let start = at
        while at < text.count, text[at] >= 0x80 { at += 1 }
        append(beyondASCII: text.extracting(start..<at))
      }
    }
  }

  private mutating func append(ascii byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      append(UInt8(ascii: "\\"))
      append(byte)
    case 0x0A: append(#"\n"#)
    case 0x0D: append(#"\r"#)
    case 0x09: append(#"\t"#)
    case 0..<0x20, 0x7F: append(escaped: UInt32(byte))
    default: append(byte)
    }
  }

  /// No character starts or ends inside a run of bytes beyond ASCII, so each run is decoded by itself.
  private mutating func append(beyondASCII text: Span<UInt8>) {
    var parser = UTF8.ForwardParser()
    var bytes = text.indices.map { text[$0] }.makeIterator()
    while true {
      switch parser.parseScalar(from: &bytes) {
      case .valid(let encoded):
        let scalar = UTF8.decode(encoded).value
        if mustBeEscaped(scalar) {
          append(escaped: scalar)
        } else {
          for byte in encoded { append(byte) }
        }
      case .error: append("\u{FFFD}")
      case .emptyInput: return
      }
    }
  }

  private mutating func append(escaped scalar: UInt32) {
    append(#"\u"#)
    for shift in [12, 8, 4, 0] as [UInt32] {
      let digit = UInt8(truncatingIfNeeded: scalar >> shift & 0xF)
      append(digit < 10 ? 48 + digit : 87 + digit)
    }
  }
}

extension LineWriter {
  /// Puts text that stands between quotes as it is; one that must be escaped makes the line odd.
  @inline(__always)
  mutating func put(plainJSON text: Slice, of bytes: Span<UInt8>) {
    put(
      bytes, from: Int(text.offset), count: Int(text.length), unless: UInt8(ascii: "\""),
      or: UInt8(ascii: "\\"))
  }
}

/// Does the byte stand in a JSON string as it is?
private func isPlain(_ byte: UInt8) -> Bool {
  byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}

/// Control characters, line separators, and the marks that turn the direction of text; all lie below U+10000.
private func mustBeEscaped(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x80...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
  default: false
  }
}

extension [UInt8] {
  /// Appends text as a JSON string, quotes included; for what is written seldom, outside the answers.
  public mutating func appendJSON(_ text: [UInt8]) {
    var string = AnswerText()
    string.append(json: text)
    append(contentsOf: string.bytes)
  }

  public mutating func appendJSON(_ text: String) { appendJSON(Array(text.utf8)) }

  public mutating func append(text: String) { append(contentsOf: text.utf8) }
}

/// A file name as valid UTF-8: names that are UTF-8 stay as they are, in others each stray byte is spelled `\xE9`.
public func legibleName(_ name: [UInt8]) -> [UInt8] {
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
