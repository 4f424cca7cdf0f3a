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

  @Test("It is read as it was written, and the newer one stands in the older one's place")
  func roundTrip() throws {
    #expect(try LedgerPosition.read(in: ledger.folder) == nil)
    for position in [LedgerPosition.start, position] {
      try position.write(in: ledger.folder)
      #expect(try LedgerPosition.read(in: ledger.folder) == position)
    }
    #expect(try ledger.folder.list().count == 1)
  }

  @Test("A person can read it")
  func text() {
    let hash = "00070e151c232a31383f464d545b626970777e858c939aa1a8afb6bdc4cbd2d9"
    let text = """
      waybill ledger position 1
      decision 48213
      sequence 991823
      end 88123136
      hash \(hash)

      """
    #expect(String(decoding: position.encoded(), as: UTF8.self).hasPrefix(text + "checksum "))
  }

  @Test("Cut short or changed anywhere, it is as if there were none")
  func spoiled() {
    let bytes = position.encoded()
    #expect(LedgerPosition(decoding: bytes) == position)
    for place in bytes.indices {
      #expect(LedgerPosition(decoding: Array(bytes[..<place])) == nil, "cut at \(place)")
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        #expect(LedgerPosition(decoding: changed) == nil, "byte \(place), bit \(bit)")
      }
    }
    #expect(LedgerPosition(decoding: bytes + [10]) == nil)
    #expect(LedgerPosition(decoding: [UInt8](repeating: 0, count: bytes.count)) == nil)
  }
}
