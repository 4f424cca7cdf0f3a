/// `ledger repair` under the same faults as work: every call refused, the power cut at any change. No start believes half a repair, and
/// the next repair ends it as if nothing had happened.

import Files
import Foundation
import Ledger
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("A repair that the disk refuses or a power cut ends")
struct RepairFaultTests {
  /// How many cases are tried when not all are.
  static let sampled = 60

  @Test("Every call refused, at every number: the next repair ends it")
  func refused() throws {
    let scene = try Scene()
    var faults = FaultMatrixTests.faults(
      at: try withTemporaryFolder { root in
        try scene.before.write(in: root)
        return try FaultPlan.counting { _ = try scene.repair(root) }
      })
    #expect(faults.count > 500)
    if !isLongRun {
      var numbers = SeededDraws(seed: 5)
      faults = (0..<Self.sampled).compactMap { _ in faults.randomElement(using: &numbers) }
    }
    for fault in faults {
      try withTemporaryFolder { root in
        try scene.before.write(in: root)
        var refusal: String?
        do { _ = try FaultPlan.during(fault) { try scene.repair(root) } } catch { refusal = "\(error)" }
        let isHarmless = fault.hasSuffix("EINTR") || fault.hasSuffix("short")
        #expect(!isHarmless || refusal == nil, "\(fault): \(refusal ?? "")")
        if let loss = try scene.loss(in: root) {
          Issue.record("\(fault) (\(refusal ?? "ended well")): \(loss)")
        }
      }
    }
    if isLongRun { print("REPAIR FAULTS: \(faults.count) cases") }
  }

  @Test("The power cut before any change: the next repair ends it")
  func powerCut() throws {
    let scene = try Scene()
    let disk = try withTemporaryFolder { root in
      try scene.before.write(in: root)
      return try ModelDisk(root, uploads: []) { _ = try scene.repair(root) }
    }
    #expect(disk.changes.count > 30)
    var numbers = SeededDraws(seed: 6)
    var disks = 0
    for cut in 1...disk.changes.count {
      if !isLongRun, Int.random(in: 0..<3, using: &numbers) > 0 { continue }
      var fates = disk.fates(before: cut, &numbers, subsets: isLongRun ? 6 : 1)
      if !isLongRun { fates = [fates.randomElement(using: &numbers)].compactMap(\.self) }
      for fate in fates {
        disks += 1
        try withTemporaryFolder { root in
          try FolderTree(entries: disk.image(before: cut, fate).tree).write(in: root)
          if let loss = try scene.loss(in: root) {
            Issue.record("cut before change \(cut) of \(disk.changes.count), \(fate): \(loss)")
          }
        }
      }
    }
    if isLongRun { print("REPAIR POWER: \(disks) disks of \(disk.changes.count) changes") }
  }

  /// A ledger of five decisions and two checkpoints with damage behind the third, and what its repair comes to undisturbed.
  private struct Scene {
    let before: FolderTree
    let repaired: DrillResult
    private let kept: FrameSequence

    init() throws {
      let tests = LedgerRepairTests()
      (before, repaired, kept) = try withTemporaryFolder { root in
        let positions = try tests.prepare(root, checkpoints: true)
        try tests.damage(root, at: positions[2].end + 200)
        let before = try FolderTree(at: root.path)
        _ = try tests.repair(root, to: positions[2].sequence.raw)
        return (before, try Self.settled(root), positions[2].sequence)
      }
    }

    func repair(_ root: TemporaryFolder) throws -> LedgerRepair.Report {
      try LedgerRepairTests().repair(root, to: kept.raw)
    }

    /// What lies there after the next start, which puts away the originals of what is published.
    private static func settled(_ root: TemporaryFolder) throws -> DrillResult {
      try LiveExchange(root).ledger.close()
      return try DrillResult(here: root)
    }

    /// What is wrong after a repair that did not come to its end, and another that does; nil: nothing.
    func loss(in root: TemporaryFolder) throws -> String? {
      // Begun or not begun, nothing starts on it; ended, it is what it should be.
      do {
        let live = try LiveExchange(root)
        if live.ledger.nextDecision != DecisionNumber(6) {
          return "a start gave decision \(live.ledger.nextDecision)"
        }
      } catch is ExchangeFault {} catch is JournalDamage {}
      // Nothing is left to do where it had ended, or had ended but for its mark.
      do { _ = try repair(root) } catch LedgerRepair.Refusal.sound {} catch {
        return "the next repair ended with \(error)"
      }
      if let difference = try Self.settled(root).difference(from: repaired) { return difference }
      let live = try LiveExchange(root)
      let report = try live.take(LedgerRepairTests.orders(4)).first
      if report?.decision != DecisionNumber(6) { return "the next decision is \(report?.decision.raw ?? 0)" }
      let tables = try live.tablesNotInTheJournal()
      return tables.isEmpty ? nil : "the books are not the journal's: \(tables)"
    }
  }
}
