// Frames as bytes: making one, reading one, and saying what is wrong with one.

import Files
import Orders

/// The first 36 bytes of a frame.
struct FrameHeader: Equatable {
  var kind: FrameKind
  var length: Int
  var sequence: FrameSequence
  var segmentID: UInt64
  var synced: FrameSequence

  var frameBytes: Int { JournalFormat.frameBytes(payload: length) }

  func encoded() -> [UInt8] {
    precondition(length >= 0 && length <= JournalFormat.payloadBytesMax && synced < sequence)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(JournalFormat.headerBytes)
    bytes += Self.magic
    bytes.append(kind.rawValue)
    LittleEndian.append(UInt32(length), to: &bytes)
    LittleEndian.append(sequence.raw, to: &bytes)
    LittleEndian.append(segmentID, to: &bytes)
    LittleEndian.append(synced.raw, to: &bytes)
    LittleEndian.append(CRC32C.of(bytes), to: &bytes)
    return bytes
  }

  init(kind: FrameKind, length: Int, sequence: FrameSequence, segmentID: UInt64, synced: FrameSequence) {
    self.kind = kind
    self.length = length
    self.sequence = sequence
    self.segmentID = segmentID
    self.synced = synced
  }

  /// Reads the header that begins at `index`; the length is believed only after its checksum and its bound.
  init(reading bytes: [UInt8], at index: Int) throws(FrameFault) {
    guard bytes.count - index >= JournalFormat.headerBytes else { throw .short }
    let header = bytes[index..<index + JournalFormat.headerBytes]
    guard header.starts(with: Self.magic) else {
      throw header.allSatisfy { $0 == 0 } ? .zeros : .magic
    }
    guard LittleEndian.u32(bytes, at: index + 32) == CRC32C.of(header.prefix(32)) else {
      throw .headerChecksum
    }
    guard let kind = FrameKind(rawValue: bytes[index + 3]) else { throw .kind }
    self.kind = kind
    length = Int(LittleEndian.u32(bytes, at: index + 4))
    sequence = FrameSequence(LittleEndian.u64(bytes, at: index + 8))
    segmentID = LittleEndian.u64(bytes, at: index + 16)
    synced = FrameSequence(LittleEndian.u64(bytes, at: index + 24))
    guard length <= JournalFormat.payloadBytesMax else { throw .length }
    guard synced < sequence else { throw .synced }
  }

  /// Whether a header could begin at `index`, at the price of three comparisons.
  static func mayBegin(_ bytes: [UInt8], at index: Int) -> Bool {
    bytes[index] == magic[0] && bytes[index + 1] == magic[1] && bytes[index + 2] == magic[2]
  }

  /// Checks the payload's checksum and the padding of the frame that begins at `index` and lies there whole.
  func check(_ bytes: [UInt8], at index: Int) throws(FrameFault) {
    let end = index + JournalFormat.headerBytes + length
    guard LittleEndian.u32(bytes, at: end) == CRC32C.of(bytes[index..<end]) else { throw .payloadChecksum }
    guard bytes[end + 4..<index + frameBytes].allSatisfy({ $0 == 0 }) else { throw .padding }
  }

  private static let magic: [UInt8] = [UInt8(ascii: "w"), UInt8(ascii: "b"), UInt8(ascii: "j")]
}

extension JournalFrame {
  /// Makes the frame a reader hands out of the payload as it lies on the disk; `length` fault when a commit is too short.
  init(_ header: FrameHeader, at offset: UInt64, payload: [UInt8]) throws(FrameFault) {
    kind = header.kind
    self.offset = offset
    end = offset + UInt64(header.frameBytes)
    sequence = header.sequence
    if header.kind == .commit {
      let shortest = JournalFormat.commitPrefixBytes + JournalFormat.hashBytes
      guard payload.count >= shortest else { throw .length }
      commit = CommitFields(
        decision: DecisionNumber(LittleEndian.u64(payload, at: 0)),
        frames: LittleEndian.u64(payload, at: 8), hash: Array(payload.suffix(JournalFormat.hashBytes)))
      self.payload = Array(
        payload[JournalFormat.commitPrefixBytes..<payload.count - JournalFormat.hashBytes])
    } else {
      commit = nil
      self.payload = payload
    }
  }
}

/// What the first frame of a segment says: that it continues the one before it.
struct SegmentHeader {
  var number: Int
  var first: UInt64
  var after: LedgerPosition
  var version = JournalFormat.version

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    LittleEndian.append(version, to: &bytes)
    LittleEndian.append(UInt32(number), to: &bytes)
    LittleEndian.append(first, to: &bytes)
    LittleEndian.append(after.decision.raw, to: &bytes)
    LittleEndian.append(after.sequence.raw, to: &bytes)
    return bytes + after.hash
  }
}

/// Numbers with their lowest byte first.
enum LittleEndian {
  static func append(_ number: some FixedWidthInteger & UnsignedInteger, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  static func u32(_ bytes: [UInt8], at index: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: number(bytes, index, bytes: 4))
  }

  static func u64(_ bytes: [UInt8], at index: Int) -> UInt64 { number(bytes, index, bytes: 8) }

  private static func number(_ bytes: [UInt8], _ index: Int, bytes count: Int) -> UInt64 {
    var number: UInt64 = 0
    for place in 0..<count { number |= UInt64(bytes[index + place]) << UInt64(8 * place) }
    return number
  }
}
