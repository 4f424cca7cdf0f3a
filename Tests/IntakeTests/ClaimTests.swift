import Files
import Glibc
import Intake
import Orders
import Testing

@Suite("A claim")
struct ClaimTests {
  let exchange: TemporaryExchange

  init() throws { exchange = try TemporaryExchange() }

  private func waiting(_ name: String) throws -> Waiting {
    var inbox = try exchange.look()
    let found = try inbox.look(nowMilliseconds: 0).waiting.first { $0.name.bytes == bytes(name) }
    return try #require(found)
  }

  private func take(_ waiting: Waiting, _ number: UInt32 = 7) throws -> Claim? {
    try Claim.take(
      waiting, as: ClaimNumber(number), completedBy: .once, from: exchange.dtdc, into: exchange.claimed)
  }

  @Test("The file leaves the inbox and lies under twelve digits, undisturbed")
  func takes() throws {
    try exchange.dtdc.put("content", as: "manifests.csv")
    let waiting = try waiting("manifests.csv")
    let claim = try #require(try take(waiting))
    #expect(claim.name.kind == .manifests)
    #expect(claim.partner == "dtdc")
    #expect(claim.disturbance == nil)
    #expect(claim.companions == [])
    #expect(try exchange.dtdc.list().isEmpty)
    #expect(try exchange.claimed.list().map(\.name) == [bytes("000000000007")])
    let contents = FileContents(try exchange.claimed.openForReading(Claim.fileName(of: claim.number)))
    #expect(try contents.read(at: 0, count: 100) == bytes("content"))
    #expect(try claim.isUndisturbed(contents))
    #expect(try take(waiting, 8) == nil, "it is no longer there to be taken")
  }

  @Test("Its companions go with it")
  func companions() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    try exchange.dtdc.put("", as: "a.csv.ok")
    try exchange.dtdc.put("digest", as: "a.csv.sha256")
    let claim = try #require(try take(try waiting("a.csv")))
    #expect(Set(claim.companions) == [.ok, .sha256])
    #expect(try exchange.dtdc.list().isEmpty)
    #expect(
      try readWhole(exchange.claimed, Claim.fileName(of: claim.number, .sha256), limit: 10) == bytes("digest")
    )
    #expect(try Claim.numbers(in: exchange.claimed) == [claim.number], "a companion is no claim of its own")
  }

  @Test("A number already taken is refused, and neither file is harmed")
  func takenNumber() throws {
    try exchange.dtdc.put("first", as: "a.csv")
    _ = try take(try waiting("a.csv"))
    try exchange.dtdc.put("second", as: "a.csv")
    let second = try waiting("a.csv")
    #expect(throws: FileError.self) { try take(second) }
    #expect(try readWhole(exchange.claimed, bytes("000000000007"), limit: 10) == bytes("first"))
    #expect(try readWhole(exchange.dtdc, bytes("a.csv"), limit: 10) == bytes("second"))
  }

  @Test("A writer that opened the file before the rename is noticed after it")
  func writer() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    let waiting = try waiting("a.csv")
    let writer = try exchange.dtdc.openForWriting(bytes("a.csv"))
    #expect(try take(waiting)?.disturbance == .beingWritten)
    withExtendedLifetime(writer) {}
  }

  @Test("A file that changed, or was swapped, since it was listed is noticed after the rename")
  func changed() throws {
    for name in ["grown.csv", "replaced.csv", "folder.csv", "link.csv"] {
      try exchange.dtdc.put("x", as: name)
    }
    let grown = try waiting("grown.csv")
    let replaced = try waiting("replaced.csv")
    let folder = try waiting("folder.csv")
    let link = try waiting("link.csv")
    try exchange.dtdc.openForWriting(bytes("grown.csv")).write([1], at: 1)
    try exchange.dtdc.put("y", as: "other")
    try exchange.dtdc.rename(bytes("other"), to: exchange.dtdc, as: bytes("replaced.csv"))
    try exchange.dtdc.remove(bytes("folder.csv"))
    _ = try exchange.dtdc.makeSubfolder("folder.csv")
    try exchange.dtdc.remove(bytes("link.csv"))
    symlink("/etc/passwd", exchange.path + "/inbox/dtdc/link.csv")
    #expect(try take(grown, 1)?.disturbance == .changed)
    #expect(try take(replaced, 2)?.disturbance == .changed)
    #expect(try take(folder, 3)?.disturbance == .notAFile(.folder))
    #expect(try take(link, 4)?.disturbance == .notAFile(.link))
  }

  @Test("A file that cannot be read is kept and said to be so")
  func unreadable() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    let waiting = try waiting("a.csv")
    let claim = try FaultPlan.during("open:1:EACCES") { try take(waiting) }
    guard case .unreadable(let error) = try #require(claim?.disturbance) else {
      Issue.record("the disturbance must carry the refusal")
      return
    }
    #expect(error.errno == EACCES)
    #expect(try Claim.numbers(in: exchange.claimed) == [ClaimNumber(7)])
  }

  @Test(
    "A change between claim and commit is noticed, of size, of content alone, and by a writer still at it")
  func disturbedLater() throws {
    func claimed(_ number: UInt32) throws -> Claim {
      try exchange.dtdc.put("content", as: "a.csv")
      return try #require(try take(try waiting("a.csv"), number))
    }
    func isUndisturbed(_ claim: Claim) throws -> Bool {
      let contents = FileContents(try exchange.claimed.openForReading(Claim.fileName(of: claim.number)))
      return try claim.isUndisturbed(contents)
    }
    let grown = try claimed(1)
    #expect(try isUndisturbed(grown))
    try exchange.claimed.openForWriting(Claim.fileName(of: grown.number)).truncate(to: 100)
    #expect(try !isUndisturbed(grown))

    let rewritten = try claimed(2)
    usleep(20_000)
    try exchange.claimed.openForWriting(Claim.fileName(of: rewritten.number)).write(bytes("CONTENT"), at: 0)
    #expect(try !isUndisturbed(rewritten))

    let written = try claimed(3)
    let writer = try exchange.claimed.openForWriting(Claim.fileName(of: written.number))
    #expect(try !isUndisturbed(written))
    withExtendedLifetime(writer) {}
  }

  @Test("A group is synced once: the contents named, the claims' folder, and each inbox")
  func syncsGroup() throws {
    var claims: [Claim] = []
    for number in UInt32(1)...3 {
      try exchange.dtdc.put("x", as: "a.csv")
      claims.append(try #require(try take(try waiting("a.csv"), number)))
    }
    // The fifth of two contents, the claims' folder and two inboxes is the last: a sixth is not made.
    func failures(_ passage: Int) -> Bool {
      do {
        try FaultPlan.during("fsync:\(passage):EIO") {
          try Claim.syncGroup(
            contentOf: Array(claims[..<2]), claimed: exchange.claimed,
            inboxes: [exchange.dtdc, exchange.nexar])
        }
        return false
      } catch {
        return true
      }
    }
    #expect((1...6).map(failures) == [true, true, true, true, true, false])
  }

  @Test("The claims in the folder are listed by number, and nothing else is taken for one")
  func numbers() throws {
    for name in [
      "000000000012", "000000000003", "000004294967295", "4", "999999999999", "00000000001x",
      "000000000005.ok",
    ] {
      try exchange.claimed.put("x", as: name)
    }
    #expect(try Claim.numbers(in: exchange.claimed) == [ClaimNumber(3), ClaimNumber(12)])
    #expect(Claim.number(of: Claim.fileName(of: ClaimNumber(.max))) == ClaimNumber(.max))
    #expect(Claim.fileName(of: ClaimNumber(.max)) == bytes("004294967295"))
  }
}
