/// One file at a time, on a ledger that knows its orders: what a partner's dump costs, and what a start costs.

import Exchange
import Foundation
import Orders

/// A scan file through the whole program, beside what the kernel takes for the same bytes.
struct OneFileFigures: Codable {
  var file: String
  var rows: Int
  /// From the process's start to its end, by how many cores it was given; the medians.
  var seconds: [Int: Double]
  /// How many times `wc -l FILE` takes, and `cat FILE > COPY; sync COPY`; medians of the pairs.
  var timesCounting: Double
  var timesCopying: Double
  var journalBytesPerApplied: Double
  /// The process's peak above that of one that opens the same ledger and finds nothing to do.
  var mebibytesAboveBooks: Double
}

/// What opening a ledger costs.
struct StartFigures: Codable {
  /// Rows of orders that were applied: in CSV an order has one for each of its lines.
  var orderRows: Int
  /// From a checkpoint, the whole process.
  var seconds: Double
  /// Until the ledger is open, and as a multiple of what `cat` takes for the checkpoint.
  var openedSeconds: Double
  var timesReadingCheckpoint: Double
  var checkpointBytesPerOrderRow: Double
  /// What each table takes of them, by its name.
  var tables: [TableFigures]
  /// From the journal alone, by its length, and as a multiple of what `cat` takes for it.
  var recoverySecondsPerGigabyte: Double
  var timesReading: Double
  /// `ledger verify`, and as a multiple of what `sha256sum` takes for the journal, the originals and the answers.
  var verifySeconds: Double
  var timesDigesting: Double
}

struct TableFigures: Codable {
  var table: String
  var bytesPerOrder: Double
}

struct OneByOne {
  let input: InputSet
  let scratch: String
  let cores: Int
  let rounds: Int

  private var scans: [SetFile] { input.files.filter { $0.kind == .scans } }
  private var rest: [SetFile] { input.files.filter { $0.kind != .scans } }
  private var orderRows: Int {
    input.files.filter { $0.kind == .orders }.reduce(0) { $0 + $1.expected[.applied] }
  }

  /// The exchange that every run begins with: all but the scans is decided.
  private var ready: String { scratch + "/ready" }
  private var root: String { scratch + "/one" }

  /// What a start costs, without the scans.
  func measureStart() throws -> StartFigures {
    defer { for folder in [ready, root] { try? FileManager.default.removeItem(atPath: folder) } }
    try input.drop(into: ready, only: rest)
    _ = try WholeRun.output(ready, jobs: cores)
    try check(rest, in: ready)
    return try start()
  }

  func measure() throws -> (files: [OneFileFigures], arrays: [ArrayFigures], start: StartFigures) {
    defer { for folder in [ready, root] { try? FileManager.default.removeItem(atPath: folder) } }
    try input.drop(into: ready, only: rest)
    _ = try WholeRun.output(ready, jobs: cores)
    try check(rest, in: ready)
    var files: [OneFileFigures] = []
    var arrays: [ArrayFigures] = []
    for file in scans {
      let idle = try WholeRun.output(ready, jobs: cores)
      files.append(try one(file, idle: idle))
      if file.format == .jsonLines { arrays.append(try array(of: file)) }
      // What a file's rows come to rests on the files before it.
      try input.drop(into: ready, only: [file])
      _ = try WholeRun.output(ready, jobs: cores)
    }
    return (files, arrays, try start())
  }

  private func one(_ file: SetFile, idle: WholeReport) throws -> OneFileFigures {
    var seconds: [Int: [Double]] = [:]
    var (counting, copying, peaks): ([Double], [Double], [Double]) = ([], [], [])
    var journal: Int64 = 0
    for _ in 0..<rounds {
      for jobs in Set([1, cores]).sorted() {
        let before = try WholeRun.bytes(below: ready + "/ledger/journal")
        let run = try run(file, jobs: jobs)
        seconds[jobs, default: []].append(run.seconds)
        if jobs != cores { continue }
        journal = try WholeRun.bytes(below: root + "/ledger/journal") - before
        peaks.append(run.report.peakMebibytes)
        counting.append(run.seconds / (try shell("wc -l '\(file.path)' > /dev/null")))
        let copy = scratch + "/copy"
        copying.append(run.seconds / (try shell("cat '\(file.path)' > '\(copy)'; sync '\(copy)'")))
        try FileManager.default.removeItem(atPath: copy)
      }
    }
    return OneFileFigures(
      file: file.partner + "/" + file.name, rows: file.rows, seconds: seconds.mapValues(median),
      timesCounting: median(counting), timesCopying: median(copying),
      journalBytesPerApplied: Double(journal) / Double(max(file.expected[.applied], 1)),
      mebibytesAboveBooks: median(peaks) - idle.peakMebibytes)
  }

  /// A file's rows as lines and as an array, in turn.
  private func array(of file: SetFile) throws -> ArrayFigures {
    let folder = scratch + "/forms"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let forms = try LinesAndArray(of: file, into: folder)
    var (lines, arrays, clock): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<rounds {
      lines.append(try run(forms.lines, jobs: 1).report.processorSeconds)
      arrays.append(try run(forms.array, jobs: 1).report.processorSeconds)
      let asLines = try run(forms.lines, jobs: cores).seconds
      clock.append(try run(forms.array, jobs: cores).seconds / asLines)
    }
    return ArrayFigures(
      file: file.partner + "/" + file.name, rows: forms.array.rows, linesSeconds: median(lines),
      arraySeconds: median(arrays),
      processorRatio: median(zip(arrays, lines).map { $0 / max($1, 1e-6) }), clockRatio: median(clock))
  }

  /// One file on a copy of the ledger, its counts held against what is known.
  private func run(_ file: SetFile, jobs: Int) throws -> (seconds: Double, report: WholeReport) {
    try copyReady()
    try input.drop(into: root, only: [file])
    let run = try timed { try WholeRun.output(root, jobs: jobs) }
    try check([file], in: root)
    return run
  }

  private func start() throws -> StartFigures {
    var (starts, openings, openingRatios): ([Double], [Double], [Double]) = ([], [], [])
    var (recoveries, ratios): ([Double], [Double]) = ([], [])
    var (verifications, digestRatios): ([Double], [Double]) = ([], [])
    let journal = try WholeRun.bytes(below: ready + "/ledger/journal")
    let checkpoint = try largest(in: ready + "/ledger/checkpoints")
    let books = try BookBytes(root: ready)
    for _ in 0..<rounds {
      try copyReady()
      let begun = try timed { try WholeRun.output(root, jobs: cores) }
      starts.append(begun.seconds)
      openings.append(begun.report.openedSeconds)
      openingRatios.append(
        begun.report.openedSeconds / (try shell("cat '\(root)'/ledger/checkpoints/* > /dev/null")))
      let start = ContinuousClock.now
      _ = try LedgerVerification.run(root: root) { _, _ in }
      verifications.append((ContinuousClock.now - start) / .seconds(1))
      let folders = ["ledger/journal", "ledger/archive", "outbox"].map { "'\(root)/\($0)'" }
      let digests = "find \(folders.joined(separator: " ")) -type f -print0 | xargs -0 sha256sum > /dev/null"
      digestRatios.append((verifications.last ?? 0) / (try shell(digests)))
      try copyReady()
      try FileManager.default.removeItem(atPath: root + "/ledger/checkpoints")
      // A stop writes the books down again; what is asked is the start.
      let whole = try timed { try WholeRun.output(root, jobs: cores) }
      let recovery = whole.report.openedSeconds
      recoveries.append(recovery)
      ratios.append(recovery / (try shell("cat '\(root)'/ledger/journal/* > /dev/null")))
    }
    return StartFigures(
      orderRows: orderRows, seconds: median(starts), openedSeconds: median(openings),
      timesReadingCheckpoint: median(openingRatios),
      checkpointBytesPerOrderRow: Double(checkpoint) / Double(max(orderRows, 1)),
      tables: books.tables.map {
        TableFigures(table: $0.name, bytesPerOrder: Double($0.bytes) / Double(max(books.orders, 1)))
      },
      recoverySecondsPerGigabyte: median(recoveries) / Double(max(journal, 1)) * 1e9,
      timesReading: median(ratios), verifySeconds: median(verifications), timesDigesting: median(digestRatios)
    )
  }

  private func timed(_ body: () throws -> WholeReport) throws -> (seconds: Double, report: WholeReport) {
    let start = ContinuousClock.now
    let report = try body()
    return ((ContinuousClock.now - start) / .seconds(1), report)
  }

  private func check(_ files: [SetFile], in root: String) throws {
    let differences = try input.differences(in: root, of: files)
    guard differences.isEmpty else {
      throw BenchmarkFault("the counts differ:\n  " + differences.joined(separator: "\n  "))
    }
  }

  private func copyReady() throws {
    try? FileManager.default.removeItem(atPath: root)
    _ = try programOutput(of: "/bin/cp", ["-a", ready, root])
    sync()
  }

  private func largest(in folder: String) throws -> Int64 {
    try FileManager.default.contentsOfDirectory(atPath: folder).map {
      try FileManager.default.attributesOfItem(atPath: folder + "/" + $0)[.size] as? Int64 ?? 0
    }.max() ?? 0
  }

  /// How long a line of shell takes.
  private func shell(_ line: String) throws -> Double {
    let start = ContinuousClock.now
    try wait(for: "/bin/sh", ["-c", line])
    return max((ContinuousClock.now - start) / .seconds(1), 1e-6)
  }
}
