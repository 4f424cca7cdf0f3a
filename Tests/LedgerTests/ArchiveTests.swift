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
}
