// A folder is an open directory: everything in it is reached through its descriptor, never by a path.
//
// A path is looked up again at every use, and between two looks somebody may put a link in its place. A descriptor
// stays what it was, and O_NOFOLLOW refuses the link in the last step. Names are the bytes the disk holds, UTF-8 or
// not; a name that could lead elsewhere (empty, ".", "..", with a slash or a zero byte) is refused with EINVAL.

import Glibc

/// An open folder, through which files are listed, opened, renamed and made durable.
public final class Folder: Sendable {
  /// Where the folder was opened, for messages only.
  public let path: String
  private let descriptor: Descriptor

  /// Opens a folder by its path; this first step alone may follow links.
  public init(path: String) throws(FileError) {
    let raw = try granted(SystemCalls.open(path, flags: O_RDONLY | O_DIRECTORY), "open", path)
    self.path = path
    self.descriptor = Descriptor(owning: Int32(raw), place: FilePlace(folder: path, name: []))
  }

  private init(path: String, owning raw: Int32) {
    self.path = path
    self.descriptor = Descriptor(owning: raw, place: FilePlace(folder: path, name: []))
  }

  /// Makes the folder and those above it where they are missing, durably, and opens it.
  public static func make(path: String, mode: UInt32 = 0o755) throws(FileError) -> Folder {
    var parent = path.hasPrefix("/") ? "/" : "."
    var reached = path.hasPrefix("/") ? "" : "."
    for step in path.split(separator: "/") {
      reached += "/" + step
      let answer = SystemCalls.mkdir(reached, mode: mode)
      if answer == 0 {
        try Folder(path: parent).sync()
      } else if answer != -Int(EEXIST) {
        _ = try granted(answer, "mkdir", reached)
      }
      parent = reached
    }
    return try Folder(path: path)
  }

  /// The raw descriptor, for the calls of this room that take one.
  var raw: Int32 { descriptor.raw }

  // MARK: Folders inside

  /// Opens a folder inside this one; a link in its place is refused (ELOOP or ENOTDIR).
  public func subfolder(_ name: [UInt8]) throws(FileError) -> Folder {
    try check(name, "openat")
    let answer = SystemCalls.openat(raw, name, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    return Folder(path: place(name).text, owning: Int32(try granted(answer, "openat", place(name).text)))
  }

  /// Makes a folder inside this one unless it exists, and opens it; `sync` of this folder makes it durable.
  public func makeSubfolder(_ name: [UInt8], mode: UInt32 = 0o755) throws(FileError) -> Folder {
    try check(name, "mkdirat")
    let answer = SystemCalls.mkdirat(raw, name, mode: mode)
    if answer != -Int(EEXIST) { _ = try granted(answer, "mkdirat", place(name).text) }
    return try subfolder(name)
  }

  public func subfolder(_ name: String) throws(FileError) -> Folder { try subfolder(Array(name.utf8)) }

  public func makeSubfolder(_ name: String, mode: UInt32 = 0o755) throws(FileError) -> Folder {
    try makeSubfolder(Array(name.utf8), mode: mode)
  }

  // MARK: Looking

  /// Everything in the folder, in no order, as the bytes the disk holds.
  ///
  /// A name that disappears while the folder is listed may be missing or present. Other threads may list it as well.
  public func list() throws(FileError) -> [(name: [UInt8], kind: FileKind)] {
    // A descriptor of its own, because readdir moves the position of the one it reads.
    let answer = SystemCalls.openat(raw, [UInt8(ascii: ".")], flags: O_RDONLY | O_DIRECTORY)
    let own = Int32(try granted(answer, "openat", path))
    guard let stream = fdopendir(own) else {
      let code = errno
      SystemCalls.close(own)
      throw FileError(call: "fdopendir", path: path, errno: code)
    }
    defer { closedir(stream) }
    var entries: [(name: [UInt8], kind: FileKind)] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        let code = errno
        if code != 0 { throw FileError(call: "readdir", path: path, errno: code) }
        return entries
      }
      let name = Self.name(of: entry)
      if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
      if let kind = Self.kind(of: entry.pointee.d_type) {
        entries.append((name, kind))
      } else if let status = try status(name) {
        entries.append((name, status.kind))
      }
    }
  }

  /// The status of a name, of a link itself rather than what it points to; nil when there is none.
  public func status(_ name: [UInt8]) throws(FileError) -> FileStatus? {
    try check(name, "fstatat")
    var status = stat()
    let answer = SystemCalls.fstatat(raw, name, &status)
    if answer == -Int(ENOENT) { return nil }
    _ = try granted(answer, "fstatat", place(name).text)
    return FileStatus(status)
  }

  /// The status of the folder itself.
  public func status() throws(FileError) -> FileStatus { try descriptor.status() }

  // MARK: Files

  /// Opens a file for reading: no link is followed, and a FIFO does not block.
  public func openForReading(_ name: [UInt8]) throws(FileError) -> Descriptor {
    try open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK, mode: 0)
  }

  /// Opens an existing file for reading and writing at chosen offsets.
  public func openForWriting(_ name: [UInt8]) throws(FileError) -> Descriptor {
    try open(name, flags: O_RDWR | O_NOFOLLOW | O_NONBLOCK, mode: 0)
  }

  /// Makes a file: exclusively (EEXIST when the name is taken), or emptying what is there.
  public func create(_ name: [UInt8], exclusive: Bool, mode: UInt32 = 0o640) throws(FileError) -> Descriptor
  {
    try open(
      name, flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (exclusive ? O_EXCL : O_TRUNC), mode: mode)
  }

  /// Opens a file with the flags given; never through a link.
  func open(_ name: [UInt8], flags: Int32, mode: UInt32) throws(FileError) -> Descriptor {
    try check(name, "openat")
    let answer = SystemCalls.openat(raw, name, flags: flags, mode: mode)
    return Descriptor(owning: Int32(try granted(answer, "openat", place(name).text)), place: place(name))
  }

  /// The number of a file opened for reading; whoever asks closes it.
  func numberForReading(_ name: [UInt8]) throws(FileError) -> Int32 {
    try check(name, "openat")
    let answer = SystemCalls.openat(raw, name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    return Int32(try granted(answer, "openat", place(name).text))
  }

  /// Renames in one step, replacing what bears the new name (renameat).
  public func rename(_ name: [UInt8], to other: Folder, as newName: [UInt8]) throws(FileError) {
    try check(name, "renameat")
    try other.check(newName, "renameat")
    _ = try granted(SystemCalls.renameat(raw, name, other.raw, newName), "renameat", place(name).text)
  }

  /// Renames unless the new name is taken; false, and nothing changed, when it is or the file system cannot promise it.
  public func renameWithoutReplacing(_ name: [UInt8], to other: Folder, as newName: [UInt8])
    throws(FileError)
    -> Bool
  {
    try check(name, "renameat2")
    try other.check(newName, "renameat2")
    let answer = SystemCalls.renameWithoutReplacing(raw, name, other.raw, newName)
    if answer == -Int(EEXIST) || answer == -Int(EINVAL) || answer == -Int(ENOSYS) { return false }
    _ = try granted(answer, "renameat2", place(name).text)
    return true
  }

  /// Gives a file its name in another folder in one step, unless that name is taken; false, and nothing changed, when it is.
  ///
  /// Where the file system does not know that step (NFS), the second name is made before the first is taken off.
  public func publish(_ name: [UInt8], to other: Folder, as newName: [UInt8]) throws(FileError) -> Bool {
    try check(name, "renameat2")
    try other.check(newName, "renameat2")
    let answer = SystemCalls.renameWithoutReplacing(raw, name, other.raw, newName)
    if answer >= 0 { return true }
    if answer == -Int(EEXIST) { return false }
    guard answer == -Int(EINVAL) || answer == -Int(ENOSYS) else {
      _ = try granted(answer, "renameat2", place(name).text)
      return false
    }
    guard try link(name, to: other, as: newName) else { return false }
    try remove(name)
    return true
  }

  /// Gives a file a second name; false, and nothing changed, when that name is taken (linkat).
  public func link(_ name: [UInt8], to other: Folder, as newName: [UInt8]) throws(FileError) -> Bool {
    try check(name, "linkat")
    try other.check(newName, "linkat")
    let answer = SystemCalls.linkat(raw, name, other.raw, newName)
    if answer == -Int(EEXIST) { return false }
    _ = try granted(answer, "linkat", other.place(newName).text)
    return true
  }

  /// Gives a file in this folder the group of another one, as if it had been made there.
  ///
  /// A folder that hands its group down (setgid) does so to what is made in it, not to what is renamed into it.
  public func giveGroup(of other: Folder, to name: [UInt8]) throws(FileError) {
    let group = try other.status().group
    guard let status = try status(name), status.group != group else { return }
    try openForReading(name).changeGroup(to: group)
  }

  /// May this process give the other folder's group to files of its own? Nothing is touched.
  public func canGiveGroup(of other: Folder) throws(FileError) -> Bool {
    let group = try other.status().group
    if geteuid() == 0 || getegid() == group { return true }
    if try status().group == group { return true }
    var groups = [gid_t](repeating: 0, count: 65_536)
    let count = Int(try granted(SystemCalls.answer(Int(getgroups(65_536, &groups))), "getgroups", other.path))
    return groups[..<count].contains(group)
  }

  /// Removes a file's name (unlinkat).
  public func remove(_ name: [UInt8]) throws(FileError) {
    try check(name, "unlinkat")
    _ = try granted(SystemCalls.unlinkat(raw, name), "unlinkat", place(name).text)
  }

  /// Removes an empty folder.
  public func removeFolder(_ name: [UInt8]) throws(FileError) {
    try check(name, "unlinkat")
    _ = try granted(SystemCalls.unlinkat(raw, name, flags: AT_REMOVEDIR), "unlinkat", place(name).text)
  }

  /// Makes durable which names the folder holds (fsync of the folder).
  public func sync() throws(FileError) { try descriptor.sync() }

  /// Makes durable all that was written to the file system this folder lies on (syncfs): one wait, however many files.
  ///
  /// False, and nothing promised, where the system has no such call or would not tell of a write that failed (Linux before 5.8).
  public func syncFileSystem() throws(FileError) -> Bool {
    guard Self.syncsFileSystems else { return false }
    _ = try granted(SystemCalls.syncfs(raw), "syncfs", path)
    return true
  }

  /// Does the system tell of a write that failed, when all that was written to a file system is made durable?
  public static let syncsFileSystems: Bool = {
    var system = utsname()
    guard uname(&system) == 0 else { return false }
    let release = withUnsafeBytes(of: &system.release) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return numbers.count == 2 && (numbers[0], numbers[1]) >= (5, 8)
  }()

  /// The place of a name in this folder, for messages.
  public func place(_ name: [UInt8]) -> FilePlace { FilePlace(folder: path, name: name) }

  // MARK: Names

  private func check(_ name: [UInt8], _ call: String) throws(FileError) {
    let dot = UInt8(ascii: ".")
    let leadsElsewhere =
      name.isEmpty || name == [dot] || name == [dot, dot] || name.contains(0)
      || name.contains(UInt8(ascii: "/"))
    if leadsElsewhere { throw FileError(call: call, path: place(name).text, errno: EINVAL) }
  }

  /// Sound: readdir's entry is valid until the next readdir of the same stream and its name ends with a zero byte;
  /// the bytes are copied here, from the name's own address, because the declared 256 bytes may reach past the entry.
  private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    let start = UnsafeRawPointer(entry) + offset
    return Array(
      UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
  }

  private static func kind(of type: UInt8) -> FileKind? {
    switch Int(type) {
    case Int(DT_REG): .regular
    case Int(DT_DIR): .folder
    case Int(DT_LNK): .link
    case Int(DT_FIFO): .fifo
    case Int(DT_SOCK): .socket
    case Int(DT_BLK), Int(DT_CHR): .device
    default: nil
    }
  }
}
