/// SHA-256 blocks with the processor's own instructions, where it has them.
///
/// This room exists for its compiler flags: only here may instructions stand that not every processor knows, and nobody
/// calls them without having asked `areAvailable`. Other processors, and other architectures, use the portable rounds in Files.

#if arch(x86_64) && canImport(_Builtin_intrinsics)
  private import _Builtin_intrinsics.intel
  private import _Builtin_intrinsics.intel.cpuid

  public enum SHA256Instructions {
    /// Does this processor have SHA, SSSE3 and SSE4.1? Asked once.
    public static let areAvailable: Bool = {
      var eax: UInt32 = 0
      var ebx: UInt32 = 0
      var ecx: UInt32 = 0
      var edx: UInt32 = 0
      guard __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 1, ebx >> 29 & 1 == 1 else { return false }
      guard __get_cpuid_count(1, 0, &eax, &ebx, &ecx, &edx) == 1 else { return false }
      return ecx >> 9 & 1 == 1 && ecx >> 19 & 1 == 1
    }()

    /// Folds whole blocks of 64 bytes into the state.
    ///
    /// Sound: the caller gives at least `blocks * 64` bytes and the 64 round constants; every load lies in those.
    public static func fold(
      _ state: SIMD8<UInt32>, _ bytes: UnsafeRawPointer, blocks: Int, _ k: UnsafePointer<UInt32>
    ) -> SIMD8<UInt32> {
      // The instructions want the eight words as two vectors: f e b a, and h g d c.
      var abef = words(state[5], state[4], state[1], state[0])
      var cdgh = words(state[7], state[6], state[3], state[2])
      let bigEndian = unsafeBitCast(
        SIMD16<UInt8>(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12), to: __m128i.self)
      for block in 0..<blocks {
        let place = bytes + block * 64
        let (abefBefore, cdghBefore) = (abef, cdgh)
        var w0 = _mm_shuffle_epi8(place.loadUnaligned(as: __m128i.self), bigEndian)
        var w1 = _mm_shuffle_epi8(place.loadUnaligned(fromByteOffset: 16, as: __m128i.self), bigEndian)
        var w2 = _mm_shuffle_epi8(place.loadUnaligned(fromByteOffset: 32, as: __m128i.self), bigEndian)
        var w3 = _mm_shuffle_epi8(place.loadUnaligned(fromByteOffset: 48, as: __m128i.self), bigEndian)
        var t = 0
        while true {
          rounds(&abef, &cdgh, w0, k + t)
          rounds(&abef, &cdgh, w1, k + t + 4)
          rounds(&abef, &cdgh, w2, k + t + 8)
          rounds(&abef, &cdgh, w3, k + t + 12)
          t += 16
          if t == 64 { break }
          w0 = schedule(w0, w1, w2, w3)
          w1 = schedule(w1, w2, w3, w0)
          w2 = schedule(w2, w3, w0, w1)
          w3 = schedule(w3, w0, w1, w2)
        }
        abef = sum(abef, abefBefore)
        cdgh = sum(cdgh, cdghBefore)
      }
      let (first, second) = (lanes(abef), lanes(cdgh))
      return SIMD8(first[3], first[2], second[3], second[2], first[1], first[0], second[1], second[0])
    }

    /// Four rounds.
    @inline(__always)
    private static func rounds(
      _ abef: inout __m128i, _ cdgh: inout __m128i, _ w: __m128i, _ k: UnsafePointer<UInt32>
    ) {
      let constants = UnsafeRawPointer(k).loadUnaligned(as: __m128i.self)
      let input = sum(w, constants)
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, input)
      let upper = lanes(input)
      abef = _mm_sha256rnds2_epu32(abef, cdgh, words(upper[2], upper[3], 0, 0))
    }

    /// The next four words of the message, of the sixteen before them.
    @inline(__always)
    private static func schedule(_ w0: __m128i, _ w1: __m128i, _ w2: __m128i, _ w3: __m128i) -> __m128i {
      let (late, last) = (lanes(w2), lanes(w3))
      let between = words(late[1], late[2], late[3], last[0])
      return _mm_sha256msg2_epu32(sum(_mm_sha256msg1_epu32(w0, w1), between), w3)
    }

    @inline(__always)
    private static func words(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> __m128i {
      unsafeBitCast(SIMD4<UInt32>(a, b, c, d), to: __m128i.self)
    }

    @inline(__always)
    private static func lanes(_ vector: __m128i) -> SIMD4<UInt32> {
      unsafeBitCast(vector, to: SIMD4<UInt32>.self)
    }

    @inline(__always)
    private static func sum(_ a: __m128i, _ b: __m128i) -> __m128i {
      unsafeBitCast(lanes(a) &+ lanes(b), to: __m128i.self)
    }
  }
#else
  public enum SHA256Instructions {
    public static let areAvailable = false

    public static func fold(
      _ state: SIMD8<UInt32>, _ bytes: UnsafeRawPointer, blocks: Int, _ k: UnsafePointer<UInt32>
    ) -> SIMD8<UInt32> { preconditionFailure("this processor has no such instructions") }
  }
#endif
