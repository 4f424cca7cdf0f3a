/// Many partners at once, and the daemon going down and coming back while they upload.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite(
  "Partners at work together", .serialized,
  .disabled(if: SFTPSite.missing != nil, Comment(rawValue: SFTPSite.missing ?? "")),
  .timeLimit(.minutes(10)))
struct SFTPLoadTests {
  /// What each of the four sends: files of one row, and whether the row can be applied.
  private static let senders: [(partner: String, kind: String, client: SFTPClient, isApplied: Bool)] = [
    ("easyecom", "orders", .openSSH, true), ("booon", "orders", .paramiko, true),
    ("ecom-express", "scans", .openSSH, false), ("ekart", "tracking", .paramiko, false),
  ]

  /// Everything, not only what takes a minute?
  private static let isLong = ProcessInfo.processInfo.environment["WAYBILL_LONG"] == "1"

  private static func row(_ kind: String, _ partner: String, _ number: Int) -> String {
    switch kind {
    case "orders":
      "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"
        + "\(partner)-\(number),I-\(partner)-\(number),1,TEA-250,1,229.00,WH-1\n"
    case "scans":
      "awb,datetime,status,reason_code,reason_code_number,status_update_number\n"
        + "731000\(number),2026-11-20 16:20:00,picked up,11 - Shipment Picked Up,0011,\(number)\n"
    default: "tracking_id,status,event_date\n500999BN000\(number),in_transit,2026-11-20 21:05:00\n"
    }
  }

  @Test(
    "Two hundred files from four partners at once are answered, each once, whether the daemon is killed meanwhile or not",
    arguments: isLong ? [nil, "KILL", "TERM"] : ["KILL"])
  func twoHundred(signal: String?) async throws {
    let site = try await SFTPSite.start()
    try await site.startDaemon()
    var sessions: [RunningProgram] = []
    for (partner, kind, client, _) in Self.senders {
      var steps: [SFTPClient.Step] = []
      for number in 101...150 {
        let name = "\(kind)-\(number).csv"
        let local = site.path("\(partner)-\(name)")
        try Self.row(kind, partner, number).write(toFile: local, atomically: false, encoding: .utf8)
        // Every second one under a temporary name first.
        if number.isMultiple(of: 2) {
          steps.append(.put(local, as: "/inbox/\(name)"))
        } else {
          steps += [
            .put(local, as: "/inbox/.\(name)"), .plainRename("/inbox/.\(name)", to: "/inbox/\(name)"),
          ]
        }
      }
      sessions.append(try (client.missing == nil ? client : .openSSH).start(steps, as: partner, on: site))
    }
    if let signal {
      for answered in [20, 80] {
        #expect(
          try await eventually(timeoutSeconds: 120) { try Self.acks(site).count >= answered },
          "\(site.daemonSaid)")
        try await site.stopDaemon(signal)
        try await site.startDaemon()
      }
    }
    for session in sessions {
      let finished = try await session.finish(timeoutSeconds: 120)
      #expect(finished.status == .exited(0), "\(finished.errors)")
    }
    #expect(
      try await eventually(timeoutSeconds: 120) { try Self.acks(site).count >= 200 }, "\(site.daemonSaid)")
    try await site.stopDaemon()

    let acks = try Self.acks(site)
    #expect(acks.count == 200)
    #expect(Set(acks.map(\.ack.sequence)).count == 200, "one decision for each file")
    for (partner, _, _, isApplied) in Self.senders {
      let own = acks.filter { $0.partner == partner }.map(\.ack)
      #expect(own.count == 50)
      #expect(own.allSatisfy { $0.rows.read == 1 && $0.rows.applied == (isApplied ? 1 : 0) }, "\(partner)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.root)/inbox/\(partner)") == [])
    }
    #expect(try await site.run("as_waybill waybill ledger verify --root /srv/exchange").contains("sound"))
    await site.end()
  }

  private static func acks(_ site: SFTPSite) throws -> [(partner: String, ack: Drop.Ack)] {
    try senders.flatMap { sender -> [(partner: String, ack: Drop.Ack)] in
      let outbox = "\(site.root)/outbox/\(sender.partner)/"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: outbox)) ?? []
      return try names.filter { $0.hasSuffix(".ack.json") && !$0.hasPrefix(".") }.compactMap {
        name -> (partner: String, ack: Drop.Ack)? in
        guard let data = FileManager.default.contents(atPath: outbox + name) else { return nil }
        return (sender.partner, try JSONDecoder().decode(Drop.Ack.self, from: data))
      }
    }
  }

  @Test(
    "An upload that is held stays held over a restart, is not said again, and is taken when it is resumed")
  func heldOverRestart() async throws {
    let site = try await SFTPSite.start()
    try await site.startDaemon()
    let name = "orders-held.csv"
    let text = Self.row("orders", "easyecom", 1)
    let whole = site.path(name)
    try text.write(toFile: whole, atomically: false, encoding: .utf8)
    let half = site.path("half.csv")
    try String(text.dropLast(30)).write(toFile: half, atomically: false, encoding: .utf8)
    try await SFTPClient.openSSH.run([.put(half, as: "/inbox/\(name)")], as: "easyecom", on: site)
    let drop = Drop(site, "easyecom", name)
    #expect(try await eventually { try drop.ack()?.outcome == "held" }, "\(site.daemonSaid)")
    let held = try #require(try drop.ack())

    for signal in ["TERM", "KILL"] {
      try await site.stopDaemon(signal)
      try await site.startDaemon()
      try await Task.sleep(for: .seconds(SFTPSite.settleSeconds * 3))
      #expect(try drop.ack()?.sequence == held.sequence, "the hold was decided a second time")
      #expect(drop.size(of: "/inbox/\(name)") != nil)
    }
    let status = try await site.run("as_waybill waybill status --root /srv/exchange")
    #expect(status.contains("by inotify") && status.contains("asked for by lease"), "\(status)")
    #expect(status.contains(name) && status.contains("its end is missing"), "\(status)")
    try await SFTPClient.openSSH.run([.resume(whole, as: "/inbox/\(name)")], as: "easyecom", on: site)
    let ack = try await drop.answer()
    #expect(ack.outcome == "accepted" && ack.rows.applied == 1)
    try drop.expectEachRowOnce(1)
    await site.end()
  }
}
