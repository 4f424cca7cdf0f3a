import Exchange
import Ledger
import Orders
import Reports
import Testing

/// In whatever order a day's tracking, scans and cancellations arrive, and however they are split into files, every shipment ends
/// in the same state, since the same time, with the same milestones.
struct ArrivalOrderTests {
  @Test("One day in a thousand orders of arrival ends the same", arguments: 0..<UInt64(20))
  func oneDay(_ part: UInt64) throws {
    try check(TradingDay(seed: 2026), arrivals: part * 50..<(part + 1) * 50)
  }

  @Test("Other days end the same in any order of arrival", arguments: 0..<UInt64(30))
  func otherDays(_ seed: UInt64) throws { try check(TradingDay(seed: seed), arrivals: 0..<8) }

  /// Small days in which only one thing decides: each row is a status and a time, `cancel` a request.
  @Test(
    "Rows that change nothing when they arrive may decide later",
    arguments: [
      // A request before the loss matters once a delivery between the two is known.
      (["pickup_complete 1", "lost 4", "cancel 2", "delivered 3"], ShipmentState.returned),
      // So does the earlier one of two requests.
      (["pickup_complete 1", "cancel 4", "cancel 2", "delivered 3"], .returned),
      // A second request asks for nothing new, not even of goods that were damaged on their way back.
      (["pickup_complete 1", "cancel 2", "damaged 3", "cancel 4"], .damaged),
      // Two events of one rank and one second have an order of their own.
      (["pickup_complete 1", "out_for_delivery 2", "in_transit 2"], .outForDelivery),
      (["pickup_complete 1", "out_for_delivery 2", "undelivered_attempted_door lock 2"], .undelivered),
      (["delivered 3", "rto_created 1", "rto_cancelled 2"], .delivered),
      (["delivered 3", "cancel 2", "in_transit 4"], .cancelled),
    ] as [([String], ShipmentState)])
  func decisive(_ rows: [String], _ state: ShipmentState) throws {
    for order in permutations(of: rows) {
      let desk = JudgingDesk(continuing: try TradingDay(seed: 0, number: "EE-0", courier: "ekart").morning())
      for (place, row) in order.enumerated() {
        let words = row.split(separator: " ")
        let time = "2026-11-20 12:0\(words[words.count - 1]):00"
        let status = words.dropLast().joined(separator: " ")
        let (name, arrival) = ("file-\(place).csv", "2026-11-21 10:0\(place):00")
        if status == "cancel" {
          try desk.drop(
            "easyecom", name, .cancellations, at: arrival, [[.orderNumber: "EE-0", .cancelledAt: time]])
        } else {
          try desk.drop(
            "ekart", name, .tracking, at: arrival, [[.awbNumber: "A-0", .status: status, .datetime: time]])
        }
      }
      #expect(desk.docket.books[ShipmentIndex(0 as UInt32)].state == state, "\(order)")
    }
  }

  private func permutations(of rows: [String]) -> [[String]] {
    guard rows.count > 1 else { return [rows] }
    return rows.indices.flatMap { place in
      var rest = rows
      let first = rest.remove(at: place)
      return permutations(of: rest).map { [first] + $0 }
    }
  }

  private func check(_ day: TradingDay, arrivals: Range<UInt64>) throws {
    let morning = try day.morning()
    var first: [String: Ending] = [:]
    for arrival in arrivals {
      let why = "day \(day.seed), arrival \(arrival)"
      let desk = JudgingDesk(continuing: morning)
      for file in day.files(arrival) {
        try desk.drop(file.partner, file.name, file.kind, at: file.arrival, file.rows)
      }
      for order in day.orders {
        let awb = Array(order.awb.utf8)
        let holder = desk.docket.books.shipment(awb: awb.span)
        let index = try #require(holder)
        let record = desk.docket.books[index]
        let oracle = CarrierFold.over(order.events)
        #expect(record.state == oracle.state, "\(why): \(order.number)")
        #expect(record.since == oracle.setBy?.time ?? day.manifestTime, "\(why): \(order.number)")
        #expect(record.marks.contains(.onReturn) == oracle.onReturn, "\(why): \(order.number)")
        #expect(!record.marks.contains(.holdsParked), "\(why): \(order.number)")
        // Telling costs more than judging: each order is told in every eighth arrival.
        if (arrival &+ UInt64(index.raw)) % 8 != 0 && first[order.number] != nil { continue }
        let ending = try Ending(of: order.number, desk)
        let known = first[order.number, default: ending]
        first[order.number] = known
        #expect(ending == known, "\(why): \(order.number)")
        #expect(ending.state == record.state, "\(why): \(order.number)")
      }
    }
  }

  /// What a shipment came to, as it is told.
  private struct Ending: Equatable {
    let state: ShipmentState
    let since: Timestamp
    let milestones: [OrderStory.Milestone]
    let inferred: [ShipmentState]
    let pieces: QuantityBalance

    init(of number: String, _ desk: JudgingDesk) throws {
      let story = try #require(
        try OrderStory.tell(
          of: Array(number.utf8), books: desk.docket.books, history: desk.history,
          profiles: desk.docket.profiles))
      let shipment = try #require(story.shipments.first)
      state = shipment.state
      since = shipment.since
      milestones = shipment.milestones
      inferred = shipment.inferred
      pieces = story.pieces
    }
  }
}

/// A day of several shipments: what happened to each, and the rows that say so.
private struct TradingDay {
  struct Row {
    let partner: String
    let kind: Kind
    let cells: [Column: String]
  }

  struct File {
    var partner: String
    var name: String
    var kind: Kind
    var arrival: String
    var rows: [[Column: String]]
  }

  struct Order {
    let number: String
    let awb: String
    let courier: String
    /// Does its manifest come in the shuffle, so that what comes before it waits?
    var isManifestLate = false
    /// Everything that is known of it in the end, for the oracle.
    var events: [HeldEvent] = []
  }

  let seed: UInt64
  private(set) var orders: [Order] = []
  private var rows: [Row] = []
  private var random: SeededNumbers
  private var scanNumber = 70_000

  var manifestTime: Timestamp { instant(manifestText) }
  private let manifestText = "2026-11-20 07:00:00"

  init(seed: UInt64) {
    self.seed = seed
    random = SeededNumbers(seed)
    let couriers = ["Ecom Express", "Ecom Express", "ekart", "ekart", "Delhivery"]
    for number in 0..<10 {
      let courier = couriers[random.below(couriers.count)]
      orders.append(Order(number: "EE-\(number)", awb: "A-\(number)", courier: courier))
      live(number)
    }
    // The same again, here and there.
    for _ in 0..<rows.count / 6 { rows.append(rows[random.below(rows.count)]) }
  }

  /// A day on which nothing has happened yet, of one order.
  init(seed: UInt64, number: String, courier: String) {
    self.seed = seed
    random = SeededNumbers(seed)
    orders = [Order(number: number, awb: "A-0", courier: courier)]
  }

  /// The desk at the start of the day: every order confirmed, and manifested but for those whose manifest comes in the shuffle.
  func morning() throws -> JudgingDesk {
    let desk = JudgingDesk()
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 06:00:00",
      orders.map {
        [.orderNumber: $0.number, .invoiceID: "I-\($0.number)", .sku: "TEA", .locationKey: "WH1"]
      })
    try desk.drop(
      "easyecom", "assignments.csv", .assignments, at: "2026-11-20 06:10:00",
      orders.map { [.orderNumber: $0.number, .courier: $0.courier, .awbNumber: $0.awb] })
    try desk.drop(
      "easyecom", "confirmations.csv", .confirmations, at: "2026-11-20 06:20:00",
      orders.map { [.orderNumber: $0.number] })
    try desk.drop(
      "easyecom", "manifests.csv", .manifests, at: "2026-11-20 07:10:00",
      orders.filter { !$0.isManifestLate }.map(manifest))
    return desk
  }

  private func manifest(_ order: Order) -> [Column: String] {
    [.manifestNumber: "M1", .awbNumber: order.awb, .manifestDate: manifestText]
  }

  /// The day's rows in an order made from the number, cut into files.
  func files(_ arrival: UInt64) -> [File] {
    var random = SeededNumbers(arrival &* 0x51_7C_C1 &+ 7)
    var shuffled = rows
    for place in shuffled.indices.dropFirst() { shuffled.swapAt(place, random.below(place + 1)) }
    var files: [File] = []
    var first = 0
    while first < shuffled.count {
      let drop = shuffled[first..<min(shuffled.count, first + 1 + random.below(24))]
      first += drop.count
      var taken: [File] = []
      for row in drop {
        if let known = taken.firstIndex(where: { $0.partner == row.partner && $0.kind == row.kind }) {
          taken[known].rows.append(row.cells)
        } else {
          let name = "\(row.kind.name)-\(files.count + taken.count).csv"
          // Arrivals are later than every event, and their minutes and hours grow.
          let minute = files.count + taken.count
          let clock = "2026-11-22 1\(minute / 60 % 10):\(minute % 60 / 10)\(minute % 10):00"
          taken.append(
            File(partner: row.partner, name: name, kind: row.kind, arrival: clock, rows: [row.cells]))
        }
      }
      files += taken
    }
    return files
  }

  // MARK: Lives

  /// What happens to one order: events of any class at any time, often several in one second.
  private mutating func live(_ number: Int) {
    let order = orders[number]
    let isReturning = order.courier == "Ecom Express" && random.below(3) == 0
    for _ in 0..<3 + random.below(7) {
      let isBack = isReturning && random.below(3) == 0
      switch order.courier {
      case "Ecom Express": scan(number, isReturning: isReturning, isBack: isBack)
      case "ekart": track(number, TradingDay.ekartEvents, "ekart")
      default: track(number, TradingDay.words, "nexar")
      }
    }
    if random.below(2) == 0 {
      for _ in 0..<1 + random.below(2) { cancel(number) }
    } else if random.below(2) == 0 {
      orders[number].isManifestLate = true
      rows.append(Row(partner: "easyecom", kind: .manifests, cells: manifest(order)))
    }
  }

  private static let codes = [
    "013", "014", "0011", "0011", "005", "003", "006", "200", "228", "777", "211", "999", "404", "333", "888",
    "ZZ9", "311",
  ]
  private static let ekartEvents = [
    "pickup_scheduled", "pickup_complete", "pickup_complete", "in_transit", "received_at_dh",
    "out_for_delivery", "undelivered_attempted_door lock", "delivered", "rto_created", "rto_in_transit",
    "return_out_for_delivery", "rto_completed", "rto_cancelled", "shipment_rto_cancelled_shipment", "lost",
    "damaged", "no such event",
  ]
  private static let words = ["Pickup Scheduled", "picked_up", "In Transit", "Out for Delivery", "Delivered"]

  private mutating func time() -> String {
    "2026-11-20 \(["08", "09", "10"][random.below(3)]):0\(random.below(4)):0\(random.below(3))"
  }

  private mutating func scan(_ number: Int, isReturning: Bool, isBack: Bool) {
    let order = orders[number]
    let (code, time) = (TradingDay.codes[random.below(TradingDay.codes.count)], time())
    scanNumber += 1 + random.below(3)
    // Some scan numbers are no plain numbers.
    let name = random.below(5) == 0 ? "S/\(scanNumber)" : "\(scanNumber)"
    var cells: [Column: String] = [
      .awbNumber: order.awb, .reasonCodeNumber: code, .datetime: time, .statusUpdateNumber: name,
      .location: "BLR",
    ]
    if isReturning && random.below(2) == 0 { cells[.referenceAWB] = "R-\(number)" }
    if isBack {
      cells[.awbNumber] = "R-\(number)"
      cells[.referenceAWB] = order.awb
    }
    rows.append(Row(partner: "ecom-express", kind: .scans, cells: cells))
    hold(number, PartnerProfile.ecomExpress.codes, code, time, ScanNumber(name) ?? 0, isBack: isBack)
  }

  private mutating func track(_ number: Int, _ events: [String], _ partner: String) {
    let (event, time) = (events[random.below(events.count)], time())
    rows.append(
      Row(
        partner: partner, kind: .tracking,
        cells: [.awbNumber: orders[number].awb, .status: event, .datetime: time, .location: "Pune"]))
    hold(
      number, partner == "ekart" ? PartnerProfile.ekart.codes : PartnerProfile.nexarLogistics.codes, event,
      time, 0, isBack: false)
  }

  private mutating func cancel(_ number: Int) {
    let (order, time) = (orders[number], time())
    let byCarrier = order.courier == "ekart" && random.below(2) == 0
    rows.append(
      Row(
        partner: byCarrier ? "ekart" : "easyecom", kind: .cancellations,
        cells: [
          (byCarrier ? .awbNumber : .orderNumber): byCarrier ? order.awb : order.number, .cancelledAt: time,
        ]))
    hold(number, .cancel, time, 0, endsReturn: false)
  }

  private mutating func hold(
    _ number: Int, _ table: CodeTable, _ code: String, _ time: String, _ scan: ScanNumber, isBack: Bool
  ) {
    guard let index = table.find(Array(code.utf8).span), let event = table[index].scanClass.event else {
      return
    }
    hold(
      number, isBack ? Transitions.returnTwin(of: event) : event, time, scan,
      endsReturn: table[index].endsReturn)
  }

  private mutating func hold(
    _ number: Int, _ event: EventKind, _ time: String, _ scan: ScanNumber, endsReturn: Bool
  ) {
    let position = Position(frame: UInt64(8 * (orders[number].events.count + 1)), record: 16)
    orders[number].events.append(
      HeldEvent(
        time: instant(time), scanNumber: scan, event: event, endsReturn: endsReturn, position: position))
  }
}
