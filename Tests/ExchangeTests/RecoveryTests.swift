/// What a restart makes of the journal, and what is left of a file that was taken back.

import Foundation
import Ledger
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("The books after a restart and after a refused file")
struct RecoveryTests {
  /// Feeds for everybody, so that they are part of what is replayed.
  static let settings = """
    {"locations": {"WH-1": {"name": "One", "address": "1 Road"}, "WH-2": {"name": "Two", "address": "2 Road"}},
    "partners": {"nexar": {"locationKeys": ["WH-1"]}, "dtdc": {"locationKeys": ["WH-2"]}, "booon": {"locationKeys": ["WH-3"]}}}
    """

  /// Segments and checkpoints so small that a few files fill several.
  static let smallParts: LedgerBounds = {
    var bounds = LedgerBounds()
    bounds.segmentBytesMax = 24_000
    bounds.checkpointTailBytesMax = 12_000
    return bounds
  }()

  @Test(
    "The journal replayed, and a checkpoint with its tail, give the very books of the live run",
    arguments: UInt64(1)...6, [LedgerBounds(), smallParts])
  func replay(seed: UInt64, ledgerBounds: LedgerBounds) throws {
    try withTemporaryFolder { root in
      var trade = RandomTrade(seed: seed)
      let live = try LiveExchange(root, Self.settings, ledgerBounds: ledgerBounds)
      var outcomes: Set<Outcome> = []
      for round in 1...6 {
        let reports = try live.take(trade.story(round: round) + (0..<8).map { _ in trade.file() })
        for outcome in Outcome.allCases where reports.contains(where: { $0.rows[outcome] > 0 }) {
          outcomes.insert(outcome)
        }
        #expect(try live.tablesNotInTheJournal() == [], "seed \(seed), round \(round)")
        if round % 3 == 1 { try live.reopen() }
        if round % 3 == 2 { try live.restart() }
      }
      live.ledger.checkpointRun?.wait()
      let checkpoints = try root.names(in: "ledger/checkpoints")
      #expect(checkpoints.count == 2, "\(checkpoints)")
      if ledgerBounds == Self.smallParts { #expect(try root.names(in: "ledger/journal").count > 2) }
      #expect(outcomes.count >= 4, "seed \(seed) is too tame: \(outcomes)")
      #expect(live.said == [])
    }
  }

  @Test(
    "A random file that is taken back leaves nothing in the books, however it is taken back",
    arguments: UInt64(1)...4, [Books.undoChangesMaxBuiltIn, 3])
  func takenBack(seed: UInt64, undoChangesMax: Int) throws {
    try withTemporaryFolder { root in
      let folders = PartnerProfile.builtIn.map { "\"\($0.folder)\": {\"atomicFiles\": true}" }
      let live = try LiveExchange(root, "{\"partners\": {\(folders.joined(separator: ", "))}}")
      live.ledger.docket.books.undoChangesMax = undoChangesMax
      var trade = RandomTrade(seed: seed)
      var taken = 0
      var refused = 0
      for _ in 0..<60 {
        let file = trade.file()
        let before = live.digestsBesideFiles
        let report = try live.take(file).first
        if report?.outcome == .accepted {
          taken += 1
        } else if report?.refusal != .kindNotAllowed {
          refused += 1
          let after = live.digestsBesideFiles
          let different = before.keys.filter { before[$0] != after[$0] }.sorted()
          #expect(different.isEmpty, "seed \(seed), \(file.path): \(different) differ")
        }
      }
      #expect(taken > 2 && refused > 10, "seed \(seed): \(taken) taken, \(refused) refused")
      #expect(try live.tablesNotInTheJournal() == [])
    }
  }

  /// A way for a file to be refused after good rows of it were applied.
  struct Refusal: Sendable, CustomStringConvertible {
    let description: String
    var setting = ""
    let upload: Drill.Upload
    let outcome: FileOutcome
    let code: RejectionCode
  }

  static let refusals = [
    Refusal(
      description: "all or nothing", setting: "\"atomicFiles\": true",
      upload: .init(
        "easyecom", "orders-2.csv", rows(10) + "E-X,X,1,SKU,several,1.00,WH-77,New Courier,AWBX\n"),
      outcome: .rejected, code: .badQuantity),
    Refusal(
      description: "over its error budget", setting: "\"errorBudget\": 0.01",
      upload: .init(
        "easyecom", "orders-2.csv", rows(10) + "E-X,X,1,SKU,several,1.00,WH-77,New Courier,AWBX\n"),
      outcome: .held, code: .overErrorBudget),
    Refusal(
      description: "a .gz whose checksum is wrong",
      upload: .init(
        "easyecom", "orders-2.csv.gz", Array(packed(rows(9_000)).dropLast(8)) + [1, 2, 3, 4, 5, 6, 7, 8]),
      outcome: .rejected, code: .brokenGzip),
    Refusal(
      description: "a .json array that breaks",
      upload: .init("easyecom", "orders-2.json", objects(3_000) + ", oops]"), outcome: .rejected,
      code: .brokenJSON),
  ]

  @Test(
    "Refused after rows were applied: nothing of them stands, by the undo log and by the journal",
    arguments: refusals, [Books.undoChangesMaxBuiltIn, 5])
  func refused(_ refusal: Refusal, undoChangesMax: Int) throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root, "{\"partners\": {\"easyecom\": {\(refusal.setting)}}}")
      // The first file of the group is committed and not synced when the second is taken back.
      try live.take(.init("easyecom", "orders-0.csv", Self.rows(3, from: 90_000)))
      let before = live.digestsBesideFiles
      live.ledger.docket.books.undoChangesMax = undoChangesMax
      let report = try live.take(refusal.upload).first
      #expect(report?.outcome == refusal.outcome)
      #expect(report?.refusal == refusal.code)
      #expect(live.digestsBesideFiles == before)
      #expect(try live.tablesNotInTheJournal() == [])
      #expect(try root.names(in: "ledger/asides") == [])
      let answers = try root.names(in: "outbox/easyecom").filter { $0.hasPrefix("orders-2") }
      #expect(answers == [refusal.upload.name + ".ack.json"])

      // The same rows, sound and whole, are taken now as if they had never been seen.
      let again = try live.take(.init("easyecom", "orders-3.csv", Self.rows(10))).first
      #expect(again?.rows[.applied] == 10)
    }
  }

  @Test(
    "A file of a group is taken back while an earlier one of it is not yet synced",
    arguments: [Books.undoChangesMaxBuiltIn, 5])
  func takenBackInAGroup(undoChangesMax: Int) throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root, "{\"partners\": {\"easyecom\": {\"atomicFiles\": true}}}")
      live.ledger.docket.books.undoChangesMax = undoChangesMax
      let reports = try live.take(
        .init("easyecom", "orders-1.csv", Self.rows(20)),
        .init(
          "easyecom", "orders-2.csv",
          Self.rows(20, from: 500) + "E-X,X,1,SKU,several,1.00,WH-77,New Courier,AWBX\n"),
        .init("easyecom", "orders-3.csv", Self.rows(20, from: 490)))
      #expect(reports.map(\.outcome) == [.accepted, .rejected, .accepted])
      #expect(reports.map { $0.rows[.applied] } == [20, 0, 20])
      #expect(try live.tablesNotInTheJournal() == [])
    }
  }

  @Test(
    "Parked rows that a manifest released are parked again when its file is taken back",
    arguments: [Books.undoChangesMaxBuiltIn, 2])
  func releasedAndTakenBack(undoChangesMax: Int) throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root, "{\"partners\": {\"dtdc\": {\"atomicFiles\": true}}}")
      live.ledger.docket.books.undoChangesMax = undoChangesMax
      let header = "manifest_no,awb_number,order_number,manifest_date\n"
      let manifest = "M-1,D10000001,E-1,2026-11-20 12:00:00\n"
      try live.take(
        .init("easyecom", "orders-1.csv", Self.orderHeader + "E-1,INV-1,1,TEA,1,1.00,WH-1,DTDC,D10000001\n"),
        .init("dtdc", "confirmations-1.csv", "order_number,confirmed_at\nE-1,2026-11-20 11:00:00\n"),
        .init(
          "dtdc", "tracking-1.csv", "awb_number,status,datetime\nD10000001,In Transit,2026-11-20 19:00:00\n"))
      let before = live.digestsBesideFiles
      try live.take(
        .init("dtdc", "manifests-1.csv", header + manifest + "M-1,D10000009,E-9,2026-11-20 12:00:00\n"))
      #expect(live.digestsBesideFiles == before)
      #expect(live.ledger.settled.read == 0)
      #expect(!root.has("outbox/dtdc/tracking-1.csv.settled-1.csv"))
      try live.take(.init("dtdc", "manifests-2.csv", header + manifest))
      #expect(live.ledger.settled[.applied] == 1)
      #expect(root.has("outbox/dtdc/tracking-1.csv.settled-1.csv"))
      #expect(try live.tablesNotInTheJournal() == [])
    }
  }

  @Test("A hold that was ended before a crash is not published again over the answer that ended it")
  func endedHold() throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root)
      let whole = Self.rows(2)
      try live.take(.init("easyecom", "orders-1.csv", String(whole.dropLast(14))))
      let held = try root.text("outbox/easyecom/orders-1.csv.ack.json")
      #expect(held.contains("held"))
      try live.take(.init("easyecom", "orders-1.csv", whole))
      let answers = try FolderTree(at: root.path("outbox"))
      try live.reopen()
      #expect(live.said == [])
      #expect(try FolderTree(at: root.path("outbox")) == answers)
      #expect(!answers.bytes(of: "easyecom/orders-1.csv.ack.json").elementsEqual(held.utf8))
    }
  }

  @Test("What a killed run staged is swept away by the next start")
  func swept() throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root)
      try root.write("half an answer", to: "ledger/asides/12-result")
      try live.reopen()
      #expect(try root.names(in: "ledger/asides") == [])
      #expect(live.said == [])
    }
  }

  @Test("A file that is written to while it is judged is taken back, and judged when its writer is done")
  func disturbed() throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root)
      let whole = Self.rows(5)
      // Claimed, and still open: as after a rename into place by a client that goes on writing.
      let before = live.digestsBesideFiles
      live.ledger.lastClaim = ClaimNumber(1)
      live.ledger.openClaims = [
        ClaimRecord(
          claim: ClaimNumber(1), partner: Array("easyecom".utf8), name: Array("orders-1.csv".utf8),
          receivedAt: instant("2026-11-21 12:00:00"), completedBy: "rename")
      ]
      try root.write(whole, to: "ledger/claimed/000000000001")
      let writer = FileHandle(forWritingAtPath: root.path("ledger/claimed/000000000001"))
      #expect(try live.take().isEmpty)
      #expect(live.ledger.openClaims.count == 1)
      #expect(live.digestsBesideFiles == before)
      try writer?.seekToEnd()
      try writer?.write(
        contentsOf: Data(
          Self.rows(2, from: 800).split(separator: "\n").dropFirst().joined(separator: "\n").utf8 + [10]))
      try writer?.close()
      let report = try live.take().first
      #expect(report?.rows[.applied] == 7)
      #expect(live.ledger.openClaims.isEmpty)
    }
  }

  @Test("An order of ten thousand lines is answered, and one too large for any frame refuses its file")
  func largeOrders() throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root)
      let first = try live.take(
        .init("easyecom", "orders-1.json", Self.order("E-1", lines: 10_000, wide: 50))
      ).first
      #expect(first?.rows[.applied] == 1)
      try live.reopen()
      #expect(try live.tablesNotInTheJournal() == [])
      #expect(live.ledger.docket.books.lines.count == 10_000)
    }
    try withTemporaryFolder { root in
      let bounds = "{\"bounds\": {\"recordBytesMax\": 40000000, \"cellBytesMax\": 40000000}}"
      let live = try LiveExchange(root, bounds)
      let before = live.digestsBesideFiles
      let address = String(repeating: "1 Long Road ", count: 1_500_000)
      let report = try live.take(
        .init(
          "easyecom", "orders-1.csv",
          "order_number,suborder_id,sku,quantity,price,location_key,address_line_1\nE-1,1,TEA,1,1.00,WH-1,\(address)\n"
        )
      ).first
      #expect(report?.outcome == .rejected)
      #expect(report?.refusal == .overBound)
      #expect(live.digestsBesideFiles == before)
    }
  }

  // MARK: Files

  private static let orderHeader =
    "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number\n"

  /// Orders, each with keys, a courier and a location of its own.
  private static func rows(_ count: Int, from first: Int = 1) -> String {
    var text = orderHeader
    for number in first..<first + count {
      text +=
        "E-\(number),INV-\(number),1,SKU-\(number),1,2.50,WH-\(number),Courier \(number),AWB\(100_000 + number)\n"
    }
    return text
  }

  /// The beginning of an array of orders.
  private static func objects(_ count: Int) -> String {
    "["
      + (1...count).map {
        "{\"order_number\":\"E-\($0)\",\"location_key\":\"WH-\($0)\",\"suborders\":[{\"suborder_id\":\"1\",\"sku\":\"S\",\"item_quantity\":1}]}"
      }
      .joined(separator: ",\n")
  }

  private static func order(_ number: String, lines: Int, wide: Int) -> String {
    let filler = String(repeating: "S", count: wide)
    let items = (1...lines).map {
      "{\"suborder_id\":\"\(filler)\($0)\",\"sku\":\"\(filler)\",\"item_quantity\":1}"
    }
    return
      "[{\"order_number\":\"\(number)\",\"location_key\":\"WH-1\",\"suborders\":[\(items.joined(separator: ","))]}]"
  }

  /// The text as gzip packs it.
  private static func packed(_ text: String) -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-nc"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    guard (try? process.run()) != nil else { return [] }
    let writing = Thread {
      try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try? input.fileHandleForWriting.close()
    }
    writing.start()
    let bytes = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    return [UInt8](bytes)
  }
}
