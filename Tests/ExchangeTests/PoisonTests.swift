/// Files of which the program itself dies: answered once as our own fault, while every other file goes on.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A file that breaks the program is set aside, and the others go on")
struct PoisonTests {
  static let bad = "orders-2.csv"
  static let kinds = ["trap", "pointer", "stack"]

  @Test("The run dies of it; the next one answers it as our own fault and judges the rest", arguments: kinds)
  func died(_ kind: String) async throws {
    try await withFiles { root in
      let died = try await Self.once(root, trap: "\(Self.bad):\(kind)")
      guard case .killed(let signal) = died.status else {
        Issue.record("it ended with \(died.status)")
        return
      }
      #expect([SIGILL, SIGTRAP, SIGSEGV, SIGBUS].contains(signal))
      #expect(!root.has("outbox/easyecom/orders-3.csv.ack.json"))

      // The trap is still there: the file must not be judged again.
      let next = try await Self.once(root, trap: "\(Self.bad):\(kind)")
      #expect(next.status == .exited(0), "\(next.errors)")
      #expect(next.errors.contains("answered as our own fault (W190)"))
      try await expectCondemned(root)
    }
  }

  @Test("It is known again though the clock was set back since it came")
  func clockBehind() async throws {
    try await withFiles { root in
      let died = try await Self.once(root, trap: "\(Self.bad):trap", at: nil, clock: -3_600_000)
      guard case .killed = died.status else {
        Issue.record("it ended with \(died.status)")
        return
      }
      let next = try await Self.once(root, trap: "\(Self.bad):trap", at: nil, clock: -3_600_000)
      #expect(next.status == .exited(0), "\(next.errors)")
      try await expectCondemned(root)
    }
  }

  @Test("Two such files in one group are both set aside, one a run")
  func two() async throws {
    try await withFiles { root in
      for name in [Self.bad, "orders-3.csv"] {
        guard case .killed = try await Self.once(root, trap: "\(name):trap").status else {
          Issue.record("\(name) did not end the program")
          return
        }
      }
      #expect(try await Self.once(root, trap: "\(Self.bad):trap").status == .exited(0))
      for name in [Self.bad, "orders-3.csv"] {
        #expect(try root.text("outbox/easyecom/\(name).ack.json").contains("W190"))
      }
      #expect(try root.text("outbox/easyecom/orders-1.csv.ack.json").contains("\"accepted\""))
    }
  }

  @Test("Rows that do not add up are our own fault too, without any end of the program")
  func sum() async throws {
    try await withFiles { root in
      let finished = try await Self.once(root, trap: "\(Self.bad):sum")
      #expect(finished.status == .exited(0), "\(finished.errors)")
      try await expectCondemned(root)
    }
  }

  @Test("One that breaks the program while the file before it is judged is the one that is set aside")
  func ahead() async throws {
    try await withTemporaryFolder { root in
      for number in 1...3 {
        try root.write(
          BegunFileTests.orders(number, hasFaults: false), to: "inbox/easyecom/orders-\(number).csv")
      }
      let died = try await Self.once(root, trap: "\(Self.bad):ahead")
      guard case .killed = died.status else {
        Issue.record("nothing was parsed ahead: it ended with \(died.status)")
        return
      }
      let next = try await Self.once(root, trap: "\(Self.bad):ahead")
      #expect(next.status == .exited(0), "\(next.errors)")
      try await expectCondemned(root)
    }
  }

  @Test(
    "A kill, and a signal that somebody sent, leave no mark: the file is judged",
    arguments: [SIGKILL, SIGSEGV])
  func killed(_ signal: Int32) async throws {
    try await withFiles { root in
      var program = WaybillProgram(["run", "--root", root.path, "--quiet"])
      program.environment = ["WAYBILL_FAULT": "fdatasync:2+:EIO"]
      let daemon = try program.start()
      daemon.send(SIGSTOP)
      daemon.send(signal)
      daemon.send(SIGCONT)
      _ = try await daemon.finish()
      let next = try await Self.once(root)
      #expect(next.status == .exited(0), "\(next.errors)")
      for number in 1...3 {
        #expect(try root.text("outbox/easyecom/orders-\(number).csv.ack.json").contains("\"accepted\""))
      }
    }
  }

  @Test("A daemon that died of a file answers the others after its restart, and takes new ones")
  func daemon() async throws {
    try await withFiles { root in
      // A run whose clock stands still writes down of no file what it is known by, so both go by the wall's.
      let died = try await Self.once(root, trap: "\(Self.bad):trap", at: nil)
      #expect(died.status != .exited(0))
      let daemon = try await ReconcileTests.daemon(root, environment: ["WAYBILL_TRAP": "\(Self.bad):trap"])
      try root.write(DaemonTests.orders("E-9"), to: "inbox/easyecom/.new")
      #expect(rename(root.path("inbox/easyecom/.new"), root.path("inbox/easyecom/orders-9.csv")) == 0)
      let isAnswered = try await daemon.waitUntil { root.has("outbox/easyecom/orders-9.csv.ack.json") }
      #expect(isAnswered)
      daemon.send(SIGTERM)
      _ = try await daemon.finish()
      try await expectCondemned(root)
    }
  }

  // MARK: Steps

  private func expectCondemned(_ root: TemporaryFolder) async throws {
    let ack = try root.text("outbox/easyecom/\(Self.bad).ack.json")
    #expect(ack.contains("\"outcome\": \"rejected\""))
    #expect(ack.contains("W190"))
    #expect(ack.contains("\"read\": 0"))
    #expect(try root.names(in: "ledger/quarantine").count == 1)
    #expect(try root.names(in: "ledger/claimed") == [])
    #expect(try root.names(in: "ledger/asides") == [])
    #expect(try root.read("ledger/poison") == [])
    for number in [1, 3] {
      #expect(try root.text("outbox/easyecom/orders-\(number).csv.ack.json").contains("\"accepted\""))
    }
    for part in ["verify", "prove"] {
      let finished = try await WaybillProgram.run(["ledger", part, "--root", root.path])
      #expect(finished.status == .exited(0), "\(part): \(finished.output) \(finished.errors)")
    }
  }

  static func once(
    _ root: TemporaryFolder, trap: String? = nil, at time: String? = "2026-11-21T12:00:00+05:30",
    clock: Int? = nil
  ) async throws -> FinishedProgram {
    var environment = ["SWIFT_BACKTRACE": "enable=no"]
    environment["WAYBILL_TRAP"] = trap
    environment["WAYBILL_CLOCK"] = clock.map(String.init)
    return try await WaybillProgram.run(
      ["once", "--root", root.path] + (time.map { ["--at", $0] } ?? []) + ["--quiet"],
      environment: environment)
  }

  private func withFiles(_ body: (TemporaryFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      for number in 1...3 {
        try root.write(DaemonTests.orders("E-\(number)"), to: "inbox/easyecom/orders-\(number).csv")
      }
      try await body(root)
    }
  }
}
