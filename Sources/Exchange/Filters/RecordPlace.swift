public import Orders
internal import Ledger

/// Where a record stands among all records, wherever it was made: the same on one machine and on many.
///
/// A byte offset is known only to the machine that wrote the journal. This order is known to whoever judged the row: the file's
/// decision; its own rows by their numbers; then, wave by wave, the rows of earlier files that it made known, in event order.
public struct RecordPlace: Hashable, Comparable, Sendable {
  public var decision: UInt64
  /// 0 for a file's own rows; rows that these made known are of the first wave, rows that those made known of the second.
  public var wave: UInt32 = 0
  /// For rows that were resumed: their event time, and where they began to wait, the last time first.
  ///
  /// Of rows of one time the one that began to wait first is resumed first. A row that is resumed may begin to wait anew; the first
  /// time it did so it was among its file's own rows, so that every list ends with a wave 0.
  public var time = Timestamp(milliseconds: 0)
  public var waits: [Wait] = []
  public var row: UInt32

  /// A decision, and the wave of it.
  public struct Wait: Hashable, Comparable, Sendable {
    public var decision: UInt64
    public var wave: UInt32

    public static func < (a: Self, b: Self) -> Bool { (a.decision, a.wave) < (b.decision, b.wave) }
  }

  public init(decision: UInt64, row: UInt32) {
    self.decision = decision
    self.row = row
  }

  /// A row that waited there is resumed.
  public init(resuming waiting: RecordPlace, in decision: UInt64, wave: UInt32, time: Timestamp) {
    self.init(decision: decision, row: waiting.row)
    self.wave = wave
    self.time = time
    waits = [Wait(decision: waiting.decision, wave: waiting.wave)] + waiting.waits
  }

  public static func < (a: Self, b: Self) -> Bool {
    let (first, second) = (
      (a.decision, a.wave, a.time.milliseconds), (b.decision, b.wave, b.time.milliseconds)
    )
    if first != second { return first < second }
    if a.waits != b.waits { return a.waits.lexicographicallyPrecedes(b.waits) }
    return a.row < b.row
  }

  /// As the arrival of a line.
  public var text: String {
    let start = "\(padded(decision, 12)).\(padded(wave, 4))"
    if wave == 0 { return "\(start).\(padded(row, 10))" }
    // Times before 1970 count too.
    let time = padded(UInt64(bitPattern: time.milliseconds &- Int64.min), 20)
    let waits = waits.map { "\(padded($0.decision, 12)).\(padded($0.wave, 4))." }.joined()
    return "\(start).\(time).\(waits)\(padded(row, 10))"
  }
}

extension [UInt8] {
  mutating func putPlace(_ place: RecordPlace) {
    putNumber(place.decision)
    putNumber(UInt64(place.row))
    putNumber(UInt64(place.wave))
    if place.wave == 0 { return }
    putSigned(place.time.milliseconds)
    putNumber(UInt64(place.waits.count))
    for wait in place.waits {
      putNumber(wait.decision)
      putNumber(UInt64(wait.wave))
    }
  }
}

extension RecordReader {
  mutating func place() throws -> RecordPlace {
    var place = RecordPlace(decision: try number(), row: UInt32(truncatingIfNeeded: try number()))
    place.wave = UInt32(truncatingIfNeeded: try number())
    if place.wave == 0 { return place }
    place.time = Timestamp(milliseconds: try signed())
    for _ in 0..<(try count()) {
      place.waits.append(
        RecordPlace.Wait(decision: try number(), wave: UInt32(truncatingIfNeeded: try number())))
    }
    return place
  }
}
