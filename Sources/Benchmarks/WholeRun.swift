/// The whole program over all files, in a process of its own: what `waybill once` does, with its figures.

import Exchange
import Files
import Foundation
import Orders

/// What such a process tells of itself, as one line of JSON.
struct WholeReport: Codable {
  struct FileTimes: Codable {
    var file: String
    /// Nanoseconds by stage, in the order of the watch.
    var spent: [Int64]
  }

  var userSeconds: Double
  var systemSeconds: Double
  var peakMebibytes: Double
  var syncs: Int
  /// From the process's start until the ledger was open.
  var openedSeconds: Double
  var files: [FileTimes]

  var processorSeconds: Double { userSeconds + systemSeconds }
}

enum WholeRun {
  /// The arguments that make of this program the process that is measured.
  static let verb = "--process-exchange"

  /// Processes what waits in an exchange, and prints the figures.
  static func process(root: String, jobs: Int) throws {
    let begun = ContinuousClock.now
    OpenLedger.catchDeadlySignals()
    let ledger = try OpenLedger(
      root: root, configuration: Configuration(), clock: .fixed(processingTime), jobs: jobs
    ) { notice in
      // What every day is made of is no reason to speak.
      if case .event = notice { return }
      FileHandle.standardError.write(Data("\(notice)\n".utf8))
    }
    let opened = (ContinuousClock.now - begun) / .seconds(1)
    let watch = StageWatch()
    if jobs == 1 { ledger.watch = watch }
    _ = try OnceRun.run(ledger) { _ in }
    try ledger.close()
    let (user, system) = processorSeconds()
    let report = WholeReport(
      userSeconds: user, systemSeconds: system, peakMebibytes: peakMebibytes(),
      syncs: SystemCalls.syncsSoFar, openedSeconds: opened,
      files: watch.files.map {
        .init(file: $0.partner + "/" + String(decoding: $0.name, as: UTF8.self), spent: $0.spent)
      })
    FileHandle.standardOutput.write(try JSONEncoder().encode(report))
  }

  /// 2029-01-01: later than every event of the generators.
  private static let processingTime = Timestamp(milliseconds: 1_861_920_000_000)

  private static func processorSeconds() -> (user: Double, system: Double) {
    let text = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    // Behind the name in brackets; the clock that these two count in ticks a hundred times a second.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return (0, 0)
    }
    return (user / 100, system / 100)
  }

  private static func peakMebibytes() -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line.flatMap { Double($0.filter(\.isNumber)) } ?? 0
    return (kibibytes / 1024 * 10).rounded() / 10
  }

  /// Drops the files into a fresh exchange, lets a process have at them, and holds its acks against what is known.
  static func measure(_ set: InputSet, scratch: String, jobs: Int) throws -> (
    seconds: Double, report: WholeReport, journalBytes: Int64
  ) {
    let root = scratch + "/exchange"
    try? FileManager.default.removeItem(atPath: root)
    try set.drop(into: root)
    defer { try? FileManager.default.removeItem(atPath: root) }
    let start = ContinuousClock.now
    let report = try output(root, jobs: jobs)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let differences = try set.differences(in: root)
    guard differences.isEmpty else {
      throw BenchmarkFault("the counts differ:\n  " + differences.joined(separator: "\n  "))
    }
    return (seconds, report, try bytes(below: root + "/ledger/journal"))
  }

  /// Lets a process have at what waits in an exchange.
  static func output(_ root: String, jobs: Int) throws -> WholeReport {
    let answer = try programOutput(of: ownPath, [verb, root, String(jobs)])
    return try JSONDecoder().decode(WholeReport.self, from: answer)
  }

  static var ownPath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  static func bytes(below folder: String) throws -> Int64 {
    var sum: Int64 = 0
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      sum += try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.size] as? Int64 ?? 0
    }
    return sum
  }
}

/// What a program prints; a failure of it is ours.
func programOutput(of program: String, _ arguments: [String], environment: [String: String] = [:]) throws
  -> Data
{
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  guard process.terminationReason == .exit, process.terminationStatus == 0 else {
    let name = (program as NSString).lastPathComponent
    throw BenchmarkFault(
      "\(name) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
  }
  return output
}
