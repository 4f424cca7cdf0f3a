import Files
import Glibc
import Testing

@testable import Ledger

@Suite("The archive")
struct ArchiveTests {
  let ledger: ScratchLedger
  let claimed: Folder
  let name = Array("orders-0711.csv".utf8)
  let content = Array("order_number,sku\n".utf8)
  var digest: [UInt8] { SHA256.hash(content) }

  init() throws {
    ledger = try ScratchLedger()
    claimed = try ledger.folder.makeSubfolder("claimed")
  }

  private func drop() throws {
    try claimed.create(name, exclusive: false).write(content, at: 0)
  }

  private func read(_ archive: Archive, _ digest: [UInt8]) throws -> [UInt8]? {
    guard let file = try archive.open(digest) else { return nil }
    return try file.contents.read(at: 0, count: 1 << 16)
  }

  @Test("A file is found under its digest, and is gone from where it was", arguments: [false, true])
  func storing(packed: Bool) throws {
    let archive = try Archive(ledger.folder)
    #expect(try !archive.contains(digest))
    #expect(try read(archive, digest) == nil)
    try drop()
    #expect(try archive.store(name, from: claimed, digest: digest, packed: packed))
    try archive.sync()
    #expect(try claimed.status(name) == nil)
    #expect(try archive.contains(digest))
    #expect(try read(archive, digest) == content)
    guard let file = try archive.open(digest) else { throw Unexpected() }
    #expect(file.isPacked == packed)
    let digits = hexadecimal(digest)
    let expected = ["archive/\(digits.prefix(2))": digits + (packed ? ".gz" : "")]
    for (folder, name) in expected {
      let parts = folder.split(separator: "/").map(String.init)
      let subfolder = try ledger.folder.subfolder(parts[0]).subfolder(parts[1])
      #expect(try subfolder.list().map { legible($0.name) } == [name])
    }
  }

  @Test("Stored twice, or again after a crash, it is there once")
  func storingAgain() throws {
    let archive = try Archive(ledger.folder)
    try drop()
    #expect(try archive.store(name, from: claimed, digest: digest))
    #expect(try archive.store(name, from: claimed, digest: digest) == false)
    try drop()
    #expect(try archive.store(name, from: claimed, digest: digest))
    try archive.store(content, digest: digest)
    try archive.sync()
    try archive.sync()
    #expect(try read(Archive(ledger.folder), digest) == content)
  }

  @Test("A file that is nowhere is not taken for one that was archived before")
  func missing() throws {
    let archive = try Archive(ledger.folder)
    let error = #expect(throws: FileError.self) {
      try archive.store(name, from: claimed, digest: digest)
    }
    #expect(error?.errno == ENOENT)
  }

  @Test("The bytes of a small file become an original too")
  func smallFiles() throws {
    let archive = try Archive(ledger.folder)
    try archive.store(content, digest: digest)
    try archive.store([1, 2], digest: SHA256.hash([1, 2]), packed: true)
    try archive.sync()
    #expect(try read(archive, digest) == content)
    #expect(try read(archive, SHA256.hash([1, 2])) == [1, 2])
  }

  @Test("Folders for many files are durable after one wait, and are not waited for again")
  func roomForMany() throws {
    let archive = try Archive(ledger.folder)
    let digests = (0..<40).map { SHA256.hash([$0]) }
    let folders = Set(digests.map { $0[0] }).count
    let made = try changes {
      try archive.makeRoom(for: digests)
      try archive.makeRoom(for: digests)
    }
    #expect(made.filter(isFolderMade).count == folders)
    #expect(made.filter(isSync).count == 1)
    #expect(made.last.map(isSync) == true, "the folders come before the wait that makes them durable")
    let stored = try changes { for digest in digests { try archive.store([1], digest: digest) } }
    #expect(!stored.contains(where: isFolderMade))
  }

  @Test("A folder that a killed process made is durable before a file is moved there")
  func folderOfTheKilled() throws {
    _ = try Archive(ledger.folder)
    _ = try ledger.folder.subfolder("archive").makeSubfolder(String(hexadecimal(digest).prefix(2)))
    try drop()
    let made = try changes {
      _ = try Archive(ledger.folder).store(name, from: claimed, digest: digest)
    }
    let inode = try ledger.folder.subfolder("archive").status().inode
    let steps = made.filter { if case .rename = $0 { true } else { isSync($0, of: inode) } }
    #expect(steps.first.map { isSync($0, of: inode) } == true)
    #expect(steps.count == 2)
  }

  // MARK: What was done to the disk

  private func changes(_ work: () throws -> Void) rethrows -> [DiskRecord.Operation] {
    let record = DiskRecord.start(root: ledger.path)
    defer { record.stop() }
    try work()
    return record.operations
  }

  private func isFolderMade(_ operation: DiskRecord.Operation) -> Bool {
    if case .make(_, _, _, isFolder: true) = operation { true } else { false }
  }

  private func isSync(_ operation: DiskRecord.Operation) -> Bool {
    if case .sync = operation { true } else { false }
  }

  private func isSync(_ operation: DiskRecord.Operation, of inode: UInt64) -> Bool {
    if case .sync(let node) = operation { node == inode } else { false }
  }
}
