/// The job on a real Spark: where Java and pyspark can be had, a drop spread over tasks ends as on one machine.
///
/// `WAYBILL_PYTHON` names a Python that has pyspark. Without it, or without Java, the tests are skipped and say why. With
/// `WAYBILL_LONG=1` the drop is spread in every way that is promised, on the drop of `WAYBILL_INBOX`, a folder of inboxes, if there is one.

import Foundation
import TestSupport
import Testing

@Suite(
  "The job on Spark",
  .enabled(if: SparkSite.here != nil, "WAYBILL_PYTHON names no Python with pyspark, or there is no Java"),
  .serialized)
struct SparkTests {
  @Test("a trading day spread over Spark ends as on one machine, and one machine takes up what it leaves")
  func tradingDay() async throws {
    try await withTemporaryFolder { root in
      let drop = try await Drop(packageRoot + "/fixtures/exchanges/trading-day/inbox", root)
      try await drop.process(SparkSpread("two threads", partitions: 3))
      try drop.isAsOnOneMachine()
      try await succeed(["ledger", "import", "--root", root.path, "--snapshot", root.path("next")])
      let dump = try await succeed(["ledger", "dump", "--root", root.path])
      #expect(try await succeed(["ledger", "dump", "--root", root.path("one")]) == dump)
    }
  }

  @Test(
    "however the work is spread and whatever is killed, outbox and snapshot are those of one machine",
    .enabled(if: isLongRun, "tried with WAYBILL_LONG=1"), arguments: SparkSpread.all)
  func spread(_ spread: SparkSpread) async throws {
    let inbox =
      ProcessInfo.processInfo.environment["WAYBILL_INBOX"]
      ?? packageRoot + "/fixtures/exchanges/trading-day/inbox"
    try await withTemporaryFolder { root in
      let drop = try await Drop(inbox, root)
      let log = try await drop.process(spread)
      try drop.isAsOnOneMachine()
      try await drop.leavesTheLedgerOfOneMachine()
      if case .executorLost(let verb) = spread.trouble {
        // A task was in hand when its executor died: its filter killed it.
        #expect(log.executorsLost > 0 && log[SparkSpread.stage(of: verb)].lost > 0)
      }
      if spread.trouble == .speculation { #expect(log["judge"].copies > 0) }
      print("SPARK \(spread), \(drop.onceSeconds) s on one machine")
      for (name, cost) in log.stages {
        print(
          "SPARK   \(name): \(cost.tasks) tasks, \(cost.taskSeconds) s of tasks,",
          "\(cost.shuffleLines) lines and \(cost.shuffleBytes) bytes shuffled")
      }
    }
  }

  @Test("the program prints the very job that lies in its sources")
  func printed() async throws {
    let printed = try await WaybillProgram.run(["spark-job"])
    #expect(try GoldenFile("Sources/Spark/waybill_job.py").bytes() == printed.outputBytes)
  }
}

/// How a run is spread, and what happens meanwhile.
struct SparkSpread: Sendable, CustomStringConvertible {
  enum Trouble: Equatable, Sendable {
    case none
    /// The executor is killed in the middle of a task, whose filter is at work.
    case executorLost(verb: String)
    /// One task takes so long that Spark makes a copy of it.
    case speculation
  }

  let description: String
  /// Under a master with two workers, or in the driver alone?
  var isCluster = false
  let partitions: Int
  var trouble = Trouble.none

  init(_ description: String, isCluster: Bool = false, partitions: Int, trouble: Trouble = .none) {
    self.description = description
    self.isCluster = isCluster
    self.partitions = partitions
    self.trouble = trouble
  }

  static let all = [
    SparkSpread("one partition", partitions: 1),
    SparkSpread("7 partitions", partitions: 7),
    SparkSpread("64 partitions", partitions: 64),
    SparkSpread("two workers", isCluster: true, partitions: 4),
    SparkSpread(
      "two workers, one executor killed while it routes", isCluster: true, partitions: 4,
      trouble: .executorLost(verb: "route")),
    SparkSpread(
      "two workers, one executor killed while it judges", isCluster: true, partitions: 4,
      trouble: .executorLost(verb: "judge")),
    SparkSpread(
      "two workers, one executor killed while it assembles", isCluster: true, partitions: 4,
      trouble: .executorLost(verb: "assemble")),
    SparkSpread(
      "two workers, with copies of slow tasks", isCluster: true, partitions: 4, trouble: .speculation),
  ]

  /// The stage of the job in which a filter is first at work.
  static func stage(of verb: String) -> String { verb == "route" ? "facts" : verb }

  var settings: [String] {
    switch trouble {
    case .speculation:
      [
        "spark.speculation=true", "spark.speculation.quantile=0.5", "spark.speculation.multiplier=1.1",
        "spark.speculation.interval=100ms", "spark.speculation.minTaskRuntime=100ms",
      ]
    default: []
    }
  }

  /// The filter as the workers call it: the program, or what stands in its place and once does harm.
  func filter(in root: TemporaryFolder) throws -> String {
    let harm: String
    switch trouble {
    case .none: return WaybillProgram.path
    case .executorLost(let verb):
      // Some of the output is on its way; then the Java that started this task is gone, as by the kernel's hand.
      harm = """
        case "$*" in \(verb)*--plan*) ;; \(verb)*)
          if mkdir '\(root.path("harm"))' 2>/dev/null; then
            '\(WaybillProgram.path)' "$@" | head -c 500
            pid=$$
            while [ "$(cat /proc/$pid/comm)" != java ]; do pid=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$pid/status); done
            kill -KILL "$pid"
            sleep 5
            exit 1
          fi ;;
        esac
        """
    case .speculation:
      harm = """
        if [ "$1" = judge ] && mkdir '\(root.path("harm"))' 2>/dev/null; then sleep 60; fi
        """
    }
    try root.write("#!/bin/sh\n\(harm)\nexec '\(WaybillProgram.path)' \"$@\"\n", to: "filter")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root.path("filter"))
    return root.path("filter")
  }
}

/// One drop, processed on one machine below `one/`, and by the job in the root itself.
struct Drop {
  let root: TemporaryFolder
  let onceSeconds: Double

  init(_ inbox: String, _ root: TemporaryFolder) async throws {
    self.root = root
    // The same files, come in the same order, here and there.
    let tree = try FolderTree(at: inbox)
    for (place, file) in tree.files.enumerated() {
      guard case .file(let bytes)? = tree.entries[file] else { continue }
      for folder in ["inbox/", "one/inbox/"] {
        try root.write(bytes, to: folder + file)
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 1_790_000_000 + Double(place))],
          ofItemAtPath: root.path(folder + file))
      }
      // One machine goes by the kernel's time of change, which ticks every few milliseconds.
      try await Task.sleep(for: .milliseconds(20))
    }
    let began = ContinuousClock.now
    try await succeed(["once", "--root", root.path("one"), "--at", Drop.clock, "--quiet"])
    onceSeconds = (ContinuousClock.now - began) / .seconds(1)
  }

  private static let clock = "2026-11-21T12:00:00+05:30"

  @discardableResult
  func process(_ spread: SparkSpread) async throws -> SparkEventLog {
    let site = try #require(SparkSite.here)
    func run(_ master: String) async throws {
      let words =
        try site.words(root, master: master, log: "events")
        + (["spark.executor.memory=600m"] + spread.settings).flatMap { ["--conf", $0] }
      let job = [
        packageRoot + "/Sources/Spark/waybill_job.py", "--inbox", root.path("inbox"), "--outbox",
        root.path("outbox"), "--snapshot", root.path("none"), "--next", root.path("next"), "--at",
        Drop.clock, "--waybill", try spread.filter(in: root), "--partitions", "\(spread.partitions)",
      ]
      try await site.submit(words + job, root, timeoutSeconds: isLongRun ? 3600 : 280)
    }
    if spread.isCluster {
      try await site.withCluster(root) { try await run($0) }
    } else {
      try await run("local[2]")
    }
    return try SparkEventLog(in: root.path("events"))
  }

  func isAsOnOneMachine() throws {
    let expected = try answers(in: "one/outbox")
    #expect(expected.files.count > 20)
    let difference = expected.difference(from: try answers(in: "outbox"), names: ("one machine", "Spark"))
    #expect(difference == nil)
  }

  private func answers(in folder: String) throws -> FolderTree {
    var tree = try FolderTree(at: root.path(folder))
    tree.entries = tree.entries.filter { $0.value != .folder && !$0.key.hasPrefix("reports/") }
    return tree
  }

  /// Holds the snapshot against the ledger's export, line for line, but for fingerprints of credentials: each exchange has a secret of its own.
  func leavesTheLedgerOfOneMachine() async throws {
    try await succeed(["ledger", "export", "--root", root.path("one"), "--snapshot", root.path("one/next")])
    let found = try await sums(of: "next")
    #expect(try await sums(of: "one/next") == found)
  }

  private func sums(of snapshot: String) async throws -> String {
    var shell = WaybillProgram(
      [
        "-euc",
        """
        cat past/part-* | grep -v '^c:' | sort | sha256sum
        cat links/part-* | sort -u | sha256sum
        grep -e '\titem\t' -e '\tcourier\t' terms | sha256sum
        """,
      ], in: root.path(snapshot))
    shell.program = "/bin/sh"
    shell.environment = ["LC_ALL": "C"]
    let finished = try await shell.run(timeoutSeconds: 600)
    guard finished.status == .exited(0) else { throw TestFailure(finished.errors) }
    return finished.output
  }
}

@discardableResult
func succeed(_ arguments: [String]) async throws -> String {
  let finished = try await WaybillProgram.run(arguments)
  guard finished.status == .exited(0) else { throw TestFailure("\(arguments): \(finished.errors)") }
  return finished.output
}
