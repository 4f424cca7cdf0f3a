/// The metrics of a running exchange, as a monitoring system reads them.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import Exchange

@Suite("The metrics")
struct MetricsTests {
  private static let file = "ledger/metrics.prom"

  @Test("They say what was answered, what waits and for how long, and agree with status")
  func whole() async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "metrics", drops: [], configuration: DaemonTests.settings).prepare(root)
      _ = try await OperatorTests.say(root, "pause", "booon", "--reason", "r")
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      #expect(try await daemon.waitUntil { daemon.errorsSoFar.contains("watching") })
      try root.drop("booon", "orders-1.csv", DaemonTests.orders("B-1"))
      try root.drop(
        "easyecom", "orders-1.csv",
        "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number\n"
          + "E-1,91,1,TEA,1,229.00,WH-1,DTDC,D10000001\nE-2,92,1,TEA,none,229.00,WH-1,,\n")
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-1.csv.ack.json") })
      try root.drop(
        "dtdc", "tracking-1.csv",
        "awb_number,status,datetime,location\nD10000001,In Transit,2026-11-20 10:00:00,Pune\n")
      #expect(try await daemon.waitUntil { root.has("outbox/dtdc/tracking-1.csv.ack.json") })

      let seen = try await Self.metrics(root, daemon) { metrics in
        metrics.value("waybill_decisions_total") == 3
          && metrics.value("waybill_waiting_files", ["partner": "booon"]) == 1
          && metrics.value("waybill_waiting_files", ["partner": "dtdc"]) == 0
      }
      func rows(_ partner: String, _ kind: String, _ outcome: String) -> Double? {
        seen.value("waybill_rows_total", ["partner": partner, "kind": kind, "outcome": outcome])
      }
      #expect(rows("easyecom", "orders", "applied") == 1)
      #expect(rows("easyecom", "orders", "rejected") == 1)
      #expect(rows("dtdc", "tracking", "parked") == 1)
      #expect(
        seen.value(
          "waybill_files_total", ["partner": "easyecom", "kind": "orders", "outcome": "accepted_with_errors"])
          == 1)
      #expect(seen.value("waybill_parked_rows", ["partner": "dtdc"]) == 1)
      #expect(seen.value("waybill_parked_rows", ["partner": "easyecom"]) == 0)
      #expect(seen.value("waybill_partner_paused", ["partner": "booon"]) == 1)
      #expect(seen.value("waybill_partner_paused", ["partner": "dtdc"]) == 0)
      #expect(seen.value("waybill_commit_seconds_count") == 2)
      #expect(seen.value("waybill_oldest_waiting_seconds", ["partner": "dtdc"]) == 0)
      #expect(seen.value("waybill_build_info", ["journal_format": "2", "swift": "6.3"]) == 1)
      let bytes = try root.names(in: "ledger/journal").reduce(0) {
        try $0 + root.read("ledger/journal/" + $1).count
      }
      #expect((seen.value("waybill_journal_bytes") ?? 0) <= Double(bytes))
      #expect((seen.value("waybill_journal_bytes") ?? 0) > 1000)

      // A manifest frees the parked row; the file that waits grows older.
      try root.drop("easyecom", "confirmations-1.csv", "order_number,confirmed_at\nE-1,2026-11-20 11:00:00\n")
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/confirmations-1.csv.ack.json") })
      try root.drop(
        "dtdc", "manifests-1.csv",
        "manifest_no,awb_number,order_number,courier,manifest_date\nM-1,D10000001,E-1,DTDC,2026-11-20 12:00:00\n"
      )
      #expect(try await daemon.waitUntil { root.has("outbox/dtdc/tracking-1.csv.settled-1.csv") })
      let later = try await Self.metrics(root, daemon) {
        $0.value("waybill_parked_rows", ["partner": "dtdc"]) == 0
          && ($0.value("waybill_oldest_waiting_seconds", ["partner": "booon"]) ?? 0) >= 1
      }
      #expect(later.value("waybill_settled_rows_total", ["outcome": "applied"]) == 1)

      // What counts over the whole ledger goes on after a kill.
      daemon.send(SIGKILL)
      _ = try await daemon.finish()
      let next = try WaybillProgram(["run", "--root", root.path]).start()
      #expect(try await next.waitUntil { next.errorsSoFar.contains("watching") })
      let restarted = try await Self.metrics(root, next) { $0.value("waybill_commit_seconds_count") == 0 }
      #expect(
        restarted.families["waybill_rows_total"]?.samples == later.families["waybill_rows_total"]?.samples)
      #expect(restarted.value("waybill_decisions_total") == 5)
      next.send(SIGTERM)
      #expect(try await next.finish().status == .exited(0))
      let made = try PrometheusText(try root.text(Self.file))
      #expect(made.value("waybill_checkpoint_timestamp_seconds") ?? 0 > 1_700_000_000)
      let disk = try FileManager.default.attributesOfFileSystem(forPath: root.path("ledger"))
      let free = try #require(disk[.systemFreeSize] as? Int64)
      let said = try #require(made.value("waybill_free_bytes"))
      #expect(said > Double(free) / 2 && said < Double(free) * 2, "\(said) of \(free)")
      #expect(try root.names(in: "ledger").filter { $0.hasPrefix(".") } == [])
    }
  }

  @Test("Prometheus's own checker has nothing to say against them", .enabled(if: promtool != nil))
  func promtoolAgrees() async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "metrics", drops: [], configuration: DaemonTests.settings).prepare(root)
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      #expect(try await daemon.waitUntil { root.has("outbox/easyecom/orders-1.csv.ack.json") })
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
      var checker = WaybillProgram(["check", "metrics"])
      checker.program = try #require(Self.promtool)
      checker.input = try root.read(Self.file)
      let checked = try await checker.run()
      #expect(checked.status == .exited(0), "\(checked.output)\(checked.errors)")
      #expect(checked.output + checked.errors == "")
    }
  }

  @Test("A label's value is escaped, and a histogram adds up")
  func text() throws {
    var text = MetricsText()
    text.add(
      "waybill_x_total", .counter, "A help.", [.init(labels: [("partner", "a\"b\\c\nd")], value: 2)])
    text.add("waybill_none", .gauge, "Never said.", nil)
    var histogram = LatencyHistogram()
    for seconds in [0.0004, 0.02, 0.02, 99] { histogram.note(seconds: seconds) }
    text.add("waybill_y_seconds", .histogram, "A help.", histogram.samples)
    let read = try PrometheusText(text.text)
    #expect(read.value("waybill_x_total", ["partner": "a\"b\\c\nd"]) == 2)
    #expect(read.families["waybill_none"] == nil)
    #expect(read.value("waybill_y_seconds_bucket", ["le": "0.001"]) == 1)
    #expect(read.value("waybill_y_seconds_bucket", ["le": "0.025"]) == 3)
    #expect(read.value("waybill_y_seconds_bucket", ["le": "+Inf"]) == 4)
    #expect(read.value("waybill_y_seconds_sum").map { abs($0 - 99.0404) < 0.0001 } == true)
  }

  /// The checker, where it is installed or named.
  private static let promtool: String? = {
    let named = ProcessInfo.processInfo.environment["WAYBILL_PROMTOOL"] ?? "/usr/bin/promtool"
    return access(named, X_OK) == 0 ? named : nil
  }()

  /// Waits until the file says something, and reads it strictly each time.
  static func metrics(
    _ root: TemporaryFolder, _ daemon: RunningProgram, _ condition: (PrometheusText) -> Bool
  ) async throws -> PrometheusText {
    var last: PrometheusText?
    let isSaid = try await daemon.waitUntil {
      guard root.has(file) else { return false }
      last = try PrometheusText(try root.text(file))
      return last.map(condition) == true
    }
    #expect(isSaid, "\((try? root.text(file)) ?? "no file") \(daemon.errorsSoFar)")
    return try #require(last)
  }
}
