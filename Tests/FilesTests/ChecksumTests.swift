import Testing

@testable import Files

@Suite("CRC-32C")
struct ChecksumTests {
  static let known: [([UInt8], UInt32)] = [
    ([], 0),
    (bytes("123456789"), 0xE306_9283),
    // RFC 3720, appendix B.4
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0..<32), 0x46DD_794E),
    (Array((0..<32).reversed()), 0x113F_DB5C),
  ]

  @Test("The published values come out", arguments: known)
  func knownValues(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.of(bytes) == checksum)
    #expect(CRC32C.of(bytes[...]) == checksum)
    #expect(CRC32C.of(bytes.span) == checksum)
  }

  @Test("Any length agrees with the bit by bit sum, and any split with the whole", arguments: UInt64(1)...24)
  func splits(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let content = numbers.bytes(Int.random(in: 0...(seed % 3 == 0 ? 9_000 : 700), using: &numbers))
    let split = Int.random(in: 0...content.count, using: &numbers)
    #expect(CRC32C.of(content) == bitByBit(content), "seed \(seed)")
    #expect(content.withUnsafeBytes { CRC32C.portable($0) } == bitByBit(content), "seed \(seed)")
    #expect(
      CRC32C.of(content[split...], continuing: CRC32C.of(content[..<split])) == bitByBit(content),
      "seed \(seed)")
  }

  private func bitByBit(_ content: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in content {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }
}
