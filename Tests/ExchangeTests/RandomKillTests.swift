/// The daemon killed at random moments over a stream of files: every file is answered once, and every answer follows.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("The daemon, killed again and again")
struct RandomKillTests {
  /// How often it is killed.
  static let kills = isLongRun ? 500 : 12

  @Test("Every file is answered exactly once", arguments: isLongRun ? [UInt64(1), 2] : [1])
  func stream(seed: UInt64) async throws {
    try await withTemporaryFolder { root in
      var numbers = SeededDraws(seed: seed)
      var stream = Stream()
      try Drill(name: "stream", drops: [], configuration: DaemonTests.settings).prepare(root)
      var killed = 0
      for _ in 0..<Self.kills {
        try stream.drop(Int.random(in: 1...4, using: &numbers), in: root)
        let daemon = try WaybillProgram(["run", "--root", root.path, "--quiet"]).start()
        // From a kill in the start to one in peace.
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...160, using: &numbers)))
        if Bool.random(using: &numbers) {
          try stream.drop(2, in: root)
          try await Task.sleep(for: .milliseconds(Int.random(in: 0...40, using: &numbers)))
        }
        daemon.send(SIGKILL)
        let end = try await daemon.finish()
        #expect(end.status == .killed(by: SIGKILL), "\(end.status) \(end.errors)")
        if end.status == .killed(by: SIGKILL) { killed += 1 }
      }
      let names = stream.names
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      // It may find everything answered, and must catch signals before it is sent one.
      let isDone = try await daemon.waitUntil(timeoutSeconds: 120) {
        names.allSatisfy { root.has("outbox/\($0).ack.json") } && daemon.errorsSoFar.contains("watch")
      }
      #expect(isDone, "\(names.filter { !root.has("outbox/\($0).ack.json") }) are not answered")
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
      try await hold(root, stream)
      if isLongRun { print("KILLS seed \(seed): \(killed) kills, \(names.count) files, \(stream.rows) rows") }
    }
  }

  /// Every file has one ack and no second answer, every row one outcome, and the proofs find nothing.
  private func hold(_ root: TemporaryFolder, _ stream: Stream) async throws {
    var applied = 0
    let outbox = try FolderTree(at: root.path("outbox"))
    for name in stream.names {
      let ack = try JSONDecoder().decode(Ack.self, from: Data(outbox.bytes(of: name + ".ack.json")))
      #expect(ack.outcome == "accepted", "\(name): \(ack.outcome)")
      applied += ack.rows.applied
    }
    #expect(applied == stream.rows)
    #expect(outbox.files.allSatisfy { !$0.contains("~") }, "a file was answered twice")
    #expect(outbox.files.count { $0.hasSuffix(".ack.json") } == stream.names.count)
    #expect(try FolderTree(at: root.path("inbox")).files.isEmpty)
    for proof in ["verify", "prove"] {
      let found = try await WaybillProgram.run(["ledger", proof, "--root", root.path], timeoutSeconds: 300)
      #expect(found.status == .exited(0), "\(proof): \(found.output) \(found.errors)")
    }
  }

  /// Orders, one file after the other, from two partners in turn.
  private struct Stream {
    private(set) var names: [String] = []
    private(set) var rows = 0

    mutating func drop(_ count: Int, in root: TemporaryFolder) throws {
      for _ in 0..<count {
        let number = names.count + 1
        let partner = number % 3 == 0 ? "booon" : "easyecom"
        let name = "orders-\(number).csv"
        let orders = (1...3).map { "\(partner.first == "b" ? "B" : "E")-\(number)-\($0)" }
        var text = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"
        for (place, order) in orders.enumerated() {
          text += "\(order),9\(number)\(place),1,TEA-250,1,229.00,WH-1\n"
        }
        rows += orders.count
        names.append("\(partner)/\(name)")
        try root.drop(partner, name, text)
      }
    }
  }
}
