/// The configuration's hash in the ledger: every decision can be held against the settings it was made under.

import Exchange
import Foundation
import TestSupport
import Testing

@Suite("The configuration's hash in every commit")
struct ConfigurationHashTests {
  private static let other = #"{"partners": {"dtdc": {"parkHours": 5}}}"#

  private func hash(_ text: String?) throws -> String {
    try Configuration.load(text: text.map { Array($0.utf8) }, path: "exchange.json").hash
  }

  @Test(
    "The dump says under which configuration the decisions were made, and where another one came into force")
  func dump() async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox/easyecom")
      for (drop, settings) in [nil, nil, Self.other, Self.other, nil].enumerated() {
        try? FileManager.default.removeItem(atPath: root.path("exchange.json"))
        if let settings { try root.write(settings, to: "exchange.json") }
        try root.write("sku,name\nS\(drop),Tea\n", to: "inbox/easyecom/products-\(drop).csv")
        try await Drill.succeed(root, drop: drop)
      }
      let dump = try await WaybillProgram.run(["ledger", "dump", "--root", root.path])
      let told = dump.output.split(separator: "\n").compactMap { line -> String? in
        if line.hasPrefix("{\"type\": \"configuration\"") { return String(line) }
        return line.hasPrefix("{\"type\": \"decision\"") ? "decision" : nil
      }
      func line(_ settings: String?) throws -> String {
        "{\"type\": \"configuration\", \"sha256\": \"\(try hash(settings))\"}"
      }
      #expect(
        told == [
          try line(nil), "decision", "decision", try line(Self.other), "decision", "decision",
          try line(nil), "decision",
        ])
    }
  }

  @Test("The status names the configuration in force, and the one of the last decision where that is another")
  func status() async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox/easyecom")
      try root.write("sku,name\nS,Tea\n", to: "inbox/easyecom/products.csv")
      try await Drill.succeed(root, drop: 0)
      let before = try await WaybillProgram.run(["status", "--root", root.path])
      #expect(before.output.contains("Configured  hash \(try hash(nil).prefix(12))\n"), "\(before.output)")
      try root.write(Self.other, to: "exchange.json")
      let after = try await WaybillProgram.run(["status", "--root", root.path])
      let words =
        "hash \(try hash(Self.other).prefix(12)); the last decision was made under \(try hash(nil).prefix(12))\n"
      #expect(after.output.contains(words), "\(after.output)")
    }
  }
}
