/// Settings that are edited while orders stand: what they give a receiver comes to it, what they take is withdrawn.

import Files
import Foundation
import Glibc
import Ledger
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("Edited settings reach what stands already")
struct TermsTests {
  // MARK: With the model of the receivers

  @Test(
    "Whatever locations the receivers are given, one setting after the other, each holds what the books say",
    arguments: [7, 23] as [UInt64])
  func everyReceiver(_ seed: UInt64) throws {
    try withTemporaryFolder { root in
      var weeks = try Diary(seed: seed, orders: 120, in: root)
      for _ in 0..<9 { _ = try weeks.liveNextDay() }
      #expect(weeks.difference == nil)
      for (locations, names) in Self.steps {
        let words = try weeks.differenceUnder(locations, names)
        #expect(words == nil, "seed \(seed), \(locations): \(words ?? "")")
      }
      // And trade goes on under the settings that it began with.
      for _ in 0..<2 {
        _ = try weeks.liveNextDay()
        #expect(weeks.difference == nil, "seed \(seed)")
      }
      let proof = try LedgerProof.run(root: root.path, configuration: weeks.configuration)
      #expect(proof.differences.isEmpty, "\(proof.differences)")
      #expect(proof.underivable[.otherSettings] == nil)
    }
  }

  /// Taken away, given back, moved from one to the other, and renamed; in the end as it was.
  private static let steps: [([String: [String]], [String: (String, String)])] = [
    (["nexar": ["WH-N1"], "dtdc": ["WH-D"], "booon": ["WH-B", "WH-N2"]], TwoWeeks.names),
    (["nexar": ["WH-N1"], "dtdc": ["WH-D", "WH-N2"], "booon": ["WH-N2"]], TwoWeeks.names),
    ([:], TwoWeeks.names),
    (
      ["nexar": ["WH-D", "WH-N2"], "booon": ["WH-B", "WH-D", "WH-N1"]],
      ["WH-B": ("Thane", "1 Ghodbunder Road")]
    ),
    (TwoWeeks.locations, TwoWeeks.names),
  ]

  // MARK: With the program

  private static let orders = """
    order_number,invoice_id,suborder_id,sku,quantity,price,location_key,order_date
    OD-1,1,1,TEA,1,10.00,WH-1,2026-11-21 09:00:00
    OD-2,2,1,TEA,2,10.00,WH-2,2026-11-21 09:00:00
    OD-3,3,1,TEA,3,10.00,WH-1,2026-11-21 09:00:00

    """
  private static let cancelled = "order_number,reason\nOD-3,changed mind\n"

  private func trade(in root: TemporaryFolder) async throws {
    for partner in PartnerProfile.builtIn { try root.makeFolder("inbox/\(partner.folder)") }
    try root.write(Self.orders, to: "inbox/easyecom/orders-1.csv")
    try root.write(Self.cancelled, to: "inbox/easyecom/cancellations-1.csv")
    try await Drill.succeed(root, drop: 0)
  }

  private func give(_ keys: String, in root: TemporaryFolder) throws {
    try root.write(#"{"partners": {"nexar": {"locationKeys": [\#(keys)]}}}"#, to: "exchange.json")
  }

  @Test("A warehouse that gets its location late is told the orders that stand there, and loses them with it")
  func late() async throws {
    try await withTemporaryFolder { root in
      try await trade(in: root)
      #expect(try root.names(in: "outbox/nexar") == [])
      try give("\"WH-1\"", in: root)
      try await Drill.succeed(root, drop: 1)
      #expect(try Self.records(root, 1) == ["put OD-1"])
      try await Drill.succeed(root, drop: 2)
      #expect(try root.names(in: "outbox/nexar") == ["feed-orders-1.json"])
      try give("\"WH-2\"", in: root)
      try await Drill.succeed(root, drop: 3)
      #expect(try Self.records(root, 2) == ["withdraw OD-1", "put OD-2"])
      try root.write("{}", to: "exchange.json")
      try await Drill.succeed(root, drop: 4)
      #expect(try Self.records(root, 3) == ["withdraw OD-2"])
      let dump = try await WaybillProgram.run(["ledger", "dump", "--root", root.path])
      #expect(dump.output.split(separator: "\n").count { $0.contains("\"deed\": \"terms\"") } == 3)
      for verb in ["verify", "prove"] {
        let checked = try await WaybillProgram.run(["ledger", verb, "--root", root.path])
        #expect(checked.status == .exited(0), "\(verb): \(checked.output)\(checked.errors)")
      }
    }
  }

  @Test("Settings that give nobody anything else leave no trace in the journal")
  func nothing() async throws {
    try await withTemporaryFolder { root in
      try await trade(in: root)
      for (drop, settings) in [
        #"{"partners": {"dtdc": {"updateAvailableInventoryOnly": false}, "booon": {"apiMode": false}}}"#,
        #"{"partners": {"nexar": {"parkUnknown": true, "parkHours": 5}}}"#,
        #"{"partners": {"nexar": {"locationKeys": ["WH-9"]}}}"#,
      ].enumerated() {
        try root.write(settings, to: "exchange.json")
        try await Drill.succeed(root, drop: drop + 1)
      }
      let dump = try await WaybillProgram.run(["ledger", "dump", "--root", root.path])
      #expect(!dump.output.contains("\"deed\""))
      #expect(try root.names(in: "outbox/nexar") == [])
    }
  }

  @Test("A daemon whose settings are edited tells the warehouse at once, and says so in its log")
  func daemon() async throws {
    try await withTemporaryFolder { root in
      try await trade(in: root)
      try root.write("{}", to: "exchange.json")
      let daemon = try WaybillProgram(["run", "--root", root.path, "--log", "json"]).start()
      #expect(try await daemon.waitUntil { daemon.errorsSoFar.contains("\"started\"") })
      try give("\"WH-1\"", in: root)
      #expect(try await daemon.waitUntil { root.has("outbox/nexar/feed-orders-1.json") })
      #expect(try await daemon.waitUntil { daemon.errorsSoFar.contains("\"feed_written\"") })
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
      #expect(try Self.records(root, 1) == ["put OD-1"])
    }
  }

  @Test(
    "Killed while it tells, it tells it once",
    arguments: [
      CrashPoint.Name.answersStaged, .commitAppended, .commitSynced, .positionWritten, .halfDelivered,
      .delivered,
    ])
  func killed(_ point: CrashPoint.Name) async throws {
    try await withTemporaryFolder { root in
      try await trade(in: root)
      try give("\"WH-1\", \"WH-2\"", in: root)
      let killed = try await Drill.once(root, drop: 1, environment: ["WAYBILL_CRASH": "\(point.rawValue):1"])
      #expect(killed.status == .killed(by: SIGKILL), "the deed never passes \(point)")
      try await Drill.succeed(root, drop: 1)
      #expect(try Self.records(root, 1) == ["put OD-1", "put OD-2"])
      #expect(try root.names(in: "outbox/nexar") == ["feed-orders-1.json"])
      let verified = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(verified.status == .exited(0), "\(verified.errors)")
    }
  }

  @Test("Where the earlier settings are kept no more, that is said, and nothing is told")
  func forgotten() async throws {
    try await withTemporaryFolder { root in
      try await trade(in: root)
      try FileManager.default.removeItem(atPath: root.path("ledger/settings"))
      try give("\"WH-1\"", in: root)
      let once = try await Drill.once(root, drop: 1)
      #expect(once.status == .exited(0))
      #expect(once.errors.contains("ledger/settings"), "\(once.errors)")
      #expect(try root.names(in: "outbox/nexar") == [])
    }
  }

  /// The records of a feed of nexar's orders, in a word and the order's number.
  private static func records(_ root: TemporaryFolder, _ number: Int) throws -> [String] {
    struct Feed: Decodable {
      struct Record: Decodable { let op, orderNumber: String }
      let records: [Record]
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let bytes = try root.read("outbox/nexar/feed-orders-\(number).json")
    return try decoder.decode(Feed.self, from: Data(bytes)).records.map { "\($0.op) \($0.orderNumber)" }
  }
}
