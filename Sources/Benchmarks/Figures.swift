/// What was measured, as it is printed, kept and compared.

import Foundation

/// All figures of one run of the benchmark.
struct Figures: Codable {
  var machine: Machine
  var folder: String
  var rows: Int
  var bytes: Int64
  var rounds: Int
  var files: [FileFigures] = []
  var whole: [WholeFigures] = []
  var peers: [PeerFigures] = []
  var oneByOne: [OneFileFigures] = []
  /// None in what was kept before they were measured.
  var arrays: [ArrayFigures]?
  var start: StartFigures?
  var drops: DropFigures?
}

struct Machine: Codable {
  var processor: String
  var cores: Int
  var system: String

  static var here: Machine {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }
    let release = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
    return Machine(
      processor: model.map { $0.split(separator: ":").last.map { trimmed($0) } ?? "" } ?? "unknown",
      cores: ProcessInfo.processInfo.activeProcessorCount, system: "Linux " + trimmed(release[...]))
  }

  private static func trimmed(_ text: Substring) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// One file, stage by stage; seconds, the median of the rounds.
struct FileFigures: Codable {
  var file: String
  var kind: String
  var format: String
  var rows: Int
  var bytes: Int64
  var seconds: [String: Double]

  func nanosecondsPerRow(_ stage: String) -> Double? {
    seconds[stage].map { $0 * 1e9 / Double(max(rows, 1)) }
  }

  func gigabytesPerSecond(_ stage: String) -> Double? {
    seconds[stage].map { $0 > 0 ? Double(bytes) / $0 / 1e9 : 0 }
  }
}

/// All files through the program, in a process of its own.
struct WholeFigures: Codable {
  var jobs: Int
  /// From the process's start to its end; the median, the least and the most.
  var seconds: Double
  var secondsLeast: Double
  var secondsMost: Double
  /// Processor time, all threads.
  var userSeconds: Double
  var systemSeconds: Double
  var peakMebibytes: Double
  var journalBytesPerRow: Double
  var syncs: Int
}

/// One peer, run in turn with the program.
struct PeerFigures: Codable {
  var name: String
  var seconds: Double
  var mebibytes: Double
  var verdict: String
  /// How many times longer it takes than the program, the median of the pairs.
  var ratio: Double
}

/// The stages that are measured by themselves, before those that the program's own watch tells.
let stagesAlone = ["cat", "read", "scan", "parse"]
let stagesWithin = ["judge", "journal", "answers", "feeds", "commit", "sync", "deliver", "around"]

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  if sorted.isEmpty { return 0 }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
