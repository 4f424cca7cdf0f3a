import Files
import Foundation
import Orders
import TestSupport
import Testing

@testable import Reports

@Suite("Orders, manifests and scans against each other")
struct ThreeWayTests {
  private func reconcile(
    _ root: TemporaryFolder, day: Int = 21, profiles: [PartnerProfile] = PartnerProfile.builtIn
  ) throws -> (ThreeWay, [ThreeWay.Line]) {
    let number = Calendar.days(year: 2026, month: 11, day: day) ?? 0
    let asked = ReportDay(number: number, zone: .kolkata)
    var lines: [ThreeWay.Line] = []
    let threeWay = try ThreeWay.reconcile(
      of: asked, asOf: asked.end, ledger: try Folder(path: root.path("ledger")), profiles: profiles
    ) { lines.append($0.kept) }
    return (threeWay, lines)
  }

  @Test("Each shipment has one place, each difference both sides, and both counts of every total agree")
  func places() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let (threeWay, lines) = try reconcile(root)
      #expect(lines.map(\.orderNumber) == ["SO-2", "SO-3", "SO-4"])
      #expect(lines.map(\.sort) == [.notScanned, .scannedNotManifested, .notConfirmed])
      #expect(lines[0].manifestsSay == "manifested 2026-11-20T10:30:00+05:30")
      #expect(lines[0].scansSay == "no scan")
      #expect(lines[0].who == "Ecom Express")
      #expect(lines[1].manifestsSay == "no manifest")
      #expect(lines[1].scansSay == "1 row parked, the first arrived 2026-11-21T09:05:00+05:30")
      #expect(lines[2].ordersSay == "assigned since 2026-11-20T07:00:00+05:30")
      #expect(threeWay.places.ended == 1 && threeWay.places.differing == 3 && threeWay.places.inTime == 0)
      #expect(threeWay.places.bySides == [1, 1, 1, 1])
      #expect(threeWay.isBalanced)
      #expect(threeWay.balances.map(\.left) == [4, 2, 1, 1, 1])
      #expect(threeWay.differences == 3)
    }
  }

  @Test("On the evening of the first day everything is within its time")
  func inTime() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let (threeWay, lines) = try reconcile(root, day: 20)
      #expect(lines.isEmpty)
      #expect(threeWay.places.inTime == 4 && threeWay.isBalanced)
    }
  }

  @Test(
    "A file that the calendar expects is a line when it is late or did not come, and no line when it came in time"
  )
  func calendar() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      var profiles = PartnerProfile.builtIn
      for place in profiles.indices {
        switch profiles[place].folder {
        case "dtdc": profiles[place].expected = [.manifests: ExpectedArrival(byMinute: 20 * 60)]
        case "ecom-express": profiles[place].expected = [.scans: ExpectedArrival(byMinute: 9 * 60)]
        case "easyecom":
          profiles[place].expected = [
            .orders: ExpectedArrival(byMinute: 14 * 60),
            .cancellations: ExpectedArrival(byMinute: 600, weekdays: [0]),
          ]
        default: break
        }
      }
      let (_, lines) = try reconcile(root, profiles: profiles)
      #expect(lines.prefix(3).map(\.sort) == [.fileLate, .fileMissing, .notScanned])
      #expect(lines[0].ordersSay == "scans of Ecom Express due by 09:00; came at 09:05, 5 min late")
      #expect(lines[1].ordersSay == "manifests of DTDC Raftaar due by 20:00; missing for 4 h")
    }
  }

  @Test("Goods that were delivered unseen, and those seen after their cancellation, are told")
  func unseen() async throws {
    try await withTemporaryFolder { root in
      try root.write(
        """
        order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number
        U-1,1,1,TEA,1,1.00,WH,DTDC,D1
        U-2,2,1,TEA,1,1.00,WH,DTDC,D2
        U-3,3,1,TEA,2,1.00,WH,DTDC,D3

        """, to: "inbox/easyecom/orders-1.csv")
      try root.write(
        "order_number,confirmed_at\nU-1,2026-11-21 06:00:00\nU-2,2026-11-21 06:00:00\n",
        to: "inbox/dtdc/confirmations-1.csv")
      try root.write(
        "manifest_no,awb_number,manifest_date\nM,D1,2026-11-21 07:00:00\nM,D2,2026-11-21 07:00:00\n",
        to: "inbox/dtdc/manifests-1.csv")
      try root.write(
        "awb_number,cancelled_at\nD2,2026-11-21 08:00:00\n", to: "inbox/easyecom/cancellations-1.csv")
      try root.write(
        "awb_number,status,datetime\nD1,Delivered,2026-11-21 09:00:00\nD2,In Transit,2026-11-21 09:00:00\n",
        to: "inbox/dtdc/tracking-1.csv")
      try root.write(
        """
        order_number,invoice_id,suborder_id,sku,quantity,price,location_key
        U-3,3,1,TEA,5,1.00,WH

        """, to: "inbox/easyecom/orders-2.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-21T10:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0), "\(once.errors)")
      let (threeWay, lines) = try reconcile(root)
      #expect(lines.map(\.sort) == [.deliveredUnseen, .seenAfterCancellation, .quantityDiffers])
      #expect(lines.map(\.orderNumber) == ["U-1", "U-2", ""])
      #expect(lines[2].ordersSay == "the ledger allows 2 pieces")
      #expect(lines[2].scansSay == "orders-2.csv row 1 says 5 (W308)")
      #expect(threeWay.isBalanced)
    }
  }

  @Test(
    "Rows that wait for an order that nobody knows are one line for their sender, and the totals hold them")
  func unknown() async throws {
    try await withTemporaryFolder { root in
      try root.write(#"{"partners": {"dtdc": {"parkUnknown": true}}}"#, to: "exchange.json")
      try root.write(
        "awb_number,status,datetime\nD8,In Transit,2026-11-21 09:00:00\nD9,In Transit,2026-11-21 09:00:00\n",
        to: "inbox/dtdc/tracking-1.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-21T10:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0), "\(once.errors)")
      let (threeWay, lines) = try reconcile(root)
      #expect(lines.map(\.sort) == [.notOrdered])
      #expect(lines.first?.who == "DTDC Raftaar")
      #expect(lines.first?.scansSay == "2 rows parked, the first arrived 2026-11-21T10:00:00+05:30")
      #expect(threeWay.isBalanced)
    }
  }

  @Test("The verb writes page and files, names what differs, and ends with 1; its JSON says the same")
  func verb() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let words = [
        "reconcile", "--root", root.path, "--at", "2026-11-22T00:00:00+05:30", "--date", "2026-11-21",
      ]
      let told = try await WaybillProgram.run(words)
      #expect(told.status == .exited(1), "\(told.errors)")
      #expect(told.output.contains("The totals balance (5 counted twice)."))
      #expect(told.output.contains("manifested, and never scanned  Ecom Express"))
      let csv = try root.text("outbox/reports/2026-11-21/reconcile.csv")
      #expect(csv.split(separator: "\n").count == 4)
      let page = try root.text("outbox/reports/2026-11-21/reconcile.html")
      #expect(page.contains("✓ The totals balance.") && page.contains("SO-3"))
      let json = try await WaybillProgram.run(words + ["--json"])
      #expect(json.status == .exited(1))
      let value = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      #expect(value["differences"] as? Int == 3)
      #expect(value["balanced"] as? Bool == true)
      #expect((value["shipments"] as? [String: Int])?["all"] == 4)
      let calm = try await WaybillProgram.run([
        "reconcile", "--root", root.path, "--at", "2026-11-21T00:00:00+05:30", "--date", "2026-11-20",
      ])
      #expect(calm.status == .exited(0))
      #expect(calm.output.contains("Nothing differs."))
    }
  }
}
