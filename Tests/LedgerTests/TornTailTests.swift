import Files
import Orders
import Testing

@testable import Ledger

@Suite("What an outage leaves of the journal")
struct TornTailTests {
  let ledger: ScratchLedger
  let story: Story
  let segments: [Segment]

  /// A journal of a few segments whose last commits have no sync.
  init() throws {
    ledger = try ScratchLedger()
    var numbers = SeededNumbers(seed: 11)
    var story = Story()
    var (journal, _, _) = try open(ledger, segmentBytesMax: 900)
    repeat { try story.tell(journal, 1, &numbers, payloadBytesMax: 30) } while try ledger.segments().count < 3
    for decision in 1...3 {
      try story.tellCommit(journal, payload: [UInt8](repeating: UInt8(decision), count: 20))
      if decision == 1 { try journal.sync(); story.synced = journal.last }
    }
    _ = try journal.read(frameAt: story.told[story.told.count - 1].frame.offset)
    (journal, _, _) = try open(ledger)
    self.story = story
    segments = try ledger.segments()
  }

  var last: Segment { segments[segments.count - 1] }

  /// The journal with its last segment changed.
  func put(_ bytes: [UInt8]) throws {
    try ledger.replaceSegments(segments.dropLast() + [Segment(first: last.first, bytes: bytes)])
  }

  @Test("Cut anywhere, the journal is sound up to its last whole commit")
  func everyTruncation() throws {
    for count in 0...last.bytes.count {
      try ledger.replace(Segment(first: last.first, bytes: Array(last.bytes[..<count])))
      guard case .finding(let found, let told) = try Scanned(JournalScan(ledger.folder)) else {
        Issue.record("a cut at \(count) was called damage")
        continue
      }
      let end = last.first + UInt64(count)
      #expect(told == story.told(upTo: end), "cut at \(count)")
      #expect(found.last == story.commit(before: end), "cut at \(count)")
      #expect(found.tornTail?.byteOffset == tailOffset(count), "cut at \(count)")
    }
  }

  @Test("Cut anywhere, life goes on behind the last whole commit")
  func lifeGoesOn() throws {
    let edges = last.frames.flatMap {
      [$0.range.lowerBound, $0.range.lowerBound + 1, $0.range.upperBound - 1]
    }
    for count in Set(edges + Array(stride(from: 0, to: last.bytes.count, by: 29))).sorted() {
      try put(Array(last.bytes[..<count]))
      let (journal, told, opening) = try open(ledger, seed: UInt64(count))
      #expect(told == story.told(upTo: last.first + UInt64(count)), "cut at \(count)")
      #expect(opening.cut?.tail.byteOffset == tailOffset(count), "cut at \(count)")
      if opening.cut != nil {
        // The cut frames had the sequences that come next, so what comes next bears another segment id.
        guard let newest = try ledger.segments().last else { throw Unexpected() }
        #expect(newest.frames[0].header.segmentID != last.frames[0].header.segmentID, "cut at \(count)")
        #expect(newest.first + UInt64(newest.bytes.count) == journal.nextFrameOffset, "cut at \(count)")
      }
      // What is written now is there at the next start, beside what was there before.
      var after = Story()
      try after.tellCommit(journal, payload: [1, 2, 3])
      try journal.sync()
      let (_, again, reopened) = try open(ledger)
      #expect(again == told + after.all, "cut at \(count)")
      #expect(reopened.cut == nil, "cut at \(count)")
    }
  }

  /// Where the torn tail begins in a last segment of so many bytes; nil where it ends between transactions.
  private func tailOffset(_ count: Int) -> UInt64? {
    let kept = last.frames.last { $0.range.upperBound <= count && $0.endsBetweenTransactions }
    let end = kept?.range.upperBound ?? 0
    return end == count && count > 0 ? nil : UInt64(end)
  }

  @Test("What is cut is kept aside, with as many numbers as there were outages at that place")
  func keptAside() throws {
    for outage in 1...3 {
      try put(Array(last.bytes.dropLast(5)))
      let (_, _, opening) = try open(ledger, seed: UInt64(outage))
      guard let cut = opening.cut else { throw Unexpected() }
      let name = "\(last.first + cut.tail.byteOffset)-\(outage).tail"
      #expect(cut.asideName == Array(name.utf8))
      #expect(
        try ledger.files(in: "torn")[name] == Array(last.bytes.dropLast(5)[Int(cut.tail.byteOffset)...]))
      #expect(cut.asideBytes == cut.tail.bytes)
      #expect(cut.description.contains("kept in torn/\(name)"))
      #expect(cut.description.contains("at byte \(cut.tail.byteOffset) of \(cut.tail.segment)"))
    }
    #expect(try ledger.files(in: "torn").count == 3)
  }

  @Test("Zeros behind the end are cut and not kept", arguments: [1, 7, 8, 36, 5_000])
  func zerosAtTheEnd(count: Int) throws {
    try put(last.bytes + [UInt8](repeating: 0, count: count))
    let (_, told, opening) = try open(ledger)
    #expect(told == story.all)
    #expect(opening.cut?.tail.bytes == UInt64(count))
    #expect(opening.cut?.asideName == nil)
    #expect(try ledger.files(in: "torn").isEmpty)
  }

  @Test("A hole of zeros in commits that share a lost sync is an outage, whatever follows it")
  func holeInAGroup() throws {
    // The last two commits have no sync behind them: any sector of them may be missing.
    let group = Int(story.synced.end - last.first)..<last.bytes.count
    for hole in stride(from: group.lowerBound, to: group.upperBound, by: 8) {
      var bytes = last.bytes
      for place in hole..<min(hole + 32, bytes.count) { bytes[place] = 0 }
      try put(bytes)
      let frame = last.frames.last { $0.range.lowerBound <= hole }
      let end = last.first + UInt64(frame?.range.lowerBound ?? 0)
      guard case .finding(let found, let told) = try Scanned(JournalScan(ledger.folder)) else {
        Issue.record("a hole at \(hole) was called damage")
        continue
      }
      #expect(told == story.told(upTo: end), "hole at \(hole)")
      #expect(found.last == story.commit(before: end), "hole at \(hole)")
    }
  }

  @Test("The same hole is damage when a position or an answer proves the sync")
  func holeWithEvidence() throws {
    var bytes = last.bytes
    let commit = story.commits[story.commits.count - 1]
    guard let frame = last.frames.last else { throw Unexpected() }
    for place in frame.range { bytes[place] = 0 }
    try put(bytes)
    for evidence in [JournalEvidence(position: commit), JournalEvidence(decision: commit.decision)] {
      let damage = try Scanned(JournalScan(ledger.folder, evidence: evidence)).damage
      #expect(damage?.byteOffset == UInt64(frame.range.lowerBound))
      #expect(damage?.sequence == frame.header.sequence)
      #expect(damage?.what == .frame(.zeros))
    }
    let before = story.commits[story.commits.count - 2]
    let weaker = JournalEvidence(position: before, decision: before.decision)
    #expect(try Scanned(JournalScan(ledger.folder, evidence: weaker)).damage == nil)
  }

  @Test("A journal that ends between two commits, before one that was published, is refused")
  func endsTooEarly() throws {
    let before = story.commits[story.commits.count - 2]
    let commit = story.commits[story.commits.count - 1]
    try put(Array(last.bytes[..<Int(before.end - last.first)]))
    #expect(try Scanned(JournalScan(ledger.folder)).damage == nil)
    for evidence in [JournalEvidence(position: commit), JournalEvidence(decision: commit.decision)] {
      let damage = try Scanned(JournalScan(ledger.folder, evidence: evidence)).damage
      #expect(damage?.what == .ended(before: commit.decision))
      #expect(damage?.byteOffset == before.end - last.first)
    }
  }

  @Test("A ledger without a journal, or with another one, is refused against its evidence")
  func anotherLedger() throws {
    let commit = story.commits[3]
    let empty = try ScratchLedger()
    let damage = try Scanned(JournalScan(empty.folder, evidence: JournalEvidence(position: commit))).damage
    #expect(damage?.what == .ended(before: commit.decision))
    #expect(try Scanned(JournalScan(empty.folder)).damage == nil)

    let other = try ScratchLedger()
    var numbers = SeededNumbers(seed: 12)
    var otherStory = Story()
    let (journal, _, _) = try open(other)
    try otherStory.tell(journal, 20, &numbers)
    try journal.sync()
    let alien = try Scanned(JournalScan(other.folder, evidence: JournalEvidence(position: commit))).damage
    #expect(alien?.what == .otherHistory)
  }

  @Test("An outage while a segment is made leaves it without a header: it goes, and is made again")
  func tornSegmentHeader() throws {
    let header = last.frames[0].range.upperBound
    for count in 0..<header {
      for filling in [0 as UInt8, 0xEE] {
        try ledger.replaceSegments(
          segments.dropLast() + [
            Segment(
              first: last.first,
              bytes: Array(last.bytes[..<count]) + [UInt8](repeating: filling, count: header - count))
          ])
        let (journal, told, opening) = try open(ledger, seed: UInt64(count) + 100)
        #expect(told == story.told(upTo: last.first), "cut at \(count)")
        #expect(opening.cut?.tail.byteOffset == 0)
        #expect(opening.cut?.asideName == nil || count > 0 || filling > 0)
        #expect(journal.nextFrameOffset == last.first + UInt64(header))
      }
    }
  }

  @Test("A program killed in the very first segment starts afresh", arguments: [0, 1, 35, 100])
  func tornFirstSegment(count: Int) throws {
    let fresh = try ScratchLedger()
    _ = try open(fresh)
    let first = try fresh.segments()[0].bytes
    try fresh.replaceSegments([Segment(first: 0, bytes: Array(first.prefix(count)))])
    let (journal, told, opening) = try open(fresh)
    #expect(told.isEmpty)
    #expect(opening.cut?.tail.bytes == UInt64(count))
    #expect(journal.last == .start)
  }
}

extension Story {
  /// Tells one decision with a frame of rows.
  mutating func tellCommit(_ journal: Journal, payload: [UInt8]) throws {
    var frames = [Told(.begin, payload, at: try journal.begin(.begin, payload))]
    frames.append(Told(.rows, payload, at: try journal.appendRows(payload)))
    let number = journal.last.decision.raw + 1
    let receipt = try journal.commit(decision: DecisionNumber(number), payload)
    frames.append(Told(.commit, payload, decision: number, at: receipt.offset))
    told += frames.map { ($0, receipt.position.end) }
    commits.append(receipt.position)
  }
}

extension RawFrame {
  /// Whether the journal may go on right behind the frame: no transaction is open there.
  var endsBetweenTransactions: Bool {
    switch header.kind {
    case .segmentHeader, .commit, .abort, .published, .cleanStop: true
    case .claims, .begin, .repair, .rows, .blob, .answers: false
    }
  }
}
