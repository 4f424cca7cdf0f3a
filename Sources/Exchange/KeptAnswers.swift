internal import Files

/// Large answers by content: `ledger/answers/ab/ab…`, the first two of sixty-four digits, then all of them.
///
/// A small answer stays in the journal for good; a large one would be gone once its partner took it out of the outbox. It is kept
/// as a second name of the very file that is published, which costs no bytes while the outbox has it. A partner cannot write to
/// that file unless the operator let it; so what is kept is believed only after its digest was taken again.
final class KeptAnswers {
  private let folder: Folder
  /// The subfolders with names not yet durable.
  private var touched: [[UInt8]: Folder] = [:]

  init(_ ledger: Folder) throws(FileError) { folder = try ledger.makeSubfolder("answers", mode: 0o700) }

  /// Keeps a file that is published or about to be; false when there is no such file.
  @discardableResult
  func keep(_ name: [UInt8], in source: Folder, sha256: [UInt8]) throws(FileError) -> Bool {
    let isNew = try folder.status(KeptAnswers.subfolderName(sha256)) == nil
    let subfolder = try folder.makeSubfolder(KeptAnswers.subfolderName(sha256), mode: 0o700)
    if isNew { try folder.sync() }
    do throws(FileError) {
      _ = try source.link(name, to: subfolder, as: KeptAnswers.name(sha256))
      // Also where it was kept before: whoever kept it may not have come to the folder's sync.
      touched[KeptAnswers.subfolderName(sha256)] = subfolder
      return true
    } catch {
      if FileError.symbol(of: error.errno) == "ENOENT" { return false }
      throw error
    }
  }

  /// Has it the answer, unchanged?
  func has(_ sha256: [UInt8]) throws(FileError) -> Bool {
    let (sub, name) = (KeptAnswers.subfolderName(sha256), KeptAnswers.name(sha256))
    guard try folder.status(sub) != nil else { return false }
    return try digest(of: name, in: try folder.subfolder(sub)) == sha256
  }

  /// Copies the answer into the staging folder; false when it is not kept, or was changed.
  func copy(_ sha256: [UInt8], to staging: Folder, as staged: [UInt8]) throws(FileError) -> Bool {
    let (sub, name) = (KeptAnswers.subfolderName(sha256), KeptAnswers.name(sha256))
    guard try folder.status(sub) != nil else { return false }
    let subfolder = try folder.subfolder(sub)
    guard try subfolder.status(name)?.kind == .regular else { return false }
    // A file of this name can only be the leftover of a run that was killed before its commit.
    if try staging.status(staged) != nil { try staging.remove(staged) }
    var source = FileContents(try subfolder.openForReading(name))
    var copy = try AppendFile(in: staging, name: staged, existing: false)
    var digest = SHA256()
    var chunk: [UInt8] = []
    while true {
      chunk.removeAll(keepingCapacity: true)
      if try source.read(into: &chunk, upTo: 1 << 20) == 0 { break }
      digest.update(chunk)
      try copy.append(chunk)
    }
    try copy.finish(sync: true)
    if digest.finish() == sha256 { return true }
    try staging.remove(staged)
    return false
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
