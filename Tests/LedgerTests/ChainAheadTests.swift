// Sums that were begun ahead of the walk, against the walk that takes all of them itself.

import Files
import Orders
import Testing

@testable import Ledger

@Suite("A chain that is summed ahead", .timeLimit(.minutes(5)))
struct ChainAheadTests {
  private let ledger: ScratchLedger

  init() throws {
    ledger = try ScratchLedger()
    var numbers = SeededNumbers(seed: 31)
    let (journal, _, _) = try open(ledger, segmentBytesMax: 40_000)
    for number in 0..<12 {
      try journal.begin(.begin, [])
      for _ in 0..<3 { _ = try journal.appendRows(numbers.bytes(3_000)) }
      // An abort, and a mark, lie in what a commit is the hash of.
      if number == 4 || number == 7 {
        try journal.abort()
        continue
      }
      if number == 9 {
        try journal.abort()
        try journal.markPublished([1])
        continue
      }
      _ = try journal.commit(decision: nil, [])
      if number % 2 == 0 { try journal.sync() }
      if number == 5 { try journal.markPublished([2]) }
    }
    try journal.sync()
  }

  /// What a scan finds and hands on.
  private struct Walked: Equatable {
    var offsets: [UInt64] = []
    var last: LedgerPosition?
    var end: UInt64?
    var sum: [UInt8]?
    var damage: JournalDamage?
  }

  private func walk(_ chain: ChainAhead?, from start: LedgerPosition = .start) throws -> Walked {
    var walked = Walked()
    do {
      let found = try JournalScan(ledger.folder, from: start).find(
        replaying: true, chainAhead: chain, progress: { _, _ in }, { walked.offsets.append($0.offset) })
      (walked.last, walked.end, walked.sum) = (found.last, found.sound.end, found.sound.chain.finish())
    } catch let damage as JournalDamage {
      walked.damage = damage
    }
    return walked
  }

  private func chain(pieces: Int, from start: LedgerPosition = .start) throws -> ChainAhead {
    let chain = try ChainAhead(ledger.folder, pieceBytes: 1_000)
    let survey = try JournalSurvey(of: JournalScan(ledger.folder, from: start), rowsBytesMin: 0) { false }
    chain.begin(try survey.stretches())
    for _ in 0..<pieces { _ = chain.goOn() }
    return chain
  }

  @Test(
    "However much was summed ahead, the walk finds the same, and goes on from the same sum",
    arguments: [0, 1, 5, 10, 11, 40, 10_000])
  func same(pieces: Int) throws {
    let alone = try walk(nil)
    #expect(alone.damage == nil && alone.offsets.count > 40)
    #expect(try walk(chain(pieces: pieces)) == alone)
    var starts: [LedgerPosition] = []
    _ = try JournalScan(ledger.folder).find(replaying: true, progress: { _, _ in }) { found in
      if let commit = found.held?.commit, let frame = found.held {
        starts.append(
          LedgerPosition(
            decision: commit.decision, sequence: frame.sequence, hash: commit.hash, end: frame.end))
      }
    }
    let start = try #require(starts.dropFirst(2).first)
    #expect(try walk(chain(pieces: pieces, from: start), from: start) == walk(nil, from: start))
  }

  @Test("Something was summed, all of it but what an abort lies in, and nothing that the walk has come to")
  func summed() throws {
    let chain = try chain(pieces: 0)
    var pieces = 0
    while chain.goOn() { pieces += 1 }
    // Of nine transactions of nine thousand bytes one lies behind the start, and three behind an abort.
    #expect(pieces >= 5 * 9 && pieces < 6 * 10)
    let walked = try self.chain(pieces: 3)
    _ = try walk(walked)
    #expect(!walked.goOn())
  }

  @Test(
    "Frames that are sound and not those that were committed are damage, whoever summed them",
    arguments: [0, 10_000])
  func damaged(pieces: Int) throws {
    for before in try ledger.segments() {
      var segment = before
      guard let frame = segment.frames.last(where: { $0.header.kind == .rows }) else { continue }
      // Another byte, and the checksum that belongs to it.
      let (first, payload) = (frame.range.lowerBound, frame.header.length)
      let place = first + JournalFormat.headerBytes
      segment.bytes[place] ^= 1
      var sum: [UInt8] = []
      LittleEndian.append(CRC32C.of(segment.bytes[first..<place + payload]), to: &sum)
      segment.bytes.replaceSubrange(place + payload..<place + payload + 4, with: sum)
      try ledger.replace(segment)
      let alone = try walk(nil)
      #expect(alone.damage?.what == .chain)
      #expect(try walk(chain(pieces: pieces)) == alone)
      try ledger.replace(before)
      try ledger.replace(before)
    }
  }
}
