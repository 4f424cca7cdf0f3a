/// The daemon dies while it works on files that belong to its partners' logins: it can read all of them and write none.

import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(
  "Uploads and a daemon that dies", .serialized,
  .disabled(if: SFTPSite.missing != nil, Comment(rawValue: SFTPSite.missing ?? "")),
  .timeLimit(.minutes(10)))
struct SFTPCrashTests {
  /// A file that is judged where it lies, and one that is taken first.
  private static let sizes = [("small", 1), ("large", 600)]

  private static func rows(_ stem: String, _ count: Int) -> String {
    "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"
      + (1...count).map { "\(stem)-\($0),I-\(stem)-\($0),1,TEA-250,1,229.00,WH-1\n" }.joined()
  }

  @Test("Wherever it dies, a restart answers each row once")
  func everyMoment() async throws {
    let site = try await SFTPSite.start()
    // A checkpoint has no upload in its hands.
    for point in CrashPoint.Name.ofWork where !point.rawValue.hasPrefix("checkpoint") {
      var steps: [SFTPClient.Step] = []
      var acks = ""
      for (stem, count) in Self.sizes {
        let name = "orders-\(stem)-\(point.rawValue).csv"
        try Self.rows("\(stem)-\(point.rawValue)", count)
          .write(toFile: site.path(name), atomically: false, encoding: .utf8)
        steps.append(.put(site.path(name), as: "/inbox/\(name)"))
        acks += " /srv/exchange/outbox/easyecom/\(name).ack.json"
      }
      try await site.startDaemon(toDieAt: point.rawValue)
      try await SFTPClient.openSSH.run(steps, as: "easyecom", on: site)
      try await site.run("await_crash\(acks)")
      try await site.startDaemon()
      for (stem, count) in Self.sizes {
        let drop = Drop(site, "easyecom", "orders-\(stem)-\(point.rawValue).csv")
        #expect(try await drop.answer().rows.applied == count, "\(point): \(site.daemonSaid)")
        try drop.expectEachRowOnce(count)
      }
      try await site.stopDaemon()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.root)/inbox/easyecom") == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.root)/ledger/claimed") == [])
    #expect(try await site.run("as_waybill waybill ledger verify --root /srv/exchange").contains("sound"))
    await site.end()
  }

  @Test("What a power cut left of a decided upload gives way to what the journal carries")
  func tornOriginal() async throws {
    let site = try await SFTPSite.start()
    let name = "orders-torn.csv"
    let text = Self.rows("torn", 3)
    try text.write(toFile: site.path(name), atomically: false, encoding: .utf8)
    try await site.startDaemon(toDieAt: CrashPoint.Name.delivered.rawValue)
    try await SFTPClient.openSSH.run([.put(site.path(name), as: "/inbox/\(name)")], as: "easyecom", on: site)
    try await site.run("await_crash /srv/exchange/never")
    let claimed = "\(site.root)/ledger/claimed/"
    let taken = try #require(try FileManager.default.contentsOfDirectory(atPath: claimed).first)
    var status = stat()
    #expect(lstat(claimed + taken, &status) == 0 && status.st_size == text.utf8.count)
    #expect(status.st_mode & 0o022 == 0, "its sender's file can be written to by others")
    #expect(truncate(claimed + taken, 40) == 0)

    try await site.startDaemon()
    let drop = Drop(site, "easyecom", name)
    #expect(try await drop.answer().rows.applied == 3, "\(site.daemonSaid)")
    try drop.expectEachRowOnce(3)
    try await site.stopDaemon()
    #expect(try FileManager.default.contentsOfDirectory(atPath: claimed) == [])
    let kept = try await site.run("as_waybill grep -rlx 'torn-3,.*' /srv/exchange/ledger/archive")
    #expect(kept.split(separator: "\n").count == 1, "the archive has the upload whole: \(kept)")
    #expect(try await site.run("as_waybill waybill ledger verify --root /srv/exchange").contains("sound"))
    await site.end()
  }
}
