import Files
import Glibc
import Orders
import Testing

@testable import Ledger

@Suite("The journal")
struct JournalTests {
  let ledger: ScratchLedger

  init() throws { ledger = try ScratchLedger() }

  @Test(
    "What was committed is handed on at the next start, in order; what was aborted is not",
    arguments: UInt64(1)...8)
  func roundTrip(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var story = Story()
    for _ in 0..<4 {
      let (journal, told, opening) = try open(ledger)
      #expect(told == story.all, "seed \(seed)")
      #expect(opening.cut == nil)
      #expect(journal.last == story.commits.last ?? .start)
      #expect(journal.synced == journal.last)
      try story.tell(journal, 20, &numbers)
      try journal.sync()
    }
    let found = try JournalScan(ledger.folder).verify()
    #expect(found.last == story.commits.last)
    #expect(found.counts.commits == story.commits.count)
    let segments = try ledger.segments()
    #expect(found.counts.bytes == UInt64(segments.reduce(0) { $0 + $1.bytes.count }))
    #expect(found.counts.frames == segments.reduce(0) { $0 + $1.frames.count })
  }

  @Test("A full segment is followed by a new one, between two transactions", arguments: UInt64(1)...4)
  func rolling(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var story = Story()
    do {
      let (journal, _, _) = try open(ledger, segmentBytesMax: 1_500)
      try story.tell(journal, 60, &numbers)
      try journal.sync()
    }
    let segments = try ledger.segments()
    #expect(segments.count > 4)
    for (segment, next) in zip(segments, segments.dropFirst()) {
      #expect(segment.first + UInt64(segment.bytes.count) == next.first)
      #expect(segment.bytes.count > 1_500)
    }
    #expect(Set(segments.map { $0.frames[0].header.segmentID }).count == segments.count)
    let (journal, told, _) = try open(ledger, segmentBytesMax: 1_500)
    #expect(told == story.all)
    for frame in story.all { #expect(Told(try journal.read(frameAt: frame.offset)) == frame) }
  }

  @Test("A frame can be read as soon as it is appended, and its offset was known before")
  func readingWhileWriting() throws {
    let (journal, _, _) = try open(ledger, segmentBytesMax: 2_000)
    let beside = try JournalReader(ledger.folder)
    var numbers = SeededNumbers(seed: 3)
    var rows: [Told] = []
    for turn in 0..<40 {
      try journal.begin(.begin, [UInt8(turn)])
      for _ in 0..<3 {
        let expected = journal.nextFrameOffset
        let payload = numbers.bytes(100)
        let offset = try journal.appendRows(payload)
        #expect(offset == expected)
        rows.append(Told(.rows, payload, at: offset))
        let back = rows[Int.random(in: 0..<rows.count, using: &numbers)]
        #expect(Told(try journal.read(frameAt: back.offset)) == back)
        #expect(Told(try journal.read(frameAt: offset)) == rows.last)
      }
      _ = try journal.commit(decision: DecisionNumber(UInt64(turn) + 1), [])
      try journal.sync()
      if let last = rows.last { #expect(Told(try beside.frame(at: last.offset)) == last) }
    }
    #expect(try ledger.segments().count > 3)
    for row in rows { #expect(Told(try beside.frame(of: Position(frame: row.offset, record: 5))) == row) }
  }

  @Test(
    "A sum that another thread takes is the one taken here, also of what was aborted",
    arguments: [false, true])
  func summingBeside(isShared: Bool) throws {
    let other = try ScratchLedger()
    let (here, _, _) = try open(ledger)
    let (beside, _, _) = try open(other)
    var numbers = SeededNumbers(seed: 9)
    for turn in 1...12 {
      let shared = isShared ? SharedThread() : nil
      let payloads = (0..<20).map { _ in numbers.bytes(Int.random(in: 0...5_000, using: &numbers)) }
      for journal in [here, beside] {
        try journal.begin(.begin, [UInt8(turn)])
        if journal === beside { journal.sumBeside(on: shared) }
        for payload in payloads { try journal.appendRows(payload) }
        if journal === beside { journal.sumHere() }
        try journal.appendBlob([1, 2, 3])
        if turn % 4 == 0 {
          try journal.abort()
        } else {
          let next = DecisionNumber(journal.last.decision.raw + 1)
          _ = try journal.commit(decision: next, [5])
        }
        try journal.sync()
      }
      shared?.close()
      #expect(here.last == beside.last)
    }
    #expect(try ledger.segments().map(\.bytes) == other.segments().map(\.bytes))
    #expect(try JournalScan(other.folder).verify().last == beside.last)
  }

  @Test("A reader refuses an offset where no frame begins")
  func readingElsewhere() throws {
    let (journal, _, _) = try open(ledger)
    let offset = try journal.begin(.begin, [1, 2, 3])
    _ = try journal.commit(decision: DecisionNumber(1), [])
    try journal.sync()
    let reader = try JournalReader(ledger.folder)
    #expect(try damage { _ = try reader.frame(at: offset + 8) }?.what == .frame(.magic))
    let beyond = try damage { _ = try reader.frame(at: journal.nextFrameOffset) }
    #expect(beyond?.what == .frame(.short))
    #expect(beyond?.byteOffset == journal.nextFrameOffset)
    #expect(try damage { _ = try reader.frame(at: .max) }?.what == .frame(.short))
  }

  @Test("The largest payloads go through", arguments: [JournalFormat.payloadBytesMax, 0, 1])
  func sizes(count: Int) throws {
    let payload = [UInt8](repeating: 0xA5, count: count)
    let own = [UInt8](repeating: 0x5A, count: min(count, JournalFormat.commitBytesMax))
    do {
      let (journal, _, _) = try open(ledger)
      try journal.begin(.begin, payload)
      let rows = try journal.appendRows(payload)
      _ = try journal.commit(decision: DecisionNumber(1), own)
      try journal.sync()
      #expect(try journal.read(frameAt: rows).payload == payload)
    }
    let (_, told, _) = try open(ledger)
    #expect(told.map(\.payload) == [payload, payload, own])
  }

  @Test("A transaction too large to hold is read a second time at its commit")
  func largeTransactions() throws {
    var numbers = SeededNumbers(seed: 5)
    var story = Story()
    let (journal, _, _) = try open(ledger)
    try story.tell(journal, 30, &numbers)
    try journal.sync()
    var scan = JournalScan(ledger.folder)
    scan.heldBytesMax = 60
    guard case .finding(let found, let told) = try Scanned(scan) else { throw Unexpected() }
    #expect(told == story.all)
    #expect(found.last == story.commits.last)
  }

  @Test("A scan from any commit hands on what lies behind it")
  func scanningFromACheckpoint() throws {
    var numbers = SeededNumbers(seed: 6)
    var story = Story()
    do {
      let (journal, _, _) = try open(ledger, segmentBytesMax: 1_500)
      try story.tell(journal, 25, &numbers)
      try journal.sync()
    }
    let evidence = JournalEvidence(position: story.commits.last, decision: story.commits.last?.decision)
    for start in story.commits {
      guard
        case .finding(let found, let told) = try Scanned(
          JournalScan(ledger.folder, from: start, evidence: evidence))
      else { throw Unexpected() }
      #expect(told == story.all.filter { $0.offset >= start.end })
      #expect(found.last == story.commits.last)
      var forged = start
      forged.hash[0] ^= 1
      if start != story.commits.last {
        #expect(try Scanned(JournalScan(ledger.folder, from: forged)).damage != nil)
      }
    }
    let middle = story.commits[10]
    let (journal, told, _) = try open(ledger, from: middle, segmentBytesMax: 1_500)
    #expect(told == story.all.filter { $0.offset >= middle.end })
    try story.tell(journal, 5, &numbers)
    try journal.sync()
    #expect(try JournalScan(ledger.folder).verify().last == story.commits.last)
  }

  @Test("A reader's scan goes up to the position and not a byte further")
  func scanningUpToAPosition() throws {
    var numbers = SeededNumbers(seed: 8)
    var story = Story()
    let (journal, _, _) = try open(ledger, segmentBytesMax: 1_500)
    try story.tell(journal, 25, &numbers)
    try journal.sync()
    try journal.begin(.begin, [1])
    for limit in story.commits + [LedgerPosition.start] {
      guard case .finding(let found, let told) = try Scanned(JournalScan(ledger.folder, upTo: limit)) else {
        throw Unexpected()
      }
      #expect(found.last == limit)
      #expect(told == story.told(upTo: limit.end))
      #expect(found.tornTail == nil)
    }
    var forged = story.commits[5]
    forged.hash[3] ^= 4
    #expect(try Scanned(JournalScan(ledger.folder, upTo: forged)).damage?.what == .otherHistory)
  }

  @Test("The writer can hear its story again at any time, commits without a sync included")
  func replaying() throws {
    var numbers = SeededNumbers(seed: 9)
    var story = Story()
    let (journal, _, _) = try open(ledger, segmentBytesMax: 1_500)
    for turn in 0..<12 {
      try story.tell(journal, 3, &numbers, syncOneIn: 9)
      var told: [Told] = []
      if turn % 2 == 0 {
        try journal.begin(.begin, [1])
        try journal.replay { told.append(Told($0)) }
        try journal.abort()
      } else {
        try journal.replay { told.append(Told($0)) }
      }
      #expect(told == story.told(upTo: journal.last.end), "turn \(turn)")
    }
    #expect(journal.synced != journal.last)
    let middle = story.commits[story.commits.count / 2]
    var told: [Told] = []
    try journal.replay(from: middle) { told.append(Told($0)) }
    #expect(told == story.told(upTo: journal.last.end).filter { $0.offset >= middle.end })
  }

  @Test("A clean stop is known at the next start, and only then")
  func cleanStop() throws {
    do {
      let (journal, _, opening) = try open(ledger)
      #expect(!opening.finding.stoppedCleanly)
      try journal.begin(.begin, [])
      _ = try journal.commit(decision: DecisionNumber(1), [9])
      try journal.stopCleanly()
    }
    do {
      let (journal, _, opening) = try open(ledger)
      #expect(opening.finding.stoppedCleanly)
      #expect(opening.cut == nil)
      try journal.begin(.begin, [])
      _ = try journal.commit(decision: DecisionNumber(2), [])
    }
    // The buffer died with the journal, as in a kill: the second commit never was.
    let (journal, told, opening) = try open(ledger)
    #expect(opening.finding.stoppedCleanly)
    #expect(told.count == 2)
    try journal.begin(.begin, [])
    _ = try journal.commit(decision: DecisionNumber(2), [])
    try journal.sync()
    #expect(try JournalScan(ledger.folder).verify().stoppedCleanly == false)
  }
}

/// Something came out as it never should.
struct Unexpected: Error {}
