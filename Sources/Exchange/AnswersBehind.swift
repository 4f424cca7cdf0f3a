internal import Dispatch
internal import Orders
internal import Outbox

/// Writes the answers of batches that were judged on another core, while this one judges on: a small ring of batches, handed over
/// and taken in order.
///
/// The answers are a function of rows and verdicts in their order, so they do not depend on how many cores there are.
final class AnswersBehind: @unchecked Sendable {
  // Sound: a slot belongs to the judge between `empty` and `filled`, and to the writer between `filled` and `empty`; the answer
  // files and `failure` are touched by the writer alone until it has ended.
  private let answers: AnswerFiles
  private let slots: [Slot]
  private let empty = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var nextSlot = 0
  private var hasStopped = false
  private var failure: (any Error)?

  private final class Slot {
    var batch: RowBatch
    var verdicts: [Verdict] = []
    /// Nil: there is nothing more to come.
    var layout: FileLayout?
    /// What has gone wrong so far.
    var failure: (any Error)?

    init(_ kind: Kind) { batch = RowBatch(kind: kind) }
  }

  /// How many batches wait at the most.
  private static let depth = 3

  init(_ answers: AnswerFiles, kind: Kind) {
    self.answers = answers
    slots = (0..<Self.depth).map { _ in Slot(kind) }
    for _ in slots { empty.signal() }
    DispatchQueue.global(qos: .userInitiated).async { self.write() }
  }

  /// Hands a batch with its verdicts over; what is handed back has the room of earlier ones.
  /// - Throws: what went wrong with an earlier batch.
  func append(_ batch: inout RowBatch, _ verdicts: inout [Verdict], layout: FileLayout) throws {
    empty.wait()
    let slot = slots[nextSlot]
    nextSlot = (nextSlot + 1) % Self.depth
    swap(&slot.batch, &batch)
    swap(&slot.verdicts, &verdicts)
    slot.layout = layout
    let failure = slot.failure
    filled.signal()
    if let failure { throw failure }
  }

  /// Waits until everything is written; the answer files are the caller's again.
  func finish() throws {
    stop()
    if let failure { throw failure }
  }

  /// The same, be it written or not. May be called again.
  func stop() {
    if hasStopped { return }
    hasStopped = true
    empty.wait()
    slots[nextSlot].layout = nil
    filled.signal()
    ended.wait()
    // A semaphore must not be let go with less than it was made with, which was nothing.
  }

  private func write() {
    var place = 0
    while true {
      filled.wait()
      let slot = slots[place]
      place = (place + 1) % Self.depth
      guard let layout = slot.layout else { return _ = ended.signal() }
      if failure == nil {
        do { try answers.append(slot.batch, slot.verdicts, layout: layout) } catch { failure = error }
      }
      slot.failure = failure
      empty.signal()
    }
  }
}
