internal import Ledger

/// A checkpoint that somebody asked the daemon for: made beside the work, like those that are made by size.
extension OpenLedger {
  /// Where a checkpoint must stand at the least that was asked for and is not made yet.
  struct AwaitedCheckpoint {
    var position: LedgerPosition
    /// A run that stands there was begun for it.
    var isBegun = false
  }

  /// The answer, or nil as long as the checkpoint is being made: intake goes on meanwhile, and the request waits where it lies.
  func checkpointOnDemand() throws -> RequestAnswer? {
    if !isDaemon { return .checkpointed(try makeCheckpoint().map { CheckpointStanding($0) }) }
    var failed = false
    if let run = checkpointRun {
      guard run.hasEnded else { return nil }
      failed = run.hasFailed && awaitedCheckpoint?.isBegun == true
      note(run)
    }
    if journal.synced == .start { return .checkpointed(nil) }
    var awaited = awaitedCheckpoint ?? AwaitedCheckpoint(position: journal.synced)
    if let made = checkpoint, made.position.sequence >= awaited.position.sequence {
      awaitedCheckpoint = nil
      return .checkpointed(CheckpointStanding(made))
    }
    if failed {
      awaitedCheckpoint = nil
      return .refused(.notMade)
    }
    // Readers take their end from there, and a checkpoint behind their end is of no use to them.
    try position.write(journal.synced)
    awaited.isBegun = true
    awaitedCheckpoint = awaited
    checkpointRun = CheckpointRun(folder, at: journal.synced, partners: docket.books.partners)
    return nil
  }

  /// Ends a checkpoint that is being made, before somebody else may make one.
  func endCheckpointRun() {
    guard let run = checkpointRun else { return }
    run.cancel()
    run.wait()
    note(run)
  }
}

extension CheckpointStanding {
  init(_ checkpoint: Checkpoint) {
    self.init(decision: checkpoint.position.decision, byteCount: Int64(checkpoint.bytes))
  }
}
