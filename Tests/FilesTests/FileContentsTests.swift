import Files
import Testing

@Suite("The contents of a file")
struct FileContentsTests {
  let temporary: TemporaryFolder
  let content: [UInt8]

  init() throws {
    temporary = try TemporaryFolder()
    var numbers = SeededNumbers(seed: 11)
    content = numbers.bytes(100_003)
    try temporary.folder.create(bytes("f"), exclusive: true).write(content, at: 0)
  }

  private func open() throws -> FileContents {
    FileContents(try temporary.folder.openForReading(bytes("f")))
  }

  @Test("Reading at a place takes the place of what the buffer held", arguments: [0, 1, 99_000, 100_003])
  func intoABuffer(place: Int) throws {
    let contents = try open()
    var buffer: [UInt8] = [1, 2, 3]
    try contents.read(at: Int64(place), count: 2_000, into: &buffer)
    #expect(buffer[...] == content[place..<min(place + 2_000, content.count)])
  }

  @Test(
    "Reading on appends the whole file, piece by piece", arguments: [1_000, 4_096, 99_999, 100_003, 200_000])
  func sequential(piece: Int) throws {
    var contents = try open()
    var read: [UInt8] = [42]
    var total = 0
    while true {
      let count = try contents.read(into: &read, upTo: piece)
      total += count
      #expect(count == min(piece, content.count - total + count))
      if count == 0 { break }
    }
    #expect(read == [42] + content)
  }

  @Test("One buffer can be read over again and again")
  func over() throws {
    var contents = try open()
    var buffer = [UInt8](repeating: 0, count: 4_096)
    buffer[0] = 9
    var read: [UInt8] = []
    while true {
      let count = try contents.read(over: &buffer, from: 1)
      if count == 0 { break }
      #expect(buffer[0] == 9 && buffer.count == 4_096)
      read += buffer[1..<1 + count]
    }
    #expect(read == content)
  }

  @Test(
    "Any position can be read without moving the reading on",
    arguments: [(0, 10), (50_000, 1), (100_000, 3), (100_000, 50), (100_003, 5), (500_000, 5), (7, 0)])
  func positional(offset: Int, count: Int) throws {
    let contents = try open()
    let from = min(offset, content.count)
    let expected = Array(content[from..<min(from + count, content.count)])
    #expect(try contents.read(at: Int64(offset), count: count) == expected)
    #expect(try contents.status().size == Int64(content.count))
  }

  @Test("A refused read is an error that names the file, never an early end")
  func refusedRead() throws {
    var contents = try open()
    var buffer: [UInt8] = []
    FaultPlan.during("read:2:EIO,pread:1:EIO") {
      let whole = refusal { () throws(FileError) in
        _ = try contents.read(into: &buffer, upTo: 1_000)
        _ = try contents.read(into: &buffer, upTo: 1_000)
      }
      #expect(whole?.call == "read" && whole?.path == temporary.path + "/f")
      #expect(refusal { () throws(FileError) in _ = try contents.read(at: 0, count: 5) }?.call == "pread")
    }
    #expect(buffer == Array(content[..<1_000]))
  }
}
