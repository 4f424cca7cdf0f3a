// The archive keeps every file that was ever answered, under the digest of what it holds.

public import Files

/// Originals by content: `ledger/archive/ab/ab….`, the first two of sixty-four digits, then all of them.
///
/// A file that came packed keeps `.gz` at its end; its digest is that of the bytes as they came. Storing is a rename,
/// so the claimed file and the archive lie on one file system, and doing it again after a crash changes nothing.
public final class Archive {
  private let folder: Folder
  /// The subfolders with names not yet durable.
  private var touched: [[UInt8]: Folder] = [:]

  /// Opens the archive in the ledger's folder, or makes it.
  public init(_ ledger: Folder) throws(FileError) {
    folder = try ledger.makeSubfolder("archive", mode: 0o700)
    try ledger.sync()
    // Whoever made a subfolder may have been killed before it was durable.
    try folder.sync()
  }

  /// Moves a file into the archive; one that lies there already, of the same digest, gives way to it.
  ///
  /// False when there is no such file but the archive has it: an earlier call came this far before a crash.
  @discardableResult
  public func store(
    _ name: [UInt8], from source: Folder, digest: [UInt8], packed: Bool = false
  ) throws(FileError) -> Bool {
    let subfolder = try subfolderToFill(digest)
    do throws(FileError) {
      try source.rename(name, to: subfolder, as: Self.name(digest, packed: packed))
      return true
    } catch {
      guard try source.status(name) == nil, try contains(digest) else { throw error }
      return false
    }
  }

  /// Puts the bytes of a small file into the archive; nothing happens when the archive has them.
  public func store(_ bytes: [UInt8], digest: [UInt8], packed: Bool = false) throws(FileError) {
    // Whoever stored it before may not have come to the folder's sync.
    let subfolder = try subfolderToFill(digest)
    if try contains(digest) { return }
    try AtomicFile.publish(
      bytes, in: subfolder, as: Self.name(digest, packed: packed), replace: true, sync: true)
  }

  /// Makes every store so far durable; before it returns no claim may be forgotten.
  public func sync() throws(FileError) {
    if touched.isEmpty { return }
    var open = DescriptorBundle()
    for subfolder in touched.values { open.add(subfolder) }
    open.add(folder)
    try SyncCrew.sync(open)
    touched = [:]
  }

  /// How many folders have names that are not durable yet.
  public var unsyncedCount: Int { touched.count }

  /// Somebody made everything on the file system durable.
  public func wasSynced() { touched = [:] }

  /// Whether the archive has the file of a digest.
  public func contains(_ digest: [UInt8]) throws(FileError) -> Bool {
    try find(digest) != nil
  }

  /// Opens the file of a digest and says whether it is packed; nil when the archive has none.
  public func open(_ digest: [UInt8]) throws(FileError) -> ArchivedFile? {
    guard let found = try find(digest) else { return nil }
    return ArchivedFile(
      contents: FileContents(try found.subfolder.openForReading(found.name)), isPacked: found.packed)
  }

  /// The folder and the name of the file of a digest; nil when the archive has none.
  public func place(of digest: [UInt8]) throws(FileError) -> (folder: Folder, name: [UInt8])? {
    try find(digest).map { ($0.subfolder, $0.name) }
  }

  private func find(
    _ digest: [UInt8]
  ) throws(FileError) -> (subfolder: Folder, name: [UInt8], packed: Bool)? {
    guard try folder.status(Self.subfolderName(digest)) != nil else { return nil }
    let subfolder = try folder.subfolder(Self.subfolderName(digest))
    for packed in [false, true] {
      let name = Self.name(digest, packed: packed)
      if try subfolder.status(name) != nil { return (subfolder, name, packed) }
    }
    return nil
  }

  /// Makes the subfolders that files of these digests will need, durable in one wait for all that were missing.
  public func makeRoom(for digests: [[UInt8]]) throws(FileError) {
    var areAnyNew = false
    // A file must not be moved into a folder that a power cut may take away.
    var made: [[UInt8]: Folder] = [:]
    for digest in digests {
      let name = Self.subfolderName(digest)
      if touched[name] != nil || made[name] != nil { continue }
      if try folder.status(name) == nil { areAnyNew = true }
      made[name] = try folder.makeSubfolder(name, mode: 0o700)
    }
    if areAnyNew { try folder.sync() }
    touched.merge(made) { own, _ in own }
  }

  private func subfolderToFill(_ digest: [UInt8]) throws(FileError) -> Folder {
    try makeRoom(for: [digest])
    let name = Self.subfolderName(digest)
    guard let subfolder = touched[name] else { return try folder.subfolder(name) }
    return subfolder
  }

  private static func subfolderName(_ digest: [UInt8]) -> [UInt8] {
    precondition(digest.count == 32)
    return Array(hexadecimal([digest[0]]).utf8)
  }

  private static func name(_ digest: [UInt8], packed: Bool) -> [UInt8] {
    Array((hexadecimal(digest) + (packed ? ".gz" : "")).utf8)
  }
}

/// An original taken out of the archive to be read.
public struct ArchivedFile: ~Copyable {
  public var contents: FileContents
  /// Whether the bytes are packed with gzip, as they came.
  public var isPacked: Bool
}
