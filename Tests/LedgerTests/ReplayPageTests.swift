// The rows of a frame taken many at a time, against the same rows taken one by one.

import Orders
import Testing

@testable import Ledger

@Suite("A page of rows, replayed")
struct ReplayPageTests {
  @Test("Rows taken many at a time come to what they come to one by one", arguments: UInt64(1)...60)
  func pages(seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    var (page, single, ahead) = (Replay(), Replay(), Replay())
    let base = Replay(
      books: story.books, openClaims: [:], lastClaim: ClaimNumber(0), published: DecisionNumber(0),
      tally: RowTally())
    (page, single, ahead) = (base, base, base)
    var room = [ReplayStep(.note, record: 3, time: .distantPast)]
    var frame: UInt64 = 1 << 24
    for number in 0..<4 {
      let payload = try story.rows(frame: frame, numbered: UInt32(number))
      let whole = JournalFrame(
        kind: .rows, offset: frame, end: frame + UInt64(JournalFormat.frameBytes(payload: payload.count)),
        sequence: FrameSequence(UInt64(number) + 9), payload: payload, commit: nil)
      try page.take(whole)
      // As it comes from the thread that reads ahead.
      var handed = whole
      handed.page = ReplayPage(whole, in: room)
      handed.page?.outlook = ReplayOutlook(transaction: Double(4 - number), journal: 5)
      try ahead.take(handed)
      room = handed.page?.room() ?? []
      var cursor = try RowCursor(payload: payload, frame: frame)
      while !cursor.isAtEnd { _ = try single.take(next: &cursor) }
      #expect(page.books.digests == single.books.digests, "seed \(seed)")
      #expect(page.tally == single.tally, "seed \(seed)")
      frame = whole.end
    }
    ahead.end()
    #expect(ahead.books.digests == single.books.digests && ahead.tally == single.tally, "seed \(seed)")
  }

  @Test("A step is as long as a line of the cache: millions go from one core to another")
  func stepSize() { #expect(MemoryLayout<ReplayStep>.stride == 64) }

  @Test("A page that ends early, wherever it is cut, is a fault and no crash")
  func cut() throws {
    var story = EffectStory(seed: 7)
    let payload = try story.rows(frame: 1 << 24, numbered: 1)
    let base = Replay(
      books: story.books, openClaims: [:], lastClaim: ClaimNumber(0), published: DecisionNumber(0),
      tally: RowTally())
    for end in stride(from: RowCursor.headBytes, to: payload.count, by: 7) {
      var replay = base
      let frame = JournalFrame(
        kind: .rows, offset: 1 << 24, end: 1 << 25, sequence: FrameSequence(9),
        payload: Array(payload[..<end]),
        commit: nil)
      // Where a cut falls between two rows the page is only shorter.
      do { try replay.take(frame) } catch is RecordFault {}
    }
  }
}
