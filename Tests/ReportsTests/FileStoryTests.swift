import Files
import Foundation
import Orders
import TestSupport
import Testing

@testable import Reports

@Suite("What became of a file")
struct FileStoryTests {
  private func stories(_ name: String, _ exchange: SmallExchange, rowsMax: Int = 100) throws -> [FileStory] {
    try FileStory.tell(
      of: Array(name.utf8), partner: nil, ledger: try Folder(path: exchange.root.path("ledger")),
      profiles: PartnerProfile.builtIn, rowsMax: rowsMax)
  }

  @Test("Every row is told with where its shipment is now")
  func rows() async throws {
    try await withTemporaryFolder { root in
      let exchange = try await SmallExchange(in: root)
      let told = try stories("scans-1.csv", exchange)
      let story = try #require(told.first)
      #expect(told.count == 1)
      #expect(story.partner == "ecom-express")
      #expect(story.kind == .scans)
      #expect(story.outcome == .acceptedWithErrors)
      #expect(story.rows.map(\.outcome) == [.applied, .applied, .applied, .parked, .recorded, .rejected])
      #expect(story.rows.map(\.orderNumber) == ["SO-1", "SO-1", "SO-1", "SO-3", "SO-1", ""])
      #expect(
        story.rows.map(\.now) == [.delivered, .delivered, .delivered, .confirmed, .delivered, nil])
      #expect(story.rejections.map(\.code) == [.unknownShipment])
      #expect(story.rejections.map(\.rows) == [[6]])
      #expect(story.parkedNow == 1)
      #expect(story.settled.read == 0)
      #expect(story.answers.contains { $0.partner == "ecom-express" && $0.name == "scans-1.csv.ack.json" })
    }
  }

  @Test("A row that waited is told with the file that released it")
  func settled() async throws {
    try await withTemporaryFolder { root in
      let exchange = try await SmallExchange(in: root)
      try root.write(
        """
        manifest_no,awb_number,order_number,courier,manifest_date
        M-2,731000003,SO-3,Ecom Express,2026-11-20 17:00:00

        """, to: "inbox/dtdc/manifests-2.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-22T10:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0))
      let story = try #require(try stories("ecom-express/scans-1.csv", exchange).first)
      #expect(story.parkedNow == 0)
      #expect(story.settled[.applied] == 1)
      #expect(story.settledFiles == 1)
      let settlement = try #require(story.rows[3].settlement)
      #expect(settlement.outcome == .applied)
      #expect(settlement.by == "dtdc/manifests-2.csv")
      #expect(settlement.decision == DecisionNumber(9))
      #expect(story.rows[3].now == .pickedUp)
    }
  }

  @Test(
    "Rejected rows are counted down from one correction to the next, in the file's story and in the day's report"
  )
  func corrected() async throws {
    try await withTemporaryFolder { root in
      let exchange = try await SmallExchange(in: root, upTo: 20)
      let header = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key"
      func drop(_ name: String, _ text: String, hour: Int) async throws -> [String] {
        try root.write(text, to: "inbox/easyecom/\(name)")
        let once = try await WaybillProgram.run([
          "once", "--root", root.path, "--at", "2026-11-21T\(hour):00:00+05:30", "--quiet",
        ])
        #expect(once.status == .exited(0), "\(once.errors)")
        let errors = "outbox/easyecom/\(name).errors.csv"
        return root.has(errors) ? try root.text(errors).components(separatedBy: "\n") : []
      }
      func told() throws -> (FileStory, Attention.Finding) {
        let report = try exchange.report(ofNovember: 21)
        let findings = Attention(report, titles: ["easyecom": "EasyEcom"]).findings
        let story = try #require(try stories("orders-\"7\".csv", exchange).first)
        return (story, try #require(findings.first { $0.table == "rejections" }))
      }
      let rows = (5...8).map { "SO-\($0),900\($0),1,TEA,x,1.00,WH-BLR\n" }.joined()
      let errors = try await drop("orders-\"7\".csv", "\(header)\n\(rows)", hour: 10)
      try #require(errors.count == 6)
      #expect(try told().0.rejectedOpen == 4)
      #expect(try told().1.urgency == .now)

      // One row is forgotten, one corrected, two are as they were.
      let once = [errors[0], errors[1].replacing(",TEA,x,", with: ",TEA,1,"), errors[2], errors[3], ""]
      let again = try await drop("orders-8.csv", once.joined(separator: "\n"), hour: 11)
      var (story, finding) = try told()
      #expect(story.corrections.map(\.name) == ["orders-8.csv"])
      #expect(story.rejectedOpen == 3)
      #expect(finding.what.contains("6 rows of EasyEcom were rejected"))
      #expect(finding.what.contains("; 3 of these came again since, 3 are open."), "\(finding.what)")
      #expect(try stories("orders-8.csv", exchange).first?.corrects == "orders-\"7\".csv")

      let twice = again.map { $0.replacing(",TEA,x,", with: ",TEA,1,") }
      _ = try await drop("orders-9.csv", twice.joined(separator: "\n"), hour: 12)
      (story, finding) = try told()
      #expect(story.corrections.map(\.rejected) == [2, 0])
      #expect(story.rejectedOpen == 1)
      let last = [errors[0], errors[4].replacing(",TEA,x,", with: ",TEA,1,"), ""]
      _ = try await drop("orders-10.csv", last.joined(separator: "\n"), hour: 13)
      (story, finding) = try told()
      #expect(story.corrections.map(\.name) == ["orders-8.csv", "orders-9.csv", "orders-10.csv"])
      #expect(story.rejectedOpen == 0)
      #expect(finding.what.contains("and all of them were corrected since."), "\(finding.what)")
      #expect(finding.urgency == .watch && finding.remedy == "Nothing is left to mend.")
      let lines = story.lines(titles: [:], in: .kolkata)
      #expect(lines.contains("  corrected by orders-8.csv, decision 6: 3 rows, 2 rejected again"))
      #expect(lines.contains("  corrected by orders-10.csv, decision 8: 1 row, none rejected"))
      #expect(lines.contains("  open      nothing"))
    }
  }

  @Test("Rows beyond the bound are counted, and the counts are those of all rows")
  func bound() async throws {
    try await withTemporaryFolder { root in
      let story = try #require(
        try stories("scans-1.csv", try await SmallExchange(in: root), rowsMax: 2).first)
      #expect(story.rows.count == 2)
      #expect(story.rowsLeftOut == 4)
      #expect(story.parkedNow == 1)
      #expect(story.rejections.map(\.count) == [1])
      #expect(story.statesNow[Int(ShipmentState.delivered.rawValue)] == 4)
      #expect(story.statesNow[Int(ShipmentState.confirmed.rawValue)] == 1)
    }
  }

  @Test("The program tells files and partners' days, as lines and as JSON")
  func program() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let file = try await WaybillProgram.run(["file", "orders-again.csv", "--root", root.path])
      #expect(file.status == .exited(0))
      #expect(file.output.contains("orders-again.csv, from EasyEcom (orders)\n"))
      #expect(file.output.contains("came to   duplicate file, decision 8\n"))

      let json = try await WaybillProgram.run(["file", "dtdc/manifests-1.csv", "--root", root.path, "--json"])
      let list = try JSONSerialization.jsonObject(with: Data(json.outputBytes)) as? [[String: Any]]
      #expect(list?.count == 1)
      #expect((list?.first?["row_details"] as? [Any])?.count == 2)

      let none = try await WaybillProgram.run(["file", "nowhere.csv", "--root", root.path])
      #expect(none.status == .exited(3))
      #expect(none.errorLines == ["waybill: no file `nowhere.csv` was ever taken"])

      let partner = ["partner", "ecom-express", "--root", root.path, "--date", "2026-11-21"]
      let day = try await WaybillProgram.run(partner + ["--at", "2026-11-22T02:00:00+05:30"])
      #expect(day.status == .exited(0))
      #expect(
        day.output.contains(
          "  09:05  scans-1.csv: accepted with errors; 3 applied, 1 recorded, 1 parked, 1 rejected\n"))
      #expect(day.output.contains("  12:00  scans-2.csv: accepted; 2 applied\n"))
      #expect(day.output.contains("manifested and never scanned"))
      let told = try await WaybillProgram.run(partner + ["--json"])
      let object = try JSONSerialization.jsonObject(with: Data(told.outputBytes)) as? [String: Any]
      #expect((object?["files"] as? [Any])?.count == 2)
      #expect((object?["rows"] as? [String: Any])?["read"] as? Int == 8)
    }
  }
}

@Suite("An order at another time")
struct OrderTimesTests {
  private func run(_ words: [String], _ root: TemporaryFolder) async throws -> String {
    let finished = try await WaybillProgram.run(["order", "SO-1", "--root", root.path] + words)
    guard finished.status == .exited(0) else { throw TestFailure(finished.errors) }
    return finished.output
  }

  @Test("What had happened by a time and what was known at it are two answers")
  func times() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      // The pickup of 18:00 came in a file of the next morning.
      let evening = "2026-11-20T20:00:00+05:30"
      #expect(try await run(["--as-of", evening], root).contains("It is picked up."))
      #expect(try await run(["--known-at", evening], root).contains("It is shipped."))
    }
  }

  @Test("What was learned between two times is told, also from before the order was known")
  func difference() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let day = try await run(["--diff", "2026-11-21", "2026-11-22"], root)
      #expect(day.contains("It went from shipped to delivered."))
      #expect(day.contains("Scan 219"))
      #expect(!day.contains("Order created"))
      #expect(try await run(["--diff", "2026-11-22", "2026-11-21"], root) == day)
      let first = try await run(["--diff", "2026-11-19", "2026-11-21"], root)
      #expect(first.contains("It was not known; it became shipped."))
      let json = try await run(["--diff", "2026-11-21", "2026-11-22", "--json"], root)
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      #expect((object?["learned"] as? [Any])?.count == 6)
      #expect((object?["before"] as? [String: Any])?["state"] as? String == "shipped")
    }
  }

  @Test("A difference needs two times")
  func oneTime() async throws {
    let finished = try await WaybillProgram.run(["order", "SO-1", "--diff", "2026-11-21"])
    #expect(finished.status == .exited(2))
  }
}
