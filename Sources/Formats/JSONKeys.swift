/// The keys of a file's objects: most objects name the same keys in the same order as the one before.
import Orders

/// What the n-th key of the last object was and meant: the next object's n-th key is compared with it before it is looked up.
struct JSONKeys {
  private struct Known {
    /// With the closing quote; 0 where nothing is known.
    var length = 0
    var role = Role.unknown
  }

  private static let width = 32
  private static let ordinalsMax = 128

  private let names: ColumnNames
  private var known: [Known] = []
  private var text: [UInt8] = []
  private var unescaped: [UInt8] = []

  init(_ names: ColumnNames) { self.names = names }

  /// The meaning of the key whose opening quote lies before `place`; afterwards `place` lies behind its closing quote.
  @inline(__always)
  mutating func role(
    _ bytes: Span<UInt8>, _ place: inout Int, ordinal: Int, _ syntax: JSONSyntax
  ) throws(JSONStop) -> Role {
    if ordinal < known.count {
      let expected = known[ordinal]
      if expected.length > 0,
        ByteScanner.matches(
          bytes, at: place, text.span, at: ordinal &* JSONKeys.width, count: expected.length)
      {
        place += expected.length
        return expected.role
      }
    }
    return try learn(bytes, &place, ordinal, syntax)
  }

  private mutating func learn(
    _ bytes: Span<UInt8>, _ place: inout Int, _ ordinal: Int, _ syntax: JSONSyntax
  ) throws(JSONStop) -> Role {
    let start = place
    let hasEscape = try syntax.skipString(bytes, &place)
    let key = start..<place - 1
    if hasEscape {
      unescaped.removeAll(keepingCapacity: true)
      _ = JSONText.unescape(bytes, key, to: &unescaped)
      return meaning(unescaped.span, 0..<unescaped.count)
    }
    let role = meaning(bytes, key)
    guard ordinal < JSONKeys.ordinalsMax else { return role }
    while known.count <= ordinal {
      known.append(Known())
      text.append(contentsOf: repeatElement(0, count: JSONKeys.width))
    }
    known[ordinal] = Known()
    let length = key.count + 1
    if length <= JSONKeys.width {
      for step in 0..<length { text[ordinal * JSONKeys.width + step] = bytes[start + step] }
      known[ordinal] = Known(length: length, role: role)
    }
    return role
  }

  func meaning(_ bytes: Span<UInt8>, _ key: Range<Int>) -> Role {
    let role = names.role(bytes, key)
    if role == .unknown, key.count == 6, bytes[key.lowerBound] == UInt8(ascii: "_") {
      let word: StaticString = "_error"
      let isOurs = word.withUTF8Buffer { letters in
        for step in 0..<6 where letters[step] != bytes[key.lowerBound + step] { return false }
        return true
      }
      if isOurs { return .ownErrors }
    }
    return role
  }
}
