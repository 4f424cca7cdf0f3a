// Fields of records are a few bytes each, and millions of them are read one behind the other.

/// A walk over the fields of records that lie in lent bytes: numbers seven bits a byte, texts behind their lengths.
///
/// Eight bytes are looked at together, and a walk that comes to something that is no field goes on over nothing instead of throwing: it is
/// asked once a record whether all of that was there. So where it stands stays in the processor, and nothing is stored between two
/// fields. Where it is broken, what it said since then means nothing.
public struct FieldWalk: ~Copyable {
  // Sound: only `walkFields` makes one, of bytes that are lent for the time of the call; nobody can keep one, as it is lent itself and
  // cannot be copied. Every load lies before `end`, which is looked at before it.
  @usableFromInline let start: UnsafeRawPointer
  @usableFromInline let end: Int
  @usableFromInline var next: Int
  @usableFromInline var hasFailed = false

  @inlinable @inline(__always)
  init(_ start: UnsafeRawPointer, from place: Int, to end: Int) {
    self.start = start
    self.end = end
    next = place
  }

  /// Where the next field begins.
  @inlinable @inline(__always)
  public var place: Int { next }

  /// Did it come to something that is no field, or ends too late?
  @inlinable @inline(__always)
  public var isBroken: Bool { hasFailed }

  @inlinable @inline(__always)
  public var isAtEnd: Bool { place >= end }

  /// Goes back to where it was before; it is whole again.
  @inlinable @inline(__always)
  public mutating func goBack(to earlier: Int) {
    precondition(earlier >= 0 && earlier <= place)
    (next, hasFailed) = (earlier, false)
  }

  /// Ends the walk here: what was read makes no sense.
  @inlinable @inline(__always)
  public mutating func fail() { hasFailed = true }

  @inlinable @inline(__always)
  public mutating func byte() -> UInt8 {
    if place >= end {
      hasFailed = true
      return 0
    }
    let byte = start.load(fromByteOffset: place, as: UInt8.self)
    next &+= 1
    return byte
  }

  /// Goes over some bytes.
  @inlinable @inline(__always)
  public mutating func pass(_ count: Int) {
    if count > end &- place { hasFailed = true } else { next &+= count }
  }

  /// A number that is mostly of one byte.
  @inlinable @inline(__always)
  public mutating func number() -> UInt64 {
    if place < end {
      let byte = start.load(fromByteOffset: place, as: UInt8.self)
      if byte < 0x80 {
        next &+= 1
        return UInt64(byte)
      }
    }
    return longNumber()
  }

  /// A number that is mostly of four bytes at most.
  @inlinable @inline(__always)
  public mutating func shortNumber() -> UInt64 {
    if end &- place >= 4 {
      let word = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      let ends = ~word & 0x8080_8080
      if ends != 0 {
        let bits = UInt32(truncatingIfNeeded: ends.trailingZeroBitCount) &+ 1
        next &+= Int(truncatingIfNeeded: bits &>> 3)
        var low = word & .max &>> (32 &- bits)
        low = low & 0x007F_007F | (low & 0x7F00_7F00) &>> 1
        return UInt64(low & 0x3FFF | (low & 0x3FFF_0000) &>> 2)
      }
    }
    return anyNumber()
  }

  /// A number that is mostly of some bytes.
  @inlinable @inline(__always)
  public mutating func longNumber() -> UInt64 {
    if end &- place >= 8 {
      let word = self.word
      let ends = ~word & 0x8080_8080_8080_8080
      if ends != 0 {
        let bits = UInt64(truncatingIfNeeded: ends.trailingZeroBitCount) &+ 1
        next &+= Int(truncatingIfNeeded: bits &>> 3)
        return Self.sevens(word & .max &>> (64 &- bits))
      }
    }
    return anyNumber()
  }

  /// A number that is mostly of as many bytes as a number can be.
  @inlinable @inline(__always)
  public mutating func longestNumber() -> UInt64 {
    if end &- place >= 10 {
      let word = self.word
      let ninth = start.load(fromByteOffset: place &+ 8, as: UInt8.self)
      if ~word & 0x8080_8080_8080_8080 == 0 {
        let low = Self.sevens(word) | UInt64(ninth & 0x7F) &<< 56
        if ninth < 0x80 {
          next &+= 9
          return low
        }
        let last = start.load(fromByteOffset: place &+ 9, as: UInt8.self)
        if last < 0x80 {
          next &+= 10
          return low | UInt64(last) &<< 63
        }
      }
    }
    return longNumber()
  }

  /// A number of any length, wherever it ends.
  @inlinable @inline(__always)
  mutating func anyNumber() -> UInt64 {
    let (value, behind) = Self.anyNumber(start, from: next, to: end)
    if behind < 0 { hasFailed = true } else { next = behind }
    return value
  }

  /// The number, and the place behind it; that is negative where there is none.
  @usableFromInline @inline(never)
  static func anyNumber(_ start: UnsafeRawPointer, from place: Int, to end: Int) -> (UInt64, Int) {
    var (value, shift, place) = (UInt64(0), UInt64(0), place)
    while place < end, shift < 64 {
      let byte = start.load(fromByteOffset: place, as: UInt8.self)
      place += 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return (value, place) }
      shift += 7
    }
    return (0, -1)
  }

  /// Lends a walk of its own over what comes next, to a part that is not in line: who is lent this one itself makes it lie in memory.
  @inlinable @inline(__always)
  public mutating func apart<Result>(_ body: (inout FieldWalk) -> Result) -> Result {
    var part = FieldWalk(start, from: next, to: end)
    let result = body(&part)
    next = part.next
    if part.hasFailed { hasFailed = true }
    return result
  }

  /// A signed number that is mostly of one byte.
  @inlinable @inline(__always)
  public mutating func signed() -> Int64 { Self.unfolded(number()) }

  /// A signed number that is mostly of some bytes.
  @inlinable @inline(__always)
  public mutating func longSigned() -> Int64 { Self.unfolded(longNumber()) }

  @inlinable @inline(__always)
  static func unfolded(_ folded: UInt64) -> Int64 {
    Int64(bitPattern: folded &>> 1) ^ (0 &- Int64(bitPattern: folded & 1))
  }

  /// Goes over a number.
  @inlinable @inline(__always)
  public mutating func passNumber() {
    if end &- place >= 8 {
      let ends = ~word & 0x8080_8080_8080_8080
      if ends != 0 {
        next &+= ends.trailingZeroBitCount &>> 3 &+ 1
        return
      }
    }
    _ = anyNumber()
  }

  /// Where a text lies, and how many bytes it has.
  @inlinable @inline(__always)
  public mutating func text() -> (place: Int, count: Int) {
    let count = number()
    if count > UInt64(truncatingIfNeeded: end &- place) {
      hasFailed = true
      return (place, 0)
    }
    let text = (place, Int(truncatingIfNeeded: count))
    next &+= text.1
    return text
  }

  /// The digits that a text ends in, which the walk has been at, as `KeyDigits` splits it; none where these are fewer than four, or where
  /// not so many bytes lie before its end that they can be looked at together.
  @inlinable @inline(__always)
  public func digitsAtEnd(ofTextAt place: Int, count: Int) -> KeyDigits {
    let behind = place &+ count
    if place < 0 || count < 0 || behind < 16 || behind > end { return .none }
    return KeyDigits(atEndOf: word(at: behind &- 16), word(at: behind &- 8), keyBytes: count)
  }

  /// The first bytes of a text, fifteen at most, zeros behind them, the first of them lowest; nil where the bytes end before sixteen.
  @inlinable @inline(__always)
  public func words(ofTextAt place: Int, count: Int) -> (low: UInt64, high: UInt64)? {
    if place < 0 || end &- place < 16 || count < 0 || count > 15 { return nil }
    let bits = UInt64(truncatingIfNeeded: 8 &* count)
    return count < 8
      ? (word(at: place) & ((1 &<< bits) &- 1), 0)
      : (word(at: place), word(at: place &+ 8) & ((1 &<< (bits &- 64)) &- 1))
  }

  /// Goes over a text.
  @inlinable @inline(__always)
  public mutating func passText() { _ = text() }

  /// The eight bytes that come next; the caller has looked at the end.
  @inlinable @inline(__always)
  var word: UInt64 { word(at: place) }

  /// The eight bytes from a place on; the caller has looked at both ends.
  @inlinable @inline(__always)
  func word(at place: Int) -> UInt64 {
    UInt64(littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// The lower seven bits of each of eight bytes, one behind the other.
  @inlinable @inline(__always)
  static func sevens(_ word: UInt64) -> UInt64 {
    var word = word & 0x007F_007F_007F_007F | (word & 0x7F00_7F00_7F00_7F00) &>> 1
    word = word & 0x0000_3FFF_0000_3FFF | (word & 0x3FFF_0000_3FFF_0000) &>> 2
    return word & 0x0000_0000_0FFF_FFFF | (word & 0x0FFF_FFFF_0000_0000) &>> 4
  }
}

extension Span<UInt8> {
  /// Lends a walk over the fields that lie between two places.
  @inlinable @inline(__always)
  public func walkFields<Result>(
    from place: Int, to end: Int, _ body: (inout FieldWalk) -> Result
  ) -> Result {
    precondition(place >= 0 && place <= end && end <= count)
    return withUnsafeBytes { bytes in
      // Sound: of no bytes none is loaded, wherever they are said to begin.
      var walk = FieldWalk(bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!, from: place, to: end)
      return body(&walk)
    }
  }
}
