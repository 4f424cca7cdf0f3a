import Files

/// A checkpoint in the making: sections go in one after the other, then it is closed and durable, under whatever name it has.
struct CheckpointWriter: ~Copyable {
  private var file: AppendFile
  private let header: [UInt8]
  private var table: [UInt8] = []

  /// Starts a file that must not exist yet.
  static func start(
    in folder: Folder, name: [UInt8], _ header: CheckpointHeader
  ) throws(FileError) -> CheckpointWriter {
    var file = try AppendFile(in: folder, name: name, existing: false, mode: 0o600)
    let header = header.encoded()
    try file.append(header)
    return CheckpointWriter(file, header)
  }

  private init(_ file: consuming AppendFile, _ header: [UInt8]) {
    self.file = file
    self.header = header
  }

  /// Writes the records of a section as they lie.
  mutating func put<Record: BitwiseCopyable>(
    _ records: [Record], _ section: CheckpointSection
  ) throws(FileError) {
    let offset = UInt64(file.length)
    let sums = try file.append(records: records)
    CheckpointEntry(
      section: section.rawValue, stride: UInt32(MemoryLayout<Record>.stride), count: UInt64(records.count),
      offset: offset, sums: sums
    ).append(to: &table)
    let rest = Int(file.length % 8)
    if rest > 0 { try file.append([UInt8](repeating: 0, count: 8 - rest)) }
  }

  /// Writes the table and the end, makes all of it durable, and gives the file's length.
  consuming func finish() throws(FileError) -> Int64 {
    let end = CheckpointHeader.end(header: header, table: table, at: UInt64(file.length))
    try file.append(table)
    try file.append(end)
    try file.flush()
    CrashPoint.reached(.checkpointWritten)
    try file.sync()
    return file.length
  }
}
