import Files
import Glibc
import Testing

@Suite("A fault plan")
struct FaultPlanTests {
  @Test(
    "A line that is no plan is refused",
    arguments: [
      "", "fsync", "fsync:1", "fsync:0:EIO", "fsync:x:EIO", "sink:1:EIO", "fsync:1:EGAL", "fsync:1:EIO:2",
      ":1:EIO",
    ])
  func notAPlan(line: String) {
    #expect(FaultPlan(line) == nil)
  }

  @Test("The third fsync fails once, or all from the third on")
  func passages() throws {
    let temporary = try TemporaryFolder()
    func failures(_ plan: String) -> [Int] {
      FaultPlan.during(plan) {
        (1...5).filter { _ in refusal { () throws(FileError) in try temporary.folder.sync() } != nil }
      }
    }
    #expect(failures("fsync:3:EIO") == [3])
    #expect(failures("fsync:3+:EIO") == [3, 4, 5])
    #expect(failures("fsync:1:EIO,sync:4:ENOSPC") == [1, 4])
    #expect(failures("fdatasync:1+:EIO,rename:1+:EIO") == [])
    #expect(failures("any:2:EIO") == [2])
  }

  @Test("A plan kills at the call it names")
  func kills() async {
    await #expect(processExitsWith: .signal(SIGKILL)) {
      setenv("WAYBILL_FAULT", "write:1:EIO,fsync:2:kill", 1)
      let temporary = try TemporaryFolder()
      try temporary.folder.sync()
      rmdir(temporary.path)
      try temporary.folder.sync()
    }
  }

  @Test("A crash point kills at the passage the environment names, and not before")
  func crashPoints() async {
    await #expect(processExitsWith: .signal(SIGKILL)) {
      setenv("WAYBILL_CRASH", "claims-renamed:2", 1)
      CrashPoint.reached(.claimsRenamed)
      CrashPoint.reached(.claimsRenamed)
    }
    await #expect(processExitsWith: .exitCode(7)) {
      setenv("WAYBILL_CRASH", "claims-renamed:2", 1)
      CrashPoint.reached(.claimsRenamed)
      for name in CrashPoint.Name.allCases where name != .claimsRenamed {
        for _ in 0..<3 { CrashPoint.reached(name) }
      }
      exit(7)
    }
  }

  @Test("The crash points are named in the order of work")
  func names() {
    #expect(
      CrashPoint.all == [
        "claims-journaled", "claims-renamed", "batch-journaled", "answers-staged", "commit-appended",
        "commit-synced", "position-written", "half-delivered", "delivered", "archived", "published-marked",
        "checkpoint-written", "checkpoint-synced", "checkpoint-renamed", "checkpoints-pruned",
        "repair-begun", "repair-cut", "repair-withdrawn", "repair-recorded",
      ])
  }
}
