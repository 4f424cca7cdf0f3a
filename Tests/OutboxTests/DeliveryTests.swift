import Files
import Orders
import TestSupport
import Testing

@testable import Outbox

@Suite("Delivery")
struct DeliveryTests {
  enum Held: String, CaseIterable { case inline, file }

  private struct Exchange {
    let place: TemporaryFolder
    let staging: Folder
    let outbox: Folder

    init(_ place: TemporaryFolder) throws {
      self.place = place
      try place.makeFolder("staging")
      try place.makeFolder("outbox")
      staging = try Folder(path: place.path("staging"))
      outbox = try Folder(path: place.path("outbox"))
    }

    func answer(_ text: String, _ held: Held, name: String = "scans.csv.result.csv") throws -> StagedAnswer {
      let bytes = Array(text.utf8)
      if held == .inline { return StagedAnswer(name: Array(name.utf8), bytes: bytes) }
      try place.write(bytes, to: "staging/.1-result")
      return StagedAnswer(
        name: Array(name.utf8), content: .file(Array(".1-result".utf8)), sha256: SHA256.hash(bytes),
        byteCount: bytes.count)
    }

    func publish(_ answer: StagedAnswer, replacing: Bool = false) throws -> PublishResult {
      try Delivery.publish(answer, from: staging, into: outbox, replacing: replacing)
    }
  }

  private func withExchange(_ body: (Exchange) throws -> Void) throws {
    try withTemporaryFolder { try body(try Exchange($0)) }
  }

  @Test("An answer appears under its name, whole, and nothing is left beside it", arguments: Held.allCases)
  func published(held: Held) throws {
    try withExchange { exchange in
      let result = try exchange.publish(try exchange.answer("row\n1\n", held))
      #expect(result == .published)
      #expect(try exchange.place.names(in: "outbox") == ["scans.csv.result.csv"])
      #expect(try exchange.place.text("outbox/scans.csv.result.csv") == "row\n1\n")
      #expect(try exchange.place.names(in: "staging") == [])
    }
  }

  @Test("The same answer again is found there, and its staged file goes", arguments: Held.allCases)
  func again(held: Held) throws {
    try withExchange { exchange in
      _ = try exchange.publish(try exchange.answer("row\n1\n", .inline))
      #expect(try exchange.publish(try exchange.answer("row\n1\n", held)) == .alreadyThere)
      #expect(try exchange.place.names(in: "staging") == [])
      #expect(try exchange.place.names(in: "outbox") == ["scans.csv.result.csv"])
    }
  }

  @Test("Another content is never overwritten", arguments: Held.allCases, ["row\n2\n", "longer than that\n"])
  func differs(held: Held, other: String) throws {
    try withExchange { exchange in
      try exchange.place.write(other, to: "outbox/scans.csv.result.csv")
      #expect(try exchange.publish(try exchange.answer("row\n1\n", held)) == .differs)
      #expect(try exchange.place.text("outbox/scans.csv.result.csv") == other)
      #expect(try exchange.place.names(in: "staging") == (held == .file ? [".1-result"] : []))
    }
  }

  @Test("The ack of a held file gives way to the ack of the same upload", arguments: Held.allCases)
  func replaced(held: Held) throws {
    try withExchange { exchange in
      let name = "scans.csv.ack.json"
      _ = try exchange.publish(try exchange.answer("{\"outcome\": \"held\"}\n", .inline, name: name))
      let later = try exchange.answer("{\"outcome\": \"accepted\"}\n", held, name: name)
      #expect(try exchange.publish(later, replacing: true) == .published)
      #expect(try exchange.place.text("outbox/\(name)") == "{\"outcome\": \"accepted\"}\n")
      #expect(try exchange.place.names(in: "outbox") == [name])
    }
  }

  @Test("A run that was killed between link and unlink is finished by the next")
  func halfDone() throws {
    try withExchange { exchange in
      let answer = try exchange.answer("row\n1\n", .file)
      #expect(try exchange.staging.link(Array(".1-result".utf8), to: exchange.outbox, as: answer.name))
      #expect(try exchange.publish(answer) == .alreadyThere)
      #expect(try exchange.place.names(in: "staging") == [])
      #expect(try exchange.place.text("outbox/scans.csv.result.csv") == "row\n1\n")
    }
  }

  @Test("An answer that neither folder holds is asked for by ENOENT")
  func lost() throws {
    try withExchange { exchange in
      let answer = try exchange.answer("row\n1\n", .file)
      try exchange.staging.remove(Array(".1-result".utf8))
      let error = #expect(throws: FileError.self) { _ = try exchange.publish(answer) }
      #expect(error?.errno == FileError.number(of: "ENOENT"))
      #expect(try exchange.place.names(in: "outbox") == [])
    }
  }

  @Test("A folder or a link under the name is left alone")
  func strange() throws {
    try withExchange { exchange in
      try exchange.place.makeFolder("outbox/scans.csv.result.csv")
      #expect(try exchange.publish(try exchange.answer("row\n1\n", .inline)) == .differs)
    }
  }
}
