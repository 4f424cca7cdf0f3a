/// Answers that their partners deleted or edited: published again with the bytes that they had.

import Files
import Foundation
import Glibc
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("An answer that was deleted or edited is published again")
struct ReissueTests {
  static let small = "orders-1.csv.ack.json"
  static let large = "orders-2.csv.result.csv"

  @Test("Deleted, small or large: the same bytes again, noted with the reason", arguments: [small, large])
  func deleted(_ name: String) async throws {
    try await withAnswers { root in
      let before = try root.read("outbox/easyecom/" + name)
      #expect(unlink(root.path("outbox/easyecom/" + name)) == 0)
      let finished = try await Self.reissue(root, "easyecom/" + name)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      #expect(finished.output.contains("is published again"))
      #expect(try root.read("outbox/easyecom/" + name) == before)
      let dump = try await ReconcileTests.dump(root)
      #expect(dump.contains("\"deed\": \"reissue\""))
      #expect(dump.contains("\"reason\": \"lost by mistake\""))
      #expect(dump.contains("\"replaced\": null"))
      #expect(try root.names(in: "ledger/asides") == [])
    }
  }

  @Test("Edited, in place or by another file: the edit is kept in quarantine", arguments: [small, large])
  func edited(_ name: String) async throws {
    for inPlace in [false, true] {
      try await withAnswers { root in
        let place = "outbox/easyecom/" + name
        let before = try root.read(place)
        if !inPlace { #expect(unlink(root.path(place)) == 0) }
        try root.write("edited\n", to: place)
        let finished = try await Self.reissue(root, "easyecom/" + name)
        // Whoever may write to the published file itself changes what is kept of it too: the answer is derived again then.
        #expect(finished.status == .exited(0), "\(finished.errors)")
        #expect(try root.read(place) == before)
        let kept = try root.names(in: "ledger/quarantine")
        #expect(kept.count == 1)
        #expect(try root.text("ledger/quarantine/" + (kept.first ?? "")) == "edited\n")
        #expect(finished.output.contains("ledger/quarantine/\(kept.first ?? "?")"))
        // What is kept now is the answer again: taken away, it needs no derivation.
        #expect(unlink(root.path(place)) == 0)
        try root.removeOriginals()
        #expect(try await Self.reissue(root, "easyecom/" + name).status == .exited(0))
        #expect(try root.read(place) == before)
      }
    }
  }

  @Test("A large answer that nobody has any more and that does not follow is refused in one line")
  func lost() async throws {
    try await withAnswers { root in
      #expect(unlink(root.path("outbox/easyecom/" + Self.large)) == 0)
      try root.removeKeptAnswers()
      try root.removeOriginals()
      let finished = try await Self.reissue(root, "easyecom/" + Self.large)
      #expect(finished.status == .exited(3))
      #expect(finished.errorLines.count == 1)
      #expect(!root.has("outbox/easyecom/" + Self.large))
    }
  }

  @Test("What was taken and let go is derived, by a running daemon too", arguments: [false, true])
  func letGo(hasDaemon: Bool) async throws {
    try await withAnswers { root in
      let before = try root.read("outbox/easyecom/" + Self.large)
      #expect(unlink(root.path("outbox/easyecom/" + Self.large)) == 0)
      try root.removeKeptAnswers()
      let daemon = hasDaemon ? try await ReconcileTests.daemon(root) : nil
      #expect(try await Self.reissue(root, "easyecom/" + Self.large).status == .exited(0))
      #expect(try root.read("outbox/easyecom/" + Self.large) == before)
      // The answer to the same bytes is the same again, without what was kept, too.
      try root.removeKeptAnswers()
      let again = try root.read("inbox-before/orders-2.csv")
      try root.drop("easyecom", "orders-7.csv", String(decoding: again, as: UTF8.self))
      if let daemon {
        #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-7.csv.ack.json") })
        daemon.send(SIGTERM)
        _ = try await daemon.finish()
      } else {
        #expect(try await WaybillProgram.run(["once", "--root", root.path, "--quiet"]).status == .exited(0))
      }
      #expect(try root.read("outbox/easyecom/orders-7.csv.result.csv") == before)
    }
  }

  @Test("Kept answers that were taken are bounded: the one taken longest ago is let go first")
  func bounded() throws {
    try withTemporaryFolder { root in
      var bounds = LedgerBounds()
      bounds.keptAnswersBytesMax = 1 << 20
      let live = try LiveExchange(root, ledgerBounds: bounds)
      for number in 1...3 {
        let rows = (1...600).map { "F-\(number)-\($0),INV-\(number)-\($0),1,TEA-250,1,229.00,WH-1\n" }
          .joined()
        try live.take(Drill.Upload("easyecom", "orders-\(number).csv", DaemonTests.orders() + rows))
      }
      func kept() throws -> Int { try FolderTree(at: root.path("ledger/answers")).files.count }
      let answers = (1...3).map { "outbox/easyecom/orders-\($0).csv.result.csv" }
      let size = try root.read(answers[0]).count
      #expect(try kept() == 3)
      for answer in answers { #expect(unlink(root.path(answer)) == 0) }
      bounds.keptAnswersBytesMax = Int64(2 * size + size / 2)
      try live.restart()
      // Below the bound of the open ledger nothing is let go.
      #expect(try kept() == 3)
      let smaller = try LiveExchange(root, after: live, ledgerBounds: bounds)
      #expect(try kept() == 2)
      withExtendedLifetime(smaller) {}
    }
  }

  @Test("The same large file twice in one group: the second gets the first one's answer")
  func twiceInAGroup() throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root)
      let rows = (1...600).map { "F-\($0),INV-F-\($0),1,TEA-250,1,229.00,WH-1\n" }.joined()
      let reports = try live.take(
        Drill.Upload("easyecom", "orders-1.csv", DaemonTests.orders() + rows),
        Drill.Upload("easyecom", "orders-2.csv", DaemonTests.orders() + rows))
      #expect(reports.map(\.outcome) == [.accepted, .duplicateFile])
      let first = try root.read("outbox/easyecom/orders-1.csv.result.csv")
      #expect(first.count > 16 << 10)
      #expect(try root.read("outbox/easyecom/orders-2.csv.result.csv") == first)
    }
  }

  @Test("What lies there unchanged is left alone, and nothing is noted")
  func unchanged() async throws {
    try await withAnswers { root in
      let before = try await ReconcileTests.dump(root)
      let finished = try await Self.reissue(root, Self.large, "--partner", "easyecom")
      #expect(finished.status == .exited(0))
      #expect(finished.output.contains("nothing was done"))
      #expect(try await ReconcileTests.dump(root) == before)
    }
  }

  @Test(
    "A name that was never published is refused in one line", arguments: ["easyecom/x.csv", "nobody/x.csv"])
  func unknown(_ name: String) async throws {
    try await withAnswers { root in
      let finished = try await Self.reissue(root, name)
      #expect(finished.status == .exited(3))
      #expect(finished.errorLines.count == 1)
      #expect(finished.errors.contains("was ever published to"))
    }
  }

  @Test("A running daemon does it, and the verb prints what it prints without one")
  func byTheDaemon() async throws {
    var printed: [String] = []
    for hasDaemon in [false, true] {
      try await withAnswers { root in
        let daemon = hasDaemon ? try await ReconcileTests.daemon(root) : nil
        #expect(unlink(root.path("outbox/easyecom/" + Self.large)) == 0)
        let finished = try await Self.reissue(root, "easyecom/" + Self.large)
        #expect(finished.status == .exited(0), "\(finished.errors)")
        printed.append(finished.output)
        daemon?.send(SIGTERM)
        _ = try await daemon?.finish()
      }
    }
    #expect(printed[0] == printed[1])
  }

  @Test("Killed at any moment of it, the restart publishes it", arguments: ReconcileTests.moments.dropFirst())
  func killed(_ moment: CrashPoint.Name) async throws {
    try await withAnswers { root in
      let place = "outbox/easyecom/" + Self.large
      let before = try root.read(place)
      #expect(unlink(root.path(place)) == 0)
      try root.write("edited\n", to: place)
      let killed = try await Self.reissue(
        root, "easyecom/" + Self.large, environment: ["WAYBILL_CRASH": moment.rawValue])
      #expect(killed.status == .killed(by: SIGKILL))
      let once = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
      #expect(once.status == .exited(0), "\(once.errors)")
      // Before its commit the deed never was: whoever asked asks again.
      if [.answersStaged, .commitAppended].contains(moment) {
        #expect(try await Self.reissue(root, "easyecom/" + Self.large).status == .exited(0))
      }
      #expect(try root.read(place) == before)
      #expect(try root.names(in: "ledger/quarantine").count == 1)
      #expect(try root.names(in: "ledger/asides") == [])
      #expect(try await WaybillProgram.run(["ledger", "verify", "--root", root.path]).status == .exited(0))
    }
  }

  // MARK: Steps

  static func reissue(
    _ root: TemporaryFolder, _ words: String..., environment: [String: String] = [:]
  ) async throws -> FinishedProgram {
    try await WaybillProgram.run(
      ["reissue"] + words + ["--reason", "lost by mistake", "--root", root.path], environment: environment)
  }

  /// An exchange with a small file answered and one whose result outgrows the journal's blobs.
  private func withAnswers(_ body: (TemporaryFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      try root.write(DaemonTests.orders("E-1", "E-2"), to: "inbox/easyecom/orders-1.csv")
      let many = (1...600).map { "F-\($0),INV-F-\($0),1,TEA-250,1,229.00,WH-1\n" }.joined()
      try root.write(DaemonTests.orders() + many, to: "inbox/easyecom/orders-2.csv")
      try root.write(DaemonTests.orders() + many, to: "inbox-before/orders-2.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-21T12:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0), "\(once.errors)")
      #expect(try root.read("outbox/easyecom/" + Self.large).count > 16 << 10)
      try await body(root)
    }
  }
}

extension TemporaryFolder {
  /// As if room had been made of every large answer.
  fileprivate func removeKeptAnswers() throws {
    for file in try FolderTree(at: path("ledger/answers")).files {
      #expect(unlink(path("ledger/answers/" + file)) == 0)
    }
  }

  /// So that nothing can be derived.
  fileprivate func removeOriginals() throws {
    for file in try FolderTree(at: path("ledger/archive")).files {
      #expect(unlink(path("ledger/archive/" + file)) == 0)
    }
  }
}
