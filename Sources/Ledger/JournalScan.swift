// A scan reads the journal from end to end, believes nothing, and says how far it is sound.

public import Files
import Orders

/// Reads the journal in order, checks every frame and every commit's hash, and hands on what was committed.
///
/// It changes nothing. Recovery scans and then cuts what the scan calls a torn tail; a reader in another process scans
/// up to `ledger/position`. Memory is bounded: of a transaction too large to hold, the frames are read a second time
/// when its commit is found.
public struct JournalScan {
  let ledger: Folder
  let start: LedgerPosition
  let limit: LedgerPosition?
  let evidence: JournalEvidence
  /// How much of an open transaction is held; what is beyond is read again at its commit.
  var heldBytesMax = 8 << 20
  /// Are rows taken apart where the journal is read on a thread of its own?
  private(set) var takesRowsApart = false

  /// - Parameters:
  ///   - start: the position a checkpoint was made at; what lies before is believed.
  ///   - evidence: what proves that a commit was durable; without the commit the journal is damaged.
  public init(
    _ ledger: Folder, from start: LedgerPosition = .start, evidence: JournalEvidence = JournalEvidence()
  ) {
    self.ledger = ledger
    self.start = start
    self.evidence = evidence
    limit = nil
  }

  /// A scan for a reader: no further than `limit`, which must be reached.
  public init(_ ledger: Folder, from start: LedgerPosition = .start, upTo limit: LedgerPosition) {
    self.ledger = ledger
    self.start = start
    self.limit = limit
    evidence = JournalEvidence(position: limit)
  }

  /// The same for one who replays what is handed on: as much of that as may be is done where the journal is read.
  public func forReplay() -> JournalScan {
    var scan = self
    scan.takesRowsApart = true
    return scan
  }

  /// What a scan found.
  public struct Finding {
    /// The last commit whose hash is right.
    public var last: LedgerPosition
    /// Logical offset of its frame; nil where the scan met no commit.
    public var lastCommitOffset: UInt64?
    /// The last commit that something proves was synced.
    public var synced: LedgerPosition
    /// Whether the program that wrote the journal ended in peace.
    public var stoppedCleanly: Bool
    /// What follows the sound part; nil when nothing does.
    public var tornTail: TornTail?
    public var counts: Counts

    /// Where the journal goes on.
    var sound: JournalWalk.Sound
    /// The segments that are kept, whole or in part.
    var segmentsKept: Int
    /// The segment that can be written on; nil when there is none, its tail is torn, or an earlier version wrote it.
    var segment: (file: JournalSegment, id: UInt64)?
  }

  /// How much a scan has checked.
  public struct Counts: Equatable, Sendable {
    public var segments = 0
    public var frames = 0
    public var commits = 0
    public var bytes: UInt64 = 0
  }

  /// Scans, and calls `each` for every frame of every committed transaction and for every `published` mark, in order.
  ///
  /// - Parameter progress: gets the bytes done and the bytes there are.
  public func run(
    progress: (UInt64, UInt64) -> Void = { _, _ in }, _ each: (JournalFrame) throws -> Void
  ) throws -> Finding {
    // A planted fault is its own thread's, and a plan of faults counts calls in an order.
    let bytes = try bytesToRead()
    if OtherThreads.areBarred || bytes < JournalAhead.bytesMin {
      return try walk(replaying: true, progress: progress, each)
    }
    return try JournalAhead(self, bytes: bytes).run(progress: progress, each)
  }

  /// Scans without handing anything on; `progress` gets the bytes done and the bytes there are.
  public func verify(progress: (UInt64, UInt64) -> Void = { _, _ in }) throws -> Finding {
    try walk(replaying: false, progress: progress) { _ in }
  }
}
