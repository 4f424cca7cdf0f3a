// Object text is a JSON object as its sender wrote it, repeated on one line in an errors file.

import Orders

/// Repeats the members of a JSON object byte for byte, as far as an answer may.
///
/// Left out are an `_error` member of an earlier answer and blanks that hold a line end (JSON allows these between tokens
/// only); secrets are replaced. The text must be a JSON object by RFC 8259, else there is nothing to repeat.
struct ObjectText: ~Copyable {
  private let source: ArraySlice<UInt8>
  private let hidesSecrets: Bool
  private var at: Int
  private var out = AnswerText()

  /// Objects that are nested deeper are repeated as text; Formats refuses them long before.
  private static let depthMax = 128

  /// The members between the braces; nil when the text is no object.
  static func members(of source: ArraySlice<UInt8>, hidingSecrets: Bool) -> [UInt8]? {
    guard String(validating: source, as: UTF8.self) != nil else { return nil }
    var text = ObjectText(source: source, hidesSecrets: hidingSecrets, at: source.startIndex)
    return text.repeatMembers() ? text.out.bytes : nil
  }

  private init(source: ArraySlice<UInt8>, hidesSecrets: Bool, at: Int) {
    self.source = source
    self.hidesSecrets = hidesSecrets
    self.at = at
  }

  private mutating func repeatMembers() -> Bool {
    skipBlanks()
    guard skip("{") else { return false }
    var isFirst = true
    while true {
      let start = out.count
      if !isFirst, !out.isEmpty { out.append(UInt8(ascii: ",")) }
      copyBlanks()
      if isFirst, skip("}") {
        out.truncate(to: 0)
        break
      }
      guard let key = copyMember(depth: 1) else { return false }
      if key.elementsEqual("_error".utf8) { out.truncate(to: start) }
      skipBlanks()
      if skip("}") { break }
      guard skip(",") else { return false }
      isFirst = false
    }
    skipBlanks()
    return at == source.endIndex
  }

  /// Key, colon and value; the key without its escapes.
  private mutating func copyMember(depth: Int) -> ArraySlice<UInt8>? {
    guard let written = copyString() else { return nil }
    let key = unescaped(written)
    copyBlanks()
    guard copy(":") else { return nil }
    copyBlanks()
    let start = out.count
    guard copyValue(depth: depth) else { return nil }
    if hidesSecrets, namesSecret(key) {
      out.truncate(to: start)
      out.append(json: secretMark)
    }
    return key
  }

  private mutating func copyValue(depth: Int) -> Bool {
    guard depth <= ObjectText.depthMax, at < source.endIndex else { return false }
    switch source[at] {
    case UInt8(ascii: "\""): return copyString() != nil
    case UInt8(ascii: "{"): return copyList("{", "}", depth: depth) { $0.copyMember(depth: depth + 1) != nil }
    case UInt8(ascii: "["): return copyList("[", "]", depth: depth) { $0.copyValue(depth: depth + 1) }
    case UInt8(ascii: "t"): return copyWord("true")
    case UInt8(ascii: "f"): return copyWord("false")
    case UInt8(ascii: "n"): return copyWord("null")
    default: return copyNumber()
    }
  }

  private mutating func copyList(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, depth: Int, element: (inout ObjectText) -> Bool
  ) -> Bool {
    guard copy(open) else { return false }
    copyBlanks()
    if copy(close) { return true }
    while true {
      guard element(&self) else { return false }
      copyBlanks()
      if copy(close) { return true }
      guard copy(",") else { return false }
      copyBlanks()
    }
  }

  /// Copies a string and returns what stands between its quotes.
  private mutating func copyString() -> ArraySlice<UInt8>? {
    guard next("\"") else { return nil }
    let start = at
    at += 1
    while at < source.endIndex {
      let byte = source[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        out.append(source[start..<at])
        return source[start + 1..<at - 1]
      case UInt8(ascii: "\\"):
        guard passEscape() else { return nil }
      case 0..<0x20: return nil
      default: break
      }
    }
    return nil
  }

  private mutating func passEscape() -> Bool {
    guard at < source.endIndex else { return false }
    let byte = source[at]
    at += 1
    if byte != UInt8(ascii: "u") { return #""\/bfnrt"#.utf8.contains(byte) }
    guard source.endIndex - at >= 4, source[at..<at + 4].allSatisfy({ hexadecimalDigit($0) != nil }) else {
      return false
    }
    at += 4
    return true
  }

  private mutating func copyNumber() -> Bool {
    let start = at
    if next("-") { at += 1 }
    if next("0") { at += 1 } else { guard passDigits() else { return false } }
    if next(".") {
      at += 1
      guard passDigits() else { return false }
    }
    if next("e") || next("E") {
      at += 1
      if next("+") || next("-") { at += 1 }
      guard passDigits() else { return false }
    }
    out.append(source[start..<at])
    return true
  }

  private mutating func passDigits() -> Bool {
    let start = at
    while at < source.endIndex, isDigit(source[at]) { at += 1 }
    return at > start
  }

  private mutating func copyWord(_ word: String) -> Bool {
    guard source[at...].starts(with: word.utf8) else { return false }
    out.append(word)
    at += word.utf8.count
    return true
  }

  // MARK: Single bytes and blanks

  private func next(_ scalar: Unicode.Scalar) -> Bool {
    at < source.endIndex && source[at] == UInt8(ascii: scalar)
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next(scalar) else { return false }
    at += 1
    return true
  }

  private mutating func copy(_ scalar: Unicode.Scalar) -> Bool {
    guard skip(scalar) else { return false }
    out.append(UInt8(ascii: scalar))
    return true
  }

  private mutating func copyBlanks() {
    let start = at
    skipBlanks()
    let blanks = source[start..<at]
    if !blanks.contains(where: { $0 == 10 || $0 == 13 }) { out.append(blanks) }
  }

  private mutating func skipBlanks() {
    while at < source.endIndex, isBlank(source[at]) { at += 1 }
  }
}

/// A blank of JSON.
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

/// Does a header cell or a key name a column that holds a secret? Matched like every column: without case, blanks, `_`, `-`.
func namesSecret(_ name: ArraySlice<UInt8>) -> Bool {
  let bare = bareName(name)
  return secretNames.contains(bare)
}

private let secretNames = Set(secretColumns.flatMap(\.names).map { bareName(Array($0.utf8)[...]) })

private func bareName(_ name: ArraySlice<UInt8>) -> [UInt8] {
  var bare: [UInt8] = []
  for byte in name where byte > 0x20 && byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") {
    bare.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
  }
  return bare
}

/// The text of a sound JSON string without its escapes; a lone surrogate becomes U+FFFD.
private func unescaped(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  if !text.contains(UInt8(ascii: "\\")) { return text }
  var plain: [UInt8] = []
  var units: [UInt16] = []
  var at = text.startIndex
  func flush() {
    plain.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
    units.removeAll()
  }
  while at < text.endIndex {
    if text[at] != UInt8(ascii: "\\") {
      flush()
      plain.append(text[at])
      at += 1
    } else if text[at + 1] == UInt8(ascii: "u") {
      units.append(text[at + 2..<at + 6].reduce(0) { $0 << 4 | UInt16(hexadecimalDigit($1) ?? 0) })
      at += 6
    } else {
      flush()
      plain.append(escapes[text[at + 1]] ?? text[at + 1])
      at += 2
    }
  }
  flush()
  return plain[...]
}

private let escapes: [UInt8: UInt8] = [
  UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
  UInt8(ascii: "t"): 9,
]

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
  default: nil
  }
}
