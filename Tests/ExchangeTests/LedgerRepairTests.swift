/// A damaged ledger, cut because a person asked for it: it is sound then, says what it lost, and gives no number twice.

import Files
import Glibc
import Ledger
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("A ledger that is repaired")
struct LedgerRepairTests {
  private static let header = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier\n"

  /// Five files of orders, one after the other, each decided and delivered.
  static func orders(_ number: Int) -> Drill.Upload {
    Drill.Upload(
      "easyecom", "orders-\(number).csv", header + "E-\(number),INV-\(number),1,TEA,1,2.50,WH-1,Ekart\n")
  }

  /// An exchange of five decisions, without checkpoints unless they are asked for.
  func prepare(_ root: TemporaryFolder, checkpoints: Bool = false) throws -> [LedgerPosition] {
    for partner in PartnerProfile.builtIn { try root.makeFolder("inbox/\(partner.folder)") }
    var positions: [LedgerPosition] = []
    let live = try LiveExchange(root)
    for number in 1...5 {
      try live.take(Self.orders(number))
      positions.append(live.ledger.journal.synced)
      if checkpoints, number % 2 == 0 { _ = try live.ledger.makeCheckpoint() }
    }
    // The originals go to the archive, as they do when nothing has come for a moment.
    try live.ledger.markPublished()
    return positions
  }

  private static func segment(_ root: TemporaryFolder) throws -> String {
    "ledger/journal/" + (try #require(try root.names(in: "ledger/journal").first))
  }

  /// Damages one byte of the journal.
  func damage(_ root: TemporaryFolder, at offset: UInt64) throws {
    let name = try Self.segment(root)
    var bytes = try root.read(name)
    bytes[Int(offset)] ^= 0x20
    try root.write(bytes, to: name)
  }

  func repair(_ root: TemporaryFolder, to sequence: UInt64) throws -> LedgerRepair.Report {
    try LedgerRepair.run(
      root: root.path, configuration: Configuration(), to: FrameSequence(sequence),
      at: instant("2026-11-21 15:00:00"))
  }

  private func expectSound(_ root: TemporaryFolder) async throws {
    let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
    #expect(proof.status == .exited(0), "\(proof.errors)")
  }

  @Test("Damage in the middle: cut behind the last sound commit, the rest kept, told and withdrawn")
  func middle() async throws {
    try await withTemporaryFolder { root in
      let positions = try prepare(root, checkpoints: true)
      try damage(root, at: positions[2].end + 200)
      let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(proof.status == .exited(3))

      let kept = positions[2].sequence.raw
      let answer = try await WaybillProgram.run(["ledger", "repair", "--to", "\(kept)", "--root", root.path])
      #expect(answer.status == .exited(0), "\(answer.errors)")
      for word in [
        "orders-5.csv", "in the archive", "easyecom/orders-4.csv.ack.json", "decision 6",
      ] {
        #expect(answer.output.contains(word), "\(word) is not in: \(answer.output)")
      }
      try await expectSound(root)
      #expect(!root.has("outbox/easyecom/orders-4.csv.ack.json"))
      #expect(root.has("outbox/easyecom/orders-3.csv.ack.json"))
      let folder = "ledger/cut/\(kept)-1"
      #expect(root.has(folder + "/outbox/easyecom/orders-5.csv.ack.json"))
      #expect(try root.names(in: folder).contains { $0.hasSuffix(".tail") })

      // The lost file is dropped again: it is judged as new, and no number is given twice.
      let live = try LiveExchange(root)
      let report = try #require(try live.take(Self.orders(4)).first)
      #expect(report.outcome == .accepted && report.rows[.applied] == 1)
      #expect(report.decision == DecisionNumber(6))
      #expect(root.has("outbox/easyecom/orders-4.csv.ack.json"))
      #expect(try live.take(Self.orders(3)).first?.outcome == .duplicateFile)
      let feeds = try root.names(in: "outbox/ekart").filter { $0.hasPrefix("feed-shipments-") }
      #expect(feeds.contains("feed-shipments-6.json") && !feeds.contains("feed-shipments-4.json"), "\(feeds)")
      #expect(try live.tablesNotInTheJournal() == [])
      try live.restart()
      #expect(try live.tablesNotInTheJournal() == [])
    }
  }

  @Test("The end is missing and the answers prove it: nothing to cut, and the loss is acknowledged")
  func endMissing() async throws {
    try await withTemporaryFolder { root in
      let positions = try prepare(root)
      let name = try Self.segment(root)
      try root.write(Array(try root.read(name).prefix(Int(positions[3].end))), to: name)
      #expect(throws: JournalDamage.self) { _ = try LiveExchange(root) }
      let report = try repair(root, to: positions[3].sequence.raw)
      #expect(report.withdrawn.contains("easyecom/orders-5.csv.ack.json"))
      #expect(report.newestDecision == DecisionNumber(5))
      try await expectSound(root)
      let live = try LiveExchange(root)
      #expect(try live.take(Self.orders(5)).first?.decision == DecisionNumber(6))
    }
  }

  @Test("A sound ledger is not cut, and a damaged one only where the damage is")
  func refused() throws {
    try withTemporaryFolder { root in
      let positions = try prepare(root)
      let before = try FolderTree(at: root.path("ledger"))
      #expect(throws: LedgerRepair.Refusal.self) { try repair(root, to: positions[2].sequence.raw) }
      #expect(try FolderTree(at: root.path("ledger")) == before)
      try damage(root, at: positions[2].end + 200)
      let damaged = try FolderTree(at: root.path("ledger"))
      for sequence in [0, positions[1].sequence.raw, positions[4].sequence.raw, .max] {
        #expect(throws: LedgerRepair.Refusal.self) { try repair(root, to: sequence) }
      }
      #expect(try FolderTree(at: root.path("ledger")) == damaged)
    }
  }

  @Test("Without --to nothing is done")
  func wrongUsage() async throws {
    try await withTemporaryFolder { root in
      _ = try prepare(root)
      let answer = try await WaybillProgram.run(["ledger", "repair", "--root", root.path])
      #expect(answer.status == .exited(2))
      #expect(answer.errors.contains("--to SEQUENCE"))
    }
  }

  @Test(
    "A repair killed anywhere lets nothing start before it has ended, and ends the same",
    arguments: CrashPoint.Name.allCases.filter(\.isOfRepair))
  func killed(point: CrashPoint.Name) async throws {
    try await withTemporaryFolder { root in
      let positions = try prepare(root, checkpoints: true)
      try damage(root, at: positions[2].end + 200)
      let words = ["ledger", "repair", "--to", "\(positions[2].sequence.raw)", "--root", root.path]
      let killed = try await WaybillProgram.run(words, environment: ["WAYBILL_CRASH": point.rawValue])
      #expect(killed.status == .killed(by: SIGKILL))
      #expect(throws: ExchangeFault.self) { _ = try LiveExchange(root) }
      let again = try await WaybillProgram.run(words)
      // Behind its last step there is nothing left to do but to say so.
      #expect(again.status == .exited(point == .repairRecorded ? 3 : 0), "\(again.errors)")
      try await expectSound(root)
      let live = try LiveExchange(root)
      #expect(live.said == [])
      #expect(try live.take(Self.orders(4)).first?.decision == DecisionNumber(6))
      #expect(try live.tablesNotInTheJournal() == [])
      #expect(root.has("ledger/cut/\(positions[2].sequence.raw)-1/outbox/easyecom/orders-5.csv.ack.json"))
    }
  }

  @Test("A ledger of a newer format is refused with one sentence, and cannot be cut")
  func newerFormat() async throws {
    try await withTemporaryFolder { root in
      let positions = try prepare(root)
      let name = try Self.segment(root)
      var bytes = try root.read(name)
      // The format version stands at the begin of the first frame's payload.
      let newer = UInt8(JournalFormat.version) + 1
      bytes[JournalFormat.versionPlace] = newer
      let length = JournalFormat.versionPlace + Int(bytes[4])
      let sum = CRC32C.of(bytes[0..<length])
      for place in 0..<4 { bytes[length + place] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * place)) }
      try root.write(bytes, to: name)
      let before = try FolderTree(at: root.path("ledger/journal"))
      let verbs = [
        ["ledger", "verify"], ["ledger", "dump"], ["ledger", "checkpoint"], ["once"], ["run"], ["status"],
        ["ledger", "repair", "--to", "1"], ["ledger", "repair", "--to", "\(positions[4].sequence.raw)"],
      ]
      for hasPosition in [true, false] {
        if !hasPosition { #expect(unlink(root.path("ledger/position")) == 0) }
        for verb in verbs {
          let answer = try await WaybillProgram.run(verb + ["--root", root.path])
          #expect(answer.status == .exited(3), "\(verb)")
          #expect(answer.errorLines.count == 1)
          #expect(
            answer.errors.contains("version \(newer) of the journal's format"), "\(verb): \(answer.errors)")
        }
      }
      #expect(try FolderTree(at: root.path("ledger/journal")) == before)
    }
  }

  // MARK: What was put in the place of an earlier answer

  @Test(
    "The ack of a lost upload in the place of its hold's ack is taken out, and the hold's can be had again")
  func replacedHeldAck() async throws {
    try await withTemporaryFolder { root in
      for partner in PartnerProfile.builtIn { try root.makeFolder("inbox/\(partner.folder)") }
      let ack = "outbox/easyecom/orders-9.json.ack.json"
      let held: [UInt8]
      let kept: LedgerPosition
      do {
        let live = try LiveExchange(root)
        try live.take(
          Drill.Upload("easyecom", "orders-9.json", "[{\"reference_code\":\"E-9\",\"location_key\":\"WH-1\",")
        )
        held = try root.read(ack)
        kept = live.ledger.journal.synced
        try live.ledger.markPublished()
        let whole =
          "[{\"reference_code\":\"E-9\",\"location_key\":\"WH-1\",\"suborders\":[{\"suborder_id\":1,\"sku\":\"T\",\"item_quantity\":1}]}]"
        #expect(try live.take(Drill.Upload("easyecom", "orders-9.json", whole)).first?.outcome == .accepted)
      }
      let completed = try root.read(ack)
      #expect(completed != held)
      try damage(root, at: kept.end + 200)
      let report = try repair(root, to: kept.sequence.raw)
      #expect(report.withdrawn.contains("easyecom/orders-9.json.ack.json"))
      #expect(try root.read("\(report.folder)/outbox/easyecom/orders-9.json.ack.json") == completed)
      try await expectSound(root)
      let again = try await WaybillProgram.run([
        "reissue", "easyecom/orders-9.json.ack.json", "--reason", "repaired", "--root", root.path,
      ])
      #expect(again.status == .exited(0), "\(again.errors)")
      #expect(try root.read(ack) == held)
    }
  }

  @Test("A document of a lost decision is taken out, the earlier one of its name can be had again")
  func documents() async throws {
    try await withTemporaryFolder { root in
      for partner in PartnerProfile.builtIn { try root.makeFolder("inbox/\(partner.folder)") }
      func orders(_ cancelled: Int) -> Drill.Upload {
        let rows = (1...2).map {
          "D-\($0),70\($0),1,TEA,3,10.00,WH-1,Ekart,50099\($0)BN0001,\($0 == 1 ? cancelled : 0)\n"
        }
        return Drill.Upload(
          "easyecom", "orders-\(cancelled).csv",
          "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number,cancelled_quantity\n"
            + rows.joined())
      }
      func documents(_ name: String, _ numbers: [Int]) -> Drill.Upload {
        Drill.Upload(
          "easyecom", "documents-\(name).csv",
          "invoice_id,document\n" + numbers.map { "70\($0),invoice\n" }.joined())
      }
      let invoice = "outbox/easyecom/documents/701-invoice.pdf"
      let first: [UInt8]
      let kept: LedgerPosition
      do {
        let live = try LiveExchange(root)
        try live.take(
          orders(0),
          Drill.Upload(
            "easyecom", "confirmations-1.csv",
            "order_number,confirmed_at\nD-1,2026-11-20 11:00:00\nD-2,2026-11-20 11:00:00\n"))
        try live.take(documents("a", [1]))
        first = try root.read(invoice)
        kept = live.ledger.journal.synced
        try live.ledger.markPublished()
        // One piece of three is cancelled, so the invoice is another one.
        try live.take(orders(1))
        try live.take(documents("b", [1, 2]))
      }
      let second = try root.read(invoice)
      #expect(second != first, "the second invoice must differ, else nothing is proved")
      #expect(root.has("outbox/easyecom/documents/702-invoice.pdf"))
      try damage(root, at: kept.end + 200)
      let report = try repair(root, to: kept.sequence.raw)
      #expect(report.withdrawn.contains("easyecom/documents/702-invoice.pdf"))
      #expect(report.withdrawn.contains("easyecom/documents/701-invoice.pdf"))
      #expect(try root.read("\(report.folder)/outbox/easyecom/documents/701-invoice.pdf") == second)
      #expect(!root.has("outbox/easyecom/documents/702-invoice.pdf"))
      try await expectSound(root)
      let again = try await WaybillProgram.run([
        "reissue", "easyecom/documents/701-invoice.pdf", "--reason", "repaired", "--root", root.path,
      ])
      #expect(again.status == .exited(0), "\(again.errors)")
      #expect(try root.read(invoice) == first)
    }
  }
}
