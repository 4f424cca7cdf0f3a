/// One day of the two weeks with the program killed in it: the feeds are neither told twice nor forgotten.

import Exchange
import Files
import Foundation
import Glibc
import Orders
import TestSupport
import Testing

@Suite("A day of the two weeks, killed")
struct TwoWeeksCrashTests {
  /// Every named moment once, and some that fall into the middle of the day's files.
  static let moments =
    CrashPoint.Name.allCases.filter { !$0.isOfRepair }.map { "\($0.rawValue):1" } + [
      "batch-journaled:9", "answers-staged:14", "commit-appended:8", "half-delivered:11",
    ]

  @Test(
    "Killed anywhere and started again, it leaves every receiver what it would have had", arguments: moments)
  func killed(_ moment: String) async throws {
    let morning = try await Morning.shared.value()
    try await withTemporaryFolder { root in
      try morning.prepare(root)
      let killed = try await Drill.once(root, drop: 0, environment: ["WAYBILL_CRASH": moment])
      #expect(killed.status == .killed(by: SIGKILL), "the day never passes \(moment)")
      try await Drill.succeed(root, drop: 0)
      let difference = try await DrillResult(root).difference(from: morning.undisturbed)
      #expect(difference == nil, "seed \(Morning.seed), killed at \(moment): \(difference ?? "")")
      for receiver in try Morning.receivers(of: root) {
        #expect(
          receiver.complaints.isEmpty, "seed \(Morning.seed), killed at \(moment): \(receiver.complaints)")
      }
    }
  }
}

/// An exchange after some days of trade, the files of the next day, and what that day comes to when nothing disturbs it.
struct Morning: Sendable {
  static let seed: UInt64 = 31
  private static let dayCount = 6

  let files: FolderTree
  let drill: Drill
  let undisturbed: DrillResult

  private init() async throws {
    (files, drill, undisturbed) = try await withTemporaryFolder { root in
      var diary = try Diary(seed: Morning.seed, orders: 60, in: root)
      for _ in 0..<Morning.dayCount { _ = try diary.liveNextDay() }
      if let words = diary.difference { throw TestFailure("the days before: \(words)") }
      let files = try FolderTree(at: root.path)
      let drill = Drill(name: "a day of two weeks", drops: [try diary.nextDay()])
      try drill.drop(0, in: root)
      try await Drill.succeed(root, drop: 0)
      return (files, drill, try await DrillResult(root))
    }
  }

  /// Puts everything of the morning into a root of its own, then the files of the day as they arrive.
  func prepare(_ root: TemporaryFolder) throws {
    for (path, entry) in files.entries {
      switch entry {
      case .folder: try root.makeFolder(path)
      case .file(let bytes): try root.write(bytes, to: path)
      case .other(let what): throw TestFailure("\(path) is \(what)")
      }
    }
    try drill.drop(0, in: root)
  }

  /// The receivers of a root, having read all their feeds.
  static func receivers(of root: TemporaryFolder) throws -> [Receiver] {
    try PartnerProfile.builtIn.map { profile in
      var receiver = Receiver(profile.folder)
      try receiver.read(root)
      return receiver
    }
  }

  /// Lived through once for all moments.
  actor Cache {
    private var task: Task<Morning, any Error>?

    func value() async throws -> Morning {
      let task = task ?? Task { try await Morning() }
      self.task = task
      return try await task.value
    }
  }
  static let shared = Cache()
}
