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

  @Test("It goes on: what is decided now stands in a new segment of the present version", arguments: versions)
  func goesOn(version: String) async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox/easyecom")
      try root.copyTree(from: fixture("journals/\(version)/journal"), to: "ledger/journal")
      let before = try LedgerView(root: root.path, configuration: Configuration())
      try root.write("sku,name\nNEW-1,Something new\n", to: "inbox/easyecom/products-goes-on.csv")
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0), "\(once.errors)")

      let after = try LedgerView(root: root.path, configuration: Configuration())
      #expect(after.position.decision.raw == before.position.decision.raw + 1)
      #expect(after.books.products.count == before.books.products.count + 1)
      let segments = try root.names(in: "ledger/journal").sorted()
      #expect(segments.count == 2)
      let formats = try segments.map { try root.read("ledger/journal/" + $0)[JournalFormat.versionPlace] }
      #expect(formats == [1, UInt8(JournalFormat.version)])
    }
  }
}
