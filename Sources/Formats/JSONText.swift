/// The text of a JSON string behind its escapes.
import Orders

enum JSONText {
  /// The value of a hexadecimal digit; more than 15 for any other byte.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt32 {
    let digit = UInt32(byte &- 48)
    if digit <= 9 { return digit }
    let letter = UInt32((byte | 32) &- 97)
    return letter <= 5 ? letter + 10 : 255
  }

  /// Writes the text of a string whose syntax was checked behind `text`.
  ///
  /// - Returns: what may not stand in a value that we read, and where: half a surrogate pair or a NUL; the first of them.
  static func unescape(_ bytes: Span<UInt8>, _ range: Range<Int>, to text: inout [UInt8]) -> Fault? {
    var fault: Fault?
    var place = range.lowerBound
    while place < range.upperBound {
      if bytes[place] != ByteScanner.backslash {
        let end = min(ByteScanner.stringEnd(bytes, from: place + 1), range.upperBound)
        ByteScanner.append(bytes, place..<end, to: &text)
        place = end
        continue
      }
      let kind = bytes[place + 1]
      if kind != UInt8(ascii: "u") {
        text.append(plain(kind))
        place += 2
        continue
      }
      let start = place
      var scalar = unit(bytes, place + 2)
      place += 6
      if scalar & 0xFC00 == 0xD800, place + 6 <= range.upperBound, bytes[place] == ByteScanner.backslash,
        bytes[place + 1] == UInt8(ascii: "u")
      {
        let low = unit(bytes, place + 2)
        if low & 0xFC00 == 0xDC00 {
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
          place += 6
        }
      }
      if scalar & 0xFFFF_F800 == 0xD800 {
        fault = fault ?? Fault(.loneSurrogate, number: Int64(start))
        scalar = 0xFFFD
      }
      if scalar == 0 { fault = fault ?? Fault(.nulByte, number: Int64(start)) }
      append(scalar, to: &text)
    }
    return fault
  }

  private static func plain(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    default: letter
    }
  }

  private static func unit(_ bytes: Span<UInt8>, _ place: Int) -> UInt32 {
    var value: UInt32 = 0
    for digit in place..<place + 4 { value = value << 4 | hexValue(bytes[digit]) }
    return value
  }

  /// Appends a scalar value as UTF-8; half a surrogate pair comes out as bytes that are not UTF-8.
  static func append(_ scalar: UInt32, to text: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift & 0x3F | 0x80) }
    switch scalar {
    case 0..<0x80: text.append(UInt8(scalar))
    case 0x80..<0x800:
      text.append(UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0))
      text.append(tail(0))
    case 0x800..<0x10000:
      text.append(UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0))
      text.append(tail(6))
      text.append(tail(0))
    default:
      text.append(UInt8(truncatingIfNeeded: scalar >> 18 | 0xF0))
      text.append(tail(12))
      text.append(tail(6))
      text.append(tail(0))
    }
  }
}
