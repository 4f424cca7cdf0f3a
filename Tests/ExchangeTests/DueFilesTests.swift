/// Files that the calendar expects and that do not come: told in the night, not in the next morning's report.

import Files
import Foundation
import Glibc
import Ledger
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("A file that is due and does not come is told")
struct DueFilesTests {
  /// A configuration that expects files of DTDC.
  private static func calendar(_ expected: [Kind: ExpectedArrival]) -> Configuration {
    var settings = Configuration()
    for place in settings.profiles.indices where settings.profiles[place].folder == "dtdc" {
      settings.profiles[place].expected = expected
    }
    return settings
  }

  @Test(
    "It is missing from the minute after until the next one comes, and told once for each time it was due")
  func minutes() throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root)
      // Saturdays and Mondays; 21 November 2026 is a Saturday.
      var due = DueFiles(
        Self.calendar([.manifests: ExpectedArrival(byMinute: 20 * 60, weekdays: [0, 5])]),
        startedAt: instant("2026-11-21 08:00:00"))
      func missing(_ time: String) -> String? {
        let standing = due.standing(live.ledger.docket.books, at: instant(time))
        #expect(standing.map(\.partner) == ["dtdc"] && standing.map(\.kind) == [.manifests])
        let untold = due.untold(standing).count
        return standing[0].missingSince.map { "\($0.spelled) \(untold)" }
      }
      #expect(missing("2026-11-21 19:59:59") == nil)
      #expect(missing("2026-11-21 20:00:59") == nil)
      #expect(missing("2026-11-21 20:01:00") == "2026-11-21T20:00:00+05:30 1")
      #expect(missing("2026-11-22 10:00:00") == "2026-11-21T20:00:00+05:30 0")
      #expect(missing("2026-11-23 20:01:00") == "2026-11-23T20:00:00+05:30 1")
      // The clock of this exchange says noon of the 21st: in time for that day, and not for the Monday.
      try live.take(.init("dtdc", "manifests-1.csv", "manifest_no,awb_number\nM,1\n"))
      #expect(missing("2026-11-21 20:01:00") == nil)
      #expect(missing("2026-11-23 20:00:00") == nil)
      #expect(missing("2026-11-23 20:01:00") == "2026-11-23T20:00:00+05:30 0")
    }
  }

  @Test("What was due before the exchange began, a held upload, and the day's end")
  func edges() throws {
    try withTemporaryFolder { root in
      let live = try LiveExchange(root)
      let expected: [Kind: ExpectedArrival] = [
        .manifests: ExpectedArrival(byMinute: 9 * 60), .tracking: ExpectedArrival(byMinute: 1440),
      ]
      var due = DueFiles(Self.calendar(expected), startedAt: instant("2026-11-21 09:30:00"))
      func missing(_ time: String) -> [String] {
        due.standing(live.ledger.docket.books, at: instant(time))
          .compactMap { $0.missingSince == nil ? nil : $0.kind.name }
      }
      #expect(missing("2026-11-21 23:59:59") == [])
      #expect(missing("2026-11-22 00:01:00") == ["tracking"])
      #expect(missing("2026-11-22 09:01:00") == ["manifests", "tracking"])
      try live.take(.init("dtdc", "tracking-1.json", "[{\"awb_number\":"))
      #expect(missing("2026-11-22 00:01:00") == ["tracking"])
      try live.take(.init("dtdc", "tracking-2.csv", "awb_number,status,datetime\n"))
      #expect(missing("2026-11-22 00:01:00") == [])
    }
  }

  @Test("The daemon rings, writes it in its log, and shows it in the metrics until the file is there")
  func daemon() async throws {
    try await AlarmTests.withScript("cat >>\"$1\"") { root, program in
      try root.write(DaemonTests.orders("E-1"), to: "inbox/easyecom/orders-1.csv")
      // Long ago, so that midnight was due since, whatever day it is.
      let first = try await WaybillProgram.run(["once", "--root", root.path, "--at", "2020-01-01T00:00:00Z"])
      #expect(first.status == .exited(0), "\(first.errors)")
      try root.write(
        """
        {"alert": {"program": \(program)},
         "partners": {"easyecom": {"settleSeconds": 0.3, "expect": {"orders": {"by": "00:00"}}}}}
        """, to: "exchange.json")
      let daemon = try WaybillProgram(["run", "--root", root.path, "--log", "json"]).start()
      let labels = ["partner": "easyecom", "kind": "orders"]
      _ = try await MetricsTests.metrics(root, daemon) { $0.value("waybill_file_missing", labels) == 1 }
      #expect(try await daemon.waitUntil { root.has("told") })
      try root.drop("easyecom", "orders-2.csv", DaemonTests.orders("E-2"))
      _ = try await MetricsTests.metrics(root, daemon) { $0.value("waybill_file_missing", labels) == 0 }
      daemon.send(SIGTERM)
      let ended = try await daemon.finish()
      let told = try OperatorTests.objects(try root.text("told").split(separator: "\n").map(String.init))
      #expect(told.map { $0["type"] as? String } == ["file_missing"])
      #expect(told.first?["partner"] as? String == "easyecom")
      #expect(
        (told.first?["message"] as? String)?.contains("no orders file came from easyecom, due by") == true)
      let logged = try OperatorTests.objects(ended.errorLines).filter {
        $0["event"] as? String == "file_missing"
      }
      #expect(logged.count == 1)
      #expect(logged.first?["kind"] as? String == "orders")
    }
  }
}
