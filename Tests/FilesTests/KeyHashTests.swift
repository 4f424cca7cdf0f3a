// The hash of keys against the same, byte by byte: tables and content marks rest on it, so it never changes.

import Testing

@testable import Files

@Suite("The hash of a key")
struct KeyHashTests {
  @Test("Every length comes to what it comes to byte by byte", arguments: 0...40)
  func lengths(count: Int) {
    var numbers = SeededNumbers(seed: UInt64(count) + 1)
    for _ in 0..<20 {
      let key = numbers.bytes(count)
      let seed = numbers.next()
      let hash = keyHash(key.span, seed: seed)
      #expect(hash == byteByByte(key, seed))
    }
  }

  @Test("Two keys are the same only where no byte differs", arguments: 0...40)
  func same(count: Int) {
    var numbers = SeededNumbers(seed: UInt64(count) + 1)
    let key = numbers.bytes(count)
    #expect(isSame(key, Array(key)))
    #expect(!isSame(key, key + [0]))
    for place in key.indices {
      var other = key
      other[place] ^= 1
      #expect(!isSame(key, other))
    }
  }

  private func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool { sameBytes(one.span, other.span) }

  private func byteByByte(_ key: [UInt8], _ seed: UInt64) -> UInt64 {
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    var hash = seed ^ 0x9E37_79B9_7F4A_7C15
    let whole = key.count / 8 * 8
    for place in stride(from: 0, to: whole, by: 8) {
      hash = foldWide(hash ^ word(key[place..<place + 8]), 0xA076_1D64_78BD_642F)
    }
    return foldWide(hash ^ word(key[whole...]) ^ UInt64(key.count) << 56, 0xE703_7ED1_A0B4_28DB)
  }
}
