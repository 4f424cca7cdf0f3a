/// The daemon as an operator has it: a process that watches, answers, stops when asked, and is otherwise quiet.

import Foundation
import Glibc
import Orders
import TestSupport
import Testing

@Suite("The daemon")
struct DaemonTests {
  static let settings = """
    {"partners": {"easyecom": {"settleSeconds": 0.3}, "dtdc": {"settleSeconds": 0.3}, "booon": {"settleSeconds": 0.3},
    "ekart": {"settleSeconds": 0.3}, "ecom-express": {"settleSeconds": 0.3}, "nexar": {"settleSeconds": 0.3}}}
    """

  @Test("A file renamed into the inbox while it watches is answered at once")
  func renamed() async throws {
    try await withDaemon { root, daemon in
      try root.drop("easyecom", "orders-1.csv", Self.orders("E-1"))
      let ack = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      #expect(ack.completedBy == "rename")
      #expect(ack.outcome == "accepted")
      #expect(try root.names(in: "inbox/easyecom") == [])
    }
  }

  @Test("A file written in place is answered when it was closed and has rested, not while its writer pauses")
  func writtenInPlace() async throws {
    try await withDaemon { root, daemon in
      let text = Array(Self.orders("E-1", "E-2").utf8)
      let writer = open(root.path("inbox/easyecom/orders-1.csv"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
      #expect(write(writer, text, 80) == 80)
      try await Task.sleep(for: .seconds(1))
      #expect(!root.has("outbox/easyecom/orders-1.csv.ack.json"))
      #expect(
        Array(text[80...]).withUnsafeBytes { write(writer, $0.baseAddress, $0.count) } == text.count - 80)
      close(writer)
      let ack = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      #expect(ack.completedBy == "closed")
      #expect(ack.rows.applied == 2)
    }
  }

  @Test("Files that wait when it starts are answered, in the processing sequence")
  func waiting() async throws {
    let prepare = { (root: TemporaryFolder) throws in
      try root.drop("easyecom", "confirmations-1.csv", "order_number,confirmed_at\nE-1,2026-11-20 11:00:00\n")
      try root.drop("easyecom", "orders-1.csv", Self.orders("E-1"))
    }
    try await withDaemon(prepare: prepare) { root, daemon in
      let orders = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      let confirmations = try await Self.answer("easyecom", "confirmations-1.csv", in: root, by: daemon)
      #expect((orders.sequence, confirmations.sequence) == (1, 2))
      #expect(confirmations.rows.applied == 1)
    }
  }

  @Test("A temporary name is left alone until the file is renamed to its own")
  func temporaryName() async throws {
    try await withDaemon { root, daemon in
      for name in ["orders-1.csv.part", ".orders-2.csv", "orders-3.csv.filepart", "orders-4.csv~"] {
        try root.drop("easyecom", name, Self.orders("E-\(name.count)"))
      }
      try root.drop("booon", "orders-1.csv", Self.orders("B-1"))
      _ = try await Self.answer("booon", "orders-1.csv", in: root, by: daemon)
      try await Task.sleep(for: .milliseconds(500))
      #expect(try root.names(in: "inbox/easyecom").count == 4)
      #expect(try root.names(in: "outbox/easyecom") == [])
      #expect(
        rename(root.path("inbox/easyecom/orders-1.csv.part"), root.path("inbox/easyecom/orders-1.csv")) == 0)
      _ = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
    }
  }

  @Test("A partner's folder that is made while it watches is watched as well")
  func newFolder() async throws {
    let prepare = { (root: TemporaryFolder) throws in
      #expect(rmdir(root.path("inbox/dtdc")) == 0)
    }
    try await withDaemon(prepare: prepare) { root, daemon in
      try root.makeFolder("inbox/dtdc")
      try root.drop("dtdc", "documents-1.csv", "invoice_id,document\n901,label\n")
      _ = try await Self.answer("dtdc", "documents-1.csv", in: root, by: daemon)
    }
  }

  @Test("An upload that broke off is held and said, and answered anew when it was completed")
  func heldAndCompleted() async throws {
    try await withDaemon { root, daemon in
      let whole = Array(Self.orders("E-1", "E-2").utf8)
      try root.write(Array(whole.dropLast(20)), to: "inbox/easyecom/orders-1.csv")
      let held = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      #expect(held.outcome == "held")
      #expect(try root.names(in: "inbox/easyecom") == ["orders-1.csv"])
      try root.write(whole, to: "inbox/easyecom/orders-1.csv")
      let isTaken = try await daemon.waitUntil { try root.names(in: "inbox/easyecom").isEmpty }
      #expect(isTaken)
      let isAnswered = try await daemon.waitUntil {
        try Self.ack("easyecom", "orders-1.csv", in: root)?.outcome == "accepted"
      }
      #expect(isAnswered)
      #expect(try Self.ack("easyecom", "orders-1.csv", in: root)?.completedBy == "grown")
    }
  }

  @Test("It ends with 0 within two seconds when asked to, idle or not", arguments: [SIGTERM, SIGINT])
  func stops(_ signal: Int32) async throws {
    try await withDaemon { root, daemon in
      try root.drop("easyecom", "orders-1.csv", Self.orders("E-1"))
      _ = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      daemon.send(signal)
      let finished = try await daemon.finish(timeoutSeconds: 2)
      #expect(finished.status == .exited(0))
      #expect(finished.errors.contains("1 file and 1 row answered"))
    }
  }

  @Test("Asked to end in the middle of a burst it finishes the file in hand; the next start does the rest")
  func stopsInABurst() async throws {
    let prepare = { (root: TemporaryFolder) throws in try Self.burst(in: root) }
    try await withDaemon(prepare: prepare) { root, daemon in
      let hasBegun = try await daemon.waitUntil { try !Self.acks(in: root).isEmpty }
      #expect(hasBegun)
      daemon.send(SIGTERM)
      let first = try await daemon.finish(timeoutSeconds: 30)
      #expect(first.status == .exited(0))
      try await Drill.succeed(root, drop: 0)
      try Self.expectAllAnsweredOnce(in: root)
    }
  }

  @Test("Two hundred small files of four partners are answered exactly once each")
  func burst() async throws {
    try await withDaemon { root, daemon in
      try Self.burst(in: root)
      let areAnswered = try await daemon.waitUntil(timeoutSeconds: 60) {
        try Self.acks(in: root).count == 200
      }
      #expect(areAnswered)
      daemon.send(SIGTERM)
      #expect(try await daemon.finish(timeoutSeconds: 30).status == .exited(0))
      try Self.expectAllAnsweredOnce(in: root)
    }
  }

  @Test("Killed in the middle of a burst it leaves no lock, and the next one answers the rest exactly once")
  func killedInABurst() async throws {
    try await withDaemon { root, daemon in
      try Self.burst(in: root)
      let hasBegun = try await daemon.waitUntil { try Self.acks(in: root).count > 10 }
      #expect(hasBegun)
      daemon.send(SIGKILL)
      #expect(try await daemon.finish().status == .killed(by: SIGKILL))
      let next = try Self.start(root)
      // It may find everything answered, and must catch signals before it is sent one.
      let areAnswered = try await next.waitUntil(timeoutSeconds: 60) {
        try Self.acks(in: root).count == 200 && next.errorsSoFar.contains("watch")
      }
      #expect(areAnswered)
      next.send(SIGTERM)
      let last = try await next.finish(timeoutSeconds: 30)
      #expect(last.status == .exited(0), "\(last.errors)")
      try Self.expectAllAnsweredOnce(in: root)
    }
  }

  @Test(
    "While it runs, whoever would write is refused with its process number",
    arguments: ["run", "once", "try"])
  func secondWriter(_ verb: String) async throws {
    try await withDaemon { root, daemon in
      let refused = try await WaybillProgram.run([verb, "--root", root.path], timeoutSeconds: 10)
      #expect(refused.status == .exited(3))
      #expect(refused.errorLines.count == 1)
      #expect(refused.errors.contains("process \(daemon.child)"))
      #expect(!daemon.hasEnded)
    }
  }

  @Test("While it runs, whoever only reads is answered")
  func readers() async throws {
    try await withDaemon { root, daemon in
      try root.drop("easyecom", "orders-1.csv", Self.orders("E-1"))
      _ = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      let status = try await WaybillProgram.run(["status", "--root", root.path])
      #expect(status.status == .exited(0), "\(status.errors)")
      #expect(status.output.contains("\(daemon.child)"))
      let order = try await WaybillProgram.run(["order", "E-1", "--root", root.path])
      #expect(order.status == .exited(0), "\(order.errors)")
      #expect(order.output.contains("orders-1.csv"))
      try root.write(Self.orders("E-1"), to: "draft/orders-2.csv")
      let check = try await WaybillProgram.run(
        ["check", root.path("draft/orders-2.csv"), "--partner", "easyecom", "--root", root.path])
      #expect(check.status == .exited(0), "\(check.errors)")
      #expect(check.output.contains("duplicate"))
      let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(proof.status == .exited(0), "\(proof.errors)")
      #expect(!daemon.hasEnded)
    }
  }

  @Test("It sleeps while nothing happens")
  func idle() async throws {
    try await withDaemon { root, daemon in
      try root.drop("easyecom", "orders-1.csv", Self.orders("E-1"))
      _ = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      try await Task.sleep(for: .milliseconds(300))
      let before = try Self.processorTicks(of: daemon.child)
      try await Task.sleep(for: .seconds(2))
      let after = try Self.processorTicks(of: daemon.child)
      // A tick is a hundredth of a second.
      #expect(after - before <= 2, "\(after - before) ticks in two seconds of nothing")
    }
  }

  @Test("It sleeps while a file is held, is being written, or has a temporary name")
  func idleWithFilesLeft() async throws {
    try await withDaemon { root, daemon in
      try root.write("order_number,invoice_id\n\"E-1", to: "inbox/easyecom/orders-1.csv")
      try root.write("order_number", to: "inbox/easyecom/orders-2.csv.part")
      let writer = open(root.path("inbox/booon/orders-1.csv"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
      defer { close(writer) }
      #expect(write(writer, "order", 5) == 5)
      _ = try await Self.answer("easyecom", "orders-1.csv", in: root, by: daemon)
      try await Task.sleep(for: .seconds(1))
      let before = try Self.processorTicks(of: daemon.child)
      try await Task.sleep(for: .seconds(2))
      let after = try Self.processorTicks(of: daemon.child)
      #expect(after - before <= 4, "\(after - before) ticks in two seconds of nothing")
    }
  }
}

// MARK: What the tests do again and again

extension DaemonTests {
  /// Starts a daemon over a new exchange, and ends it when the body is through.
  private func withDaemon(
    prepare: (TemporaryFolder) throws -> Void = { _ in },
    _ body: (TemporaryFolder, RunningProgram) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "daemon", drops: [], configuration: Self.settings).prepare(root)
      try prepare(root)
      let daemon = try Self.start(root)
      let isWatching = try await daemon.waitUntil { daemon.errorsSoFar.contains("watch") }
      #expect(isWatching, "it does not say that it watches: \(daemon.errorsSoFar)")
      try await body(root, daemon)
      daemon.send(SIGKILL)
    }
  }

  private static func start(_ root: TemporaryFolder) throws -> RunningProgram {
    try WaybillProgram(["run", "--root", root.path]).start()
  }

  /// One row for each order, of one line.
  static func orders(_ numbers: String...) -> String {
    var text = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"
    for number in numbers { text += "\(number),INV-\(number),1,TEA-250,1,229.00,WH-1\n" }
    return text
  }

  /// Fifty files each of two who may send orders and two who report scans of shipments nobody knows.
  private static func burst(in root: TemporaryFolder) throws {
    let scans = "awb,datetime,status,reason_code,reason_code_number,status_update_number\n"
    for number in 101...150 {
      try root.drop("easyecom", "orders-\(number).csv", orders("E-\(number)"))
      try root.drop("booon", "orders-\(number).csv", orders("B-\(number)"))
      try root.drop(
        "ecom-express", "scans-\(number).csv",
        scans + "731000\(number),2026-11-20 16:20:00,picked up,11 - Shipment Picked Up,0011,\(number)\n")
      try root.drop(
        "ekart", "tracking-\(number).csv",
        "tracking_id,status,event_date\n500999BN000\(number),in_transit,2026-11-20 21:05:00\n")
    }
  }

  private static func expectAllAnsweredOnce(in root: TemporaryFolder) throws {
    let acks = try acks(in: root)
    #expect(acks.count == 200)
    #expect(acks.map(\.sequence).sorted() == Array(1...200))
    #expect(acks.allSatisfy { $0.rows.read == 1 })
    #expect(acks.count { $0.rows.applied == 1 } == 100)
    #expect(try FolderTree(at: root.path("inbox")).files == [])
    for folder in ["ledger/claimed", "ledger/asides"] { #expect(try root.names(in: folder) == []) }
  }

  struct Answer: Decodable {
    struct Rows: Decodable { let read, applied: Int }
    let outcome: String
    let completedBy: String
    let sequence: Int
    let rows: Rows

    enum CodingKeys: String, CodingKey {
      case outcome, rows
      case completedBy = "completed_by"
      case sequence = "ledger_sequence"
    }
  }

  private static func acks(in root: TemporaryFolder) throws -> [Answer] {
    let names = try PartnerProfile.builtIn.flatMap { partner in
      try ackNames(of: partner.folder, in: root).map { "outbox/\(partner.folder)/\($0)" }
    }
    return try names.map { try JSONDecoder().decode(Answer.self, from: Data(root.read($0))) }
  }

  private static func ackNames(of partner: String, in root: TemporaryFolder) throws -> [String] {
    guard root.has("outbox/" + partner) else { return [] }
    return try root.names(in: "outbox/" + partner).filter { $0.hasSuffix(".ack.json") }
  }

  private static func ack(_ partner: String, _ name: String, in root: TemporaryFolder) throws -> Answer? {
    let path = "outbox/\(partner)/\(name).ack.json"
    guard root.has(path) else { return nil }
    return try JSONDecoder().decode(Answer.self, from: Data(root.read(path)))
  }

  /// Waits for the ack of a file.
  private static func answer(
    _ partner: String, _ name: String, in root: TemporaryFolder, by daemon: RunningProgram
  ) async throws -> Answer {
    _ = try await daemon.waitUntil { root.has("outbox/\(partner)/\(name).ack.json") }
    guard let answer = try ack(partner, name, in: root) else {
      throw TestFailure("\(partner)/\(name) was not answered; stderr: \(daemon.errorsSoFar)")
    }
    return answer
  }

  /// User and system time that the process has used, in clock ticks (proc(5), fields 14 and 15 of `stat`).
  private static func processorTicks(of process: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
      throw TestFailure("/proc/\(process)/stat is not as expected: \(text)")
    }
    return user + system
  }
}

extension TemporaryFolder {
  /// Drops a file as a careful partner does: written elsewhere, then renamed into place.
  func drop(_ partner: String, _ name: String, _ text: String) throws {
    try write(text, to: "upload/\(name)")
    guard rename(path("upload/\(name)"), path("inbox/\(partner)/\(name)")) == 0 else {
      throw TestFailure("rename of \(name): errno \(errno)")
    }
  }
}
