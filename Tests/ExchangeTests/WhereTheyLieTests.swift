/// Small files are decided where they lie and taken then: whatever comes between, each is answered once and kept whole.

import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A small file that was decided where it lay")
struct WhereTheyLieTests {
  private static let noon = "2026-11-21T12:00:00+05:30"
  fileprivate static let inbox = "inbox/easyecom/orders-1.csv"
  private static let ack = "outbox/easyecom/orders-1.csv.ack.json"

  @Test(
    "Is taken by the restart and not answered again, where a kill came before it was taken",
    arguments: ["commit-synced", "position-written"])
  func killedBefore(_ moment: String) async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: moment, root)
      #expect(root.has(Self.inbox), "nothing is taken before its decision is durable")
      #expect(!root.has(Self.ack))
      try await expectAnsweredOnce(root)
    }
  }

  @Test("Is taken again, where a power cut undid that it was taken")
  func undone() async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: "delivered", root)
      #expect(rename(root.path("ledger/claimed/000000000001"), root.path(Self.inbox)) == 0)
      try await expectAnsweredOnce(root)
    }
  }

  /// What a power cut leaves of a file that was never synced: zeros in place of its bytes, or less of them, or all of it.
  @Test(
    "Is kept whole, whatever a power cut left of its content", arguments: [true, false], [0, 1, 20, 1000])
  func torn(isTaken: Bool, kept: Int) async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: isTaken ? "delivered" : "commit-synced", root)
      let path = isTaken ? "ledger/claimed/000000000001" : Self.inbox
      let bytes = Array(Self.orders(1).utf8)
      let zeros = [UInt8](repeating: 0, count: kept == 20 ? max(0, bytes.count - kept) : 0)
      try root.write(Array(bytes.prefix(kept)) + zeros, to: path)
      try await expectAnsweredOnce(root)
    }
  }

  @Test("Is kept whole, where it was taken away between its decision and its taking")
  func gone() async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: "commit-synced", root)
      #expect(unlink(root.path(Self.inbox)) == 0)
      try await expectAnsweredOnce(root)
    }
  }

  @Test("Leaves its place to what its sender wrote since, which is another upload")
  func writtenSince() async throws {
    try await withTemporaryFolder { root in
      let killed = try await Self.once(root, at: nil, drops: true, crash: "commit-synced")
      #expect(killed.status == .killed(by: SIGKILL))
      try root.write(Self.orders(2), to: Self.inbox)
      let finished = try await Self.once(root, at: nil)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      try await Self.expectBoth(Array(Self.orders(2).utf8), root)
    }
  }

  @Test("May be one whose name tells no kind, unless its content tells credentials")
  func namesNoKind() async throws {
    try await withTemporaryFolder { root in
      try root.write(Self.orders(1), to: "inbox/easyecom/upload.csv")
      let killed = try await Self.once(root, at: nil, crash: "commit-synced")
      #expect(killed.status == .killed(by: SIGKILL))
      #expect(root.has("inbox/easyecom/upload.csv"), "nothing is taken before its decision is durable")
      let finished = try await Self.once(root, at: nil)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      #expect(root.has("outbox/easyecom/upload.csv.ack.json") && !root.has("inbox/easyecom/upload.csv"))

      let secret = "not-for-the-journal"
      try root.write(
        "location_key,carrier,username,password\nL1,Ekart,u,\(secret)\n", to: "inbox/booon/upload.csv")
      let again = try await Self.once(root, at: nil, crash: "commit-synced")
      #expect(again.status == .killed(by: SIGKILL))
      #expect(!root.has("inbox/booon/upload.csv"), "it was taken first")
      for name in try root.names(in: "ledger/journal") {
        let journal = String(decoding: try root.read("ledger/journal/" + name), as: UTF8.self)
        #expect(!journal.contains(secret))
      }
      let last = try await Self.once(root, at: nil)
      #expect(last.status == .exited(0), "\(last.errors)")
      #expect(root.has("outbox/booon/upload.csv.ack.json"))
      try await Self.verify(root)
    }
  }

  @Test("Is no file that is missing, for who verifies or proves the ledger before it is taken")
  func verifiedBefore() async throws {
    try await withTemporaryFolder { root in
      try await Self.kill(at: "position-written", root)
      try await Self.verify(root)
    }
  }

  // MARK: What its sender does meanwhile

  /// What a sender may do to an upload between its decision and its taking.
  enum Deed: String, CaseIterable, Sendable {
    case overwrites, appends, replaces
    /// With as many bytes as before, and the time of before: what some clients do.
    case overwritesWithItsTime

    func happen(_ root: TemporaryFolder) throws {
      let path = WhereTheyLieTests.inbox
      let second = Array(WhereTheyLieTests.orders(2).utf8)
      var status = stat()
      try #require(lstat(root.path(path), &status) == 0)
      switch self {
      case .overwrites: try WhereTheyLieTests.overwrite(second, root.path(path))
      case .appends:
        try WhereTheyLieTests.overwrite(try root.read(path) + afterHeader(second), root.path(path))
      case .replaces:
        try root.write(second, to: "inbox/easyecom/.new")
        #expect(rename(root.path("inbox/easyecom/.new"), root.path(path)) == 0)
      case .overwritesWithItsTime:
        try #require(try root.read(path).count == second.count)
        try WhereTheyLieTests.overwrite(second, root.path(path))
        let times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, root.path(path), times, 0) == 0)
      }
    }

    private func afterHeader(_ bytes: [UInt8]) -> [UInt8] {
      Array(bytes.drop { $0 != UInt8(ascii: "\n") }.dropFirst())
    }

    /// The second upload, as it is answered.
    var second: [UInt8] {
      let (first, second) = (Array(WhereTheyLieTests.orders(1).utf8), Array(WhereTheyLieTests.orders(2).utf8))
      return self == .appends ? first + afterHeader(second) : second
    }
  }

  @Test(
    "Is kept as it was judged, and what its sender writes before it is taken is another upload",
    arguments: Deed.allCases)
  func writtenMeanwhile(_ deed: Deed) async throws {
    try await withTemporaryFolder { root in
      let finished = try await Self.stop(at: "position-written", root) { try deed.happen(root) }
      #expect(finished.status == .exited(0), "\(finished.errors)")
      try await Self.expectBoth(deed.second, root)
    }
  }

  @Test("Is kept from memory where its sender takes it away before it is taken")
  func deletedMeanwhile() async throws {
    try await withTemporaryFolder { root in
      let finished = try await Self.stop(at: "position-written", root) {
        #expect(unlink(root.path(Self.inbox)) == 0)
      }
      #expect(finished.status == .exited(0), "\(finished.errors)")
      try await Self.expectKept([Self.orders(1)], root)
      #expect(try root.names(in: "inbox/easyecom") == [])
    }
  }

  @Test(
    "Gives back what its sender wrote, where a kill came between the rename and that",
    arguments: Deed.allCases)
  func killedBeforeGivingBack(_ deed: Deed) async throws {
    try await withTemporaryFolder { root in
      let killed = try await Self.once(root, at: nil, drops: true, crash: "position-written")
      #expect(killed.status == .killed(by: SIGKILL))
      try deed.happen(root)
      #expect(rename(root.path(Self.inbox), root.path(Self.claimed)) == 0)
      let finished = try await Self.once(root, at: nil)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      try await Self.expectBoth(deed.second, root)
    }
  }

  @Test("Takes nothing away from a sender who still writes when the restart finds it renamed")
  func writtenStill() async throws {
    try await withTemporaryFolder { root in
      let killed = try await Self.once(root, at: nil, drops: true, crash: "position-written")
      #expect(killed.status == .killed(by: SIGKILL))
      let second = Array(Self.orders(2).utf8)
      let descriptor = open(root.path(Self.inbox), O_WRONLY | O_TRUNC)
      try #require(descriptor >= 0)
      #expect(rename(root.path(Self.inbox), root.path(Self.claimed)) == 0)
      let waits = try await Self.once(root, at: nil)
      #expect(waits.status == .exited(0), "\(waits.errors)")
      #expect(root.has(Self.ack))
      #expect(write(descriptor, second, second.count) == second.count)
      close(descriptor)
      let finished = try await Self.once(root, at: nil)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      try await Self.expectBoth(second, root)
    }
  }

  @Test("Sets aside what its sender wrote, where something newer has its name by then")
  func newerMeanwhile() async throws {
    try await withTemporaryFolder { root in
      let killed = try await Self.once(root, at: nil, drops: true, crash: "position-written")
      #expect(killed.status == .killed(by: SIGKILL))
      try root.write(Self.orders(3), to: Self.claimed)
      try root.write(Self.orders(2), to: Self.inbox)
      let finished = try await Self.once(root, at: nil)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      #expect(finished.errors.contains("lies in ledger/quarantine"), "\(finished.errors)")
      #expect(try root.text("ledger/quarantine/000000000001.changed") == Self.orders(3))
      try await Self.expectBoth(Array(Self.orders(2).utf8), root)
    }
  }

  // MARK: Which upload it was

  @Test("Is taken and not answered again, though the clock was set back before it came")
  func clockBehind() async throws {
    try await withTemporaryFolder { root in
      let first = try await Self.once(root, at: nil, drops: true)
      #expect(first.status == .exited(0), "\(first.errors)")
      // The same bytes again: the archive has them, so only the file itself tells that it is the one that was answered.
      let killed = try await Self.once(root, at: nil, drops: true, crash: "commit-synced", clock: -3_600_000)
      #expect(killed.status == .killed(by: SIGKILL))
      let finished = try await Self.once(root, at: nil, clock: -3_600_000)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      let acks = try root.names(in: "outbox/easyecom").filter { $0.hasSuffix(".ack.json") }
      #expect(acks == ["orders-1.csv.ack.json", "orders-1.csv~2.ack.json"])
      try await Self.verify(root)
    }
  }

  @Test(
    "Is another upload, where it comes again before the restart and the first was put away",
    arguments: [true, false])
  func comesAgain(isQuarantined: Bool) async throws {
    try await withTemporaryFolder { root in
      var orders = Self.orders(1)
      if isQuarantined {
        try root.write(#"{"partners": {"easyecom": {"errorBudget": 0}}}"#, to: "exchange.json")
        orders += "E-7,E-7,1,TEA-250,none,229.00,WH-1\n"
      }
      try root.write(orders, to: Self.inbox)
      let killed = try await Self.once(root, at: nil, crash: "archived")
      #expect(killed.status == .killed(by: SIGKILL))
      #expect(try root.names(in: "ledger/claimed") == [])
      try root.write(orders, to: Self.inbox)
      let finished = try await Self.once(root, at: nil)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      let acks = try root.names(in: "outbox/easyecom").filter { $0.hasSuffix(".ack.json") }
      #expect(acks == ["orders-1.csv.ack.json", "orders-1.csv~2.ack.json"])
      #expect(try root.names(in: "ledger/quarantine").count == (isQuarantined ? 2 : 0))
      try await Self.verify(root)
    }
  }

  // MARK: Steps

  private static let claimed = "ledger/claimed/000000000001"

  /// Writes over a file in place, as a server does that opens it once more.
  fileprivate static func overwrite(_ bytes: [UInt8], _ path: String) throws {
    let descriptor = open(path, O_WRONLY | O_TRUNC)
    try #require(descriptor >= 0)
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  /// A run that is stopped at a moment, and goes on when something has happened.
  private static func stop(
    at moment: String, _ root: TemporaryFolder, _ happens: () throws -> Void
  ) async throws -> FinishedProgram {
    try root.write(orders(1), to: inbox)
    var program = WaybillProgram(["once", "--root", root.path])
    program.environment = ["WAYBILL_CRASH": moment + ":1:stop"]
    let running = try program.start()
    let isStopped = try await running.waitUntil {
      let words = try String(contentsOfFile: "/proc/\(running.child)/stat", encoding: .utf8)
      return words[words.index(after: words.lastIndex(of: ")") ?? words.startIndex)...].hasPrefix(" T")
    }
    #expect(isStopped)
    #expect(!root.has(ack))
    try happens()
    running.send(SIGCONT)
    return try await running.finish()
  }

  /// The file that was judged and the one after it: each is answered once, and kept.
  private static func expectBoth(_ second: [UInt8], _ root: TemporaryFolder) async throws {
    try await expectKept([orders(1), String(decoding: second, as: UTF8.self)], root)
    let acks = try root.names(in: "outbox/easyecom").filter { $0.hasSuffix(".ack.json") }
    #expect(acks == ["orders-1.csv.ack.json", "orders-1.csv~2.ack.json"])
    #expect(try root.names(in: "inbox/easyecom") == [])
  }

  private static func expectKept(_ originals: Set<String>, _ root: TemporaryFolder) async throws {
    #expect(root.has(ack))
    let kept = try FolderTree(at: root.path("ledger/archive"))
    #expect(Set(kept.files.map { String(decoding: kept.bytes(of: $0), as: UTF8.self) }) == originals)
    try await verify(root)
  }

  /// After the restart everything is as an undisturbed run leaves it.
  private func expectAnsweredOnce(_ root: TemporaryFolder) async throws {
    let finished = try await Self.once(root, at: Self.noon)
    #expect(finished.status == .exited(0), "\(finished.errors)")
    try await withTemporaryFolder { other in
      let undisturbed = try await Self.once(other, at: Self.noon, drops: true)
      #expect(undisturbed.status == .exited(0), "\(undisturbed.errors)")
      let difference = try await DrillResult(root).difference(from: try await DrillResult(other))
      #expect(difference == nil, "\(difference ?? "")")
    }
    try await Self.verify(root)
  }

  fileprivate static func orders(_ number: Int) -> String { DaemonTests.orders("E-\(number)") }

  private static func kill(at moment: String, _ root: TemporaryFolder) async throws {
    let killed = try await once(root, at: noon, drops: true, crash: moment)
    #expect(killed.status == .killed(by: SIGKILL))
  }

  private static func once(
    _ root: TemporaryFolder, at time: String?, drops: Bool = false, crash: String? = nil, clock: Int? = nil
  ) async throws -> FinishedProgram {
    if drops { try root.write(orders(1), to: inbox) }
    var environment: [String: String] = [:]
    environment["WAYBILL_CRASH"] = crash
    environment["WAYBILL_CLOCK"] = clock.map(String.init)
    return try await WaybillProgram.run(
      ["once", "--root", root.path] + (time.map { ["--at", $0] } ?? []), environment: environment)
  }

  private static func verify(_ root: TemporaryFolder) async throws {
    for part in ["verify", "prove"] {
      let finished = try await WaybillProgram.run(["ledger", part, "--root", root.path])
      #expect(finished.status == .exited(0), "\(part): \(finished.output) \(finished.errors)")
    }
  }
}
