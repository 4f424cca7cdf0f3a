/// Bytes as text that no tool on the way changes: base64 with `+` and `/`, padded, in one line.
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// The value of each byte as a digit; 64: it is none.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 64, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()
  private static let padding = UInt8(ascii: "=")

  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var place = 0
    while place < bytes.count {
      let left = bytes.count - place
      let group =
        UInt32(bytes[place]) << 16 | (left > 1 ? UInt32(bytes[place + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[place + 2]) : 0)
      text.append(digits[Int(group >> 18)])
      text.append(digits[Int(group >> 12 & 63)])
      text.append(left > 1 ? digits[Int(group >> 6 & 63)] : padding)
      text.append(left > 2 ? digits[Int(group & 63)] : padding)
      place += 3
    }
    return text
  }

  /// Nil: the text is no base64.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    if text.count % 4 != 0 { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    let ends = text.suffix(2).count { $0 == padding }
    var place = 0
    while place < text.count {
      let isLast = place + 4 == text.count
      var group: UInt32 = 0
      for offset in 0..<4 {
        let isPadding = isLast && offset >= 4 - ends
        let value = isPadding ? 0 : values[Int(text[place + offset])]
        if value == 64 { return nil }
        group = group << 6 | UInt32(value)
      }
      bytes.append(UInt8(truncatingIfNeeded: group >> 16))
      if !isLast || ends < 2 { bytes.append(UInt8(truncatingIfNeeded: group >> 8)) }
      if !isLast || ends < 1 { bytes.append(UInt8(truncatingIfNeeded: group)) }
      place += 4
    }
    return bytes
  }
}
