import TestSupport
import Testing

@testable import waybill

@Suite("The program as a process")
struct ProgramTests {
  @Test(
    "wrong usage ends with 2, says one line on stderr and nothing on stdout",
    arguments: [
      [], ["onec"], ["--rot"], ["once", "--json"], ["order"], ["check", "x.csv"], ["explain", "W999"],
      ["rules", "--partner", "fedex"], ["ledger", "mend"], ["once", "--jobs", "many"], ["x\u{1B}[2J\ny"],
    ])
  func wrongUsage(words: [String]) async throws {
    let finished = try await WaybillProgram.run(words)
    #expect(finished.status == .exited(2))
    #expect(finished.output == "")
    #expect(finished.errorLines.count == 1)
    #expect(finished.errors.hasPrefix("waybill: "))
    #expect(!finished.errors.contains("\u{1B}"))
  }

  @Test("a closed stdout or stderr is no trap, and nothing is written into a file by mistake")
  func closed() async throws {
    var program = WaybillProgram(["rules"])
    program.output = .closed
    program.errors = .closed
    #expect(try await program.run().status == .exited(0))
    program.arguments = ["onec"]
    #expect(try await program.run().status == .exited(2))
  }

  @Test("a full stdout ends with 3 and the reason, a full stderr changes nothing")
  func full() async throws {
    var program = WaybillProgram(["rules", "--format", "csv"])
    program.output = .full
    let finished = try await program.run()
    #expect(finished.status == .exited(3))
    #expect(finished.errors == "waybill: could not write to standard output: No space left on device\n")
    program.errors = .full
    #expect(try await program.run().status == .exited(3))
  }

  @Test("a reader that went away ends the output, quietly")
  func brokenPipe() async throws {
    var program = WaybillProgram(["rules", "--format", "csv"])
    program.output = .brokenPipe
    let finished = try await program.run()
    #expect(finished.status == .exited(0))
    #expect(finished.errors == "")
  }

  @Test("the rules are printed by the process as by the function")
  func rules() async throws {
    let finished = try await WaybillProgram.run(["rules", "--format", "csv"])
    #expect(finished.status == .exited(0))
    #expect(GoldenFile("fixtures/golden/rules.csv").difference(from: finished.outputBytes) == nil)
  }
}

@Suite("Making an exchange")
struct InitTests {
  @Test("makes the folders and an example that changes nothing, and leaves both alone the second time")
  func twice() async throws {
    try await withTemporaryFolder { folder in
      let first = try await WaybillProgram.run(["init", "--root", folder.path("new/exchange")])
      #expect(first.status == .exited(0))
      #expect(first.errors == "")
      let made = try FolderTree(at: folder.path("new/exchange"))
      #expect(made.files == ["exchange.json"])
      for name in ["inbox/ecom-express", "outbox/dtdc", "outbox/reports"] {
        #expect(made.entries[name] == .folder)
      }
      #expect(made.entries["ledger"] == nil)

      try folder.write("{\"zone\":\"UTC\"}", to: "new/exchange/exchange.json")
      let changed = try FolderTree(at: folder.path("new/exchange"))
      let second = try await WaybillProgram.run(["init"], in: folder.path("new/exchange"))
      #expect(second.status == .exited(0))
      #expect(second.output.contains("were there already"))
      #expect(changed.difference(from: try FolderTree(at: folder.path("new/exchange"))) == nil)
    }
  }

  @Test("a file where a folder must be ends with 3 and names it")
  func inTheWay() async throws {
    try await withTemporaryFolder { folder in
      try folder.write("x", to: "inbox/dtdc")
      let finished = try await WaybillProgram.run(["init"], in: folder.path)
      #expect(finished.status == .exited(3))
      #expect(finished.errors == "waybill: could not make inbox/dtdc: Not a directory\n")
    }
  }

  @Test("the example of the configuration is named by --config too")
  func config() async throws {
    try await withTemporaryFolder { folder in
      let finished = try await WaybillProgram.run(["init", "--config", "mine.json"], in: folder.path)
      #expect(finished.status == .exited(0))
      #expect(folder.has("mine.json") && !folder.has("exchange.json"))
      let rules = try await WaybillProgram.run(["rules", "--config", "mine.json"], in: folder.path)
      #expect(rules.status == .exited(0))
    }
  }

  @Test("the rules follow the configuration, and a fault in it ends with 3 and names its key")
  func configured() async throws {
    try await withTemporaryFolder { folder in
      try folder.write(
        #"{"partners":{"dtdc":{"locationKeys":["WH1"],"updateAvailableInventoryOnly":false}}}"#,
        to: "exchange.json")
      let rules = try await WaybillProgram.run(["rules", "--partner=dtdc"], in: folder.path)
      #expect(rules.output.contains("  locations       WH1\n"))
      #expect(rules.output.contains("  inventory      no   only while updateAvailableInventoryOnly is on\n"))

      try folder.write(#"{"partners":{"dtdc":{"colour":1}}}"#, to: "exchange.json")
      for words in [["rules"], ["init"]] {
        let finished = try await WaybillProgram.run(words, in: folder.path)
        #expect(finished.status == .exited(3))
        #expect(finished.errors.hasPrefix("waybill: exchange.json: partners.dtdc"))
        #expect(finished.errorLines.count == 1)
      }
      let missing = try await WaybillProgram.run(["rules", "--config", "none.json"], in: folder.path)
      #expect(missing.status == .exited(3))
      #expect(missing.errors == "waybill: could not read none.json: No such file or directory\n")
    }
  }
}

@Suite("The tests' own tools")
struct TestSupportTests {
  @Test("two trees differ in their first name, kind or byte")
  func trees() throws {
    try withTemporaryFolder { folder in
      for side in ["a", "b"] {
        try folder.write("one\ntwo\n", to: "\(side)/x/y.csv")
        try folder.makeFolder("\(side)/empty")
      }
      let a = try FolderTree(at: folder.path("a"))
      #expect(a.difference(from: try FolderTree(at: folder.path("b"))) == nil)
      try folder.write("one\ntwO\n", to: "b/x/y.csv")
      let words = try #require(a.difference(from: try FolderTree(at: folder.path("b"))))
      #expect(
        words.hasPrefix("x/y.csv: differs at byte 6 (line 2, column 3); expected 8 bytes, found 8\n"))
      try folder.write("", to: "b/new")
      #expect(a.difference(from: try FolderTree(at: folder.path("b"))) == "new: only in found")
      try folder.write("", to: "a/empty/z")
      #expect(try FolderTree(at: folder.path("a"), leavingOut: ["empty/z"]) == a)
    }
  }

  @Test("a program is waited for until it has said something, and until its end")
  func waiting() async throws {
    let running = try WaybillProgram(["--help"]).start()
    #expect(try await running.waitUntil { running.outputSoFar.contains("Usage") })
    #expect(try await running.finish().status == .exited(0))
    #expect(running.hasEnded)
  }
}
