import Files
import Glibc
import Testing

@Suite("A folder")
struct FolderTests {
  let temporary: TemporaryFolder
  var folder: Folder { temporary.folder }

  init() throws { temporary = try TemporaryFolder() }

  @Test("A listing names everything with its kind, as bytes, and not itself")
  func listing() throws {
    try temporary.write("x", as: "orders.csv")
    _ = try folder.makeSubfolder("inner")
    symlink("orders.csv", temporary.path + "/link")
    mkfifo(temporary.path + "/pipe", 0o600)
    let latin: [UInt8] = [0x63, 0x61, 0x66, 0xE9, 0x2E, 0x63, 0x73, 0x76]
    try folder.create(latin, exclusive: true).write([1], at: 0)

    let entries = try folder.list()
    #expect(entries.count == 5)
    #expect(entries.contains { $0.name == bytes("orders.csv") && $0.kind == .regular })
    #expect(entries.contains { $0.name == bytes("inner") && $0.kind == .folder })
    #expect(entries.contains { $0.name == bytes("link") && $0.kind == .link })
    #expect(entries.contains { $0.name == bytes("pipe") && $0.kind == .fifo })
    #expect(entries.contains { $0.name == latin && $0.kind == .regular })
    #expect(try readWhole(folder, latin, limit: 10) == [1], "a name that is no text opens like any other")
  }

  @Test("Names with line ends, escapes, a leading dash and 255 bytes are listed and opened as they are")
  func oddNames() throws {
    let names = ["a\nb.csv", "\u{1B}[2J.csv", "-rf", String(repeating: "x", count: 255), "…"].map(bytes)
    for name in names { try folder.create(name, exclusive: true).write(name, at: 0) }
    let listed = try folder.list().map(\.name)
    #expect(listed.count == names.count)
    for name in listed { #expect(try readWhole(folder, name, limit: 255) == name) }
  }

  @Test("A link is never followed, neither to a file nor to a folder")
  func links() throws {
    try temporary.write("secret", as: "target")
    _ = try folder.makeSubfolder("place")
    symlink("target", temporary.path + "/file-link")
    symlink("place", temporary.path + "/folder-link")
    symlink("/proc", temporary.path + "/outside")
    #expect(
      refusal { () throws(FileError) in _ = try folder.openForReading(bytes("file-link")) }?.errno == ELOOP)
    #expect(
      refusal { () throws(FileError) in _ = try folder.openForWriting(bytes("file-link")) }?.errno == ELOOP)
    #expect(
      refusal { () throws(FileError) in _ = try folder.create(bytes("file-link"), exclusive: false) }?.errno
        == ELOOP)
    for name in ["folder-link", "outside"] {
      let error = refusal { () throws(FileError) in _ = try folder.subfolder(name) }
      #expect(error?.errno == ENOTDIR || error?.errno == ELOOP)
      #expect(try folder.status(bytes(name))?.kind == .link)
    }
  }

  @Test(
    "A name that could lead elsewhere is refused before the kernel sees it",
    arguments: ["", ".", "..", "a/b", "/etc/passwd", "../up", "a\0b"])
  func namesThatLeadElsewhere(name: String) throws {
    #expect(refusal { () throws(FileError) in _ = try folder.openForReading(bytes(name)) }?.errno == EINVAL)
    #expect(
      refusal { () throws(FileError) in _ = try folder.create(bytes(name), exclusive: true) }?.errno == EINVAL
    )
    #expect(refusal { () throws(FileError) in _ = try folder.makeSubfolder(bytes(name)) }?.errno == EINVAL)
    #expect(
      refusal { () throws(FileError) in try folder.rename(bytes("x"), to: folder, as: bytes(name)) }?.errno
        == EINVAL)
    #expect(refusal { () throws(FileError) in try folder.remove(bytes(name)) }?.errno == EINVAL)
  }

  @Test("Opening a FIFO that nobody writes to returns at once", .timeLimit(.minutes(15)))
  func fifo() throws {
    mkfifo(temporary.path + "/pipe", 0o600)
    let descriptor = try folder.openForReading(bytes("pipe"))
    #expect(try descriptor.status().kind == .fifo)
    #expect(
      refusal { () throws(FileError) in _ = try readWhole(folder, bytes("pipe"), limit: 10) }?.errno == EINVAL
    )
  }

  @Test("The status of a missing name is nil, of a file its size, inode and name count")
  func status() throws {
    #expect(try folder.status(bytes("none")) == nil)
    try temporary.write("12345", as: "five")
    #expect(try folder.link(bytes("five"), to: folder, as: bytes("again")))
    let status = try #require(try folder.status(bytes("five")))
    #expect(status.size == 5)
    #expect(status.linkCount == 2)
    #expect(status.kind == .regular)
    #expect(status.owner == getuid())
    #expect(try folder.status(bytes("again")) == status)
    #expect(try folder.openForReading(bytes("five")).status() == status)
    #expect(try folder.status().kind == .folder)
  }

  @Test("A rename replaces, a link does not")
  func renameAndLink() throws {
    let other = try folder.makeSubfolder("other")
    try temporary.write("new", as: "a")
    try temporary.write("old", as: "b")
    #expect(try folder.link(bytes("a"), to: folder, as: bytes("b")) == false)
    #expect(try temporary.text("b") == "old")
    try folder.rename(bytes("a"), to: folder, as: bytes("b"))
    #expect(try temporary.text("b") == "new")
    try folder.rename(bytes("b"), to: other, as: bytes("c"))
    #expect(try temporary.names() == ["other"])
    #expect(try readWhole(other, bytes("c"), limit: 3) == bytes("new"))
  }

  @Test("A folder is made with all those above it, and making it again opens it")
  func making() throws {
    let deep = temporary.path + "/a/b/c"
    try Folder.make(path: deep).create(bytes("x"), exclusive: true).write([7], at: 0)
    #expect(try readWhole(Folder.make(path: deep), bytes("x"), limit: 1) == [7])
    #expect(try folder.makeSubfolder("a").subfolder("b").subfolder("c").list().count == 1)
    #expect(refusal { () throws(FileError) in _ = try Folder.make(path: deep + "/x/y") }?.errno == ENOTDIR)
  }

  @Test("An open folder stays what it was when another takes its place")
  func standsFast() throws {
    let inner = try folder.makeSubfolder("inner")
    try inner.create(bytes("mine"), exclusive: true).write([1], at: 0)
    try folder.rename(bytes("inner"), to: folder, as: bytes("moved"))
    symlink("/proc", temporary.path + "/inner")
    #expect(try inner.list().map(\.name) == [bytes("mine")])
  }

  @Test(
    "A file over the limit is refused, one at the limit read whole", arguments: [0, 1, 4095, 4096, 70_000])
  func readingWhole(size: Int) throws {
    var numbers = SeededNumbers(seed: 5)
    let content = numbers.bytes(size)
    try folder.create(bytes("f"), exclusive: true).write(content, at: 0)
    #expect(try readWhole(folder, bytes("f"), limit: size) == content)
    #expect(try readWhole(folder, bytes("f"), limit: size + 100_000) == content)
    if size > 0 {
      #expect(
        refusal { () throws(FileError) in _ = try readWhole(folder, bytes("f"), limit: size - 1) }?.errno
          == EFBIG)
    }
  }

  @Test("The room left is told, and a local disk is not taken for a network")
  func fileSystem() throws {
    #expect(try freeBytes(of: folder) > 0)
    #expect(try isNetworkFileSystem(folder) == false)
  }
}
