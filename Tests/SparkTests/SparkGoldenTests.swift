/// Every golden exchange that needs no operator on a real Spark: all drops, one after the other, in one session of Spark.

import Foundation
import Orders
import TestSupport
import Testing

@Suite(
  "The golden exchanges on Spark",
  .enabled(
    if: SparkSite.here != nil && isLongRun,
    "tried with WAYBILL_LONG=1 where WAYBILL_PYTHON names a Python with pyspark and there is Java"))
struct SparkGoldenTests {
  @Test("each ends in the recorded outbox")
  func ends() async throws {
    let site = try #require(SparkSite.here)
    let exchanges = try SparkExchange.all()
    #expect(exchanges.count > 50)
    try await withTemporaryFolder { root in
      let runs = exchanges.map { $0.runs(in: root) }
      try root.write([UInt8](JSONSerialization.data(withJSONObject: runs)), to: "runs.json")
      try root.write(session, to: "session.py")
      let words =
        try site.words(root, log: "events")
        + [
          "spark.sql.adaptive.enabled=false", "spark.sql.codegen.wholeStage=false",
          "spark.sql.codegen.factoryMode=NO_CODEGEN",
        ].flatMap { ["--conf", $0] }
      try await site.submit(
        words + [root.path("session.py"), root.path("runs.json")], root, timeoutSeconds: 4 * 3600)
      for exchange in exchanges {
        #expect(try exchange.difference(in: root) == nil, "\(exchange.name)")
      }
      print("SPARK \(exchanges.count) golden exchanges of \(runs.joined().count) drops")
    }
  }

  /// The job, again and again under one driver.
  private let session = """
    import json, os, shutil, sys, traceback
    from pyspark.sql import SparkSession
    import waybill_job

    spark = SparkSession.builder.appName("golden exchanges").getOrCreate()
    for exchange in json.load(open(sys.argv[1])):
        try:
            for drop in exchange:
                for source, target, time in drop["files"]:
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    shutil.copyfile(source, target)
                    os.utime(target, (time, time))
                waybill_job.Run(spark, waybill_job.arguments(drop["words"])).run()
        except BaseException:
            with open(drop["failed"], "w") as file:
                traceback.print_exc(file=file)
    spark.stop()
    """
}

/// A case of `fixtures/exchanges`, as the job is asked for it.
struct SparkExchange {
  let name: String
  /// The folders of its drops, each with an `inbox/`.
  private let drops: [String]

  /// What an operator does, and what edited settings ask for, is done on one machine.
  static func all() throws -> [SparkExchange] {
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture("exchanges")).sorted()
    return names.map { SparkExchange($0) }.filter { exchange in
      func has(_ name: String, _ drop: String) -> Bool {
        FileManager.default.fileExists(atPath: drop + "/" + name)
      }
      return !exchange.drops.isEmpty && !exchange.drops.contains { has("command.txt", $0) }
        && !exchange.drops.dropFirst().contains { has("exchange.json", $0) }
    }
  }

  private init(_ name: String) {
    self.name = name
    let path = fixture("exchanges/" + name)
    let later = (try? FileManager.default.contentsOfDirectory(atPath: path + "/drops"))?.sorted() ?? []
    drops = ([path] + later.map { "\(path)/drops/\($0)" }).filter {
      FileManager.default.fileExists(atPath: $0 + "/inbox")
    }
  }

  /// What the session is to do: each drop's files with the times of their coming, and the words for the job.
  func runs(in root: TemporaryFolder) -> [[String: Any]] {
    let place = root.path("exchanges/" + name)
    let settings = fixture("exchanges/\(name)/exchange.json")
    return drops.enumerated().map { number, drop in
      let clock =
        (try? String(contentsOf: URL(filePath: drop + "/clock.txt"), encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? "2026-11-21T\(12 + number):00:00+05:30"
      let files = ((try? FolderTree(at: drop + "/inbox"))?.files ?? []).sorted {
        order($0).lexicographicallyPrecedes(order($1))
      }
      var words = [
        "--inbox", place + "/inbox", "--outbox", place + "/outbox", "--snapshot",
        "\(place)/snapshot-\(number)",
        "--next", "\(place)/snapshot-\(number + 1)", "--at", clock, "--waybill", WaybillProgram.path,
        "--partitions", "3",
      ]
      if FileManager.default.fileExists(atPath: settings) { words += ["--config", settings] }
      return [
        "words": words, "failed": root.path("exchanges/\(name)/failed.txt"),
        "files": files.enumerated().map { index, file -> [Any] in
          ["\(drop)/inbox/\(file)", "\(place)/inbox/\(file)", 1_790_000_000 + number * 1000 + index]
        },
      ]
    }
  }

  /// As the recorded outbox had it: by the step of a file's kind, then name, then partner.
  private func order(_ file: String) -> [String] {
    let parts = file.split(separator: "/", maxSplits: 1).map(String.init)
    let name = parts.last ?? ""
    let step = Kind(name: String(name.prefix(while: \.isLetter)))?.step ?? 99
    return [step < 10 ? "0\(step)" : "\(step)", name, parts[0]]
  }

  /// In what it did not end as recorded; nil: in nothing.
  func difference(in root: TemporaryFolder) throws -> String? {
    let place = "exchanges/\(name)/"
    if root.has(place + "failed.txt") { return try root.text(place + "failed.txt") }
    func files(_ folder: String) throws -> FolderTree {
      var tree = try FolderTree(at: folder)
      tree.entries = tree.entries.filter { $0.value != .folder && !$0.key.hasPrefix("reports/") }
      return tree
    }
    let left = try FolderTree(at: root.path(place + "inbox")).files.map { $0 + "\n" }.joined()
    if let words = GoldenFile("fixtures/exchanges/\(name)/expected/inbox.txt").difference(from: left) {
      return words
    }
    let expected = try files(fixture("exchanges/\(name)/expected/outbox"))
    return expected.difference(from: try files(root.path(place + "outbox")))
  }
}
