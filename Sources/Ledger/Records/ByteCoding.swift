/// Small numbers as few bytes: the spelling of everything inside the journal's payloads.
///
/// An unsigned number is written seven bits a byte, lowest first, the high bit set on all but the last byte; a signed one is
/// folded first (0, -1, 1, -2 … become 0, 1, 2, 3 …); a text is its byte count and its bytes.

internal import Files
public import Orders

/// What is wrong with a payload that passed its checksum: a program of another version wrote it, or ours has a fault.
public struct RecordFault: Error, Equatable {
  public let what: String
  public init(what: String) { self.what = what }
}

/// Where the parts of a record are put together: an array, or room that a writer keeps from one record to the next.
public protocol RecordBytes: ~Copyable {
  mutating func append(_ byte: UInt8)
  mutating func put(_ bytes: Span<UInt8>)
  mutating func putNumber(_ value: UInt64)
}

extension [UInt8]: RecordBytes {
  @inlinable
  public mutating func put(_ bytes: Span<UInt8>) {
    append(addingCapacity: bytes.count) { room in
      for index in bytes.indices { room.append(bytes[index]) }
    }
  }
}

extension GrowingBytes: RecordBytes {
  mutating func put(_ bytes: Span<UInt8>) { append(bytes) }
  mutating func putNumber(_ value: UInt64) { appendNumber(value) }
}

extension RecordBytes where Self: ~Copyable {
  @inlinable
  public mutating func putNumber(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  @inlinable
  public mutating func putSigned(_ value: Int64) {
    putNumber(UInt64(bitPattern: value &<< 1 ^ value >> 63))
  }

  @inlinable
  public mutating func putText(_ text: Span<UInt8>) {
    putNumber(UInt64(text.count))
    put(text)
  }

  /// The text that a slice of the bytes is.
  @inlinable
  public mutating func putText(_ slice: Slice, of bytes: Span<UInt8>) {
    putText(bytes.extracting(slice.range))
  }

  @inlinable
  public mutating func putText(_ text: String) { putText(text.utf8.span) }
}

extension [UInt8] {
  public mutating func putText(_ bytes: some Collection<UInt8>) {
    putNumber(UInt64(bytes.count))
    append(contentsOf: bytes)
  }
}

/// Reads what was written, from a payload.
public struct RecordReader: Sendable {
  public let bytes: [UInt8]
  public var place: Int

  public init(_ bytes: [UInt8], at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  public var isAtEnd: Bool { place >= bytes.count }
  /// The byte that is read next; nil at the end.
  var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  public mutating func byte() throws(RecordFault) -> UInt8 {
    guard place < bytes.count else { throw RecordFault(what: "a record ends early") }
    place += 1
    return bytes[place - 1]
  }

  public mutating func number() throws(RecordFault) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { throw RecordFault(what: "a number is too long") }
    }
  }

  /// A number of things, or a place among them.
  public mutating func count() throws(RecordFault) -> Int {
    guard let count = Int(exactly: try number()) else { throw RecordFault(what: "a count is out of range") }
    return count
  }

  public mutating func signed() throws(RecordFault) -> Int64 {
    let folded = try number()
    return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
  }

  /// Where the text lies in `bytes`.
  public mutating func text() throws(RecordFault) -> Range<Int> {
    let count = try number()
    guard count <= UInt64(bytes.count - place) else { throw RecordFault(what: "a text ends early") }
    place += Int(count)
    return place - Int(count)..<place
  }

  public mutating func array() throws(RecordFault) -> [UInt8] { Array(bytes[try text()]) }
  public mutating func string() throws(RecordFault) -> String {
    String(decoding: bytes[try text()], as: UTF8.self)
  }
}
