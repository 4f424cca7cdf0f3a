import Exchange
import Foundation
import Ledger
import Orders
import Reports
import TestSupport
import Testing

/// Goods that were seen after their shipment was cancelled.
struct ScanExceptionsTests {
  /// Five manifested shipments of Ekart's; the fifth is not manifested.
  private func desk() throws -> JudgingDesk {
    let desk = JudgingDesk()
    let numbers = (1...5).map { "EE-\($0)" }
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 06:00:00",
      numbers.map { [.orderNumber: $0, .invoiceID: "I-\($0)", .sku: "TEA", .locationKey: "WH1"] })
    try desk.drop(
      "easyecom", "assignments.csv", .assignments, at: "2026-11-20 06:10:00",
      numbers.map { [.orderNumber: $0, .courier: "ekart", .awbNumber: "A-\($0)"] })
    try desk.drop(
      "easyecom", "confirmations.csv", .confirmations, at: "2026-11-20 06:20:00",
      numbers.map { [.orderNumber: $0] })
    try desk.drop(
      "easyecom", "manifests.csv", .manifests, at: "2026-11-20 06:30:00",
      numbers.dropLast().map { [.manifestNumber: "M1", .awbNumber: "A-\($0)"] })
    return desk
  }

  private func exceptions(_ desk: JudgingDesk, listedMax: Int = 100) throws -> ScanExceptions {
    try ScanExceptions(
      books: desk.docket.books, history: desk.history, profiles: desk.docket.profiles, listedMax: listedMax)
  }

  private func track(_ number: Int, _ status: String, _ time: String) -> [Column: String] {
    [.awbNumber: "A-EE-\(number)", .status: status, .datetime: "2026-11-20 \(time)", .location: "Pune"]
  }

  private func cancel(_ desk: JudgingDesk, _ number: Int, _ time: String) throws {
    try desk.drop(
      "easyecom", "cancel-\(number)-\(time).csv", .cancellations, at: "2026-11-20 20:00:00",
      [[.orderNumber: "EE-\(number)", .cancelledAt: "2026-11-20 \(time)"]])
  }

  @Test("A physical scan after the cancellation is listed with AWB, code, time, file and row")
  func listed() throws {
    let desk = try desk()
    try cancel(desk, 1, "10:00:00")
    try desk.drop(
      "ekart", "tracking.csv", .tracking, at: "2026-11-20 21:00:00",
      [
        track(2, "in_transit", "12:00:00"), track(1, "pickup_scheduled", "12:00:00"),
        track(1, "pickup_complete", "12:30:00"), track(1, "no such event", "12:40:00"),
      ])
    let found = try exceptions(desk)
    #expect(
      found.newest == [
        ScanException(
          partner: "ekart", orderNumber: "EE-1", awb: "A-EE-1", code: "pickup_complete", location: "Pune",
          seenAt: instant("2026-11-20 12:30:00"), cancelledAt: instant("2026-11-20 10:00:00"),
          file: "tracking.csv", row: 3)
      ])
    #expect(found.counts == ["ekart": 1])
  }

  @Test("A scan that arrived before the cancellation was known is listed too")
  func lateCancellation() throws {
    let desk = try desk()
    try desk.drop(
      "ekart", "tracking.csv", .tracking, at: "2026-11-20 15:00:00", [track(1, "in_transit", "12:00:00")])
    #expect(try exceptions(desk).total == 0)
    try cancel(desk, 1, "10:00:00")
    #expect(try exceptions(desk).newest.map(\.code) == ["in_transit"])
  }

  @Test("Goods of a shipment that was cancelled before its manifest are listed, though their row waits")
  func unmanifested() throws {
    let desk = try desk()
    try cancel(desk, 5, "10:00:00")
    let verdicts = try desk.drop(
      "ekart", "tracking.csv", .tracking, at: "2026-11-20 15:00:00", [track(5, "in_transit", "12:00:00")])
    #expect(verdicts.map(\.outcome) == [.parked])
    #expect(try exceptions(desk).newest.map(\.awb) == ["A-EE-5"])
  }

  @Test("A late pickup makes a return of the cancellation, and nothing is exceptional any more")
  func becomesReturn() throws {
    let desk = try desk()
    try cancel(desk, 1, "10:00:00")
    try desk.drop(
      "ekart", "tracking-1.csv", .tracking, at: "2026-11-20 15:00:00", [track(1, "in_transit", "12:00:00")])
    #expect(try exceptions(desk).total == 1)
    try desk.drop(
      "ekart", "tracking-2.csv", .tracking, at: "2026-11-20 16:00:00",
      [track(1, "pickup_complete", "09:00:00")])
    #expect(try exceptions(desk).total == 0)
  }

  @Test("All are counted, the newest listed first and no more of them than asked for")
  func bounded() throws {
    let desk = try desk()
    for number in 1...4 { try cancel(desk, number, "10:00:00") }
    try desk.drop(
      "ekart", "tracking.csv", .tracking, at: "2026-11-20 21:00:00",
      (1...4).flatMap { number in
        [
          track(number, "pickup_complete", "12:0\(number):00"),
          track(number, "in_transit", "13:0\(number):00"),
        ]
      })
    let found = try exceptions(desk, listedMax: 3)
    #expect(found.total == 8)
    #expect(found.newest.map(\.awb) == ["A-EE-4", "A-EE-3", "A-EE-2"])
  }

  @Test("The program's status shows the goods seen after their cancellation, and the codes no table has")
  func status() async throws {
    try await withTemporaryFolder { root in
      for drop in ["1", "2"] {
        let inbox = "exchanges/goods-beat-paperwork/drops/\(drop)/inbox"
        for (file, entry) in try FolderTree(at: fixture(inbox)).entries {
          guard case .file(let bytes) = entry else { continue }
          try root.write(bytes, to: "inbox/" + file)
        }
        let run = try await WaybillProgram.run(
          ["once", "--root", root.path, "--at", "2026-11-21T1\(drop):00:00+05:30", "--quiet"])
        #expect(run.status == .exited(0), "\(run.errors)")
      }
      let unknown = "awb_number,status,datetime\n500999BN000001,teleported,2026-11-20 20:00:00\n"
      try root.write(Array(unknown.utf8), to: "inbox/ekart/tracking-9.csv")
      _ = try await WaybillProgram.run(
        ["once", "--root", root.path, "--at", "2026-11-21T15:00:00+05:30", "--quiet"])
      let told = try await WaybillProgram.run(["status", "--root", root.path])
      #expect(told.status == .exited(0))
      #expect(told.output.contains("Goods seen after their cancellation"))
      #expect(told.output.contains("teleported"))
      let json = try await WaybillProgram.run(["status", "--root", root.path, "--json"])
      let object = try JSONSerialization.jsonObject(with: Data(json.outputBytes)) as? [String: Any]
      let seen = try #require(object?["seen_after_cancellation"] as? [String: Any])
      #expect(seen["count"] as? Int == 2)
      #expect((seen["by_partner"] as? [String: Int]) == ["ekart": 2])
      let newest = try #require((seen["newest"] as? [[String: Any]])?.first)
      #expect(newest["awb_number"] as? String == "500999BN000001")
      #expect(newest["code"] as? String == "in_transit")
      #expect(newest["seen_at"] as? String == "2026-11-20T19:00:00+05:30")
      #expect(newest["cancelled_at"] as? String == "2026-11-20T14:00:00+05:30")
      #expect(newest["file"] as? String == "tracking-1.csv")
      #expect(newest["row"] as? Int == 2)
      let codes = try #require(object?["unknown_codes"] as? [[String: Any]])
      #expect(codes.count == 1)
      #expect(codes.first?["code"] as? String == "teleported")
      #expect(codes.first?["partner"] as? String == "ekart")
      #expect(codes.first?["rows"] as? Int == 1)
    }
  }
}
