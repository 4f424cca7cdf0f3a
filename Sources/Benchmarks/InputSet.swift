/// The files of a run: where they lie, which partner sends them under which name, and what must come of their rows.

import Foundation
import Orders

/// One file, and the counts that its ack must show.
struct SetFile {
  let partner: String
  let name: String
  let path: String
  let bytes: Int64
  let kind: Kind
  let format: FileFormat
  let expected: RowCounts

  var rows: Int { expected.read }
}

/// Files that belong together, with their known answers.
struct InputSet {
  let folder: String
  let files: [SetFile]

  var rows: Int { files.reduce(0) { $0 + $1.rows } }
  var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }

  /// The names of the generator of the peers's files, and under which names waybill's partners would send them.
  private static let sentAs: [String: (partner: String, name: String)] = [
    "01-orders-a.csv": ("easyecom", "orders-a.csv"), "01-orders-b.json": ("easyecom", "orders-b.json"),
    "02-assign.csv": ("dtdc", "assignments.csv"), "03-confirm.csv": ("dtdc", "confirmations.csv"),
    "04-manifest.csv": ("dtdc", "manifests.csv"), "05-scans-a.jsonl": ("ecom-express", "scans-a.jsonl"),
    "05-scans-b.json": ("ecom-express", "scans-b.json"), "05-scans-c.csv": ("ecom-express", "scans-c.csv"),
  ]

  /// Reads `expected.json` beside the files: under each name `waybill` holds the rows by outcome.
  init(folder: String) throws {
    self.folder = folder
    let text = try Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json"))
    guard let known = try JSONSerialization.jsonObject(with: text) as? [String: Any],
      let entries = known["files"] as? [String: [String: Any]]
    else { throw BenchmarkFault("\(folder)/expected.json holds no files") }
    files = try entries.keys.sorted().map { key in
      guard let counts = entries[key]?["waybill"] as? [String: Int] else {
        throw BenchmarkFault("\(folder)/expected.json does not say what becomes of the rows of \(key)")
      }
      return try InputSet.file(key, counts, in: folder)
    }
  }

  private static func file(_ key: String, _ counts: [String: Int], in folder: String) throws -> SetFile {
    let parts = key.split(separator: "/").map(String.init)
    let sent = parts.count == 2 ? (partner: parts[0], name: parts[1]) : sentAs[key]
    guard let sent else { throw BenchmarkFault("nobody knows who sends \(key)") }
    let path = folder + "/" + key
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 ?? 0
    var expected = RowCounts()
    for outcome in Outcome.allCases {
      expected[outcome] = counts[outcome.name] ?? 0
      expected.read += expected[outcome]
    }
    let word = String(sent.name.prefix { $0.isLetter })
    guard let kind = Kind(name: word), let ending = sent.name.split(separator: ".").last,
      let format = FileFormat(rawValue: String(ending))
    else { throw BenchmarkFault("\(sent.name) names no kind of file") }
    return SetFile(
      partner: sent.partner, name: sent.name, path: path, bytes: size, kind: kind, format: format,
      expected: expected)
  }

  /// Drops copies of the files into the inboxes of an exchange, written through to the disk, so that no run pays for another's
  /// writes.
  func drop(into root: String, only some: [SetFile]? = nil) throws {
    let files = FileManager.default
    for file in some ?? self.files {
      let inbox = root + "/inbox/" + file.partner
      try files.createDirectory(atPath: inbox, withIntermediateDirectories: true)
      try files.copyItem(atPath: file.path, toPath: inbox + "/" + file.name)
    }
    sync()
  }

  /// Holds every ack against the known counts; what differs, in words, none where all is right.
  func differences(in root: String, of some: [SetFile]? = nil) throws -> [String] {
    var differences: [String] = []
    for file in some ?? files {
      let path = "\(root)/outbox/\(file.partner)/\(file.name).ack.json"
      guard let text = FileManager.default.contents(atPath: path),
        let ack = try JSONSerialization.jsonObject(with: text) as? [String: Any],
        let rows = ack["rows"] as? [String: Int]
      else {
        differences.append("\(file.partner)/\(file.name): no ack")
        continue
      }
      for word in ["read"] + Outcome.names {
        let expected = Outcome.names.firstIndex(of: word).map { file.expected.byOutcome[$0] } ?? file.rows
        if rows[word] != expected {
          let found = rows[word].map(String.init) ?? "nothing"
          differences.append("\(file.partner)/\(file.name): \(word) \(found), not \(expected)")
        }
      }
    }
    return differences
  }
}

/// Why there are no figures.
struct BenchmarkFault: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
