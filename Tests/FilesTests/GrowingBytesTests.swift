import Files
import Testing

@Suite("Growing bytes")
struct GrowingBytesTests {
  @Test("A number is spelled as a loop over its sevens of bits spells it", arguments: 0..<64)
  func numbers(bits: Int) {
    let power = UInt64(1) << UInt64(bits)
    for number in [power &- 1, power, power | 1, power | power >> 1, power | 0x55 & (power &- 1)] {
      var spelled: [UInt8] = []
      var rest = number
      while rest >= 0x80 {
        spelled.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      spelled.append(UInt8(rest))
      var bytes = GrowingBytes()
      bytes.appendNumber(number)
      bytes.append(0xEE)
      #expect(bytes.bytes == spelled + [0xEE], "\(number)")
    }
  }
}
