internal import Files

/// The configuration's file, looked at by the daemon: an edited one counts without a restart.
struct SettingsFile {
  private let folder: Folder
  private let name: [UInt8]
  private var known: FileStatus?

  /// Nil where the folder of the file cannot be opened: then nobody can edit it there either.
  init?(at path: String) {
    let bytes = Array(path.utf8)
    let cut = bytes.lastIndex(of: UInt8(ascii: "/"))
    let parent = cut.map { $0 == 0 ? "/" : String(decoding: bytes[..<$0], as: UTF8.self) } ?? "."
    guard let folder = try? Folder(path: parent) else { return nil }
    self.folder = folder
    name = Array(bytes[(cut.map { $0 + 1 } ?? 0)...])
    known = status
  }

  private var status: FileStatus? { (try? folder.status(name)) ?? nil }

  /// Wakes the daemon when the file is edited; where that is refused, the next look sees it.
  func wake(_ watch: DirectoryWatch) {
    _ = try? watch.add(folder, for: [.closedAfterWrite, .movedIn, .removed])
  }

  /// Was it written, replaced or removed since this was asked last?
  mutating func hasChanged() -> Bool {
    let now = status
    defer { known = now }
    guard let now, let known else { return (now == nil) != (known == nil) }
    return now.inode != known.inode || now.size != known.size || now.modified != known.modified
      || now.changed != known.changed
  }
}
