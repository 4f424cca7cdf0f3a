/// A folder tree as a value: every name below a folder with its bytes, to compare two of them byte for byte.

import Glibc

/// What lay below a folder at one moment.
package struct FolderTree: Equatable, Sendable {
  package enum Entry: Equatable, Sendable {
    case folder
    case file([UInt8])
    /// A link, a FIFO or a device, in words.
    case other(String)
  }

  /// By path relative to the folder; invalid UTF-8 in names is spelled `\xNN`.
  package var entries: [String: Entry]

  /// Reads everything below the folder, links unfollowed.
  ///
  /// - Parameter leavingOut: paths (relative) that are not looked at, with all below them.
  package init(at folder: String, leavingOut: Set<String> = []) throws {
    entries = [:]
    try read(Array(folder.utf8), as: [], leavingOut)
  }

  package init(entries: [String: Entry]) { self.entries = entries }

  /// The files' paths in order.
  package var files: [String] {
    entries.compactMap { path, entry in if case .file = entry { path } else { nil } }.sorted()
  }

  /// The first thing in which the other tree is not as this one, in one readable paragraph; nil: the same byte for byte.
  ///
  /// - Parameter names: what to call the two trees in the words.
  package func difference(from other: FolderTree, names: (String, String) = ("expected", "found")) -> String?
  {
    for path in Set(entries.keys).union(other.entries.keys).sorted() {
      switch (entries[path], other.entries[path]) {
      case (nil, _?): return "\(path): only in \(names.1)"
      case (_?, nil): return "\(path): only in \(names.0)"
      case (.file(let mine)?, .file(let theirs)?):
        if let words = Bytes.difference(mine, theirs, names: names) { return "\(path): \(words)" }
      case (let mine?, let theirs?):
        if mine != theirs {
          return "\(path): \(names.0) \(Self.word(mine)), \(names.1) \(Self.word(theirs))"
        }
      case (nil, nil): break
      }
    }
    return nil
  }

  private mutating func read(_ folder: [UInt8], as relative: [UInt8], _ leavingOut: Set<String>) throws {
    for name in try TestSupport.entries(ofFolderAt: folder) {
      let path = folder + [UInt8(ascii: "/")] + name
      let place = relative.isEmpty ? name : relative + [UInt8(ascii: "/")] + name
      let spelled = Self.spelled(place)
      if leavingOut.contains(spelled) { continue }
      var status = stat()
      guard lstat(path.map { CChar(bitPattern: $0) } + [0], &status) == 0 else {
        throw TestFailure("lstat \(spelled): \(reason(errno))")
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        entries[spelled] = .folder
        try read(path, as: place, leavingOut)
      case S_IFREG: entries[spelled] = .file(try readFile(at: path))
      case S_IFLNK: entries[spelled] = .other("a link")
      case S_IFIFO: entries[spelled] = .other("a FIFO")
      default: entries[spelled] = .other("neither a file nor a folder")
      }
    }
  }

  private static func word(_ entry: Entry) -> String {
    switch entry {
    case .folder: "a folder"
    case .file(let bytes): "a file of \(bytes.count) bytes"
    case .other(let what): what
    }
  }

  /// A name from the disk as text that can be read and compared: bytes that are not UTF-8 become `\xNN`.
  package static func spelled(_ name: [UInt8]) -> String {
    if let text = String(validating: name, as: UTF8.self) { return text }
    let digits = Array("0123456789abcdef")
    return name.map { byte in
      byte < 0x80
        ? String(UnicodeScalar(byte)) : "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }
}

/// Byte strings, compared for people.
package enum Bytes {
  /// Where two byte strings first differ: line, column and the two lines; nil: they are the same.
  package static func difference(
    _ mine: [UInt8], _ theirs: [UInt8], names: (String, String) = ("expected", "found")
  ) -> String? {
    if mine == theirs { return nil }
    var place = 0
    while place < mine.count, place < theirs.count, mine[place] == theirs[place] { place += 1 }
    let before = mine[..<place]
    let line = before.count(where: { $0 == 10 }) + 1
    let start = (before.lastIndex(of: 10) ?? -1) + 1
    func around(_ bytes: [UInt8]) -> String {
      if start >= bytes.count { return "(ends)" }
      let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
      let shown = bytes[start..<min(end, start + 400)]
      return String(decoding: shown, as: UTF8.self).debugDescription + (place >= bytes.count ? " (ends)" : "")
    }
    return """
      differs at byte \(place) (line \(line), column \(place - start + 1)); \
      \(names.0) \(mine.count) bytes, \(names.1) \(theirs.count)
        \(names.0): \(around(mine))
        \(names.1): \(around(theirs))
      """
  }
}
