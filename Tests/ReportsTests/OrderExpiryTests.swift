import Foundation
import TestSupport
import Testing

@Suite("An order's story tells that rows waited too long")
struct OrderExpiryTests {
  @Test("The expiry has words of its own, says how long the row waited, and names the decision")
  func expiry() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let expired = try await WaybillProgram.run([
        "reconcile", "--root", root.path, "--at", "2026-11-24T10:05:00+05:30", "--quiet",
      ])
      #expect(expired.status == .exited(1))
      #expect(expired.output == "")
      let told = try await WaybillProgram.run(["order", "SO-3", "--root", root.path])
      #expect(told.status == .exited(0))
      #expect(
        told.output.contains("24 Nov 2026 10:05:00  Rejected after 73 hours of waiting (scan 0011"),
        "\(told.output)")
      #expect(told.output.contains("W318: The row waited for an earlier step that never came."))
      #expect(told.output.contains("the nightly expiry\n"))
      let json = try await WaybillProgram.run(["order", "SO-3", "--json", "--root", root.path])
      let story = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let events = story["events"] as? [[String: Any]] ?? []
      let last = try #require(events.last)
      #expect(last["event"] as? String == "expired")
      #expect(last["code"] as? String == "W318")
      #expect(last["outcome"] as? String == "rejected")
      #expect(last["ledger_sequence"] as? Int == 9)
      #expect((last["source"] as? [String: Any])?["partner"] as? String == "the nightly expiry")
    }
  }
}
