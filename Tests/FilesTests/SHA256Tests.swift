import Testing

@testable import Files

@Suite("SHA-256")
struct SHA256Tests {
  @Test("The processor's own instructions and the portable rounds give one digest", arguments: 0..<200)
  func bothWays(length: Int) {
    var numbers = SeededNumbers(seed: UInt64(length))
    let message = numbers.bytes(length * 7)
    var own = SHA256()
    var portable = SHA256(portable: true)
    own.update(message)
    portable.update(message)
    #expect(own.finish() == portable.finish())
  }

  /// FIPS 180-4 examples and the empty message.
  static let known: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test("The published digests come out", arguments: known)
  func knownDigests(message: String, digest: String) {
    #expect(hexadecimal(SHA256.hash(bytes(message))) == digest)
  }

  @Test("A million times the same letter has the published digest")
  func millionLetters() {
    let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(hexadecimal(SHA256.hash(message)) == digest)
  }

  @Test("Every length around the block borders agrees with the obvious version", arguments: 0...140)
  func lengths(length: Int) {
    var numbers = SeededNumbers(seed: UInt64(length))
    let message = numbers.bytes(length)
    #expect(SHA256.hash(message) == obvious(message))
  }

  @Test("The pieces in which a file arrives do not matter", arguments: UInt64(1)...16)
  func splits(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let message = numbers.bytes(Int.random(in: 0...2_000, using: &numbers))
    var sum = SHA256()
    var rest = message[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 0...150, using: &numbers))
      switch piece.count % 3 {
      case 0: sum.update(piece)
      case 1: sum.update(Array(piece))
      default: sum.update(Array(piece).span)
      }
      rest = rest.dropFirst(piece.count)
    }
    #expect(sum.finish() == obvious(message), "seed \(seed)")
    #expect(sum.finish() == sum.finish(), "finishing must leave the sum as it was, seed \(seed)")
  }

  /// The standard's text, word for word: a schedule of 64 words and one loop. The constants are the fractional parts
  /// of the roots of the first primes, worked out here rather than copied.
  private func obvious(_ message: [UInt8]) -> [UInt8] {
    let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
    let k = primes.map { root($0, power: 3) }
    var hash = primes.prefix(8).map { root($0, power: 2) }
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    for shift in (0..<8).reversed() {
      padded.append(UInt8(truncatingIfNeeded: (message.count * 8) >> (shift * 8)))
    }
    for start in stride(from: 0, to: padded.count, by: 64) {
      var w = (0..<16).map { index in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[start + index * 4 + $1]) }
      }
      for t in 16..<64 {
        let s0 = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ w[t - 15] >> 3
        let s1 = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ w[t - 2] >> 10
        w.append(w[t - 16] &+ s0 &+ w[t - 7] &+ s1)
      }
      var v = hash
      for t in 0..<64 {
        let s1 = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)
        let first = v[7] &+ s1 &+ (v[4] & v[5] ^ ~v[4] & v[6]) &+ k[t] &+ w[t]
        let s0 = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)
        let second = s0 &+ (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2])
        v = [first &+ second, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
      }
      hash = zip(hash, v).map { $0 &+ $1 }
    }
    return hash.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }

  private func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

  /// The first 32 bits behind the point of a prime's square or cube root, by whole numbers alone: the root of
  /// prime * 2^(32 * power) is the root times 2^32.
  private func root(_ prime: Int, power: Int) -> UInt32 {
    var low = UInt64(0)
    var high = UInt64(1) << 37
    let target = UInt128(prime) << (32 * UInt128(power))
    while high - low > 1 {
      let middle = (low + high) / 2
      let raised = (0..<power).reduce(UInt128(1)) { product, _ in product * UInt128(middle) }
      if raised <= target { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }

  @Test("Bytes are written as two lower-case digits each")
  func hexadecimalDigits() {
    #expect(hexadecimal([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
    #expect(hexadecimal([]) == "")
  }
}
