internal import Files

/// What a table takes in a checkpoint, which is what it takes in memory after a start.
public struct CheckpointPart: Equatable, Sendable {
  /// The section's name.
  public var name: String
  public var bytes: UInt64
}

extension Checkpoints {
  /// The tables of the newest checkpoint, in their order; none where there is no checkpoint.
  public func parts() throws -> [CheckpointPart] {
    guard let newest = try list().first else { return [] }
    let folder = try ledger.subfolder(Self.folderName)
    let file = try CheckpointReader.open(FileContents(try folder.openForReading(newest.name)))
    var parts: [CheckpointPart] = []
    for (number, bytes) in file.sections {
      let name = CheckpointSection(rawValue: number).map { "\($0)" } ?? "section \(number)"
      if parts.last?.name == name {
        parts[parts.count - 1].bytes += bytes
      } else {
        parts.append(CheckpointPart(name: name, bytes: bytes))
      }
    }
    return parts
  }
}
