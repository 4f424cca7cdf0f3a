/// From the bytes of a cell to the place of a code: open addressing over codes packed into one word.
///
/// A code of up to eight bytes is its own key (first byte lowest); of a longer one the key is a hash, and the bytes are
/// compared as well. The table is built once per carrier and asked once per scan, so a look-up touches one slot and
/// allocates nothing.
struct CodeLookup: Sendable {
  private struct Slot: Sendable {
    var key: UInt64 = 0
    /// Where the folded bytes of a long code begin in `arena`.
    var offset: UInt32 = 0
    var length: UInt16 = 0
    var index: CodeIndex = Slot.empty
    /// Folded tables: the cell must have no blank, `_` or `-` beside the code's own bytes.
    var isExact = false

    static let empty = CodeIndex.max
  }

  /// A code that ends in `*`: every cell that begins so, up to a separator or the end.
  private struct Family: Sendable {
    var prefix: [UInt8]
    var index: CodeIndex
  }

  private var slots: [Slot]
  private let shift: UInt64
  private var arena: [UInt8] = []
  /// The longest prefix first, so that the narrower family wins.
  private var families: [Family] = []
  private let folds: Bool

  init(_ codes: [String], spelling: CodeSpelling, fallback: CodeFallback) {
    folds = spelling == .folded
    var bits = 4
    while 1 << bits < codes.count * 6 { bits += 1 }
    slots = [Slot](repeating: Slot(), count: 1 << bits)
    shift = UInt64(64 - bits)
    for (place, code) in codes.enumerated() {
      let isNew = insert(Array(code.utf8), CodeIndex(place))
      precondition(isNew, "two codes of one table read alike")
    }
    if case .optionalPrefix(let prefix) = fallback { insertWithAndWithout(Array(prefix.utf8), codes) }
    families.sort { $0.prefix.count > $1.prefix.count }
  }

  func find(_ bytes: Span<UInt8>) -> CodeIndex? {
    let key = folds ? CodeKey(folding: bytes) : CodeKey(exactly: bytes)
    var place = Int(truncatingIfNeeded: (key.word &* CodeLookup.spread) &>> shift)
    while slots[place].index != Slot.empty {
      let slot = slots[place]
      if slot.key == key.word && Int(slot.length) == key.length
        && (key.length <= 8 || equals(bytes, slot)) && (!slot.isExact || bytes.count == key.length)
      {
        return slot.index
      }
      place = (place + 1) & (slots.count - 1)
    }
    if families.isEmpty { return nil }
    for family in families where begins(bytes, with: family.prefix) { return family.index }
    return nil
  }

  private static let spread: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Puts a code in; false where another code reads the same.
  private mutating func insert(_ code: [UInt8], _ index: CodeIndex) -> Bool {
    if code.last == UInt8(ascii: "*") {
      let prefix = folded(code.dropLast())
      if families.contains(where: { $0.prefix == prefix }) { return false }
      families.append(Family(prefix: prefix, index: index))
      return true
    }
    let text = folded(code[...])
    if let held = find(text.span), !isFamily(held, text) { return false }
    let key = CodeKey(exactly: text.span)
    var place = Int(truncatingIfNeeded: (key.word &* CodeLookup.spread) &>> shift)
    while slots[place].index != Slot.empty { place = (place + 1) & (slots.count - 1) }
    slots[place] = Slot(
      key: key.word, offset: UInt32(arena.count), length: UInt16(text.count), index: index,
      isExact: !folds || text.contains { $0 >= 0x30 && $0 <= 0x39 })
    if text.count > 8 { arena += text }
    return true
  }

  /// Is the code held only because the text begins like a family?
  private func isFamily(_ held: CodeIndex, _ text: [UInt8]) -> Bool {
    families.contains { $0.index == held && text.starts(with: $0.prefix) }
  }

  /// The listed codes again, with the prefix put before or taken off; where both are listed each keeps its own.
  private mutating func insertWithAndWithout(_ prefix: [UInt8], _ codes: [String]) {
    for (place, code) in codes.enumerated() {
      let text = Array(code.utf8)
      let other = text.starts(with: prefix) ? Array(text.dropFirst(prefix.count)) : prefix + text
      _ = insert(other, CodeIndex(place))
    }
  }

  private func folded(_ code: ArraySlice<UInt8>) -> [UInt8] {
    folds ? code.filter { !CodeKey.isSeparator($0) }.map(CodeKey.lowercase) : Array(code)
  }

  private func equals(_ bytes: Span<UInt8>, _ slot: Slot) -> Bool {
    var place = Int(slot.offset)
    for index in bytes.indices {
      var byte = bytes[index]
      if folds {
        if CodeKey.isSeparator(byte) { continue }
        byte = CodeKey.lowercase(byte)
      }
      if arena[place] != byte { return false }
      place += 1
    }
    return true
  }

  /// Do the bytes begin with the (folded) prefix, ended there by a separator or by their own end?
  private func begins(_ bytes: Span<UInt8>, with prefix: [UInt8]) -> Bool {
    var matched = 0
    for index in bytes.indices {
      let byte = bytes[index]
      if CodeKey.isSeparator(byte) {
        if matched == prefix.count { return true }
        continue
      }
      if matched == prefix.count || CodeKey.lowercase(byte) != prefix[matched] { return false }
      matched += 1
    }
    return matched == prefix.count
  }
}

/// A code as one word and its length.
struct CodeKey {
  var word: UInt64 = 0
  var length = 0

  init(exactly bytes: Span<UInt8>) {
    length = bytes.count
    if length <= 8 {
      for index in 0..<length { word |= UInt64(bytes[index]) &<< UInt64(8 &* index) }
    } else {
      word = CodeKey.start
      for index in bytes.indices { word = (word ^ UInt64(bytes[index])) &* CodeKey.prime }
    }
  }

  init(folding bytes: Span<UInt8>) {
    var hash = CodeKey.start
    for index in bytes.indices {
      let byte = bytes[index]
      if CodeKey.isSeparator(byte) { continue }
      let lower = UInt64(CodeKey.lowercase(byte))
      if length < 8 { word |= lower &<< UInt64(8 &* length) }
      hash = (hash ^ lower) &* CodeKey.prime
      length += 1
    }
    if length > 8 { word = hash }
  }

  // FNV-1a: its start value and prime.
  private static let start: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01B3

  static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-")
  }

  static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }
}
