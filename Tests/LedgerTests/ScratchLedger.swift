// A scratch ledger is a ledger's folder of a test's own, and what the test told its journal.

import Files
import Glibc
import Orders

@testable import Ledger

/// A fresh ledger folder that is removed, with all it holds, when nobody holds this value any more.
final class ScratchLedger {
  let path: String
  let folder: Folder

  init() throws {
    var template = Array("/tmp/waybill-ledger-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError(call: "mkdtemp", path: "/tmp", errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    folder = try Folder(path: path)
  }

  deinit {
    try? Self.empty(folder)
    rmdir(path)
  }

  /// The bytes of the journal's segments, in order.
  func segments() throws -> [Segment] {
    let journal = try folder.subfolder("journal")
    return try JournalSegment.list(journal).map {
      Segment(first: $0.first, bytes: try readWhole(journal, $0.name, limit: 1 << 26))
    }
  }

  /// Makes the journal consist of these segments.
  func replaceSegments(_ segments: [Segment]) throws {
    let journal = try folder.makeSubfolder("journal")
    for (name, _) in try journal.list() { try journal.remove(name) }
    for segment in segments {
      let name = JournalFormat.segmentName(first: segment.first)
      try journal.create(name, exclusive: true).write(segment.bytes, at: 0)
    }
  }

  /// Writes one segment's bytes anew and leaves the others alone.
  func replace(_ segment: Segment) throws {
    let name = JournalFormat.segmentName(first: segment.first)
    try folder.subfolder("journal").create(name, exclusive: false).write(segment.bytes, at: 0)
  }

  /// The names and contents of a folder of the ledger; nothing when it is not there.
  func files(in name: String) throws -> [String: [UInt8]] {
    guard try folder.status(Array(name.utf8)) != nil else { return [:] }
    let subfolder = try folder.subfolder(name)
    var files: [String: [UInt8]] = [:]
    for (name, _) in try subfolder.list() {
      files[legible(name)] = try readWhole(subfolder, name, limit: 1 << 26)
    }
    return files
  }

  static func empty(_ folder: Folder) throws {
    for entry in try folder.list() {
      if entry.kind == .folder {
        try empty(folder.subfolder(entry.name))
        try folder.removeFolder(entry.name)
      } else {
        try folder.remove(entry.name)
      }
    }
  }
}

/// A segment as bytes.
struct Segment: Equatable {
  var first: UInt64
  var bytes: [UInt8]

  /// The frames of a sound segment.
  var frames: [RawFrame] {
    var frames: [RawFrame] = []
    var offset = 0
    while offset < bytes.count, let header = try? FrameHeader(reading: bytes, at: offset) {
      frames.append(RawFrame(range: offset..<offset + header.frameBytes, header: header))
      offset += header.frameBytes
    }
    return frames
  }
}

/// Where a frame lies in its segment.
struct RawFrame {
  var range: Range<Int>
  var header: FrameHeader
}

/// A frame as its writer knew it, or as a scan handed it on.
struct Told: Equatable, CustomStringConvertible {
  var kind: FrameKind
  var payload: [UInt8]
  var decision: UInt64?
  var offset: UInt64

  init(_ kind: FrameKind, _ payload: [UInt8], decision: UInt64? = nil, at offset: UInt64) {
    self.kind = kind
    self.payload = payload
    self.decision = decision
    self.offset = offset
  }

  init(_ frame: JournalFrame) {
    self.init(frame.kind, frame.payload, decision: frame.commit?.decision.raw, at: frame.offset)
  }

  var description: String { "\(kind) at \(offset), \(payload.count) bytes" }
}

/// What a test told a journal: the frames a scan must hand on, and where the commits are.
struct Story {
  /// Committed frames and marks, with the logical offset behind which each is certain.
  var told: [(frame: Told, certainAt: UInt64)] = []
  /// The positions of all commits, and whether a sync returned after them.
  var commits: [LedgerPosition] = []
  var synced = LedgerPosition.start

  /// What a scan must hand on of a journal that is sound up to `end`.
  func told(upTo end: UInt64) -> [Told] { told.filter { $0.certainAt <= end }.map(\.frame) }

  var all: [Told] { told.map(\.frame) }

  /// The last commit that lies whole before `end`.
  func commit(before end: UInt64) -> LedgerPosition { commits.last { $0.end <= end } ?? .start }
}

extension Story {
  /// Tells a journal `count` transactions of seeded content, ending between two of them.
  ///
  /// - Parameter syncOneIn: about how many commits share a sync; the last ones may have none.
  mutating func tell(
    _ journal: Journal, _ count: Int, _ numbers: inout SeededNumbers, payloadBytesMax: Int = 90,
    syncOneIn: Int = 3
  ) throws {
    for _ in 0..<count {
      let open = tellOpening(&numbers)
      let payload = numbers.bytes(Int.random(in: 0...payloadBytesMax, using: &numbers))
      var frames = [Told(open, payload, at: try journal.begin(open, payload))]
      for _ in 0..<Int.random(in: 0...3, using: &numbers) {
        let payload = numbers.bytes(Int.random(in: 0...payloadBytesMax, using: &numbers))
        if Bool.random(using: &numbers) {
          frames.append(Told(.rows, payload, at: try journal.appendRows(payload)))
        } else {
          frames.append(Told(.blob, payload, at: try journal.appendBlob(payload)))
        }
      }
      if Int.random(in: 0..<6, using: &numbers) == 0 {
        try journal.abort()
        continue
      }
      let decision = open == .claims ? nil : DecisionNumber(journal.last.decision.raw + 1)
      let own = numbers.bytes(Int.random(in: 0...payloadBytesMax, using: &numbers))
      let receipt = try journal.commit(decision: decision, own)
      frames.append(Told(.commit, own, decision: decision?.raw ?? 0, at: receipt.offset))
      told += frames.map { ($0, receipt.position.end) }
      commits.append(receipt.position)
      if Int.random(in: 0..<syncOneIn, using: &numbers) == 0 {
        try journal.sync()
        synced = receipt.position
        if Bool.random(using: &numbers) {
          let mark = numbers.bytes(8)
          let offset = journal.nextFrameOffset
          try journal.markPublished(mark)
          told.append((Told(.published, mark, at: offset), journal.nextFrameOffset))
        }
      }
    }
  }

  private func tellOpening(_ numbers: inout SeededNumbers) -> FrameKind {
    Int.random(in: 0..<4, using: &numbers) == 0 ? .claims : .begin
  }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

/// Opens a journal and keeps what it hands on.
func open(
  _ ledger: ScratchLedger, from start: LedgerPosition = .start, evidence: JournalEvidence = JournalEvidence(),
  segmentBytesMax: Int64 = Journal.segmentBytesMaxBuiltIn, seed: UInt64 = 7
) throws -> (journal: Journal, told: [Told], opening: Journal.Opening) {
  var ids = SeededNumbers(seed: seed)
  var told: [Told] = []
  let (journal, opening) = try Journal.open(
    ledger: ledger.folder, from: start, evidence: evidence, segmentBytesMax: segmentBytesMax,
    newSegmentID: { ids.next() }, each: { told.append(Told($0)) })
  return (journal, told, opening)
}

/// What a scan came to.
enum Scanned {
  case finding(JournalScan.Finding, [Told])
  case damage(JournalDamage)

  /// Runs a scan; any error but damage is the test's failure.
  init(_ scan: JournalScan) throws {
    var told: [Told] = []
    do {
      self = .finding(try scan.run { told.append(Told($0)) }, told)
    } catch let damage as JournalDamage {
      self = .damage(damage)
    }
  }

  var damage: JournalDamage? {
    if case .damage(let damage) = self { damage } else { nil }
  }
}

/// The damage that a call must end in.
func damage(_ work: () throws -> Void) throws -> JournalDamage? {
  do {
    try work()
    return nil
  } catch let damage as JournalDamage {
    return damage
  }
}
