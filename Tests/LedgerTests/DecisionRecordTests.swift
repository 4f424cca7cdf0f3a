import Orders
import Testing

@testable import Ledger

@Suite("Decisions are read as they were written")
struct DecisionRecordTests {
  static let partners = [Array("easyecom".utf8), Array("dtdc".utf8)]

  @Test("A list of what is published that outgrows a frame comes back whole and in its order")
  func longList() throws {
    var deed = DeedRecord(
      .expiry, decision: DecisionNumber(7), at: Timestamp(milliseconds: 1_763_971_200_000),
      request: RequestNumber(.max), answers: Self.answers(20_000),
      settled: (1...9_000).map { ClaimNumber($0) }, configuration: [1, 2, 3])
    deed.counts.read = 90_000
    deed.counts[.rejected] = 90_000
    var committed = deed
    let parts = Publication.overflow(&committed.answers, &committed.settled, partners: Self.partners)
    #expect(parts.count == 5)
    let last = committed.payload(partners: Self.partners)
    #expect(parts.allSatisfy { $0.count < JournalFormat.payloadBytesMax / 4 })
    #expect(last.count < 1_000)

    var reader = DecisionReader(partners: Self.partners)
    _ = try reader.take(Self.frame(.begin, BeginRecord(.expiry, at: deed.at).payload))
    for part in parts { #expect(try reader.take(Self.frame(.answers, part)) == nil) }
    #expect(try reader.take(Self.frame(.commit, last, decision: 7)) == .deed(deed))
  }

  @Test("A short list stands in the commit alone", arguments: DeedRecord.Kind.allCases)
  func shortList(_ kind: DeedRecord.Kind) throws {
    let deed = DeedRecord(
      kind, decision: DecisionNumber(1), at: Timestamp(milliseconds: -1), request: .none,
      reason: Array("lost".utf8), answers: Self.answers(3), settled: [ClaimNumber(4)],
      replaced: [UInt8](repeating: 9, count: 32))
    var committed = deed
    #expect(Publication.overflow(&committed.answers, &committed.settled, partners: Self.partners) == [])
    var reader = DecisionReader()
    _ = try reader.take(Self.frame(.begin, BeginRecord(kind, at: deed.at).payload))
    let payload = committed.payload(partners: Self.partners)
    guard case .deed(let read) = try reader.take(Self.frame(.commit, payload, decision: 1)) else {
      Issue.record("a deed was read as something else")
      return
    }
    // A reader of its own numbers the partners as it meets them.
    #expect(
      read.answers.map { reader.partners[Int($0.partner)] }
        == deed.answers.map { Self.partners[Int($0.partner)] })
    #expect(read.reason == deed.reason && read.replaced == deed.replaced && read.at == deed.at)
  }

  @Test("A file is no deed, and a deed no file")
  func notTheOther() throws {
    let deed = DeedRecord(
      .reissue, decision: DecisionNumber(1), at: Timestamp(milliseconds: 0), request: .none)
    #expect(throws: RecordFault.self) {
      try FileRecord(deed.payload(partners: Self.partners), decision: DecisionNumber(1)) { _ in 0 }
    }
  }

  private static func answers(_ count: Int) -> [PublishedAnswer] {
    (0..<count).map { number in
      PublishedAnswer(
        partner: UInt8(number % 2), name: Array("tracking-\(number).csv.settled-1.csv".utf8),
        sha256: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32), byteCount: Int64(number),
        bytes: number % 3 == 0 ? .staged(Array("deed-7-\(number)".utf8)) : .blob(UInt64(number) * 8))
    }
  }

  private static func frame(_ kind: FrameKind, _ payload: [UInt8], decision: UInt64? = nil) -> JournalFrame {
    JournalFrame(
      kind: kind, offset: 0, end: 0, sequence: FrameSequence(1), payload: payload,
      commit: decision.map {
        CommitFields(decision: DecisionNumber($0), frames: 1, hash: [UInt8](repeating: 0, count: 32))
      })
  }
}
