/// Instructions a row, counted by callgrind: the guard of the hot path, repeatable where time is not.

import Foundation
import Orders

/// Counts what a row costs, and holds it against the bound that is kept for it.
///
/// A process costs millions of instructions before its first row: it is linked, and tables are made that are made once. So each
/// kind of file is parsed once and three times in processes of their own, and two trades, one thrice the other, go through the whole
/// program; what a row costs is the difference. A bound is what was counted when it was recorded, and a tenth more.
struct InstructionGuard {
  let valgrind = "/usr/bin/valgrind"
  let scratch: String
  /// The arguments that make of this program the process that is counted.
  static let verb = "--parse-file"

  private static let orders = 1_500
  private static let scans = 7_500
  /// A file of fewer rows tells more of how it begins than of its rows.
  private static let rowsMin = 300

  struct Count {
    let what: String
    let perRow: Double
  }

  static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/valgrind") }

  func counts() throws -> [Count] {
    let (small, large) = (try trade(times: 1), try trade(times: 3))
    var counts: [Count] = []
    for file in small.files where file.rows >= Self.rowsMin {
      let key = file.partner + "/" + file.name
      let once = try instructions([Self.verb, small.folder, key, "1"])
      let thrice = try instructions([Self.verb, small.folder, key, "3"])
      counts.append(Count(what: "parse \(key)", perRow: Double(thrice - once) / 2 / Double(file.rows)))
    }
    let more = try whole(large) - whole(small)
    counts.append(Count(what: "whole", perRow: Double(more) / Double(large.rows - small.rows)))
    return counts
  }

  private func trade(times: Int) throws -> InputSet {
    let folder = scratch + "/in-\(times)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var trade = TradeGenerator(
      orders: Self.orders * times, scans: Self.scans * times, badShare: 0.02, seed: 7, folder: folder)
    try trade.write()
    return try InputSet(folder: folder)
  }

  private func whole(_ set: InputSet) throws -> Int {
    let root = scratch + "/exchange"
    try? FileManager.default.removeItem(atPath: root)
    try set.drop(into: root)
    let spent = try instructions([WholeRun.verb, root, "1"])
    let differences = try set.differences(in: root)
    guard differences.isEmpty else {
      throw BenchmarkFault("the counts differ:\n  " + differences.joined(separator: "\n  "))
    }
    return spent
  }

  /// What a process of our own takes from its start to its end.
  private func instructions(_ arguments: [String]) throws -> Int {
    let log = scratch + "/callgrind.log"
    _ = try programOutput(
      of: valgrind,
      [
        "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=" + log, WholeRun.ownPath,
      ] + arguments)
    let text = try String(contentsOfFile: log, encoding: .utf8)
    let line = text.split(separator: "\n").last { $0.contains("Collected :") }
    guard let count = line.flatMap({ Int($0.split(separator: " ").last ?? "") }) else {
      throw BenchmarkFault("valgrind counted nothing:\n" + text)
    }
    return count
  }

  /// Parses one file of a set, so many times.
  static func parse(folder: String, key: String, times: Int) throws {
    let set = try InputSet(folder: folder)
    guard let file = set.files.first(where: { $0.partner + "/" + $0.name == key }) else {
      throw BenchmarkFault("there is no \(key) in \(folder)")
    }
    for _ in 0..<times { _ = try StagesAlone(file: file).parse() }
  }

  // MARK: Bounds

  /// Prints the counts beside their bounds; false where one is over its bound.
  static func check(_ counts: [Count], against path: String) throws -> (lines: [String], isKept: Bool) {
    var bounds: [String: Double] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      guard let cut = line.lastIndex(of: " "), !line.hasPrefix("#") else { continue }
      bounds[String(line[..<cut])] = Double(line[line.index(after: cut)...])
    }
    var table = [["instructions a row", "counted", "bound", ""]]
    var isKept = true
    for count in counts {
      let bound = bounds[count.what]
      let word: String
      switch bound {
      case nil: word = "has no bound"
      case let bound? where count.perRow > bound: word = "OVER ITS BOUND"
      case let bound? where count.perRow < bound * 0.75: word = "the bound may be lowered"
      default: word = ""
      }
      if bound.map({ count.perRow > $0 }) ?? true { isKept = false }
      table.append([
        count.what, String(Int(count.perRow)), bound.map { String(Int($0)) } ?? "-", word,
      ])
    }
    return (aligned(table), isKept)
  }

  /// Writes bounds a tenth above what was counted.
  static func record(_ counts: [Count], to path: String) throws {
    var text =
      "# Bounds of instructions a row, a tenth above what was counted; written by Benchmarks --record-instructions.\n"
    for count in counts { text += "\(count.what) \(Int((count.perRow * 1.1).rounded(.up)))\n" }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }
}
