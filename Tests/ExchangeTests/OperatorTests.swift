/// The operator's word: partners that are paused, files that leave quarantine, and the log of it all.

import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("The operator's word is carried out, written down, and holds")
struct OperatorTests {
  @Test("A paused partner's files wait, the others' are answered, and a resume lets them through")
  func pause() async throws {
    try await withExchange { root in
      let paused = try await Self.say(root, "pause", "booon", "--reason", "sends last week again")
      #expect(paused.status == .exited(0), "\(paused.errors)")
      #expect(paused.output == "inbox/booon is left alone from now on; decision 1.\n")
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      try root.write(DaemonTests.orders("B-1"), to: "inbox/booon/orders-1.csv")
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0), "\(once.errors)")
      #expect(once.output.contains("its partner is paused"))
      #expect(root.has("outbox/easyecom/orders-1.csv.ack.json"))
      #expect(try root.names(in: "inbox/booon") == ["orders-1.csv"])
      #expect(try root.names(in: "outbox/booon") == [])

      let again = try await Self.say(root, "pause", "booon", "--reason", "still")
      #expect(again.output == "booon is paused already; nothing was done.\n")
      let status = try await WaybillProgram.run(["status", "--root", root.path])
      #expect(status.output.contains("sends last week again"))

      let resumed = try await Self.say(root, "resume", "booon", "--reason", "fixed")
      #expect(resumed.output == "inbox/booon is taken from again; decision 3.\n")
      let twice = try await Self.say(root, "resume", "booon", "--reason", "fixed")
      #expect(twice.output == "booon is not paused; nothing was done.\n")
      let rest = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
      #expect(rest.status == .exited(0), "\(rest.errors)")
      #expect(root.has("outbox/booon/orders-1.csv.ack.json"))
      #expect(!(try await WaybillProgram.run(["status", "--root", root.path]).output.contains("Paused")))

      let deeds = try await ReconcileTests.dump(root).split(separator: "\n").filter {
        $0.contains("\"type\": \"deed\"")
      }
      #expect(deeds.count == 2)
      #expect(deeds.first?.contains("\"deed\": \"pause\"") == true)
      #expect(deeds.first?.contains("\"by\": \"nightwatch\", \"subject\": \"booon\"") == true)
      #expect(deeds.first?.contains("\"reason\": \"sends last week again\"") == true)
      try await Self.expectSound(root)
    }
  }

  @Test("A pause holds after a checkpoint, and in a journal that is read from its first frame")
  func pauseSurvives() async throws {
    try await withExchange { root in
      _ = try await Self.say(root, "pause", "booon", "--reason", "r")
      let made = try await WaybillProgram.run(["ledger", "checkpoint", "--root", root.path])
      #expect(made.status == .exited(0), "\(made.errors)")
      try root.write(DaemonTests.orders("B-1"), to: "inbox/booon/orders-1.csv")
      for drops in [false, true] {
        if drops {
          for name in try root.names(in: "ledger/checkpoints") {
            unlink(root.path("ledger/checkpoints/" + name))
          }
        }
        let once = try await WaybillProgram.run(["once", "--root", root.path])
        #expect(once.output.contains("its partner is paused"), "\(once.output)\(once.errors)")
      }
    }
  }

  @Test("An unknown partner is wrong usage, and a reason is asked for")
  func usage() async throws {
    try await withExchange { root in
      let unknown = try await Self.say(root, "pause", "boon", "--reason", "r")
      #expect(unknown.status == .exited(2))
      #expect(unknown.errors.contains("did you mean `booon`?"))
      #expect(try await Self.say(root, "pause", "booon").status == .exited(2))
      let resumed = try await Self.say(root, "resume", "boon", "--reason", "r")
      #expect(resumed.status == .exited(3))
      #expect(resumed.errorLines.count == 1)
    }
  }

  @Test("A running daemon is told between two files, and says so in its log, in JSON where that is asked for")
  func byTheDaemon() async throws {
    try await withExchange { root in
      let daemon = try WaybillProgram(["run", "--root", root.path, "--log", "json"]).start()
      #expect(try await daemon.waitUntil { daemon.errorsSoFar.contains("\"started\"") })
      let paused = try await Self.say(root, "pause", "booon", "--reason", "a \"quoted\" \u{1B}[31m reason")
      #expect(paused.status == .exited(0), "\(paused.errors)")
      try root.drop("booon", "orders-1.csv", DaemonTests.orders("B-1"))
      try root.drop("easyecom", "orders-1.csv", DaemonTests.orders("E-1"))
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-1.csv.ack.json") })
      #expect(try root.names(in: "inbox/booon") == ["orders-1.csv"])
      _ = try await Self.say(root, "resume", "booon", "--reason", "fixed")
      #expect(try await daemon.waitUntil { root.has("outbox/booon/orders-1.csv.ack.json") })
      daemon.send(SIGTERM)
      let ended = try await daemon.finish()
      #expect(ended.status == .exited(0))
      #expect(ended.output == "")

      let log = try Self.objects(ended.errorLines)
      let words = log.compactMap { $0["event"] as? String }
      #expect(words.first == "started")
      #expect(words.last == "stopped")
      for word in ["claimed", "answered", "request_served"] { #expect(words.contains(word), "\(words)") }
      let served = log.filter { $0["event"] as? String == "request_served" }
      #expect(served.map { $0["request"] as? String } == ["pause", "resume"])
      #expect(served.first?["by"] as? String == "nightwatch")
      #expect(served.first?["reason"] as? String == "a \"quoted\" \u{1B}[31m reason")
      #expect(ended.errorLines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 } })
      let answered = log.first { $0["event"] as? String == "answered" }
      #expect(answered?["partner"] as? String == "easyecom")
      #expect(answered?["file"] as? String == "orders-1.csv")
      #expect(answered?["applied"] as? Int == 1)
      #expect(answered?["outcome"] as? String == "accepted")
    }
  }

  @Test("A daemon that cannot go on says it in the log, as one object")
  func failure() async throws {
    try await withTemporaryFolder { root in
      let ended = try await WaybillProgram.run(["run", "--root", root.path, "--log", "json"])
      #expect(ended.status == .exited(3))
      let log = try Self.objects(ended.errorLines)
      #expect(log.map { $0["event"] as? String } == ["failed"])
      #expect(log.first?["level"] as? String == "error")
    }
  }

  // MARK: Quarantine

  @Test("A file over its error budget is listed, released, judged anew, and its decisions still follow")
  func release() async throws {
    try await withQuarantined { root, name in
      let listed = try await WaybillProgram.run(["quarantine", "list", "--root", root.path])
      #expect(listed.output.contains(name) && listed.output.contains("inbox/easyecom/orders-1.csv"))
      #expect(listed.output.contains("error budget"))
      try root.write("{}", to: "exchange.json")
      let released = try await Self.say(
        root, "quarantine", "release", name, "--reason", "budget was too tight")
      #expect(released.status == .exited(0), "\(released.errors)")
      #expect(released.output == "\(name) is back in its inbox, and judged next; decision 2.\n")
      #expect(try root.names(in: "inbox/easyecom") == ["orders-1.csv"])
      #expect(try root.names(in: "ledger/quarantine") == [])
      let again = try await Self.say(root, "quarantine", "release", name, "--reason", "again")
      #expect(again.output == "\(name) was released before; nothing was done.\n")
      let proved = try await WaybillProgram.run(["ledger", "prove", "--root", root.path])
      #expect(proved.status == .exited(0), "\(proved.output)")
      #expect(proved.output.contains("left quarantine"))

      let once = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
      #expect(once.status == .exited(0), "\(once.errors)")
      #expect(try root.text("outbox/easyecom/orders-1.csv~3.ack.json").contains("\"accepted_with_errors\""))
      try await Self.expectSound(root)
      let empty = try await WaybillProgram.run(["quarantine", "list", "--root", root.path, "--json"])
      #expect(empty.output == "[]\n")
    }
  }

  @Test("What is not there, came out of no inbox, or has lost its name stays, in one line")
  func notReleased() async throws {
    try await withQuarantined { root, name in
      let unknown = try await Self.say(root, "quarantine", "release", "000000000099", "--reason", "r")
      #expect(unknown.status == .exited(3))
      #expect(unknown.errors.contains("nothing there has this name"))
      try root.write("x", to: "ledger/quarantine/strange")
      let strange = try await Self.say(root, "quarantine", "release", "strange", "--reason", "r")
      #expect(strange.errors.contains("it came out of no inbox"))
      try root.write(DaemonTests.orders("E-9"), to: "inbox/easyecom/orders-1.csv")
      let taken = try await Self.say(root, "quarantine", "release", name, "--reason", "r")
      #expect(taken.status == .exited(3))
      #expect(taken.errors.contains("something in the inbox has its name now"))
      #expect(taken.errorLines.count == 1)
      #expect(try root.names(in: "ledger/quarantine").sorted() == [name, "strange"])
    }
  }

  @Test(
    "Killed at any moment of a release, the file is judged exactly once more",
    arguments: [.answersStaged, .commitAppended, .commitSynced, .positionWritten, .delivered]
      as [CrashPoint.Name])
  func releaseKilled(_ moment: CrashPoint.Name) async throws {
    try await withQuarantined { root, name in
      try root.write("{}", to: "exchange.json")
      var program = WaybillProgram(
        ["quarantine", "release", name, "--reason", "r", "--root", root.path])
      program.environment = ["WAYBILL_CRASH": moment.rawValue]
      #expect(try await program.run().status == .killed(by: SIGKILL))
      let once = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
      #expect(once.status == .exited(0), "\(once.errors)")
      // Before its commit the deed never was: whoever asked asks again.
      if [.answersStaged, .commitAppended].contains(moment) {
        _ = try await Self.say(root, "quarantine", "release", name, "--reason", "r")
        let next = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
        #expect(next.status == .exited(0), "\(next.errors)")
      }
      let acks = try root.names(in: "outbox/easyecom").filter { $0.hasSuffix(".ack.json") }
      #expect(acks.count == 2, "\(acks)")
      #expect(try root.names(in: "ledger/quarantine") == [])
      try await Self.expectSound(root)
    }
  }

  // MARK: Steps

  static func say(_ root: TemporaryFolder, _ words: String...) async throws -> FinishedProgram {
    try await WaybillProgram.run(
      words + ["--root", root.path], environment: ["SUDO_USER": "nightwatch"])
  }

  static func expectSound(_ root: TemporaryFolder) async throws {
    let verified = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
    #expect(verified.status == .exited(0), "\(verified.errors)")
    let proved = try await WaybillProgram.run(["ledger", "prove", "--root", root.path])
    #expect(proved.status == .exited(0), "\(proved.output)\(proved.errors)")
  }

  static func objects(_ lines: [String]) throws -> [[String: Any]] {
    try lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object, "\(line)")
    }
  }

  private func withExchange(
    settings: String = DaemonTests.settings, _ body: (TemporaryFolder) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "operator", drops: [], configuration: settings).prepare(root)
      try await body(root)
    }
  }

  /// An exchange in which one file went over its error budget.
  private func withQuarantined(_ body: (TemporaryFolder, String) async throws -> Void) async throws {
    let settings = "{\"partners\": {\"easyecom\": {\"errorBudget\": 0.1}}}"
    try await withExchange(settings: settings) { root in
      let text = DaemonTests.orders("E-1", "E-2") + "E-3,INV-E-3,1,TEA-250,none,229.00,WH-1\n"
      try root.write(text, to: "inbox/easyecom/orders-1.csv")
      let once = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
      #expect(once.status == .exited(0), "\(once.errors)")
      let names = try root.names(in: "ledger/quarantine")
      try #require(names.count == 1)
      try await body(root, names[0])
    }
  }
}
