// A scratch folder is a place for bytes that nobody needs after the work in hand.

import Glibc

/// A folder of its own below the system's folder for temporary files, removed with all its files when it is let go.
public final class ScratchFolder: Sendable {
  public let folder: Folder

  /// Makes the folder, under a name that nobody else has, readable for us alone (mkdtemp).
  public init() throws(FileError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/waybill-XXXXXX".utf8CString)
    if mkdtemp(&template) == nil { throw FileError(call: "mkdtemp", path: parent, errno: errno) }
    folder = try Folder(
      path: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  deinit {
    // What cannot be removed is the system's to sweep, as everything in its folder for temporary files.
    for entry in (try? folder.list()) ?? [] { try? folder.remove(entry.name) }
    rmdir(folder.path)
  }
}
