// The journal, read at any place: what a back-pointer points to.

public import Files
public import Orders

/// Frames by their logical offset, read with pread while the writer goes on writing, and without any lock.
///
/// A reader belongs to one thread. It looks only where it is told to: whoever asks takes offsets from the books, from
/// `ledger/position` or from a frame's `end`. The last frames are kept, because walks along back-pointers stay near.
public final class JournalReader {
  private let journal: Folder
  private var segments: [JournalSegment]
  private var open: [OpenSegment] = []
  private var kept: [JournalFrame] = []
  /// Where each of them begins.
  private var keptOffsets: [UInt64] = []
  private var keptNext = 0
  /// Frames that were read whole and found sound, each with its payload's length.
  private var checked: [UInt64: Int] = [:]

  /// Opens the journal of a ledger's folder.
  public convenience init(_ ledger: Folder) throws(FileError) {
    try self.init(journal: try ledger.subfolder(JournalSegment.folderName))
  }

  init(journal: Folder) throws(FileError) {
    self.journal = journal
    segments = try JournalSegment.list(journal)
  }

  /// The frame that begins at a logical offset, checked; `JournalDamage` when no sound frame begins there.
  public func frame(at offset: UInt64) throws -> JournalFrame {
    if let near = keptOffsets.firstIndex(of: offset) { return kept[near] }
    let segment = try segment(holding: offset)
    do {
      let frame = try segment.frame(at: offset)
      keep(frame)
      return frame
    } catch let fault as FrameFault {
      throw damage(segment, offset, fault)
    }
  }

  /// The same for one who goes through the journal once, and will not come back to it: the frame is not kept.
  func frameInPassing(at offset: UInt64) throws -> JournalFrame {
    let segment = try segment(holding: offset)
    do {
      return try segment.frame(at: offset)
    } catch let fault as FrameFault {
      throw damage(segment, offset, fault)
    }
  }

  /// Puts the journal's bytes from an offset on in the place of a buffer's, as they lie there, unchecked; says how many came: fewer than
  /// asked for at a segment's end.
  func raw(at offset: UInt64, count: Int, into buffer: inout [UInt8]) throws -> Int {
    try segment(holding: offset).raw(at: offset, count: count, into: &buffer)
  }

  private func damage(_ segment: OpenSegment, _ offset: UInt64, _ fault: FrameFault) -> JournalDamage {
    JournalDamage(
      segment: segment.file.text, byteOffset: offset - segment.file.first, sequence: FrameSequence(0),
      what: .frame(fault))
  }

  /// A part of the payload of the frame at a logical offset, from a place in it on.
  ///
  /// The whole frame is read and checked the first time; later looks read the part alone, or nothing while the frame is kept.
  public func part(of offset: UInt64, from place: Int, count: Int) throws -> FramePart {
    // Looks follow one another: what a file did lies in the frames that were read last.
    if let near = keptOffsets.firstIndex(of: offset) { return FramePart(whole: kept[near].payload) }
    guard let known = checked[offset] else {
      let payload = try frame(at: offset).payload
      checked[offset] = payload.count
      return FramePart(whole: payload)
    }
    let end = min(known, place + max(0, min(count, known)))
    guard place < end else { return FramePart(bytes: [], start: place, payloadBytes: known) }
    let segment = try segment(holding: offset)
    let bytes: [UInt8]
    do {
      bytes = try segment.payload(of: offset, place..<end)
    } catch let fault as FrameFault {
      throw damage(segment, offset, fault)
    }
    return FramePart(bytes: bytes, start: place, payloadBytes: known)
  }

  /// The frame that a position points into.
  public func frame(of position: Position) throws -> JournalFrame { try frame(at: position.frame) }

  /// The segment that holds an offset; the folder is listed again when the last known one seems to end before it.
  private func segment(holding offset: UInt64) throws -> OpenSegment {
    guard let first = segments.first, let last = segments.last, first.first <= offset else {
      throw JournalDamage(
        segment: segments.first?.text ?? "", byteOffset: 0, sequence: FrameSequence(0), what: .segmentMissing)
    }
    let file = segments[below(offset)]
    if file != last { return try segment(file) }
    if try segment(file).reaches(offset) { return try segment(file) }
    segments = try JournalSegment.list(journal)
    let newest = try segment(segments[below(offset)])
    if try newest.reaches(offset) { return newest }
    throw JournalDamage(
      segment: newest.file.text, byteOffset: newest.size, sequence: FrameSequence(0), what: .frame(.short))
  }

  /// The index of the last segment that starts at or before an offset.
  private func below(_ offset: UInt64) -> Int {
    var low = 0
    var high = segments.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if segments[middle].first <= offset { low = middle } else { high = middle }
    }
    return low
  }

  private func segment(_ file: JournalSegment) throws(FileError) -> OpenSegment {
    for segment in open where segment.file == file { return segment }
    let segment = OpenSegment(file, FileContents(try journal.openForReading(file.name)))
    if open.count == Self.openSegmentsMax { open.removeFirst() }
    open.append(segment)
    return segment
  }

  private func keep(_ frame: JournalFrame) {
    if frame.payload.count > Self.keptFrameBytesMax { return }
    if kept.count < Self.keptFramesMax {
      kept.append(frame)
      keptOffsets.append(frame.offset)
    } else {
      kept[keptNext] = frame
      keptOffsets[keptNext] = frame.offset
      keptNext = (keptNext + 1) % Self.keptFramesMax
    }
  }

  private static let keptFramesMax = 64
  private static let keptFrameBytesMax = 128 * 1024
  private static let openSegmentsMax = 16
}

/// A segment held open for reading.
private final class OpenSegment {
  let file: JournalSegment
  private let contents: FileContents
  /// How far the file is known to reach; it only grows.
  private(set) var size: UInt64 = 0
  private var segmentID: UInt64?

  init(_ file: JournalSegment, _ contents: consuming FileContents) {
    self.file = file
    self.contents = contents
  }

  /// Whether the file holds a byte at a logical offset.
  func reaches(_ offset: UInt64) throws(FileError) -> Bool {
    if offset - file.first < size { return true }
    size = UInt64(try contents.status().size)
    return offset - file.first < size
  }

  func frame(at offset: UInt64) throws -> JournalFrame {
    let header = try header(at: offset - file.first)
    guard try header.segmentID == ownID() else { throw FrameFault.segmentID }
    let place = offset - file.first + UInt64(JournalFormat.headerBytes)
    let rest = header.frameBytes - JournalFormat.headerBytes
    var payload = try contents.read(at: Int64(place), count: rest)
    guard payload.count == rest else { throw FrameFault.short }
    let sum = CRC32C.of(payload[..<header.length], continuing: CRC32C.of(header.encoded()))
    guard LittleEndian.u32(payload, at: header.length) == sum else { throw FrameFault.payloadChecksum }
    payload.removeLast(rest - header.length)
    return try JournalFrame(header, at: offset, payload: payload)
  }

  /// Bytes of the payload of a frame that was checked before.
  func payload(of offset: UInt64, _ range: Range<Int>) throws -> [UInt8] {
    let place = offset - file.first + UInt64(JournalFormat.headerBytes + range.lowerBound)
    let bytes = try contents.read(at: Int64(place), count: range.count)
    guard bytes.count == range.count else { throw FrameFault.short }
    return bytes
  }

  func raw(at offset: UInt64, count: Int, into buffer: inout [UInt8]) throws(FileError) -> Int {
    try contents.read(at: Int64(offset - file.first), count: count, into: &buffer)
    return buffer.count
  }

  private func header(at place: UInt64) throws -> FrameHeader {
    let bytes = try contents.read(at: Int64(place), count: JournalFormat.headerBytes)
    return try FrameHeader(reading: bytes, at: 0)
  }

  private func ownID() throws -> UInt64 {
    if let segmentID { return segmentID }
    let id = try header(at: 0).segmentID
    segmentID = id
    return id
  }
}
