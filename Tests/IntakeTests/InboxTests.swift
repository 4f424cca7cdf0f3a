import Files
import Glibc
import Intake
import Orders
import Testing

@Suite("The inbox")
struct InboxTests {
  let exchange: TemporaryExchange

  init() throws { exchange = try TemporaryExchange() }

  private func names(_ listing: Listing) -> [String] {
    listing.waiting.map { $0.partner + "/" + legible($0.name.bytes) }
  }

  @Test("It lists the uploads of every partner and leaves names under way and companions alone")
  func lists() throws {
    try exchange.dtdc.put("x", as: "manifests.csv")
    try exchange.nexar.put("xy", as: "confirmations.csv")
    for name in [".hidden", "a.csv.part", "b.csv~", "manifests.csv.ok"] {
      try exchange.dtdc.put("x", as: name)
    }
    let latin: [UInt8] = [0x63, 0xE9]
    try exchange.nexar.create(latin, exclusive: true).write([1], at: 0)
    var inbox = try exchange.look()
    let listing = try inbox.look(nowMilliseconds: 1_000)
    #expect(names(listing) == ["nexar/c\\xE9", "nexar/confirmations.csv", "dtdc/manifests.csv"])
    #expect(listing.waiting.map(\.name.refusal) == [.notUTF8(offset: 1), nil, nil])
    #expect(listing.waiting.map(\.status.size) == [1, 2, 1])
    #expect(listing.waiting.map(\.companions) == [[], [], [.ok]])
    #expect(listing.waiting.allSatisfy { $0.firstSeen == 1_000 && $0.restingSince == 1_000 && !$0.isHeld })
    #expect(listing.strange.isEmpty)
  }

  @Test("What is no file, and who is no partner, is said once for as long as it lies there")
  func strange() throws {
    _ = try exchange.dtdc.makeSubfolder("orders.csv")
    symlink("/etc/passwd", exchange.path + "/inbox/dtdc/link.csv")
    mkfifo(exchange.path + "/inbox/nexar/pipe.csv", 0o600)
    _ = try exchange.inbox.makeSubfolder("stranger")
    symlink("/etc", exchange.path + "/inbox/ekart")
    try exchange.inbox.put("x", as: "lost.csv")
    var inbox = try exchange.look()
    let said = try inbox.look(nowMilliseconds: 0)
    #expect(said.waiting.isEmpty)
    let reasons = Dictionary(
      uniqueKeysWithValues: said.strange.map { (($0.partner ?? "") + "/" + legible($0.name), $0.reason) })
    #expect(
      reasons == [
        "dtdc/orders.csv": .notAFile(.folder), "dtdc/link.csv": .notAFile(.link),
        "nexar/pipe.csv": .notAFile(.fifo),
        "/stranger": .unknownPartner, "/ekart": .notAFile(.link), "/lost.csv": .notAFile(.regular),
      ])
    #expect(try inbox.look(nowMilliseconds: 1).strange.isEmpty)

    try exchange.nexar.remove(bytes("pipe.csv"))
    #expect(try inbox.look(nowMilliseconds: 2).strange.isEmpty)
    mkfifo(exchange.path + "/inbox/nexar/pipe.csv", 0o600)
    #expect(try inbox.look(nowMilliseconds: 3).strange.count == 1, "it is said again when it came again")
  }

  @Test("A link in place of a partner's own folder is not entered")
  func linkedPartner() throws {
    try exchange.dtdc.put("x", as: "manifests.csv")
    try exchange.inbox.rename(bytes("dtdc"), to: exchange.inbox, as: bytes("aside"))
    symlink("aside", exchange.path + "/inbox/dtdc")
    var inbox = try exchange.look()
    let listing = try inbox.look(nowMilliseconds: 0)
    #expect(listing.waiting.isEmpty)
    #expect(listing.strange.contains(Strange(partner: nil, name: bytes("dtdc"), reason: .notAFile(.link))))
  }

  @Test("Rest is counted from the last change, first sight from the first, on our own clock")
  func rest() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    var inbox = try exchange.look()
    func seen(_ now: Int64) throws -> [Int64] {
      try inbox.look(nowMilliseconds: now).waiting.flatMap { [$0.firstSeen, $0.restingSince] }
    }
    #expect(try seen(10) == [10, 10])
    #expect(try seen(20) == [10, 10])
    try exchange.dtdc.openForWriting(bytes("a.csv")).write([1, 2, 3], at: 1)
    #expect(try seen(30) == [10, 30])
    #expect(try seen(40) == [10, 30])
    try exchange.dtdc.put("other file", as: "b.csv")
    try exchange.dtdc.rename(bytes("b.csv"), to: exchange.dtdc, as: bytes("a.csv"))
    #expect(try seen(50) == [50, 50], "another file of the same name is seen for the first time")
    try exchange.dtdc.remove(bytes("a.csv"))
    #expect(try seen(60) == [])
    try exchange.dtdc.put("x", as: "a.csv")
    #expect(try seen(70) == [70, 70])
  }

  @Test("A held file stays held until it changes")
  func held() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    var inbox = try exchange.look()
    inbox.hold(try inbox.look(nowMilliseconds: 0).waiting[0])
    let before = try inbox.look(nowMilliseconds: 0).waiting[0]
    #expect(before.isHeld)
    inbox.letGo(before)
    #expect(try inbox.look(nowMilliseconds: 0).waiting[0].isHeld == false, "it is waited for no longer")
    inbox.hold(before)
    let held = try inbox.look(nowMilliseconds: 1).waiting[0]
    #expect(held.isHeld)
    #expect(inbox.readiness(of: held, for: .once, nowMilliseconds: 1) == .held)
    try exchange.dtdc.openForWriting(bytes("a.csv")).write([1, 2, 3], at: 1)
    let grown = try inbox.look(nowMilliseconds: 2).waiting[0]
    #expect(!grown.isHeld)
    #expect(inbox.readiness(of: grown, for: .once, nowMilliseconds: 2) == .ready(.once))
  }

  @Test("Events tell how a file came; a folder made later is watched as well")
  func events() throws {
    let watch = try DirectoryWatch()
    var inbox = try exchange.look(watch: watch)
    _ = try inbox.look(nowMilliseconds: 0)
    try exchange.dtdc.put("x", as: "closed.csv")
    try exchange.dtdc.put("x", as: "upload.part")
    try exchange.dtdc.rename(bytes("upload.part"), to: exchange.dtdc, as: bytes("renamed.csv"))
    try exchange.dtdc.put("x", as: "linking.part")
    #expect(try exchange.dtdc.link(bytes("linking.part"), to: exchange.dtdc, as: bytes("linked.csv")))
    try exchange.dtdc.remove(bytes("linking.part"))
    inbox.note(try watch.wait(timeoutMilliseconds: 2_000))
    func signs() throws -> [String: ArrivalSign?] {
      Dictionary(
        uniqueKeysWithValues: try inbox.look(nowMilliseconds: 1).waiting.map {
          (legible($0.name.bytes), $0.sign)
        })
    }
    #expect(try signs() == ["closed.csv": .closed, "renamed.csv": .renamed, "linked.csv": nil])

    // Written to again after the rename: its close is now the last that is known.
    try exchange.dtdc.put("y", as: "renamed.csv")
    inbox.note(try watch.wait(timeoutMilliseconds: 2_000))
    #expect(try signs()["renamed.csv"] == .closed)

    // Rewritten, and looked at before the event was: what is known speaks of the file before.
    try exchange.dtdc.put("yy", as: "closed.csv")
    #expect(try signs() == ["closed.csv": nil, "renamed.csv": .closed, "linked.csv": nil])
    inbox.note(try watch.wait(timeoutMilliseconds: 2_000))
    #expect(try signs()["closed.csv"] == .closed)

    inbox.note(Wake(overflowed: true))
    #expect(try signs() == ["closed.csv": nil, "renamed.csv": nil, "linked.csv": nil])

    try exchange.inbox.rename(bytes("dtdc"), to: exchange.inbox, as: bytes("stranger"))
    let anew = try exchange.inbox.makeSubfolder("dtdc")
    let moved = try watch.wait(timeoutMilliseconds: 2_000)
    #expect(!moved.timedOut)
    inbox.note(moved)
    _ = try inbox.look(nowMilliseconds: 2)
    try anew.put("x", as: "in-new-folder.csv")
    inbox.note(try watch.wait(timeoutMilliseconds: 2_000))
    #expect(try signs() == ["in-new-folder.csv": .closed])
  }

  @Test("A folder that was empty is not listed again until something is told of it, or nothing for long")
  func passesOver() throws {
    let watch = try DirectoryWatch()
    var inbox = try exchange.look(watch: watch)
    _ = try inbox.look(nowMilliseconds: 0)
    // No listing is asked for, so none can fail.
    #expect(try FaultPlan.during("open:1:EACCES") { try inbox.look(nowMilliseconds: 1) }.waiting.isEmpty)
    try exchange.nexar.put("x", as: "b.csv")
    #expect(try inbox.look(nowMilliseconds: 2).waiting.isEmpty, "nobody was told of it yet")
    inbox.note(try watch.wait(timeoutMilliseconds: 2_000))
    #expect(try inbox.look(nowMilliseconds: 3).waiting.count == 1)
    #expect(try inbox.look(nowMilliseconds: 4).waiting.count == 1, "what waits is listed until it is gone")
    try exchange.dtdc.put("x", as: "a.csv")
    _ = try watch.wait(timeoutMilliseconds: 2_000)
    #expect(try inbox.look(nowMilliseconds: 5).waiting.count == 1)
    inbox.note(Wake(timedOut: true))
    #expect(try inbox.look(nowMilliseconds: 6).waiting.count == 2, "there is time for a whole look")
    try exchange.dtdc.remove(bytes("a.csv"))
    #expect(try inbox.look(nowMilliseconds: 7).waiting.count == 1)
    try exchange.dtdc.put("x", as: "a.csv")
    _ = try watch.wait(timeoutMilliseconds: 2_000)
    #expect(try inbox.look(nowMilliseconds: 8).waiting.count == 1)
    #expect(try inbox.look(nowMilliseconds: 60_006).waiting.count == 2, "a whole look is due")
  }

  @Test("Where one folder fails, or a stranger's lies in the inbox, every folder is listed")
  func looksEverywhere() throws {
    let watch = try DirectoryWatch()
    var inbox = try exchange.look(watch: watch)
    try exchange.dtdc.put("x", as: "a.csv")
    _ = try inbox.look(nowMilliseconds: 0)
    let failed = try FaultPlan.during("open:1:EACCES") { try inbox.look(nowMilliseconds: 1) }
    #expect(failed.waiting.count == 1, "listed again, with all others")
    _ = try exchange.inbox.makeSubfolder("stranger")
    inbox.note(try watch.wait(timeoutMilliseconds: 2_000))
    #expect(try inbox.look(nowMilliseconds: 2).strange.count == 1)
    try exchange.nexar.put("x", as: "b.csv")
    _ = try watch.wait(timeoutMilliseconds: 2_000)
    #expect(try inbox.look(nowMilliseconds: 3).waiting.count == 2)
  }

  @Test("One partner's folder that cannot be listed is said once and stops nobody else")
  func unreadable() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    try exchange.nexar.put("x", as: "b.csv")
    var inbox = try exchange.look()
    _ = try inbox.look(nowMilliseconds: 0)
    // The opens of a look, in turn: the inbox's own listing, then one for each partner's folder.
    let first = try FaultPlan.during("open:2:EACCES") { try inbox.look(nowMilliseconds: 1) }
    #expect(first.waiting.count == 1)
    #expect(first.strange.count == 1)
    guard case .unreadable(let error) = first.strange[0].reason else {
      Issue.record("an unreadable folder must be said to be one")
      return
    }
    #expect(error.errno == EACCES)
    let second = try FaultPlan.during("open:2:EACCES") { try inbox.look(nowMilliseconds: 1) }
    #expect(second.waiting.count == 1)
    #expect(second.strange.isEmpty)
    #expect(try inbox.look(nowMilliseconds: 2).waiting.count == 2)
  }

  @Test("An inbox that cannot be listed at all is an error")
  func noInbox() throws {
    var inbox = try exchange.look()
    #expect(throws: FileError.self) {
      try FaultPlan.during("open:1:EIO") { _ = try inbox.look(nowMilliseconds: 0) }
    }
  }
}
