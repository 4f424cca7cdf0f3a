/// The grammar of JSON (RFC 8259), strictly: where a value ends, or where it breaks the rules. It keeps nothing.

/// Why a value was not read to its end.
enum JSONStop: Error, Equatable {
  /// The bytes end within the value.
  case runsOut
  case broken(at: Int)
  /// More objects and arrays within each other than the bound allows.
  case tooDeep(at: Int)
  /// The record goes over its bound.
  case tooLong
  /// Sound, but not a record of ours.
  case unknownShape(at: Int)
}

struct JSONSyntax {
  let depthMax: Int
  /// In JSON Lines a line feed ends the record, so it is no blank there.
  let endsAtLineFeed: Bool

  /// Passes over blanks; the byte behind them, which `place` then names.
  @inline(__always)
  func next(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) -> UInt8 {
    while place < bytes.count {
      let byte = bytes[place]
      if byte > 32 { return byte }
      let isBlank = byte == 32 || byte == 9 || byte == 13 || byte == 10 && !endsAtLineFeed
      if !isBlank { return byte }
      place += 1
    }
    throw .runsOut
  }

  /// Passes over what must come next, blanks before it allowed.
  @inline(__always)
  func pass(_ wanted: UInt8, _ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) {
    guard try next(bytes, &place) == wanted else { throw .broken(at: place) }
    place += 1
  }

  /// Passes over the rest of a string whose opening quote lies before `place`; says whether it holds an escape.
  @inline(__always)
  func skipString(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) -> Bool {
    place = ByteScanner.stringEnd(bytes, from: place)
    if place < bytes.count, bytes[place] == ByteScanner.quote {
      place += 1
      return false
    }
    try skipEscapedString(bytes, &place)
    return true
  }

  private func skipEscapedString(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) {
    while true {
      if place >= bytes.count { throw .runsOut }
      switch bytes[place] {
      case ByteScanner.quote:
        place += 1
        return
      case ByteScanner.backslash:
        try skipEscape(bytes, &place)
      default:
        throw .broken(at: place)
      }
      place = ByteScanner.stringEnd(bytes, from: place)
    }
  }

  private func skipEscape(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) {
    if place + 1 >= bytes.count { throw .runsOut }
    switch bytes[place + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      place += 2
    case UInt8(ascii: "u"):
      for digit in place + 2..<place + 6 {
        if digit >= bytes.count { throw .runsOut }
        if JSONText.hexValue(bytes[digit]) > 15 { throw .broken(at: digit) }
      }
      place += 6
    default:
      throw .broken(at: place + 1)
    }
  }

  /// Passes over a number. A number that reaches the end of the bytes may go on: it runs out.
  func skipNumber(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) {
    if bytes[place] == UInt8(ascii: "-") { place += 1 }
    if place < bytes.count, bytes[place] == UInt8(ascii: "0") {
      place += 1
    } else {
      try skipDigits(bytes, &place)
    }
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      place += 1
      try skipDigits(bytes, &place)
    }
    if place < bytes.count, bytes[place] | 32 == UInt8(ascii: "e") {
      place += 1
      if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
        place += 1
      }
      try skipDigits(bytes, &place)
    }
    if place >= bytes.count { throw .runsOut }
  }

  /// At least one.
  private func skipDigits(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) {
    let start = place
    while place < bytes.count, bytes[place] &- 48 <= 9 { place += 1 }
    if place >= bytes.count { throw .runsOut }
    if place == start { throw .broken(at: place) }
  }

  /// Passes over `true`, `false` or `null`.
  func skipWord(_ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) {
    // The letters of the word, the first in the lowest byte.
    var letters: UInt64
    switch bytes[place] {
    case UInt8(ascii: "t"): letters = 0x6575_7274
    case UInt8(ascii: "f"): letters = 0x65_736C_6166
    case UInt8(ascii: "n"): letters = 0x6C6C_756E
    default: throw .broken(at: place)
    }
    while letters != 0 {
      if place >= bytes.count { throw .runsOut }
      if bytes[place] != UInt8(truncatingIfNeeded: letters) { throw .broken(at: place) }
      letters >>= 8
      place += 1
    }
  }

  /// Passes over any value, blanks before it allowed.
  ///
  /// - Parameter depth: how many objects and arrays are open around it.
  func skipValue(_ bytes: Span<UInt8>, _ place: inout Int, depth: Int) throws(JSONStop) {
    switch try next(bytes, &place) {
    case UInt8(ascii: "\""):
      place += 1
      _ = try skipString(bytes, &place)
    case UInt8(ascii: "{"):
      try skipObject(bytes, &place, depth: depth + 1)
    case UInt8(ascii: "["):
      try skipArray(bytes, &place, depth: depth + 1)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try skipNumber(bytes, &place)
    default:
      try skipWord(bytes, &place)
    }
  }

  private func skipObject(_ bytes: Span<UInt8>, _ place: inout Int, depth: Int) throws(JSONStop) {
    if depth > depthMax { throw .tooDeep(at: place) }
    place += 1
    if try next(bytes, &place) == UInt8(ascii: "}") {
      place += 1
      return
    }
    while true {
      try pass(ByteScanner.quote, bytes, &place)
      _ = try skipString(bytes, &place)
      try pass(UInt8(ascii: ":"), bytes, &place)
      try skipValue(bytes, &place, depth: depth)
      if try isClosed(by: UInt8(ascii: "}"), bytes, &place) { return }
    }
  }

  private func skipArray(_ bytes: Span<UInt8>, _ place: inout Int, depth: Int) throws(JSONStop) {
    if depth > depthMax { throw .tooDeep(at: place) }
    place += 1
    if try next(bytes, &place) == UInt8(ascii: "]") {
      place += 1
      return
    }
    while true {
      try skipValue(bytes, &place, depth: depth)
      if try isClosed(by: UInt8(ascii: "]"), bytes, &place) { return }
    }
  }

  /// Passes over the comma behind a member or element, or over the closing bracket.
  @inline(__always)
  func isClosed(by bracket: UInt8, _ bytes: Span<UInt8>, _ place: inout Int) throws(JSONStop) -> Bool {
    let byte = try next(bytes, &place)
    if byte != bracket && byte != UInt8(ascii: ",") { throw .broken(at: place) }
    place += 1
    return byte == bracket
  }
}
