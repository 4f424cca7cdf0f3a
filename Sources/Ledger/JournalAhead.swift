// A long journal is read and checked on one core while another makes something of what was found sound.

internal import Files

/// A scan on a thread of its own: frames come over in pieces, through a small ring, in their order.
///
/// What is handed on, in which order, and what is thrown are those of the scan on one thread.
final class JournalAhead: @unchecked Sendable {
  // Sound: the scan, the piece and its end are touched by the scan's thread alone until the ring has ended.
  private let scan: JournalScan
  private let ring = Ring(depth: 4) { Piece() }
  private var piece = Piece()
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
  }

  func run(
    progress: (UInt64, UInt64) -> Void, _ each: (JournalFrame) throws -> Void
  ) throws -> JournalScan.Finding {
    ring.start { self.read() }
    // When this returns, nobody reads the journal any more.
    defer {
      ring.leave()
      ring.join()
    }
    var isMore = true
    while isMore {
      let reached = try ring.take { piece in
        for index in piece.frames.indices {
          try each(piece.frames[index])
          if let page = piece.frames[index].page.take() { piece.rooms.append(page.room()) }
        }
        piece.frames.removeAll(keepingCapacity: true)
        return piece.reached
      }
      if let reached { progress(reached.done, reached.total) }
      isMore = reached != nil
    }
    return try end.get()
  }

  /// The taker wants no more.
  private struct GivenUp: Error {}

  private func read() {
    var begun: UInt64 = 0
    var bytes: UInt64 = 0
    var isWanted = true
    func handOver() {
      isWanted = ring.fill { slot in
        slot.reached = piece.reached
        swap(&slot.frames, &piece.frames)
        swap(&slot.rooms, &piece.rooms)
        return true
      }
      bytes = 0
    }
    end = Result {
      try scan.walk(
        replaying: true,
        progress: { done, total in
          piece.reached = (done, total)
          if done - begun < pieceBytes { return }
          begun = done
          handOver()
        },
        { frame in
          if !isWanted { throw GivenUp() }
          piece.frames.append(takeApart(frame))
          bytes += frame.end - frame.offset
          if bytes >= pieceBytes { handOver() }
        })
    }
    // What was found sound before the end, or before what is not.
    if !piece.frames.isEmpty { handOver() }
    ring.end()
  }

  private func outlook(behind frame: JournalFrame) -> ReplayOutlook {
    let commit = max(frame.end, frame.commitOffset ?? frame.end)
    return ReplayOutlook(
      transaction: Double(commit - frame.offset) / Double(max(frame.end - frame.offset, Self.frameBytesTold)),
      journal: Double(bytesInAll) / Double(frame.end - min(frame.offset, scan.start.end)))
  }

  private func takeApart(_ frame: JournalFrame) -> JournalFrame {
    guard scan.takesRowsApart, frame.kind == .rows else { return frame }
    var frame = frame
    var page = ReplayPage(frame, in: piece.rooms.popLast() ?? [])
    page.outlook = outlook(behind: frame)
    frame.page = page
    return frame
  }
}
