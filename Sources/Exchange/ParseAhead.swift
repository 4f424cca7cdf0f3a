internal import Files
internal import Formats
internal import Ledger
internal import Orders

/// Where batches of rows come from, in order.
protocol BatchSource {
  /// - Parameter sought: gets what follows from the rows alone, where that is made ahead.
  mutating func next(into batch: inout RowBatch, _ sought: inout SoughtRows) throws -> Bool
  /// Known after the first batch.
  var layout: FileLayout { get }
}

extension RowReader: BatchSource {
  mutating func next(into batch: inout RowBatch, _ sought: inout SoughtRows) throws -> Bool {
    sought.removeAll()
    return try next(into: &batch)
  }
}

/// Parses on another core while this one judges: a small ring of batches, filled ahead and taken in order.
///
/// Reading, unpacking, hashing, parsing and what else follows from the rows alone go on there; judging stays here, on one thread. The
/// rows, their order and every fault are those of the reader, so the result does not depend on how many cores there are.
final class ParseAhead: BatchSource, @unchecked Sendable {
  // Sound: the reader, and what is known at its end, are touched by the parser alone until the ring has ended.
  private var reader: RowReader
  private let ring: Ring<Parsed>
  private let seeking: RowSeeking
  private let claim: ClaimNumber?
  private var lastLayout: FileLayout
  private var failure: (any Error)?
  private(set) var layout: FileLayout
  private var hasStopped = false
  /// The thread that parses, where it shall write the answers too.
  let shared: SharedThread?

  private struct Parsed {
    var batch: RowBatch
    var sought = SoughtRows()
    var layout: FileLayout
  }

  /// - Parameters:
  ///   - seeking: how the rows are taken up, which are of its kind.
  ///   - isShared: whether the thread that parses shall have time for other things.
  ///   - claim: whose rows these are, where it is not the claim in hand yet.
  init(_ reader: RowReader, _ seeking: RowSeeking, isShared: Bool, claim: ClaimNumber? = nil) {
    self.reader = reader
    self.seeking = seeking
    layout = reader.layout
    lastLayout = reader.layout
    // So many batches are parsed ahead at the most.
    ring = Ring(depth: 3) { [layout = reader.layout] in
      Parsed(batch: RowBatch(kind: seeking.kind), layout: layout)
    }
    shared = isShared ? SharedThread() : nil
    self.claim = claim
    ring.fill(on: shared) { self.parse(into: &$0) }
  }

  func next(into batch: inout RowBatch, _ sought: inout SoughtRows) throws -> Bool {
    let known = ring.take { slot in
      swap(&batch, &slot.batch)
      swap(&sought, &slot.sought)
      return slot.layout
    }
    layout = known ?? lastLayout
    if known != nil { return true }
    if let failure { throw failure }
    return false
  }

  /// Waits until the other thread has done with the reader, be everything parsed or not. May be called again.
  func stop() {
    if hasStopped { return }
    hasStopped = true
    ring.leave()
    ring.join()
    if claim != nil { PoisonMark.parsing(0) }
    shared?.close()
  }

  /// Fills a slot with the next batch; false: there is none, or it could not be read.
  private func parse(into slot: inout Parsed) -> Bool {
    var isFilled = false
    if let claim { PoisonMark.parsing(claim.raw) }
    do {
      isFilled = try reader.next(into: &slot.batch)
      if isFilled { slot.sought.take(slot.batch, for: seeking) }
      slot.layout = reader.layout
    } catch {
      failure = error
    }
    if !isFilled {
      lastLayout = reader.layout
      if claim != nil { PoisonMark.parsing(0) }
    }
    return isFilled
  }
}
