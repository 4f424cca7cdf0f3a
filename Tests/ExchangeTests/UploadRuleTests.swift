/// What completed an upload stands in its ack, and between partners nobody waits for all of another's files.

import Files
import Foundation
import Glibc
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("What completes an upload, and whose turn it is", .timeLimit(.minutes(15)))
struct UploadRuleTests {
  /// How a file comes, and what the ack says of it.
  struct Way: Sendable, CustomTestStringConvertible {
    let rule: String
    let testDescription: String
    /// Made before the daemon starts.
    var isThereBefore = false
    let bring: @Sendable (TemporaryFolder) throws -> Void
  }

  private static let name = "inbox/easyecom/orders-1.csv"

  static let ways = [
    Way(rule: "rename", testDescription: "renamed in") { root in
      try root.drop("easyecom", "orders-1.csv", DaemonTests.orders("U-1"))
    },
    Way(rule: "closed", testDescription: "written in place, closed and at rest") { root in
      try root.write(DaemonTests.orders("U-1"), to: name)
    },
    Way(rule: "rest", testDescription: "at rest before anybody looked", isThereBefore: true) { root in
      try root.write(DaemonTests.orders("U-1"), to: name)
    },
    Way(rule: "companion", testDescription: "its companion came") { root in
      // The companion stands in the configuration of this partner alone.
      try root.write("invoice_id,document\n1,label\n", to: "inbox/dtdc/documents-1.csv")
      try root.write("", to: "inbox/dtdc/documents-1.csv.done")
    },
  ]

  @Test("The rule that fired stands in the ack", arguments: ways)
  func rule(way: Way) async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "rule", drops: [], configuration: Self.settings).prepare(root)
      if way.isThereBefore { try way.bring(root) }
      let daemon = try await Self.daemon(in: root)
      if !way.isThereBefore { try way.bring(root) }
      let ack =
        way.rule == "companion"
        ? "outbox/dtdc/documents-1.csv.ack.json" : "outbox/easyecom/orders-1.csv.ack.json"
      let isAnswered = try await daemon.waitUntil { root.has(ack) }
      #expect(isAnswered, "\(daemon.errorsSoFar)")
      #expect(try root.text(ack).contains("\"completed_by\": \"\(way.rule)\""))
      daemon.send(SIGTERM)
      #expect(try await daemon.finish(timeoutSeconds: 10).status == .exited(0))
    }
  }

  private static let settings = """
    {"locations": {"WH-1": {}}, "partners": {"easyecom": {"settleSeconds": 0.2},
    "dtdc": {"settleSeconds": 0.2, "companion": "done"}}}
    """

  @Test(
    "A file with a hole is held until its limit, then refused with the place where it breaks off",
    arguments: [false, true])
  func hole(isOverdue: Bool) throws {
    try withTemporaryFolder { root in
      let settings = "{\"partners\": {\"easyecom\": {\"settleSeconds\": 0, \"holdHours\": 2}}}"
      try Drill(name: "hole", drops: [], configuration: nil).prepare(root)
      let head = Array(DaemonTests.orders("H-1").utf8)
      let place = "inbox/easyecom/orders-1.csv"
      try root.write(head + [UInt8](repeating: 10, count: 4096 - head.count), to: place)
      let descriptor = open(root.path(place), O_WRONLY | O_CLOEXEC)
      let end = Array("H-2,INV-H-2,1,TEA,1,9.00,WH-1\n".utf8)
      #expect(pwrite(descriptor, end, end.count, 1 << 20) == end.count)
      close(descriptor)
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      let later = now + (isOverdue ? 121 : 119) * 60_000
      let ledger = try OpenLedger(
        root: root.path,
        configuration: try Configuration.load(text: Array(settings.utf8), path: "exchange.json"),
        clock: .fixed(Timestamp(milliseconds: later))
      ) { _ in }
      var reports: [FileReport] = []
      var intake = try IntakeRun(
        ledger, isDaemon: true, answered: { reports.append($0) }, mustStop: { false })
      let next = try intake.takeAll()
      #expect(reports.map(\.refusal) == [.truncated])
      #expect(reports.map(\.outcome) == [isOverdue ? .rejected : .held])
      if !isOverdue {
        let wait = try #require(next) - MonotonicClock.nowMilliseconds()
        #expect(
          (50_000...61_000).contains(wait), "it is looked at again when its limit is over, in \(wait) ms")
      }
      let ack = try root.text("outbox/easyecom/orders-1.csv.ack.json")
      #expect(ack.contains("W106") && ack.contains("4096"), "\(ack)")
    }
  }

  @Test("One file of a partner is answered among another's thousands, not behind them")
  func fair() async throws {
    try await withTemporaryFolder { root in
      let count = 6_000
      try Drill(name: "fair", drops: [], configuration: "{}").prepare(root)
      for number in 0..<count {
        try root.write(DaemonTests.orders("F-\(number)"), to: "inbox/easyecom/orders-\(number).csv")
      }
      let daemon = try await Self.daemon(in: root)
      let hasBegun = try await daemon.waitUntil(timeoutSeconds: 300) { Self.answered(daemon) > 200 }
      #expect(hasBegun)
      // It stands still meanwhile, so that the late one comes in the middle of the work on a busy machine too.
      daemon.send(SIGSTOP)
      let before = Self.answered(daemon)
      try root.drop("booon", "orders-late.csv", DaemonTests.orders("L-1"))
      daemon.send(SIGCONT)
      let ack = "outbox/booon/orders-late.csv.ack.json"
      let isAnswered = try await daemon.waitUntil(timeoutSeconds: 300) { root.has(ack) }
      #expect(isAnswered)
      // Each file is one decision, so the late one's number says how many were decided before it.
      let text = try root.text(ack)
      let after = try #require(text.firstMatch(of: /"ledger_sequence": (\d+)/).flatMap { Int($0.1) }) - 1
      #expect(before < count, "all were answered before the late one came: the test shows nothing")
      // A look is worked off for a second at least, or ten times as long as it took; then the late one has its turn.
      #expect(after < count, "it waited for all of them: \(before) before it, \(after) behind")
      daemon.send(SIGKILL)
    }
  }

  @Test("A large file lets other partners' small ones of its step go first, and no others")
  func overtaking() async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "large", drops: [], configuration: "{}").prepare(root)
      let row = Array("L-1,INV-1,1,TEA,1,9.00,WH-1,\(String(repeating: "x", count: 70_000))\n".utf8)
      let head = Array("order_number,invoice_id,suborder_id,sku,quantity,price,location_key,note\n".utf8)
      var large = head
      for _ in 0..<250 { large += row }
      try root.write(large, to: "inbox/easyecom/orders-large.csv")
      usleep(20_000)
      try root.write(DaemonTests.orders("S-1"), to: "inbox/easyecom/orders-small.csv")
      try root.write(DaemonTests.orders("S-2"), to: "inbox/booon/orders-small.csv")
      try root.write("sku,name\nTEA,Tea\n", to: "inbox/easyecom/products.csv")
      let daemon = try await Self.daemon(in: root)
      let ended = try await daemon.waitUntil(timeoutSeconds: 300) { Self.answered(daemon) == 4 }
      #expect(ended, "\(daemon.errorsSoFar)")
      let order = Self.answeredLines(daemon).compactMap { line in
        ["products.csv", "orders-large.csv", "easyecom/orders-small.csv", "booon/orders-small.csv"].first {
          line.contains($0)
        }
      }
      #expect(
        order == [
          "products.csv", "booon/orders-small.csv", "orders-large.csv", "easyecom/orders-small.csv",
        ])
      daemon.send(SIGKILL)
    }
  }

  private static func answered(_ daemon: RunningProgram) -> Int {
    answeredLines(daemon).count
  }

  private static func answeredLines(_ daemon: RunningProgram) -> [Substring] {
    daemon.errorsSoFar.split(separator: "\n").filter { $0.contains(" answered: ") }
  }

  private static func daemon(in root: TemporaryFolder) async throws -> RunningProgram {
    let daemon = try WaybillProgram(["run", "--root", root.path]).start()
    let isWatching = try await daemon.waitUntil { daemon.errorsSoFar.contains("watching") }
    #expect(isWatching, "\(daemon.errorsSoFar)")
    return daemon
  }
}
