internal import Dispatch
internal import Formats
internal import Orders

/// Where batches of rows come from, in order.
protocol BatchSource {
  mutating func next(into batch: inout RowBatch) throws -> Bool
  /// Known after the first batch.
  var layout: FileLayout { get }
}

extension RowReader: BatchSource {}

/// Parses on another core while this one judges: a small ring of batches, filled ahead and taken in order.
///
/// Reading, unpacking, hashing and parsing go on there; judging stays here, on one thread. The rows, their order and every
/// fault are those of the reader, so the result does not depend on how many cores there are.
final class ParseAhead: BatchSource, @unchecked Sendable {
  // Sound: a slot belongs to the parser between `empty` and `filled`, and to the judge between `filled` and `empty`; the
  // reader is touched by the parser alone.
  private var reader: RowReader
  private let slots: [Slot]
  private let empty = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)
  private var nextSlot = 0
  private(set) var layout: FileLayout

  private final class Slot {
    var batch: RowBatch
    var layout: FileLayout?
    var end: Result<Void, any Error>?

    init(_ kind: Kind) { batch = RowBatch(kind: kind) }
  }

  /// How many batches are parsed ahead at the most.
  private static let depth = 3

  init(_ reader: RowReader, kind: Kind) {
    self.reader = reader
    layout = reader.layout
    slots = (0..<Self.depth).map { _ in Slot(kind) }
    // A semaphore must not be let go with less than it was made with, so these start at nothing.
    for _ in slots { empty.signal() }
    DispatchQueue.global(qos: .userInitiated).async { self.parse() }
  }

  func next(into batch: inout RowBatch) throws -> Bool {
    filled.wait()
    let slot = nextSlot
    nextSlot = (slot + 1) % Self.depth
    if let known = slots[slot].layout { layout = known }
    if let end = slots[slot].end {
      // The end stays where it is: whoever asks again gets it again.
      nextSlot = slot
      filled.signal()
      try end.get()
      return false
    }
    swap(&batch, &slots[slot].batch)
    empty.signal()
    return true
  }

  private func parse() {
    var slot = 0
    while true {
      empty.wait()
      do {
        if try !reader.next(into: &slots[slot].batch) { slots[slot].end = .success(()) }
      } catch {
        slots[slot].end = .failure(error)
      }
      slots[slot].layout = reader.layout
      let isEnd = slots[slot].end != nil
      filled.signal()
      if isEnd { return }
      slot = (slot + 1) % Self.depth
    }
  }
}
