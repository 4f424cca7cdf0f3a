// A checkpoint is everything the journal had come to just behind one commit, so that a start reads it and the tail only.
//
// It is a shortcut and never a source: all of it follows from the journal, which is kept whole. It lies in
// `ledger/checkpoints/checkpoint-SEQUENCE.wbc`, where SEQUENCE is the commit's in twenty digits. The tables of the books
// are written as they lie in memory, so that a start costs their reading; therefore a checkpoint is good only for a
// program with the same tables (`layout` below), and another one reads the journal.
//
// Numbers are little endian and unsigned. The file is a header, the sections one after the other, their table, and an end:
//
//      0   8   "wbchkpt" and a line end (10)
//      8   4   version of the format, 1
//     12   4   the bytes of a block, 2^20
//     16   8   layout: the first bytes of SHA-256 over the description of all tables (`CheckpointLayout`)
//     24   8   newest decision
//     32   8   the commit's sequence
//     40   8   logical offset behind the commit's frame
//     48   8   logical offset of the commit's frame
//     56  32   the commit's hash
//     88       sections, each a run of records, filled up with zeros to a multiple of 8
//
//   The table holds for each section, in the order in which they lie:
//      0   4   number of the section (`CheckpointSection`)
//      4   4   bytes of one record
//      8   8   number of records
//     16   8   offset of the first in the file
//     24  4n   CRC-32C of each block of the section's bytes, the last one shorter; then zeros to a multiple of 8
//
//   The end:
//      0   8   offset of the table
//      8   8   bytes of the table
//     16   8   "wbchkend"
//     24  32   SHA-256 over the header, the table, and the 24 bytes before this
//
// So every byte of the file is under a checksum: the records' by their blocks, those under the digest, the zeros by
// being zeros. What the sections hold is said in `Replay+Checkpoint.swift`.

public import Files
internal import Orders

/// Why a file is no checkpoint to start from.
public enum CheckpointFault: Error, Equatable, Sendable {
  /// It is shorter or longer than it says.
  case length
  /// It does not begin and end as a checkpoint does.
  case magic
  case digest
  /// A section is not the one that should stand here.
  case section(UInt32)
  case checksum(section: UInt32)
  case padding
  /// Another version of the format or of the tables wrote it: sound, but not for this program.
  case otherLayout
  /// What passed its checksum cannot be read.
  case content(String)
  /// The kernel refused to read it.
  case unreadable(FileError)
}

extension CheckpointFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .length: "it is not as long as it says"
    case .magic: "it does not begin and end as one"
    case .digest: "its digest is wrong"
    case .section(let number): "section \(number) is not where it should be"
    case .checksum(let number): "section \(number) fails its checksum"
    case .padding: "its padding is not zero"
    case .otherLayout: "another version of the program wrote it"
    case .content(let what): what
    case .unreadable(let error): error.description
    }
  }
}

/// The sections, with the numbers they have in the file; a retired one keeps its number.
enum CheckpointSection: UInt32 {
  case state = 1, partners, couriers, decisions, feedNumbers, tally
  case orders = 16, shipments, lines, stock, products, accounts
  /// Slots, words, arena, prefixes, values and shapes of each key table, in this order.
  case orderNumbers = 32, invoices, awbs, lineKeys, locations, courierKeys, stockKeys, productKeys,
    accountKeys, scanTexts
  /// High halves, fills, lists and bitmaps of each partner's set, in this order.
  case scanNumbers = 64
  case waiting = 80, waitingKeys
}

/// The fixed parts of the file.
struct CheckpointHeader: Equatable {
  var layout: UInt64
  var position: LedgerPosition
  var commitOffset: UInt64

  static let bytes = 88
  static let endBytes = 56
  static let version: UInt32 = 1

  func encoded() -> [UInt8] {
    var bytes = Self.magic
    LittleEndian.append(Self.version, to: &bytes)
    LittleEndian.append(UInt32(RecordBlocks.blockBytes), to: &bytes)
    LittleEndian.append(layout, to: &bytes)
    LittleEndian.append(position.decision.raw, to: &bytes)
    LittleEndian.append(position.sequence.raw, to: &bytes)
    LittleEndian.append(position.end, to: &bytes)
    LittleEndian.append(commitOffset, to: &bytes)
    bytes += position.hash
    precondition(bytes.count == Self.bytes)
    return bytes
  }

  init(layout: UInt64, position: LedgerPosition, commitOffset: UInt64) {
    self.layout = layout
    self.position = position
    self.commitOffset = commitOffset
  }

  init(_ bytes: [UInt8]) throws(CheckpointFault) {
    guard bytes.count == Self.bytes else { throw .length }
    guard bytes.starts(with: Self.magic) else { throw .magic }
    guard LittleEndian.u32(bytes, at: 8) == Self.version,
      LittleEndian.u32(bytes, at: 12) == UInt32(RecordBlocks.blockBytes)
    else { throw .otherLayout }
    layout = LittleEndian.u64(bytes, at: 16)
    position = LedgerPosition(
      decision: .init(LittleEndian.u64(bytes, at: 24)),
      sequence: FrameSequence(LittleEndian.u64(bytes, at: 32)),
      hash: Array(bytes[56..<88]), end: LittleEndian.u64(bytes, at: 40))
    commitOffset = LittleEndian.u64(bytes, at: 48)
  }

  static let magic = Array("wbchkpt\n".utf8)
  static let endMagic = Array("wbchkend".utf8)

  /// The end of a file whose table lies at `table`.
  static func end(header: [UInt8], table: [UInt8], at offset: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    LittleEndian.append(offset, to: &bytes)
    LittleEndian.append(UInt64(table.count), to: &bytes)
    bytes += endMagic
    var digest = SHA256()
    digest.update(header)
    digest.update(table)
    digest.update(bytes)
    return bytes + digest.finish()
  }
}

/// A line of the table.
struct CheckpointEntry {
  var section: UInt32
  var stride: UInt32
  var count: UInt64
  var offset: UInt64
  var sums: [UInt32]

  func append(to table: inout [UInt8]) {
    LittleEndian.append(section, to: &table)
    LittleEndian.append(stride, to: &table)
    LittleEndian.append(count, to: &table)
    LittleEndian.append(offset, to: &table)
    for sum in sums { LittleEndian.append(sum, to: &table) }
    while table.count % 8 != 0 { table.append(0) }
  }

  /// Reads the line at `place` and moves on behind it.
  init(_ table: [UInt8], at place: inout Int) throws(CheckpointFault) {
    guard table.count - place >= 24 else { throw .length }
    section = LittleEndian.u32(table, at: place)
    stride = LittleEndian.u32(table, at: place + 4)
    count = LittleEndian.u64(table, at: place + 8)
    offset = LittleEndian.u64(table, at: place + 16)
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: UInt64(stride))
    guard !isTooLarge, bytes < 1 << 48 else { throw .length }
    let blocks = RecordBlocks.count(bytes: Int(bytes))
    place += 24
    guard (table.count - place) / 4 >= blocks else { throw .length }
    sums = []
    sums.reserveCapacity(blocks)
    for block in 0..<blocks { sums.append(LittleEndian.u32(table, at: place + 4 * block)) }
    place += 4 * blocks
    while place % 8 != 0 {
      guard place < table.count else { throw .length }
      guard table[place] == 0 else { throw .padding }
      place += 1
    }
  }

  init(section: UInt32, stride: UInt32, count: UInt64, offset: UInt64, sums: [UInt32]) {
    self.section = section
    self.stride = stride
    self.count = count
    self.offset = offset
    self.sums = sums
  }
}
