internal import Files
internal import Orders
internal import Outbox

/// Writes the answers of batches that were judged on another core, while this one judges on: a small ring of batches, handed over
/// and taken in order.
///
/// The answers are a function of rows and verdicts in their order, so they do not depend on how many cores there are.
final class AnswersBehind: @unchecked Sendable {
  // Sound: the answer files and `failure` are touched by the writer alone until it has ended.
  private let answers: AnswerFiles
  private let ring: Ring<Judged>
  private var hasStopped = false
  private var failure: (any Error)?

  private struct Judged {
    var batch: RowBatch
    var verdicts: [Verdict] = []
    var layout: FileLayout?
    /// What had gone wrong when the writer let go of the slot.
    var failure: (any Error)?
  }

  /// - Parameter shared: the thread that is to write, where it has other things to do; else one of its own does.
  init(_ answers: AnswerFiles, kind: Kind, on shared: SharedThread?) {
    self.answers = answers
    // So many batches wait at the most.
    ring = Ring(depth: 3) { Judged(batch: RowBatch(kind: kind)) }
    ring.take(on: shared) { self.write(&$0) }
  }

  /// Hands a batch with its verdicts over; what is handed back has the room of earlier ones.
  /// - Throws: what went wrong with an earlier batch.
  func append(_ batch: inout RowBatch, _ verdicts: inout [Verdict], layout: FileLayout) throws {
    var failure: (any Error)?
    _ = ring.fill { slot in
      swap(&slot.batch, &batch)
      swap(&slot.verdicts, &verdicts)
      slot.layout = layout
      failure = slot.failure
      return true
    }
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
    ring.end()
    ring.join()
  }

  private func write(_ judged: inout Judged) {
    if failure == nil, let layout = judged.layout {
      do { try answers.append(judged.batch, judged.verdicts, layout: layout) } catch { failure = error }
    }
    judged.failure = failure
  }
}
