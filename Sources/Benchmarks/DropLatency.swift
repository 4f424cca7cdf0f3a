/// Drop to answer: a small file is renamed into an inbox that the daemon watches, until its ack lies in the outbox.

import Exchange
import Files
import Foundation
import Orders

/// How long small files wait for their answers, and how many are answered in a second when they come at once.
struct DropTimes: Codable {
  var medianMilliseconds: Double
  var slowestHundredthMilliseconds: Double
  var burstFilesPerSecond: Double

  /// The medians of several rounds, each figure by itself.
  static func medians(of rounds: [DropTimes]) -> DropTimes {
    func middle(_ part: KeyPath<DropTimes, Double>) -> Double { median(rounds.map { $0[keyPath: part] }) }
    return DropTimes(
      medianMilliseconds: middle(\.medianMilliseconds),
      slowestHundredthMilliseconds: middle(\.slowestHundredthMilliseconds),
      burstFilesPerSecond: middle(\.burstFilesPerSecond))
  }

  static func / (one: DropTimes, other: DropTimes) -> DropTimes {
    DropTimes(
      medianMilliseconds: one.medianMilliseconds / other.medianMilliseconds,
      slowestHundredthMilliseconds: one.slowestHundredthMilliseconds / other.slowestHundredthMilliseconds,
      burstFilesPerSecond: one.burstFilesPerSecond / other.burstFilesPerSecond)
  }
}

struct DropFigures: Codable {
  var files: Int
  /// How many come at once.
  var burstFiles: Int
  var rowsPerFile: Int
  /// The medians of the rounds.
  var own: DropTimes
  /// The peer that watches with watchdog and keeps its state in SQLite, run in turn; nil: no peer was asked for.
  var peer: DropTimes?
  /// Ours by the peer's, the medians of the pairs.
  var ratio: DropTimes?
}

struct DropLatency {
  let files: Int
  let burst: Int
  let rounds: Int
  let scratch: String
  /// The folder of the peers and the Python that runs them.
  let peers: (folder: String, python: String)?

  static let rowsPerFile = 10
  private static let orders = 100_000
  private static let firstAWB = 1_000_000_000
  /// The arguments that make of this program the daemon that is measured.
  static let verb = "--watch-exchange"

  /// Watches an exchange until it is told to end; says `ready` when it does.
  static func watch(root: String) throws {
    try Daemon.catchSignals()
    let ledger = try OpenLedger(root: root, configuration: Configuration(), clock: .wall) { _ in }
    var daemon = try Daemon(ledger) { _ in }
    FileHandle.standardOutput.write(Data("ready\n".utf8))
    _ = try daemon.run()
  }

  func measure() throws -> DropFigures {
    var own: [DropTimes] = []
    var others: [DropTimes] = []
    // All rounds' files go at the end: a file system that lost thousands of files a moment ago makes new ones more slowly.
    let roots = (0..<rounds).map { "\(scratch)/drops-\($0)" }
    defer {
      for root in roots {
        for ending in ["", "-peer", "-peer-burst"] {
          try? FileManager.default.removeItem(atPath: root + ending)
        }
      }
    }
    for root in roots {
      own.append(try round(root))
      if let peers { others.append(try peerRound(peers.folder, peers.python, in: root + "-peer")) }
    }
    return DropFigures(
      files: files, burstFiles: burst, rowsPerFile: Self.rowsPerFile, own: .medians(of: own),
      peer: others.isEmpty ? nil : .medians(of: others),
      ratio: others.isEmpty ? nil : .medians(of: zip(own, others).map { $0 / $1 }))
  }

  // MARK: The program

  private func round(_ root: String) throws -> DropTimes {
    try prepare(root)
    let daemon = Process()
    daemon.executableURL = URL(fileURLWithPath: WholeRun.ownPath)
    daemon.arguments = [Self.verb, root]
    let words = Pipe()
    daemon.standardOutput = words
    try daemon.run()
    defer {
      daemon.terminate()
      daemon.waitUntilExit()
    }
    guard words.fileHandleForReading.availableData.count > 0 else {
      throw BenchmarkFault("the daemon did not come up")
    }
    let outbox = try DirectoryWatch()
    _ = try outbox.add(try Folder(path: root + "/outbox/ecom-express"))

    var milliseconds: [Double] = []
    for number in 0..<files {
      let name = try stage(number, in: root)
      let start = ContinuousClock.now
      try drop(name, in: root)
      var isAnswered = false
      while !isAnswered { isAnswered = try answers(outbox, root).contains(Array((name + ".ack.json").utf8)) }
      milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
      // Far enough apart that the processor falls asleep, as it does between partners' files.
      usleep(20_000 + UInt32(number % 7) * 3_000)
    }
    milliseconds.sort()

    let names = try (files..<files + burst).map { try stage($0, in: root) }
    let start = ContinuousClock.now
    for name in names { try drop(name, in: root) }
    var waiting = Set(names.map { Array(($0 + ".ack.json").utf8) })
    while !waiting.isEmpty { waiting.subtract(try answers(outbox, root)) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try check(root)
    return DropTimes(
      medianMilliseconds: milliseconds[files / 2],
      slowestHundredthMilliseconds: milliseconds[files * 99 / 100],
      burstFilesPerSecond: Double(burst) / seconds)
  }

  /// The names that appeared in the outbox since the last call; where the queue ran over, all that lie there.
  private func answers(_ outbox: DirectoryWatch, _ root: String) throws -> [[UInt8]] {
    let wake = try outbox.wait(timeoutMilliseconds: 20_000)
    if wake.timedOut { throw BenchmarkFault("no answer within 20 s") }
    if wake.overflowed {
      return try FileManager.default.contentsOfDirectory(atPath: root + "/outbox/ecom-express").map {
        Array($0.utf8)
      }
    }
    return wake.events.map(\.name)
  }

  /// An exchange in which so many orders wait for their carrier's scans.
  private func prepare(_ root: String) throws {
    try? FileManager.default.removeItem(atPath: root)
    for folder in ["stage", "inbox/ecom-express", "inbox/easyecom", "inbox/dtdc", "outbox/ecom-express"] {
      try FileManager.default.createDirectory(atPath: root + "/" + folder, withIntermediateDirectories: true)
    }
    func write(_ path: String, _ head: String, _ row: (Int) -> String) throws {
      var text = head + "\n"
      for number in 0..<Self.orders { text += row(number) + "\n" }
      try Data(text.utf8).write(to: URL(fileURLWithPath: root + "/inbox/" + path))
    }
    let head = "order_number,invoice_id,suborder_id,sku,quantity,location_key"
    try write("easyecom/orders-0.csv", head) { "O\($0),I\($0),\($0),SKU,1,WH1" }
    try write("dtdc/assignments-0.csv", "order_number,courier,awb_number") {
      "O\($0),Ecom Express,\(Self.firstAWB + $0)"
    }
    try write("dtdc/confirmations-0.csv", "order_number") { "O\($0)" }
    try write("dtdc/manifests-0.csv", "manifest_no,awb_number,order_number,courier") {
      "M1,\(Self.firstAWB + $0),O\($0),Ecom Express"
    }
    _ = try WholeRun.output(root, jobs: 1)
    // What the preparation left to be written is no part of any answer.
    sync()
  }

  /// Writes a file of scans beside the inboxes; its name.
  private func stage(_ number: Int, in root: String) throws -> String {
    let name = "scans-\(number).jsonl"
    var text = ""
    for row in number * Self.rowsPerFile..<(number + 1) * Self.rowsPerFile {
      text += #"{"awb": "\#(Self.firstAWB + row)", "datetime": "2026-11-18 14:05:09", "#
      text += #""status": "Pickup scheduled", "reason_code": "13 - PKA - Pickup Assigned", "#
      text += #""reason_code_number": "013", "location": "JRD", "Employee": "EMP-7", "#
      text += #""status_update_number": "\#(44_591_782 + row)", "order_number": "O\#(row)", "#
      text += #""city": "Vadodara", "ref_awb": ""}"# + "\n"
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: root + "/stage/" + name))
    return name
  }

  private func drop(_ name: String, in root: String) throws {
    guard rename(root + "/stage/" + name, root + "/inbox/ecom-express/" + name) == 0 else {
      throw BenchmarkFault("\(name) cannot be dropped")
    }
  }

  /// Every row of every file must have been applied.
  private func check(_ root: String) throws {
    let folder = root + "/outbox/ecom-express"
    var applied = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".ack.json")
    {
      let ack = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      let words = try JSONSerialization.jsonObject(with: ack) as? [String: Any]
      applied += (words?["rows"] as? [String: Any])?["applied"] as? Int ?? 0
    }
    let dropped = (files + burst) * Self.rowsPerFile
    guard applied == dropped else {
      throw BenchmarkFault("\(applied) rows were applied, not \(dropped)")
    }
  }

  // MARK: The peer

  private func peerRound(_ folder: String, _ python: String, in root: String) throws -> DropTimes {
    func words(_ root: String, _ count: Int, _ more: [String]) throws -> String {
      let arguments = [folder + "/drop_latency.py", "--dir", root]
      let all = arguments + ["--watch", "watchdog-sqlite", "--n", String(count)] + more
      return String(decoding: try programOutput(of: python, all), as: UTF8.self)
    }
    func figure(_ text: String, _ mark: Regex<(Substring, Substring)>) throws -> Double {
      guard let found = text.firstMatch(of: mark), let value = Double(found.output.1) else {
        throw BenchmarkFault("the peer said: \(text)")
      }
      return value
    }
    let drops = try words(root, files, [])
    return DropTimes(
      medianMilliseconds: try figure(drops, /p50 ([0-9.]+)/),
      slowestHundredthMilliseconds: try figure(drops, /p99 ([0-9.]+)/),
      burstFilesPerSecond: try figure(
        try words(root + "-burst", burst, ["--burst"]), /, ([0-9]+) files/))
  }
}
