// What a journal is foreseen to come to, against what it comes to.

import Orders
import Testing

@testable import Ledger

@Suite("A survey of a journal", .timeLimit(.minutes(5)))
struct JournalSurveyTests {
  private let ledger: ScratchLedger
  /// What the rows of each committed transaction add, and what those behind the last commit would have added.
  private let added: [ReplayCounts]
  private let commits: [LedgerPosition]

  init() throws {
    ledger = try ScratchLedger()
    var story = EffectStory(seed: 23)
    let (journal, _, _) = try open(ledger, segmentBytesMax: 100_000)
    var (added, commits): ([ReplayCounts], [LedgerPosition]) = ([], [])
    // What the story's books know already came before: its rows name it.
    try journal.begin(.begin, [])
    _ = try journal.appendBlob([UInt8](repeating: 1, count: 1 << 16))
    _ = try journal.commit(decision: nil, [])
    try journal.sync()
    for number in UInt32(1)...7 {
      try journal.begin(.begin, [])
      let offset = journal.nextFrameOffset
      let payload = try story.rows(frame: offset, numbered: number)
      _ = try journal.appendRows(payload)
      if number == 3 {
        try journal.abort()
        continue
      }
      added.append(Self.counts(payload, at: offset))
      if number == 7 { continue }
      commits.append(try journal.commit(decision: nil, []).position)
      try journal.sync()
    }
    try journal.flush()
    self.added = added
    self.commits = commits
  }

  @Test("It foresees what committed rows add behind the start, and hardly more", arguments: 0...4)
  func counts(start: Int) throws {
    let scan = JournalScan(ledger.folder, from: start == 0 ? .start : commits[start - 1])
    let foreseen = try JournalSurvey(of: scan, rowsBytesMin: 0) { false }.counts()
    var known = ReplayCounts()
    for one in added[start..<6 - 1] {
      known.orders += one.orders
      known.shipments += one.shipments
      known.awbs += one.awbs
      known.lines += one.lines
    }
    for count in [\ReplayCounts.orders, \.shipments, \.awbs, \.lines] {
      let (foreseen, known) = (foreseen[keyPath: count], known[keyPath: count])
      #expect(foreseen >= known && foreseen <= known + known / 16 + 5, "\(count)")
    }
    #expect(foreseen.invoices <= foreseen.shipments)
  }

  @Test("It ends where it is told to, and where the journal cannot be read, with what it has")
  func ended() throws {
    let whole = try JournalSurvey(of: JournalScan(ledger.folder), rowsBytesMin: 0) { false }.counts()
    var hops = 0
    let part = try JournalSurvey(of: JournalScan(ledger.folder), rowsBytesMin: 0) {
      hops += 1
      return hops > 12
    }.counts()
    #expect(part.lines > 0 && part.lines < whole.lines)
    var segment = try #require(try ledger.segments().last)
    segment.bytes.removeLast(segment.bytes.count - 50)
    try ledger.replaceSegments(try ledger.segments().dropLast() + [segment])
    let cut = try JournalSurvey(of: JournalScan(ledger.folder), rowsBytesMin: 0) { false }.counts()
    #expect(cut.lines > 0 && cut.lines <= whole.lines)
  }

  private static func counts(_ payload: [UInt8], at offset: UInt64) -> ReplayCounts {
    ReplayPage(
      JournalFrame(
        kind: .rows, offset: offset, end: offset, sequence: FrameSequence(1), payload: payload, commit: nil)
    ).counts
  }
}
