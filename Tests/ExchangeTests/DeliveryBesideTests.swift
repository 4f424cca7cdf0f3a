/// Answers of a large group, published on another core while the next group is judged: the same answers, and never behind a mark.

import Files
import Foundation
import TestSupport
import Testing

@testable import Exchange

@Suite("A large group's answers, published beside the work")
struct DeliveryBesideTests {
  private static let header = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"

  private static func uploads(_ count: Int) -> [Drill.Upload] {
    (0..<count).map { number in
      let row = "B-\(number),INV-\(number),1,TEA-250,\(number % 7 == 0 ? 0 : 1),229.00,WH-1\n"
      return Drill.Upload("easyecom", "orders-\(number).csv", header + row)
    }
  }

  private static let drill = Drill(name: "beside", drops: [uploads(300)])

  @Test("Are those of one core")
  func oneCore() async throws {
    let one = try await Self.drill.outbox(jobs: 1)
    let two = try await Self.drill.outbox(jobs: 2)
    #expect(one.files.count > 600)
    #expect(one.difference(from: two, names: ("one core", "two")) == nil)
  }

  @Test(
    "Are all there after a kill at any moment of it",
    arguments: [
      "claims-journaled:2", "commit-appended:280", "commit-synced:1", "commit-synced:2", "claims-renamed:2",
      "half-delivered:1", "half-delivered:100", "half-delivered:290", "delivered:1", "delivered:2",
      "archived:1", "published-marked:1",
    ])
  func killed(_ moment: String) async throws {
    #expect(try await Self.drill.difference(afterKillAt: moment) == nil)
  }

  @Test("Are told of in the order of their decisions, and marked only when they are published")
  func inOrder() throws {
    try withTemporaryFolder { root in
      var bounds = LedgerBounds()
      // Each group is marked as soon as the next one is judged.
      bounds.unmarkedAnswersMax = 100
      let exchange = try LiveExchange(root, ledgerBounds: bounds)
      let reports = try exchange.take(Self.uploads(600))
      #expect(reports.count == 600)
      #expect(reports.map(\.decision) == reports.map(\.decision).sorted())
      #expect(exchange.ledger.underWay == nil)
      for report in reports {
        #expect(root.has("outbox/easyecom/\(String(decoding: report.name, as: UTF8.self)).ack.json"))
      }
      try exchange.restart()
      #expect(exchange.said == [])
      #expect(try exchange.tablesNotInTheJournal() == [])
    }
  }

  @Test("Stop the work where one cannot be published, and are all there after the restart")
  func failed() throws {
    try withTemporaryFolder { root in
      let exchange = try LiveExchange(root)
      try FileManager.default.removeItem(atPath: root.path("outbox/easyecom"))
      #expect(throws: FileError.self) { try exchange.take(Self.uploads(100)) }
      #expect(exchange.ledger.underWay == nil, "nothing is published behind the back of whoever is told")
      try exchange.reopen()
      try exchange.take()
      let acks = try root.names(in: "outbox/easyecom").filter { $0.hasSuffix(".ack.json") }
      #expect(acks.count == 100)
    }
  }

  @Test("Leave alone what lies there under their names, and say so")
  func nameTaken() throws {
    try withTemporaryFolder { root in
      let exchange = try LiveExchange(root)
      try root.write("theirs\n", to: "outbox/easyecom/orders-7.csv.result.csv")
      try exchange.take(Self.uploads(100))
      #expect(try root.text("outbox/easyecom/orders-7.csv.result.csv") == "theirs\n")
      #expect(exchange.said.count == 1)
      #expect(exchange.said.allSatisfy { $0.contains("differs") })
    }
  }
}
