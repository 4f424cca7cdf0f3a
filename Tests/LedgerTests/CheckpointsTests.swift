// The checkpoints of a ledger: made out of the journal, kept two, believed only where they are sound and the journal agrees.

import Files
import Orders
import Testing

@testable import Ledger

@Suite("The ledger's checkpoints")
struct CheckpointsTests {
  let ledger: ScratchLedger
  private static let partners = ["easyecom", "ekart", "dtdc"].map { Array($0.utf8) }

  init() throws { ledger = try ScratchLedger() }

  /// Tells the journal files with rows as the docket writes them.
  private func tell(_ journal: Journal, files: Int, seed: UInt64, books: inout Books) throws {
    var story = EffectStory(seed: seed)
    for _ in 0..<files {
      let claim = ClaimNumber(UInt32(journal.last.decision.raw + 1))
      let folder = Self.partners[Int(claim.raw) % 3]
      let arrival = Timestamp(milliseconds: 1_763_700_000_000)
      let claims = [
        ClaimRecord(
          claim: claim, partner: folder, name: Array("f-\(claim.raw).csv".utf8), receivedAt: arrival,
          completedBy: "rename")
      ]
      try journal.begin(.claims, ClaimRecord.payload(claims))
      _ = try journal.commit(decision: nil, [])
      try journal.begin(
        .begin, BeginRecord(claim: claim, partner: folder, receivedAt: arrival).payload)
      var writer = RowWriter()
      writer.start(claim: claim, firstRow: 1, arrival: arrival)
      let frame = journal.nextFrameOffset
      for _ in 0..<Int.random(in: 1...6, using: &story.numbers) {
        let position = Position(frame: frame, record: writer.payload.count)
        let row = Books.RowContext(partner: UInt8(claim.raw % 3), position: position, time: arrival)
        let kind: EffectKind = [.stock, .product, .account].randomElement(using: &story.numbers) ?? .stock
        let (effect, bytes) = story.next(kind, at: row)
        books.apply(effect, bytes: bytes, in: row)
        writer.append(Verdict(.applied), [effect], bytes: bytes, heads: [.none], at: position)
      }
      try journal.appendRows(writer.payload)
      let decision = DecisionNumber(journal.last.decision.raw + 1)
      let record = FileRecord(
        partner: UInt8(claim.raw % 3), name: claims[0].name, kind: .inventory, claim: claim,
        decision: decision, sha256: [UInt8](repeating: UInt8(truncatingIfNeeded: claim.raw), count: 32),
        byteCount: 10, receivedAt: arrival, outcome: .accepted)
      _ = try journal.commit(decision: decision, record.payload(partners: Self.partners))
      books.enter(record)
      if claim.raw % 2 == 0 {
        try journal.sync()
        try journal.markPublished(PublishedMark.payload(decision))
      }
    }
    try journal.sync()
  }

  private func emptyBooks() -> Books {
    var books = Books()
    for folder in Self.partners { _ = books.partnerNumber(folder) }
    return books
  }

  /// Opens the journal as the program does; gives the replay and where it began.
  private func start() throws -> (replay: Replay, restart: Restart, journal: Journal) {
    let restart = try Checkpoints(ledger.folder).newest(partners: Self.partners)
    var replay = restart.replay
    let (journal, _) = try Journal.open(
      ledger: ledger.folder, from: restart.position, segmentBytesMax: 3_000
    ) { try replay.take($0) }
    return (replay, restart, journal)
  }

  private func expectSame(_ a: Books, _ b: Books, _ what: String) {
    let (first, second) = (a.digests, b.digests)
    #expect(first.keys.filter { first[$0] != second[$0] }.sorted() == [], "\(what)")
  }

  private func names() throws -> [String] {
    try ledger.folder.subfolder("checkpoints").list().map { String(decoding: $0.name, as: UTF8.self) }
      .sorted()
  }

  @Test("Checkpoint and tail give the books of a full replay, start after start", arguments: UInt64(1)...8)
  func tail(seed: UInt64) throws {
    var books = emptyBooks()
    var numbers = SeededNumbers(seed: seed)
    for turn in 0..<6 {
      let (replay, restart, journal) = try start()
      expectSame(replay.books, books, "seed \(seed), start \(turn)")
      #expect((restart.checkpoint == nil) == (turn == 0))
      try tell(
        journal, files: Int.random(in: 1...9, using: &numbers), seed: seed * 100 + UInt64(turn), books: &books
      )
      let made = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
      #expect(made.position == journal.synced)
      // Some starts have a tail behind the checkpoint, some have none.
      if turn % 2 == 0 { try tell(journal, files: 3, seed: seed * 77 + UInt64(turn), books: &books) }
      try journal.stopCleanly()
    }
    var whole = Replay()
    for folder in Self.partners { _ = whole.books.partnerNumber(folder) }
    _ = try JournalScan(ledger.folder).run { try whole.take($0) }
    let (replay, restart, _) = try start()
    #expect(restart.checkpoint != nil)
    expectSame(replay.books, whole.books, "seed \(seed)")
    #expect(replay.openClaims == whole.openClaims)
    #expect(replay.lastClaim == whole.lastClaim)
    #expect(replay.published == whole.published)
    #expect(replay.tally == whole.tally)
    #expect(try names().count == 2)
  }

  @Test("A damaged checkpoint gives way to the one before, and both to the whole journal")
  func fallback() throws {
    var books = emptyBooks()
    do {
      let (_, _, journal) = try start()
      for turn in UInt64(1)...3 {
        try tell(journal, files: 4, seed: turn, books: &books)
        _ = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
      }
    }
    let folder = try ledger.folder.subfolder("checkpoints")
    let kept = try names()
    #expect(kept.count == 2)
    for (turn, name) in kept.reversed().enumerated() {
      let file = try folder.openForWriting(Array(name.utf8))
      try file.write([0xFF, 0xFE], at: 300)
      let (replay, restart, _) = try start()
      #expect(restart.unusable.count == turn + 1)
      #expect(restart.unusable.map(\.name).contains(name))
      #expect((restart.checkpoint == nil) == (turn == 1))
      expectSame(replay.books, books, name)
    }
    // The next one takes the place of both.
    let (_, _, journal) = try start()
    let made = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
    #expect(try names() == [made.name])
  }

  @Test("A checkpoint of another layout is left aside, unread, and the books come from the journal")
  func otherLayout() throws {
    var books = emptyBooks()
    let made: Checkpoint
    do {
      let (_, _, journal) = try start()
      try tell(journal, files: 5, seed: 3, books: &books)
      made = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
      try journal.stopCleanly()
    }
    // Sound in every sum and at the right place, of another program's tables: here of none at all.
    let folder = try ledger.folder.subfolder("checkpoints")
    let name = Checkpoints.name(of: made.position.sequence)
    try folder.remove(name)
    var file = try CheckpointWriter.start(
      in: folder, name: name,
      CheckpointHeader(
        layout: CheckpointLayout.number &+ 1, position: made.position, commitOffset: made.commitOffset))
    try Replay().write(to: &file)
    _ = try file.finish()

    let (replay, restart, journal) = try start()
    #expect(restart.checkpoint == nil && restart.position == .start)
    let unusable = try #require(restart.unusable.first)
    guard case .otherLayout = unusable.fault else {
      Issue.record("another layout is no \(unusable.fault)")
      return
    }
    expectSame(replay.books, books, "another layout")
    // The next one takes its place, and serves the next start.
    try tell(journal, files: 1, seed: 4, books: &books)
    let next = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
    #expect(try names() == [next.name])
    #expect(try start().restart.checkpoint == next)
  }

  @Test("A checkpoint behind which the journal was cut proves the loss")
  func journalCut() throws {
    var books = emptyBooks()
    do {
      let (_, _, journal) = try start()
      try tell(journal, files: 6, seed: 9, books: &books)
      _ = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
    }
    var segments = try ledger.segments()
    func hasCommit(_ segment: Segment) -> Bool { segment.frames.contains { $0.header.kind == .commit } }
    while let newest = segments.last, !hasCommit(newest) { segments.removeLast() }
    let last = segments.count - 1
    let commit = try #require(segments[last].frames.last { $0.header.kind == .commit })
    segments[last].bytes.removeLast(segments[last].bytes.count - commit.range.upperBound + 8)
    try ledger.replaceSegments(segments)
    let found = try damage { _ = try start() }
    #expect(found?.what == .ended(before: DecisionNumber(6)))
  }

  @Test("A checkpoint of another life of the ledger is refused")
  func otherHistory() throws {
    var books = emptyBooks()
    do {
      let (_, _, journal) = try start()
      try tell(journal, files: 6, seed: 9, books: &books)
      _ = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
    }
    let other = try ScratchLedger()
    var otherBooks = emptyBooks()
    do {
      let (journal, _) = try Journal.open(ledger: other.folder, segmentBytesMax: 3_000) { _ in }
      try tell(journal, files: 9, seed: 10, books: &otherBooks)
    }
    try ledger.replaceSegments(try other.segments())
    let found = try damage { _ = try start() }
    #expect(found != nil)
  }

  @Test("A reader whose end lies before the newest checkpoint takes the one before")
  func olderReader() throws {
    var books = emptyBooks()
    let (_, _, journal) = try start()
    try tell(journal, files: 4, seed: 1, books: &books)
    let early = journal.synced
    _ = try Checkpoints(ledger.folder).advance(to: early, partners: Self.partners)
    try tell(journal, files: 4, seed: 2, books: &books)
    _ = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
    #expect(try Checkpoints(ledger.folder).newest(upTo: early).position == early)
    #expect(try Checkpoints(ledger.folder).newest(upTo: .start).checkpoint == nil)
    #expect(try Checkpoints(ledger.folder).newest(upTo: journal.synced).position == journal.synced)
  }

  @Test("Nothing is written where the newest checkpoint stands there already")
  func twice() throws {
    var books = emptyBooks()
    let (_, _, journal) = try start()
    try tell(journal, files: 2, seed: 1, books: &books)
    let first = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
    let inode = try ledger.folder.subfolder("checkpoints").status(Array(first.name.utf8))?.inode
    #expect(try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners) == first)
    #expect(try ledger.folder.subfolder("checkpoints").status(Array(first.name.utf8))?.inode == inode)
  }

  @Test(
    "A checkpoint that the kernel refuses leaves the older one and nothing half written",
    arguments: ["write:1:ENOSPC", "pwrite:3:EIO", "sync:1:EIO", "rename:1:EIO", "open:4:EMFILE"])
  func refused(fault: String) throws {
    var books = emptyBooks()
    let (_, _, journal) = try start()
    try tell(journal, files: 3, seed: 1, books: &books)
    let first = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners)
    try tell(journal, files: 3, seed: 2, books: &books)
    var wasRefused = false
    FaultPlan.during(fault) {
      do { _ = try Checkpoints(ledger.folder).advance(to: journal.synced, partners: Self.partners) } catch {
        wasRefused = true
      }
    }
    if wasRefused { #expect(try names() == [first.name], "\(fault)") }
    let restart = try Checkpoints(ledger.folder).newest()
    #expect(restart.unusable.isEmpty)
    #expect(restart.checkpoint != nil)
  }
}
