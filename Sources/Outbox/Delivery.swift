// Delivery puts finished answers into a partner's outbox: whole, by rename, never over another content.

public import Files

/// What came of publishing one answer.
public enum PublishResult: Sendable, Equatable {
  case published
  /// A file of the same name and the same bytes lies there: an earlier run got this far.
  case alreadyThere
  /// A file of the same name with other bytes lies there; it was left alone.
  case differs
}

/// Publishing, only ever called once the commit that allows it is durable.
///
/// Every step may be repeated after a crash. Neither file nor folder is synced: the caller syncs each touched folder once
/// a group, and what a power cut takes is published again from the journal.
public enum Delivery {
  /// Puts an answer into the outbox under its name.
  ///
  /// - Parameters:
  ///   - replacing: may a file of that name with other bytes give way? Only the ack of a held file may be replaced.
  ///   - isAgain: an earlier process may have published it and not synced it. What lies there is then written once more,
  ///     for a sync that failed leaves pages that read well and never reach the disk; and a file that a power cut left with
  ///     holes of zeros, or short, gives way to the whole one.
  ///   - isFirst: nothing was ever published under the name, as far as the ledger knows: it is not looked for first.
  ///   - spares: files made beforehand, of which a first answer takes one.
  /// - Throws: ENOENT when neither the outbox nor the staging folder holds the answer any more: its partner has
  ///   taken it, and the caller says so.
  public static func publish(
    _ answer: StagedAnswer, from staging: Folder, into outbox: Folder, replacing: Bool, isAgain: Bool = false,
    isFirst: Bool = false, spares: SpareFiles? = nil
  ) throws(FileError) -> PublishResult {
    if isFirst, !replacing, case .inline(let bytes) = answer.content,
      let isPlaced = try spares?.publish(bytes, in: outbox, as: answer.name)
    {
      if isPlaced { return .published }
    } else if isFirst, !replacing, try placeBeside(answer, from: staging, into: outbox) {
      return .published
    }
    switch try compare(answer, in: outbox) {
    case .same:
      if isAgain, case .inline(let bytes) = answer.content {
        try outbox.openForWriting(answer.name).write(bytes, at: 0)
      }
      try discard(answer, from: staging)
      try AtomicFile.removeLeftover(of: answer.name, in: outbox)
      return .alreadyThere
    case .other:
      var mayReplace = replacing
      if !mayReplace, isAgain { mayReplace = try isTorn(answer, in: outbox) }
      if !mayReplace { return .differs }
      try place(answer, from: staging, over: outbox)
      return .published
    case .absent:
      if try placeBeside(answer, from: staging, into: outbox) { return .published }
      return try compare(answer, in: outbox) == .same ? .alreadyThere : .differs
    }
  }

  /// Removes what an answer holds in the staging folder.
  public static func discard(_ answer: StagedAnswer, from staging: Folder) throws(FileError) {
    guard case .file(let name) = answer.content, try staging.status(name) != nil else { return }
    try staging.remove(name)
  }

  // MARK: Placing

  private static func place(
    _ answer: StagedAnswer, from staging: Folder, over outbox: Folder
  ) throws(FileError) {
    switch answer.content {
    case .inline(let bytes):
      try AtomicFile.publish(bytes, in: outbox, as: answer.name, replace: true, sync: false)
    case .file(let name):
      try staging.giveGroup(of: outbox, to: name)
      try staging.rename(name, to: outbox, as: answer.name)
    }
  }

  /// False, and nothing changed, when somebody took the name meanwhile.
  private static func placeBeside(
    _ answer: StagedAnswer, from staging: Folder, into outbox: Folder
  ) throws(FileError) -> Bool {
    switch answer.content {
    case .inline(let bytes):
      do throws(FileError) {
        try AtomicFile.publish(bytes, in: outbox, as: answer.name, replace: false, sync: false)
        return true
      } catch {
        if FileError.symbol(of: error.errno) == "EEXIST" { return false }
        throw error
      }
    case .file(let name):
      try staging.giveGroup(of: outbox, to: name)
      return try staging.publish(name, to: outbox, as: answer.name)
    }
  }

  /// Is what lies there our answer as a power cut leaves it: every byte ours or zero, and not one more?
  ///
  /// Answers in pieces on disk are synced before their commit, so only those in one piece can be torn. A partner that edits a
  /// file does not leave this; one that cuts it short gets it whole again.
  private static func isTorn(_ answer: StagedAnswer, in outbox: Folder) throws(FileError) -> Bool {
    guard case .inline(let bytes) = answer.content, let status = try outbox.status(answer.name),
      status.kind == .regular, status.size <= Int64(bytes.count)
    else { return false }
    let there = try readWhole(outbox, answer.name, limit: bytes.count)
    return zip(there, bytes).allSatisfy { $0 == $1 || $0 == 0 }
  }

  // MARK: Comparing

  private enum Comparison { case absent, same, other }

  private static func compare(_ answer: StagedAnswer, in outbox: Folder) throws(FileError) -> Comparison {
    try compare(answer, named: answer.name, in: outbox)
  }

  private static func compare(
    _ answer: StagedAnswer, named name: [UInt8], in folder: Folder
  ) throws(FileError) -> Comparison {
    guard let status = try folder.status(name) else { return .absent }
    guard status.kind == .regular, status.size == Int64(answer.byteCount) else { return .other }
    var contents = FileContents(try folder.openForReading(name))
    var digest = SHA256()
    var chunk: [UInt8] = []
    while true {
      chunk.removeAll(keepingCapacity: true)
      if try contents.read(into: &chunk, upTo: AnswerStream.spillBytes) == 0 { break }
      digest.update(chunk)
    }
    return digest.finish() == answer.sha256 ? .same : .other
  }
}
