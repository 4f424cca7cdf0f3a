/// Client by way by fault: whatever a partner uploads with, however, and whatever happens on the way, each row is answered once.

import Foundation
import Glibc
import TestSupport
import Testing

/// How a partner uploads.
enum SFTPWay: String, CaseIterable, Sendable {
  case put
  /// `put -p`: the file's time of change is years ago.
  case preserved
  /// To a temporary name, then renamed in one step.
  case renamed
  /// To a temporary name, then the standard's rename: a second name, and the first removed.
  case linked
  /// Over a file of the same name that still waits.
  case overwritten

  /// What the ack may say completed it. paramiko sets the time after it has closed the file: then the close it told of is
  /// not the last that happened, if somebody looked in between.
  func completedBy(_ client: SFTPClient) -> [String] {
    switch self {
    case .renamed: ["rename"]
    case .linked: ["rest"]
    case .put, .overwritten: ["closed"]
    case .preserved: client == .paramiko ? ["closed", "rest"] : ["closed"]
    }
  }

  /// The same after a fault: what broke off under its own name was held, and has grown since.
  func completedBy(_ client: SFTPClient, after fault: SFTPFault) -> [String] {
    let wasHeld = fault == .cutAndRepeated || fault == .cutAndResumed
    return wasHeld && !isHidden ? ["grown"] : completedBy(client)
  }

  /// Is the name an upload has while it is under way one that the exchange leaves alone?
  var isHidden: Bool { self == .renamed || self == .linked }
}

/// What goes wrong.
enum SFTPFault: String, CaseIterable, Sendable {
  case none
  /// The connection is killed half-way; later the upload is made again from the start.
  case cutAndRepeated
  /// The connection is killed half-way; later the upload goes on where it broke off.
  case cutAndResumed
  /// The sender pauses half-way for longer than a file must rest.
  case pause
}

struct SFTPCase: Sendable, CustomTestStringConvertible {
  let client: SFTPClient
  let way: SFTPWay
  let fault: SFTPFault

  var testDescription: String { "\(client) \(way) \(fault)" }
  var id: String { "\(client)-\(way)-\(fault)" }

  /// Every combination that a client can make: what is resumed has its old time and its earlier content no more.
  static let all: [SFTPCase] = SFTPClient.allCases.filter { $0.missing == nil }.flatMap { client in
    SFTPWay.allCases.flatMap { way in
      SFTPFault.allCases.map { SFTPCase(client: client, way: way, fault: $0) }
    }
  }
}

@Suite(
  "Uploads by SFTP",
  .disabled(if: SFTPSite.missing != nil, Comment(rawValue: SFTPSite.missing ?? "")),
  .timeLimit(.minutes(15)))
struct SFTPMatrixTests {
  private static let rowCount = 300

  @Test("Each row is answered once, and the ack says what completed the upload", arguments: SFTPCase.all)
  func upload(example: SFTPCase) async throws {
    let site = try await SharedSite.site()
    let partner = example.way == .overwritten ? "booon" : "easyecom"
    let name = "orders-\(example.id).csv"
    let drop = Drop(site, partner, name)
    let local = site.path(name)
    try Self.orders(example.id, Self.rowCount).write(toFile: local, atomically: false, encoding: .utf8)
    if example.way == .preserved { try drop.makeOld(local) }
    // The name under which the bytes travel.
    let remote = "/inbox/" + (example.way.isHidden ? name + ".part" : name)

    let upload: SFTPClient.Step =
      example.way == .preserved ? .putPreserving(local, as: remote) : .put(local, as: remote)

    // What is overwritten comes in the same session: the next login may take longer than a file rests.
    var before: [SFTPClient.Step] = []
    if example.way == .overwritten {
      let first = site.path(name + "-first")
      try Self.orders(example.id + "-first", 3).write(toFile: first, atomically: false, encoding: .utf8)
      before = [.put(first, as: remote)]
    }
    switch example.fault {
    case .none: break
    case .cutAndRepeated, .cutAndResumed:
      let session = try example.client.startSlowly(upload, after: before, as: partner, on: site)
      try await drop.isHalfWay(remote, while: session)
      session.send(SIGKILL)
      _ = try await session.finish()
      try await drop.staysIncomplete(remote, isHidden: example.way.isHidden)
    case .pause:
      let session = try example.client.startSlowly(upload, after: before, as: partner, on: site)
      try await drop.isHalfWay(remote, while: session)
      session.send(SIGSTOP)
      let settle = partner == "booon" ? SFTPSite.longSettleSeconds : SFTPSite.settleSeconds
      try await Task.sleep(for: .seconds(settle * 2 + 0.5))
      #expect(drop.size(of: remote) != nil, "a file that its sender still holds open was taken")
      #expect(try drop.ack() == nil)
      session.send(SIGCONT)
      #expect(try await session.finish().status == .exited(0))
    }

    var steps: [SFTPClient.Step] = []
    switch example.fault {
    case .pause: break
    case .cutAndResumed: steps = [.resume(local, as: remote)]
    default: steps = (example.fault == .none ? before : []) + [upload]
    }
    if example.way == .renamed { steps.append(.rename(remote, to: "/inbox/" + name)) }
    if example.way == .linked { steps.append(.plainRename(remote, to: "/inbox/" + name)) }
    if !steps.isEmpty { try await example.client.run(steps, as: partner, on: site) }

    let ack = try await drop.answer()
    #expect(ack.outcome == "accepted")
    let completedBy = example.way.completedBy(example.client, after: example.fault)
    #expect(completedBy.contains(ack.completedBy), "\(ack.completedBy)")
    #expect(ack.rows.read == Self.rowCount && ack.rows.applied == Self.rowCount)
    try drop.expectEachRowOnce(Self.rowCount)
    if example.way == .overwritten {
      #expect(
        try await !site.run(
          "as_waybill sh -c 'waybill order \(example.id)-first-00001 --root /srv/exchange || true'"
        ).contains("created by"), "what was overwritten while it waited was taken")
    }
  }

  /// Orders of one line each, 128 bytes a row. Slow uploads travel in pieces of 1,024 bytes, so that a cut always falls into the
  /// middle of a row: a file that ends after a whole row looks complete, and nobody could hold it.
  private static func orders(_ prefix: String, _ count: Int) -> String {
    var text = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"
    for number in 1...count {
      let order = prefix + "-" + String(String(100_000 + number).dropFirst())
      let (front, back) = ("\(order),I-\(order),1,TEA-", ",1,229.00,WH-1\n")
      text += front + String(repeating: "0", count: 128 - front.utf8.count - back.utf8.count) + back
    }
    return text
  }
}

/// The site that the tests share; started once, with its daemon.
enum SharedSite {
  private static let starting = Task {
    let site = try await SFTPSite.start()
    try await site.startDaemon()
    return site
  }

  static func site() async throws -> SFTPSite { try await starting.value }
}

/// One file of one partner, from the upload to its answers.
struct Drop {
  struct Ack: Decodable {
    struct Rows: Decodable { let read, applied, rejected: Int }
    let outcome: String
    let completedBy: String
    let sequence: Int
    let rows: Rows

    enum CodingKeys: String, CodingKey {
      case outcome, rows
      case sequence = "ledger_sequence"
      case completedBy = "completed_by"
    }
  }

  private let site: SFTPSite
  private let partner: String
  private let name: String

  init(_ site: SFTPSite, _ partner: String, _ name: String) {
    self.site = site
    self.partner = partner
    self.name = name
  }

  private var outbox: String { "\(site.root)/outbox/\(partner)/" }

  /// The bytes that lie in the inbox under a name; nil: there is none.
  func size(of remote: String) -> Int64? {
    var status = stat()
    let place = "\(site.root)/inbox/\(partner)/\(remote.dropFirst("/inbox/".count))"
    return lstat(place, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// Waits until some of the bytes are there, and well before the last.
  func isHalfWay(_ remote: String, while session: RunningProgram) async throws {
    let begun = try await session.waitUntil { (4_000..<30_000).contains(size(of: remote) ?? 0) }
    guard begun, !session.hasEnded else {
      throw TestFailure("the upload was not caught half-way: \(session.outputSoFar)\(session.errorsSoFar)")
    }
  }

  /// After a cut: a hidden name is not looked at, any other is held and said to be, and neither is taken.
  func staysIncomplete(_ remote: String, isHidden: Bool) async throws {
    if isHidden {
      try await Task.sleep(for: .seconds(SFTPSite.settleSeconds * 2))
      #expect(try ack() == nil)
    } else {
      #expect(try await eventually { try ack()?.outcome == "held" }, "\(site.daemonSaid)")
    }
    #expect(size(of: remote) != nil)
  }

  func ack() throws -> Ack? {
    let path = outbox + name + ".ack.json"
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try JSONDecoder().decode(Ack.self, from: data)
  }

  /// The ack, once it is not that of a hold.
  func answer() async throws -> Ack {
    _ = try await eventually(timeoutSeconds: 60) { try ack().map { $0.outcome != "held" } ?? false }
    guard let ack = try ack() else { throw TestFailure("\(name) was not answered: \(site.daemonSaid)") }
    return ack
  }

  /// The result file has the rows 1 to `count`, each once and applied, and there is no second result file.
  func expectEachRowOnce(_ count: Int) throws {
    let text = try String(contentsOfFile: outbox + name + ".result.csv", encoding: .utf8)
    let rows = text.split(separator: "\n").dropFirst()
    #expect(rows.compactMap { $0.split(separator: ",").first.flatMap { Int($0) } } == Array(1...count))
    #expect(rows.allSatisfy { $0.contains(",applied,") })
    let own = try FileManager.default.contentsOfDirectory(atPath: outbox).filter {
      $0.hasPrefix(name) && $0.hasSuffix(".ack.json")
    }
    #expect(own == [name + ".ack.json"])
  }

  /// Dates the local file years back.
  func makeOld(_ path: String) throws {
    let then = timeval(tv_sec: 981_173_106, tv_usec: 0)
    guard utimes(path, [then, then]) == 0 else { throw TestFailure("utimes: errno \(errno)") }
  }
}
