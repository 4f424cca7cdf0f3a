// The journal is everything the ledger ever decided, in the order in which it was decided.
//
// It lies in `ledger/journal/` as segments, files named `journal-OFFSET.wbj`, where OFFSET is twenty decimal digits: the
// count of all bytes in all earlier segments. A *logical offset* counts bytes over all segments; the byte at logical
// offset L lies in the last segment whose OFFSET is at most L, at L - OFFSET. The first segment is OFFSET 0, each next
// one starts where the one before ends, and no segment is ever deleted, so a logical offset is good for ever.
//
// Numbers are little endian and unsigned. A segment is a run of frames without gaps, each a multiple of 8 bytes long:
//
//      0   3   "wbj"
//      3   1   kind (below)
//      4   4   length of the payload in bytes, below 2^24
//      8   8   sequence: 1 for the first frame of the journal, then one more for each frame, over all segments
//     16   8   segment id: one random number for all frames of a segment
//     24   8   synced: the sequence of the last commit whose sync had returned when this frame was made; 0 = none
//     32   4   CRC-32C of bytes 0 to 31
//     36   n   payload
//   36+n   4   CRC-32C of bytes 0 to 35+n
//   40+n       zero bytes up to the next multiple of 8
//
// The length has a checksum of its own, so that one flipped bit cannot make the rest look like a torn tail. The segment
// id keeps out frames of an older file, a copy or a backup. A pair of segment id and sequence is never used twice.
// `synced` is what tells damage from an outage: what a later frame names as synced was whole once.
//
//   kind              where                    payload
//   1 segment header  first of each segment    format version u32 (2), segment number u32 (from 0), OFFSET u64,
//                                              newest decision u64, last commit's sequence u64, its hash 32 bytes
//   2 claims          opens a transaction      what is taken out of the inboxes, and which claims came to nothing
//   3 begin           opens a transaction      what is begun
//   4 rows            inside a transaction     verdicts and changes
//   5 blob            inside a transaction     the bytes of a small file
//   6 commit          closes a transaction     decision u64 (0: not a decision), frames of the transaction u64 (from
//                                              the opening one to this), bytes of the ledger's own, hash 32 bytes
//   7 abort           closes a transaction     empty: the transaction never was
//   8 published       between transactions     what has reached the outbox and is durable there
//   9 clean stop      between transactions     empty: the program ended in peace; its `synced` names the last commit
//  10 answers         inside a transaction     part of the list of what the commit publishes, where it outgrows a frame
//  11 repair          opens a transaction      newest decision ever given u64, then what else a repair must say
//
// Decisions are numbered 1, 2, 3 … in the order of their commits; behind a repair's commit the numbers go on behind the
// newest that was ever given, because those between were cut off and must not be given again.
//
// In every version the first frame of a segment begins as above, up to and with the format version at its payload offset 0, so
// that a program can say which version it cannot read. A program reads its own version and every earlier one, and writes its
// own: a journal whose last segment is of an earlier version goes on in a new segment. What each version brought:
//
//   1  the first
//   2  events told in short (`RowWriter+Events.swift`); effects `wait` and `resume`; all that the product master says of an
//      article; whether a settled event was a cancel request (these in `Effect+Coding.swift`); rows frames of another claim than their transaction's, with the rows of
//      earlier files that this one released; claims that are written off, behind the claims of a claims frame; deeds
//      `pause`, `resume`, `release` and `terms`; behind a deed's last field who asked for it, what it is about, and its feeds;
//      behind these in a claims frame the claimed files as they were seen, and in a decision the original of a small file:
//      who does not know them passes them over
//
// What the payloads hold is said where they are made, all of it in the room's folder `Records`: how numbers, signed
// numbers and texts are spelled in `ByteCoding.swift`; times in `RowRecord.swift` (`putTime`); kind 2 in
// `ClaimRecord.payload` and `VoidClaims.payload`, kind 3 in `BeginRecord.payload`, kind 6 (its own bytes, from payload
// offset 16 on) in `CommitTerms` and `FileRecord.payload` or `DeedRecord.payload`, kind 8 in `PublishedMark`, all of `Transactions.swift` and
// `DeedRecord.swift`; kind 10 in `DecisionRecord.swift` (`putPublication`); kind 4 at the head of `RowRecord.swift`, with the
// effects of `Effect+Coding.swift`; kind 11 in `RepairRecord.swift`. Kind 5 is a published file's bytes as they are, or the
// original of the decided file (`CarriedOriginal.swift`). A
// reader of the frames alone needs none of these.
//
// The hash of a commit is SHA-256 over: the 32 bytes of the previous commit's hash (zeros before the first); all bytes
// of all frames since that commit's frame, whatever their kind, with checksums and padding; the bytes of the commit's
// own frame from its first to the one before its hash.
//
// What follows the last commit whose hash is right, in the last segment, is a torn tail unless something proves that a
// later commit was synced: `synced` of any frame header in that tail, `ledger/position`, or an answer already published.
// With such a proof, and wherever a frame is wrong in an earlier segment, the journal is damaged and is left alone.

public import Orders

/// What a journal frame is.
public enum FrameKind: UInt8, Sendable, CaseIterable {
  case segmentHeader = 1
  case claims, begin, rows, blob, commit, abort, published, cleanStop, answers, repair

  /// Whether this frame opens a transaction.
  public var opensTransaction: Bool { self == .claims || self == .begin || self == .repair }
}

/// The number of a frame, counted from 1 over the whole journal; internal, never shown to a partner.
public struct FrameSequence: Hashable, Comparable, Sendable {
  public let raw: UInt64
  public init(_ raw: UInt64) { self.raw = raw }
  public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  var next: FrameSequence { FrameSequence(raw + 1) }
}

/// A frame as it was read: what was handed to the journal, and where it lies.
public struct JournalFrame: Sendable, Equatable {
  public var kind: FrameKind
  /// Logical offset of the frame's first byte.
  public var offset: UInt64
  /// Logical offset behind the frame, where the next one begins.
  public var end: UInt64
  public var sequence: FrameSequence
  /// The bytes the writer was given, without what the journal itself adds to a commit.
  public var payload: [UInt8]
  /// What the journal itself adds to a commit; nil for every other kind.
  public var commit: CommitFields?
  /// Its rows taken apart, where whoever read it did that beforehand.
  var page: ReplayPage?
  /// Logical offset of the commit that closes its transaction, where whoever read it has come to that.
  var commitOffset: UInt64?
  /// What it and all behind it will add to the books, where whoever read it foresees that.
  var foreseen: ReplayCounts?

  /// What was made out beforehand follows from the journal.
  public static func == (a: JournalFrame, b: JournalFrame) -> Bool {
    a.kind == b.kind && a.offset == b.offset && a.end == b.end && a.sequence == b.sequence
      && a.payload == b.payload && a.commit == b.commit
  }

  public init(
    kind: FrameKind, offset: UInt64, end: UInt64, sequence: FrameSequence, payload: [UInt8],
    commit: CommitFields?
  ) {
    self.kind = kind
    self.offset = offset
    self.end = end
    self.sequence = sequence
    self.payload = payload
    self.commit = commit
  }
}

/// What a commit says besides the ledger's own bytes.
public struct CommitFields: Sendable, Equatable {
  /// Number 0 for a transaction that is no decision.
  public var decision: DecisionNumber
  /// The frames of the transaction, the opening one and the commit included.
  public var frames: UInt64
  public var hash: [UInt8]

  public init(decision: DecisionNumber, frames: UInt64, hash: [UInt8]) {
    self.decision = decision
    self.frames = frames
    self.hash = hash
  }
}

/// The journal's constants and names.
public enum JournalFormat {
  /// The version that this program writes.
  public static let version: UInt32 = 2

  /// Where in a segment its version stands.
  public static let versionPlace = headerBytes
  /// Can this program read a segment of the version?
  static func reads(_ version: UInt32) -> Bool { version >= 1 && version <= Self.version }
  /// The most bytes a frame can carry.
  public static let payloadBytesMax = 1 << 24 - 1
  /// The most bytes a commit can carry of the ledger's own.
  public static let commitBytesMax = payloadBytesMax - commitPrefixBytes - hashBytes

  static let headerBytes = 36
  static let hashBytes = 32
  static let commitPrefixBytes = 16
  static let noHash = [UInt8](repeating: 0, count: hashBytes)

  /// The whole length of a frame with a payload of so many bytes.
  public static func frameBytes(payload: Int) -> Int { (headerBytes + payload + 4 + 7) & ~7 }

  /// `journal-00000000000000000000.wbj` for the segment that starts at logical offset 0.
  static func segmentName(first: UInt64) -> [UInt8] {
    let digits = String(first)
    return Array(
      (namePrefix + String(repeating: "0", count: nameDigits - digits.count) + digits + nameSuffix).utf8)
  }

  /// The logical offset a segment starts at, or nil for a name that is not a segment's.
  static func firstOffset(of name: [UInt8]) -> UInt64? {
    guard name.count == namePrefix.utf8.count + nameDigits + nameSuffix.utf8.count,
      name.starts(with: namePrefix.utf8), name.suffix(nameSuffix.utf8.count).elementsEqual(nameSuffix.utf8)
    else { return nil }
    return decimal(name.dropFirst(namePrefix.utf8.count).prefix(nameDigits))
  }

  /// A number of digits only, or nil.
  static func decimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    if digits.isEmpty { return nil }
    var number: UInt64 = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      let (tenfold, high) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      if high || carry { return nil }
      number = sum
    }
    return number
  }

  /// The newest decision that a repair's payload names.
  static func spentDecision(_ payload: [UInt8]) -> DecisionNumber {
    DecisionNumber(payload.count >= 8 ? LittleEndian.u64(payload, at: 0) : 0)
  }

  private static let namePrefix = "journal-"
  private static let nameDigits = 20
  private static let nameSuffix = ".wbj"
}

/// Why the bytes at some offset are not the frame that should be there.
public enum FrameFault: Error, Equatable, Sendable {
  /// The file ends inside the frame.
  case short
  case zeros
  case magic
  case headerChecksum
  case kind
  case length
  case payloadChecksum
  case padding
  case segmentID
  case sequence
  /// `synced` names something that is no commit before it.
  case synced
  /// A sound frame of a kind that cannot stand here.
  case misplaced
  /// The frames are sound, but no commit closes them.
  case uncommitted
}
