/// Two files at once: the next one of a group is read and parsed while the answers of the one before it are finished.

import Files
import Foundation
import TestSupport
import Testing

@testable import Exchange

@Suite("The file that comes next is parsed while the one before it is answered")
struct BegunFileTests {
  /// More than a megabyte of orders, few of them and with long addresses, and where it is wanted every two hundredth with a fault.
  static func orders(_ number: Int, hasFaults: Bool = true) -> String {
    let address = String(repeating: "Plot 7, ", count: 30)
    let rows = (0..<4_500).map { row in
      "T\(number)-\(row),INV\(number)-\(row),1,TEA-250,\(hasFaults && row % 200 == 7 ? 0 : 1),229.00,WH-1,\"\(address)\"\n"
    }
    return "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,address_line1\n"
      + rows.joined()
  }

  /// Of two partners: what is sound, a copy, what is refused, and what is too small.
  private static let drill = Drill(
    name: "begun",
    drops: [
      [
        Drill.Upload("booon", "orders-0.csv", orders(0)),
        Drill.Upload("easyecom", "orders-1.csv", orders(1)),
        Drill.Upload("easyecom", "orders-2.csv", orders(2)),
        Drill.Upload("easyecom", "orders-3.csv", orders(1)),
        Drill.Upload("easyecom", "orders-4.csv", "preamble\n" + orders(4)),
        Drill.Upload("easyecom", "orders-5.csv", "order_number\nT5-1\n"),
        Drill.Upload("easyecom", "orders-6.csv", orders(6)),
      ]
    ])

  @Test("The answers are those of one core, whatever became of what was begun")
  func oneCore() async throws {
    let one = try await Self.drill.outbox(jobs: 1)
    let two = try await Self.drill.outbox(jobs: 2)
    #expect(one.files.count > 14)
    #expect(one.difference(from: two, names: ("one core", "two")) == nil)
  }

  @Test(
    "A kill at any moment leaves what a run without one leaves",
    arguments: [
      "answers-staged:1", "commit-appended:2", "commit-synced:1",
    ])
  func killed(_ moment: String) async throws {
    #expect(try await Self.drill.difference(afterKillAt: moment) == nil)
  }
}
