/// Where Spark runs in a test: in the test's own driver, or under a master with two workers on loopback, the way a cluster does.

import Foundation
import TestSupport

/// Spark's own programs, as `pip install pyspark` lays them beside a Python.
struct SparkSite: Sendable {
  let python: String
  let submit: String
  let sparkClass: String

  /// Nil: `WAYBILL_PYTHON` names no Python that has pyspark, or there is no Java.
  static let here: SparkSite? = {
    guard let python = ProcessInfo.processInfo.environment["WAYBILL_PYTHON"] else { return nil }
    let programs = URL(filePath: python).deletingLastPathComponent().path
    let java = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/java" }
    let site = SparkSite(
      python: python, submit: programs + "/spark-submit", sparkClass: programs + "/spark-class")
    let hasAll =
      FileManager.default.isExecutableFile(atPath: site.submit)
      && (java + ["/usr/bin/java"]).contains(where: FileManager.default.isExecutableFile(atPath:))
    return hasAll ? site : nil
  }()

  /// What every process of Spark's is told: which Python, which address, and where it may put what it needs for a while.
  func environment(_ root: TemporaryFolder, address: String = "127.0.0.1") -> [String: String] {
    [
      "PYSPARK_PYTHON": python, "PYSPARK_DRIVER_PYTHON": python, "TMPDIR": root.path,
      "SPARK_LOCAL_IP": address, "SPARK_LOCAL_DIRS": root.path("spark"),
      "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": packageRoot + "/Sources/Spark",
    ]
  }

  /// The words for a driver that works alone with two threads; an event log goes to `name` in the root.
  func words(_ root: TemporaryFolder, master: String = "local[2]", log name: String) throws -> [String] {
    try root.makeFolder(name)
    let settings = [
      "spark.ui.enabled=false", "spark.sql.shuffle.partitions=2", "spark.driver.host=127.0.0.1",
      "spark.driver.bindAddress=127.0.0.1", "spark.eventLog.enabled=true",
      "spark.eventLog.dir=file://\(root.path(name))", "spark.eventLog.compress=false",
      "spark.eventLog.rolling.enabled=false",
      // A drop is done before Java's second compiler has paid for itself.
      "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    ]
    return ["--master", master] + settings.flatMap { ["--conf", $0] }
  }

  /// Runs Spark's `spark-submit`.
  func submit(_ words: [String], _ root: TemporaryFolder, timeoutSeconds: Double) async throws {
    var job = WaybillProgram(words)
    job.program = submit
    job.environment = environment(root)
    let finished = try await job.run(timeoutSeconds: timeoutSeconds)
    guard finished.status == .exited(0) else {
      throw TestFailure(
        "the job: \(finished.status) \(finished.output.suffix(4000)) \(finished.errors.suffix(4000))")
    }
  }

  // MARK: A master and two workers

  /// Starts them, hands over the master's address, and ends them.
  func withCluster<Result>(_ root: TemporaryFolder, _ body: (String) async throws -> Result) async throws
    -> Result
  {
    let role = "org.apache.spark.deploy"
    let master = try start(
      [role + ".master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"], root, "127.0.0.1")
    defer { master.send(15) }
    _ = try await master.waitUntil { address(in: master.errorsSoFar) != nil }
    guard let address = address(in: master.errorsSoFar) else {
      throw TestFailure("the master did not start: \(master.errorsSoFar.suffix(2000))")
    }
    // Two addresses, because Spark makes no second copy of a task on the host that has the first.
    let workers = try ["127.0.0.1", "127.0.0.2"].map { host in
      try start(
        [
          role + ".worker.Worker", "--host", host, "--port", "0", "--webui-port", "0", "--cores", "1",
          "--memory", "1g", "--work-dir", root.path("work-" + host), address,
        ], root, host)
    }
    defer { for worker in workers { worker.send(15) } }
    for worker in workers {
      let isThere = try await worker.waitUntil {
        worker.errorsSoFar.contains("Successfully registered with master")
      }
      guard isThere else { throw TestFailure("a worker: \(worker.errorsSoFar.suffix(2000))") }
    }
    return try await body(address)
  }

  private func start(_ words: [String], _ root: TemporaryFolder, _ address: String) throws -> RunningProgram {
    var program = WaybillProgram(words)
    program.program = sparkClass
    program.environment = environment(root, address: address)
    return try program.start()
  }

  private func address(in log: String) -> String? {
    guard let words = log.firstMatch(of: /Starting Spark master at (spark:\/\/[0-9.:]+)/) else { return nil }
    return String(words.output.1)
  }
}

/// What Spark itself wrote down of a run, by the names that the job gives its stages.
struct SparkEventLog {
  struct Cost {
    var tasks = 0
    /// Processes and all, as the tasks saw it on the clock.
    var taskSeconds = 0.0
    var shuffleBytes = 0
    var shuffleLines = 0
    /// Tasks that ended with the executor they ran on.
    var lost = 0
    /// Second copies of tasks that took long.
    var copies = 0
  }

  /// In the order in which the job came to them.
  private(set) var stages: [(name: String, cost: Cost)] = []
  private(set) var executorsLost = 0

  subscript(name: String) -> Cost { stages.first { $0.name == name }?.cost ?? Cost() }

  /// Reads the only log in a folder.
  init(in folder: String) throws {
    var names: [Int: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where !file.hasPrefix(".") {
      for line in try Data(contentsOf: URL(filePath: folder + "/" + file)).split(separator: 10) {
        guard let event = try JSONSerialization.jsonObject(with: line) as? [String: Any] else { continue }
        take(event, &names)
      }
    }
  }

  private mutating func take(_ event: [String: Any], _ names: inout [Int: String]) {
    switch event["Event"] as? String {
    case "SparkListenerJobStart":
      let name = (event["Properties"] as? [String: Any])?["spark.jobGroup.id"] as? String ?? "other"
      for stage in event["Stage IDs"] as? [Int] ?? [] where names[stage] == nil { names[stage] = name }
    case "SparkListenerTaskEnd":
      change(names[event["Stage ID"] as? Int ?? -1] ?? "other") { $0.add(event) }
    case "SparkListenerExecutorRemoved": executorsLost += 1
    default: break
    }
  }

  private mutating func change(_ name: String, _ body: (inout Cost) -> Void) {
    if let known = stages.firstIndex(where: { $0.name == name }) {
      body(&stages[known].cost)
    } else {
      stages.append((name, Cost()))
      body(&stages[stages.count - 1].cost)
    }
  }
}

extension SparkEventLog.Cost {
  fileprivate mutating func add(_ event: [String: Any]) {
    func part(_ name: String, of whole: [String: Any]?) -> [String: Any]? { whole?[name] as? [String: Any] }
    tasks += 1
    if part("Task End Reason", of: event)?["Reason"] as? String == "ExecutorLostFailure" { lost += 1 }
    if part("Task Info", of: event)?["Speculative"] as? Bool == true { copies += 1 }
    let metrics = part("Task Metrics", of: event)
    taskSeconds += Double(metrics?["Executor Run Time"] as? Int ?? 0) / 1000
    let written = part("Shuffle Write Metrics", of: metrics)
    shuffleBytes += written?["Shuffle Bytes Written"] as? Int ?? 0
    shuffleLines += written?["Shuffle Records Written"] as? Int ?? 0
  }
}
