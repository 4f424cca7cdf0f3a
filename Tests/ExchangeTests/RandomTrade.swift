/// A random trade: files as partners might send them, most rows sound and in step, some wrong in every way there is.

import Orders

struct RandomTrade {
  private var numbers: TradeNumbers
  private var serial = 0
  /// Orders that were named so far, with the AWB each was given last.
  private var orders: [(number: String, invoice: String, awb: String, partner: String)] = []
  private var scan = 44_591_000

  init(seed: UInt64) { numbers = TradeNumbers(seed: seed) }

  /// Who sends what.
  private static let kinds: [(partner: String, kind: Kind)] = [
    ("easyecom", .products), ("easyecom", .carriers), ("easyecom", .orders), ("easyecom", .orders),
    ("easyecom", .assignments), ("easyecom", .confirmations), ("easyecom", .manifests),
    ("easyecom", .cancellations),
    ("easyecom", .inventory), ("booon", .orders), ("booon", .assignments), ("booon", .carriers),
    ("booon", .cancellations),
    ("dtdc", .assignments), ("dtdc", .confirmations), ("dtdc", .manifests), ("dtdc", .tracking),
    ("dtdc", .documents),
    ("dtdc", .inventory), ("nexar", .confirmations), ("nexar", .manifests), ("nexar", .tracking),
    ("nexar", .inventory), ("ekart", .assignments), ("ekart", .tracking), ("ekart", .cancellations),
    ("ecom-express", .scans), ("ecom-express", .scans), ("ecom-express", .scans), ("easyecom", .orders),
    ("easyecom", .confirmations), ("easyecom", .manifests),
  ]

  /// The next file.
  mutating func file() -> Drill.Upload {
    serial += 1
    let (partner, kind) = Self.kinds.randomElement(using: &numbers) ?? ("easyecom", .orders)
    // Some names come again, so that there are answers with a tilde.
    let name = "\(kind.name)-\(chance(1, in: 5) ? 1 : serial).csv"
    let header: String
    var rows: [String] = []
    switch kind {
    case .products: header = "sku,name,ean,mrp"
    case .carriers: header = "location_key,carrier,username,password"
    case .orders:
      header =
        "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number,order_status"
    case .assignments: header = "order_number,invoice_id,courier,awb_number,assigned_at"
    case .confirmations: header = "order_number,invoice_id,confirmed_at"
    case .documents: header = "invoice_id,document"
    case .manifests: header = "manifest_no,awb_number,order_number,manifest_date"
    case .cancellations: header = "order_number,awb_number,reason,cancelled_at"
    case .tracking: header = "awb_number,status,datetime,location"
    case .scans:
      header =
        "awb,datetime,status,reason_code,reason_code_number,location,status_update_number,order_number,ref_awb"
    default: header = "sku,location_key,quantity,updated_at"
    }
    for _ in 0..<Int.random(in: 1...14, using: &numbers) {
      // The same row again, now and then.
      if let last = rows.last, chance(1, in: 12) {
        rows.append(last)
      } else {
        rows.append(row(kind, partner))
      }
    }
    return Drill.Upload(partner, name, ([header] + rows).joined(separator: "\n") + "\n")
  }

  /// A few files that go the whole way: confirmed, scanned before the manifest, and an unknown code, round by round; the
  /// manifest that frees what waited comes with the next round.
  func story(round: Int) -> [Drill.Upload] {
    let (number, awb) = ("S-\(round)", "73100\(1000 + round)")
    let orders = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number\n"
    let scans =
      "awb,datetime,status,reason_code,reason_code_number,location,status_update_number,order_number\n"
    return [
      .init(
        "easyecom", "orders-s\(round).csv",
        orders + "\(number),SI-\(round),1,TEA,1,2.00,WH-1,Ecom Express,\(awb)\n"),
      .init(
        "easyecom", "confirmations-s\(round).csv",
        "order_number,confirmed_at\n\(number),2026-11-10 10:00:00\n"),
      .init(
        "ecom-express", "scans-s\(round).csv",
        scans + "\(awb),2026-11-12 11:00:00,moved,reason,0011,Hub,9\(round)01,\(number)\n"
          + "\(awb),2026-11-12 09:00:00,moved,reason,odd \(round % 2),Hub,9\(round)02,\(number)\n"),
      .init(
        "easyecom", "manifests-s\(round).csv",
        "manifest_no,awb_number,order_number,manifest_date\nM-9,73100\(999 + round),S-\(round - 1),2026-11-11 09:00:00\n"
      ),
    ]
  }

  private mutating func row(_ kind: Kind, _ partner: String) -> String {
    // Mostly about the newest orders, so that many of them come a long way.
    let known = orders.suffix(6).randomElement(using: &numbers)
    var order = known ?? ("E-0", "900", "", "")
    if chance(1, in: 15) { order.number = "E-UNKNOWN" }
    switch kind {
    case .products: return "SKU-\(pick(6)),Tea \(pick(3)),89000\(pick(9)),\(pick(900)).00"
    case .carriers: return "WH-\(pick(4)),\(courier()),user\(pick(3)),secret\(pick(3))"
    case .orders:
      if chance(4, in: 5) {
        serial += 1
        order = ("\(partner == "booon" ? "B" : "E")-\(serial)", "INV-\(serial)", "", partner)
        if partner != "booon" && chance(2, in: 3) { order.awb = awb() }
        orders.append(order)
      }
      let quantity = chance(1, in: 14) ? "several" : "\(pick(3))"
      let status = chance(1, in: 12) ? "Cancelled" : "Open"
      return
        "\(order.number),\(order.invoice),S\(pick(3)),SKU-\(pick(6)),\(quantity),\(pick(500)).50,WH-\(pick(4)),"
        + "\(order.awb.isEmpty && chance(2, in: 3) ? "" : courier()),\(order.awb),\(status)"
    case .assignments:
      let awb = chance(1, in: 6) ? order.awb : awb()
      if let place = orders.firstIndex(where: { $0.number == order.number }), chance(5, in: 6) {
        orders[place].awb = awb
      }
      return "\(order.number),\(chance(1, in: 2) ? order.invoice : ""),\(courier()),\(awb),\(time())"
    case .confirmations: return "\(order.number),\(chance(1, in: 2) ? order.invoice : ""),\(time())"
    case .documents: return "\(order.invoice),\(["label", "invoice", ""][pick(3) - 1])"
    case .manifests: return "M-\(pick(4)),\(order.awb),\(order.number),\(time())"
    case .cancellations:
      return chance(1, in: 2)
        ? "\(order.number),,changed mind,\(time())"
        : ",\(order.awb),changed mind,\(chance(1, in: 3) ? "" : time())"
    case .tracking:
      let words = [
        "Pickup Scheduled", "In Transit", "Out for Delivery", "Delivered", "in_transit", "undelivered",
        "odd word",
      ]
      return "\(order.awb),\(words.randomElement(using: &numbers) ?? ""),\(time()),Hub \(pick(3))"
    case .scans:
      scan += 1
      let codes = ["0011", "003", "006", "999", "777", "82", "400", "305", "odd"]
      let number =
        chance(1, in: 8) ? "" : chance(1, in: 8) ? "X\(scan)" : "\(scan - (chance(1, in: 9) ? 1 : 0))"
      return
        "\(order.awb),\(time()),moved,reason,\(codes.randomElement(using: &numbers) ?? ""),Hub,\(number),\(order.number),"
        + (chance(1, in: 10) ? awb() : "")
    default: return "SKU-\(pick(6)),WH-\(pick(4)),\(chance(1, in: 12) ? "-4" : "\(pick(900))"),\(time())"
    }
  }

  private mutating func chance(_ part: Int, in whole: Int) -> Bool {
    Int.random(in: 1...whole, using: &numbers) <= part
  }
  private mutating func pick(_ most: Int) -> Int { Int.random(in: 1...most, using: &numbers) }

  private mutating func awb() -> String {
    serial += 1
    return "AWB\(100_000 + serial)"
  }

  /// The same couriers in many spellings.
  private mutating func courier() -> String {
    ["Ecom Express", "ecom-express", "ECOM_EXPRESS", "EKART", "dtdc", "Shadowfax", "SHADOW FAX", ""]
      .randomElement(using: &numbers) ?? ""
  }

  private mutating func time() -> String {
    if chance(1, in: 20) { return "2026-11-31 10:00:00" }
    let digits = [pick(9), pick(23), pick(59)].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "2026-11-1\(digits[0].suffix(1)) \(digits[1]):\(digits[2]):00"
  }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
private struct TradeNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
