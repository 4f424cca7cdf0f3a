// Short pieces of bytes, copied and looked at eight at a time: what the lines of an answer are made of.
//
// Cells are ten or twenty bytes long. A loop over them costs a turn a byte, a call to memcpy costs more than the copying; two loads
// of eight that overlap cost neither.

public enum ShortBytes {
  /// Copies so many bytes from one place to another that it does not overlap.
  ///
  /// Sound only where `count` bytes lie at both; every load and store lies within them.
  @inlinable @inline(__always)
  public static func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    if count > 64 {
      target.copyMemory(from: source, byteCount: count)
    } else if count >= 8 {
      var done = 0
      while done &+ 8 < count {
        let word = source.loadUnaligned(fromByteOffset: done, as: UInt64.self)
        target.storeBytes(of: word, toByteOffset: done, as: UInt64.self)
        done &+= 8
      }
      let word = source.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      target.storeBytes(of: word, toByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4 {
      let (first, last) = (
        source.loadUnaligned(as: UInt32.self),
        source.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      )
      target.storeBytes(of: first, as: UInt32.self)
      target.storeBytes(of: last, toByteOffset: count &- 4, as: UInt32.self)
    } else {
      var done = 0
      while done < count {
        target.storeBytes(
          of: source.load(fromByteOffset: done, as: UInt8.self), toByteOffset: done, as: UInt8.self)
        done &+= 1
      }
    }
  }

  /// Calls `test` with words that together hold every byte of the piece, zeros behind a short one, until it says true.
  @inlinable @inline(__always)
  public static func contains(_ piece: Span<UInt8>, where test: (UInt64) -> Bool) -> Bool {
    let count = piece.count
    return piece.withUnsafeBytes { bytes in
      // Sound: every load lies within the piece's own bytes.
      guard let base = bytes.baseAddress else { return false }
      if count < 8 {
        var word: UInt64 = 0
        var done = 0
        while done < count {
          word |= UInt64(base.load(fromByteOffset: done, as: UInt8.self)) &<< UInt64(8 &* done)
          done &+= 1
        }
        // A byte of its own stands behind, so that the zeros are none of the piece's.
        while done < 8 {
          word |= UInt64(0x41) &<< UInt64(8 &* done)
          done &+= 1
        }
        return count > 0 && test(word)
      }
      var done = 0
      while done &+ 8 <= count {
        if test(base.loadUnaligned(fromByteOffset: done, as: UInt64.self)) { return true }
        done &+= 8
      }
      return test(base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    }
  }

  /// Is one of the word's eight bytes this one?
  @inlinable @inline(__always)
  public static func holds(_ word: UInt64, _ byte: UInt8) -> Bool {
    let different = word ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
    return (different &- 0x0101_0101_0101_0101) & ~different & 0x8080_8080_8080_8080 != 0
  }

  /// Is one of them below 0x20, or above 0x7E? Now and then it says so of a byte that is neither, never the other way.
  @inlinable @inline(__always)
  public static func mayHoldControlsOrBeyond(_ word: UInt64) -> Bool {
    let low = (word &- 0x2020_2020_2020_2020) & ~word
    let high = (word &+ 0x0101_0101_0101_0101) | word
    return (low | high) & 0x8080_8080_8080_8080 != 0
  }
}
