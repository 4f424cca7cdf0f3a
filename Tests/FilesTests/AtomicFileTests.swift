import Files
import Glibc
import Testing

@Suite("An atomic file")
struct AtomicFileTests {
  let temporary: TemporaryFolder
  var folder: Folder { temporary.folder }
  let name = bytes("orders.csv.ack.json")

  init() throws { temporary = try TemporaryFolder() }

  @Test("It appears whole and leaves nothing beside it", arguments: [true, false], [true, false])
  func publishes(replace: Bool, sync: Bool) throws {
    try AtomicFile.publish(bytes("answer"), in: folder, as: name, replace: replace, sync: sync)
    #expect(try temporary.text("orders.csv.ack.json") == "answer")
    #expect(try temporary.names() == ["orders.csv.ack.json"])
    #expect(try folder.status(name)?.linkCount == 1)
  }

  @Test("With replace the older file gives way, without it stands and the newer is refused")
  func replacing() throws {
    try temporary.write("older", as: "orders.csv.ack.json")
    let refused = refusal { () throws(FileError) in
      try AtomicFile.publish(bytes("newer"), in: folder, as: name, replace: false, sync: true)
    }
    #expect(refused?.errno == EEXIST)
    #expect(try temporary.text("orders.csv.ack.json") == "older")
    #expect(try temporary.names() == ["orders.csv.ack.json"])
    try AtomicFile.publish(bytes("newer"), in: folder, as: name, replace: true, sync: true)
    #expect(try temporary.text("orders.csv.ack.json") == "newer")
  }

  @Test(
    "What a crash left under the temporary name neither stops nor changes anything", arguments: [true, false])
  func leftover(replace: Bool) throws {
    let left = AtomicFile.temporaryName(for: name)
    try folder.create(left, exclusive: true).write(bytes("half of an answer that was longer"), at: 0)
    #expect(try folder.link(left, to: folder, as: bytes("published")))
    try AtomicFile.publish(bytes("answer"), in: folder, as: name, replace: replace, sync: false)
    #expect(try temporary.text("orders.csv.ack.json") == "answer")
    #expect(try temporary.text("published") == "half of an answer that was longer")
    #expect(try temporary.names() == ["orders.csv.ack.json", "published"])
  }

  @Test("The temporary name is hidden, short and its own for each name")
  func temporaryNames() {
    let long = AtomicFile.temporaryName(for: [UInt8](repeating: 0x78, count: 255))
    #expect(long.first == UInt8(ascii: "."))
    #expect(long.suffix(4) == bytes(".tmp"))
    #expect(long.count == 21)
    #expect(AtomicFile.temporaryName(for: name) != long)
    #expect(AtomicFile.temporaryName(for: name) == AtomicFile.temporaryName(for: name))
  }

  @Test(
    "Whichever call fails, once or from then on, the name shows the old or the new content, and a restart succeeds",
    arguments: [true, false], ["", "+"])
  func everyCallFails(replace: Bool, persistence: String) throws {
    var failures = 0
    for passage in 1... {
      let place = try TemporaryFolder()
      if replace { try place.write("older", as: "orders.csv.ack.json") }
      let error = FaultPlan.during("any:\(passage)\(persistence):EIO") {
        refusal { () throws(FileError) in
          try AtomicFile.publish(bytes("newer"), in: place.folder, as: name, replace: replace, sync: true)
        }
      }
      let shown = try place.folder.status(name) == nil ? nil : try place.text("orders.csv.ack.json")
      guard error != nil else {
        #expect(shown == "newer")
        break
      }
      failures += 1
      #expect(shown == "newer" || shown == (replace ? "older" : nil), "call \(passage)")
      if persistence.isEmpty {
        #expect(try place.names().filter { $0.hasSuffix(".tmp") } == [], "call \(passage)")
      }
      try AtomicFile.publish(bytes("newer"), in: place.folder, as: name, replace: true, sync: true)
      #expect(try place.names() == ["orders.csv.ack.json"], "call \(passage)")
      #expect(try place.text("orders.csv.ack.json") == "newer")
    }
    #expect(failures >= 5, "create, write, two syncs and the rename were each refused once")
  }
}
