// The walk of a scan: frame after frame, with everything that must hold between them.

import Files
import Orders

/// The state of a walk between two frames.
struct JournalWalk {
  /// Where the walk could go no further, and why.
  struct Stop {
    var offset: Int
    var fault: FrameFault
  }

  /// The end of what is worth keeping: a commit, an abort, a mark or a segment's header, outside any transaction.
  struct Sound {
    var end: UInt64
    var next: FrameSequence
    /// The sum over everything since the last commit.
    var chain: SHA256
    var stoppedCleanly: Bool
  }

  private(set) var last: LedgerPosition
  /// Logical offset of the last commit's frame; nil before the first of this walk.
  private(set) var lastCommitOffset: UInt64?
  private(set) var sound: Sound
  private(set) var segmentID: UInt64?
  /// The format version of the segment that was entered last; 0 where its header was not met.
  private(set) var segmentVersion: UInt32 = 0
  private(set) var counts = JournalScan.Counts()
  private(set) var metEvidence = false
  private(set) var next: FrameSequence
  private(set) var segment: JournalSegment?
  /// The last commit named as synced and all commits behind it.
  private var recent: [LedgerPosition]
  private var chain: SHA256
  /// What lies before this offset is in the chain's sum already: somebody took it ahead.
  private var chainReached: UInt64 = 0
  private let chainAhead: ChainAhead?
  private let start: LedgerPosition
  private let evidence: LedgerPosition?
  private var transaction: Transaction?
  private let replaying: Bool
  private let heldBytesMax: Int
  private var number = 0

  /// A frame that was found sound and committed; of a transaction that is too long to be held it is to be read again.
  struct Found {
    let offset: UInt64
    /// Logical offset of the commit that closes its transaction; nil of a mark between transactions.
    let commitOffset: UInt64?
    /// The frame, where it is held.
    let held: JournalFrame?

    /// The frame, as it is handed on.
    func frame(from reader: () throws -> JournalReader) throws -> JournalFrame {
      var frame = try held ?? reader().frameInPassing(at: offset)
      frame.commitOffset = commitOffset
      return frame
    }
  }

  /// A transaction whose end is not yet seen.
  private struct Transaction {
    /// The frames, with their payloads as long as these are few.
    var frames: [(offset: UInt64, frame: JournalFrame?)] = []
    var count: UInt64 = 0
    var heldBytes = 0
    /// What a repair says was given before.
    var spent = DecisionNumber(0)
  }

  /// - Parameter chainAhead: what may have been summed before the walk comes to it.
  init(
    from start: LedgerPosition, evidence: LedgerPosition?, replaying: Bool, heldBytesMax: Int,
    chainAhead: ChainAhead? = nil
  ) {
    self.chainAhead = chainAhead
    self.heldBytesMax = heldBytesMax
    self.start = start
    self.evidence = evidence
    self.replaying = replaying
    last = start
    next = start.sequence.next
    recent = [start]
    chain = SHA256()
    chain.update(start.hash)
    sound = Sound(end: start.end, next: next, chain: chain, stoppedCleanly: false)
  }

  /// The last commit that frames or evidence prove was synced.
  var synced: LedgerPosition {
    let proven = max(recent[0].sequence, evidence?.sequence ?? recent[0].sequence)
    return recent.last { $0.sequence <= proven } ?? recent[0]
  }

  func damage(_ offset: Int, _ what: JournalDamage.What) -> JournalDamage {
    JournalDamage(segment: segment?.text ?? "", byteOffset: UInt64(offset), sequence: next, what: what)
  }

  func damage(atEnd what: JournalDamage.What) -> JournalDamage {
    let first = segment?.first ?? 0
    return damage(Int(sound.end >= first ? sound.end - first : 0), what)
  }

  // MARK: Segments

  /// Turns to a segment; in its middle, its header is read for its id alone.
  mutating func enter(
    _ segment: JournalSegment, number: Int, _ window: inout SegmentWindow, from: Int
  ) throws {
    self.segment = segment
    self.number = number
    segmentID = nil
    segmentVersion = 0
    counts.segments += 1
    if from == 0 { return }
    do {
      let (header, index) = try window.frame(at: 0)
      guard header.kind == .segmentHeader else { throw FrameFault.misplaced }
      let version = LittleEndian.u32(window.bytes, at: index + JournalFormat.headerBytes)
      guard JournalFormat.reads(version) else { throw damage(0, .formatVersion(version)) }
      segmentVersion = version
      segmentID = header.segmentID
    } catch let fault as FrameFault {
      throw damage(0, .frame(fault))
    }
  }

  /// Reads the segment's frames; gives the place that ends the walk, or nil where the file ends between transactions.
  mutating func read(
    _ window: inout SegmentWindow, from: Int, _ progress: (UInt64) throws -> Void,
    _ each: (Found) throws -> Void
  ) throws -> Stop? {
    guard let segment else { return nil }
    if window.size == 0 { return Stop(offset: 0, fault: .short) }
    var offset = from
    while offset < window.size {
      let header: FrameHeader
      let index: Int
      do {
        (header, index) = try window.frame(at: offset)
        try check(header, isFirst: offset == 0)
      } catch let fault as FrameFault {
        return Stop(offset: offset, fault: fault)
      }
      try take(header, window.bytes, index, at: offset, each)
      offset += header.frameBytes
      next = header.sequence.next
      counts.frames += 1
      counts.bytes += UInt64(header.frameBytes)
      if transaction == nil {
        sound = Sound(
          end: segment.first + UInt64(offset), next: next, chain: chain,
          stoppedCleanly: header.kind == .cleanStop)
      }
      try progress(segment.first + UInt64(offset))
    }
    return transaction == nil ? nil : Stop(offset: offset, fault: .uncommitted)
  }

  // MARK: Frames

  /// What must hold of a frame here besides its own checksums.
  private mutating func check(_ header: FrameHeader, isFirst: Bool) throws(FrameFault) {
    guard header.sequence == next else { throw .sequence }
    guard isFirst == (header.kind == .segmentHeader) else { throw .misplaced }
    if isFirst { segmentID = header.segmentID }
    guard header.segmentID == segmentID else { throw .segmentID }
    switch header.kind {
    case .segmentHeader, .claims, .begin, .repair, .published, .cleanStop:
      guard transaction == nil else { throw .misplaced }
    case .rows, .blob, .answers, .commit, .abort:
      guard transaction != nil else { throw .misplaced }
    }
    let shortest = JournalFormat.commitPrefixBytes + JournalFormat.hashBytes
    if header.kind == .commit, header.length < shortest { throw .length }
    try noteSynced(header.synced)
  }

  /// Moves the mark of what is known to be synced; it never goes back and only ever names a commit.
  private mutating func noteSynced(_ sequence: FrameSequence) throws(FrameFault) {
    if let index = recent.firstIndex(where: { $0.sequence == sequence }) {
      recent.removeFirst(index)
    } else {
      // A checkpoint may be newer than the sync that a group's first frames name.
      guard recent[0] == start, sequence < start.sequence else { throw .synced }
    }
  }

  /// Takes a sound frame into the state; what is certain only with the commit is handed on there.
  private mutating func take(
    _ header: FrameHeader, _ bytes: [UInt8], _ index: Int, at offset: Int, _ each: (Found) throws -> Void
  ) throws {
    let payload = index + JournalFormat.headerBytes..<index + JournalFormat.headerBytes + header.length
    let logical = (segment?.first ?? 0) + UInt64(offset)
    if header.kind == .commit {
      let frame = try JournalFrame(header, at: logical, payload: Array(bytes[payload]))
      sum(bytes[index..<payload.upperBound - JournalFormat.hashBytes], at: logical)
      try close(frame, at: offset, each)
      return
    }
    if header.kind.opensTransaction, let ahead = chainAhead?.sum(behind: last), ahead.reached > logical {
      (chain, chainReached) = (ahead.chain, ahead.reached)
    }
    sum(bytes[index..<index + header.frameBytes], at: logical)
    switch header.kind {
    case .segmentHeader:
      try checkSegment(Array(bytes[payload]))
    case .claims, .begin, .repair, .rows, .blob, .answers:
      // Taken out while it changes: two owners of the frames would make of each further one a copy of all.
      var open = transaction ?? Transaction()
      transaction = nil
      open.count += 1
      if header.kind == .repair { open.spent = JournalFormat.spentDecision(Array(bytes[payload])) }
      if replaying {
        let held = open.heldBytes + header.length <= heldBytesMax
        let frame = try held ? JournalFrame(header, at: logical, payload: Array(bytes[payload])) : nil
        open.heldBytes += held ? header.length : 0
        open.frames.append((logical, frame))
      }
      transaction = open
    case .abort:
      // Summed ahead is only what a commit closes: what was read there is not what stands here now.
      if chainReached > logical { throw damage(offset, .chain) }
      transaction = nil
    case .published:
      if replaying {
        let frame = try JournalFrame(header, at: logical, payload: Array(bytes[payload]))
        try each(Found(offset: logical, commitOffset: nil, held: frame))
      }
    case .commit, .cleanStop:
      break
    }
  }

  /// Takes bytes into the sum, as far as they are not in it.
  private mutating func sum(_ bytes: ArraySlice<UInt8>, at logical: UInt64) {
    let known = chainReached > logical ? Int(min(chainReached - logical, UInt64(bytes.count))) : 0
    if known < bytes.count { chain.update(bytes.dropFirst(known)) }
  }

  private mutating func checkSegment(_ payload: [UInt8]) throws {
    let version = payload.count >= 4 ? LittleEndian.u32(payload, at: 0) : 0
    guard JournalFormat.reads(version) else { throw damage(0, .formatVersion(version)) }
    segmentVersion = version
    let expected = SegmentHeader(
      number: number, first: segment?.first ?? 0, after: last, version: version)
    guard payload == expected.encoded() else { throw damage(0, .segmentHeader) }
  }

  /// Holds a commit against its transaction and, when it is right, hands on all frames of it.
  private mutating func close(
    _ frame: JournalFrame, at offset: Int, _ each: (Found) throws -> Void
  ) throws {
    guard let commit = frame.commit, let closed = transaction else { return }
    // Sound frames in the right sequence of the right segment with a wrong hash are no accident of an outage.
    guard chain.finish() == commit.hash else { throw damage(offset, .chain) }
    let follows = commit.decision.raw == 0 || commit.decision.raw == last.decision.raw + 1
    guard follows, commit.frames == closed.count + 1 else { throw damage(offset, .commit) }
    let decision = max(commit.decision.raw == 0 ? last.decision : commit.decision, closed.spent)
    last = LedgerPosition(decision: decision, sequence: frame.sequence, hash: commit.hash, end: frame.end)
    lastCommitOffset = frame.offset
    if let evidence, evidence.sequence == frame.sequence {
      guard evidence == last else { throw damage(offset, .otherHistory) }
      metEvidence = true
    }
    recent.append(last)
    chain = SHA256()
    chain.update(commit.hash)
    transaction = nil
    counts.commits += 1
    guard replaying else { return }
    for (offset, held) in closed.frames {
      try each(Found(offset: offset, commitOffset: frame.offset, held: held))
    }
    try each(Found(offset: frame.offset, commitOffset: nil, held: frame))
  }
}
