internal import Files

/// Large answers by content: `ledger/answers/ab/ab…`, the first two of sixty-four digits, then all of them.
///
/// A small answer stays in the journal for good; a large one would be gone once its partner took it out of the outbox. It is kept
/// as a second name of the very file that is published, which costs no bytes while the outbox has it. A partner cannot write to
/// that file unless the operator let it; so what is kept is believed only after its digest was taken again. What is kept of answers
/// that were taken is bounded (`LedgerBounds.keptAnswersBytesMax`); beyond it an answer is derived when it is asked for.
final class KeptAnswers {
  private let folder: Folder
  /// The subfolders with names not yet durable.
  private var touched: [[UInt8]: Folder] = [:]
  /// What was kept since room was last made.
  private(set) var keptBytes: Int64 = 0

  init(_ ledger: Folder) throws(FileError) { folder = try ledger.makeSubfolder("answers", mode: 0o700) }

  /// Keeps a file that is published or about to be; false when there is no such file.
  @discardableResult
  func keep(_ name: [UInt8], in source: Folder, sha256: [UInt8]) throws(FileError) -> Bool {
    let isNew = try folder.status(KeptAnswers.subfolderName(sha256)) == nil
    let subfolder = try folder.makeSubfolder(KeptAnswers.subfolderName(sha256), mode: 0o700)
    if isNew { try folder.sync() }
    do throws(FileError) {
      if try source.link(name, to: subfolder, as: KeptAnswers.name(sha256)) {
        keptBytes += try subfolder.status(KeptAnswers.name(sha256))?.size ?? 0
      }
      // Also where it was kept before: whoever kept it may not have come to the folder's sync.
      touched[KeptAnswers.subfolderName(sha256)] = subfolder
      return true
    } catch {
      if FileError.symbol(of: error.errno) == "ENOENT" { return false }
      throw error
    }
  }

  /// Copies the answer into the staging folder; false when it is not kept, or was changed.
  func copy(_ sha256: [UInt8], to staging: Folder, as staged: [UInt8]) throws(FileError) -> Bool {
    let (sub, name) = (KeptAnswers.subfolderName(sha256), KeptAnswers.name(sha256))
    guard try folder.status(sub) != nil else { return false }
    let subfolder = try folder.subfolder(sub)
    guard try subfolder.status(name)?.kind == .regular else { return false }
    return try copyAnswer(name, in: subfolder, to: staging, as: staged, sha256: sha256)
  }

  /// Lets go of what is kept of an answer, because it is not that answer any more.
  func forget(_ sha256: [UInt8]) throws(FileError) {
    let (sub, name) = (KeptAnswers.subfolderName(sha256), KeptAnswers.name(sha256))
    guard try folder.status(sub) != nil else { return }
    let subfolder = try folder.subfolder(sub)
    if try subfolder.status(name) != nil { try subfolder.remove(name) }
  }

  // MARK: Bounded

  /// Makes room when what is kept of answers that partners took away has outgrown its bound: those taken longest ago are let go.
  ///
  /// What a partner still has in its outbox costs nothing here. What is let go follows from the archive and the journal, and is
  /// derived when it is asked for.
  func makeRoom(within bytesMax: Int64) throws(FileError) {
    keptBytes = 0
    var taken: [(changed: Int64, bytes: Int64, subfolder: [UInt8], name: [UInt8])] = []
    for entry in try folder.list() where entry.kind == .folder {
      let subfolder = try folder.subfolder(entry.name)
      for answer in try subfolder.list() where answer.kind == .regular {
        guard let status = try subfolder.status(answer.name), status.linkCount == 1 else { continue }
        taken.append((status.changed, status.size, entry.name, answer.name))
      }
    }
    var bytes = taken.reduce(0) { $0 + $1.bytes }
    if bytes <= bytesMax { return }
    for answer in taken.sorted(by: { ($0.changed, $0.bytes) < ($1.changed, $1.bytes) }) where bytes > bytesMax
    {
      try folder.subfolder(answer.subfolder).remove(answer.name)
      bytes -= answer.bytes
    }
  }

  /// Somebody made everything on the file system durable.
  func wasSynced() { touched = [:] }

  /// Makes durable what was kept so far.
  func sync() throws(FileError) {
    if touched.isEmpty { return }
    for subfolder in touched.values { try subfolder.sync() }
    try folder.sync()
    touched = [:]
  }

  private static func subfolderName(_ sha256: [UInt8]) -> [UInt8] {
    Array(hexadecimal(Array(sha256.prefix(1))).utf8)
  }
  private static func name(_ sha256: [UInt8]) -> [UInt8] { Array(hexadecimal(sha256).utf8) }
}

/// The SHA-256 of a file; nil when no regular file lies under the name.
func digest(of name: [UInt8], in folder: Folder) throws(FileError) -> [UInt8]? {
  guard try folder.status(name)?.kind == .regular else { return nil }
  var contents = FileContents(try folder.openForReading(name))
  var digest = SHA256()
  var chunk: [UInt8] = []
  while true {
    chunk.removeAll(keepingCapacity: true)
    if try contents.read(into: &chunk, upTo: 1 << 20) == 0 { return digest.finish() }
    digest.update(chunk)
  }
}
