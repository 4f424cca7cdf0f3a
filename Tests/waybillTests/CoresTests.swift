/// The number of processors decides how fast the answers come, and nothing else.

import TestSupport
import Testing

@Suite("One core and several")
struct CoresTests {
  /// Enough for every part of the work that a second core takes over: files above a mebibyte are parsed ahead and answered behind,
  /// and feeds about so many shipments are written in parts.
  private static let orders = 8_400

  /// With two cores one thread parses and answers, with three each of these has its own.
  @Test("give the same answers, feeds and ledger, byte for byte", .timeLimit(.minutes(15)))
  func same() async throws {
    try await withTemporaryFolder { one in
      try await Self.run(one, cores: 1)
      let outbox = try FolderTree(at: one.path("outbox"))
      let dump = try await Self.dump(one)
      #expect(!dump.isEmpty)
      for cores in [2, 3] {
        try await withTemporaryFolder { several in
          try await Self.run(several, cores: cores)
          #expect(outbox.difference(from: try FolderTree(at: several.path("outbox"))) == nil, "\(cores)")
          #expect(try await Self.dump(several) == dump, "\(cores)")
        }
      }
      // What a second core wrote was there to be compared.
      for feed in [
        "dtdc/feed-orders-1.json", "ekart/feed-shipments-1.json", "easyecom/feed-tracking-1.json",
      ] {
        guard case .file(let bytes)? = outbox.entries[feed] else {
          Issue.record("no \(feed)")
          continue
        }
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } > 8_000, "\(feed)")
      }
    }
  }

  private static func run(_ root: TemporaryFolder, cores: Int) async throws {
    for drop in 1...2 {
      try write(drop, to: root)
      let finished = try await WaybillProgram.run([
        "once", "--root", root.path, "--jobs", "\(cores)", "--quiet", "--at",
        "2026-11-2\(drop + 1)T18:00:00+05:30",
      ])
      #expect(finished.status == .exited(0), "\(finished.errors)")
    }
  }

  private static func dump(_ root: TemporaryFolder) async throws -> [UInt8] {
    try await WaybillProgram.run(["ledger", "dump", "--root", root.path]).outputBytes
  }

  private static func write(_ drop: Int, to root: TemporaryFolder) throws {
    if drop == 1 {
      try root.write(#"{"partners": {"dtdc": {"locationKeys": ["WH-D"]}}}"#, to: "exchange.json")
      try root.write(
        lines(
          "order_number,invoice_id,suborder_id,sku,qty,price,location_key,courier,customer_name,order_date"
        ) {
          let name =
            $0 % 20 == 0 ? "\"Zoë, of \(String(repeating: "house ", count: 9))\"" : "Name of No. \($0)"
          return
            "CO-\($0),91\($0),1,A-LONG-ENOUGH-SKU-OF-A-TEA-\($0 % 97),\($0 % 3 + 1),229.00,WH-D,Ekart,\(name),2026-11-21 09:00:00"
        }, to: "inbox/easyecom/orders-1.csv")
    } else {
      // A line more of some orders, one that is there already of others, and nonsense in between.
      try root.write(
        lines("order_number,invoice_id,suborder_id,sku,qty,price,location_key,courier,order_date") {
          $0 % 11 == 0
            ? "CO-\($0),91\($0),2,ANOTHER-SKU-WITH-A-NAME-THAT-MAKES-THE-FILE-LONG-ENOUGH-FOR-TWO-CORES,x,9,WH-D,Ekart,2026-11-21 09:00:00"
            : "CO-\($0),91\($0),2,ANOTHER-SKU-WITH-A-NAME-THAT-MAKES-THE-FILE-LONG-ENOUGH-FOR-TWO-CORES,1,9,WH-D,Ekart,2026-11-21 09:00:00"
        }, to: "inbox/easyecom/orders-2.csv")
      try root.write(
        lines("order_number,tracking_id,assigned_at") {
          "CO-\($0),FMPP\($0 + 1_000_000),2026-11-21 12:10:00"
        },
        to: "inbox/ekart/assignments-1.csv")
      try root.write(
        lines("order_number,confirmed_at") { "CO-\($0),2026-11-21 12:20:00" },
        to: "inbox/easyecom/confirmations-1.csv")
      try root.write(
        lines("manifest_no,awb_number,order_number,manifest_date") {
          "MF-\($0 % 40),FMPP\($0 + 1_000_000),CO-\($0),2026-11-21 12:40:00"
        }, to: "inbox/easyecom/manifests-1.csv")
    }
  }

  private static func lines(_ header: String, _ line: (Int) -> String) -> String {
    header + "\n" + (0..<orders).map { line($0) + "\n" }.joined()
  }
}

extension Array {
  fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result]
  {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
