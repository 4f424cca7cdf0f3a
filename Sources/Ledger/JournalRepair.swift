// A repair cuts a damaged journal behind its last sound commit, because a person asked for it and named the place.

public import Files
public import Orders

/// What is wrong with a ledger, and how much of it would stand after a cut.
public struct JournalDiagnosis: Sendable {
  /// The last commit before the damage.
  public var kept: LedgerPosition
  public var damage: JournalDamage
  /// All bytes of the journal behind what is kept.
  public var bytesBehind: UInt64

  /// The frame that is named by the damage, or the first that is missing.
  public var firstLost: FrameSequence { max(damage.sequence, kept.sequence.next) }

  /// Reads the whole journal; nil where nothing is wrong with it.
  ///
  /// - Throws: `JournalDamage` where a newer program wrote the journal.
  public static func of(_ ledger: Folder, _ evidence: JournalEvidence) throws -> JournalDiagnosis? {
    var kept = LedgerPosition.start
    var spent = DecisionNumber(0)
    let damage: JournalDamage
    do {
      _ = try JournalScan(ledger, evidence: evidence).run { frame in
        if frame.kind == .repair { spent = JournalFormat.spentDecision(frame.payload) }
        guard let commit = frame.commit else { return }
        let decision = commit.decision.raw == 0 ? kept.decision : commit.decision
        kept = LedgerPosition(
          decision: max(decision, spent), sequence: frame.sequence, hash: commit.hash, end: frame.end)
      }
      _ = try Checkpoints(ledger).newest()
      return nil
    } catch let found as JournalDamage {
      // What a newer program wrote is sound for it: nothing of that may be cut.
      if case .formatVersion = found.what { throw found }
      damage = found
    }
    let journal = try ledger.subfolder(JournalSegment.folderName)
    var end: UInt64 = 0
    for segment in try JournalSegment.list(journal) {
      end = max(end, segment.first + UInt64(try journal.status(segment.name)?.size ?? 0))
    }
    return JournalDiagnosis(kept: kept, damage: damage, bytesBehind: end - min(end, kept.end))
  }
}

/// What can still be read behind the damage: sound frames, wherever they begin.
public struct JournalSalvage: Sendable {
  /// A decision that is cut off.
  public struct LostFile: Sendable {
    public var decision: DecisionNumber
    public var partner: [UInt8]
    public var name: [UInt8]
    public var rows: Int
    public var archivedAs: [UInt8]
    /// Nil for what was decided without a claim.
    public var claim: ClaimNumber?
  }

  public private(set) var files: [LostFile] = []
  /// Rows in frames whose commit cannot be read, by claim.
  public private(set) var looseRows: [ClaimNumber: Int] = [:]
  public private(set) var claims: [ClaimRecord] = []
  public private(set) var newestDecision = DecisionNumber(0)
  public private(set) var newestClaim = ClaimNumber(0)
  public private(set) var unreadableBytes: UInt64 = 0
  private var decisions = DecisionReader()

  public var rows: Int { files.reduce(0) { $0 + $1.rows } + looseRows.values.reduce(0, +) }

  /// Looks at every byte behind a position that could begin a frame.
  public init(_ ledger: Folder, behind kept: LedgerPosition) throws {
    let journal = try ledger.subfolder(JournalSegment.folderName)
    for segment in try JournalSegment.list(journal) {
      let size = Int(try journal.status(segment.name)?.size ?? 0)
      guard segment.first + UInt64(size) > kept.end else { continue }
      var window = SegmentWindow(FileContents(try journal.openForReading(segment.name)), size: size)
      var place = segment.first >= kept.end ? 0 : Int(kept.end - segment.first)
      while place < size {
        if let (header, index) = try? window.frame(at: place) {
          let payload = index + JournalFormat.headerBytes..<index + JournalFormat.headerBytes + header.length
          note(header, Array(window.bytes[payload]))
          place += header.frameBytes
        } else {
          place += 8
          unreadableBytes += UInt64(min(8, size - place + 8))
        }
      }
    }
  }

  private mutating func note(_ header: FrameHeader, _ payload: [UInt8]) {
    guard let frame = try? JournalFrame(header, at: 0, payload: payload) else { return }
    switch header.kind {
    case .claims:
      for claim in (try? ClaimRecord.read(payload)) ?? [] {
        claims.append(claim)
        newestClaim = max(newestClaim, claim.claim)
      }
    case .rows:
      guard var cursor = try? RowCursor(payload: payload, frame: 0) else { return }
      var count = 0
      while !cursor.isAtEnd, let record = try? cursor.next() { count += record.isResumed ? 0 : 1 }
      looseRows[cursor.claim, default: 0] += count
    case .commit:
      if let commit = frame.commit { newestDecision = max(newestDecision, commit.decision) }
      switch try? decisions.take(frame) {
      case .file(let file)?:
        if let claim = file.claim { looseRows[claim] = nil }
        files.append(
          LostFile(
            decision: file.decision, partner: decisions.partners[Int(file.partner)], name: file.name,
            rows: file.counts.read, archivedAs: file.archivedAs, claim: file.claim))
      case .deed(let deed)?:
        // What was decided without a file is named by its kind.
        files.append(
          LostFile(
            decision: deed.decision, partner: [], name: Array(deed.kind.name.utf8), rows: deed.counts.read,
            archivedAs: []))
      case nil: break
      }
    case .repair: newestDecision = max(newestDecision, JournalFormat.spentDecision(payload))
    case .begin, .answers: _ = try? decisions.take(frame)
    case .segmentHeader, .blob, .abort, .published, .cleanStop: break
    }
  }
}

/// The cut itself.
public enum JournalRepair {
  /// Keeps everything behind a position in a folder of the ledger, durably, and then takes it out of the journal, durably.
  ///
  /// Every step may be repeated after a kill. The order is: a copy of the cut segment's end, the later segments from the last
  /// to the first, the checkpoints that stand behind the cut, and at last the cut.
  public static func cut(_ ledger: Folder, behind kept: LedgerPosition, keepingIn aside: Folder) throws {
    let journal = try ledger.subfolder(JournalSegment.folderName)
    let segments = try JournalSegment.list(journal)
    let last = segments.last { $0.first < kept.end }
    if let last { try copyEnd(of: last, from: kept.end - last.first, in: journal, to: aside) }
    try dropCheckpoints(ledger, behind: kept, keepingIn: aside)
    for segment in segments.reversed() where segment.first >= kept.end {
      try journal.rename(segment.name, to: aside, as: try freeName(segment.name, in: aside))
    }
    try aside.sync()
    try journal.sync()
    guard let last else { return }
    let file = try journal.openForWriting(last.name)
    if try file.status().size > Int64(kept.end - last.first) {
      try file.truncate(to: Int64(kept.end - last.first))
      try file.sync()
    }
  }

  private static func copyEnd(
    of segment: JournalSegment, from begin: UInt64, in journal: Folder, to aside: Folder
  ) throws(FileError) {
    let contents = FileContents(try journal.openForReading(segment.name))
    let size = UInt64(try contents.status().size)
    if size <= begin { return }
    let name = try freeName(Array("\(segment.first + begin).tail".utf8), in: aside)
    var copy = try AppendFile(in: aside, name: name, existing: false, mode: 0o600)
    var place = begin
    while place < size {
      let piece = try contents.read(at: Int64(place), count: Int(min(size - place, 1 << 20)))
      if piece.isEmpty { break }
      try copy.append(piece)
      place += UInt64(piece.count)
    }
    try copy.finish()
  }

  /// A repair that was killed and begun again may find the name taken.
  private static func freeName(_ name: [UInt8], in aside: Folder) throws(FileError) -> [UInt8] {
    var (free, number) = (name, 1)
    while try aside.status(free) != nil {
      number += 1
      free = name + Array("-\(number)".utf8)
    }
    return free
  }

  /// Is a repair's record the last thing that was committed?
  public static func hasEnded(_ ledger: Folder, with record: RepairRecord) throws -> Bool {
    var newest: [UInt8] = []
    do {
      _ = try JournalScan(ledger).run { frame in
        if frame.kind.opensTransaction { newest = frame.kind == .repair ? frame.payload : [] }
      }
    } catch is JournalDamage {
      return false
    }
    return newest == record.payload
  }

  private static func dropCheckpoints(
    _ ledger: Folder, behind kept: LedgerPosition, keepingIn aside: Folder
  ) throws(FileError) {
    for (name, sequence) in try Checkpoints(ledger).list() where sequence > kept.sequence {
      let folder = try ledger.subfolder(Checkpoints.folderName)
      try folder.rename(name, to: aside, as: name)
      try folder.sync()
    }
  }
}
