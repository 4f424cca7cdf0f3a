// The journal's files: which there are, and their bytes a few MiB at a time.

import Files

/// One file of the journal, by name.
struct JournalSegment: Equatable {
  var name: [UInt8]
  /// Logical offset of the file's first byte.
  var first: UInt64

  init(first: UInt64) {
    self.first = first
    name = JournalFormat.segmentName(first: first)
  }

  var text: String { String(decoding: name, as: UTF8.self) }

  /// The folder that holds the segments, in the ledger's folder.
  static let folderName = "journal"

  /// The journal's segments in order; files of other names are not the journal's.
  static func list(_ journal: Folder) throws(FileError) -> [JournalSegment] {
    var segments: [JournalSegment] = []
    for (name, _) in try journal.list() {
      if let first = JournalFormat.firstOffset(of: name) {
        segments.append(JournalSegment(first: first))
      }
    }
    return segments.sorted { $0.first < $1.first }
  }
}

/// A segment's bytes, of which a stretch is held at a time.
struct SegmentWindow: ~Copyable {
  private let contents: FileContents
  /// How much of the file counts; what lies behind is not looked at.
  let size: Int
  /// The bytes held, from offset `base` of the file on.
  private(set) var bytes: [UInt8] = []
  private var base = 0

  init(_ contents: consuming FileContents, size: Int) {
    self.contents = contents
    self.size = size
  }

  /// Holds at least `count` bytes from `offset` on, or all there are, and says at which index of `bytes` they begin.
  mutating func hold(_ offset: Int, count: Int) throws(FileError) -> Int {
    let wanted = min(count, size - offset)
    if offset < base || offset + wanted > base + bytes.count {
      // The room is used again: of a long journal most of the time of reading would go into fresh pages of memory.
      base = offset
      let count = min(size - offset, max(wanted, Self.heldBytes))
      try contents.read(at: Int64(offset), count: count, into: &bytes)
    }
    return offset - base
  }

  /// Reads the frame at `offset` and checks all of it; the frame then lies in `bytes` from `index` on.
  mutating func frame(at offset: Int) throws -> (header: FrameHeader, index: Int) {
    var index = try hold(offset, count: JournalFormat.headerBytes)
    let header = try FrameHeader(reading: bytes, at: index)
    guard offset + header.frameBytes <= size else { throw FrameFault.short }
    index = try hold(offset, count: header.frameBytes)
    guard index + header.frameBytes <= bytes.count else { throw FrameFault.short }
    try header.check(bytes, at: index)
    return (header, index)
  }

  /// What is checked is copied and summed while it lies in the caches.
  private static let heldBytes = 1 << 20
}
