// A checkpoint's file: what goes in comes out, and whatever happens to a byte of it is noticed.

import Files
import Orders
import Testing

@testable import Ledger

@Suite("A checkpoint's file")
struct CheckpointFileTests {
  let ledger: ScratchLedger

  init() throws { ledger = try ScratchLedger() }

  private static let position = LedgerPosition(
    decision: DecisionNumber(7), sequence: FrameSequence(91), hash: [UInt8](repeating: 0xAB, count: 32),
    end: 4_096)

  /// Books with something of everything, and what a replay keeps beside them.
  static func replay(seed: UInt64, effects: Int = 300) -> Replay {
    var story = EffectStory(seed: seed)
    for _ in 0..<effects { story.performAny() }
    var replay = Replay()
    replay.books = story.books
    for number in 1...9 {
      if number == 7 {
        // An expiry settles rows of files before it, one of which is then judged again when it comes again.
        replay.books.enter(
          DeedRecord(
            .expiry, decision: DecisionNumber(65), at: Timestamp(milliseconds: 1_763_700_000_000),
            request: RequestNumber(99), reason: Array("nightly".utf8), settled: [ClaimNumber(4)]))
      }
      replay.books.enter(file(number * 10, in: replay.books))
    }
    let claim = ClaimRecord(
      claim: ClaimNumber(12), partner: Array("dtdc".utf8), name: Array("tracking-1.csv".utf8),
      receivedAt: Timestamp(milliseconds: 1_763_700_000_123), completedBy: "rename",
      sight: UploadSight(inode: 77, changed: 1_763_700_000_122_999_001))
    replay.openClaims[claim.claim] = claim
    // Of this one nobody knows how it was seen.
    var earlier = claim
    earlier.claim = ClaimNumber(11)
    earlier.sight = nil
    replay.openClaims[earlier.claim] = earlier
    replay.lastClaim = ClaimNumber(12)
    replay.published = DecisionNumber(6)
    replay.tally.rejections = [.shipmentClosed: 4, .badTime: 9]
    replay.tally.unknownCodes = [.init(partner: 1, code: Array("odd".utf8), count: 3)]
    replay.books.spoil([ClaimNumber(2), ClaimNumber(7)])
    replay.tally.parked = [
      Position(frame: 800, record: 40): .init(
        partner: 2, claim: ClaimNumber(3), time: Timestamp(milliseconds: -5)),
      Position(frame: 80, record: 16): .init(
        partner: 1, claim: ClaimNumber(1), time: Timestamp(milliseconds: 77_000)),
    ]
    return replay
  }

  private static func file(_ number: Int, in books: Books) -> FileRecord {
    var counts = RowCounts()
    counts.read = number
    counts[.applied] = number
    let number = number / 10
    return FileRecord(
      partner: UInt8(number % books.partners.count), name: Array("orders-\(number % 4).csv".utf8),
      kind: .orders, claim: number == 5 ? nil : ClaimNumber(UInt32(number)),
      decision: DecisionNumber(UInt64(number * 10 + 1)), sha256: [UInt8](repeating: UInt8(number), count: 32),
      byteCount: Int64(number) * 100, receivedAt: Timestamp(milliseconds: 1_763_700_000_000),
      outcome: number == 5 ? .held : .accepted, counts: counts,
      answers: [
        PublishedAnswer(
          partner: 0, name: Array("a-\(number)".utf8), sha256: [UInt8](repeating: 1, count: 32), byteCount: 9,
          bytes: number % 2 == 0 ? .blob(64) : .staged(Array("s-\(number)".utf8)))
      ],
      settled: number > 6 ? [ClaimNumber(2), ClaimNumber(3)] : [],
      feeds: number > 4 ? [FedPartner(partner: 1, feed: .shipments)] : [])
  }

  private func write(_ replay: Replay) throws {
    var file = try CheckpointWriter.start(
      in: ledger.folder, name: Array("one".utf8),
      CheckpointHeader(layout: CheckpointLayout.number, position: Self.position, commitOffset: 4_000))
    try replay.write(to: &file)
    _ = try file.finish()
  }

  private func read() throws(CheckpointFault) -> Replay {
    do {
      let contents = FileContents(try ledger.folder.openForReading(Array("one".utf8)))
      var file = try CheckpointReader.open(contents)
      return try Replay(from: &file)
    } catch {
      throw CheckpointFault(error)
    }
  }

  @Test("Everything that a replay builds comes out as it went in", arguments: UInt64(1)...12)
  func roundTrip(seed: UInt64) throws {
    let replay = Self.replay(seed: seed)
    try write(replay)
    let again = try read()
    let (before, after) = (replay.books.digests, again.books.digests)
    #expect(before.keys.filter { before[$0] != after[$0] } == [])
    #expect(again.books.files.map(\.settledFiles).contains { $0 > 0 })
    #expect(again.books.deeds == replay.books.deeds && again.books.deeds.count == 1)
    #expect(again.openClaims == replay.openClaims)
    #expect(again.lastClaim == replay.lastClaim)
    #expect(again.published == replay.published)
    #expect(again.tally == replay.tally)
  }

  @Test("A field that a replay gains must be put into its checkpoint")
  func whole() {
    let fields = Mirror(reflecting: Replay()).children.compactMap(\.label)
    // Those from the partner on are of the transaction that is being read; the last only saves looks into the books.
    #expect(
      fields == [
        "books", "openClaims", "lastClaim", "published", "tally", "partner", "claim", "spoiled", "decisions",
        "nearNames",
      ])
    let tally = Mirror(reflecting: RowTally()).children.compactMap(\.label)
    // What is taken back belongs to the open transaction.
    #expect(tally == ["rejections", "unknownCodes", "parked", "undo"])
  }

  @Test("Books read from a checkpoint go on as the ones that were written do", arguments: UInt64(1)...6)
  func goingOn(seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    for _ in 0..<400 { story.performAny() }
    var replay = Replay()
    replay.books = story.books
    try write(replay)
    var again = try read().books
    for _ in 0..<400 {
      let kind = EffectKind.allCases.randomElement(using: &story.numbers) ?? .stock
      let row = story.nextRow()
      let (effect, bytes) = story.next(kind, at: row)
      story.change { $0.apply(effect, bytes: bytes, in: row) }
      again.apply(effect, bytes: bytes, in: row)
    }
    let (before, after) = (story.books.digests, again.digests)
    #expect(before.keys.filter { before[$0] != after[$0] } == [], "seed \(seed)")
  }

  @Test("Every byte that is not what it was is noticed")
  func everyByte() throws {
    try write(Self.replay(seed: 3, effects: 20))
    let name = Array("one".utf8)
    let sound = try readWhole(ledger.folder, name, limit: 1 << 24)
    let file = try ledger.folder.openForWriting(name)
    var accepted: [Int] = []
    for place in sound.indices {
      try file.write([sound[place] ^ (1 << UInt8(place % 8))], at: Int64(place))
      do {
        let contents = FileContents(try ledger.folder.openForReading(name))
        var reader = try CheckpointReader.open(contents)
        _ = try Replay(from: &reader)
        // Only the header's own facts may differ without a table being wrong, and they are under the digest.
        accepted.append(place)
      } catch is CheckpointFault {}
      try file.write([sound[place]], at: Int64(place))
    }
    #expect(accepted == [])
    #expect(sound.count > 5_000)
    _ = try read()
  }

  @Test("A checkpoint that was cut short anywhere, or goes on, is noticed")
  func everyLength() throws {
    try write(Self.replay(seed: 4, effects: 10))
    let name = Array("one".utf8)
    let sound = try readWhole(ledger.folder, name, limit: 1 << 24)
    let file = try ledger.folder.openForWriting(name)
    for length in sound.indices.reversed() {
      try file.truncate(to: Int64(length))
      #expect(throws: CheckpointFault.self) { try read() }
    }
    try file.write(sound + [0], at: 0)
    #expect(throws: CheckpointFault.self) { try read() }
  }

  @Test("Another layout of the tables has another number")
  func layout() {
    #expect(CheckpointLayout.description.contains("newestCarrier: {milliseconds: Int64}"))
    #expect(CheckpointLayout.description.contains("states 0 "))
    #expect(CheckpointLayout.number == CheckpointLayout.number)
  }
}
