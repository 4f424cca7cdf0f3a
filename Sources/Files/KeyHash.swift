/// A fast hash of short keys and contents. Tables in memory and the journal's content marks rest on it, so it never changes;
/// it is no protection against people, and nothing published shows it.

/// Folds eight bytes at a time by a 64 x 64 -> 128 bit multiplication.
@inlinable
public func keyHash(_ bytes: Span<UInt8>, seed: UInt64) -> UInt64 {
  bytes.withUnsafeBytes { raw in
    var hash = seed ^ 0x9E37_79B9_7F4A_7C15
    var place = 0
    let count = raw.count
    // Sound: every load lies within the buffer, whose count is checked before it.
    while place + 8 <= count {
      hash = foldWide(hash ^ raw.loadUnaligned(fromByteOffset: place, as: UInt64.self), 0xA076_1D64_78BD_642F)
      place += 8
    }
    var rest: UInt64 = 0
    var shift: UInt64 = 0
    while place < count {
      rest |= UInt64(raw[place]) << shift
      shift += 8
      place += 1
    }
    return foldWide(hash ^ rest ^ UInt64(count) << 56, 0xE703_7ED1_A0B4_28DB)
  }
}

/// Are the two the same bytes? Eight at a time.
@inlinable
public func sameBytes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
  let count = a.count
  if count != b.count { return false }
  return a.withUnsafeBytes { a in
    b.withUnsafeBytes { b in
      var place = 0
      // Sound: every load lies within both buffers, whose equal counts are checked before it.
      while place + 8 <= count {
        let word = a.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        if word != b.loadUnaligned(fromByteOffset: place, as: UInt64.self) { return false }
        place += 8
      }
      while place < count {
        if a[place] != b[place] { return false }
        place += 1
      }
      return true
    }
  }
}

@inlinable
@inline(__always)
public func foldWide(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let product = a.multipliedFullWidth(by: b)
  return product.high ^ product.low
}
