import Foundation
import Orders
import TestSupport
import Testing

@testable import Reports

@Suite("The day's report")
struct DailyReportTests {
  @Test("The facts of two days are what a person counts")
  func facts() async throws {
    try await withTemporaryFolder { root in
      let exchange = try await SmallExchange(in: root)
      try first(try exchange.report(ofNovember: 20))
      let second = try exchange.report(ofNovember: 21)
      rows(second)
      shipments(second)
    }
  }

  private func first(_ report: DailyReport) throws {
    #expect(report.conservation.decided == counts(applied: 13))
    #expect(report.conservation.counted == counts(applied: 13))
    #expect(report.conservation.shipmentsIn == 4)
    #expect(report.lastDecision == DecisionNumber(4))
    #expect(count(report, .shipped) == 2)
    #expect(count(report, .confirmed) == 1)
    #expect(count(report, .assigned) == 1)
    #expect(report.standing.stuckCount == 0)
    #expect(report.couriers.map(\.ended) == [0])
    #expect(report.refusals.isEmpty)
    let day = try #require(report.days.last)
    #expect(day.files == 4)
    #expect(day.shipmentsCreated == 4)
    #expect(day.manifested == 2)
  }

  private func rows(_ report: DailyReport) {
    let balance = report.conservation
    #expect(balance.decided == counts(applied: 5, recorded: 1, parked: 1, rejected: 1))
    #expect(balance.counted == balance.decided)
    #expect(balance.rowsBalance)
    #expect(balance.repeatedRows == 4)
    #expect(
      report.hours.map(\.files).enumerated().filter { $0.element > 0 }.map(\.offset) == [9, 12, 13, 14])
    #expect(report.hours[9].rows.read == 6)
    #expect(report.hours[12].rows.read == 2)
    // Yesterday is the only day to compare with.
    #expect([6, 7, 9, 11].map { report.hours[$0].usualRows } == [4, 4, 3, 2])
    #expect(report.rejections.count == 1)
    #expect(report.rejections.first?.code == .unknownShipment)
    #expect(
      report.rejections.first?.examples
        == [.init(file: "scans-1.csv", row: 6, column: "awb_number")])
    #expect(report.refusals.map(\.file) == ["inventory-1.csv"])
    #expect(report.refusals.map(\.code) == [.kindNotAllowed])
    #expect(report.unknownCodes.map(\.code) == ["4711"])
    #expect(report.mixes.map(\.partner) == ["easyecom", "nexar", "ecom-express"])
    #expect(report.mixes.map(\.filesRepeated) == [1, 0, 0])
    #expect(report.parked.map(\.rows) == [1])
    #expect(report.parked.first?.byAge == [0, 1, 0, 0, 0])
    #expect(report.parked.first?.nearTheirEnd == 0)
  }

  private func shipments(_ report: DailyReport) {
    #expect(report.conservation.shipmentsBalance)
    #expect(report.conservation.shipmentsByState[Int(ShipmentState.delivered.rawValue)] == 1)
    #expect(count(report, .shipped) == 1)
    #expect(count(report, .confirmed) == 1)
    #expect(count(report, .assigned) == 1)
    #expect(
      Set(report.standing.stuck.map(\.sticking)) == [.neverScanned, .notManifested, .notConfirmed])
    #expect(report.standing.stuckLongest.map(\.orderNumber) == ["SO-4", "SO-3", "SO-2"])
    #expect(report.couriers.map(\.courier) == ["Ecom Express"])
    #expect(report.couriers.map(\.delivered) == [1])
    #expect(report.couriers.map(\.underway) == [1])
    #expect(report.couriers.first?.byDays == [0, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(report.couriers.first?.byAttempts == [0, 1, 0, 0])
    #expect(report.couriers.first?.atFirstAttempt == 0)
    #expect(report.failedDeliveries.map(\.reason) == [.notAvailable])
    #expect(report.failedDeliveries.map(\.today) == [1])
    #expect(report.days.last?.delivered == 1)
    #expect(report.days.last?.failedAttempts == 1)
    #expect(report.days.suffix(2).map(\.rows.read) == [13, 8])
  }

  @Test("The report of a day that is over stays the same when later days are decided")
  func deterministic() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root, upTo: 20)
      let ask = ["report", "--root", root.path, "--date", "2026-11-20"]
      #expect(try await WaybillProgram.run(ask).status == .exited(0))
      let before = try FolderTree(at: root.path("outbox/reports/2026-11-20"))
      _ = try await SmallExchange(in: root, from: 21)
      #expect(try await WaybillProgram.run(ask).status == .exited(0))
      let after = try FolderTree(at: root.path("outbox/reports/2026-11-20"))
      #expect(before.difference(from: after) == nil)
      #expect(before.files.contains("index.html"))
      // Every name is a table's or the page's: nothing half written stays.
      #expect(before.files.allSatisfy { $0 == "index.html" || $0.hasSuffix(".csv") })
    }
  }

  @Test("A day that is not over is counted to the clock, and says so")
  func clock() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let made = try await WaybillProgram.run([
        "report", "--root", root.path, "--at", "2026-11-21T16:00:00+05:30",
      ])
      #expect(made.status == .exited(0))
      #expect(made.output.contains("Saturday, 21 November 2026: everything balances."))
      #expect(made.output.contains("outbox/reports/2026-11-21/index.html"))
      let page = try root.text("outbox/reports/2026-11-21/index.html")
      #expect(page.contains("Not over: as of 21 Nov 16:00"))
      // 29 h 30 min after its manifest, and not 37 h 30 min.
      #expect(try root.text("outbox/reports/2026-11-21/stuck.csv").contains(",1770,SO-"))
    }
  }

  @Test("An exchange that never decided anything has no report")
  func noLedger() async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox")
      let made = try await WaybillProgram.run(["report", "--root", root.path])
      #expect(made.status == .exited(3))
      #expect(made.errorLines.count == 1)
      #expect(!root.has("outbox/reports"))
    }
  }

  @Test(
    "A day that does not exist is wrong usage",
    arguments: ["2026-02-30", "21-11-2026", "2026-11-21T00:00", "x"])
  func wrongDay(text: String) async throws {
    let made = try await WaybillProgram.run(["report", "--date", text])
    #expect(made.status == .exited(2))
  }

  private func count(_ report: DailyReport, _ state: ShipmentState) -> Int? {
    report.standing.states.first { $0.state == state }?.count
  }

  private func counts(applied: Int = 0, recorded: Int = 0, parked: Int = 0, rejected: Int = 0) -> RowCounts {
    var counts = RowCounts()
    counts.read = applied + recorded + parked + rejected
    counts[.applied] = applied
    counts[.recorded] = recorded
    counts[.parked] = parked
    counts[.rejected] = rejected
    return counts
  }
}

@Suite("The report at a day's end")
struct DayEndTests {
  @Test("A daemon that starts writes yesterday's report, and leaves one that lies there alone")
  func daemon() async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox/dtdc")
      try root.write("sku,location_key,available\nTEA,WH-BLR,1\n", to: "inbox/dtdc/inventory-1.csv")
      let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
      // What is still decided shortly after midnight is a reason to wait; so the day before that is yesterday.
      let settled = Timestamp(milliseconds: now.milliseconds - 120_000)
      let yesterday = ReportDay(of: settled, in: .kolkata).next(-1)
      let noon = Timestamp(milliseconds: yesterday.start.milliseconds + 43_200_000)
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", noon.iso8601(in: .kolkata), "--quiet",
      ])
      #expect(once.status == .exited(0))
      let page = "outbox/reports/\(yesterday.text)/index.html"
      #expect(try await watch(root, until: page))
      #expect(try root.text(page).contains("The whole day"))
      // A second daemon has nothing to write.
      try root.write("kept", to: page)
      try root.write("sku,location_key,available\nTEA,WH-BLR,2\n", to: "inbox/dtdc/inventory-2.csv")
      #expect(try await watch(root, until: "outbox/dtdc/inventory-2.csv.ack.json"))
      #expect(try root.text(page) == "kept")
    }
  }

  private func watch(_ root: TemporaryFolder, until name: String) async throws -> Bool {
    let daemon = try WaybillProgram(["run", "--root", root.path]).start()
    let came = try await daemon.waitUntil { root.has(name) }
    daemon.send(15)
    let finished = try await daemon.finish()
    #expect(finished.status == .exited(0), "\(finished.errors)")
    return came
  }

  @Test("Where nobody knows an order because its own row was rejected, the finding says where to look")
  func followingRejections() {
    let day = ReportDay(number: Calendar.days(year: 2026, month: 11, day: 21) ?? 0, zone: .kolkata)
    func told(_ orders: Int) -> [Attention.Finding] {
      var report = DailyReport(day: day, asOf: day.end)
      func rejected(_ partner: String, _ kind: Kind, _ code: RejectionCode, _ count: Int) {
        if count == 0 { return }
        report.rejections.append(
          .init(partner: partner, kind: kind, code: code, count: count, files: 1, usual: 0, examples: []))
      }
      rejected("nexar", .confirmations, .unknownOrder, 6)
      rejected("easyecom", .orders, .badQuantity, orders)
      report.mixes.append(.init(partner: "nexar", kind: .confirmations))
      report.mixes[0].rows.read = 20
      return Attention(report, titles: ["easyecom": "EasyEcom"]).findings.filter { $0.who == "nexar" }
    }
    let words =
      "9 rows of orders of EasyEcom were rejected that day; what nobody knows here may have stood there."
    #expect(told(9).map(\.urgency) == [.today])
    #expect(told(9).allSatisfy { $0.what.hasSuffix(words) })
    #expect(told(9).allSatisfy { $0.remedy.hasPrefix("Have EasyEcom correct its orders first") })
    #expect(told(0).map(\.urgency) == [.now])
    #expect(told(0).allSatisfy { !$0.what.contains("may have stood there") })
    #expect(told(0).allSatisfy { $0.remedy == RejectionCode.unknownOrder.meaning.remedy })
  }

  @Test(
    "A finding names what it is about: the files, the first row, the codes, and whose rows wait for which warehouse"
  )
  func names() {
    let day = ReportDay(number: Calendar.days(year: 2026, month: 11, day: 21) ?? 0, zone: .kolkata)
    var report = DailyReport(day: day, asOf: day.end)
    for file in ["a.csv", "b.csv", "c.csv", "d.csv"] {
      report.refusals.append(
        .init(partner: "nexar", file: file, outcome: .rejected, code: .kindNotAllowed, arrivedAt: day.start))
    }
    report.rejections.append(
      .init(
        partner: "dtdc", kind: .manifests, code: .missingValue, count: 2, files: 1, usual: 0,
        examples: [.init(file: "manifests-1.csv", row: 1204, column: "awb_number")]))
    report.unknownCodes = [.init(partner: "ecom-express", code: "4711", count: 1)]
    report.parked = [
      .init(partner: "ekart", oldest: day.start, hoursMax: 72, nearTheirEnd: 3, movers: ["Delhi", "Pune"]),
      .init(partner: "nexar", oldest: day.start, hoursMax: 72, nearTheirEnd: 1),
    ]
    let findings = Attention(report, titles: [:]).findings
    func told(_ words: String) -> Attention.Finding? { findings.first { $0.what.contains(words) } }
    #expect(told("refused whole")?.what.hasSuffix(" They are a.csv, b.csv, c.csv and 1 more.") == true)
    #expect(
      told("rejected (")?.what.hasSuffix(" The first is row 1,204 of manifests-1.csv (awb_number).") == true)
    #expect(told("no table has (4711)") != nil)
    #expect(told("waited for the manifest")?.who == "Delhi and Pune")
    #expect(told("waited for the order")?.who == "nexar")
  }

  @Test("A code that lost its zeros to a spreadsheet is told as that, with the code that it was")
  func codeWithoutZeros() async throws {
    try await withTemporaryFolder { root in
      let exchange = try await SmallExchange(in: root, upTo: 20)
      try root.write(
        """
        awb,datetime,status,reason_code,reason_code_number,location,Employee,status_update_number,order_number,city,ref_awb
        731000001,2026-11-21 08:00:00,,,6,PNQ,,2001,SO-1,Pune,

        """, to: "inbox/ecom-express/scans-sheet.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-21T09:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0), "\(once.errors)")
      let report = try exchange.report(ofNovember: 21)
      #expect(report.unknownCodes.map(\.code) == ["6"] && report.unknownCodes.map(\.withZeros) == ["006"])
      let told = Attention(report, titles: [:]).findings.first { $0.table == "unknown-codes" }
      #expect(told?.who == "ecom-express")
      #expect(told?.what.contains("6 for 006") == true)
    }
  }
}
