/// The numbers and small byte ranges that name things, each of its own type so that they cannot be mixed up.

/// Where the text of one cell lies in the bytes that carry it; length 0 means that the cell is absent.
///
/// Rows travel through the house as such ranges. A `String` is made only where a person must read it.
package struct Slice: Equatable, Sendable {
  package var offset: UInt32
  package var length: UInt32

  @inlinable
  package init(offset: Int, length: Int) {
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.length = UInt32(truncatingIfNeeded: length)
  }

  @inlinable package static var absent: Slice { Slice(offset: 0, length: 0) }
  @inlinable package var isAbsent: Bool { length == 0 }
  @inlinable package var range: Range<Int> { Int(offset)..<(Int(offset) + Int(length)) }
}

/// The place of an order in the order book, counted from 0 in the order of creation.
package struct OrderIndex: Hashable, Sendable, BitwiseCopyable {
  package let raw: UInt32
  @inlinable package init(_ raw: UInt32) { self.raw = raw }
  @inlinable package init(_ raw: Int) { self.raw = UInt32(raw) }
  @inlinable package static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The place of a shipment in the order book, counted from 0 in the order of creation.
package struct ShipmentIndex: Hashable, Sendable, BitwiseCopyable {
  package let raw: UInt32
  /// No shipment: where the line of a record is that went to another one.
  @inlinable package static var none: ShipmentIndex { ShipmentIndex(UInt32.max) }
  @inlinable package init(_ raw: UInt32) { self.raw = raw }
  @inlinable package init(_ raw: Int) { self.raw = UInt32(raw) }
  @inlinable package static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The number under which a file was taken out of an inbox; never reused.
package struct ClaimNumber: Hashable, Comparable, Sendable {
  package let raw: UInt32
  @inlinable package init(_ raw: UInt32) { self.raw = raw }
  @inlinable package static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  @inlinable package static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The number of a committed decision: the `ledger_sequence` of an ack and the `SEQUENCE` in `NAME~SEQUENCE`.
package struct DecisionNumber: Hashable, Comparable, Sendable {
  package let raw: UInt64
  package init(_ raw: UInt64) { self.raw = raw }
  package static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// Where a record lies in the journal: the byte offset of its frame and the offset of the record in the frame's payload.
package struct Position: Hashable, Comparable, Sendable, BitwiseCopyable {
  package let raw: UInt64

  @inlinable package init(raw: UInt64) { self.raw = raw }
  /// - Parameters:
  ///   - frame: byte offset of the frame counted over all segments, at most 2^44.
  ///   - record: byte offset in the frame's payload, below 2^20.
  @inlinable package init(frame: UInt64, record: Int) { raw = frame << 20 | UInt64(record) }

  @inlinable package static var none: Position { Position(raw: .max) }
  @inlinable package var frame: UInt64 { raw >> 20 }
  @inlinable package var record: Int { Int(raw & 0xF_FFFF) }
  @inlinable package static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  @inlinable package static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
}

/// The scan number a carrier gave (`status_update_number`), when it is all digits and fits; 0 = none.
package typealias ScanNumber = UInt64
