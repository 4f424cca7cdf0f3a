import Files
import Glibc
import Orders
import Testing

@testable import Ledger

@Suite("A journal whose disk refuses")
struct JournalFaultTests {
  let ledger: ScratchLedger

  init() throws { ledger = try ScratchLedger() }

  @Test(
    "After one refusal every later call throws the same error",
    arguments: ["fdatasync:1:EIO", "pwrite:1:ENOSPC", "fdatasync:1+:EIO"])
  func poison(plan: String) throws {
    let (journal, _, _) = try open(ledger)
    try journal.begin(.begin, [1])
    _ = try journal.commit(decision: DecisionNumber(1), [])
    let first = FaultPlan.during(plan) { refused { () throws(FileError) in try journal.sync() } }
    guard let first else { throw Unexpected() }
    #expect(refused { () throws(FileError) in try journal.sync() } == first)
    #expect(refused { () throws(FileError) in try journal.begin(.begin, []) } == first)
    #expect(refused { () throws(FileError) in try journal.markPublished([]) } == first)
    #expect(refused { () throws(FileError) in try journal.stopCleanly() } == first)
    #expect(journal.synced == .start)
    #expect(throws: first) { try journal.read(frameAt: journal.last.end - 8) }
  }

  @Test(
    "A refusal while a new segment is made stops the journal as well: the file, its bytes, its sync, its name",
    arguments: ["open:1:EMFILE", "pwrite:2:ENOSPC", "fdatasync:2:EIO", "fsync:1:EIO"])
  func poisonedSegment(plan: String) throws {
    let receipt: CommitReceipt
    do {
      let (journal, _, _) = try open(ledger, segmentBytesMax: 100)
      try journal.begin(.begin, [1])
      receipt = try journal.commit(decision: DecisionNumber(1), [])
      let first = FaultPlan.during(plan) { refused { () throws(FileError) in try journal.sync() } }
      guard let first else { throw Unexpected() }
      #expect(refused { () throws(FileError) in try journal.begin(.begin, []) } == first)
      #expect(refused { () throws(FileError) in try journal.sync() } == first)
    }
    let (journal, _, _) = try open(ledger, evidence: JournalEvidence(position: receipt.position))
    #expect(journal.last == receipt.position)
  }

  @Test(
    "A cut tail is durable before anything else happens: the copy, its name, the cut, the folders",
    arguments: 1...6)
  func syncsOfACut(passage: Int) throws {
    do {
      let (journal, _, _) = try open(ledger)
      try journal.begin(.begin, [1])
      _ = try journal.commit(decision: DecisionNumber(1), [])
      try journal.sync()
      try journal.begin(.begin, [2])
      _ = try journal.read(frameAt: journal.nextFrameOffset - 48)
    }
    let error = #expect(throws: FileError.self) {
      try FaultPlan.during("sync:\(passage):EIO") { _ = try open(ledger) }
    }
    let path = String(error?.path.dropFirst(ledger.path.count) ?? "")
    let segment = "/journal/journal-00000000000000000000.wbj"
    let order = ["", "", "/torn/240-1.tail", "/torn", segment, "/journal"]
    #expect(path == order[passage - 1])
  }

  @Test("In an open transaction too: no commit, no abort")
  func poisonedTransaction() throws {
    let (journal, _, _) = try open(ledger)
    try journal.begin(.begin, [1])
    let first = FaultPlan.during("pwrite:1:EIO") {
      refused { () throws(FileError) in try journal.appendRows([UInt8](repeating: 1, count: 1 << 19)) }
    }
    guard let first else { throw Unexpected() }
    #expect(refused { () throws(FileError) in _ = try journal.commit(decision: nil, []) } == first)
    #expect(refused { () throws(FileError) in try journal.abort() } == first)
  }

  @Test("Short writes are gone on with")
  func shortWrites() throws {
    var story = Story()
    var numbers = SeededNumbers(seed: 31)
    try FaultPlan.during("pwrite:1+:short") {
      let (journal, _, _) = try open(ledger)
      try story.tell(journal, 10, &numbers)
      try journal.sync()
    }
    let (_, told, _) = try open(ledger)
    #expect(told == story.all)
  }

  @Test(
    "Refused at any call, once or from then on, the journal keeps every commit whose sync returned",
    arguments: ["EIO", "ENOSPC"], ["", "+"])
  func everyCall(error: String, andOn: String) throws {
    var passage = 1
    var finished = false
    while !finished {
      let ledger = try ScratchLedger()
      var story = Story()
      do {
        try FaultPlan.during("any:\(passage)\(andOn):\(error)") {
          var numbers = SeededNumbers(seed: 32)
          let (journal, _, _) = try open(ledger, segmentBytesMax: 600)
          try story.tell(journal, 12, &numbers, payloadBytesMax: 40)
          try journal.stopCleanly()
        }
        finished = true
      } catch is FileError {
        // The expected end of such a run.
      }
      let (journal, told, _) = try open(ledger, evidence: JournalEvidence(position: story.synced))
      #expect(journal.last >= story.synced, "call \(passage)")
      #expect(story.all.starts(with: told) || told.starts(with: story.all), "call \(passage)")
      passage += 1
    }
    #expect(passage > 40)
  }

  @Test(
    "Refused at any call of a recovery, the next recovery ends as if nothing had been", arguments: ["", "+"])
  func everyCallOfRecovery(andOn: String) throws {
    let scratch = try ScratchLedger()
    var story = Story()
    var numbers = SeededNumbers(seed: 33)
    do {
      let (journal, _, _) = try open(scratch, segmentBytesMax: 600)
      try story.tell(journal, 12, &numbers, payloadBytesMax: 40)
      try journal.sync()
      try journal.begin(.begin, [1])
      _ = try journal.read(frameAt: journal.nextFrameOffset - 48)
    }
    let segments = try scratch.segments()
    var passage = 1
    var finished = false
    while !finished {
      let ledger = try ScratchLedger()
      try ledger.replaceSegments(segments)
      do {
        try FaultPlan.during("any:\(passage)\(andOn):EIO") { _ = try open(ledger) }
        finished = true
      } catch is FileError {
        // The expected end of such a run.
      }
      let (journal, told, _) = try open(ledger, evidence: JournalEvidence(position: story.commits.last))
      #expect(told == story.all, "call \(passage)")
      #expect(journal.last == story.commits.last, "call \(passage)")
      #expect(try JournalScan(ledger.folder).verify().tornTail == nil, "call \(passage)")
      passage += 1
    }
    #expect(passage > 15)
  }

  @Test("What follows the last commit known as synced is written again at the start, and only that")
  func securing() throws {
    var commits: [LedgerPosition] = []
    do {
      let (journal, _, _) = try open(ledger)
      for number in 1...3 {
        try journal.begin(.begin, [UInt8(number)])
        commits.append(try journal.commit(decision: DecisionNumber(UInt64(number)), []).position)
        if number == 1 { try journal.sync() }
      }
      _ = FaultPlan.during("fdatasync:1:EIO") { refused { () throws(FileError) in try journal.sync() } }
    }
    #expect(try JournalScan(ledger.folder).verify().synced == commits[0])
    // A start that may not write cannot believe what it read.
    #expect(throws: FileError.self) { try FaultPlan.during("pwrite:1:EIO") { _ = try open(ledger) } }
    #expect(throws: FileError.self) { try FaultPlan.during("sync:2:EIO") { _ = try open(ledger) } }
    // One that knows better need not.
    let evidence = JournalEvidence(position: commits[2])
    _ = try FaultPlan.during("pwrite:1:EIO") { try open(ledger, evidence: evidence) }
    let before = try ledger.segments()
    let (journal, _, opening) = try open(ledger)
    #expect(opening.finding.synced == commits[0])
    #expect(journal.synced == commits[2])
    #expect(try ledger.segments() == before)
  }
}

/// What a call was refused with.
private func refused(_ work: () throws(FileError) -> Void) -> FileError? {
  do throws(FileError) {
    try work()
    return nil
  } catch {
    return error
  }
}

extension LedgerPosition {
  fileprivate static func >= (a: LedgerPosition, b: LedgerPosition) -> Bool { a.end >= b.end }
}
