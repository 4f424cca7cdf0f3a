/// Every call refused, in every way, at every number, over every golden exchange: the restart makes it good.
///
/// The matrix is call × number × refusal × drop × exchange. A run makes some hundred calls, so all of it is hundreds of thousands of
/// cases. With `WAYBILL_LONG=1` all of two exchanges are tried and a seeded sample of each golden one, with `WAYBILL_LONG=all` everything.

import Files
import Foundation
import TestSupport
import Testing

/// One exchange at a time: a gzip that is started for one has for a moment every file open that is being written for another, and an
/// upload that somebody has open waits.
@Suite(
  "Every call refused, at every number", .serialized,
  .enabled(if: isLongRun, "tried with WAYBILL_LONG=1"))
struct FaultMatrixTests {
  /// What befalls a call, once or from then on.
  static let blows = ["EIO", "ENOSPC", "EDQUOT"]

  static let calls: [FaultPlan.Call] = [
    .open, .read, .pread, .write, .pwrite, .fsync, .fdatasync, .rename, .link, .unlink, .mkdir, .ftruncate,
    .stat,
  ]

  /// How many cases of an exchange's drop are tried when not all are.
  static let sampled = isLongRun ? 120 : 2

  @Test(
    "The restart after a refused call ends as if nothing had been refused",
    arguments: shard(Drill.golden + [.few, .corners]))
  func matrix(_ drill: Drill) throws {
    let undisturbed = try drill.undisturbedHere()
    var tried = 0
    for drop in drill.drops.indices {
      let before = try snapshot(drill, before: drop)
      var faults = try faults(drill, in: drop, after: before)
      if !(isWholeRun || isLongRun && [Drill.few.name, Drill.corners.name].contains(drill.name)) {
        let name = drill.name.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
        var numbers = SeededDraws(seed: name &+ UInt64(drop))
        faults = (0..<Self.sampled).compactMap { _ in faults.randomElement(using: &numbers) }
      }
      for fault in faults {
        try liveThrough(drill, fault, in: drop, after: before, undisturbed)
        tried += 1
      }
    }
    if isLongRun { print("FAULTS \(drill.name): \(tried) cases") }
  }

  /// Everything that lies in the root before a drop is taken, in the order in which it must be written back.
  private func snapshot(_ drill: Drill, before drop: Int) throws -> FolderTree {
    try withTemporaryFolder { root in
      try drill.prepare(root)
      for number in 0..<drop {
        try drill.drop(number, in: root)
        try drill.onceHere(root, drop: number)
      }
      return try FolderTree(at: root.path)
    }
  }

  /// Every fault of the drop's run: the calls it makes are counted first.
  private func faults(_ drill: Drill, in drop: Int, after before: FolderTree) throws -> [String] {
    let counts = try withTemporaryFolder { root in
      try before.write(in: root)
      try drill.drop(drop, in: root)
      return try FaultPlan.counting { try drill.onceHere(root, drop: drop) }
    }
    return Self.faults(at: counts)
  }

  /// Every refusal of every call that was counted.
  static func faults(at counts: [FaultPlan.Call: Int]) -> [String] {
    var faults: [String] = []
    for call in calls {
      for number in stride(from: 1, through: counts[call] ?? 0, by: 1) {
        for blow in blows {
          faults.append("\(call.rawValue):\(number):\(blow)")
          faults.append("\(call.rawValue):\(number)+:\(blow)")
        }
        faults.append("\(call.rawValue):\(number):EINTR")
        if call == .write || call == .pwrite {
          faults.append("\(call.rawValue):\(number):short")
          // Cut short, and the rest refused: the disk that fills in the middle of a write.
          faults.append("\(call.rawValue):\(number):short,\(call.rawValue):\(number + 1)+:ENOSPC")
        }
      }
    }
    return faults
  }

  private func liveThrough(
    _ drill: Drill, _ fault: String, in drop: Int, after before: FolderTree, _ undisturbed: [DrillResult]
  ) throws {
    try withTemporaryFolder { root in
      try before.write(in: root)
      try drill.drop(drop, in: root)
      var refusal: String?
      do {
        try FaultPlan.during(fault) { try drill.onceHere(root, drop: drop) }
      } catch {
        refusal = "\(error)"
      }
      // What partners could see in between is in the end there as they saw it, or was the ack of a hold.
      let seen = try FolderTree(at: root.path("outbox"), orEmpty: true)
      // A file that could not be looked at waits for the next look, and what comes behind it goes on: another order.
      let isLooking = ["open", "read", "pread", "stat"].contains { fault.hasPrefix($0 + ":") }
      // So it is where the refusal lasts until the program must stop.
      let isOutOfTurn = isLooking && !fault.hasSuffix("EINTR") && (refusal == nil || fault.contains("+:"))
      let isHarmless = fault.hasSuffix("EINTR") || fault.hasSuffix("short")
      #expect(!isHarmless || refusal == nil, "\(drill) \(fault): \(refusal ?? "")")
      do {
        try drill.onceHere(root, drop: drop)
        try drill.liveOn(from: drop + 1, in: root)
      } catch {
        Issue.record(
          "\(drill) \(fault) in drop \(drop): the restart ended with \(error); before: \(refusal ?? "nothing")"
        )
        return
      }
      let result = try DrillResult(here: root)
      let last = undisturbed[undisturbed.count - 1]
      let difference = result.difference(from: last)
      if isOutOfTurn, difference != nil {
        #expect(result.verification.isEmpty, "\(drill) \(fault) in drop \(drop): \(result.verification)")
        #expect(result.inbox.files == last.inbox.files)
        #expect(result.unfinished.isEmpty)
        #expect(result.outbox.acks == last.outbox.acks, "\(drill) \(fault) in drop \(drop)")
        return
      }
      #expect(
        difference == nil,
        "\(drill) \(fault) in drop \(drop) (\(refusal ?? "ended well")): \(difference ?? "")")
      let contradiction = seen.contradiction(to: undisturbed)
      #expect(contradiction == nil, "\(drill) \(fault) in drop \(drop): \(contradiction ?? "")")
    }
  }
}

extension FolderTree {
  /// The names of the acks: one for each file that was answered, a second for one that was answered twice.
  ///
  /// A second name bears the decision's number, which the order gives.
  fileprivate var acks: [String] {
    files.filter { $0.hasSuffix(".ack.json") }.map { String($0.replacing(/~[0-9]+/, with: "~")) }
  }

  /// Writes everything into an empty folder.
  func write(in root: TemporaryFolder) throws {
    for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
      switch entry {
      case .folder: try root.makeFolder(path)
      case .file(let bytes): try root.write(bytes, to: path)
      case .other(let what): throw TestFailure("\(path) is \(what)")
      }
    }
  }

  /// An answer that was seen in the outbox and is at no moment of an undisturbed life what it was then; nil: none.
  func contradiction(to undisturbed: [DrillResult]) -> String? {
    for file in files where !file.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
      if !undisturbed.contains(where: { $0.outbox.entries[file] == entries[file] }) {
        return "outbox/\(file) was seen with content that it never has"
      }
    }
    return nil
  }
}
