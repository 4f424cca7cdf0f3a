/// A drill: an exchange whose drops can be lived through again and again, undisturbed or with the program killed on the way.

import Foundation
import Orders
import TestSupport

/// What the partners drop, drop by drop, and what is there in the end when nothing goes wrong.
struct Drill: Sendable, CustomStringConvertible {
  /// A file that a partner drops.
  struct Upload: Sendable {
    let partner: String
    let name: String
    let bytes: [UInt8]

    init(_ partner: String, _ name: String, _ bytes: [UInt8]) {
      self.partner = partner
      self.name = name
      self.bytes = bytes
    }

    init(_ partner: String, _ name: String, _ text: String) { self.init(partner, name, Array(text.utf8)) }

    var path: String { "inbox/\(partner)/\(name)" }
  }

  let name: String
  let drops: [[Upload]]
  var configuration: String?

  var description: String { name }

  /// Makes the exchange's root, with nothing dropped yet.
  func prepare(_ root: TemporaryFolder) throws {
    for partner in PartnerProfile.builtIn { try root.makeFolder("inbox/\(partner.folder)") }
    if let configuration { try root.write(configuration, to: "exchange.json") }
  }

  /// Drops the files in the order in which they are taken, so that the order of their arrival is the same every time.
  func drop(_ number: Int, in root: TemporaryFolder) throws {
    for upload in inOrder(number) { try root.write(upload.bytes, to: upload.path) }
  }

  /// The uploads of a drop in the order in which they are taken.
  func inOrder(_ number: Int) -> [Upload] {
    drops[number].sorted {
      (Self.step(of: $0.name), $0.name, $0.partner) < (Self.step(of: $1.name), $1.name, $1.partner)
    }
  }

  /// One pass over all that waits, on the drop's own clock.
  static func once(
    _ root: TemporaryFolder, drop: Int, environment: [String: String] = [:]
  ) async throws -> FinishedProgram {
    try await WaybillProgram.run(
      ["once", "--root", root.path, "--at", "2026-11-21T\(12 + drop):00:00+05:30", "--quiet"],
      environment: environment)
  }

  /// The same, which must end well.
  static func succeed(_ root: TemporaryFolder, drop: Int) async throws {
    let finished = try await once(root, drop: drop)
    guard finished.status == .exited(0) else {
      throw TestFailure("once, drop \(drop): \(finished.status) \(finished.errors)")
    }
  }

  /// What is there after all drops when nothing disturbs them; lived through once for all tests.
  func undisturbed() async throws -> DrillResult { try await Undisturbed.shared.result(of: self) }

  /// The outbox after the first drop, answered with so many cores.
  func outbox(jobs: Int) async throws -> FolderTree {
    try await withTemporaryFolder { root in
      try prepare(root)
      try drop(0, in: root)
      let finished = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-21T12:00:00+05:30", "--quiet", "--jobs", "\(jobs)",
      ])
      guard finished.status == .exited(0) else {
        throw TestFailure("once, \(jobs) jobs: \(finished.status) \(finished.errors)")
      }
      return try FolderTree(at: root.path("outbox"))
    }
  }

  /// What a kill at a moment of the first drop leaves otherwise than a run without one, after the next run; nil: nothing.
  func difference(afterKillAt moment: String) async throws -> String? {
    let undisturbed = try await undisturbed()
    return try await withTemporaryFolder { root in
      try prepare(root)
      try drop(0, in: root)
      let killed = try await Self.once(root, drop: 0, environment: ["WAYBILL_CRASH": moment])
      guard killed.status == .killed(by: SIGKILL) else {
        throw TestFailure("\(moment): \(killed.status) \(killed.errors)")
      }
      try await Self.succeed(root, drop: 0)
      return try await DrillResult(root).difference(from: undisturbed)
    }
  }

  fileprivate func liveThrough() async throws -> DrillResult {
    try await withTemporaryFolder { root in
      try prepare(root)
      for number in drops.indices {
        try drop(number, in: root)
        try await Self.succeed(root, drop: number)
      }
      return try await DrillResult(root)
    }
  }
}

/// The undisturbed runs that were made so far.
private actor Undisturbed {
  static let shared = Undisturbed()
  private var runs: [String: Task<DrillResult, any Error>] = [:]

  func result(of drill: Drill) async throws -> DrillResult {
    let run = runs[drill.name] ?? Task { try await drill.liveThrough() }
    runs[drill.name] = run
    return try await run.value
  }
}

/// Everything of an exchange that no kill may change.
struct DrillResult: Sendable {
  var outbox: FolderTree
  var inbox: FolderTree
  /// The archived originals, by their digests.
  var archive: FolderTree
  /// What lies in quarantine, without the names: claim numbers are never reused, so a kill shifts them.
  var quarantine: [[UInt8]]
  /// What is left in the folders that hold only work in progress.
  var unfinished: [String]
  /// What `waybill ledger verify` has to say against the ledger; empty: nothing.
  var verification: String

  init(_ root: TemporaryFolder) async throws {
    let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
    try self.init(
      root, verification: proof.status == .exited(0) ? "" : "\(proof.status): \(proof.errors)")
  }

  init(_ root: TemporaryFolder, verification: String) throws {
    outbox = try FolderTree(at: root.path("outbox"))
    inbox = try FolderTree(at: root.path("inbox"))
    archive = try FolderTree(at: root.path("ledger/archive"))
    let kept = try FolderTree(at: root.path("ledger/quarantine"))
    quarantine = kept.files.map(kept.bytes(of:)).sorted { $0.lexicographicallyPrecedes($1) }
    unfinished = []
    for folder in ["claimed", "asides"] {
      unfinished += try root.names(in: "ledger/" + folder).map { folder + "/" + $0 }
    }
    self.verification = verification
  }

  /// In what this is not as the undisturbed run left it; nil: in nothing.
  func difference(from undisturbed: DrillResult) -> String? {
    let names = ("undisturbed", "recovered")
    if let words = undisturbed.outbox.difference(from: outbox, names: names) { return "outbox/" + words }
    if let words = undisturbed.inbox.difference(from: inbox, names: names) { return "inbox/" + words }
    if let words = undisturbed.archive.difference(from: archive, names: names) { return "archive/" + words }
    if quarantine != undisturbed.quarantine {
      return "quarantine holds \(quarantine.count) files, other ones"
    }
    if !unfinished.isEmpty { return "left behind: \(unfinished)" }
    return verification.isEmpty ? nil : "ledger verify: \(verification)"
  }
}

// MARK: The drills

extension Drill {
  /// The sample trading day: every partner, every kind.
  static let tradingDay = Drill(name: "trading-day", drops: recordedDrops("exchanges/trading-day"))

  /// The drops of a recorded exchange.
  static func recordedDrops(_ path: String) -> [[Upload]] {
    ExchangeCase(path: path).drops.map { drop in
      let files = (try? FolderTree(at: drop))?.entries ?? [:]
      return files.compactMap { path, entry -> Upload? in
        guard case .file(let bytes) = entry, let cut = path.firstIndex(of: "/") else { return nil }
        return Upload(String(path[..<cut]), String(path[path.index(after: cut)...]), bytes)
      }
    }
  }

  /// A file whose name tells no kind waits with the orders.
  private static func step(of name: String) -> Int {
    (Kind(name: String(name.prefix(while: \.isLetter))) ?? .orders).step
  }

  /// A few files, each with its own way through the order of work: parked and released, held and completed, packed,
  /// masked, taken back, quarantined, refused, repeated, corrected.
  static let corners: Drill = {
    let orders = """
      order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number
      E-1,901,9001,TEA-250,1,229.00,WH-1,Ecom Express,731000001
      E-2,902,9002,TEA-250,x,229.00,WH-1,,
      E-3,903,9003,TEA-250,2,229.00,WH-1,DTDC,D10000003

      """
    let scans = """
      awb,datetime,status,reason_code,reason_code_number,location,Employee,status_update_number,order_number,city,ref_awb
      731000001,2026-11-20 16:20:00,picked up,11 - Shipment Picked Up,0011,DSC,Sample Employee,501,E-1,New Delhi,
      731000001,2026-11-20 20:10:00,in transit,3 - In transit,003,DLH,Sample Employee,502,E-1,New Delhi,

      """
    let booonOrders = """
      order_number,invoice_id,suborder_id,sku,quantity,price,location_key
      B-1,801,8001,TEA-250,1,229.00,WH-9
      B-2,802,8002,TEA-250,0.5,229.00,WH-9

      """
    let ekartTracking = """
      tracking_id,status,event_date
      500999BN000001,in_transit,2026-11-20 21:05:00
      500999BN000002,in_transit,2026-11-20 21:05:00

      """
    let accounts = """
      location_key,carrier,username,password,extra_credential_1
      WH-1,Ekart,MERCHANT-1,sample-token,PNQ-04

      """
    let stock = "sku,location_key,available,updated_at\nTEA-250,WH-1,412,2026-11-20 18:00:00\n"
    let first: [Upload] = [
      Upload("easyecom", "carriers-1.csv", accounts),
      Upload("booon", "orders-1.csv", booonOrders),
      Upload("easyecom", "orders-1.csv", orders),
      Upload("easyecom", "orders-2.json", "[{\"reference_code\":\"E-4\",\"location_key\":\"WH-1\","),
      Upload("ekart", "tracking-1.csv", ekartTracking),
      Upload("ecom-express", "scans-1.csv", scans),
      Upload("ecom-express", "scans-2.csv.gz", packed),
      Upload("ecom-express", "scans-3.csv.gz", Array(packed.dropLast(9))),
      Upload("nexar", "inventory-1.csv", stock),
      Upload("nexar", "letter.csv", "dear,sir\n1,2\n"),
      Upload("nexar", ".orders-9.csv.part", "order_number\n"),
    ]
    let complete = """
      [{"reference_code":"E-4","location_key":"WH-1","suborders":[{"suborder_id":9004,"sku":"TEA-250","item_quantity":1}]}]
      """
    let second: [Upload] = [
      Upload("easyecom", "orders-1.csv", orders),
      Upload("easyecom", "orders-2.json", complete),
      Upload(
        "easyecom", "orders-1.csv.errors.csv",
        """
        order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number,error_file,error_row
        E-2,902,9002,TEA-250,3,229.00,WH-1,,,orders-1.csv,2

        """),
      Upload("easyecom", "confirmations-1.csv", "order_number,confirmed_at\nE-1,2026-11-20 11:00:00\n"),
      Upload(
        "easyecom", "manifests-1.csv",
        "manifest_no,awb_number,order_number,manifest_date\nM-1,731000001,E-1,2026-11-20 12:00:00\n"),
      Upload("ekart", "tracking-1.csv", ekartTracking),
      Upload("ecom-express", "scans-4.csv", scans),
    ]
    let settings = """
      {"partners": {"ekart": {"errorBudget": 0.1}, "booon": {"atomicFiles": true}}}
      """
    return Drill(name: "corners", drops: [first, second], configuration: settings)
  }()

  /// One scan of AWB 731000001, `gzip -n` of it.
  private static let packed: [UInt8] = {
    let base64 =
      "H4sIAAAAAAACA01OzQqDMBi7+xR9gE/oV9GB17nrGMjOpbbfsMz+oC3i208ZjuWUhCRErQMYlShZR7AklfICM6kleKmDoX8ufXYDzTAFrZI"
      + "NHm4uTmGjsydzPJbOWJgNzafQNm371kuqdSguFfIDCIKLpkQsBWfYtKJuOYdo9ZsMyxEQWcn60UZHPrHH139G2JsIXX+FXu0PiP1+1LyCW4"
      + "lwp5V1NI0Wig+VTeKu4AAAAA=="
    return [UInt8](Data(base64Encoded: base64) ?? Data())
  }()

  /// More small files than one group takes: three groups in one pass.
  static let burst = Drill(
    name: "burst",
    drops: [
      (1...530).map { number in
        let digits = String(1000 + number)
        return Upload(
          "easyecom", "orders-\(digits).csv",
          "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\nE-\(digits),9\(digits),1,TEA-250,1,229.00,WH-1\n"
        )
      }
    ])

  /// Files whose rows, results and errors are too large to travel in one page or inside the transaction.
  static let large: Drill = {
    var orders = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"
    var confirmations = "order_number,confirmed_at\n"
    for number in 10_001...13_000 {
      let quantity = number % 3 == 0 ? "none" : "1"
      orders += "E-\(number),9\(number),1,TEA-250,\(quantity),229.00,WH-\(number % 7)\n"
      confirmations += "E-\(number),2026-11-20 11:00:00\n"
    }
    let sound = orders.split(separator: "\n").filter { !$0.contains("none") }.joined(separator: "\n") + "\n"
    return Drill(
      name: "large",
      drops: [
        [
          Upload("easyecom", "orders-1.csv", orders),
          Upload("easyecom", "orders-2.csv", sound + "E-9,99,1,TEA,1,2.00,WH-1\n"),
        ],
        [
          Upload("easyecom", "orders-2.csv", sound + "E-9,99,1,TEA,1,2.00,WH-1\n"),
          Upload("easyecom", "confirmations-1.csv", confirmations),
        ],
      ])
  }()
}
