import Files

/// A checkpoint that is read: its end and table are checked at once, each section when it is taken.
struct CheckpointReader: ~Copyable {
  let header: CheckpointHeader
  /// The file's length.
  let bytes: Int64
  private let contents: FileContents
  private let entries: [CheckpointEntry]
  private var next = 0

  /// Checks a file's beginning, table and end.
  static func open(_ contents: consuming FileContents) throws(CheckpointFault) -> CheckpointReader {
    let frame: Frame
    do { frame = try readFrame(contents) } catch { throw CheckpointFault(error) }
    let header = try CheckpointHeader(frame.header)
    let end = UInt64(frame.bytes) - UInt64(CheckpointHeader.endBytes + frame.table.count)
    let entries = try entries(frame.table, end: end)
    return CheckpointReader(contents, header, entries, bytes: frame.bytes)
  }

  private init(
    _ contents: consuming FileContents, _ header: CheckpointHeader, _ entries: [CheckpointEntry], bytes: Int64
  ) {
    self.contents = contents
    self.header = header
    self.entries = entries
    self.bytes = bytes
  }

  /// What stands around the sections.
  private struct Frame {
    var header: [UInt8]
    var table: [UInt8]
    var bytes: Int64
  }

  private static func readFrame(_ contents: borrowing FileContents) throws -> Frame {
    let size = try contents.status().size
    let endBytes = CheckpointHeader.endBytes
    let shortest = Int64(CheckpointHeader.bytes + endBytes)
    guard size >= shortest else { throw CheckpointFault.length }
    let header = try contents.read(at: 0, count: CheckpointHeader.bytes)
    let end = try contents.read(at: size - Int64(endBytes), count: endBytes)
    guard end.count == endBytes else { throw CheckpointFault.length }
    guard end[16..<24].elementsEqual(CheckpointHeader.endMagic) else { throw CheckpointFault.magic }
    let (offset, count) = (LittleEndian.u64(end, at: 0), LittleEndian.u64(end, at: 8))
    guard count <= UInt64(size - shortest), offset == UInt64(size - Int64(endBytes)) - count else {
      throw CheckpointFault.length
    }
    let table = try contents.read(at: Int64(offset), count: Int(count))
    guard end == CheckpointHeader.end(header: header, table: table, at: offset) else {
      throw CheckpointFault.digest
    }
    return Frame(header: header, table: table, bytes: size)
  }

  /// The sections, which lie one behind the other from the header to the table.
  private static func entries(_ table: [UInt8], end: UInt64) throws(CheckpointFault) -> [CheckpointEntry] {
    var entries: [CheckpointEntry] = []
    var place = 0
    var offset = UInt64(CheckpointHeader.bytes)
    while place < table.count {
      let entry = try CheckpointEntry(table, at: &place)
      guard entry.offset == offset else { throw .section(entry.section) }
      offset += (entry.count * UInt64(entry.stride) + 7) & ~7
      entries.append(entry)
    }
    guard offset == end else { throw .length }
    return entries
  }

  /// The records of the next section, which must be this one.
  mutating func take<Record: BitwiseCopyable>(
    _ type: Record.Type, _ section: CheckpointSection
  ) throws(CheckpointFault) -> [Record] {
    guard next < entries.count else { throw .section(section.rawValue) }
    let entry = entries[next]
    guard entry.section == section.rawValue, entry.stride == UInt32(MemoryLayout<Record>.stride) else {
      throw .section(section.rawValue)
    }
    next += 1
    let length = Int(entry.count) * MemoryLayout<Record>.stride
    do {
      let found = try contents.records(of: type, at: Int64(entry.offset), count: Int(entry.count))
      guard let found else { throw CheckpointFault.length }
      guard found.sums == entry.sums else { throw CheckpointFault.checksum(section: entry.section) }
      let rest = -length & 7
      if rest > 0 {
        let padding = try contents.read(at: Int64(entry.offset) + Int64(length), count: rest)
        guard padding.count == rest, padding.allSatisfy({ $0 == 0 }) else { throw CheckpointFault.padding }
      }
      return found.records
    } catch {
      throw CheckpointFault(error)
    }
  }

  /// The numbers of the sections, each with its bytes.
  var sections: [(number: UInt32, bytes: UInt64)] {
    entries.map { ($0.section, $0.count * UInt64($0.stride)) }
  }

  /// There must be no section that nobody took.
  func checkIsAtEnd() throws(CheckpointFault) {
    if next < entries.count { throw .section(entries[next].section) }
  }
}

extension CheckpointFault {
  /// What went wrong on the way, as a fault of the checkpoint.
  init(_ error: any Error) {
    switch error {
    case let fault as CheckpointFault: self = fault
    case let error as FileError: self = .unreadable(error)
    case let fault as RecordFault: self = .content(fault.what)
    default: self = .content("\(error)")
    }
  }
}
