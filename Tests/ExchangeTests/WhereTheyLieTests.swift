/// Small files are decided where they lie and taken then: whatever comes between, each is answered once and kept whole.

import Files
import Glibc
import TestSupport
import Testing

@Suite("A small file that was decided where it lay")
struct WhereTheyLieTests {
  private static let noon = "2026-11-21T12:00:00+05:30"
  private static let inbox = "inbox/easyecom/orders-1.csv"
  private static let ack = "outbox/easyecom/orders-1.csv.ack.json"

  @Test(
    "Is taken by the restart and not answered again, where a kill came before it was taken",
    arguments: ["commit-synced", "position-written"])
  func killedBefore(_ moment: String) async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: moment, root)
      #expect(root.has(Self.inbox), "nothing is taken before its decision is durable")
      #expect(!root.has(Self.ack))
      try await expectAnsweredOnce(root)
    }
  }

  @Test("Is taken again, where a power cut undid that it was taken")
  func undone() async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: "delivered", root)
      #expect(rename(root.path("ledger/claimed/000000000001"), root.path(Self.inbox)) == 0)
      try await expectAnsweredOnce(root)
    }
  }

  /// What a power cut leaves of a file that was never synced: zeros in place of its bytes, or less of them, or all of it.
  @Test(
    "Is kept whole, whatever a power cut left of its content", arguments: [true, false], [0, 1, 20, 1000])
  func torn(isTaken: Bool, kept: Int) async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: isTaken ? "delivered" : "commit-synced", root)
      let path = isTaken ? "ledger/claimed/000000000001" : Self.inbox
      let bytes = Array(Self.orders(1).utf8)
      let zeros = [UInt8](repeating: 0, count: kept == 20 ? max(0, bytes.count - kept) : 0)
      try root.write(Array(bytes.prefix(kept)) + zeros, to: path)
      try await expectAnsweredOnce(root)
    }
  }

  @Test("Is kept whole, where it was taken away between its decision and its taking")
  func gone() async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: "commit-synced", root)
      #expect(unlink(root.path(Self.inbox)) == 0)
      try await expectAnsweredOnce(root)
    }
  }

  @Test("Leaves its place to what its sender wrote since, which is another upload")
  func writtenSince() async throws {
    try await withTemporaryFolder { root in
      let killed = try await Self.once(root, at: nil, drops: true, crash: "commit-synced")
      #expect(killed.status == .killed(by: SIGKILL))
      try root.write(Self.orders(2), to: Self.inbox)
      let finished = try await Self.once(root, at: nil)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      #expect(root.has(Self.ack))
      #expect(root.has("outbox/easyecom/orders-1.csv~2.ack.json"), "\(finished.errors)")
      let kept = try FolderTree(at: root.path("ledger/archive"))
      #expect(
        Set(kept.files.map(kept.bytes(of:))) == [Array(Self.orders(1).utf8), Array(Self.orders(2).utf8)])
      try await Self.verify(root)
    }
  }

  @Test("Is no file that is missing, for who verifies or proves the ledger before it is taken")
  func verifiedBefore() async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: "position-written", root)
      try await Self.verify(root)
    }
  }

  // MARK: Steps

  /// After the restart everything is as an undisturbed run leaves it.
  private func expectAnsweredOnce(_ root: TemporaryFolder) async throws {
    let finished = try await Self.once(root, at: Self.noon)
    #expect(finished.status == .exited(0), "\(finished.errors)")
    try await withTemporaryFolder { other in
      let undisturbed = try await Self.once(other, at: Self.noon, drops: true)
      #expect(undisturbed.status == .exited(0), "\(undisturbed.errors)")
      let difference = try await DrillResult(root).difference(from: try await DrillResult(other))
      #expect(difference == nil, "\(difference ?? "")")
    }
    try await Self.verify(root)
  }

  private static func orders(_ number: Int) -> String { DaemonTests.orders("E-\(number)") }

  private static func kill(at moment: String, _ root: TemporaryFolder) async throws {
    let killed = try await once(root, at: noon, drops: true, crash: moment)
    #expect(killed.status == .killed(by: SIGKILL))
  }

  private static func once(
    _ root: TemporaryFolder, at time: String?, drops: Bool = false, crash: String? = nil
  ) async throws -> FinishedProgram {
    if drops { try root.write(orders(1), to: inbox) }
    return try await WaybillProgram.run(
      ["once", "--root", root.path] + (time.map { ["--at", $0] } ?? []),
      environment: crash.map { ["WAYBILL_CRASH": $0] } ?? [:])
  }

  private static func verify(_ root: TemporaryFolder) async throws {
    for part in ["verify", "prove"] {
      let finished = try await WaybillProgram.run(["ledger", part, "--root", root.path])
      #expect(finished.status == .exited(0), "\(part): \(finished.output) \(finished.errors)")
    }
  }
}
