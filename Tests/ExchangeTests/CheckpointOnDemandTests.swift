/// `waybill ledger checkpoint` beside a daemon: handed to it, made beside its work, and answered.

import Files
import Glibc
import TestSupport
import Testing

@Suite("A checkpoint that is asked for")
struct CheckpointOnDemandTests {
  @Test("A running daemon makes it, and the verb prints what it prints without one")
  func byTheDaemon() async throws {
    var printed: [String] = []
    for hasDaemon in [false, true] {
      try await withWork { root in
        let daemon = hasDaemon ? try await ReconcileTests.daemon(root) : nil
        let asked = try await Self.checkpoint(root)
        #expect(asked.status == .exited(0), "\(asked.errors)")
        printed.append(asked.output)
        #expect(try root.names(in: "ledger/checkpoints").count == 1)
        #expect(try root.names(in: "ledger/requests") == [])
        if let daemon {
          let isSaid = try await daemon.waitUntil {
            daemon.errorsSoFar.contains("request served: checkpoint, at decision 3")
          }
          #expect(isSaid, "\(daemon.errorsSoFar)")
          // It still takes files, and a second checkpoint stands behind them.
          try root.drop("easyecom", "orders-9.csv", DaemonTests.orders("E-9"))
          #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-9.csv.ack.json") })
          #expect(try await Self.checkpoint(root).output.contains("decision 4"))
          daemon.send(SIGTERM)
          #expect(try await daemon.finish().status == .exited(0))
        }
        let status = try await WaybillProgram.run(["status", "--root", root.path])
        #expect(status.output.contains("checkpoint at decision \(hasDaemon ? 4 : 3)"), "\(status.output)")
        let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
        #expect(proof.status == .exited(0), "\(proof.errors)")
      }
    }
    #expect(printed[0] == printed[1] && printed[0].contains("decision 3"))
  }

  @Test(
    "A daemon killed while it makes one leaves the verb to make it, and the ledger whole",
    arguments: [
      CrashPoint.Name.checkpointWritten, .checkpointSynced, .checkpointRenamed, .checkpointsPruned,
    ])
  func daemonKilled(_ moment: CrashPoint.Name) async throws {
    try await withWork { root in
      let daemon = try await ReconcileTests.daemon(root, environment: ["WAYBILL_CRASH": moment.rawValue])
      let asked = try await Self.checkpoint(root)
      #expect(asked.status == .exited(0), "\(asked.errors)")
      #expect(asked.output.contains("decision 3"))
      #expect(try await daemon.finish().status == .killed(by: SIGKILL))
      #expect(try root.names(in: "ledger/requests") == [])
      #expect(try root.names(in: "ledger/checkpoints").allSatisfy { $0.hasPrefix("checkpoint-") })
      let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(proof.status == .exited(0), "\(proof.errors)")
    }
  }

  @Test("Asked for before anything was decided, there is nothing to write down, with a daemon or without")
  func nothingYet() async throws {
    for hasDaemon in [false, true] {
      try await withTemporaryFolder { root in
        try root.makeFolder("inbox/easyecom")
        let daemon = hasDaemon ? try await ReconcileTests.daemon(root) : nil
        let asked = try await Self.checkpoint(root)
        #expect(asked.status == .exited(0), "\(asked.errors)")
        #expect(asked.output.hasPrefix("Nothing was processed yet"))
        daemon?.send(SIGTERM)
        _ = try await daemon?.finish()
      }
    }
  }

  @Test("Every request that the daemon served stands in its log as one line")
  func logged() async throws {
    try await withWork { root in
      let daemon = try await ReconcileTests.daemon(root)
      // What differs in the books is another matter.
      let reconciled = try await ReconcileTests.reconcile(root).status
      #expect(reconciled == .exited(0) || reconciled == .exited(1))
      let ack = "easyecom/orders-1.csv.ack.json"
      for _ in 0..<2 {
        #expect(try await ReissueTests.reissue(root, ack).status == .exited(0))
        _ = unlink(root.path("outbox/" + ack))
      }
      #expect(try await ReissueTests.reissue(root, "easyecom/nothing.csv").status == .exited(3))
      daemon.send(SIGTERM)
      let ended = try await daemon.finish()
      let served = ended.errorLines.filter { $0.contains("request served: ") }
      #expect(served.count == 4, "\(ended.errors)")
      for words in [
        "reconcile, 0 rows", "outbox/\(ack) lies there as it was published",
        "outbox/\(ack) is published again (decision 4)", "nothing could be done",
      ] { #expect(served.contains { $0.contains(words) }, "\(words) is not in \(served)") }
    }
  }

  // MARK: Steps

  static func checkpoint(_ root: TemporaryFolder) async throws -> FinishedProgram {
    try await WaybillProgram.run(["ledger", "checkpoint", "--root", root.path])
  }

  /// Three files decided, by a program that was killed before it could end with a checkpoint.
  private func withWork(_ body: (TemporaryFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      for number in 1...3 {
        try root.write(DaemonTests.orders("E-\(number)"), to: "inbox/easyecom/orders-\(number).csv")
      }
      let killed = try await WaybillProgram.run(
        ["once", "--root", root.path, "--quiet"], environment: ["WAYBILL_CRASH": "published-marked"])
      #expect(killed.status == .killed(by: SIGKILL))
      #expect(!root.has("ledger/checkpoints"))
      try await body(root)
    }
  }
}
