/// Rows that waited too long: rejected once, whoever holds the ledger and whatever is killed.

import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Rows that waited too long are rejected by the nightly reconcile")
struct ReconcileTests {
  static let night = "2026-11-24T13:00:00+05:30"

  @Test("Two hundred rows of forty files: one settled file each, in event order, and none left waiting")
  func manyFiles() async throws {
    try await withWaitingRows(files: 40, rows: 5) { root in
      let finished = try await Self.reconcile(root)
      #expect(finished.status == .exited(1))
      #expect(finished.output.hasPrefix("200 rows waited too long"))
      for number in 1...40 {
        let answer = try root.text("outbox/dtdc/tracking-\(number).csv.settled-1.csv")
        let times = answer.split(separator: "\n").dropFirst().map { $0.split(separator: ",").last ?? "" }
        #expect(times.count == 5)
        #expect(times == times.sorted())
      }
      let again = try await Self.reconcile(root)
      #expect(again.output.hasPrefix("No row has waited too long.\n"))
      // What was confirmed four days ago and lies on no manifest still differs.
      #expect(again.status == .exited(1))
      #expect(try await Self.dump(root).components(separatedBy: "\"type\": \"deed\"").count == 2)
    }
  }

  @Test("A partner's own parkHours count, from the arrival of the file")
  func ownHours() async throws {
    let settings = "{\"partners\": {\"dtdc\": {\"parkHours\": 6}}}"
    try await withWaitingRows(files: 1, rows: 2, settings: settings) { root in
      let early = try await Self.reconcile(root, at: "2026-11-21T18:00:00+05:30")
      #expect(early.output.hasPrefix("No row has waited too long.\n"))
      let late = try await Self.reconcile(root, at: "2026-11-21T18:00:01+05:30")
      #expect(late.output.hasPrefix("2 rows waited too long"))
      #expect(try root.text("outbox/dtdc/tracking-1.csv.settled-1.csv").contains("waited 6 hours"))
    }
  }

  @Test("A clock that went back expires nothing and breaks nothing")
  func clockBack() async throws {
    try await withWaitingRows(files: 1, rows: 2) { root in
      let finished = try await Self.reconcile(root, at: "2020-01-01T00:00:00+05:30")
      #expect(finished.status == .exited(0))
      try root.write(DaemonTests.orders("E-900"), to: "inbox/easyecom/orders-9.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2019-12-31T00:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0))
      #expect(try root.text("outbox/easyecom/orders-9.csv.ack.json").contains("\"ledger_sequence\": 4"))
      #expect(try await WaybillProgram.run(["ledger", "verify", "--root", root.path]).status == .exited(0))
    }
  }

  /// The moments that a deed passes.
  static let moments: [CrashPoint.Name] = [
    .batchJournaled, .answersStaged, .commitAppended, .commitSynced, .positionWritten, .halfDelivered,
    .delivered, .publishedMarked,
  ]

  @Test("Killed at any moment of it, the next reconcile ends in the undisturbed outbox", arguments: moments)
  func killed(_ moment: CrashPoint.Name) async throws {
    var undisturbed: FolderTree?
    for crash in [nil, moment] {
      try await withWaitingRows(files: 3, rows: 3) { root in
        if let crash {
          let killed = try await Self.reconcile(root, environment: ["WAYBILL_CRASH": crash.rawValue])
          #expect(killed.status == .killed(by: SIGKILL), "the deed never passes \(crash)")
        }
        let finished = try await Self.reconcile(root)
        #expect([.exited(0), .exited(1)].contains(finished.status), "\(finished.errors)")
        let outbox = try FolderTree(at: root.path("outbox"))
        if let undisturbed {
          #expect(undisturbed.difference(from: outbox, names: ("undisturbed", "recovered")) == nil)
        }
        undisturbed = outbox
        #expect(try root.names(in: "ledger/asides") == [])
        #expect(try await WaybillProgram.run(["ledger", "verify", "--root", root.path]).status == .exited(0))
      }
    }
  }

  @Test("A running daemon does it between files, and the verb prints what it prints without one")
  func byTheDaemon() async throws {
    var printed: [String] = []
    for hasDaemon in [false, true] {
      try await withWaitingRows(files: 3, rows: 4) { root in
        var daemon: RunningProgram?
        if hasDaemon { daemon = try await Self.daemon(root) }
        let finished = try await Self.reconcile(root)
        #expect(finished.status == .exited(1))
        #expect(finished.errors == "")
        printed.append(finished.output)
        #expect(try root.names(in: "ledger/requests") == [])
        daemon?.send(SIGTERM)
        if let ended = try await daemon?.finish() { #expect(ended.status == .exited(0)) }
      }
    }
    #expect(printed[0] == printed[1])
  }

  @Test("A daemon killed while it carries out a request neither loses nor doubles it", arguments: moments)
  func daemonKilled(_ moment: CrashPoint.Name) async throws {
    try await withWaitingRows(files: 3, rows: 3) { root in
      let daemon = try await Self.daemon(root, environment: ["WAYBILL_CRASH": moment.rawValue])
      let finished = try await Self.reconcile(root)
      #expect(finished.status == .exited(1), "\(finished.errors)")
      #expect(finished.output.hasPrefix("9 rows waited too long"))
      #expect(try await daemon.finish().status == .killed(by: SIGKILL))
      for number in 1...3 {
        #expect(root.has("outbox/dtdc/tracking-\(number).csv.settled-1.csv"))
        #expect(!root.has("outbox/dtdc/tracking-\(number).csv.settled-2.csv"))
      }
      #expect(try root.names(in: "ledger/requests") == [])
    }
  }

  @Test("A request whose verb was killed is carried out once, and nothing of it stays")
  func askerKilled() async throws {
    try await withWaitingRows(files: 1, rows: 2) { root in
      let daemon = try await Self.daemon(root)
      daemon.send(SIGSTOP)
      let asking = try WaybillProgram(["reconcile", "--root", root.path, "--at", Self.night]).start()
      let isPut = try await asking.waitUntil {
        try root.names(in: "ledger/requests").contains { $0.hasSuffix(".request") }
      }
      #expect(isPut)
      asking.send(SIGKILL)
      _ = try await asking.finish()
      daemon.send(SIGCONT)
      let isDone = try await daemon.waitUntil { try root.names(in: "ledger/requests") == [] }
      #expect(isDone)
      #expect(root.has("outbox/dtdc/tracking-1.csv.settled-1.csv"))
      daemon.send(SIGTERM)
      _ = try await daemon.finish()
      #expect(try await Self.reconcile(root).output.hasPrefix("No row has waited too long.\n"))
    }
  }

  @Test("What is no request is answered as such and taken away")
  func noRequest() async throws {
    try await withWaitingRows(files: 1, rows: 1) { root in
      try root.write("waybill request 9\nwhatever", to: "ledger/requests/1-0000000000000001.request")
      #expect(try await Self.reconcile(root).status == .exited(1))
      let left = try root.names(in: "ledger/requests")
      #expect(left.allSatisfy { $0 == "1-0000000000000001.answer" })
    }
  }

  // MARK: Steps

  static func reconcile(
    _ root: TemporaryFolder, at time: String = night, environment: [String: String] = [:]
  ) async throws -> FinishedProgram {
    try await WaybillProgram.run(
      ["reconcile", "--root", root.path, "--at", time], environment: environment)
  }

  static func dump(_ root: TemporaryFolder) async throws -> String {
    try await WaybillProgram.run(["ledger", "dump", "--root", root.path]).output
  }

  static func daemon(
    _ root: TemporaryFolder, environment: [String: String] = [:]
  ) async throws -> RunningProgram {
    var program = WaybillProgram(["run", "--root", root.path])
    program.environment = environment
    let daemon = try program.start()
    let isWatching = try await daemon.waitUntil { daemon.errorsSoFar.contains("watching") }
    #expect(isWatching)
    return daemon
  }

  /// An exchange in which so many files of so many rows wait for a manifest, one shipment a file; received at noon.
  private func withWaitingRows(
    files: Int, rows: Int, settings: String? = nil, _ body: (TemporaryFolder) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      if let settings { try root.write(settings, to: "exchange.json") }
      var orders = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number\n"
      var confirmations = "order_number,confirmed_at\n"
      for file in 1...files {
        orders += "E-\(file),9\(file),1,TEA-250,1,229.00,WH-1,DTDC,D\(10_000_000 + file)\n"
        confirmations += "E-\(file),2026-11-20 11:00:00\n"
        var tracking = "awb_number,status,datetime,location\n"
        for row in 0..<rows {
          let minute = rows - row
          let time = "\(10 + minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60):00"
          tracking += "D\(10_000_000 + file),In Transit,2026-11-20 \(time),Pune\n"
        }
        try root.write(tracking, to: "inbox/dtdc/tracking-\(file).csv")
      }
      try root.write(orders, to: "inbox/easyecom/orders-1.csv")
      try root.write(confirmations, to: "inbox/dtdc/confirmations-1.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-21T12:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0), "\(once.errors)")
      try await body(root)
    }
  }
}
