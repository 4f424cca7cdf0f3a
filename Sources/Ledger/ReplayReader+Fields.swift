internal import Files
internal import Orders

/// The fields of rows, spelled as `RecordReader` reads them.
extension ReplayReader {
  @inline(__always)
  mutating func byte(_ bytes: Span<UInt8>) throws(RecordFault) -> UInt8 {
    guard place < end else { throw RecordFault(what: "a record ends early") }
    place += 1
    return bytes[place - 1]
  }

  @inline(__always)
  mutating func number(_ bytes: Span<UInt8>) throws(RecordFault) -> UInt64 {
    let first = try byte(bytes)
    return first < 0x80 ? UInt64(first) : try rest(bytes, UInt64(first & 0x7F))
  }

  /// A number that is mostly of some bytes.
  @inline(__always)
  mutating func longNumber(_ bytes: Span<UInt8>) throws(RecordFault) -> UInt64 {
    if end - place >= 8 {
      let word = bytes.word(at: place)
      let ends = ~word & 0x8080_8080_8080_8080
      if ends != 0 {
        let bits = UInt64(truncatingIfNeeded: ends.trailingZeroBitCount) &+ 1
        place &+= Int(truncatingIfNeeded: bits >> 3)
        return Self.sevens(word & .max &>> (64 &- bits))
      }
    }
    return try number(bytes)
  }

  /// A number behind its first seven bits.
  @inline(never)
  private mutating func rest(_ bytes: Span<UInt8>, _ first: UInt64) throws(RecordFault) -> UInt64 {
    if end - place >= 8 {
      let word = bytes.word(at: place)
      let ends = ~word & 0x8080_8080_8080_8080
      if ends == 0 {
        place += 8
        let last = try byte(bytes)
        if last >= 0x80 { throw RecordFault(what: "a number is too long") }
        return first | Self.sevens(word) << 7 | UInt64(last) << 63
      }
      let bits = UInt64(ends.trailingZeroBitCount) + 1
      place += Int(bits / 8)
      return first | Self.sevens(word & .max >> (64 - bits)) << 7
    }
    var value = first
    var shift: UInt64 = 7
    while true {
      let next = try byte(bytes)
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { throw RecordFault(what: "a number is too long") }
    }
  }

  /// The lower seven bits of each of eight bytes, one behind the other.
  @inline(__always)
  private static func sevens(_ word: UInt64) -> UInt64 {
    var word = word & 0x007F_007F_007F_007F | (word & 0x7F00_7F00_7F00_7F00) >> 1
    word = word & 0x0000_3FFF_0000_3FFF | (word & 0x3FFF_0000_3FFF_0000) >> 2
    return word & 0x0000_0000_0FFF_FFFF | (word & 0x0FFF_FFFF_0000_0000) >> 4
  }

  @inline(__always)
  mutating func signed(_ bytes: Span<UInt8>) throws(RecordFault) -> Int64 {
    let folded = try number(bytes)
    return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
  }

  /// Goes over a number.
  @inline(__always)
  mutating func passNumber(_ bytes: Span<UInt8>) throws(RecordFault) {
    if end - place >= 8 {
      let ends = ~bytes.word(at: place) & 0x8080_8080_8080_8080
      if ends != 0 {
        place &+= ends.trailingZeroBitCount >> 3 &+ 1
        return
      }
    }
    _ = try number(bytes)
  }

  /// Goes over a text.
  @inline(__always)
  mutating func passSlice(_ bytes: Span<UInt8>) throws(RecordFault) { _ = try slice(bytes) }

  @inline(__always)
  mutating func slice(_ bytes: Span<UInt8>) throws(RecordFault) -> Slice {
    let count = try number(bytes)
    guard count <= UInt64(end - place) else { throw RecordFault(what: "a text ends early") }
    place += Int(count)
    return Slice(offset: place - Int(count), length: Int(count))
  }

  @inline(__always)
  mutating func state(_ bytes: Span<UInt8>) throws(RecordFault) -> ShipmentState {
    guard let state = ShipmentState(rawValue: try byte(bytes)) else {
      throw RecordFault(what: "an unknown state")
    }
    return state
  }

  mutating func time(_ bytes: Span<UInt8>) throws(RecordFault) -> Timestamp {
    let folded = try longNumber(bytes)
    let value = Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    if value & 1 == 1 { return Timestamp(milliseconds: (value - 1) / 2) }
    let (milliseconds, isTooLarge) = (value / 2).multipliedReportingOverflow(by: 1000)
    if isTooLarge { throw RecordFault(what: "a time is out of range") }
    return Timestamp(milliseconds: milliseconds)
  }
}
