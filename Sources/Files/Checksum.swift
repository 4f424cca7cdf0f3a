// A checksum finds accidents: bits that rotted, blocks that never reached the disk.

internal import Digest

/// CRC-32C (Castagnoli), the checksum of every journal frame.
///
/// Reflected polynomial 0x82F63B78, start and end inverted; "123456789" gives 0xE3069283 (RFC 3720, appendix B.4
/// lists further values). By the processor's own instruction where it has it (room Digest), else sixteen bytes at a time through
/// sixteen tables of 256 entries.
public enum CRC32C {
  public static func of(_ bytes: [UInt8], continuing: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { of($0, continuing: continuing) }
  }

  public static func of(_ bytes: ArraySlice<UInt8>, continuing: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { of($0, continuing: continuing) }
  }

  public static func of(_ bytes: Span<UInt8>, continuing: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { of($0, continuing: continuing) }
  }

  /// The checksum of what was summed before (`continuing`) followed by these bytes.
  public static func of(_ bytes: UnsafeRawBufferPointer, continuing: UInt32 = 0) -> UInt32 {
    guard CRC32CInstructions.areAvailable, let start = bytes.baseAddress else {
      return portable(bytes, continuing: continuing)
    }
    // Sound: the count is the buffer's own.
    return ~CRC32CInstructions.fold(~continuing, start, count: bytes.count)
  }

  /// The same by what every processor can.
  static func portable(_ bytes: UnsafeRawBufferPointer, continuing: UInt32 = 0) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      var crc = ~continuing
      var position = 0
      let end = bytes.count
      // Sound: every index into `table` is a byte plus a multiple of 256 up to 15 * 256, and it holds 16 * 256
      // entries; every load lies below `end`, which is the buffer's own count.
      while end - position >= 16 {
        let low =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(crc)
        let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self))
        crc = folded(low, table, 15) ^ folded(high, table, 7)
        position += 16
      }
      while position < end {
        crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[position])) & 0xFF)]
        position += 1
      }
      return ~crc
    }
  }

  /// Eight bytes through eight tables, the lowest byte through table `first`, the highest through `first - 7`.
  @inline(__always)
  private static func folded(_ word: UInt64, _ table: UnsafeBufferPointer<UInt32>, _ first: Int) -> UInt32 {
    let a: UInt32 = table[first << 8 | Int(word & 0xFF)]
    let b: UInt32 = table[(first - 1) << 8 | Int(word >> 8 & 0xFF)]
    let c: UInt32 = table[(first - 2) << 8 | Int(word >> 16 & 0xFF)]
    let d: UInt32 = table[(first - 3) << 8 | Int(word >> 24 & 0xFF)]
    let e: UInt32 = table[(first - 4) << 8 | Int(word >> 32 & 0xFF)]
    let f: UInt32 = table[(first - 5) << 8 | Int(word >> 40 & 0xFF)]
    let g: UInt32 = table[(first - 6) << 8 | Int(word >> 48 & 0xFF)]
    let h: UInt32 = table[(first - 7) << 8 | Int(word >> 56)]
    let left: UInt32 = a ^ b ^ c ^ d
    let right: UInt32 = e ^ f ^ g ^ h
    return left ^ right
  }

  /// Table `n` holds, for each byte, its remainder after `n` further zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var remainder = UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0x82F6_3B78 : 0) }
      tables[byte] = remainder
    }
    for index in 256..<16 * 256 {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()
}

/// Bytes as lower-case hexadecimal digits, two for each.
public func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits: StaticString = "0123456789abcdef"
  return String(unsafeUninitializedCapacity: bytes.count * 2) { room in
    // Sound: a byte's halves are below 16, the number of digits; exactly two places are filled for each byte.
    for index in bytes.indices {
      room[index * 2] = digits.utf8Start[Int(bytes[index] >> 4)]
      room[index * 2 + 1] = digits.utf8Start[Int(bytes[index] & 0xF)]
    }
    return bytes.count * 2
  }
}
