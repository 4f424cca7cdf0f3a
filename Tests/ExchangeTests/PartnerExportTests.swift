/// A partner's own export against the ledger: as a dropped file and as the operator's question, which must come to the same.

import Foundation
import TestSupport
import Testing

@Suite("A partner's own export against the ledger")
struct PartnerExportTests {
  /// So many orders of easyecom at two warehouses, every third confirmed, every fifth cancelled.
  private func exchange(_ count: Int, _ root: TemporaryFolder) async throws {
    var orders = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number\n"
    var confirmations = "order_number,confirmed_at\n"
    var cancellations = "order_number,cancelled_at\n"
    for order in 1...count {
      orders += "X-\(order),\(order),1,TEA,2,1.00,WH-\(order % 2),DTDC,D\(order)\n"
      if order % 3 == 0 { confirmations += "X-\(order),2026-11-21 08:00:00\n" }
      if order % 5 == 0 { cancellations += "X-\(order),2026-11-21 09:00:00\n" }
    }
    let settings =
      #"{"partners": {"dtdc": {"locationKeys": ["WH-0"]}, "easyecom": {"parkUnknown": true}}}"#
    try root.write(settings, to: "exchange.json")
    try root.write(orders, to: "inbox/easyecom/orders-1.csv")
    try root.write(confirmations, to: "inbox/easyecom/confirmations-1.csv")
    try root.write(cancellations, to: "inbox/easyecom/cancellations-1.csv")
    try await once(root, "2026-11-21T10:00:00+05:30")
  }

  private func once(_ root: TemporaryFolder, _ clock: String) async throws {
    let once = try await WaybillProgram.run(["once", "--root", root.path, "--at", clock, "--quiet"])
    #expect(once.status == .exited(0), "\(once.errors)")
  }

  /// What the operator's question comes to.
  private func reconcile(
    _ file: String, of partner: String, _ root: TemporaryFolder, _ options: [String] = []
  ) async throws -> FinishedProgram {
    try await WaybillProgram.run(
      [
        "reconcile", root.path(file), "--partner", partner, "--root", root.path, "--at",
        "2026-11-21T11:00:00+05:30",
      ] + options)
  }

  private func state(_ order: Int) -> String {
    order % 5 == 0 ? "Cancelled" : order % 3 == 0 ? "Confirmed" : "Open"
  }

  @Test(
    "What is missing here, missing there, other and repeated is counted, and both ways come to the same lines"
  )
  func bothWays() async throws {
    try await withTemporaryFolder { root in
      try await exchange(600, root)
      var export = "order_number;order_status;quantity\n"
      // 1 to 10 are not exported, 601 to 605 are only there, 11 to 14 say another state, 16 to 17 other pieces, 20 stands twice.
      for order in 11...605 {
        let word = (11...14).contains(order) ? "Delivered" : state(order)
        export += "X-\(order);\(word);\((16...17).contains(order) ? 9 : 2)\n"
      }
      export += "X-20;\(state(20));2\n"
      try root.write(export, to: "export.csv")
      let told = try await reconcile("export.csv", of: "easyecom", root, ["--json"])
      #expect(told.status == .exited(1), "\(told.errors)")
      let value = try #require(
        try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any])
      // Of the ten that are not exported 5 and 10 are cancelled: an export of what is open need not name them.
      #expect(
        value["differences"] as? [String: Int]
          == [
            "missing_here": 5, "missing_there": 8, "states_differ": 4, "quantities_differ": 2,
            "not_understood": 0,
          ])
      #expect(
        value["rows"] as? [String: Int] == ["read": 596, "agreeing": 584, "repeated": 1, "differing": 11])
      #expect(
        value["shipments"] as? [String: Int] == ["own": 600, "named": 590, "closed": 2, "missing_there": 8])
      #expect(value["balanced"] as? Bool == true)
      let lines = try root.text("outbox/reports/2026-11-21/reconcile-easyecom.csv").split(separator: "\n")
      #expect(lines.count == 20)
      #expect(lines.contains { $0.hasPrefix("quantities_differ,W322,6,X-16,") && $0.contains(",9,2,") })

      try root.write(export, to: "inbox/easyecom/reconcile-1.csv")
      try await once(root, "2026-11-21T11:00:00+05:30")
      let ack = try root.text("outbox/easyecom/reconcile-1.csv.ack.json")
      #expect(
        ack.contains(
          #""read": 596, "applied": 0, "duplicate": 1, "recorded": 584, "parked": 0, "rejected": 11"#),
        "\(ack)")
      #expect(ack.contains("reconcile-1.csv.missing.csv"))
      let missing = try root.text("outbox/easyecom/reconcile-1.csv.missing.csv").split(separator: "\n")
      #expect(missing.count == 9)
      #expect(missing[0] == "order_number,invoice_id,awb_number,state,since")
      #expect(missing.dropFirst().allSatisfy { !$0.contains("X-5,") && !$0.contains("X-10,") })
      let proof = try await WaybillProgram.run(["ledger", "prove", "--root", root.path])
      #expect(proof.status == .exited(0), "\(proof.output)")
    }
  }

  @Test(
    "A warehouse sees its own locations alone: the others' orders are unknown, and missing there is what is its own"
  )
  func ownShare() async throws {
    try await withTemporaryFolder { root in
      try await exchange(40, root)
      try root.write("awb_number\nD2\nD3\n", to: "export.csv")
      let told = try await reconcile("export.csv", of: "dtdc", root)
      #expect(told.status == .exited(1), "\(told.errors)")
      #expect(told.output.contains("in the export, not in the ledger      1"), "\(told.output)")
      // Twenty at WH-0: one named, four cancelled, fifteen missing.
      #expect(told.output.contains("open in the ledger, not in the export     15"), "\(told.output)")
      #expect(!root.has("outbox/dtdc/export.csv.ack.json"))
    }
  }

  @Test("The same export again is compared again, with the ledger as it stands then")
  func again() async throws {
    try await withTemporaryFolder { root in
      try await exchange(3, root)
      let export = "order_number,order_status\nX-1,Open\nX-2,Open\nX-3,Confirmed\n"
      try root.write(export, to: "inbox/easyecom/reconcile-1.csv")
      try await once(root, "2026-11-21T11:00:00+05:30")
      #expect(try root.text("outbox/easyecom/reconcile-1.csv.ack.json").contains("\"outcome\": \"accepted\""))
      #expect(!root.has("outbox/easyecom/reconcile-1.csv.missing.csv"))
      try root.write(
        "order_number,confirmed_at\nX-1,2026-11-21 11:30:00\n", to: "inbox/easyecom/confirmations-2.csv")
      try root.write(export, to: "inbox/easyecom/reconcile-2.csv")
      try await once(root, "2026-11-21T12:00:00+05:30")
      let result = try root.text("outbox/easyecom/reconcile-2.csv.result.csv")
      #expect(result.contains("the export does not know the latest event"), "\(result)")
    }
  }

  @Test("An export that cannot be read is refused with its code, and leaves nothing behind")
  func refused() async throws {
    try await withTemporaryFolder { root in
      try await exchange(2, root)
      try root.write("colour,shape\nred,round\n", to: "export.csv")
      let told = try await reconcile("export.csv", of: "easyecom", root)
      #expect(told.status == .exited(1), "\(told.output)")
      #expect(told.output.contains("W152"), "\(told.output)")
      #expect(try root.names(in: "outbox/reports/2026-11-21") == [])
    }
  }

  @Test(
    "A partner without a file, and a file without its partner, are wrong usage",
    arguments: [
      ["reconcile", "--partner", "dtdc"], ["reconcile", "x.csv"],
      ["reconcile", "x.csv", "--partner", "nobody"],
    ])
  func usage(words: [String]) async throws {
    try await withTemporaryFolder { root in
      let told = try await WaybillProgram.run(words + ["--root", root.path])
      #expect(told.status == .exited(2))
    }
  }
}
