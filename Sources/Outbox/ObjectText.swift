// Object text is a JSON object as its sender wrote it, repeated on one line in an errors file.

import Orders

/// Repeats the members of a JSON object byte for byte, as far as an answer may.
///
/// Left out are an `_error` member of an earlier answer and blanks that hold a line end (JSON allows these between tokens
/// only); secrets are replaced. The text must be a JSON object by RFC 8259, else there is nothing to repeat.
struct ObjectText: ~Copyable {
  private let hidesSecrets: Bool
  private var at = 0
  /// What lies before this place was written or left out; what follows, up to `at`, is still to be written as it is: nearly always that
  /// is all between the braces, and it goes in one piece.
  private var written = 0

  /// Objects that are nested deeper are repeated as text; Formats refuses them long before.
  private static let depthMax = 128

  /// Appends the members between the braces; appends nothing, and says false, where the text is no object.
  static func append(
    membersOf source: Span<UInt8>, hidingSecrets: Bool, to out: inout AnswerText
  ) -> Bool {
    do { _ = try UTF8Span(validating: source) } catch { return false }
    let start = out.count
    var text = ObjectText(hidesSecrets: hidingSecrets)
    if text.repeatMembers(source, &out) { return true }
    out.truncate(to: start)
    return false
  }

  private init(hidesSecrets: Bool) { self.hidesSecrets = hidesSecrets }

  private mutating func repeatMembers(_ source: Span<UInt8>, _ out: inout AnswerText) -> Bool {
    let start = out.count
    skipBlanks(source)
    guard skip("{", source) else { return false }
    written = at
    var isFirst = true
    while true {
      let before = mark(out)
      if !isFirst {
        at += 1
        // Of the members before it none is left: no comma stands before it.
        if out.count == start, before.written == before.at { written = at }
      }
      passBlanks(source, &out)
      if isFirst, skip("}", source) {
        leaveOut(since: before, source, &out)
        break
      }
      guard let key = passMember(source, &out, depth: 1) else { return false }
      if namesError(key, source) { leaveOut(since: before, source, &out) }
      leaveOutBlanks(source, &out)
      if next("}", source) {
        write(source, upTo: at, &out)
        at += 1
        break
      }
      guard next(",", source) else { return false }
      isFirst = false
    }
    skipBlanks(source)
    return at == source.count
  }

  // MARK: What is written

  /// A place to which the text can be taken back.
  private struct Mark {
    let at: Int
    let written: Int
    let count: Int
  }

  private func mark(_ out: borrowing AnswerText) -> Mark { Mark(at: at, written: written, count: out.count) }

  private mutating func write(_ source: Span<UInt8>, upTo end: Int, _ out: inout AnswerText) {
    out.append(source.extracting(written..<end))
    written = end
  }

  /// Leaves out what was passed since the mark, and goes on behind it.
  private mutating func leaveOut(since mark: Mark, _ source: Span<UInt8>, _ out: inout AnswerText) {
    out.truncate(to: mark.count)
    out.append(source.extracting(mark.written..<mark.at))
    written = at
  }

  /// Blanks that are repeated, unless a line end is among them.
  private mutating func passBlanks(_ source: Span<UInt8>, _ out: inout AnswerText) {
    let before = mark(out)
    skipBlanks(source)
    for place in before.at..<at where source[place] == 10 || source[place] == 13 {
      return leaveOut(since: before, source, &out)
    }
  }

  private mutating func leaveOutBlanks(_ source: Span<UInt8>, _ out: inout AnswerText) {
    let before = mark(out)
    skipBlanks(source)
    if at > before.at { leaveOut(since: before, source, &out) }
  }

  // MARK: Members and values

  /// Key, colon and value; gives where the key stands between its quotes.
  private mutating func passMember(
    _ source: Span<UInt8>, _ out: inout AnswerText, depth: Int
  ) -> Range<Int>? {
    guard let key = passString(source) else { return nil }
    passBlanks(source, &out)
    guard skip(":", source) else { return nil }
    passBlanks(source, &out)
    let before = mark(out)
    guard passValue(source, &out, depth: depth) else { return nil }
    if hidesSecrets, namesSecret(name(key, source)) {
      leaveOut(since: before, source, &out)
      out.append(json: secretMark)
    }
    return key
  }

  /// A key without its escapes.
  private func name(_ key: Range<Int>, _ source: Span<UInt8>) -> ArraySlice<UInt8> {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(key.count)
    for place in key { bytes.append(source[place]) }
    return unescaped(bytes[...])
  }

  /// Is it the member of an earlier answer?
  private func namesError(_ key: Range<Int>, _ source: Span<UInt8>) -> Bool {
    let error = "_error"
    for place in key where source[place] == UInt8(ascii: "\\") {
      return name(key, source).elementsEqual(error.utf8)
    }
    return key.count == error.utf8.count && stands(error, at: key.lowerBound, source)
  }

  private mutating func passValue(_ source: Span<UInt8>, _ out: inout AnswerText, depth: Int) -> Bool {
    guard depth <= ObjectText.depthMax, at < source.count else { return false }
    switch source[at] {
    case UInt8(ascii: "\""): return passString(source) != nil
    case UInt8(ascii: "{"):
      at += 1
      passBlanks(source, &out)
      if skip("}", source) { return true }
      while true {
        guard passMember(source, &out, depth: depth + 1) != nil else { return false }
        passBlanks(source, &out)
        if skip("}", source) { return true }
        guard skip(",", source) else { return false }
        passBlanks(source, &out)
      }
    case UInt8(ascii: "["):
      at += 1
      passBlanks(source, &out)
      if skip("]", source) { return true }
      while true {
        guard passValue(source, &out, depth: depth + 1) else { return false }
        passBlanks(source, &out)
        if skip("]", source) { return true }
        guard skip(",", source) else { return false }
        passBlanks(source, &out)
      }
    case UInt8(ascii: "t"): return skip(word: "true", source)
    case UInt8(ascii: "f"): return skip(word: "false", source)
    case UInt8(ascii: "n"): return skip(word: "null", source)
    default: return skipNumber(source)
    }
  }

  /// Passes a string, and gives where it stands between its quotes.
  private mutating func passString(_ source: Span<UInt8>) -> Range<Int>? {
    guard skip("\"", source) else { return nil }
    let start = at
    while at < source.count {
      let byte = source[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return start..<at - 1
      case UInt8(ascii: "\\"):
        guard skipEscape(source) else { return nil }
      case 0..<0x20: return nil
      default: break
      }
    }
    return nil
  }

  private mutating func skipEscape(_ source: Span<UInt8>) -> Bool {
    guard at < source.count else { return false }
    let byte = source[at]
    at += 1
    if byte != UInt8(ascii: "u") { return #""\/bfnrt"#.utf8.contains(byte) }
    for _ in 0..<4 {
      guard at < source.count, hexadecimalDigit(source[at]) != nil else { return false }
      at += 1
    }
    return true
  }

  private mutating func skipNumber(_ source: Span<UInt8>) -> Bool {
    _ = skip("-", source)
    if !skip("0", source) { guard skipDigits(source) else { return false } }
    if skip(".", source) { guard skipDigits(source) else { return false } }
    if skip("e", source) || skip("E", source) {
      if !skip("+", source) { _ = skip("-", source) }
      guard skipDigits(source) else { return false }
    }
    return true
  }

  private mutating func skipDigits(_ source: Span<UInt8>) -> Bool {
    let start = at
    while at < source.count, isDigit(source[at]) { at += 1 }
    return at > start
  }

  private mutating func skip(word: String, _ source: Span<UInt8>) -> Bool {
    guard stands(word, at: at, source) else { return false }
    at += word.utf8.count
    return true
  }

  private func stands(_ word: String, at place: Int, _ source: Span<UInt8>) -> Bool {
    let word = word.utf8.span
    guard word.count <= source.count - place else { return false }
    for index in word.indices where source[place + index] != word[index] { return false }
    return true
  }

  // MARK: Single bytes and blanks

  private func next(_ scalar: Unicode.Scalar, _ source: Span<UInt8>) -> Bool {
    at < source.count && source[at] == UInt8(ascii: scalar)
  }

  private mutating func skip(_ scalar: Unicode.Scalar, _ source: Span<UInt8>) -> Bool {
    guard next(scalar, source) else { return false }
    at += 1
    return true
  }

  private mutating func skipBlanks(_ source: Span<UInt8>) {
    while at < source.count, isBlank(source[at]) { at += 1 }
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
