/// The numbers and small byte ranges that name things, each of its own type so that they cannot be mixed up.

/// Where the text of one cell lies in the bytes that carry it; length 0 means that the cell is absent.
///
/// Rows travel through the house as such ranges. A `String` is made only where a person must read it.
public struct Slice: Equatable, Sendable {
  public var offset: UInt32
  public var length: UInt32

  @inlinable
  public init(offset: Int, length: Int) {
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.length = UInt32(truncatingIfNeeded: length)
  }

  @inlinable public static var absent: Slice { Slice(offset: 0, length: 0) }
  @inlinable public var isAbsent: Bool { length == 0 }
  @inlinable public var range: Range<Int> { Int(offset)..<(Int(offset) + Int(length)) }
}

/// The place of an order in the order book, counted from 0 in the order of creation.
public struct OrderIndex: Hashable, Sendable, BitwiseCopyable {
  public let raw: UInt32
  @inlinable public init(_ raw: UInt32) { self.raw = raw }
  @inlinable public init(_ raw: Int) { self.raw = UInt32(raw) }
  @inlinable public static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The place of a shipment in the order book, counted from 0 in the order of creation.
public struct ShipmentIndex: Hashable, Sendable, BitwiseCopyable {
  public let raw: UInt32
  /// No shipment: where the line of a record is that went to another one.
  @inlinable public static var none: ShipmentIndex { ShipmentIndex(UInt32.max) }
  @inlinable public init(_ raw: UInt32) { self.raw = raw }
  @inlinable public init(_ raw: Int) { self.raw = UInt32(raw) }
  @inlinable public static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The number under which a file was taken out of an inbox; never reused.
public struct ClaimNumber: Hashable, Comparable, Sendable {
  public let raw: UInt32
  @inlinable public init(_ raw: UInt32) { self.raw = raw }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  @inlinable public static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The number of a committed decision: the `ledger_sequence` of an ack and the `SEQUENCE` in `NAME~SEQUENCE`.
public struct DecisionNumber: Hashable, Comparable, Sendable {
  public let raw: UInt64
  public init(_ raw: UInt64) { self.raw = raw }
  public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// Where a record lies in the journal: the byte offset of its frame and the offset of the record in the frame's payload.
public struct Position: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let raw: UInt64

  @inlinable public init(raw: UInt64) { self.raw = raw }
  /// - Parameters:
  ///   - frame: byte offset of the frame counted over all segments, at most 2^44.
  ///   - record: byte offset in the frame's payload, below 2^20.
  @inlinable public init(frame: UInt64, record: Int) { raw = frame << 20 | UInt64(record) }

  @inlinable public static var none: Position { Position(raw: .max) }
  @inlinable public var frame: UInt64 { raw >> 20 }
  @inlinable public var record: Int { Int(raw & 0xF_FFFF) }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  @inlinable public static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The scan number a carrier gave (`status_update_number`), when it is all digits and fits; 0 = none.
public typealias ScanNumber = UInt64
