/// The daemon's files made beforehand: whatever ends it, none is left and no answer is lost.

import Files
import Foundation
import TestSupport
import Testing

@Suite("A daemon that makes files beforehand")
struct SparesInUseTests {
  /// Starts a daemon, drops a file, and waits until files lie ready for the answers to the next.
  private func withSpares(
    crash: String? = nil, _ body: (TemporaryFolder, RunningProgram) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "spares", drops: [], configuration: DaemonTests.settings).prepare(root)
      var program = WaybillProgram(["run", "--root", root.path])
      if let crash { program.environment["WAYBILL_CRASH"] = crash }
      let daemon = try program.start()
      _ = try await daemon.waitUntil { daemon.errorsSoFar.contains("watch") }
      try root.drop("easyecom", "orders-1.csv", DaemonTests.orders("E-1"))
      let areReady = try await daemon.waitUntil { try root.names(in: "ledger/asides").count >= 4 }
      #expect(areReady, "\(daemon.errorsSoFar)")
      #expect(try answers(in: root) == ["orders-1.csv.ack.json", "orders-1.csv.result.csv"])
      try await body(root, daemon)
      daemon.send(SIGKILL)
    }
  }

  private func answers(in root: TemporaryFolder) throws -> [String] {
    try root.names(in: "outbox/easyecom").sorted()
  }

  private static let both = [
    "orders-1.csv.ack.json", "orders-1.csv.result.csv", "orders-2.csv.ack.json", "orders-2.csv.result.csv",
  ]

  @Test("Takes them for its answers, and removes the rest when it ends")
  func inUse() async throws {
    try await withSpares { root, daemon in
      let before = try inodes(in: root, "ledger/asides")
      try root.drop("easyecom", "orders-2.csv", DaemonTests.orders("E-2"))
      _ = try await daemon.waitUntil { root.has("outbox/easyecom/orders-2.csv.ack.json") }
      #expect(try answers(in: root) == Self.both)
      let published = try inodes(in: root, "outbox/easyecom")
      #expect(published.intersection(before).count == 2, "both answers were spares")
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
      #expect(try root.names(in: "ledger/asides") == [])
    }
  }

  @Test(
    "Leaves nothing behind that the next start keeps", arguments: ["half-delivered:2", "commit-synced:2"])
  func killed(_ moment: String) async throws {
    try await withSpares(crash: moment) { root, daemon in
      try root.drop("easyecom", "orders-2.csv", DaemonTests.orders("E-2"))
      let end = try await daemon.finish().status
      #expect(end == .killed(by: SIGKILL))
      #expect(try !root.names(in: "ledger/asides").isEmpty)
      let finished = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
      #expect(finished.status == .exited(0), "\(finished.errors)")
      #expect(try answers(in: root) == Self.both)
      #expect(try root.text("outbox/easyecom/orders-2.csv.ack.json").contains("\"outcome\": \"accepted\""))
      #expect(try root.names(in: "ledger/asides") == [])
      let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(proof.status == .exited(0), "\(proof.errors)")
    }
  }

  private func inodes(in root: TemporaryFolder, _ folder: String) throws -> Set<UInt64> {
    Set(
      try root.names(in: folder).compactMap { name in
        let attributes = try FileManager.default.attributesOfItem(atPath: root.path("\(folder)/\(name)"))
        return (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
      })
  }
}
