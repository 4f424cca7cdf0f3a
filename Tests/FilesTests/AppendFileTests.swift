import Files
import Glibc
import Testing

@Suite("An append file")
struct AppendFileTests {
  let temporary: TemporaryFolder
  var folder: Folder { temporary.folder }
  let name = bytes("journal")

  init() throws { temporary = try TemporaryFolder() }

  @Test("What was appended is what the file holds, over many sizes and ways", arguments: UInt64(1)...12)
  func content(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var expected: [UInt8] = []
    var file = try AppendFile(in: folder, name: name, existing: false, bufferBytes: 64)
    for _ in 0..<60 {
      let piece = numbers.bytes([0, 1, 7, 63, 64, 65, 200, 1_000][Int.random(in: 0..<8, using: &numbers)])
      expected += piece
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: try file.append(piece)
      case 1: try file.append(([0] + piece)[1...])
      case 2: try file.append(piece.span)
      case 3:
        try file.append(piece)
        try file.flush()
        #expect(try readWhole(folder, name, limit: 1 << 20) == expected, "seed \(seed)")
      case 4:
        try file.append(piece)
        try file.beginSync()
        #expect(try readWhole(folder, name, limit: 1 << 20) == expected, "seed \(seed)")
      default:
        try file.append(piece)
        try file.sync()
        #expect(try readWhole(folder, name, limit: 1 << 20) == expected, "seed \(seed)")
      }
      #expect(file.length == Int64(expected.count))
    }
    try file.finish()
    #expect(try readWhole(folder, name, limit: 1 << 20) == expected, "seed \(seed)")
  }

  @Test("An existing file goes on at its end, a new one must not exist")
  func existing() throws {
    var file = try AppendFile(in: folder, name: name, existing: false)
    try file.append(bytes("first "))
    try file.finish(sync: false)
    var again = try AppendFile(in: folder, name: name, existing: true)
    #expect(again.length == 6)
    try again.append(bytes("second"))
    try again.finish()
    #expect(try temporary.text("journal") == "first second")
    let taken = refusal { () throws(FileError) in _ = try AppendFile(in: folder, name: name, existing: false)
    }
    #expect(taken?.errno == EEXIST)
    let missing = refusal { () throws(FileError) in
      _ = try AppendFile(in: folder, name: bytes("none"), existing: true)
    }
    #expect(missing?.errno == ENOENT)
  }

  @Test("A tail can be cut, whether it is written already or only collected", arguments: [0, 3, 5, 6, 8, 10])
  func truncation(length: Int) throws {
    var file = try AppendFile(in: folder, name: name, existing: false)
    try file.append(bytes("01234"))
    try file.flush()
    try file.append(bytes("56789"))
    try file.truncate(to: Int64(length))
    #expect(file.length == Int64(length))
    try file.append(bytes("end"))
    try file.finish()
    #expect(try temporary.text("journal") == String("0123456789".prefix(length)) + "end")

    var cut = try AppendFile(in: folder, name: name, continuingAt: Int64(length))
    try cut.append(bytes("!"))
    try cut.finish()
    #expect(try temporary.text("journal") == String("0123456789".prefix(length)) + "!")
  }

  @Test("Short writes are followed by the rest", arguments: ["pwrite:1:short", "pwrite:1+:short"])
  func shortWrites(plan: String) throws {
    var numbers = SeededNumbers(seed: 3)
    let content = numbers.bytes(5_000)
    try FaultPlan.during(plan) {
      var file = try AppendFile(in: folder, name: name, existing: false, bufferBytes: 512)
      try file.append(content)
      try file.append(content[..<100])
      try file.finish()
    }
    #expect(try readWhole(folder, name, limit: 1 << 20) == content + content[..<100])
  }

  @Test(
    "After one failed write or sync every call is refused with that same error, though the disk would take it",
    arguments: ["pwrite:2:ENOSPC", "fdatasync:1:EIO", "sync:1:EIO"])
  func refusesForGood(plan: String) throws {
    try FaultPlan.during(plan) {
      var file = try AppendFile(in: folder, name: name, existing: false)
      try file.append(bytes("kept"))
      try file.flush()
      try file.append(bytes("lost"))
      let first = refusal { () throws(FileError) in try file.sync() }
      let size = try folder.status(name)?.size
      #expect(first != nil)
      #expect(first?.path == temporary.path + "/journal")
      #expect(file.stoppedBy == first)
      #expect(refusal { () throws(FileError) in try file.append(bytes("x")) } == first)
      #expect(refusal { () throws(FileError) in try file.append(bytes("x")[...]) } == first)
      #expect(refusal { () throws(FileError) in try file.append(bytes("x").span) } == first)
      #expect(refusal { () throws(FileError) in try file.flush() } == first)
      #expect(refusal { () throws(FileError) in try file.sync() } == first)
      #expect(refusal { () throws(FileError) in try file.truncate(to: 0) } == first)
      do throws(FileError) {
        try file.finish()
        Issue.record("a refused file must not finish")
      } catch {
        #expect(error == first)
      }
      #expect(try folder.status(name)?.size == size, "a refused file must not change any more")
    }
  }

  @Test("An append larger than the buffer that fails is refused for good as well")
  func largeAppendFails() throws {
    try FaultPlan.during("pwrite:1:EFBIG") {
      var file = try AppendFile(in: folder, name: name, existing: false, bufferBytes: 16)
      let large = [UInt8](repeating: 1, count: 64)
      let first = refusal { () throws(FileError) in try file.append(large) }
      #expect(first?.errno == EFBIG)
      #expect(refusal { () throws(FileError) in try file.append(large) } == first)
    }
    #expect(try folder.status(name)?.size == 0)
  }
}
