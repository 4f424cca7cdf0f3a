import Files
import Orders
import Testing

@testable import Ledger

@Suite("The ledger's position")
struct LedgerPositionTests {
  let ledger: ScratchLedger
  let position = LedgerPosition(
    decision: DecisionNumber(48_213), sequence: FrameSequence(991_823), hash: (0..<32).map { UInt8($0 * 7) },
    end: 88_123_136)

  init() throws { ledger = try ScratchLedger() }

  private func position(_ sequence: UInt64) -> LedgerPosition {
    var position = position
    position.sequence = FrameSequence(sequence)
    position.decision = DecisionNumber(sequence / 2)
    return position
  }

  private var file: [UInt8] {
    get throws { try readWhole(ledger.folder, Array("position".utf8), limit: 4_096) }
  }

  private func put(_ bytes: [UInt8]) throws {
    try ledger.folder.create(Array("position".utf8), exclusive: false).write(bytes, at: 0)
  }

  @Test("It is read as it was written, the newest of all")
  func roundTrip() throws {
    #expect(try LedgerPosition.read(in: ledger.folder) == nil)
    try LedgerPosition.start.write(in: ledger.folder)
    #expect(try LedgerPosition.read(in: ledger.folder) == .start)
    for sequence in [1, 2, 3, 7, 8, 9, .max - 1, .max] as [UInt64] {
      try position(sequence).write(in: ledger.folder)
      #expect(try LedgerPosition.read(in: ledger.folder) == position(sequence))
    }
    #expect(try file.count == 2 * LedgerPosition.lineBytes)
    #expect(try ledger.folder.list().count == 1)
  }

  @Test("Its one writer keeps it open, and writes what every other would", arguments: 0...3)
  func keptOpen(before: UInt64) throws {
    let other = try ScratchLedger()
    if before > 0 {
      for sequence in 1...before {
        try position(sequence).write(in: ledger.folder)
        try position(sequence).write(in: other.folder)
      }
    }
    let kept = PositionFile(ledger.folder)
    for sequence in before + 1...before + 5 {
      try kept.write(position(sequence))
      try position(sequence).write(in: other.folder)
      #expect(try LedgerPosition.read(in: ledger.folder) == position(sequence))
      #expect(try file == readWhole(other.folder, Array("position".utf8), limit: 4_096))
    }
    try ledger.folder.remove(Array("position".utf8))
    try kept.write(position(before + 6))
    #expect(
      try LedgerPosition.read(in: ledger.folder) == position(before + 6), "it is made anew where it is gone")
  }

  @Test("A person can read it")
  func text() {
    let hash = "00070e151c232a31383f464d545b626970777e858c939aa1a8afb6bdc4cbd2d9"
    let line = String(decoding: position.encoded(), as: UTF8.self)
    #expect(line.hasPrefix("decision 48213 sequence 991823 end 88123136 hash \(hash) checksum "))
    #expect(line.hasSuffix(" \n"))
    #expect(line.utf8.count == LedgerPosition.lineBytes)
    let longest = LedgerPosition(
      decision: DecisionNumber(.max), sequence: FrameSequence(.max), hash: position.hash, end: .max)
    #expect(LedgerPosition.decoded(longest.encoded()[...]) == longest)
  }

  @Test("Cut short or changed anywhere, a line is as if there were none")
  func spoiledLine() {
    let bytes = position.encoded()
    #expect(LedgerPosition.decoded(bytes[...]) == position)
    for place in bytes.indices {
      #expect(LedgerPosition.decoded(bytes[..<place]) == nil, "cut at \(place)")
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        #expect(LedgerPosition.decoded(changed[...]) == nil, "byte \(place), bit \(bit)")
      }
    }
    #expect(LedgerPosition.decoded((bytes + [10])[...]) == nil)
    #expect(LedgerPosition.decoded([]) == nil)
  }

  @Test("A line half written leaves the one before it, and is the next to be written over", arguments: 2...5)
  func halfWritten(written: UInt64) throws {
    for sequence in 1...written { try position(sequence).write(in: ledger.folder) }
    let before = try file
    try position(written + 1).write(in: ledger.folder)
    let after = try file
    guard let change = before.indices.first(where: { before[$0] != after[$0] }) else { throw Unexpected() }
    let slot = change / LedgerPosition.lineBytes * LedgerPosition.lineBytes
    for count in change - slot + 1..<200 {
      var torn = after
      torn.replaceSubrange(slot + count..<slot + 256, with: before[slot + count..<slot + 256])
      if torn == after { continue }
      try put(torn)
      #expect(try LedgerPosition.read(in: ledger.folder) == position(written), "torn at \(count)")
    }
    try position(written + 2).write(in: ledger.folder)
    #expect(try LedgerPosition.read(in: ledger.folder) == position(written + 2))
    #expect(
      try Array(file[..<slot] + file[(slot + 256)...]) == Array(before[..<slot] + before[(slot + 256)...]))
  }

  @Test(
    "A file of nothing but zeros, or empty, is no position and can be written over",
    arguments: [0, 1, 256, 512])
  func spoiledFile(count: Int) throws {
    try put([UInt8](repeating: 0, count: count))
    #expect(try LedgerPosition.read(in: ledger.folder) == nil)
    try position.write(in: ledger.folder)
    #expect(try LedgerPosition.read(in: ledger.folder) == position)
  }
}
