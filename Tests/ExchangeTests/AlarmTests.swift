/// The program that is told when somebody should look: a real script, in time, at a bounded rate, and never in the way.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import Exchange
@testable import Files

@Suite("The operator's program is told, and never in the way")
struct AlarmTests {
  @Test("A refused file and one over its budget are told, with what a program needs")
  func told() async throws {
    try await Self.withScript("cat >>\"$1\"") { root, settings in
      try root.write(
        """
        {"alert": {"program": \(settings)},
         "partners": {"easyecom": {"settleSeconds": 0.3, "errorBudget": 0.1}, "booon": {"settleSeconds": 0.3}}}
        """, to: "exchange.json")
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      #expect(try await daemon.waitUntil { daemon.errorsSoFar.contains("watching") })
      try root.drop("booon", "cancellations-1.csv", "order_number\nB-1\n")
      try root.drop("easyecom", "orders-1.csv", DaemonTests.orders("E-1") + "E-2,92,1,TEA,none,1,WH-1\n")
      try root.drop("easyecom", "orders-2.csv", DaemonTests.orders("E-3"))
      #expect(try await daemon.waitUntil { try Self.lines(root).count == 2 }, "\(daemon.errorsSoFar)")
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-2.csv.ack.json") })
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
      let told = try OperatorTests.objects(try Self.lines(root))
      #expect(Set(told.map { $0["type"] as? String }) == ["file_rejected", "file_quarantined"])
      let rejected = told.first { $0["type"] as? String == "file_rejected" }
      #expect(rejected?["partner"] as? String == "booon")
      #expect(rejected?["file"] as? String == "cancellations-1.csv")
      #expect(rejected?["code"] as? String == "W401")
      #expect((rejected?["message"] as? String)?.contains("was refused whole") == true)
      #expect(rejected?["root"] as? String == root.path)
      #expect(rejected?["left_out"] as? Int == 0)
    }
  }

  @Test("A program that hangs is killed with its children, and stops nothing meanwhile")
  func hangs() async throws {
    try await Self.withScript("sleep 300 & echo $! >\"$1.child\"; sleep 300") { root, settings in
      try root.write(
        """
        {"alert": {"program": \(settings), "timeoutSeconds": 15},
         "partners": {"easyecom": {"settleSeconds": 0.3}, "booon": {"settleSeconds": 0.3}}}
        """, to: "exchange.json")
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      #expect(try await daemon.waitUntil { daemon.errorsSoFar.contains("watching") })
      try root.drop("booon", "cancellations-1.csv", "order_number\nB-1\n")
      try root.drop("easyecom", "orders-1.csv", DaemonTests.orders("E-1"))
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-1.csv.ack.json") })
      #expect(
        try await daemon.waitUntil { daemon.errorsSoFar.contains("took longer than 15.0 s and was killed") })
      let said = daemon.errorsSoFar
      let answered = try #require(said.range(of: "answered: easyecom/orders-1.csv"))
      let killed = try #require(said.range(of: "was killed"))
      #expect(answered.lowerBound < killed.lowerBound, "the file waited for the program: \(said)")
      let child = try #require(
        Int32(try root.text("told.child").trimmingCharacters(in: .whitespacesAndNewlines)))
      #expect(try await daemon.waitUntil { !Self.runs(child) })
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
    }
  }

  @Test("A failure of its own is told before the end")
  func ownFailure() async throws {
    try await Self.withScript("cat >>\"$1\"") { root, settings in
      try root.write("{\"alert\": {\"program\": \(settings)}}", to: "exchange.json")
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      var program = WaybillProgram(["run", "--root", root.path])
      program.environment = ["WAYBILL_FAULT": "fdatasync:2+:EIO"]
      let ended = try await program.run()
      #expect(ended.status == .exited(3))
      let told = try OperatorTests.objects(try Self.lines(root))
      #expect(told.map { $0["type"] as? String } == ["stopped"])
      #expect((told.first?["message"] as? String)?.contains("Input/output error") == true)
    }
  }

  @Test("More than the hour allows is counted, and the next alarm says so; a failing program is said")
  func rate() async throws {
    try await Self.withScript("cat >>\"$1\"") { root, _ in
      let bell = AlarmBell(root: root.path)
      bell.ring(Alarm(.stopped, message: "nobody is told of this one"))
      var settings = AlarmSettings(program: [root.path("script"), root.path("told")])
      settings.perHourMax = 3
      bell.use(settings)
      for number in 1...5 { bell.ring(Alarm(.stopped, message: "number \(number)")) }
      bell.finish()
      settings.perHourMax = 4
      bell.use(settings)
      bell.ring(Alarm(.stopped, message: "the last"))
      bell.finish()
      let told = try OperatorTests.objects(try Self.lines(root))
      #expect(told.map { $0["message"] as? String } == ["number 1", "number 2", "number 3", "the last"])
      #expect(told.map { $0["left_out"] as? Int } == [0, 0, 0, 2])
      #expect(bell.counts == .init(told: 4, failed: 0, leftOut: 2))
      #expect(bell.takeFailures() == [])

      settings.perHourMax = 10
      for program in [["/bin/false"], ["/nowhere/at/all"], ["/bin/sh", "-c", "kill -9 $$"]] {
        settings.program = program
        bell.use(settings)
        bell.ring(Alarm(.stopped, message: "m"))
        bell.finish()
      }
      #expect(
        bell.takeFailures() == [
          "the alert program /bin/false ended with status 1",
          "the alert program /nowhere/at/all could not be started: No such file or directory",
          "the alert program /bin/sh was killed by signal 9",
        ])
      #expect(bell.takeFailures() == [])
    }
  }

  @Test("A program that reads nothing, and one that is fed all that a pipe holds")
  func input() {
    let input = [UInt8](repeating: 0x61, count: ChildProgram.inputBytesMax)
    #expect(ChildProgram.run(["/bin/true"], input: input, timeoutMilliseconds: 5000) == .exited(status: 0))
    let counting = ["/bin/sh", "-c", "test $(wc -c) -eq \(input.count)"]
    #expect(ChildProgram.run(counting, input: input, timeoutMilliseconds: 5000) == .exited(status: 0))
    #expect(ChildProgram.run(["/bin/sleep", "60"], input: [], timeoutMilliseconds: 100) == .timedOut)
  }

  @Test("Whom to tell is no term of the judgement")
  func hash() throws {
    let plain = try Configuration.load(text: Array("{}".utf8), path: "exchange.json")
    let text = #"{"alert": {"program": ["/bin/true", "x"], "timeoutSeconds": 3, "perHourMax": 7}}"#
    let told = try Configuration.load(text: Array(text.utf8), path: "exchange.json")
    #expect(told.hash == plain.hash)
    #expect(told.alarm == AlarmSettings(program: ["/bin/true", "x"], timeoutSeconds: 3, perHourMax: 7))
    #expect(told.settings.first { $0.path == "alert.program" }?.value == .list(["/bin/true", "x"]))
    #expect(plain.settings.first { $0.path == "alert.program" }?.value == .none("nobody is told"))
  }

  @Test(
    "A fault in it has its path",
    arguments: [
      (#"{"alert": {}}"#, "alert"), (#"{"alert": {"program": []}}"#, "alert.program"),
      (#"{"alert": {"program": ["mail"]}}"#, "alert.program"),
      (#"{"alert": {"program": ["/bin/true"], "perHourMax": 0}}"#, "alert.perHourMax"),
      (#"{"alert": {"program": ["/bin/true"], "timeoutSeconds": 301}}"#, "alert.timeoutSeconds"),
      (#"{"alert": {"programme": ["/bin/true"]}}"#, "alert.programme"),
    ])
  func faults(_ text: String, _ path: String) {
    #expect(Configuration.faults(in: Array(text.utf8), path: "exchange.json").first?.path == path)
  }

  // MARK: Steps

  private static func lines(_ root: TemporaryFolder) throws -> [String] {
    root.has("told") ? try root.text("told").split(separator: "\n").map(String.init) : []
  }

  private static func runs(_ process: Int32) -> Bool {
    // A zombie, whose parent is gone, has ended too.
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return false
    }
    return !stat.contains(") Z ")
  }

  /// An exchange, and a script that is given the path of the file `told`; the words to start it, as JSON.
  static func withScript(
    _ body: String, _ test: (TemporaryFolder, String) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      for partner in ["easyecom", "booon"] { try root.makeFolder("inbox/\(partner)") }
      try root.write("#!/bin/sh\n\(body)\n", to: "script")
      #expect(chmod(root.path("script"), 0o755) == 0)
      try await test(root, "[\"\(root.path("script"))\", \"\(root.path("told"))\"]")
    }
  }
}
