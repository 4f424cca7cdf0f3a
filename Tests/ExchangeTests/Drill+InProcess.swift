/// Drills lived through inside the test's own process: what faults at single calls and power cuts need by the thousand.

import Exchange
import Files
import Foundation
import Orders
import TestSupport

extension Drill {
  /// The golden exchanges, as drills.
  static let golden: [Drill] = ExchangeCase.all(in: "exchanges").map { exchange in
    let text = try? Data(contentsOf: URL(filePath: fixture(exchange.path + "/exchange.json")))
    return Drill(
      name: exchange.name, drops: recordedDrops(exchange.path),
      configuration: text.map { String(decoding: $0, as: UTF8.self) })
  }

  /// One pass over all that waits, on the drop's own clock; what it throws, the program would end with.
  func onceHere(_ root: TemporaryFolder, drop: Int) throws {
    let settings = try Configuration.load(text: configuration.map { Array($0.utf8) }, path: "exchange.json")
    let ledger = try OpenLedger(
      root: root.path, configuration: settings, clock: .fixed(instant("2026-11-21 \(12 + drop):00:00")),
      jobs: 1
    ) { _ in }
    _ = try OnceRun.run(ledger) { _ in }
    try ledger.close()
  }

  /// Lives through all drops from one on, undisturbed.
  func liveOn(from first: Int, in root: TemporaryFolder) throws {
    for number in drops.indices.dropFirst(first) {
      try drop(number, in: root)
      try onceHere(root, drop: number)
    }
  }

  /// What is there after each drop when nothing disturbs them.
  func undisturbedHere() throws -> [DrillResult] {
    try withTemporaryFolder { root in
      try prepare(root)
      return try drops.indices.map { number in
        try drop(number, in: root)
        try onceHere(root, drop: number)
        return try DrillResult(here: root)
      }
    }
  }
}

extension DrillResult {
  /// The same as from a program's run, verified in this process.
  init(here root: TemporaryFolder) throws {
    var words = ""
    do { _ = try LedgerVerification.run(root: root.path) { _, _ in } } catch { words = "\(error)" }
    try self.init(root, verification: words)
  }
}

/// Is everything to be tried, some hours long? `WAYBILL_LONG=all` asks for it.
let isWholeRun = ProcessInfo.processInfo.environment["WAYBILL_LONG"] == "all"

/// The part of a long list that this run tries: with `WAYBILL_SHARD=2/4` every fourth from the second on, without it all.
func shard<Element>(_ all: [Element]) -> [Element] {
  let words = ProcessInfo.processInfo.environment["WAYBILL_SHARD"]?.split(separator: "/").compactMap {
    Int($0)
  }
  guard let words, words.count == 2, words[0] >= 1, words[0] <= words[1] else { return all }
  return stride(from: words[0] - 1, to: all.count, by: words[1]).map { all[$0] }
}

/// Numbers that look random and are the same every time.
struct SeededDraws: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
