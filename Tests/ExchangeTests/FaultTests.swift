/// The kernel refusing, at every call the program makes: it stops with one line, and the restart makes it good.

import Glibc
import TestSupport
import Testing

@Suite("A program whose disk refuses stops, and its restart makes it good")
struct FaultTests {
  /// A fault at the n-th call of a class, for every n from 1 on until a run makes no n-th call.
  struct Refusal: Sendable, CustomStringConvertible {
    let calls: String
    let what: String
    /// The drop that meets it: the first finds no ledger yet.
    var drop = 0
    var passagesMax = 120
    var step = 1
    var description: String { "\(calls) \(what)" + (drop == 0 ? "" : " over a ledger with a past") }
  }

  static let refusals = [
    Refusal(calls: "fsync", what: "EIO"), Refusal(calls: "fdatasync", what: "EIO"),
    Refusal(calls: "anywrite", what: "ENOSPC"), Refusal(calls: "rename", what: "EIO"),
    Refusal(calls: "open", what: "EMFILE", passagesMax: 120, step: 2),
    Refusal(calls: "rename", what: "ENOSPC", step: 3),
    Refusal(calls: "unlink", what: "EIO"), Refusal(calls: "mkdir", what: "EDQUOT"),
    // A file that cannot be read is left and others go on in another order: `DiskRuleTests`.
    Refusal(calls: "ftruncate", what: "EIO"),
    Refusal(calls: "sync", what: "EIO", drop: 1), Refusal(calls: "anywrite", what: "ENOSPC", drop: 1),
  ]

  @Test("Refused once: exit 3 and one line, then the undisturbed outbox", arguments: refusals)
  func refusedOnce(_ refusal: Refusal) async throws {
    var met = 0
    for passage in stride(from: 1, through: refusal.passagesMax, by: refusal.step) {
      let fault = "\(refusal.calls):\(passage):\(refusal.what)"
      var isUndisturbed = false
      _ = try await liveThrough(fault, drop: refusal.drop) { finished in
        #expect([.exited(0), .exited(3)].contains(finished.status), "\(fault): \(finished.status)")
        // The ledger is whole without a checkpoint, so one that fails is said and stops nothing.
        let isCheckpoint = finished.errorLines.contains { $0.contains("no checkpoint was made") }
        isUndisturbed = finished.status == .exited(0) && !isCheckpoint
        #expect(finished.errorLines.count == (isUndisturbed ? 0 : 1), "\(fault): \(finished.errors)")
        #expect(finished.errorLines.allSatisfy { $0.hasPrefix("waybill: ") })
      }
      if isUndisturbed { break }
      met += 1
    }
    #expect(met > 0, "no run makes such a call")
    #expect(met * refusal.step < refusal.passagesMax, "there are more calls than were refused")
  }

  @Test(
    "Refused from some call on",
    arguments: ["sync:3+:EIO", "anywrite:4+:ENOSPC", "rename:2+:EIO", "any:60+:EIO"])
  func refusedForGood(_ fault: String) async throws {
    _ = try await liveThrough(fault, drop: 0) { finished in
      #expect(finished.status == .exited(3), "\(fault): \(finished.status)")
      #expect(finished.errorLines.count == 1, "\(fault): \(finished.errors)")
    }
  }

  @Test("A write cut short is finished by another", arguments: Array(stride(from: 1, through: 25, by: 3)))
  func writtenInTwo(_ passage: Int) async throws {
    _ = try await liveThrough("anywrite:\(passage):short", drop: 0) { finished in
      #expect(finished.status == .exited(0), "\(finished.errors)")
    }
  }

  @Test("Killed at any call", arguments: Array(stride(from: 3, through: 300, by: 9)))
  func killed(_ passage: Int) async throws {
    _ = try await liveThrough("any:\(passage):kill", drop: passage % 2) { finished in
      #expect([.exited(0), .killed(by: SIGKILL)].contains(finished.status), "\(finished.status)")
    }
  }

  @Test(
    "Killed just before a name changes", arguments: ["link", "unlink", "rename"], Array(1...8))
  func killedAtNames(_ call: String, _ passage: Int) async throws {
    _ = try await liveThrough("\(call):\(passage):kill", drop: 1) { finished in
      #expect([.exited(0), .killed(by: SIGKILL)].contains(finished.status), "\(finished.status)")
    }
  }

  /// Lives through the drill with a fault in one drop and a restart after it; gives how the faulty run ended.
  private func liveThrough(
    _ fault: String, drop: Int, _ look: (FinishedProgram) -> Void
  ) async throws -> FinishedProgram.Status {
    try await withTemporaryFolder { root in
      let drill = Drill.few
      var status = FinishedProgram.Status.exited(0)
      try drill.prepare(root)
      for number in drill.drops.indices {
        try drill.drop(number, in: root)
        if number == drop {
          let finished = try await Drill.once(root, drop: number, environment: ["WAYBILL_FAULT": fault])
          look(finished)
          status = finished.status
          if status == .exited(0) { continue }
        }
        try await Drill.succeed(root, drop: number)
      }
      let difference = try await DrillResult(root).difference(from: try await drill.undisturbed())
      #expect(difference == nil, "\(fault) in drop \(drop): \(difference ?? "")")
      return status
    }
  }
}

extension Drill {
  /// Three files and what becomes of them: one with a rejected row, one held and completed, one with secrets.
  static let few = Drill(
    name: "few",
    drops: [
      [
        Upload(
          "easyecom", "carriers-1.csv",
          "location_key,carrier,username,password\nWH-1,Ekart,MERCHANT-1,sample\n"),
        Upload(
          "easyecom", "orders-1.csv", DaemonTests.orders("E-1") + "E-2,902,1,TEA-250,none,229.00,WH-1\n"),
        Upload("easyecom", "orders-2.csv", DaemonTests.orders("E-3") + "E-4,904,\"1"),
      ],
      [
        Upload("easyecom", "orders-2.csv", DaemonTests.orders("E-3", "E-4")),
        Upload("easyecom", "confirmations-1.csv", "order_number,confirmed_at\nE-1,2026-11-20 11:00:00\n"),
      ],
    ])
}
