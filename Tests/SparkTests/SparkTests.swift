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
  @Test(
    "a trading day spread over Spark ends in the recorded outbox, and in a snapshot that one machine takes up"
  )
  func tradingDay() async throws {
    let day = "fixtures/exchanges/trading-day"
    try await withTemporaryFolder { root in
      try root.copyTree(from: packageRoot + "/" + day + "/inbox", to: "inbox")
      try await process(root, next: "snapshot")
      try expectOutbox(of: day, in: root)
      #expect(try root.text("snapshot/_DONE").split(separator: "\n").count > 10)
      // One machine goes on from there: the same day again is known.
      try root.makeFolder("inbox")
      let imported = try await WaybillProgram.run(
        ["ledger", "import", "--root", root.path, "--snapshot", root.path("snapshot")])
      #expect(imported.status == .exited(0), "\(imported.errors)")
      let dump = try await WaybillProgram.run(["ledger", "dump", "--root", root.path])
      #expect(GoldenFile(day + "/expected/ledger.jsonl").difference(from: dump.output) == nil)
    }
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
      "--next", root.path(next), "--at", "2026-11-21T12:00:00+05:30", "--waybill", WaybillProgram.path,
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

  private func expectOutbox(of exchange: String, in root: TemporaryFolder) throws {
    var expected = try FolderTree(at: packageRoot + "/" + exchange + "/expected/outbox")
    expected.entries = expected.entries.filter { $0.value != .folder && !$0.key.hasPrefix("reports/") }
    var found = try FolderTree(at: root.path("outbox"))
    // Local file systems of Hadoop keep a sum beside each file that they write; who reads an outbox need not know it.
    found.entries = found.entries.filter { $0.value != .folder }
    #expect(expected.difference(from: found) == nil)
  }
}
