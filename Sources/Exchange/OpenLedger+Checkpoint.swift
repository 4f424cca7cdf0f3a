internal import Files
public import Ledger
internal import Dispatch
internal import Foundation
internal import Orders
internal import Synchronization

/// How large the parts of the ledger become before the next one is begun.
public struct LedgerBounds: Sendable, Equatable {
  /// A segment of the journal that has grown to so many bytes is sealed.
  public var segmentBytesMax: Int64 = 256 << 20
  /// After so many bytes of journal a checkpoint is made beside the work, or after as many as the newest one has.
  public var checkpointTailBytesMax: Int64 = 64 << 20
  /// A single pass ends soon, with a checkpoint of what is in memory; on its way it makes one after so many times as much.
  public var singlePassTails: Int64 = 16
  /// At a clean stop, when the tail is longer than this part of the newest checkpoint.
  public var checkpointTailPart: Int64 = 8

  /// So many answers are marked at once at the latest: as many may be published again after an unclean stop.
  public var unmarkedAnswersMax = 10_000

  /// So much is kept of large answers that their partners took away; older ones are derived when they are asked for.
  public var keptAnswersBytesMax: Int64 = 16 << 30

  public init() {}
}

extension OpenLedger {
  /// The journal's bytes behind the newest checkpoint.
  public var tailBytes: UInt64 {
    journal.synced.end - min(journal.synced.end, checkpoint?.position.end ?? 0)
  }

  /// Lets a checkpoint be made beside the work when the tail has grown long, and takes note of one that was made.
  ///
  /// A checkpoint that fails is said and costs nothing else: the ledger is whole without it.
  func checkpointWhenDue() {
    if let run = checkpointRun {
      guard run.hasEnded else { return }
      note(run)
    }
    // A start reads the newest one and the tail: where the one is long, the other may be as long.
    let bounds = configuration.ledgerBounds
    let bytesMax =
      UInt64(max(bounds.checkpointTailBytesMax, checkpoint?.bytes ?? 0))
      * UInt64(isSinglePass ? bounds.singlePassTails : 1)
    guard tailBytes > bytesMax, journal.synced == journal.last else { return }
    // The next try after one that failed comes when the tail has grown by as much again.
    guard tailBytes > checkpointNotBefore else { return }
    checkpointNotBefore = tailBytes + bytesMax
    checkpointRun = CheckpointRun(folder, at: journal.synced, partners: docket.books.partners)
  }

  /// Makes a checkpoint of everything that is durable, now, of what is in memory.
  public func makeCheckpoint() throws -> Checkpoint? {
    if let run = checkpointRun {
      run.wait()
      note(run)
    }
    if journal.synced != journal.last { try journal.sync() }
    guard journal.synced != .start, let offset = journal.lastCommitOffset ?? checkpoint?.commitOffset else {
      return nil
    }
    // Readers take their end from there, and a checkpoint behind their end is of no use to them.
    try position.write(journal.synced)
    let standing = Replay(
      books: docket.books, openClaims: writtenClaims, lastClaim: lastClaim, published: published,
      tally: docket.tally)
    let made = try Checkpoints(folder).write(
      standing: standing, at: journal.synced, commitOffset: offset, before: checkpoint)
    checkpoint = made
    notice(.event(.checkpointed(made.position.decision, byteCount: Int64(made.bytes))))
    return made
  }

  /// At a clean stop a checkpoint is made where it would save the next start something.
  func checkpointAtStop() {
    let part = UInt64(max(1, configuration.ledgerBounds.checkpointTailPart))
    guard tailBytes > UInt64(checkpoint?.bytes ?? 0) / part else { return }
    do {
      _ = try makeCheckpoint()
    } catch {
      notice(.checkpoint("no checkpoint was made: \(error)"))
    }
  }

  func note(_ run: CheckpointRun) {
    checkpointRun = nil
    switch run.result {
    case .success(let made):
      checkpoint = made
      checkpointNotBefore = 0
      notice(.event(.checkpointed(made.position.decision, byteCount: Int64(made.bytes))))
    case .failure(is Checkpoints.Cancelled), nil: break
    case .failure(let error): notice(.checkpoint("no checkpoint was made: \(error)"))
    }
  }
}

/// A checkpoint in the making, on a thread of its own, which takes what the others leave of the processor.
///
/// It is a reader: it starts from the newest checkpoint and reads the journal up to a position whose sync has returned. The
/// writer's books are not touched and not copied, so intake does not wait for it.
final class CheckpointRun: Sendable {
  private let outcome = Mutex<Result<Checkpoint, any Error>?>(nil)
  private let isCancelled = Mutex(false)
  private let end = DispatchSemaphore(value: 0)

  init(_ ledger: Folder, at position: LedgerPosition, partners: [[UInt8]]) {
    // A thread of its own: without a privilege, no thread gets back the priority that it gave up.
    Thread.detachNewThread { [self] in
      ThreadPriority.giveUp()
      let result = Result {
        try Checkpoints(ledger).advance(to: position, partners: partners) { isCancelled.withLock { $0 } }
      }
      outcome.withLock { $0 = result }
      end.signal()
    }
  }

  var hasEnded: Bool { outcome.withLock { $0 != nil } }
  /// Nil until it has ended.
  var result: Result<Checkpoint, any Error>? { outcome.withLock { $0 } }

  var hasFailed: Bool { if case .failure? = result { true } else { false } }

  /// Gives up what was begun, as soon as that may be.
  func cancel() { isCancelled.withLock { $0 = true } }

  func wait() {
    end.wait()
    end.signal()
  }
}
