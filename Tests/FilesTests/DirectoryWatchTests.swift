import Files
import Glibc
import Testing

@Suite("A directory watch")
struct DirectoryWatchTests {
  let temporary: TemporaryFolder
  var folder: Folder { temporary.folder }
  let watch: DirectoryWatch

  init() throws {
    temporary = try TemporaryFolder()
    watch = try DirectoryWatch()
  }

  @Test("It sees a file written and closed, one renamed into place, and one linked into place")
  func arrivals() throws {
    let aside = try folder.makeSubfolder("aside")
    try aside.create(bytes("upload.part"), exclusive: true).write([1], at: 0)
    let number = try watch.add(folder)
    try temporary.write("x", as: "put.csv")
    try aside.rename(bytes("upload.part"), to: folder, as: bytes("renamed.csv"))
    #expect(try folder.link(bytes("renamed.csv"), to: folder, as: bytes("linked.csv")))
    try folder.remove(bytes("renamed.csv"))
    _ = try folder.makeSubfolder("partner")

    let wake = try watch.wait(timeoutMilliseconds: 2_000)
    let said = wake.events.map { event in (legible(event.name), event.kinds, event.isFolder) }
    #expect(wake.events.allSatisfy { $0.watch == number })
    #expect(!wake.overflowed && !wake.timedOut && !wake.interrupted)
    #expect(said.map(\.0) == ["put.csv", "put.csv", "renamed.csv", "linked.csv", "partner"])
    #expect(said.map(\.1) == [.created, .closedAfterWrite, .movedIn, .created, .created])
    #expect(said.map(\.2) == [false, false, false, false, true])
  }

  @Test("It sees folders come and go where that is asked for")
  func comeAndGo() throws {
    _ = try watch.add(folder, for: [.created, .movedIn, .removed])
    _ = try folder.makeSubfolder("a")
    try folder.rename(bytes("a"), to: folder, as: bytes("b"))
    try folder.removeFolder(bytes("b"))
    let events = try watch.wait(timeoutMilliseconds: 2_000).events
    #expect(events.map { legible($0.name) } == ["a", "a", "b", "b"])
    #expect(events.allSatisfy { $0.isFolder })
    #expect(events.filter { !$0.kinds.isDisjoint(with: .removed) }.map { legible($0.name) } == ["a", "b"])
  }

  @Test("It ends with the time, and with the other descriptor, and after removal sees nothing")
  func ends() throws {
    let number = try watch.add(folder)
    let before = MonotonicClock.nowMilliseconds()
    #expect(try watch.wait(timeoutMilliseconds: 30) == Wake(timedOut: true))
    #expect(MonotonicClock.nowMilliseconds() - before >= 29)

    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    #expect(write(ends[1], "x", 1) == 1)
    #expect(try watch.wait(timeoutMilliseconds: nil, also: ends[0]) == Wake(interrupted: true))

    try watch.remove(number)
    try temporary.write("x", as: "late.csv")
    #expect(try watch.wait(timeoutMilliseconds: 0) == Wake(timedOut: true))
  }

  @Test("A full queue is said, so that the folders are listed")
  func overflow() throws {
    _ = try watch.add(folder)
    let text = try readQueueBound()
    for number in 0...(text / 2 + 100) {
      try folder.create(bytes("\(number)"), exclusive: true).truncate(to: 0)
    }
    var overflowed = false
    var events = 0
    while true {
      let wake = try watch.wait(timeoutMilliseconds: 0)
      if wake.timedOut { break }
      overflowed = overflowed || wake.overflowed
      events += wake.events.count
    }
    #expect(overflowed)
    #expect(events < text + 100)
  }

  /// The kernel's bound on queued events, 16,384 unless the machine's owner changed it.
  private func readQueueBound() throws -> Int {
    let settings = try Folder(path: "/proc/sys/fs/inotify")
    var contents = FileContents(try settings.openForReading(bytes("max_queued_events")))
    var text: [UInt8] = []
    _ = try contents.read(into: &text, upTo: 20)
    return try #require(Int(String(decoding: text.dropLast(), as: UTF8.self)))
  }
}
