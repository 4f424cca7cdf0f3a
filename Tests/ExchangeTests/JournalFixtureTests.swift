/// A journal written by an earlier version of the program is read for good: it says what it said then.
///
/// The journals lie in `fixtures/journals`, as their program wrote them; no test writes one.

import Files
import Ledger
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("Journals of earlier versions")
struct JournalFixtureTests {
  /// The journals that were ever committed, one folder for each version of the format.
  static let versions = ["v1"]

  @Test("It is read to its end, and its dump is the recorded one", arguments: versions)
  func dump(version: String) async throws {
    let folder = "journals/" + version
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox")
      try root.copyTree(from: fixture(folder + "/journal"), to: "ledger/journal")
      let dump = try await WaybillProgram.run(["ledger", "dump", "--root", root.path])
      #expect(dump.status == .exited(0), "\(dump.errors)")
      let difference = GoldenFile("fixtures/" + folder + "/dump.jsonl").difference(from: dump.output)
      #expect(difference == nil, "\(difference ?? "")")

      // It is replayed as well, and the books it makes are those that the dump speaks of.
      let view = try LedgerView(root: root.path, configuration: Configuration())
      let lines = dump.output.split(separator: "\n")
      let decisions = lines.count { $0.hasPrefix("{\"type\": \"decision\"") }
      #expect(view.books.files.count == decisions && decisions > 10)
      #expect(lines.count { $0.contains("\"order ") } > 0)
      #expect(view.position.decision.raw == UInt64(view.books.files.count + view.books.deeds.count))
    }
  }
}
