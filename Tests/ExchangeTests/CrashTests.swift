/// The program killed by SIGKILL at every named moment of the order of work: what a restart makes of it is what an
/// undisturbed run makes.

import Files
import Glibc
import TestSupport
import Testing

@Suite("A program killed anywhere answers exactly once")
struct CrashTests {
  /// A moment, by name and passage.
  struct Moment: Sendable, CustomStringConvertible {
    let point: CrashPoint.Name
    let passage: Int
    var description: String { "\(point.rawValue):\(passage)" }
  }

  /// The mark and the checkpoint are written once a run; everything else happens again for the next group, file or page.
  static let moments = CrashPoint.Name.ofWork.flatMap { point in
    (onceARun.contains(point) ? 1...1 : 1...3).map { Moment(point: point, passage: $0) }
  }

  static let onceARun: Set<CrashPoint.Name> = [
    .publishedMarked, .checkpointWritten, .checkpointSynced, .checkpointRenamed, .checkpointsPruned,
  ]

  /// The drills that pass a moment in their first drop: in each of them the kill must come.
  static func drills(passing moment: Moment) -> [Drill] {
    if moment.passage == 1 { return [.tradingDay, .corners, .large] }
    switch moment.point {
    case .claimsJournaled, .claimsRenamed, .commitSynced, .positionWritten, .delivered, .archived,
      .publishedMarked, .checkpointWritten, .checkpointSynced, .checkpointRenamed, .checkpointsPruned,
      .repairBegun, .repairCut, .repairWithdrawn, .repairRecorded:
      return [.burst]
    case .answersStaged, .commitAppended, .halfDelivered: return [.tradingDay, .corners]
    case .batchJournaled: return [.tradingDay, .corners, .large]
    }
  }

  @Test("Killed once, in the first drop", arguments: moments)
  func killedOnce(_ moment: Moment) async throws {
    for drill in Self.drills(passing: moment) {
      try await withTemporaryFolder { root in
        try drill.prepare(root)
        try drill.drop(0, in: root)
        let killed = try await Drill.once(root, drop: 0, environment: ["WAYBILL_CRASH": "\(moment)"])
        #expect(killed.status == .killed(by: SIGKILL), "\(drill) never passes \(moment)")
        try await finish(drill, in: root, after: "\(moment)")
      }
    }
  }

  @Test("Killed in the second drop, over a ledger with a past", arguments: moments)
  func killedLater(_ moment: Moment) async throws {
    // The second drop of the large one adds too little for another checkpoint.
    let isOfLarge = moment.passage == 1 && !moment.point.rawValue.hasPrefix("checkpoint")
    let drills = [Drill.corners] + (moment.passage == 1 ? [.tradingDay] : []) + (isOfLarge ? [.large] : [])
    for drill in drills {
      try await withTemporaryFolder { root in
        try drill.prepare(root)
        try drill.drop(0, in: root)
        try await Drill.succeed(root, drop: 0)
        try drill.drop(1, in: root)
        let killed = try await Drill.once(root, drop: 1, environment: ["WAYBILL_CRASH": "\(moment)"])
        let isPassed = killed.status == .killed(by: SIGKILL)
        #expect(isPassed || moment.passage > 1, "\(drill) never passes \(moment)")
        try await Drill.succeed(root, drop: 1)
        try await compare(drill, in: root, after: "\(moment) in the second drop")
      }
    }
  }

  /// The restart is itself such a run; each first moment leaves another kind of work undone.
  @Test(
    "Killed again in the restart, wherever that gets to",
    arguments: [
      CrashPoint.Name.claimsJournaled, .claimsRenamed, .commitAppended, .commitSynced, .halfDelivered,
      .archived,
    ])
  func killedAgain(_ first: CrashPoint.Name) async throws {
    for second in [CrashPoint.Name.claimsRenamed, .answersStaged, .commitSynced, .halfDelivered, .archived] {
      try await withTemporaryFolder { root in
        let drill = Drill.corners
        try drill.prepare(root)
        try drill.drop(0, in: root)
        for point in [first, second] {
          _ = try await Drill.once(root, drop: 0, environment: ["WAYBILL_CRASH": point.rawValue])
        }
        try await finish(drill, in: root, after: "\(first.rawValue), then \(second.rawValue)")
      }
    }
  }

  /// Runs the drop that was killed to its end, then the others.
  private func finish(_ drill: Drill, in root: TemporaryFolder, after what: String) async throws {
    for number in drill.drops.indices {
      if number > 0 { try drill.drop(number, in: root) }
      try await Drill.succeed(root, drop: number)
    }
    try await compare(drill, in: root, after: what)
  }

  private func compare(_ drill: Drill, in root: TemporaryFolder, after what: String) async throws {
    let difference = try await DrillResult(root).difference(from: try await drill.undisturbed())
    #expect(difference == nil, "\(drill) killed at \(what): \(difference ?? "")")
  }
}
