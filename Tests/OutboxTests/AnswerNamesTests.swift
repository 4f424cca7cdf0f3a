import Orders
import Testing

@testable import Outbox

@Suite("Answer names")
struct AnswerNamesTests {
  private func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }

  @Test("The first file of a name answers under its own name")
  func first() {
    let names = AnswerNames(inputName: Array("scans-1.jsonl.gz".utf8), tilde: nil)
    #expect(text(names.ack) == "scans-1.jsonl.gz.ack.json")
    #expect(text(names.result) == "scans-1.jsonl.gz.result.csv")
    #expect(text(names.errorsCSV) == "scans-1.jsonl.gz.errors.csv")
    #expect(text(names.errorsJSONL) == "scans-1.jsonl.gz.errors.jsonl")
    #expect(text(names.reply) == "scans-1.jsonl.gz.reply.jsonl")
    #expect(text(names.settled(1)) == "scans-1.jsonl.gz.settled-1.csv")
    #expect(text(names.settled(12)) == "scans-1.jsonl.gz.settled-12.csv")
  }

  @Test("A later file of the same name answers with its decision's number")
  func later() {
    let names = AnswerNames(inputName: Array("scans.csv".utf8), tilde: DecisionNumber(48_213))
    #expect(text(names.ack) == "scans.csv~48213.ack.json")
    #expect(text(names.settled(3)) == "scans.csv~48213.settled-3.csv")
    #expect(names.inputName == Array("scans.csv".utf8))
  }

  @Test("Bytes that are not UTF-8 stay in the names")
  func strayBytes() {
    let names = AnswerNames(inputName: [0x73, 0xE9, 0x2E, 0x63, 0x73, 0x76], tilde: nil)
    #expect(names.ack == [0x73, 0xE9, 0x2E, 0x63, 0x73, 0x76] + Array(".ack.json".utf8))
  }
}
