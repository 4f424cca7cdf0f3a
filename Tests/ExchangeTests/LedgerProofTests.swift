/// `waybill ledger prove`: every answer derived again from the archived originals, and what it says where something differs.

import Foundation
import TestSupport
import Testing

@Suite("Every answer follows from what was sent")
struct LedgerProofTests {
  @Test(
    "A lived-through exchange is derived again, byte for byte",
    arguments: [Drill.tradingDay, .corners, .large])
  func derived(_ drill: Drill) async throws {
    try await withLived(drill) { root in
      let proof = try await Self.prove(root)
      #expect(proof.status == .exited(0), "\(proof.output) \(proof.errors)")
      #expect(proof.output.contains("Every answer follows from what was sent."))
      #expect(proof.output.contains("the same byte for byte"))
    }
  }

  @Test("The proof changes nothing in the exchange")
  func changesNothing() async throws {
    try await withLived(.corners) { root in
      let before = try FolderTree(at: root.path)
      #expect(try await Self.prove(root).status == .exited(0))
      #expect(before.difference(from: try FolderTree(at: root.path)) == nil)
    }
  }

  @Test("A large answer that its partner took away is derived all the same")
  func answerTakenAway() async throws {
    try await withLived(.large) { root in
      for name in try root.names(in: "outbox/easyecom") {
        try FileManager.default.removeItem(atPath: root.path("outbox/easyecom/" + name))
      }
      let proof = try await Self.prove(root)
      #expect(proof.status == .exited(0), "\(proof.output) \(proof.errors)")
    }
  }

  @Test("An original that was changed in the archive gives the first row that would come to something else")
  func originalChanged() async throws {
    try await withLived(.corners) { root in
      let path = try #require(try Self.archived(root) { $0.contains("E-2,902,9002,TEA-250,x,229.00") })
      let text = try root.text(path).replacingOccurrences(of: "TEA-250,x,", with: "TEA-250,1,")
      try root.write(text, to: path)
      let proof = try await Self.prove(root)
      #expect(proof.status == .exited(1))
      #expect(
        proof.output.contains("easyecom/orders-1.csv: row 2 was rejected and would be applied"),
        "\(proof.output)")
    }
  }

  @Test("An original that is gone is said, and the other decisions are derived all the same")
  func originalGone() async throws {
    try await withLived(.corners) { root in
      let path = try #require(try Self.archived(root) { $0.contains("M-1,731000001,E-1") })
      try FileManager.default.removeItem(atPath: root.path(path))
      let proof = try await Self.prove(root)
      #expect(proof.status == .exited(1))
      #expect(proof.output.contains("easyecom/manifests-1.csv: the archive does not have its original"))
      #expect(proof.output.contains("1 decision differ"), "\(proof.output)")
    }
  }

  @Test("One day's files are derived alone")
  func oneDay() async throws {
    try await withLived(.corners) { root in
      for (day, derives) in [("2026-11-20", false), ("2026-11-21", true), ("2026-11-22", false)] {
        let proof = try await Self.prove(root, ["--date", day])
        #expect(proof.status == .exited(0))
        #expect(proof.output.contains("Derived  0 decisions") == !derives, "\(day): \(proof.output)")
      }
    }
  }

  @Test("Each decision is derived under the settings of its time, which the ledger keeps")
  func settingsOfTheTime() async throws {
    try await withLived(.corners) { root in
      // Another zone stands in every time of every answer.
      try root.write(#"{"zone": "Asia/Dubai"}"#, to: "exchange.json")
      try root.write("sku,name\nNEW-1,Something new\n", to: "inbox/easyecom/products-later.csv")
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0), "\(once.errors)")
      let proof = try await Self.prove(root)
      #expect(proof.status == .exited(0), "\(proof.output) \(proof.errors)")
      #expect(!proof.output.contains("Other settings"), "\(proof.output)")
      #expect(proof.output.contains("Every answer follows from what was sent."))

      // Without them it says what it cannot tell.
      let kept = try root.names(in: "ledger/settings")
      #expect(kept.count == 2)
      for name in kept { try FileManager.default.removeItem(atPath: root.path("ledger/settings/" + name)) }
      let blind = try await Self.prove(root)
      #expect(blind.output.contains("Other settings"), "\(blind.output)")
    }
  }

  // MARK: The exchange

  private func withLived(_ drill: Drill, _ body: (TemporaryFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      try drill.prepare(root)
      for number in drill.drops.indices {
        try drill.drop(number, in: root)
        try await Drill.succeed(root, drop: number)
      }
      try await body(root)
    }
  }

  private static func prove(_ root: TemporaryFolder, _ more: [String] = []) async throws -> FinishedProgram {
    try await WaybillProgram.run(["ledger", "prove", "--root", root.path] + more)
  }

  /// The archived original that holds some text, by its path.
  private static func archived(_ root: TemporaryFolder, _ holds: (String) -> Bool) throws -> String? {
    try FolderTree(at: root.path("ledger/archive")).files.map { "ledger/archive/" + $0 }
      .first { holds(try root.text($0)) }
  }
}
