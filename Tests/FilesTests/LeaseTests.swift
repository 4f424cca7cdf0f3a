import Files
import Glibc
import Testing

@Suite("A lease")
struct LeaseTests {
  @Test("It sees a writer as long as there is one, in this process or another", .timeLimit(.minutes(15)))
  func writers() throws {
    let temporary = try TemporaryFolder()
    let name = bytes("upload.csv")
    do {
      let writer = try temporary.folder.create(name, exclusive: true)
      let reader = try temporary.folder.openForReading(name)
      #expect(Lease.isOpenForWriting(reader) == .somebody)
      withExtendedLifetime(writer) {}
    }
    let reader = try temporary.folder.openForReading(name)
    #expect(Lease.isOpenForWriting(reader) == .nobody)

    // A shell of its own that keeps the file open until its input ends.
    let shell = try #require(
      popen("exec 9>>'\(temporary.path)/upload.csv'; echo > '\(temporary.path)/open'; read line", "w"))
    while try temporary.folder.status(bytes("open")) == nil { usleep(1_000) }
    #expect(Lease.isOpenForWriting(reader) == .somebody)
    pclose(shell)
    #expect(Lease.isOpenForWriting(reader) == .nobody)
  }

  @Test("The lease is given back, so that a writer who comes next does not wait")
  func givenBack() throws {
    let temporary = try TemporaryFolder()
    let name = bytes("upload.csv")
    try temporary.write("x", as: "upload.csv")
    let reader = try temporary.folder.openForReading(name)
    for _ in 0..<3 {
      #expect(Lease.isOpenForWriting(reader) == .nobody)
      let writer = try temporary.folder.openForWriting(name)
      #expect(Lease.isOpenForWriting(reader) == .somebody)
      withExtendedLifetime(writer) {}
    }
  }

  @Test("What is no regular file gives no answer")
  func notAFile() throws {
    let temporary = try TemporaryFolder()
    mkfifo(temporary.path + "/pipe", 0o600)
    let reader = try temporary.folder.openForReading(bytes("pipe"))
    #expect(Lease.isOpenForWriting(reader) == .unknown)
  }
}
