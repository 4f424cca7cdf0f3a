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
      var wide = UInt64(remainder)
      var place = 0
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
  }
#else
  public enum CRC32CInstructions {
    public static let areAvailable = false

    public static func fold(_ remainder: UInt32, _ bytes: UnsafeRawPointer, count: Int) -> UInt32 {
      preconditionFailure("asked for without having been looked for")
    }
  }
#endif
