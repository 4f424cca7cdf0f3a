internal import Files

/// The configurations that decisions were made under, each as its file was read, in `ledger/settings/HASH.json`.
///
/// A commit names the hash of its configuration; with the file beside it the decision can be derived again when other settings
/// have long been in force.
struct KeptSettings {
  private let folder: Folder?
  private static let folderName = "settings"
  private static let bytesMax = 16 << 20

  /// - Parameter makes: make the folder where there is none.
  init(_ ledger: Folder, makes: Bool) throws(FileError) {
    if makes {
      folder = try ledger.makeSubfolder(Self.folderName, mode: 0o700)
    } else {
      let isThere = try ledger.status(Array(Self.folderName.utf8))?.kind == .folder
      folder = isThere ? try ledger.subfolder(Self.folderName) : nil
    }
  }

  /// Keeps a configuration, durably, before the first decision under it.
  func keep(_ configuration: Configuration, _ digest: [UInt8]) throws(FileError) {
    guard let folder else { return }
    let name = Self.name(of: digest)
    if try folder.status(name) != nil { return }
    try AtomicFile.publish(configuration.text, in: folder, as: name, replace: false, sync: true)
  }

  /// The configuration of a hash; nil where it was not kept, or says something else in this version of the program.
  func configuration(_ digest: [UInt8]) -> Configuration? {
    guard let kept = asReadNow(digest), kept.sha256 == digest else { return nil }
    return kept
  }

  /// What the file that was kept for a hash says to this version of the program, whose built-in values may be others.
  func asReadNow(_ digest: [UInt8]) -> Configuration? {
    guard let folder, let text = try? readWhole(folder, Self.name(of: digest), limit: Self.bytesMax) else {
      return nil
    }
    return try? Configuration.load(text: text, path: "exchange.json")
  }

  private static func name(of digest: [UInt8]) -> [UInt8] { Array("\(hexadecimal(digest)).json".utf8) }
}
