/// Instructions a row, counted by callgrind: the guard of the hot path, repeatable where time is not.

import Foundation
import Orders

/// Counts what a row costs, and holds it against the bound that is kept for it.
///
/// Each kind of file is parsed in a process of its own, less what a process costs that parses nothing; and all files go through the
/// whole program once. A bound is what was counted when it was recorded, and a tenth more.
struct InstructionGuard {
  let valgrind = "/usr/bin/valgrind"
  let scratch: String
  /// The arguments that make of this program the process that is counted.
  static let verb = "--parse-file"

  private static let orders = 2_000
  private static let scans = 10_000
  /// A file of fewer rows tells more of its first row than of the others.
  private static let rowsMin = 500

  struct Count {
    let what: String
    let perRow: Double
  }

  static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/valgrind") }

  func counts() throws -> [Count] {
    let folder = scratch + "/in"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var trade = TradeGenerator(
      orders: Self.orders, scans: Self.scans, badShare: 0.02, seed: 7, folder: folder)
    try trade.write()
    let set = try InputSet(folder: folder)
    let idle = try instructions([Self.verb, folder, ""])
    var counts: [Count] = []
    for file in set.files where file.rows >= Self.rowsMin {
      let spent = try instructions([Self.verb, folder, file.partner + "/" + file.name])
      counts.append(
        Count(what: "parse \(file.partner)/\(file.name)", perRow: Double(spent - idle) / Double(file.rows)))
    }
    let root = scratch + "/exchange"
    try set.drop(into: root)
    let spent = try instructions([WholeRun.verb, root, "1"])
    let differences = try set.differences(in: root)
    guard differences.isEmpty else {
      throw BenchmarkFault("the counts differ:\n  " + differences.joined(separator: "\n  "))
    }
    counts.append(Count(what: "whole", perRow: Double(spent - idle) / Double(set.rows)))
    return counts
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

  /// Parses one file of a set, or none.
  static func parse(folder: String, key: String) throws {
    let set = try InputSet(folder: folder)
    guard let file = set.files.first(where: { $0.partner + "/" + $0.name == key }) else { return }
    _ = try StagesAlone(file: file).parse()
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
