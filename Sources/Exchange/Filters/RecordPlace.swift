package import Orders
internal import Ledger

/// Where a record stands among all records, wherever it was made: the same on one machine and on many.
///
/// A byte offset is known only to the machine that wrote the journal. This order is known to whoever judged the row: the file's
/// decision; its own rows by their numbers; then, wave by wave, the rows of earlier files that it made known, in event order.
package struct RecordPlace: Hashable, Comparable, Sendable {
  package var decision: UInt64
  /// 0 for a file's own rows; rows that these made known are of the first wave, rows that those made known of the second.
  package var wave: UInt32 = 0
  /// For rows that were resumed: their event time, the claim that they came with, and how often the decision resumed them before.
  package var time = Timestamp(milliseconds: 0)
  package var claim: UInt32 = 0
  package var row: UInt32
  package var again: UInt32 = 0

  package init(decision: UInt64, row: UInt32) {
    self.decision = decision
    self.row = row
  }

  private var order: (UInt64, UInt32, Int64, UInt32, UInt32, UInt32) {
    (decision, wave, time.milliseconds, claim, row, again)
  }

  package static func < (a: Self, b: Self) -> Bool { a.order < b.order }

  /// As the arrival of a line.
  package var text: String {
    let start = "\(padded(decision, 12)).\(padded(wave, 4))"
    if wave == 0 { return "\(start).\(padded(row, 10))" }
    // Times before 1970 count too.
    let time = padded(UInt64(bitPattern: time.milliseconds &- Int64.min), 20)
    return "\(start).\(time).\(padded(claim, 10)).\(padded(row, 10)).\(padded(again, 4))"
  }
}

extension [UInt8] {
  mutating func putPlace(_ place: RecordPlace) {
    putNumber(place.decision)
    putNumber(UInt64(place.row))
    putNumber(UInt64(place.wave))
    if place.wave == 0 { return }
    putSigned(place.time.milliseconds)
    putNumber(UInt64(place.claim))
    putNumber(UInt64(place.again))
  }
}

extension RecordReader {
  mutating func place() throws -> RecordPlace {
    var place = RecordPlace(decision: try number(), row: UInt32(truncatingIfNeeded: try number()))
    place.wave = UInt32(truncatingIfNeeded: try number())
    if place.wave == 0 { return place }
    place.time = Timestamp(milliseconds: try signed())
    place.claim = UInt32(truncatingIfNeeded: try number())
    place.again = UInt32(truncatingIfNeeded: try number())
    return place
  }
}
