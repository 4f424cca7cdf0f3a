import Files
import Glibc
import TestSupport
import Testing

@testable import Outbox

@Suite("Files made beforehand for answers")
struct SpareFilesTests {
  private struct Exchange {
    let place: TemporaryFolder
    let staging: Folder
    let outbox: Folder
    let spares: SpareFiles

    init(_ place: TemporaryFolder) throws {
      self.place = place
      try place.makeFolder("staging")
      try place.makeFolder("outbox")
      staging = try Folder(path: place.path("staging"))
      outbox = try Folder(path: place.path("outbox"))
      spares = SpareFiles(staging: staging)
    }

    func publish(_ text: String, as name: String) throws -> PublishResult {
      try Delivery.publish(
        StagedAnswer(name: Array(name.utf8), bytes: Array(text.utf8)), from: staging, into: outbox,
        replacing: false, isFirst: true, spares: spares)
    }

    var staged: Int { get throws { try place.names(in: "staging").count } }
  }

  private func withExchange(_ body: (Exchange) throws -> Void) throws {
    try withTemporaryFolder { try body(try Exchange($0)) }
  }

  /// Publishes a first answer, which finds no spare and shows that the outbox is in use, and lets spares be made for it.
  private func withSpares(_ body: (Exchange) throws -> Void) throws {
    try withExchange { exchange in
      #expect(try exchange.publish("first\n", as: "0.csv") == .published)
      #expect(try exchange.staged == 0)
      exchange.spares.refill { false }
      #expect(try exchange.staged == SpareFiles.countMax)
      #expect(try exchange.place.names(in: "outbox") == ["0.csv"], "no partner sees a spare")
      try body(exchange)
    }
  }

  @Test("An answer takes one, and one is made for the next")
  func taken() throws {
    try withSpares { exchange in
      for number in 1...SpareFiles.countMax + 2 {
        #expect(try exchange.publish("row \(number)\n", as: "\(number).csv") == .published)
        #expect(try exchange.place.text("outbox/\(number).csv") == "row \(number)\n")
        #expect(try exchange.staged == max(0, SpareFiles.countMax - number))
      }
      exchange.spares.refill { false }
      #expect(try exchange.staged == SpareFiles.countMax)
      try exchange.spares.clear()
      #expect(try exchange.staged == 0)
    }
  }

  @Test("Prepared, an answer shows nowhere until it is published, and what is not published goes")
  func prepared() throws {
    try withSpares { exchange in
      let (first, second) = (Array("row 1\n".utf8), Array("row 2\n".utf8))
      exchange.spares.prepare(second, for: exchange.outbox, as: Array("2.csv".utf8))
      exchange.spares.prepare(first, for: exchange.outbox, as: Array("1.csv".utf8))
      #expect(try exchange.place.names(in: "outbox") == ["0.csv"])
      #expect(try exchange.staged == SpareFiles.countMax)
      #expect(try exchange.publish("row 1\n", as: "1.csv") == .published)
      #expect(try exchange.place.text("outbox/1.csv") == "row 1\n")
      let descriptor = try exchange.outbox.openForReading(Array("1.csv".utf8))
      #expect(Lease.isOpenForWriting(descriptor) != .somebody)
      #expect(try exchange.staged == SpareFiles.countMax - 1)
      exchange.spares.dropPrepared()
      #expect(try exchange.staged == SpareFiles.countMax - 2)
      #expect(try exchange.publish("row 2\n", as: "2.csv") == .published, "an empty one is left for it")
      #expect(try exchange.place.text("outbox/2.csv") == "row 2\n")
    }
  }

  @Test("Where an answer cannot be prepared, nothing is left of the spare, and it is published as ever")
  func notPrepared() throws {
    try withSpares { exchange in
      FaultPlan.during("pwrite:1:ENOSPC") {
        exchange.spares.prepare(Array("row\n".utf8), for: exchange.outbox, as: Array("1.csv".utf8))
      }
      let (staged, result) = (try exchange.staged, try exchange.publish("row\n", as: "1.csv"))
      #expect(staged == SpareFiles.countMax - 1)
      #expect(result == .published)
      #expect(try exchange.place.text("outbox/1.csv") == "row\n")
    }
  }

  @Test("It has the rights and the group that the outbox gives, as a file made there")
  func rights() throws {
    try withExchange { exchange in
      // A group that is not this process's first one, where there is another.
      if geteuid() == 0 { #expect(chown(exchange.outbox.path, 0, 7) == 0) }
      #expect(chmod(exchange.outbox.path, 0o2750) == 0)
      _ = try exchange.publish("made there\n", as: "0.csv")
      exchange.spares.refill { false }
      #expect(try exchange.staged == SpareFiles.countMax)
      _ = try exchange.publish("made before\n", as: "1.csv")
      #expect(try exchange.staged == SpareFiles.countMax - 1)
      var statuses: [stat] = []
      for name in ["0.csv", "1.csv"] {
        var status = stat()
        #expect(lstat(exchange.place.path("outbox/" + name), &status) == 0)
        statuses.append(status)
      }
      #expect(statuses[0].st_mode == statuses[1].st_mode)
      #expect(statuses[0].st_gid == statuses[1].st_gid)
      #expect(statuses[1].st_nlink == 1)
    }
  }

  @Test("A name that is taken is left alone, and nothing is left of the spare")
  func nameTaken() throws {
    try withSpares { exchange in
      try exchange.place.write("another\n", to: "outbox/1.csv")
      #expect(try exchange.publish("ours\n", as: "1.csv") == .differs)
      #expect(try exchange.place.text("outbox/1.csv") == "another\n")
      #expect(try exchange.publish("first\n", as: "0.csv") == .alreadyThere)
      #expect(try exchange.staged == SpareFiles.countMax - 2)
    }
  }

  @Test("Nobody holds an answer open for writing that has its name")
  func closed() throws {
    try withSpares { exchange in
      _ = try exchange.publish("row\n", as: "1.csv")
      let descriptor = try exchange.outbox.openForReading(Array("1.csv".utf8))
      #expect(Lease.isOpenForWriting(descriptor) != .somebody)
    }
  }

  @Test("None is made while something calls")
  func called() throws {
    try withExchange { exchange in
      _ = try exchange.publish("first\n", as: "0.csv")
      var asked = 0
      exchange.spares.refill {
        asked += 1
        return asked > 2
      }
      #expect(try exchange.staged == 2)
    }
  }

  @Test("Where the staging folder was tidied, an answer is made as it would be without")
  func tidied() throws {
    try withSpares { exchange in
      for name in try exchange.staging.list().map(\.name) { try exchange.staging.remove(name) }
      #expect(try exchange.publish("row\n", as: "1.csv") == .published)
      #expect(try exchange.place.text("outbox/1.csv") == "row\n")
      try exchange.spares.clear()
    }
  }
}
