internal import Files
internal import Ledger
internal import Orders

/// A frame of a committed transaction: where it lies, and its bytes as long as these are few.
struct RecordedFrame {
  let kind: FrameKind
  let offset: UInt64
  let payloadBytes: Int
  private(set) var frame: JournalFrame?

  private static let heldBytesMax = 64 << 10

  init(_ frame: JournalFrame) {
    kind = frame.kind
    offset = frame.offset
    payloadBytes = frame.payload.count
    self.frame = frame.payload.count <= Self.heldBytesMax ? frame : nil
  }
}

/// The log of a proof: what would be written is held against what the journal has at the very same offsets.
///
/// Because a sound derivation writes the same bytes, every position in it is the position in the journal, and histories are read
/// from the journal itself. Only frames that differ are kept.
final class RecordedLog: TransactionLog {
  private let reader: JournalReader
  private var expected: [RecordedFrame] = []
  private var commit: JournalFrame?
  private var next = 0
  /// Where the transaction carries the file's original.
  private var carried: UInt64?
  private(set) var isTransactionOpen = false
  private(set) var nextFrameOffset: UInt64 = 0
  /// Frames of the derivation that the journal does not have, by their offset.
  private var other: [UInt64: [UInt8]] = [:]
  private var firstOther: (committed: RecordedFrame?, derived: [UInt8], offset: UInt64)?
  /// Did the whole transaction come out as it was committed?
  private(set) var isAsCommitted = true

  init(_ reader: JournalReader) { self.reader = reader }

  /// Takes up the frames of a transaction that was committed.
  ///
  /// - Parameter digest: of the original, which the transaction may carry behind its answers; a derivation writes it not again.
  func expect(_ frames: [RecordedFrame], _ commit: JournalFrame, carrying digest: [UInt8] = []) {
    expected = frames
    self.commit = commit
    carried = frames.last { $0.kind != .answers }.flatMap { last in
      guard last.kind == .blob, let payload = last.frame?.payload,
        CarriedOriginal(payload, digest: digest) != nil
      else { return nil }
      return last.offset
    }
    restart()
  }

  private func restart() {
    next = 0
    isTransactionOpen = false
    nextFrameOffset = expected.first?.offset ?? 0
    other = [:]
    firstOther = nil
    isAsCommitted = true
  }

  /// A frame with its bytes, read again where they were not held.
  func whole(_ recorded: RecordedFrame) throws -> JournalFrame {
    try recorded.frame ?? reader.frame(at: recorded.offset)
  }

  /// The payload of a frame as the derivation sees it.
  func payload(at offset: UInt64) throws -> [UInt8] { try other[offset] ?? reader.frame(at: offset).payload }

  /// The payload of a frame as it was committed.
  func committed(at offset: UInt64) throws -> [UInt8] { try reader.frame(at: offset).payload }

  // MARK: Writing, held against what is there

  func begin(_ kind: FrameKind, _ payload: [UInt8]) throws(FileError) -> UInt64 {
    precondition(!isTransactionOpen)
    isTransactionOpen = true
    return take(kind, payload)
  }

  func appendRows(_ payload: [UInt8]) throws(FileError) -> UInt64 { take(.rows, payload) }
  func appendBlob(_ payload: [UInt8]) throws(FileError) -> UInt64 { take(.blob, payload) }
  func appendAnswers(_ payload: [UInt8]) throws(FileError) {
    skipCarried()
    _ = take(.answers, payload)
  }

  private func skipCarried() {
    guard let carried, carried == nextFrameOffset, next < expected.count else { return }
    nextFrameOffset += UInt64(JournalFormat.frameBytes(payload: expected[next].payloadBytes))
    next += 1
  }

  func commit(decision: DecisionNumber, _ payload: [UInt8]) throws(FileError) {
    skipCarried()
    if next != expected.count || commit?.offset != nextFrameOffset || commit?.payload != payload {
      isAsCommitted = false
    }
    isTransactionOpen = false
  }

  /// What was taken back left nothing in the committed transaction either.
  func abort() throws(FileError) { restart() }

  private func take(_ kind: FrameKind, _ payload: [UInt8]) -> UInt64 {
    let offset = nextFrameOffset
    let recorded = next < expected.count ? expected[next] : nil
    next += 1
    nextFrameOffset = offset + UInt64(JournalFormat.frameBytes(payload: payload.count))
    if let recorded, recorded.kind == kind, recorded.offset == offset, recorded.payloadBytes == payload.count,
      (try? whole(recorded).payload) == payload
    {
      return offset
    }
    isAsCommitted = false
    other[offset] = payload
    if kind == .rows && firstOther == nil { firstOther = (recorded, payload, offset) }
    return offset
  }

  /// The first row that came to something else, with what it came to; nil when every row came to the same.
  func firstOtherRow() throws -> (row: UInt32, committed: Outcome?, derived: Outcome?)? {
    guard let firstOther else { return nil }
    var derived = try RowCursor(payload: firstOther.derived, frame: firstOther.offset)
    guard let recorded = firstOther.committed, recorded.kind == .rows else {
      return (derived.row, nil, derived.isAtEnd ? nil : try derived.next().verdict.outcome)
    }
    var committed = try RowCursor(payload: try whole(recorded).payload, frame: recorded.offset)
    while true {
      let row = committed.row
      let before = committed.isAtEnd ? nil : try committed.next().verdict
      let now = derived.isAtEnd ? nil : try derived.next().verdict
      if before == nil && now == nil { return nil }
      let isSame =
        before?.outcome == now?.outcome
        && before?.rejection?.faults.map(\.code) == now?.rejection?.faults.map(\.code)
      if !isSame { return (row, before?.outcome, now?.outcome) }
    }
  }
}
