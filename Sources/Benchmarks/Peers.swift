/// The peers: other programs that do the same work on the same files, run in turn with ours.

import Foundation

/// One way to do the work without waybill: a Python program, and how many threads it is given.
struct Peer {
  let name: String
  let program: String
  let arguments: [String]
  let environment: [String: String]

  /// The peers of a folder, the weakest first; those whose programs are not there are left out.
  static func all(in folder: String, orjson: Bool = true) -> [Peer] {
    let known = [
      Peer(
        name: "Python + SQLite", program: "peer_sqlite.py", arguments: orjson ? ["--orjson"] : [],
        environment: [:]),
      Peer(
        name: "Python journal", program: "peer_pyjournal.py", arguments: orjson ? ["--orjson"] : [],
        environment: [:]),
      threaded("DuckDB", "peer_duckdb.py", 1), threaded("DuckDB", "peer_duckdb.py", 2),
      threaded("columnar", "peer_vector.py", 1), threaded("columnar", "peer_vector.py", 2),
    ]
    return known.filter { FileManager.default.fileExists(atPath: folder + "/" + $0.program) }
  }

  private static func threaded(_ name: String, _ program: String, _ threads: Int) -> Peer {
    Peer(
      name: "\(name), \(threads) thread\(threads == 1 ? "" : "s")", program: program,
      arguments: ["--threads", String(threads)], environment: ["POLARS_MAX_THREADS": String(threads)])
  }

  /// One run over the generator's files, in empty folders.
  func run(_ python: String, in folder: String, on set: InputSet, scratch: String) throws -> (
    seconds: Double, mebibytes: Double, verdict: String
  ) {
    let work = scratch + "/peer"
    try? FileManager.default.removeItem(atPath: work)
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: work) }
    let start = ContinuousClock.now
    let answer = try programOutput(
      of: python,
      [folder + "/" + program, "--in", set.folder, "--out", work + "/out", "--state", work + "/state"]
        + arguments,
      environment: environment)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard let line = String(decoding: answer, as: UTF8.self).split(separator: "\n").last,
      let words = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { throw BenchmarkFault("\(program) said nothing of its run") }
    return (seconds, words["rss_mib"] as? Double ?? 0, words["verdict"] as? String ?? "")
  }
}
