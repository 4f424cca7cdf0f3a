/// Every claim ever made is decided, waits, or came to nothing; and a group that a crash tore apart is taken as it was claimed.

import Files
import Glibc
import TestSupport
import Testing

@Suite("The account of the claims closes")
struct ClaimAccountTests {
  @Test("A claim whose file somebody took out of the ledger is written off once, in the journal")
  func vanished() async throws {
    try await withClaims(2, killedAt: "claims-renamed") { root in
      #expect(unlink(root.path("ledger/claimed/000000000001")) == 0)
      let proof = try await Self.verify(root)
      #expect(proof.output.contains("2, each decided or waiting, but for 1 that came to nothing"))
      for _ in 0..<2 {
        let once = try await WaybillProgram.run(["once", "--root", root.path])
        #expect(once.status == .exited(0), "\(once.errors)")
      }
      #expect(try await Self.voids(root) == ["{\"type\": \"void_claim\", \"claim\": 1}"])
      let account = try await Self.verify(root)
      #expect(account.output.contains("2, each decided or waiting, but for 1 that came to nothing"))
      #expect(account.output.contains("0 claims, 0 parked rows"))

      // Whatever bears that number from now on is no claim of this ledger.
      try root.write("order_number\n", to: "ledger/claimed/000000000001")
      let refused = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(refused.status == .exited(3))
      #expect(refused.errors.contains("claimed/000000000001 is no claim of this ledger"))
    }
  }

  @Test("A claim that a crash kept from its file takes it at the restart, under its number")
  func interrupted() async throws {
    try await withClaims(3, killedAt: "claims-journaled") { root in
      #expect(try root.names(in: "ledger/claimed") == [])
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0), "\(once.errors)")
      #expect(once.errors.contains("easyecom/orders-2.csv was interrupted and is judged now"))
      #expect(try await Self.voids(root) == [])
      #expect(try await Self.verify(root).output.contains("Claims     3, each decided or waiting\n"))
    }
  }

  @Test("Where its file is gone from the inbox too, the claim is written off and said")
  func interruptedAndGone() async throws {
    try await withClaims(2, killedAt: "claims-journaled") { root in
      #expect(unlink(root.path("inbox/easyecom/orders-1.csv")) == 0)
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0), "\(once.errors)")
      #expect(once.errors.contains("1 claim of an interrupted run came to nothing: its file was not taken"))
      #expect(try await Self.voids(root).count == 1)
      #expect(!root.has("outbox/easyecom/orders-1.csv.ack.json"))
      #expect(root.has("outbox/easyecom/orders-2.csv.ack.json"))
      _ = try await Self.verify(root)
    }
  }

  @Test("What was sent anew after the crash is another upload, with a claim of its own")
  func sentAnew() async throws {
    try await withTemporaryFolder { root in
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      let killed = try await WaybillProgram.run(
        ["once", "--root", root.path], environment: ["WAYBILL_CRASH": "claims-journaled"])
      #expect(killed.status == .killed(by: SIGKILL))
      try await Self.waitForFileTimes()
      try root.write(DaemonTests.orders("E-2"), to: "inbox/easyecom/orders-1.csv")
      #expect(try await WaybillProgram.run(["once", "--root", root.path]).status == .exited(0))
      #expect(try await Self.voids(root).count == 1)
      #expect(try await ReconcileTests.dump(root).contains("\"claim\": 2"))
      _ = try await Self.verify(root)
    }
  }

  @Test("A companion that was taken for a claim that came to nothing speaks for no later upload")
  func companion() async throws {
    try await withTemporaryFolder { root in
      try root.write(
        "{\"partners\": {\"easyecom\": {\"companion\": \"done\"}}}", to: "exchange.json")
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      try root.write("", to: "inbox/easyecom/orders-1.csv.done")
      let killed = try await WaybillProgram.run(
        ["once", "--root", root.path], environment: ["WAYBILL_CRASH": "claims-journaled"])
      #expect(killed.status == .killed(by: SIGKILL))
      // A power cut kept the rename of the companion and lost that of its upload, which its sender then wrote to.
      let taken = root.path("ledger/claimed/000000000001.done")
      let beside = root.path("inbox/easyecom/orders-1.csv.done")
      #expect(rename(beside, taken) == 0)
      try await Self.waitForFileTimes()
      try root.write(DaemonTests.orders("E-2"), to: "inbox/easyecom/orders-1.csv")

      let waits = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(try await Self.voids(root).count == 1)
      #expect(try root.names(in: "ledger/claimed") == [])
      #expect(try root.names(in: "inbox/easyecom") == ["orders-1.csv"], "\(waits.errors)")

      try root.write("", to: "inbox/easyecom/orders-1.csv.done")
      #expect(try await WaybillProgram.run(["once", "--root", root.path]).status == .exited(0))
      #expect(root.has("outbox/easyecom/orders-1.csv.ack.json"))
      #expect(try root.names(in: "inbox/easyecom") == [])
      _ = try await Self.verify(root)
    }
  }

  @Test("A power cut that undid the first rename of a group changes no decision's number")
  func tornGroup() async throws {
    var numbers: [[String]] = []
    for isTorn in [false, true] {
      try await withClaims(3, killedAt: "claims-renamed", at: Self.noon) { root in
        if isTorn {
          #expect(
            rename(root.path("ledger/claimed/000000000001"), root.path("inbox/easyecom/orders-1.csv")) == 0)
        }
        #expect(
          try await WaybillProgram.run(["once", "--root", root.path, "--at", Self.noon]).status == .exited(0))
        numbers.append(try (1...3).map { try root.text("outbox/easyecom/orders-\($0).csv.ack.json") })
      }
    }
    #expect(numbers[0] == numbers[1])
  }

  // MARK: Steps

  /// The times of files come from the kernel's last tick, which on a busy machine lies further back than one would think.
  private static func waitForFileTimes() async throws { try await Task.sleep(for: .milliseconds(300)) }

  private static let noon = "2026-11-21T12:00:00+05:30"

  /// A file that is too large to be judged where it lies: it is taken first.
  static func taken(_ number: Int) -> String {
    DaemonTests.orders("E-\(number)") + String(repeating: "\n", count: 1 << 14)
  }

  /// An exchange that was killed over so many claims.
  private func withClaims(
    _ count: Int, killedAt point: String, at time: String? = nil,
    _ body: (TemporaryFolder) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      for number in 1...count {
        try root.write(Self.taken(number), to: "inbox/easyecom/orders-\(number).csv")
      }
      let killed = try await WaybillProgram.run(
        ["once", "--root", root.path] + (time.map { ["--at", $0] } ?? []),
        environment: ["WAYBILL_CRASH": point])
      #expect(killed.status == .killed(by: SIGKILL))
      try await body(root)
    }
  }

  /// The ledger must be sound.
  private static func verify(_ root: TemporaryFolder) async throws -> FinishedProgram {
    let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
    #expect(proof.status == .exited(0), "\(proof.errors)")
    return proof
  }

  private static func voids(_ root: TemporaryFolder) async throws -> [String] {
    try await ReconcileTests.dump(root).split(separator: "\n").map(String.init).filter {
      $0.contains("void_claim")
    }
  }
}
