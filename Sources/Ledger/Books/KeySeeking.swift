internal import Files

/// What keys of a table are sought by: it follows from the key, the table's seed and its kind, whatever the table holds.
public struct KeySeeking: Sendable {
  let seed: UInt64
  let kind: KeyTable.Kind

  @inline(__always)
  func sought(_ key: Span<UInt8>, prefix: UInt32 = 0) -> KeyTable.Sought {
    if !kind.contains(.isPacked) { return KeyTable.Sought(hash: keyHash(key, seed: seed(prefix))) }
    let digits = KeyDigits(key)
    let shape = KeyShapes.hash(key, digits)
    return KeyTable.Sought(hash: hash(digits.word, shape, prefix), shape: shape, digits: digits)
  }

  /// The same of a key of a packed table that was taken apart without the number before it.
  @inline(__always)
  func sought(_ apart: KeyTable.Sought, prefix: UInt32) -> KeyTable.Sought {
    KeyTable.Sought(
      hash: hash(apart.digits.word, apart.shape, prefix), shape: apart.shape, digits: apart.digits)
  }

  /// Of a key that lies in its word.
  @inline(__always)
  func hash(_ word: UInt64, _ shape: UInt64, _ prefix: UInt32) -> UInt64 {
    foldWide(word ^ shape ^ seed(prefix), 0xA076_1D64_78BD_642F)
  }

  @inline(__always)
  private func seed(_ prefix: UInt32) -> UInt64 { seed ^ UInt64(prefix) &* 0x9E37_79B9_7F4A_7C15 }
}
