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
  static let versions = ["v1", "v2"]

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
      // The numbers of what a repair cut are not given again, so the last one may be beyond the count.
      let newest = lines.last { $0.contains("\"decision\": ") }?.firstMatch(of: /"decision": ([0-9]+)/)?
        .output.1
      #expect(newest.map(String.init) == "\(view.position.decision.raw)")
    }
  }

  @Test("It goes on: what is decided now stands in a segment of the present version", arguments: versions)
  func goesOn(version: String) async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox/easyecom")
      try root.copyTree(from: fixture("journals/\(version)/journal"), to: "ledger/journal")
      let past = try LedgerView(root: root.path, configuration: Configuration())
      try root.write("sku,name\nNEW-1,Something new\n", to: "inbox/easyecom/products-goes-on.csv")
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0), "\(once.errors)")

      let after = try LedgerView(root: root.path, configuration: Configuration())
      #expect(after.position.decision.raw == past.position.decision.raw + 1)
      #expect(after.books.products.count == past.books.products.count + 1)
      let written = UInt8(version.dropFirst()) ?? 0
      let segments = try root.names(in: "ledger/journal").sorted()
      let formats = try segments.map { try root.read("ledger/journal/" + $0)[JournalFormat.versionPlace] }
      let isOfPresent = written == UInt8(JournalFormat.version)
      let before = try FolderTree(at: fixture("journals/\(version)/journal")).files.count
      #expect(formats.prefix(before).allSatisfy { $0 == written })
      #expect(formats.count == before + (isOfPresent ? 0 : 1))
      #expect(formats.last == UInt8(JournalFormat.version))
    }
  }
}
