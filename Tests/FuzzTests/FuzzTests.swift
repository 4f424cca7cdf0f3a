/// Bytes that nobody would send on purpose: nothing traps, nothing hangs, and what must always be true is true.

import Foundation
import Fuzzing
import TestSupport
import Testing

@Suite("Fuzzing")
struct FuzzTests {
  static let folder = fixture("fuzz")

  @Test(
    "Every kept input holds what must always be true", .timeLimit(.minutes(15)),
    arguments: FuzzTarget.allCases)
  func kept(target: FuzzTarget) throws {
    let soil = try FuzzSoil(target, in: Self.folder)
    #expect(soil.kept.count > 2)
    for input in soil.kept {
      #expect(throws: Never.self, "\(target): \(Self.shown(input))") { try target.check(input) }
    }
  }

  @Test(
    "So does what seeds make of the kept inputs", .timeLimit(.minutes(15)),
    arguments: FuzzTarget.allCases)
  func seeded(target: FuzzTarget) throws {
    let soil = try FuzzSoil(target, in: Self.folder)
    for seed in 0..<(target.isSlow ? 40 : 600) { try Self.check(soil, UInt64(seed)) }
  }

  @Test(
    "Inputs checked at the same time do not meet", .timeLimit(.minutes(15)),
    arguments: FuzzTarget.allCases.filter(\.isSlow))
  func together(target: FuzzTarget) async throws {
    let soil = try FuzzSoil(target, in: Self.folder)
    try await withThrowingTaskGroup { group in
      for seed in 0..<12 { group.addTask { try Self.check(soil, UInt64(seed)) } }
      try await group.waitForAll()
    }
  }

  /// `WAYBILL_LONG=1 WAYBILL_FUZZ_MINUTES=60 swift test --filter FuzzTests`: the targets in turn; the first seed is the clock's.
  @Test(
    "And so does a long run", .enabled(if: ProcessInfo.processInfo.environment["WAYBILL_LONG"] == "1"),
    .timeLimit(.minutes(600)))
  func long() throws {
    let minutes = ProcessInfo.processInfo.environment["WAYBILL_FUZZ_MINUTES"].flatMap { Double($0) } ?? 5
    let end = ContinuousClock.now + .seconds(minutes * 60)
    let soils = try FuzzTarget.allCases.map { try FuzzSoil($0, in: Self.folder) }
    var seed = UInt64(Date().timeIntervalSince1970) << 20
    var counts: [FuzzTarget: Int] = [:]
    while ContinuousClock.now < end {
      for soil in soils {
        for _ in 0..<(soil.target.isSlow ? 5 : 200) {
          try Self.check(soil, seed)
          seed += 1
          counts[soil.target, default: 0] += 1
        }
      }
    }
    for target in FuzzTarget.allCases { print("fuzzed \(target): \(counts[target, default: 0]) inputs") }
  }

  private static func check(_ soil: FuzzSoil, _ seed: UInt64) throws {
    let input = soil.input(seed)
    #expect(throws: Never.self, "\(soil.target), seed \(seed): \(shown(input))") {
      try soil.target.check(input)
    }
  }

  /// The bytes as a literal that can be kept.
  private static func shown(_ input: [UInt8]) -> String {
    let text = input.prefix(2_000).map { byte in
      byte >= 32 && byte < 127 && byte != 92
        ? String(UnicodeScalar(byte)) : "\\x" + String(UInt16(byte) + 256, radix: 16).dropFirst()
    }
    return text.joined() + (input.count > 2_000 ? "… \(input.count) bytes" : "")
  }
}
