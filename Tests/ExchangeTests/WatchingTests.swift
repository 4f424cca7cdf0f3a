/// How the daemon notices what arrives when the kernel does not tell, or tells too much.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Watching the inboxes", .timeLimit(.minutes(15)))
struct WatchingTests {
  /// Which limit of the machine's owner is reached, and what the daemon can still watch.
  enum Limit: String, CaseIterable, Sendable {
    /// No watch at all.
    case instances = "max_inotify_instances"
    /// Three folders, of the inbox itself, the configuration's and six partners'.
    case watches = "max_inotify_watches"

    var allowed: Int { self == .instances ? 0 : 3 }
  }

  /// Why no limit can be set here; nil: it can, in a namespace of its own.
  private static let noLimits: String? = {
    let trial = Process()
    trial.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    trial.arguments = ["--user", "--map-root-user", "sh", "-c", "echo 3 >/proc/sys/user/max_inotify_watches"]
    trial.standardError = FileHandle.nullDevice
    guard (try? trial.run()) != nil else { return "unshare(1) cannot be started" }
    trial.waitUntilExit()
    return trial.terminationStatus == 0 ? nil : "this machine allows no limits of one's own"
  }()

  @Test(
    "Where the kernel's limits are reached it looks every second, says so, and misses nothing",
    .disabled(if: noLimits != nil, Comment(rawValue: noLimits ?? "")), arguments: Limit.allCases)
  func limits(limit: Limit) async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "watch", drops: [], configuration: DaemonTests.settings).prepare(root)
      var program = WaybillProgram([
        "--user", "--map-root-user", "sh", "-c",
        "echo \(limit.allowed) >/proc/sys/user/\(limit.rawValue); exec \"$@\"", "sh",
        WaybillProgram.path, "run", "--root", root.path,
      ])
      program.program = "/usr/bin/unshare"
      let daemon = try program.start()
      let saysSo = try await daemon.waitUntil {
        daemon.errorsSoFar.contains("looking into the inboxes every second")
      }
      #expect(saysSo, "\(daemon.errorsSoFar)")
      for partner in ["easyecom", "dtdc", "nexar", "booon"] {
        try root.write("invoice_id,document\n901,label\n", to: "inbox/\(partner)/documents-1.csv")
        let isAnswered = try await daemon.waitUntil(timeoutSeconds: 20) {
          root.has("outbox/\(partner)/documents-1.csv.ack.json")
        }
        #expect(isAnswered, "\(partner): \(daemon.errorsSoFar)")
      }
      let status = try await WaybillProgram.run(["status", "--root", root.path])
      #expect(status.output.contains("by polling, every second: could not inotify_"), "\(status.output)")
      let values = try await WaybillProgram.run(["status", "--json", "--root", root.path])
      #expect(values.output.contains("\"polling\""))
      daemon.send(SIGTERM)
      let finished = try await daemon.finish(timeoutSeconds: 5)
      #expect(finished.status == .exited(0))
    }
  }

  @Test("A full queue of events loses no file")
  func overflow() async throws {
    try await withDaemon { root, daemon in
      daemon.send(SIGSTOP)
      // Names that mean nothing fill the queue; what comes behind them is never told.
      for _ in 0..<(Self.queueBound() / 2 + 100) {
        let descriptor = open(root.path("inbox/nexar/.filling"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        close(descriptor)
        unlink(root.path("inbox/nexar/.filling"))
      }
      for number in 1...20 {
        try root.drop("easyecom", "orders-\(number).csv", DaemonTests.orders("E-\(number)"))
        try root.write("invoice_id,document\n901,label\n", to: "inbox/dtdc/documents-\(number).csv")
      }
      daemon.send(SIGCONT)
      let isAnswered = try await daemon.waitUntil {
        try (1...20).allSatisfy {
          root.has("outbox/easyecom/orders-\($0).csv.ack.json")
            && root.has("outbox/dtdc/documents-\($0).csv.ack.json")
        } && root.names(in: "inbox/dtdc").isEmpty
      }
      #expect(isAnswered, "\(daemon.errorsSoFar)")
    }
  }

  @Test("A partner's folder that is removed and made again, or moved away and back, goes on being watched")
  func folders() async throws {
    try await withDaemon { root, daemon in
      for round in 1...3 {
        #expect(rmdir(root.path("inbox/dtdc")) == 0)
        if round == 2 { try await Task.sleep(for: .milliseconds(200)) }
        try root.makeFolder("inbox/dtdc")
        try root.drop("dtdc", "documents-\(round).csv", "invoice_id,document\n90\(round),label\n")
        let isAnswered = try await daemon.waitUntil {
          root.has("outbox/dtdc/documents-\(round).csv.ack.json")
        }
        #expect(isAnswered, "\(round): \(daemon.errorsSoFar)")
      }
      #expect(rename(root.path("inbox/dtdc"), root.path("aside")) == 0)
      try root.write("invoice_id,document\n904,label\n", to: "aside/documents-4.csv")
      try await Task.sleep(for: .milliseconds(200))
      #expect(rename(root.path("aside"), root.path("inbox/dtdc")) == 0)
      let isBack = try await daemon.waitUntil { root.has("outbox/dtdc/documents-4.csv.ack.json") }
      #expect(isBack, "\(daemon.errorsSoFar)")
      try root.drop("dtdc", "documents-5.csv", "invoice_id,document\n905,label\n")
      let isWatched = try await daemon.waitUntil { root.has("outbox/dtdc/documents-5.csv.ack.json") }
      #expect(isWatched, "\(daemon.errorsSoFar)")
    }
  }

  @Test(
    "A partner that is added to the configuration is served without a restart; a fault in it changes nothing")
  func addedPartner() async throws {
    try await withDaemon { root, daemon in
      try root.makeFolder("inbox/acme")
      let isStrange = try await daemon.waitUntil { daemon.errorsSoFar.contains("acme is left where it is") }
      #expect(isStrange, "\(daemon.errorsSoFar)")

      try root.write("{\"partners\": {\"acme\": {\"role\": \"wizard\"}}}", to: "exchange.json")
      let isRefused = try await daemon.waitUntil { daemon.errorsSoFar.contains("the old one holds") }
      #expect(isRefused, "\(daemon.errorsSoFar)")
      try root.drop("easyecom", "orders-1.csv", DaemonTests.orders("E-1"))
      let goesOn = try await daemon.waitUntil { root.has("outbox/easyecom/orders-1.csv.ack.json") }
      #expect(goesOn)

      let settings = DaemonTests.settings.replacingOccurrences(
        of: "\"partners\": {", with: "\"partners\": {\"acme\": {\"role\": \"carrier\"}, ")
      try root.write(settings, to: "exchange.json.new")
      #expect(rename(root.path("exchange.json.new"), root.path("exchange.json")) == 0)
      let isTaken = try await daemon.waitUntil { daemon.errorsSoFar.contains("it holds from now on") }
      #expect(isTaken, "\(daemon.errorsSoFar)")
      try root.drop(
        "acme", "tracking-1.csv", "awb_number,status,datetime\n500,in_transit,2026-11-20 21:05:00\n")
      let isServed = try await daemon.waitUntil { root.has("outbox/acme/tracking-1.csv.ack.json") }
      #expect(isServed, "\(daemon.errorsSoFar)")
      daemon.send(SIGTERM)
      let finished = try await daemon.finish(timeoutSeconds: 5)
      #expect(finished.status == .exited(0))
      #expect(
        finished.errors.contains("2 files and"), "what was answered before and after is counted together")
    }
  }

  private func withDaemon(_ body: (TemporaryFolder, RunningProgram) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "watch", drops: [], configuration: DaemonTests.settings).prepare(root)
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      let isWatching = try await daemon.waitUntil { daemon.errorsSoFar.contains("watching") }
      #expect(isWatching, "\(daemon.errorsSoFar)")
      try await body(root, daemon)
      daemon.send(SIGKILL)
    }
  }

  private static func queueBound() -> Int {
    let text = try? String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
    return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 16_384
  }
}
