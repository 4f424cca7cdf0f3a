import Foundation
import Orders
import Testing

@testable import Outbox

@Suite("The acknowledgement")
struct AcknowledgementTests {
  private func ack(file: [UInt8] = Array("manifests-0711.csv".utf8)) -> Acknowledgement {
    Acknowledgement(
      file: file, partner: "dtdc", kind: .manifests, sizeBytes: 48_211, sha256: [UInt8](0..<32),
      receivedAt: time(7804), completedBy: "rename", ledgerSequence: DecisionNumber(48_213),
      outcome: .acceptedWithErrors, zone: .kolkata)
  }

  @Test("All members stand in their order, one a line")
  func golden() {
    var ack = ack()
    ack.rows.read = 512
    ack.rows[.applied] = 498
    ack.rows[.duplicate] = 3
    ack.rows[.rejected] = 11
    var late = RejectionGroup(code: .notTheNextStep)
    for row in 14...16 { late.add(row: UInt32(row)) }
    var unknown = RejectionGroup(code: .unknownShipment)
    unknown.add(row: 40)
    ack.rejections = [late, unknown]
    ack.totals.awbNumbers = 509
    ack.totals.quantity = 611
    ack.answers = [Array("manifests-0711.csv.result.csv".utf8), Array("manifests-0711.csv.errors.csv".utf8)]
    let sentences = [RejectionCode.notTheNextStep, .unknownShipment].map(\.meaning)
    #expect(
      String(decoding: ack.bytes(), as: UTF8.self) == """
        {"file": "manifests-0711.csv",
         "partner": "dtdc",
         "kind": "manifests",
         "bytes": 48211,
         "sha256": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
         "received_at": "2026-11-21T02:10:04+05:30",
         "completed_by": "rename",
         "ledger_sequence": 48213,
         "outcome": "accepted_with_errors",
         "rows": {"read": 512, "applied": 498, "duplicate": 3, "recorded": 0, "parked": 0, "rejected": 11},
         "rejections": [{"code": "W302", "count": 3, "sentence": "\(sentences[0].sentence)", "who": "\(sentences[0].who.rawValue)", "rows": [14, 15, 16]},
          {"code": "W303", "count": 1, "sentence": "\(sentences[1].sentence)", "who": "\(sentences[1].who.rawValue)", "rows": [40]}],
         "totals": {"awb_numbers": 509, "quantity": 611},
         "corrects": null,
         "answers": ["manifests-0711.csv.result.csv", "manifests-0711.csv.errors.csv"]}

        """)
  }

  @Test("A file refused whole has one group without rows; what is not known is null")
  func refused() throws {
    var ack = ack()
    ack.kind = nil
    ack.sha256 = []
    ack.ledgerSequence = nil
    ack.outcome = .rejected
    ack.rejections = [
      RejectionGroup(file: Fault(.kindNotAllowed), value: "Not \"used\".", kind: .returns, zone: .kolkata)
    ]
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(ack.bytes())) as? [String: Any])
    #expect(object["kind"] is NSNull)
    #expect(object["sha256"] is NSNull)
    #expect(object["ledger_sequence"] is NSNull)
    let groups = try #require(object["rejections"] as? [[String: Any]])
    #expect(groups.count == 1)
    #expect(groups[0]["count"] as? Int == 1)
    #expect((groups[0]["sentence"] as? String)?.contains("Not \"used\".") == true)
    #expect((groups[0]["rows"] as? [Any])?.isEmpty == true)
  }

  @Test(
    "Names that hold quotes, control bytes or stray bytes never break the JSON",
    arguments: [
      Array("a\"b\\\n\u{1B}[0m.csv".utf8), [0x61, 0xE9, 0x2E, 0x63, 0x73, 0x76], Array("é\u{202E}.csv".utf8),
    ])
  func hostileNames(name: [UInt8]) throws {
    var ack = ack(file: name)
    ack.corrects = name
    ack.answers = [name + Array(".result.csv".utf8)]
    let bytes = ack.bytes()
    #expect(!bytes.contains(0x1B))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let legible = String(decoding: legibleName(name), as: UTF8.self)
    #expect(object["file"] as? String == legible)
    #expect(object["corrects"] as? String == legible)
    #expect(object["answers"] as? [String] == [legible + ".result.csv"])
    #expect(bytes.count(where: { $0 == 10 }) == 14)
  }
}
