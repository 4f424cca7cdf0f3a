/// The job on a real Spark: where Java and pyspark can be had, a trading day spread over tasks ends as on one machine.
///
/// `WAYBILL_PYTHON` names a Python that has pyspark. Without it, or without Java, the tests are skipped and say why.

import Foundation
import TestSupport
import Testing

/// Where Spark is; nil: it cannot be had here.
private let spark: (submit: String, python: String)? = {
  guard let python = ProcessInfo.processInfo.environment["WAYBILL_PYTHON"] else { return nil }
  let submit = URL(filePath: python).deletingLastPathComponent().path + "/spark-submit"
  let java = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/java" }
  let hasAll =
    FileManager.default.isExecutableFile(atPath: submit)
    && (java + ["/usr/bin/java"]).contains(where: FileManager.default.isExecutableFile(atPath:))
  return hasAll ? (submit, python) : nil
}()

@Suite(
  "The job on Spark",
  .enabled(if: spark != nil, "WAYBILL_PYTHON names no Python with pyspark, or there is no Java"), .serialized)
struct SparkTests {
  @Test("a trading day spread over Spark ends as on one machine, and one machine takes up what it leaves")
  func tradingDay() async throws {
    try await withTemporaryFolder { root in
      // The same files, come in the same order, here and there.
      let day = try FolderTree(at: packageRoot + "/fixtures/exchanges/trading-day/inbox")
      for file in day.files {
        guard case .file(let bytes)? = day.entries[file] else { continue }
        for place in ["inbox/", "one/inbox/"] { try root.write(bytes, to: place + file) }
        try await Task.sleep(for: .milliseconds(5))
      }
      try await succeed(["once", "--root", root.path("one"), "--at", clock, "--quiet"])
      try await process(root, next: "snapshot")
      let answers = try outbox(of: root, below: "one/outbox")
      #expect(answers.files.count > 50)
      #expect(
        answers.difference(from: try outbox(of: root, below: "outbox"), names: ("one machine", "Spark"))
          == nil)
      try await succeed(["ledger", "import", "--root", root.path, "--snapshot", root.path("snapshot")])
      let dump = try await succeed(["ledger", "dump", "--root", root.path])
      #expect(try await succeed(["ledger", "dump", "--root", root.path("one")]) == dump)
    }
  }

  private let clock = "2026-11-21T12:00:00+05:30"

  @discardableResult
  private func succeed(_ arguments: [String]) async throws -> String {
    let finished = try await WaybillProgram.run(arguments)
    guard finished.status == .exited(0) else { throw TestFailure("\(arguments): \(finished.errors)") }
    return finished.output
  }

  private func outbox(of root: TemporaryFolder, below folder: String) throws -> FolderTree {
    var tree = try FolderTree(at: root.path(folder))
    tree.entries = tree.entries.filter { $0.value != .folder && !$0.key.hasPrefix("reports/") }
    return tree
  }

  @Test("the program prints the very job that lies in its sources")
  func printed() async throws {
    let printed = try await WaybillProgram.run(["spark-job"])
    #expect(try GoldenFile("Sources/Spark/waybill_job.py").bytes() == printed.outputBytes)
  }

  private func process(_ root: TemporaryFolder, next: String) async throws {
    let tools = try #require(spark)
    var job = WaybillProgram([
      "--master", "local[2]", "--conf", "spark.ui.enabled=false", "--conf", "spark.sql.shuffle.partitions=2",
      "--conf", "spark.driver.host=127.0.0.1", "--conf", "spark.driver.bindAddress=127.0.0.1",
      packageRoot + "/Sources/Spark/waybill_job.py",
      "--inbox", root.path("inbox"), "--outbox", root.path("outbox"), "--snapshot", root.path("none"),
      "--next", root.path(next), "--at", clock, "--waybill", WaybillProgram.path,
      "--partitions", "3",
    ])
    job.program = tools.submit
    job.environment = [
      "PYSPARK_PYTHON": tools.python, "PYSPARK_DRIVER_PYTHON": tools.python, "TMPDIR": root.path,
      "SPARK_LOCAL_IP": "127.0.0.1",
    ]
    let finished = try await job.run(timeoutSeconds: 280)
    guard finished.status == .exited(0) else {
      throw TestFailure("the job: \(finished.status) \(finished.errors.suffix(4000))")
    }
  }
}
