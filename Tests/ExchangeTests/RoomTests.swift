/// One file that the disk has no room for: it waits by itself, and is said; the others go on.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A file that does not fit the disk keeps nobody else waiting")
struct RoomTests {
  /// What a full disk needs to be written about, and what a byte of a file comes to.
  private static let reserved = 64 << 20
  private static let large = 2 << 20

  @Test("A single pass leaves it, takes the others, and ends with 3 and one line; with room it is taken")
  func once() async throws {
    try await withLargeFile(freeBytes: Self.reserved + 1 << 20) { root in
      let environment = ["WAYBILL_FREE": root.path("free")]
      let once = try await WaybillProgram.run(["once", "--root", root.path], environment: environment)
      #expect(once.status == .exited(3))
      #expect(once.errorLines.count == 1)
      #expect(
        once.errors.contains("the disk has no room for easyecom/orders-1.csv: 76.0 MiB must be free"),
        "\(once.errors)")
      #expect(once.output.contains("the disk has no room for it: 76.0 MiB must be free"), "\(once.output)")
      for number in 2...3 { #expect(root.has("outbox/easyecom/orders-\(number).csv.ack.json")) }
      #expect(try root.names(in: "inbox/easyecom") == ["orders-1.csv"])
      #expect(try root.names(in: "ledger/claimed") == [])

      let status = try await WaybillProgram.run(["status", "--root", root.path], environment: environment)
      #expect(status.output.contains("orders-1.csv"), "\(status.output)")
      #expect(status.output.contains("the disk has no room for it: 76.0 MiB must be free"))
      let json = try await WaybillProgram.run(
        ["status", "--json", "--root", root.path], environment: environment)
      #expect(json.output.contains("the disk has no room for it: 76.0 MiB must be free"))

      try root.write("1000000000000\n", to: "free")
      let again = try await WaybillProgram.run(["once", "--root", root.path], environment: environment)
      #expect(again.status == .exited(0), "\(again.errors)")
      #expect(root.has("outbox/easyecom/orders-1.csv.ack.json"))
    }
  }

  @Test("A daemon says it once with the bytes, answers others meanwhile, and takes it when there is room")
  func daemon() async throws {
    try await withLargeFile(freeBytes: Self.reserved + 1 << 20) { root in
      let daemon = try await ReconcileTests.daemon(root, environment: ["WAYBILL_FREE": root.path("free")])
      let words = "easyecom/orders-1.csv waits for room on the disk: 76.0 MiB must be free, 65.0 MiB are"
      #expect(try await daemon.waitUntil { daemon.errorsSoFar.contains(words) }, "\(daemon.errorsSoFar)")
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-3.csv.ack.json") })
      try root.drop("easyecom", "orders-4.csv", DaemonTests.orders("E-4"))
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-4.csv.ack.json") })
      #expect(!root.has("outbox/easyecom/orders-1.csv.ack.json"))
      try root.write("1000000000000\n", to: "free")
      #expect(
        try await daemon.waitUntil(timeoutSeconds: 30) { root.has("outbox/easyecom/orders-1.csv.ack.json") })
      #expect(
        daemon.errorsSoFar.components(separatedBy: "waits for room").count == 2, "\(daemon.errorsSoFar)")
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
    }
  }

  @Test("Files that fit one by one and not together are taken one after the other")
  func together() async throws {
    try await withLargeFile(freeBytes: Self.reserved + 6 * Self.large + 4096) { root in
      let once = try await WaybillProgram.run(
        ["once", "--root", root.path], environment: ["WAYBILL_FREE": root.path("free")])
      #expect(once.status == .exited(0), "\(once.errors)")
      for number in 1...3 { #expect(root.has("outbox/easyecom/orders-\(number).csv.ack.json")) }
    }
  }

  /// One file of two mebibytes, the first in the queue, and two small ones.
  private func withLargeFile(freeBytes: Int, _ body: (TemporaryFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      var orders = DaemonTests.orders("L-1")
      // Blank lines are bytes without rows.
      orders += String(repeating: "\n", count: Self.large - orders.utf8.count)
      try root.write(orders, to: "inbox/easyecom/orders-1.csv")
      for number in 2...3 {
        try root.write(DaemonTests.orders("E-\(number)"), to: "inbox/easyecom/orders-\(number).csv")
      }
      try root.write("\(freeBytes)\n", to: "free")
      try await body(root)
    }
  }
}
