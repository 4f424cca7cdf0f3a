// A long journal is read and checked on one core while another makes something of what was found sound.

internal import Files
internal import Synchronization

/// A scan on a thread of its own: frames come over in pieces, through a small ring, in their order.
///
/// What is handed on, in which order, and what is thrown are those of the scan on one thread. A frame is handed on behind its commit; so
/// while the taker has enough to do, the scan walks on to the next commit, and what it found waits, its rows to be read again.
final class JournalAhead: @unchecked Sendable {
  // Sound: what is no constant is touched by the scan's thread alone until the ring has ended, but for the atomics.
  private let scan: JournalScan
  private static let depth = 4
  private let ring = Ring(depth: JournalAhead.depth) { Piece() }
  private var piece = Piece()
  /// So many bytes of journal lie in the piece.
  private var pieceFilled: UInt64 = 0
  private var waiting = Waiting()
  private var reader: JournalReader?
  private let chain: ChainAhead?
  private var isWanted = true
  /// Is the piece left to the taker to be taken apart?
  private var leavesWhole = false
  /// How many pieces were handed over, and how many of them were taken.
  private var handed = 0
  private let taken = Atomic(0)
  /// Were rows found to hand on?
  private let hasRows = Atomic(false)
  /// The taker takes nothing more.
  private let isLeft = Atomic(false)
  private var end = Result<JournalScan.Finding, any Error>.failure(GivenUp())

  private struct Piece {
    var frames: [JournalFrame] = []
    /// Room of steps that were taken, on its way back to be filled again.
    var rooms: [[ReplayStep]] = []
    /// How far the scan had come, and how far it will.
    var reached: (done: UInt64, total: UInt64) = (0, 0)
  }

  /// A shorter journal is read before a second thread has begun.
  static let bytesMin: UInt64 = 1 << 20
  /// So much of the journal makes a piece. With its rows taken apart it is four times as long, and is to be in the caches still.
  private let pieceBytes: UInt64

  /// What follows is foreseen from a shorter frame as if it were so long: a few rows tell little of a file.
  private static let frameBytesTold: UInt64 = 32 << 10
  /// How many bytes of journal lie behind the scan's start.
  private let bytesInAll: UInt64

  init(_ scan: JournalScan, bytes: UInt64, pieceBytes: UInt64 = 256 << 10) {
    self.scan = scan
    self.pieceBytes = pieceBytes
    bytesInAll = bytes
    chain = scan.takesRowsApart ? try? ChainAhead(scan.ledger) : nil
  }

  func run(
    progress: (UInt64, UInt64) -> Void, _ each: (JournalFrame) throws -> Void
  ) throws -> JournalScan.Finding {
    ring.start { self.read() }
    // When this returns, nobody reads the journal any more.
    defer {
      isLeft.store(true, ordering: .releasing)
      ring.leave()
      ring.join()
    }
    // Before the first transaction is known to be sound there is nothing else to do here.
    var foreseen = scan.takesRowsApart ? survey() : nil
    var isMore = true
    while isMore {
      // Whoever would wait takes from the walk what it has still before it.
      while let chain, ring.isAwaited, chain.goOn() {}
      let reached = try ring.take { piece in
        for index in piece.frames.indices {
          if piece.frames[index].page == nil {
            takeApart(&piece.frames[index], in: piece.rooms.popLast() ?? [])
          }
          // Room is made for all of it while the first long transaction is still walked through.
          piece.frames[index].foreseen = foreseen.take()
          try each(piece.frames[index])
          if let page = piece.frames[index].page.take() { piece.rooms.append(page.room()) }
        }
        piece.frames.removeAll(keepingCapacity: true)
        return piece.reached
      }
      if let reached {
        taken.add(1, ordering: .releasing)
        progress(reached.done, reached.total)
      }
      isMore = reached != nil
    }
    return try end.get()
  }

  /// The taker wants no more.
  private struct GivenUp: Error {}

  private func survey() -> ReplayCounts? {
    let begun = ContinuousClock.now
    let survey = try? JournalSurvey(of: scan) {
      hasRows.load(ordering: .relaxed) && ContinuousClock.now - begun > Self.surveyMax
    }
    if let stretches = try? survey?.stretches() { chain?.begin(stretches) }
    return try? survey?.counts()
  }

  /// A survey takes no longer while rows wait to be taken.
  private static let surveyMax = Duration.milliseconds(2)

  // MARK: The reader's thread

  private func read() {
    var (begun, found): (UInt64, UInt64) = (0, 0)
    var finding = Result {
      try scan.find(
        replaying: true, chainAhead: chain,
        progress: { done, total in
          if !isWanted || isLeft.load(ordering: .acquiring) { throw GivenUp() }
          piece.reached = (done, total)
          if done - found < Self.longBytes || waiting.bytes >= Self.waitingBytesMin {
            while waiting.first != nil, isRoomLeft { try takeNext() }
          } else {
            // In the midst of a long transaction the walk comes first, lest the taker wait for its end; until then that has to do.
            while waiting.first != nil, handed - taken.load(ordering: .acquiring) < 2 { try takeNext() }
          }
          if done - begun < pieceBytes || !isRoomInRing { return }
          begun = done
          handOver()
        },
        { one in
          found = max(found, one.offset)
          waiting.append(one)
          while waiting.isLong(heldBytesMax: scan.heldBytesMax) { try takeNext() }
        })
    }
    do {
      // What was found sound before the end, or before what is not.
      while waiting.first != nil, isWanted { try takeNext() }
    } catch {
      finding = .failure(error)
    }
    if !piece.frames.isEmpty { handOver() }
    end = finding
    ring.end()
  }

  /// A transaction is long when the walk through it takes longer than a piece.
  private static let longBytes: UInt64 = 2 << 20
  /// So much of the journal that waits keeps the taker busy for as long as the walk through most transactions takes.
  private static let waitingBytesMin: UInt64 = 32 << 20

  private var isRoomInRing: Bool { handed - taken.load(ordering: .acquiring) < Self.depth }
  private var isRoomLeft: Bool { pieceFilled < pieceBytes || isRoomInRing }

  /// Takes apart what waits longest, behind handing over the piece if that is full.
  private func takeNext() throws {
    if pieceFilled >= pieceBytes { handOver() }
    guard isWanted, let found = waiting.takeFirst() else { throw GivenUp() }
    var frame = try found.frame {
      let known = try reader ?? JournalReader(scan.ledger)
      reader = known
      return known
    }
    if frame.kind == .rows { hasRows.store(true, ordering: .relaxed) }
    // The taker, where it is the quicker one, takes a piece apart itself now and then.
    if pieceFilled == 0 { leavesWhole = handed - taken.load(ordering: .acquiring) <= 1 }
    pieceFilled += frame.end - frame.offset
    if !leavesWhole { takeApart(&frame, in: piece.rooms.popLast() ?? []) }
    piece.frames.append(frame)
  }

  private func handOver() {
    isWanted = ring.fill { slot in
      slot.reached = piece.reached
      swap(&slot.frames, &piece.frames)
      swap(&slot.rooms, &piece.rooms)
      return true
    }
    handed += 1
    pieceFilled = 0
  }

  /// Frames that are known to be sound, and were not taken apart yet.
  private struct Waiting {
    private var frames: [JournalWalk.Found?] = []
    private var start = 0
    private var heldBytes = 0

    /// How much of the journal they take.
    var bytes: UInt64 {
      guard start < frames.count, let first = frames[start], let last = frames[frames.count - 1] else {
        return 0
      }
      return last.offset - first.offset
    }

    var first: JournalWalk.Found? { start < frames.count ? frames[start] : nil }

    mutating func append(_ found: JournalWalk.Found) {
      heldBytes += found.held?.payload.count ?? 0
      frames.append(found)
    }

    mutating func takeFirst() -> JournalWalk.Found? {
      guard let found = first else { return nil }
      heldBytes -= found.held?.payload.count ?? 0
      frames[start] = nil
      start += 1
      if start == frames.count || start == Self.framesMax {
        frames.removeFirst(start)
        start = 0
      }
      return found
    }

    /// Is it long enough for the walk to wait?
    func isLong(heldBytesMax: Int) -> Bool {
      frames.count - start > Self.framesMax || heldBytes > heldBytesMax && frames.count - start > 1
    }

    private static let framesMax = 1 << 16
  }

  private func outlook(behind frame: JournalFrame) -> ReplayOutlook {
    let commit = max(frame.end, frame.commitOffset ?? frame.end)
    return ReplayOutlook(
      transaction: Double(commit - frame.offset) / Double(max(frame.end - frame.offset, Self.frameBytesTold)),
      journal: Double(bytesInAll) / Double(frame.end - min(frame.offset, scan.start.end)))
  }

  private func takeApart(_ frame: inout JournalFrame, in room: consuming [ReplayStep]) {
    guard scan.takesRowsApart, frame.kind == .rows else { return }
    var page = ReplayPage(frame, in: room)
    page.outlook = outlook(behind: frame)
    frame.page = page
  }
}
