/// What the world does to the exchange's disk: a full one, one that does not read, folders that are locked, a root that moves.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Faults of the disk are met by rule")
struct DiskRuleTests {
  @Test("A single pass on a full disk claims nothing and says how much is missing; every file stays")
  func full() async throws {
    try await withTemporaryFolder { root in
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      try root.write("1000000\n", to: "free")
      let finished = try await Self.once(root, environment: ["WAYBILL_FREE": root.path("free")])
      #expect(finished.status == .exited(3))
      #expect(finished.errorLines.count == 1)
      #expect(finished.errors.contains("every file stays in its inbox"))
      #expect(try root.names(in: "inbox/easyecom") == ["orders-1.csv"])
      #expect(try root.names(in: "ledger/claimed") == [])
      #expect(try await Self.once(root).status == .exited(0))
      #expect(root.has("outbox/easyecom/orders-1.csv.ack.json"))
    }
  }

  @Test("A daemon on a full disk says so once, waits, and goes on when there is room")
  func fullThenRoom() async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox/easyecom")
      try root.write("1000000\n", to: "free")
      let daemon = try await ReconcileTests.daemon(root, environment: ["WAYBILL_FREE": root.path("free")])
      for number in 1...2 {
        try root.write(DaemonTests.orders("E-\(number)"), to: "inbox/easyecom/.new")
        #expect(
          rename(root.path("inbox/easyecom/.new"), root.path("inbox/easyecom/orders-\(number).csv")) == 0)
      }
      let isSaid = try await daemon.waitUntil { daemon.errorsSoFar.contains("nothing is taken") }
      #expect(isSaid)
      #expect(try root.names(in: "inbox/easyecom").count == 2)
      try root.write("1000000000000\n", to: "free")
      let isAnswered = try await daemon.waitUntil { root.has("outbox/easyecom/orders-2.csv.ack.json") }
      #expect(isAnswered)
      #expect(daemon.errorsSoFar.components(separatedBy: "nothing is taken").count == 2)
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
    }
  }

  @Test(
    "A file that the disk does not give stops no other, is rejected by nobody, and ends the pass with 3",
    arguments: ["read", "pread"])
  func unreadable(_ call: String) async throws {
    var left = 0
    for passage in 1...16 {
      try await withTemporaryFolder { root in
        for number in 1...3 {
          try root.write(ClaimAccountTests.taken(number), to: "inbox/easyecom/orders-\(number).csv")
        }
        let finished = try await Self.once(root, environment: ["WAYBILL_FAULT": "\(call):\(passage):EIO"])
        #expect([.exited(0), .exited(3)].contains(finished.status), "\(passage): \(finished.status)")
        // The ledger is whole without a checkpoint, so one that fails is said and stops nothing.
        let lines = finished.errorLines.filter { !$0.contains("no checkpoint was made") }
        #expect(lines.count == (finished.status == .exited(0) ? 0 : 1), "\(finished.errors)")
        if finished.errors.contains("everything else was processed") {
          left += 1
          let acks = try root.names(in: "outbox/easyecom").filter { $0.hasSuffix(".ack.json") }
          #expect(acks.count == 2, "\(passage): \(acks)")
        }
        #expect(try await Self.once(root).status == .exited(0))
        for number in 1...3 {
          #expect(try root.text("outbox/easyecom/orders-\(number).csv.ack.json").contains("\"accepted\""))
        }
        let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
        #expect(proof.status == .exited(0), "\(proof.errors)")
      }
    }
    #expect(left > 0, "no file was left because of it")
  }

  @Test("A claim whose file somebody took out of the ledger is said, and stops nothing")
  func vanished() async throws {
    try await withTemporaryFolder { root in
      for number in 1...2 {
        try root.write(ClaimAccountTests.taken(number), to: "inbox/easyecom/orders-\(number).csv")
      }
      let killed = try await Self.once(root, environment: ["WAYBILL_CRASH": "claims-renamed"])
      #expect(killed.status == .killed(by: SIGKILL))
      let claims = try root.names(in: "ledger/claimed").sorted()
      #expect(claims.count == 2)
      #expect(unlink(root.path("ledger/claimed/" + (claims.first ?? ""))) == 0)
      let finished = try await Self.once(root)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      let acks = try root.names(in: "outbox/easyecom").filter { $0.hasSuffix(".ack.json") }
      #expect(acks.count == 1)
      #expect(try await WaybillProgram.run(["ledger", "verify", "--root", root.path]).status == .exited(0))
    }
  }

  @Test("The root moved to another path goes on where it was")
  func moved() async throws {
    try await withTemporaryFolder { folder in
      for (place, number) in [("first", 1), ("second", 2)] {
        if place == "second" {
          #expect(rename(folder.path("first"), folder.path("second")) == 0)
        }
        try folder.write(
          DaemonTests.orders("E-\(number)"), to: "\(place)/inbox/easyecom/orders-\(number).csv")
        let finished = try await WaybillProgram.run(["once", "--root", folder.path(place), "--quiet"])
        #expect(finished.status == .exited(0), "\(finished.errors)")
      }
      #expect(
        try folder.text("second/outbox/easyecom/orders-2.csv.ack.json").contains("\"ledger_sequence\": 2"))
      let proof = try await WaybillProgram.run(["ledger", "verify", "--root", folder.path("second")])
      #expect(proof.status == .exited(0), "\(proof.errors)")
    }
  }

  @Test(
    "A folder that cannot be written to is refused at the start, in one line",
    .enabled(if: DiskRuleTests.mayBecomeAnother, "only root can become a user who is refused"),
    arguments: ["outbox/dtdc", "ledger/claimed", "ledger"])
  func lockedAtStart(_ folder: String) async throws {
    try await withTemporaryFolder { root in
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      #expect(try await Self.once(root).status == .exited(0))
      try root.write(DaemonTests.orders("E-2"), to: "inbox/easyecom/orders-2.csv")
      try Self.give(root)
      #expect(chmod(root.path(folder), 0o555) == 0)
      let finished = try await Self.asAnother(root)
      #expect(finished.status == .exited(3))
      #expect(finished.errorLines.count == 1)
      #expect(finished.errors.contains(folder), "\(finished.errors)")
      #expect(try root.names(in: "inbox/easyecom") == ["orders-2.csv"])
    }
  }

  @Test(
    "An inbox that does not let go of its files keeps them; the other partners go on",
    .enabled(if: DiskRuleTests.mayBecomeAnother, "only root can become a user who is refused"))
  func lockedInbox() async throws {
    try await withTemporaryFolder { root in
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      try root.write(DaemonTests.orders("B-1"), to: "inbox/booon/orders-1.csv")
      try Self.give(root)
      #expect(chmod(root.path("inbox/booon"), 0o555) == 0)
      let finished = try await Self.asAnother(root)
      #expect(finished.status == .exited(3))
      #expect(finished.errorLines.count == 1)
      #expect(finished.errors.contains("booon/orders-1.csv cannot be taken"), "\(finished.errors)")
      #expect(root.has("outbox/easyecom/orders-1.csv.ack.json"))
      #expect(try root.names(in: "inbox/booon") == ["orders-1.csv"])
    }
  }

  // MARK: Steps

  static func once(
    _ root: TemporaryFolder, environment: [String: String] = [:]
  ) async throws -> FinishedProgram {
    try await WaybillProgram.run(
      ["once", "--root", root.path, "--at", "2026-11-21T12:00:00+05:30", "--quiet"],
      environment: environment)
  }

  static var mayBecomeAnother: Bool {
    geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
  }

  /// The exchange belongs to a user without rights of root's.
  private static func give(_ root: TemporaryFolder) throws {
    for path in [root.path] + (try FolderTree(at: root.path).entries.keys.map { root.path($0) }) {
      #expect(lchown(path, 65_534, 65_534) == 0)
    }
  }

  private static func asAnother(_ root: TemporaryFolder) async throws -> FinishedProgram {
    var program = WaybillProgram(["once", "--root", root.path, "--quiet"])
    program.user = 65_534
    return try await program.run()
  }
}
