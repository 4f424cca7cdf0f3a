/// Weeks of trade as files: what the partners of an exchange would drop, day by day and hour by hour, and nothing else.
///
/// A small simulation of shipments' lives, independent of the judge. Everything follows from the seed. The last day is a
/// bad one: a file that does not come, one that comes late, one that is refused, rows that are rejected, goods that lie.

import Foundation
import Orders
import TestSupport

struct TradeMonth {
  /// A file and when it is dropped.
  struct Drop: Hashable {
    var day: Int
    var hour: Int
    var partner: String
    var name: String
  }

  /// How many days there are, the bad one included.
  let days: Int
  /// The first day, as days since 1970-01-01.
  let firstDay: Int64
  let ordersADay: Int

  private(set) var files: [Drop: [String]] = [:]
  private var random: Random
  private var orders = 0
  private var scans = 44_000_000

  static let configuration = """
    {"locations":{"WH-BLR":{"name":"Bengaluru South"},"WH-DEL":{"name":"Delhi West"}},
     "partners":{"dtdc":{"locationKeys":["WH-BLR"]},"nexar":{"locationKeys":["WH-DEL"]},
                 "booon":{"locationKeys":["WH-BLR","WH-DEL"]}}}
    """

  init(days: Int, ordersADay: Int, seed: UInt64 = 7) {
    self.days = days
    self.ordersADay = ordersADay
    random = Random(seed)
    // The bad day is Saturday, 21 November 2026.
    firstDay = (Calendar.days(year: 2026, month: 11, day: 21) ?? 0) - Int64(days - 1)
    put(
      0, 5, "easyecom", "products", "sku,name,ean", ["TEA-ASSAM-250,Assam tea 250 g,8901234500029"])
    put(
      0, 5, "booon", "carriers", "location_key,carrier,username,password,extra_credential_1",
      ["WH-BLR,Ekart,shop,sample-secret-1,", "WH-DEL,Ekart,shop,sample-secret-2,"])
    for day in 0..<days { trade(on: day) }
  }

  var lastDay: String { text(ofDay: days - 1) }

  /// `2026-11-21`
  func text(ofDay day: Int) -> String {
    let (year, month, number) = Calendar.date(days: firstDay + Int64(day))
    return "\(year)-\(digits(month))-\(digits(number))"
  }

  /// Drops everything, hour by hour, into an exchange and has it processed.
  func play(in root: TemporaryFolder) async throws {
    try root.makeFolder("inbox")
    try root.write(TradeMonth.configuration, to: "exchange.json")
    let hours = Dictionary(grouping: files.keys) { $0.day * 24 + $0.hour }
    for (hour, drops) in hours.sorted(by: { $0.key < $1.key }) {
      for drop in drops {
        let lines = files[drop, default: []].map { $0 + "\n" }
        try root.write(lines.joined(), to: "inbox/\(drop.partner)/\(drop.name)")
      }
      let clock = "\(text(ofDay: hour / 24))T\(digits(hour % 24)):\(digits(5 + hour * 7 % 23)):00+05:30"
      let finished = try await WaybillProgram.run(["once", "--root", root.path, "--at", clock, "--quiet"])
      guard finished.status == .exited(0) else { throw TestFailure("\(clock): \(finished.errors)") }
    }
  }

  // MARK: One day

  private struct Parcel {
    var number: String
    var invoice: String
    var awb: String
    /// The folder of a carrier of ours, or nil: the warehouse tracks it.
    var carrier: String
    var location: String
    var day: Int
    /// The folder of who sold it: the marketplace assigns its own.
    var shop: String
  }

  private mutating func trade(on day: Int) {
    let isLast = day == days - 1
    let weekday = (firstDay + Int64(day) + 3) % 7
    let count = weekday == 6 ? ordersADay / 2 : ordersADay + random.below(ordersADay / 4 + 1)
    var parcels: [Parcel] = []
    for _ in 0..<count {
      orders += 1
      let carrier = random.below(100) < 60 ? "ecom-express" : "ekart"
      let number = "SO-\(100_000 + orders)"
      parcels.append(
        Parcel(
          number: number, invoice: String(70_000_000 + orders),
          awb: carrier == "ekart" ? "500999AT\(900_000 + orders)" : String(731_000_000 + orders),
          carrier: carrier, location: random.below(100) < 65 ? "WH-BLR" : "WH-DEL", day: day,
          shop: random.below(100) < 15 ? "booon" : "easyecom"))
    }
    // On the bad day the marketplace named no carriers.
    let forgetful = isLast ? "booon" : ""
    for shop in ["easyecom", "booon"] {
      order(parcels.filter { $0.shop == shop }, of: shop, day, isLast, assigns: shop != forgetful)
    }
    // Some are cancelled, some lie forgotten.
    var packed: [Parcel] = []
    var cancelled: [String] = []
    for parcel in parcels where parcel.shop != forgetful {
      switch random.below(100) {
      case 0...2: if parcel.shop == "easyecom" { cancelled.append("\(parcel.number),ordered twice") }
      case 3...4: break
      default: packed.append(parcel)
      }
    }
    put(day, 10, "easyecom", "cancellations", "order_number,reason", cancelled)
    prepare(packed, day, isLast)
    for parcel in packed where day < days - 4 || random.below(100) >= 6 { travel(parcel) }
    put(
      day, 13, "dtdc", "inventory", "sku,location_key,available,updated_at",
      ["TEA-ASSAM-250,WH-BLR,\(200 + random.below(200)),\(time(day, 12, 30))"])
  }

  private mutating func order(
    _ parcels: [Parcel], of shop: String, _ day: Int, _ isLast: Bool, assigns: Bool
  ) {
    var rows: [String] = []
    for parcel in parcels {
      // On the bad day the shop's export lost quantities.
      let quantity = isLast && shop == "easyecom" && random.below(100) < 9 ? "" : "1"
      rows.append(
        "\(parcel.number),\(parcel.invoice),1,TEA-ASSAM-250,\(quantity),229.00,\(parcel.location),Own Store,"
          + "\(time(day, 5, random.below(59))),PrePaid,Sample Buyer,5 Park View,Pune,411001")
    }
    put(
      day, 6, shop, "orders",
      "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,marketplace,order_date,payment_mode,"
        + "customer_name,address_line_1,city,pin_code", rows)
    if !assigns { return }
    put(
      day, 7, shop, "assignments", "order_number,courier,awb_number,assigned_at",
      parcels.map {
        "\($0.number),\($0.carrier == "ekart" ? "Ekart" : "Ecom Express"),\($0.awb),\(time(day, 7, 0))"
      })
  }

  private mutating func prepare(_ parcels: [Parcel], _ day: Int, _ isLast: Bool) {
    for (partner, location) in [("dtdc", "WH-BLR"), ("nexar", "WH-DEL")] {
      let own = parcels.filter { $0.location == location }
      put(
        day, 9, partner, "confirmations", "order_number,confirmed_at",
        own.map { "\($0.number),\(time(day, 8, 40))" })
      // Three days before the end a lorry was confirmed and never handed over.
      let handedOver = day == days - 4 && partner == "nexar" ? own.dropFirst(own.count / 2) : own[...]
      let late = isLast && partner == "dtdc"
      put(
        day, late ? 17 : 11, partner, "manifests",
        "manifest_no,awb_number,order_number,courier,manifest_date",
        handedOver.map {
          "\(location)-\(day),\($0.awb),\($0.number),\($0.carrier == "ekart" ? "Ekart" : "Ecom Express"),"
            + time(day, late ? 16 : 10, 30)
        })
    }
    if isLast {
      put(day, 12, "nexar", "inventory", "sku,location_key,available", ["TEA-ASSAM-250,WH-DEL,12"])
    }
  }

  // MARK: One parcel's way

  private mutating func travel(_ parcel: Parcel) {
    if parcel.day == days - 4 && parcel.location == "WH-DEL" && random.below(2) == 0 { return }
    var day = parcel.day
    say(parcel, "pickup", day, 18)
    day += 1
    say(parcel, "transit", day, 3 + random.below(4))
    let way = random.below(100)
    if way >= 97 { return }
    let far = parcel.carrier == "ekart" ? 1 + random.below(3) : 1 + random.below(5)
    day += far
    var failures = 0
    while true {
      say(parcel, "out", day, 8 + random.below(2))
      if random.below(100) >= (parcel.carrier == "ekart" ? 14 : 22) {
        say(parcel, "delivered", day, 11 + random.below(9))
        return
      }
      say(parcel, "failed", day, 12 + random.below(8))
      failures += 1
      day += 1
      if failures == 3 { break }
    }
    say(parcel, "rto", day, 9)
    say(parcel, "back", day + 2, 10)
    if random.below(100) < 70 { say(parcel, "returned", day + 4, 15) }
  }

  private mutating func say(_ parcel: Parcel, _ what: String, _ day: Int, _ hour: Int) {
    let at = time(day, hour, random.below(60))
    // A carrier's file goes out every three hours from nine to nine; what happens at night is told in the morning.
    let slots = [9, 12, 15, 18, 21]
    let slot = slots.first { $0 > hour }
    let (sent, sentHour) = (slot == nil ? day + 1 : day, slot ?? 9)
    if parcel.carrier == "ekart" {
      if sent == days - 1 { return }
      let events = [
        "pickup": ["pickup_complete"], "transit": ["in_transit"], "out": ["out_for_delivery"],
        "delivered": ["delivered"],
        "failed": [
          "undelivered_attempted_door lock", "undelivered_attempted_incomplete address",
          "undelivered_attempted_cod not ready", "undelivered_attempted_customer not available",
          "undelivered_unattempted_heavy rain",
        ], "rto": ["rto_created_attempts_exhausted"], "back": ["rto_in_transit"],
        "returned": ["rto_completed"],
      ]
      let event = pick(events[what] ?? [])
      put(
        sent, sentHour, "ekart", "tracking", "awb_number,status,datetime,location,remark",
        ["\(parcel.awb),\(event),\(at),PNQ,"])
      return
    }
    let codes = [
      "pickup": ["0011"], "transit": ["003", "005"], "out": ["006"], "delivered": ["999"],
      "failed": ["219", "222", "212", "209", "213", "210", "228"], "rto": ["777"], "back": ["005"],
      "returned": ["999"],
    ]
    scans += 1
    // A code that is new to everybody, now and then.
    let code = random.below(400) == 0 ? "4711" : pick(codes[what] ?? [])
    put(
      sent, sentHour, "ecom-express", "scans",
      "awb,datetime,status,reason_code,reason_code_number,location,Employee,status_update_number,order_number,city,ref_awb",
      ["\(parcel.awb),\(at),,,\(code),PNQ,,\(scans),\(parcel.number),Pune,"])
  }

  private mutating func pick(_ words: [String]) -> String { words[random.below(words.count)] }

  private mutating func put(
    _ day: Int, _ hour: Int, _ partner: String, _ kind: String, _ header: String, _ rows: [String]
  ) {
    if rows.isEmpty || day >= days { return }
    let drop = Drop(
      day: day, hour: hour, partner: partner, name: "\(kind)-\(text(ofDay: day))-\(digits(hour)).csv")
    files[drop, default: [header]] += rows
  }

  private func time(_ day: Int, _ hour: Int, _ minute: Int) -> String {
    "\(text(ofDay: day)) \(digits(hour)):\(digits(minute)):00"
  }

  private func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  /// SplitMix64.
  private struct Random {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((word ^ (word >> 31)) % UInt64(bound))
    }
  }
}
