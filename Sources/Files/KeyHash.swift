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
    // What is left, fewer than eight bytes, the first of them lowest.
    let left = count - place
    var rest: UInt64 = 0
    if left > 0 && count >= 8 {
      let last = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
      rest = last >> UInt64(8 * (8 - left))
    } else if left >= 4 {
      let low = UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
      let high = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: left - 4, as: UInt32.self))
      rest = UInt64(low) | UInt64(high) << UInt64(8 * (left - 4))
    } else if left > 0 {
      rest = UInt64(raw[0]) | UInt64(raw[left / 2]) << UInt64(8 * (left / 2))
      rest |= UInt64(raw[left - 1]) << UInt64(8 * (left - 1))
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
      // Sound: every load lies within both buffers, whose equal counts are checked before it.
      if count >= 8 {
        var place = 0
        while place + 8 <= count {
          let word = a.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          if word != b.loadUnaligned(fromByteOffset: place, as: UInt64.self) { return false }
          place += 8
        }
        // What is left, with some of what was compared already.
        return a.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
          == b.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      }
      if count >= 4 {
        return a.loadUnaligned(as: UInt32.self) == b.loadUnaligned(as: UInt32.self)
          && a.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            == b.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      }
      if count == 0 { return true }
      return a[0] == b[0] && a[count / 2] == b[count / 2] && a[count - 1] == b[count - 1]
    }
  }
}

extension Span<UInt8> {
  /// Eight bytes from a place on as one word, the first of them lowest.
  @inlinable
  @inline(__always)
  public func word(at place: Int) -> UInt64 {
    // Sound: the load lies within the bytes, whose count is checked before it.
    precondition(place >= 0 && place &+ 8 <= count)
    return withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
  }
}

@inlinable
@inline(__always)
public func foldWide(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let product = a.multipliedFullWidth(by: b)
  return product.high ^ product.low
}
