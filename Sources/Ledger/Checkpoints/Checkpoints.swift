public import Files
public import Orders

/// A checkpoint that lies in the ledger.
public struct Checkpoint: Equatable, Sendable {
  /// Behind which commit it stands.
  public var position: LedgerPosition
  /// Logical offset of that commit's frame.
  public var commitOffset: UInt64
  /// The file's length.
  public var bytes: Int64

  public var name: String { String(decoding: Checkpoints.name(of: position.sequence), as: UTF8.self) }
}

/// A file that should be a checkpoint and is none, or none for this program.
public struct UnusableCheckpoint: Sendable, CustomStringConvertible {
  public var name: String
  public var fault: CheckpointFault

  public var description: String {
    "\(name) is left aside: \(fault); the ledger was opened from what lies before it"
  }
}

/// From where a start or a reader goes on: the newest sound checkpoint, or the beginning.
public struct Restart {
  public var replay: Replay
  /// Nil: the whole journal is to be read.
  public var checkpoint: Checkpoint?
  /// The newer ones that could not be used.
  public var unusable: [UnusableCheckpoint] = []

  public var position: LedgerPosition { checkpoint?.position ?? .start }

  /// What goes on from here: given once, for two would hold the books, and the first change would copy them.
  public mutating func takeReplay() -> Replay {
    var taken = Replay()
    swap(&taken, &replay)
    return taken
  }
}

/// The ledger's checkpoints: two are kept, so that one may be damaged.
public struct Checkpoints {
  let ledger: Folder

  public init(_ ledger: Folder) { self.ledger = ledger }

  // MARK: Starting from one

  /// The newest sound checkpoint, read and held against the journal.
  ///
  /// - Parameters:
  ///   - limit: one behind this position is of no use to the caller.
  ///   - partners: the partners known to the caller, so that they are numbered alike with and without a checkpoint.
  ///   - end: one that holds a decision of this instant or later is of no use either.
  /// - Throws: `JournalDamage` where a sound checkpoint stands behind a commit that the journal no longer holds.
  public func newest(
    upTo limit: LedgerPosition? = nil, partners: [[UInt8]] = [], before end: Timestamp? = nil
  ) throws -> Restart {
    var restart = Restart(replay: Replay())
    for (name, sequence) in try list() {
      if let limit, sequence > limit.sequence { continue }
      do throws(CheckpointFault) {
        guard let (checkpoint, replay) = try read(name) else { continue }
        guard checkpoint.position.sequence == sequence else { throw .content("it bears another's name") }
        if let end, !replay.books.areBefore(end) { continue }
        restart.checkpoint = checkpoint
        restart.replay = replay
        break
      } catch {
        restart.unusable.append(
          UnusableCheckpoint(name: String(decoding: name, as: UTF8.self), fault: error))
      }
    }
    if let checkpoint = restart.checkpoint { try confirm(checkpoint) }
    for folder in partners { _ = restart.replay.books.partnerNumber(folder) }
    return restart
  }

  /// Reads a checkpoint whole; nil where its writer has removed it meanwhile.
  private func read(_ name: [UInt8]) throws(CheckpointFault) -> (Checkpoint, Replay)? {
    let contents: FileContents
    do throws(FileError) {
      contents = FileContents(try ledger.subfolder(Self.folderName).openForReading(name))
    } catch {
      if FileError.symbol(of: error.errno) == "ENOENT" { return nil }
      throw .unreadable(error)
    }
    var file = try CheckpointReader.open(contents)
    guard file.header.layout == CheckpointLayout.number else { throw .otherLayout }
    let replay = try Replay(from: &file)
    let checkpoint = Checkpoint(
      position: file.header.position, commitOffset: file.header.commitOffset, bytes: file.bytes)
    return (checkpoint, replay)
  }

  /// A sound checkpoint proves that its commit was durable: a journal without it has lost something.
  private func confirm(_ checkpoint: Checkpoint) throws {
    let (position, offset) = (checkpoint.position, checkpoint.commitOffset)
    let journal = try ledger.subfolder(JournalSegment.folderName)
    let segments = try JournalSegment.list(journal)
    guard let segment = segments.last(where: { $0.first <= offset }),
      let size = try journal.status(segment.name)?.size, segment.first + UInt64(size) >= position.end
    else {
      let last = segments.last ?? JournalSegment(first: 0)
      throw JournalDamage(
        segment: last.text, byteOffset: UInt64(try journal.status(last.name)?.size ?? 0),
        sequence: position.sequence, what: .ended(before: position.decision))
    }
    let frame = try JournalReader(journal: journal).frame(at: offset)
    guard frame.kind == .commit, frame.commit?.hash == position.hash, frame.end == position.end,
      frame.sequence == position.sequence
    else {
      throw JournalDamage(
        segment: segment.text, byteOffset: offset - segment.first, sequence: position.sequence,
        what: .otherHistory)
    }
  }

  /// The checkpoints by name, newest first.
  func list() throws(FileError) -> [(name: [UInt8], sequence: FrameSequence)] {
    guard try ledger.status(Array(Self.folderName.utf8)) != nil else { return [] }
    var found: [(name: [UInt8], sequence: FrameSequence)] = []
    for (name, _) in try ledger.subfolder(Self.folderName).list() {
      if let sequence = Self.sequence(of: name) { found.append((name, sequence)) }
    }
    return found.sorted { $0.sequence > $1.sequence }
  }

  // MARK: Making one

  /// A checkpoint in the making was given up.
  public struct Cancelled: Error {}

  /// Makes a checkpoint behind a commit whose sync has returned, out of the newest one and the journal up to there.
  ///
  /// It reads the ledger as any reader does, so the writer goes on beside it; but there must be one such call at a time.
  /// When the newest checkpoint stands there already, nothing is written.
  ///
  /// - Parameter isCancelled: asked again and again; true ends the work, and nothing is left of it.
  /// - Returns: the newest checkpoint.
  public func advance(
    to position: LedgerPosition, partners: [[UInt8]], isCancelled: () -> Bool = { false }
  ) throws -> Checkpoint {
    var restart = try newest(upTo: position, partners: partners)
    if let checkpoint = restart.checkpoint, checkpoint.position == position { return checkpoint }
    var replay = restart.takeReplay()
    let finding = try JournalScan(ledger, from: restart.position, upTo: position).forReplay().run {
      if isCancelled() { throw Cancelled() }
      try replay.take($0)
    }
    if isCancelled() { throw Cancelled() }
    replay.end()
    guard let offset = finding.lastCommitOffset, finding.last == position else {
      preconditionFailure("a scan up to a commit ends there")
    }
    return try write(replay, at: position, commitOffset: offset, before: restart.checkpoint)
  }

  /// Makes a checkpoint of what the writer has in memory, behind its last commit, whose sync has returned.
  ///
  /// - Parameters:
  ///   - standing: what a replay of the whole journal would come to.
  ///   - offset: logical offset of that commit's frame.
  ///   - before: the newest checkpoint so far.
  /// - Returns: the newest checkpoint.
  public func write(
    standing: Replay, at position: LedgerPosition, commitOffset offset: UInt64, before: Checkpoint?
  ) throws -> Checkpoint {
    if let before, before.position == position { return before }
    #if DEBUG
      let agrees = try agrees(standing, at: position)
      precondition(agrees, "the writer's books are what the journal comes to")
    #endif
    return try write(standing, at: position, commitOffset: offset, before: before)
  }

  /// Does the journal come to this? Asked in debug builds only: it is what a checkpoint saves.
  private func agrees(_ standing: Replay, at position: LedgerPosition) throws -> Bool {
    var restart = try newest(upTo: position, partners: standing.books.partners)
    var replay = restart.takeReplay()
    _ = try JournalScan(ledger, from: restart.position, upTo: position).run { try replay.take($0) }
    // A mark may lie behind the last commit.
    return replay.openClaims == standing.openClaims && replay.lastClaim == standing.lastClaim
      && replay.published <= standing.published && replay.tally == standing.tally
      && replay.books.digests == standing.books.digests
  }

  /// Written aside and synced, renamed, the folder synced; then the superseded ones are removed.
  private func write(
    _ replay: Replay, at position: LedgerPosition, commitOffset: UInt64, before: Checkpoint?
  ) throws(FileError) -> Checkpoint {
    let folder = try ledger.makeSubfolder(Self.folderName, mode: 0o700)
    try ledger.sync()
    for (name, _) in try folder.list() where name.starts(with: Self.temporaryPrefix) {
      try folder.remove(name)
    }
    let name = Self.name(of: position.sequence)
    let aside = Self.temporaryPrefix + name
    let bytes: Int64
    do throws(FileError) {
      var file = try CheckpointWriter.start(
        in: folder, name: aside,
        CheckpointHeader(layout: CheckpointLayout.number, position: position, commitOffset: commitOffset))
      try replay.write(to: &file)
      bytes = try file.finish()
      CrashPoint.reached(.checkpointSynced)
      try folder.rename(aside, to: folder, as: name)
    } catch {
      // Half a checkpoint is worth nothing, and may be what filled the disk; that it cannot be removed adds nothing.
      try? folder.remove(aside)
      throw error
    }
    try folder.sync()
    CrashPoint.reached(.checkpointRenamed)
    let kept = [name, before.map { Self.name(of: $0.position.sequence) }]
    for (other, _) in try list() where !kept.contains(other) { try folder.remove(other) }
    try folder.sync()
    CrashPoint.reached(.checkpointsPruned)
    return Checkpoint(position: position, commitOffset: commitOffset, bytes: bytes)
  }

  // MARK: Names

  static let folderName = "checkpoints"
  private static let temporaryPrefix = Array(".writing-".utf8)
  private static let prefix = Array("checkpoint-".utf8)
  private static let suffix = Array(".wbc".utf8)
  private static let digits = 20

  /// `checkpoint-00000000000000000042.wbc`
  static func name(of sequence: FrameSequence) -> [UInt8] {
    let number = Array(String(sequence.raw).utf8)
    return prefix + [UInt8](repeating: UInt8(ascii: "0"), count: digits - number.count) + number + suffix
  }

  private static func sequence(of name: [UInt8]) -> FrameSequence? {
    guard name.count == prefix.count + digits + suffix.count, name.starts(with: prefix),
      name.suffix(suffix.count).elementsEqual(suffix)
    else { return nil }
    return JournalFormat.decimal(name.dropFirst(prefix.count).prefix(digits)).map { FrameSequence($0) }
  }
}
