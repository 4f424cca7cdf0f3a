/// CRC-32C with the processor's own instruction, where it has it.

#if arch(x86_64) && canImport(_Builtin_intrinsics)
  private import _Builtin_intrinsics.intel
  private import _Builtin_intrinsics.intel.cpuid

  public enum CRC32CInstructions {
    /// Does this processor have SSE4.2? Asked once.
    public static let areAvailable: Bool = {
      var eax: UInt32 = 0
      var ebx: UInt32 = 0
      var ecx: UInt32 = 0
      var edx: UInt32 = 0
      guard __get_cpuid_count(1, 0, &eax, &ebx, &ecx, &edx) == 1 else { return false }
      return ecx >> 20 & 1 == 1
    }()

    /// The remainder after these bytes, of one that was begun with; neither end is inverted.
    ///
    /// Sound: the caller gives at least `count` bytes; every load lies in those.
    public static func fold(_ remainder: UInt32, _ bytes: UnsafeRawPointer, count: Int) -> UInt32 {
      var place = 0
      var wide = UInt64(remainder)
      if count >= 3 * laneBytes {
        pastLane.withUnsafeBufferPointer { table in
          while count &- place >= 3 * laneBytes {
            wide = UInt64(threeLanes(UInt32(truncatingIfNeeded: wide), bytes + place, table))
            place &+= 3 * laneBytes
          }
        }
      }
      while count &- place >= 8 {
        wide = UInt64(_mm_crc32_u64(wide, bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        place &+= 8
      }
      var narrow = UInt32(truncatingIfNeeded: wide)
      while place < count {
        narrow = _mm_crc32_u8(narrow, bytes.load(fromByteOffset: place, as: UInt8.self))
        place &+= 1
      }
      return narrow
    }

    // MARK: Three at once

    /// The instruction takes three cycles, and each waits for the one before it: of three lanes side by side none waits.
    private static let laneBytes = 1024

    /// Sound: the caller sees to it that there are three lanes' bytes, and lends the 1,024 words of `pastLane`.
    @inline(__always)
    private static func threeLanes(
      _ remainder: UInt32, _ bytes: UnsafeRawPointer, _ table: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
      var (first, second, third): (UInt64, UInt64, UInt64) = (UInt64(remainder), 0, 0)
      var place = 0
      while place < laneBytes {
        let at = bytes + place
        first = UInt64(_mm_crc32_u64(first, at.loadUnaligned(as: UInt64.self)))
        second = UInt64(_mm_crc32_u64(second, at.loadUnaligned(fromByteOffset: laneBytes, as: UInt64.self)))
        third = UInt64(_mm_crc32_u64(third, at.loadUnaligned(fromByteOffset: 2 * laneBytes, as: UInt64.self)))
        place &+= 8
      }
      let joined = past(UInt32(truncatingIfNeeded: first), table) ^ UInt32(truncatingIfNeeded: second)
      return past(joined, table) ^ UInt32(truncatingIfNeeded: third)
    }

    /// The remainder behind a lane of zeros.
    @inline(__always)
    private static func past(_ remainder: UInt32, _ table: UnsafeBufferPointer<UInt32>) -> UInt32 {
      let low = table[Int(remainder & 0xFF)] ^ table[256 + Int(remainder >> 8 & 0xFF)]
      return low ^ table[512 + Int(remainder >> 16 & 0xFF)] ^ table[768 + Int(remainder >> 24)]
    }

    /// Of each byte of a remainder, at each of its four places, the remainder behind a lane of zeros.
    private static let pastLane: [UInt32] = {
      var table = [UInt32](repeating: 0, count: 4 * 256)
      for bit in 0..<32 {
        var wide: UInt64 = 1 << UInt64(bit)
        for _ in 0..<laneBytes / 8 { wide = UInt64(_mm_crc32_u64(wide, 0)) }
        let place = bit / 8 * 256
        for byte in 0..<256 where byte >> (bit % 8) & 1 == 1 {
          table[place + byte] ^= UInt32(truncatingIfNeeded: wide)
        }
      }
      return table
    }()
  }
#else
  public enum CRC32CInstructions {
    public static let areAvailable = false

    public static func fold(_ remainder: UInt32, _ bytes: UnsafeRawPointer, count: Int) -> UInt32 {
      preconditionFailure("asked for without having been looked for")
    }
  }
#endif
