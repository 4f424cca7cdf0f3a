// The journal's writer: the one place where the ledger grows.

public import Files
public import Orders

/// What a commit came to: where the ledger now stands, durable only after `sync`.
public struct CommitReceipt: Equatable, Sendable {
  /// The position just behind the commit.
  public var position: LedgerPosition
  /// Logical offset of the commit's frame.
  public var offset: UInt64

  public var sequence: FrameSequence { position.sequence }
  public var hash: [UInt8] { position.hash }
}

/// The journal at its end, where transactions are written: one at a time, by one thread of one process.
///
/// A transaction is `begin`, rows and blobs, then `commit` or `abort`. A commit counts only when `sync` has returned;
/// one sync serves as many commits as were made before it. After a failed write or sync every later call throws the
/// same error: what the disk then holds is for the next start to find out.
public final class Journal {
  private let ledger: Folder
  private let folder: Folder
  private let reader: JournalReader
  private let segmentBytesMax: Int64
  private let newSegmentID: () -> UInt64

  private var file: AppendFile
  private var segment: JournalSegment
  private var segmentID: UInt64
  private var segmentNumber: Int
  /// Logical offset up to which frames have left the buffer.
  private var flushedEnd: UInt64
  private var failure: FileError?

  private var nextSequence: FrameSequence
  /// The sum over everything since the last commit, or since then and before it is taken beside.
  private var chain: SHA256
  private var beside: ChainBeside?
  /// The frames of the open transaction; nil between transactions.
  private var openFrames: UInt64?
  /// The newest decision ever given, where the open transaction is a repair.
  private var openSpent = DecisionNumber(0)

  /// The last commit, synced or not.
  public private(set) var last: LedgerPosition
  /// Logical offset of its frame; nil where opening met none behind its start.
  public private(set) var lastCommitOffset: UInt64?
  /// The last commit whose sync has returned: what `ledger/position` may say.
  public private(set) var synced: LedgerPosition

  /// The size at which the journal goes on in a new segment, once its transaction is closed and synced.
  public static let segmentBytesMaxBuiltIn: Int64 = 256 << 20

  // MARK: Opening

  /// What opening a journal found.
  public struct Opening {
    public var finding: JournalScan.Finding
    /// The torn tail that was cut; nil when there was none.
    public var cut: CutTail?
  }

  /// Recovers the journal of a ledger's folder and opens it at its end; the folder's lock must be held.
  ///
  /// In this order: a scan that hands every committed frame behind `start` to `each`; the torn tail set aside and cut;
  /// everything behind the last commit known as synced written once more and synced, because what is read here may
  /// never have reached the disk. When this returns, all that `each` has seen is durable.
  ///
  /// - Parameter inNewSegment: go on in a new segment, because the sequences that come next were used in this one before.
  public static func open(
    ledger: Folder, from start: LedgerPosition = .start, evidence: JournalEvidence = JournalEvidence(),
    segmentBytesMax: Int64 = segmentBytesMaxBuiltIn, inNewSegment: Bool = false,
    newSegmentID: @escaping () -> UInt64 = { UInt64.random(in: .min ... .max) },
    each: (JournalFrame) throws -> Void
  ) throws -> (journal: Journal, opening: Opening) {
    let folder = try ledger.makeSubfolder(JournalSegment.folderName, mode: 0o700)
    try ledger.sync()
    let scan = JournalScan(ledger, from: start, evidence: evidence).forReplay()
    let finding = try scan.run(each)
    let cut = try finding.tornTail?.cut(ledger: ledger, journal: folder)
    if !Plant.trustTheTail.isPlanted { try secureTail(ledger, folder, finding) }
    var goingOn = finding
    if inNewSegment { goingOn.segment = nil }
    let journal = try Journal(ledger, folder, goingOn, segmentBytesMax, newSegmentID)
    return (journal, Opening(finding: finding, cut: cut))
  }

  private init(
    _ ledger: Folder, _ folder: Folder, _ finding: JournalScan.Finding, _ segmentBytesMax: Int64,
    _ newSegmentID: @escaping () -> UInt64
  ) throws(FileError) {
    self.ledger = ledger
    self.folder = folder
    self.segmentBytesMax = segmentBytesMax
    self.newSegmentID = newSegmentID
    last = finding.last
    lastCommitOffset = finding.lastCommitOffset
    synced = finding.last
    nextSequence = finding.sound.next
    chain = finding.sound.chain
    flushedEnd = finding.sound.end
    if let (segment, id) = finding.segment {
      self.segment = segment
      segmentID = id
      segmentNumber = finding.segmentsKept - 1
      file = try AppendFile(in: folder, name: segment.name, existing: true)
      reader = try JournalReader(journal: folder)
      precondition(nextFrameOffset == finding.sound.end)
    } else {
      // A new segment also where a tail was cut: its frames had the sequences that come next, so the id must change.
      segment = JournalSegment(first: finding.sound.end)
      segmentID = newSegmentID()
      segmentNumber = finding.segmentsKept
      file = try AppendFile(in: folder, name: segment.name, existing: false)
      reader = try JournalReader(journal: folder)
      try writeSegmentHeader()
    }
  }

  /// Writes again, and syncs, what follows the last commit known as synced; then reads it once more.
  ///
  /// After a failed sync the kernel holds pages as clean that never reached the disk. They read well, a second sync
  /// leaves them out, and a power cut loses them.
  private static func secureTail(
    _ ledger: Folder, _ folder: Folder, _ finding: JournalScan.Finding
  ) throws {
    guard finding.sound.end > finding.synced.end,
      let last = try JournalSegment.list(folder).last(where: { $0.first < finding.sound.end })
    else { return }
    var place = Int64(max(finding.synced.end, last.first) - last.first)
    let end = Int64(finding.sound.end - last.first)
    let contents = FileContents(try folder.openForReading(last.name))
    let descriptor = try folder.openForWriting(last.name)
    while place < end {
      let bytes = try contents.read(at: place, count: Int(min(end - place, 1 << 20)))
      if bytes.isEmpty { break }
      try descriptor.write(bytes, at: place)
      place += Int64(bytes.count)
    }
    try descriptor.sync()
    try folder.sync()
    _ = try JournalScan(ledger, from: finding.synced, upTo: finding.last).verify()
  }

  // MARK: Transactions

  /// Logical offset of the next frame, from which the positions of its records follow.
  public var nextFrameOffset: UInt64 { segment.first + UInt64(file.length) }

  /// Whether a transaction is open.
  public var isTransactionOpen: Bool { openFrames != nil }

  /// Opens a transaction with a frame of kind `begin`, `claims` or `repair`; gives the frame's logical offset.
  @discardableResult
  public func begin(_ kind: FrameKind, _ payload: [UInt8]) throws(FileError) -> UInt64 {
    precondition(kind.opensTransaction && openFrames == nil)
    let offset = try write(kind, payload)
    openFrames = 1
    openSpent = kind == .repair ? JournalFormat.spentDecision(payload) : DecisionNumber(0)
    return offset
  }

  /// Adds verdicts and changes to the open transaction; gives the frame's logical offset.
  @discardableResult
  public func appendRows(_ payload: [UInt8]) throws(FileError) -> UInt64 { try add(.rows, payload) }

  /// Adds the bytes of a small file to the open transaction; gives the frame's logical offset.
  @discardableResult
  public func appendBlob(_ payload: [UInt8]) throws(FileError) -> UInt64 { try add(.blob, payload) }

  /// Adds a part of the list of what the open transaction publishes, where that is longer than its commit can be.
  public func appendAnswers(_ payload: [UInt8]) throws(FileError) { _ = try add(.answers, payload) }

  /// Lets another thread sum what is written from here on, until `sumHere`: to be called within a transaction that is long.
  ///
  /// - Parameter shared: the thread that is to sum, where it has other things to do; else one of its own does.
  public func sumBeside(on shared: SharedThread?) {
    precondition(openFrames != nil && beside == nil)
    beside = ChainBeside(chain, on: shared)
  }

  /// Waits for what is summed beside, and goes on with it here. May be called again.
  public func sumHere() {
    guard let beside else { return }
    chain = beside.finish()
    self.beside = nil
  }

  /// Closes the open transaction: it counts as soon as `sync` has returned.
  ///
  /// - Parameters:
  ///   - decision: the next number, or nil for a transaction that is no decision, such as claims.
  ///   - payload: the ledger's own bytes, at most `JournalFormat.commitBytesMax`.
  public func commit(decision: DecisionNumber?, _ payload: [UInt8]) throws(FileError) -> CommitReceipt {
    guard let openFrames else { preconditionFailure("a commit without a transaction") }
    precondition(beside == nil)
    precondition(decision == nil || decision?.raw == last.decision.raw + 1)
    precondition(payload.count <= JournalFormat.commitBytesMax)
    var body: [UInt8] = []
    body.reserveCapacity(payload.count + JournalFormat.commitPrefixBytes + JournalFormat.hashBytes)
    LittleEndian.append(decision?.raw ?? 0, to: &body)
    LittleEndian.append(openFrames + 1, to: &body)
    body += payload
    let header = header(.commit, length: body.count + JournalFormat.hashBytes)
    chain.update(header)
    chain.update(body)
    let hash = chain.finish()
    body += hash
    let sequence = nextSequence
    let offset = try append(header, body)
    chain = SHA256()
    chain.update(hash)
    self.openFrames = nil
    last = LedgerPosition(
      decision: max(decision ?? last.decision, openSpent), sequence: sequence, hash: hash,
      end: nextFrameOffset)
    lastCommitOffset = offset
    return CommitReceipt(position: last, offset: offset)
  }

  /// Closes the open transaction as if it had never been.
  public func abort() throws(FileError) {
    precondition(openFrames != nil && beside == nil)
    _ = try write(.abort, [])
    openFrames = nil
  }

  /// Marks, between transactions, what has reached the outbox and is durable there; durable itself with the next sync.
  public func markPublished(_ payload: [UInt8]) throws(FileError) {
    precondition(openFrames == nil)
    _ = try write(.published, payload)
  }

  /// Makes every commit so far durable, in one fdatasync; goes on in a new segment when this one is full.
  public func sync() throws(FileError) {
    try checkSound()
    try guarded { () throws(FileError) in try file.sync() }
    flushedEnd = nextFrameOffset
    synced = last
    if openFrames == nil, file.length > segmentBytesMax { try roll() }
  }

  /// Writes down that the program ends in peace; the journal may be closed then.
  public func stopCleanly() throws(FileError) {
    precondition(openFrames == nil)
    try sync()
    _ = try write(.cleanStop, [])
    try guarded { () throws(FileError) in try file.sync() }
    flushedEnd = nextFrameOffset
  }

  /// The frame at a logical offset, of whatever transaction, also when it has not left the buffer.
  public func read(frameAt offset: UInt64) throws -> JournalFrame {
    precondition(offset < nextFrameOffset)
    if offset >= flushedEnd { try flush() }
    return try reader.frame(at: offset)
  }

  /// A part of the payload of the frame at a logical offset.
  public func read(partOf offset: UInt64, from place: Int, count: Int) throws -> FramePart {
    precondition(offset < nextFrameOffset)
    if offset >= flushedEnd { try flush() }
    return try reader.part(of: offset, from: place, count: count)
  }

  /// Hands what was written to the kernel: it survives the end of this process, not yet a power cut.
  public func flush() throws(FileError) {
    try checkSound()
    try guarded { () throws(FileError) in try file.flush() }
    flushedEnd = nextFrameOffset
  }

  /// The same, and lets the disk begin with it: what is done until `sync` costs no time of its own. It promises nothing.
  public func flushAndBeginSync() throws(FileError) {
    try flush()
    try guarded { () throws(FileError) in try file.beginSync() }
  }

  /// Hands on every committed frame behind `start` once more, up to the last commit, synced or not: what a rollback
  /// needs that is too large for the undo log.
  public func replay(from start: LedgerPosition = .start, each: (JournalFrame) throws -> Void) throws {
    try flush()
    _ = try JournalScan(ledger, from: start, upTo: last).forReplay().run(each)
  }

  // MARK: Frames

  private func add(_ kind: FrameKind, _ payload: [UInt8]) throws(FileError) -> UInt64 {
    guard let openFrames else { preconditionFailure("a frame without a transaction") }
    let offset = try write(kind, payload)
    self.openFrames = openFrames + 1
    return offset
  }

  private func write(_ kind: FrameKind, _ payload: [UInt8]) throws(FileError) -> UInt64 {
    precondition(kind != .commit)
    let header = header(kind, length: payload.count)
    return try append(header, payload, summing: true)
  }

  private func header(_ kind: FrameKind, length: Int) -> [UInt8] {
    FrameHeader(
      kind: kind, length: length, sequence: nextSequence, segmentID: segmentID, synced: synced.sequence
    ).encoded()
  }

  /// Puts a whole frame behind the last one; gives its logical offset.
  private func append(
    _ header: [UInt8], _ payload: [UInt8], summing: Bool = false
  ) throws(FileError) -> UInt64 {
    try checkSound()
    let offset = nextFrameOffset
    var trailer: [UInt8] = []
    LittleEndian.append(CRC32C.of(payload, continuing: CRC32C.of(header)), to: &trailer)
    while (header.count + payload.count + trailer.count) % 8 != 0 { trailer.append(0) }
    if summing {
      if let beside {
        beside.add(header, payload, trailer)
      } else {
        chain.update(header)
        chain.update(payload)
        chain.update(trailer)
      }
    }
    try guarded { () throws(FileError) in
      try file.append(header)
      try file.append(payload)
      try file.append(trailer)
    }
    precondition(nextFrameOffset == offset + UInt64(JournalFormat.frameBytes(payload: payload.count)))
    nextSequence = nextSequence.next
    return offset
  }

  // MARK: Segments

  /// Goes on in a new segment; everything in the old one is synced already.
  private func roll() throws(FileError) {
    precondition(openFrames == nil && synced == last && flushedEnd == nextFrameOffset)
    segment = JournalSegment(first: nextFrameOffset)
    segmentNumber += 1
    segmentID = newSegmentID()
    try guarded { () throws(FileError) in
      file = try AppendFile(in: folder, name: segment.name, existing: false)
    }
    try writeSegmentHeader()
  }

  /// Writes the first frame of a new segment and makes it durable, name included, before anything else goes there.
  private func writeSegmentHeader() throws(FileError) {
    let header = SegmentHeader(number: segmentNumber, first: segment.first, after: last)
    _ = try write(.segmentHeader, header.encoded())
    try guarded { () throws(FileError) in
      try file.sync()
      try folder.sync()
    }
    flushedEnd = nextFrameOffset
  }

  // MARK: Poison

  private func checkSound() throws(FileError) {
    if let failure { throw failure }
  }

  /// Remembers the first error for good.
  private func guarded(_ work: () throws(FileError) -> Void) throws(FileError) {
    do {
      try work()
    } catch {
      failure = error
      throw error
    }
  }
}
