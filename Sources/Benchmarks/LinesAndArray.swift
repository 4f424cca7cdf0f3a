/// The same rows as JSON Lines and as one array, in turn: what the form costs, apart from what the rows do.

import Foundation
import Orders

/// What one array costs that holds the rows of a file of JSON Lines.
struct ArrayFigures: Codable {
  var file: String
  var rows: Int
  /// Processor time of the whole process on one core, as JSON Lines and as an array; the medians.
  var linesSeconds: Double
  var arraySeconds: Double
  /// How many times what the lines take the array takes, the median of the pairs: processor time on one core, the clock on all.
  var processorRatio: Double
  var clockRatio: Double
}

/// A file's rows in both forms. Lines that are no JSON are in neither, as they would break an array in two.
struct LinesAndArray {
  let lines: SetFile
  let array: SetFile

  /// Writes both forms into a folder.
  init(of file: SetFile, into folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let stem = String(file.name.prefix { $0 != "." })
    let (lines, array) = (try Form(folder, stem + ".jsonl"), try Form(folder, stem + ".json"))
    var expected = file.expected
    var between = "[\n"
    let text = try Data(contentsOf: URL(fileURLWithPath: file.path), options: .mappedIfSafe)
    for line in text.split(separator: UInt8(ascii: "\n")) {
      guard (try? JSONSerialization.jsonObject(with: line)) != nil else {
        expected[.rejected] -= 1
        expected.read -= 1
        continue
      }
      try lines.write("", line, "\n")
      try array.write(between, line, "")
      between = ",\n"
    }
    try array.write("\n]\n", Data(), "")
    self.lines = try lines.ended(as: file, .jsonLines, expected)
    self.array = try array.ended(as: file, .json, expected)
  }

  /// One of the two while it is written.
  private final class Form {
    private let path: String
    private let name: String
    private let handle: FileHandle
    private var pending = Data()

    init(_ folder: String, _ name: String) throws {
      (path, self.name) = (folder + "/" + name, name)
      try Data().write(to: URL(fileURLWithPath: path))
      handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    func write(_ before: String, _ row: Data, _ after: String) throws {
      pending.append(contentsOf: before.utf8)
      pending.append(row)
      pending.append(contentsOf: after.utf8)
      if pending.count > 1 << 20 { try spill() }
    }

    private func spill() throws {
      try handle.write(contentsOf: pending)
      pending.removeAll(keepingCapacity: true)
    }

    func ended(as file: SetFile, _ format: FileFormat, _ expected: RowCounts) throws -> SetFile {
      try spill()
      let bytes = Int64(try handle.offset())
      try handle.close()
      return SetFile(
        partner: file.partner, name: name, path: path, bytes: bytes, kind: file.kind, format: format,
        expected: expected)
    }
  }
}
