import Files
import Glibc
import Intake
import Orders
import Testing

@Suite("Settling")
struct SettlingTests {
  static let rule = SettlingRule(settleMilliseconds: 2_000)
  static let agreed = SettlingRule(settleMilliseconds: 2_000, companion: .done)

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let sign: ArrivalSign?
    var linkCount: UInt64 = 1
    var companions: [Companion] = []
    var isHeld = false
    var rule = SettlingTests.rule
    let taking: Taking
    let now: Int64
    let expected: Settling
    var testDescription: String { name }
  }

  /// A file that rests since 10,000, with a settle time of 2,000.
  static let cases: [Case] = [
    Case(name: "renamed: at once", sign: .renamed, taking: .run, now: 10_000, expected: .complete(.rename)),
    Case(
      name: "renamed, with a second name: after the rest", sign: .renamed, linkCount: 2, taking: .run,
      now: 10_000,
      expected: .restsUntil(milliseconds: 12_000)),
    Case(
      name: "renamed, second name kept", sign: .renamed, linkCount: 2, taking: .run, now: 12_000,
      expected: .hasSecondName),
    Case(
      name: "once: a second name", sign: nil, linkCount: 2, taking: .once, now: 10_000,
      expected: .hasSecondName),
    Case(
      name: "closed: rests", sign: .closed, taking: .run, now: 11_999,
      expected: .restsUntil(milliseconds: 12_000)),
    Case(name: "closed and rested", sign: .closed, taking: .run, now: 12_000, expected: .complete(.closed)),
    Case(
      name: "unseen: rests", sign: nil, taking: .run, now: 10_000, expected: .restsUntil(milliseconds: 12_000)
    ),
    Case(name: "unseen and rested", sign: nil, taking: .run, now: 50_000, expected: .complete(.rest)),
    Case(name: "once: without rest", sign: nil, taking: .once, now: 10_000, expected: .complete(.once)),
    Case(
      name: "once: whatever was seen", sign: .closed, taking: .once, now: 10_000, expected: .complete(.once)),
    Case(
      name: "agreed companion missing", sign: .renamed, rule: agreed, taking: .run, now: 50_000,
      expected: .awaitsCompanion),
    Case(
      name: "another companion", sign: .renamed, companions: [.ok], rule: agreed, taking: .once, now: 50_000,
      expected: .awaitsCompanion),
    Case(
      name: "agreed companion there", sign: nil, companions: [.ok, .done], rule: agreed, taking: .run,
      now: 10_000,
      expected: .complete(.companion)),
    Case(
      name: "a companion nobody agreed to completes nothing", sign: nil, companions: [.done], taking: .run,
      now: 10_000,
      expected: .restsUntil(milliseconds: 12_000)),
    Case(name: "held", sign: .renamed, isHeld: true, taking: .run, now: 50_000, expected: .held),
    Case(name: "held, once", sign: nil, isHeld: true, taking: .once, now: 50_000, expected: .held),
  ]

  @Test("What the listing says decides what must still be waited for", arguments: cases)
  func settles(example: Case) {
    let waiting = Waiting(
      partner: "dtdc", name: FileName(bytes("a.csv")),
      status: FileStatus(size: 1, linkCount: example.linkCount), firstSeen: 5_000, restingSince: 10_000,
      sign: example.sign, companions: example.companions, isHeld: example.isHeld)
    let settling = Settling(of: waiting, by: example.rule, for: example.taking, nowMilliseconds: example.now)
    #expect(settling == example.expected)
  }

  let exchange: TemporaryExchange

  init() throws { exchange = try TemporaryExchange() }

  @Test("Nobody takes a file that somebody writes to, rested or not", arguments: [Taking.run, .once])
  func writer(taking: Taking) throws {
    let writer = try exchange.dtdc.create(bytes("a.csv"), exclusive: true)
    try writer.write([1], at: 0)
    var inbox = try exchange.look()
    let waiting = try inbox.look(nowMilliseconds: 0).waiting[0]
    #expect(inbox.readiness(of: waiting, for: taking, nowMilliseconds: 60_000) == .beingWritten)
    withExtendedLifetime(writer) {}
  }

  @Test("The partner's settle time counts, and then the file is ready")
  func ready() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    var profile = PartnerProfile.dtdcRaftaar
    profile.settleSeconds = 0.25
    var inbox = try Inbox(root: exchange.inbox, partners: [profile])
    let waiting = try inbox.look(nowMilliseconds: 100).waiting[0]
    #expect(
      inbox.readiness(of: waiting, for: .run, nowMilliseconds: 349) == .settling(untilMilliseconds: 350))
    #expect(inbox.readiness(of: waiting, for: .run, nowMilliseconds: 350) == .ready(.rest))
    #expect(inbox.readiness(of: waiting, for: .once, nowMilliseconds: 100) == .ready(.once))
  }

  @Test("A file that went, changed, or was swapped for a link since the listing is left for the next look")
  func gone() throws {
    for name in ["gone.csv", "grown.csv", "swapped.csv"] { try exchange.dtdc.put("x", as: name) }
    var inbox = try exchange.look()
    let waiting = try inbox.look(nowMilliseconds: 0).waiting
    try exchange.dtdc.remove(bytes("gone.csv"))
    try exchange.dtdc.openForWriting(bytes("grown.csv")).write([1, 2, 3], at: 1)
    try exchange.dtdc.remove(bytes("swapped.csv"))
    symlink("/etc/passwd", exchange.path + "/inbox/dtdc/swapped.csv")
    for file in waiting {
      #expect(
        inbox.readiness(of: file, for: .once, nowMilliseconds: 9_000) == .gone, "\(legible(file.name.bytes))")
    }
    let again = try inbox.look(nowMilliseconds: 9_000)
    #expect(again.waiting.map { legible($0.name.bytes) } == ["grown.csv"])
    #expect(inbox.readiness(of: again.waiting[0], for: .once, nowMilliseconds: 9_000) == .ready(.once))
  }

  @Test("A file that cannot be opened is said once, and again only when it came again")
  func unreadable() throws {
    try exchange.dtdc.put("x", as: "a.csv")
    var inbox = try exchange.look()
    func refused(_ now: Int64) throws -> Readiness {
      let waiting = try inbox.look(nowMilliseconds: now).waiting[0]
      return FaultPlan.during("open:1:EACCES") {
        inbox.readiness(of: waiting, for: .once, nowMilliseconds: now)
      }
    }
    let error = FileError(call: "openat", path: exchange.path + "/inbox/dtdc/a.csv", errno: EACCES)
    let strange = Strange(partner: "dtdc", name: bytes("a.csv"), reason: .unreadable(error))
    #expect(try refused(0) == .unreadable(strange))
    #expect(try refused(1) == .unreadable(nil))
    #expect(try refused(2) == .unreadable(nil))
  }

  @Test("A companion older than its upload's last change is an earlier upload's")
  func staleCompanion() throws {
    var inbox = try Inbox(root: exchange.inbox, partners: [.dtdcRaftaar], companions: ["dtdc": .ok])
    func readiness() throws -> Readiness {
      let waiting = try inbox.look(nowMilliseconds: 0).waiting[0]
      return inbox.readiness(of: waiting, for: .once, nowMilliseconds: 0)
    }
    try exchange.dtdc.put("", as: "a.csv.ok")
    usleep(20_000)
    try exchange.dtdc.put("x", as: "a.csv")
    #expect(try readiness() == .awaitsCompanion)
    usleep(20_000)
    try exchange.dtdc.remove(bytes("a.csv.ok"))
    try exchange.dtdc.put("", as: "a.csv.ok")
    #expect(try readiness() == .ready(.companion))
  }
}
