// A long journal, read on one thread and replayed on another, against the same journal on one thread.

import Foundation
import Orders
import Testing

@testable import Ledger

@Suite("A journal that is read ahead", .timeLimit(.minutes(5)))
struct JournalAheadTests {
  private let ledger: ScratchLedger
  private let base: Replay
  private let frames: [(kind: FrameKind, offset: UInt64)]

  init() throws {
    ledger = try ScratchLedger()
    var story = EffectStory(seed: 11)
    base = Replay(
      books: story.books, openClaims: [:], lastClaim: ClaimNumber(0), published: DecisionNumber(0),
      tally: RowTally())
    let (journal, _, _) = try open(ledger, segmentBytesMax: 150_000)
    var frames: [(kind: FrameKind, offset: UInt64)] = []
    // What the story's books know already came before: its rows name it.
    frames.append((.begin, try journal.begin(.begin, [])))
    frames.append((.blob, try journal.appendBlob([UInt8](repeating: 1, count: 1 << 16))))
    frames.append((.commit, try journal.commit(decision: nil, []).offset))
    try journal.sync()
    var page: UInt32 = 0
    for _ in 0..<4 {
      frames.append((.begin, try journal.begin(.begin, [])))
      for _ in 0..<8 {
        page += 1
        let payload = try story.rows(frame: journal.nextFrameOffset, numbered: page)
        frames.append((.rows, try journal.appendRows(payload)))
      }
      frames.append((.commit, try journal.commit(decision: nil, []).offset))
      try journal.sync()
    }
    self.frames = frames
  }

  @Test(
    "Whichever of the two threads waits for the other, and however much is held, the books are those of one",
    arguments: [0, 1, 2], [8 << 20, 30_000, 0])
  func books(haste: Int, heldBytesMax: Int) throws {
    var (single, ahead) = (base, base)
    _ = try JournalScan(ledger.folder).walk(replaying: true, progress: { _, _ in }) { frame in
      if frame.kind == .rows { try single.take(page: frame) }
    }
    var met: [(kind: FrameKind, offset: UInt64)] = []
    let found = try readAhead(heldBytesMax: heldBytesMax).run(progress: { _, _ in }) { frame in
      met.append((frame.kind, frame.offset))
      // One that makes the reader wait, one that waits for it, and one that does both by turns.
      if haste == 0 || haste == 1 && met.count % 40 < 20 { usleep(2_000) }
      if frame.kind != .rows { return }
      #expect(frame.page != nil)
      try ahead.take(page: frame)
    }
    ahead.end()
    #expect(met.map(\.offset) == frames.map(\.offset) && met.map(\.kind) == frames.map(\.kind))
    #expect(found.tornTail == nil)
    #expect(ahead.books.digests == single.books.digests && ahead.tally == single.tally)
  }

  @Test("What is sound before a damage is handed on before the damage is told", arguments: [8 << 20, 0])
  func damaged(heldBytesMax: Int) throws {
    let segments = try ledger.segments()
    var broken = segments[segments.count - 2]
    broken.bytes[broken.bytes.count / 2] ^= 1
    try ledger.replace(broken)
    var (alone, together): ([UInt64], [UInt64]) = ([], [])
    #expect(throws: JournalDamage.self) {
      _ = try JournalScan(ledger.folder).walk(replaying: true, progress: { _, _ in }) {
        alone.append($0.offset)
      }
    }
    #expect(throws: JournalDamage.self) {
      _ = try readAhead(heldBytesMax: heldBytesMax).run(progress: { _, _ in }) { together.append($0.offset) }
    }
    #expect(!alone.isEmpty && together == alone)
  }

  @Test(
    "Who wants no more is not kept by a reader that has more, nor told anything else",
    arguments: [8 << 20, 0])
  func givingUp(heldBytesMax: Int) throws {
    struct Enough: Error {}
    var met = 0
    #expect(throws: Enough.self) {
      _ = try readAhead(heldBytesMax: heldBytesMax).run(progress: { _, _ in }) { _ in
        met += 1
        if met == 20 { throw Enough() }
      }
    }
    #expect(met == 20)
  }

  /// As a start reads a long journal, in pieces of two or three frames.
  private func readAhead(heldBytesMax: Int = 8 << 20) throws -> JournalAhead {
    var scan = JournalScan(ledger.folder).forReplay()
    scan.heldBytesMax = heldBytesMax
    return JournalAhead(scan, bytes: try scan.bytesToRead(), pieceBytes: 30_000)
  }
}
