/// A ledger that becomes a snapshot and a ledger again is what it was; and what the filters leave is what the ledger would have left.

import Files
import Foundation
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("The ledger as a snapshot") struct SnapshotTests {
  @Test(
    "an exchange that is exported and imported holds the same, and every answer still follows",
    arguments: ExchangeCase.all(in: "exchanges"))
  func roundTrip(_ exchange: ExchangeCase) async throws {
    try await withTemporaryFolder { root in
      try await exchange.process(in: root)
      let dump = try await succeed(["ledger", "dump", "--root", root.path])
      let snapshot = root.path("snapshot")
      try await succeed(["ledger", "export", "--root", root.path, "--snapshot", snapshot])
      try move(root)
      try await succeed(["ledger", "import", "--root", root.path("there"), "--snapshot", snapshot])
      #expect(try await succeed(["ledger", "dump", "--root", root.path("there")]) == dump)
      try await succeed(["ledger", "verify", "--root", root.path("there")])
      try await succeed(["ledger", "prove", "--root", root.path("there")])
    }
  }

  @Test("what the filters leave is what the ledger's export says", arguments: FilteredGoldenTests.exchanges)
  func sameAsLedger(_ exchange: ExchangeCase) async throws {
    let filtered = try exchange.filtered(tasks: 3)
    try await withTemporaryFolder { root in
      try await exchange.process(in: root)
      try await succeed(["ledger", "export", "--root", root.path, "--snapshot", root.path("snapshot")])
      // Each exchange draws a secret of its own, and so a fingerprint of each account.
      let past = try lines(of: root.read("snapshot/past/part-00000")).filter { !$0.hasPrefix("c:") }
      let own = filtered.snapshot.filter { $0.kind == .past && !$0.key.starts(with: "c:".utf8) }.map {
        String(decoding: $0.bytes, as: UTF8.self)
      }
      #expect(Set(own) == Set(past), "\(difference(own, past))")
      #expect(own.count == past.count)
      let links = try lines(of: root.read("snapshot/links/part-00000"))
      let ownLinks = filtered.snapshot.filter { $0.kind == .link }.map {
        String(decoding: $0.bytes, as: UTF8.self)
      }
      #expect(Set(ownLinks) == Set(links), "\(difference(ownLinks, links))")
      // Everything but the secret, which each exchange draws for itself.
      func facts(_ bytes: [UInt8]) throws -> [KeyedLine] {
        try FilteredExchange.read(bytes).filter { $0.kind == .item || $0.kind == .courier }
      }
      #expect(try facts(filtered.terms) == facts(root.read("snapshot/terms")))
    }
  }

  @Test("half of the days on one machine, the rest through the filters, and back again")
  func thereAndBack() async throws {
    let exchange = try #require(ExchangeCase.all(in: "exchanges").first { $0.name == "feed-what-came-later" })
    try #require(exchange.drops.count > 1)
    try await withTemporaryFolder { root in
      try await exchange.process(in: root, drops: 0..<1)
      try await succeed(["ledger", "export", "--root", root.path, "--snapshot", root.path("first")])
      let snapshot =
        try lines(of: root.read("first/past/part-00000")) + lines(of: root.read("first/links/part-00000"))
      var spread = FilteredExchange(
        tasks: 3, terms: try root.read("first/terms"),
        snapshot: try snapshot.map { try #require(KeyedLine(Array($0.utf8)[...])) })
      try spread.process(try exchange.files(of: 1), at: try exchange.instant(of: 1))
      // Back to one machine, with what the tasks left.
      try move(root)
      for (path, bytes) in spread.outbox { try root.write(bytes, to: "there/outbox/" + path) }
      func put(_ kind: KeyedLine.Kind, _ name: String) throws {
        let own = spread.snapshot.filter { $0.kind == kind }
        let bytes = own.reduce(into: [UInt8]()) { $0 += $1.bytes + [10] }
        try root.write(bytes, to: "second/\(name)/part-00000")
      }
      try put(.past, "past")
      try put(.link, "links")
      try root.write(spread.terms, to: "second/terms")
      try root.write("", to: "second/_DONE")
      for (path, bytes) in try exchange.files(of: 1) {
        let digest = hexadecimal(SHA256.hash(bytes))
        try root.write(
          bytes, to: "there/ledger/archive/\(digest.prefix(2))/\(digest)\(path.hasSuffix(".gz") ? ".gz" : "")"
        )
      }
      try await succeed(["ledger", "import", "--root", root.path("there"), "--snapshot", root.path("second")])
      try await exchange.process(in: root, below: "there", drops: 2..<exchange.drops.count)
      try await succeed(["ledger", "verify", "--root", root.path("there")])
      try await succeed(["ledger", "prove", "--root", root.path("there")])
      var outbox = try FolderTree(at: root.path("there/outbox"))
      outbox.entries = outbox.entries.filter { $0.value != .folder && !$0.key.hasPrefix("reports/") }
      var expected = try FolderTree(at: fixture(exchange.path + "/expected/outbox"))
      expected.entries = expected.entries.filter { $0.value != .folder && !$0.key.hasPrefix("reports/") }
      #expect(expected.difference(from: outbox) == nil)
      let dump = try await succeed(["ledger", "dump", "--root", root.path("there")])
      #expect(
        GoldenFile("fixtures/" + exchange.path + "/expected/ledger.jsonl").difference(from: dump) == nil)
    }
  }

  @Test("a folder without its _DONE is no snapshot, and a ledger that holds work takes none up")
  func refusals() async throws {
    let exchange = try #require(ExchangeCase.all(in: "exchanges").first)
    try await withTemporaryFolder { root in
      try await exchange.process(in: root)
      try await succeed(["ledger", "export", "--root", root.path, "--snapshot", root.path("snapshot")])
      let again = try await WaybillProgram.run(
        ["ledger", "export", "--root", root.path, "--snapshot", root.path("snapshot")])
      #expect(again.errors.contains("holds a snapshot already"))
      let taken = try await WaybillProgram.run(
        ["ledger", "import", "--root", root.path, "--snapshot", root.path("snapshot")])
      #expect(taken.errors.contains("there is a ledger in ROOT already"))
      try FileManager.default.removeItem(atPath: root.path("snapshot/_DONE"))
      try root.makeFolder("there/inbox")
      let unfinished = try await WaybillProgram.run(
        ["ledger", "import", "--root", root.path("there"), "--snapshot", root.path("snapshot")])
      #expect(unfinished.errors.contains("its _DONE is missing"))
    }
  }

  // MARK: Helpers

  @discardableResult
  private func succeed(_ arguments: [String]) async throws -> String {
    let finished = try await WaybillProgram.run(arguments)
    guard finished.status == .exited(0) else {
      throw TestFailure("waybill \(arguments.joined(separator: " ")): \(finished.errors)")
    }
    return finished.output
  }

  private func lines(of bytes: [UInt8]) -> [String] {
    bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
  }

  private func difference(_ own: [String], _ other: [String]) -> String {
    let only = Set(own).subtracting(other).sorted().prefix(2).map { $0.prefix(200) }
    let missing = Set(other).subtracting(own).sorted().prefix(2).map { $0.prefix(200) }
    return "only the filters: \(only); only the ledger: \(missing)"
  }

  /// Another machine's root: inbox, outbox, settings and originals, and nothing of the ledger besides.
  private func move(_ root: TemporaryFolder) throws {
    try root.makeFolder("there/ledger")
    for name in [
      "inbox", "outbox", "ledger/archive", "ledger/quarantine", "ledger/settings", "exchange.json",
    ] where root.has(name) {
      try FileManager.default.copyItem(atPath: root.path(name), toPath: root.path("there/" + name))
    }
  }
}

extension ExchangeCase {
  /// The files of one drop, in the order in which they arrive.
  func files(of drop: Int) throws -> [(path: String, bytes: [UInt8])] {
    try Self.inProcessingOrder(drops[drop]).map { (path: $0.file, bytes: $0.bytes) }
  }

  func instant(of drop: Int) throws -> Timestamp {
    guard
      case .instant(let instant) = readTime(
        Array(clock(of: drops[drop], drop).utf8).span, as: [.iso], in: .kolkata)
    else { throw TestFailure("\(path) has no clock") }
    return instant
  }

  /// Processes drops in a root on one machine.
  func process(in root: TemporaryFolder, below folder: String = "", drops some: Range<Int>? = nil)
    async throws
  {
    let place = folder.isEmpty ? "" : folder + "/"
    try root.makeFolder(place + "inbox")
    if let settings = try? Data(contentsOf: URL(filePath: fixture(path + "/exchange.json"))) {
      try root.write([UInt8](settings), to: place + "exchange.json")
    }
    for number in some ?? drops.indices {
      if let settings = settings(of: drops[number]) { try root.write(settings, to: place + "exchange.json") }
      for (file, bytes) in try files(of: number) { try root.write(bytes, to: place + "inbox/" + file) }
      try await Self.succeed(
        ["once", "--root", root.path(folder), "--at", clock(of: drops[number], number), "--quiet"])
      guard let command = command(after: drops[number]) else { continue }
      _ = try await WaybillProgram.run(
        command.split(separator: " ").map(String.init) + ["--root", root.path(folder)])
    }
  }
}
