import Exchange
import Ledger
import Orders
import Testing

/// Rows that go the short way, held against the long way row by row.
struct ShortWayTests {
  @Test(
    "The short way writes the same records, leaves the same books and says the same",
    arguments: UInt64(1)...12)
  func sameAsTheLongWay(seed: UInt64) throws {
    var trade = EventTrade(seed: seed)
    let short = JudgingDesk()
    let long = JudgingDesk()
    long.takesShortWay = false
    var applied = 0
    for file in trade.files() {
      let said = try short.drop(file.partner, file.name, file.kind, at: file.arrival, file.rows)
      let expected = try long.drop(file.partner, file.name, file.kind, at: file.arrival, file.rows)
      for (row, (verdict, other)) in zip(said, expected).enumerated() {
        #expect(
          verdict.outcome == other.outcome && verdict.before == other.before && verdict.after == other.after
            && verdict.eventTime == other.eventTime && verdict.rejection == other.rejection,
          "seed \(seed), \(file.name), row \(row + 1): \(verdict) against \(other)")
      }
      #expect(short.lastPage == long.lastPage, "seed \(seed), \(file.name)")
      if file.kind == .scans { applied += said.count { $0.outcome == .applied } }
    }
    let (books, others) = (short.docket.books.digests, long.docket.books.digests)
    let different = others.keys.filter { books[$0] != others[$0] }.sorted()
    #expect(different.isEmpty, "seed \(seed): \(different) differ")
    #expect(applied > 20, "seed \(seed): hardly anything was applied")
  }
}

/// The same of orders and their steps.
struct ShortStepsTests {
  @Test(
    "Orders and their steps by the short way: the same records, books, touches and verdicts, also when taken back",
    arguments: UInt64(1)...24)
  func sameAsTheLongWay(seed: UInt64) throws {
    var trade = StepTrade(seed: seed)
    let short = JudgingDesk(profiles: trade.profiles)
    let long = JudgingDesk(profiles: trade.profiles)
    long.takesShortWay = false
    var applied: [Kind: Int] = [:]
    for _ in 0..<30 {
      let file = trade.next()
      var touched: [[String]] = []
      func end(_ books: inout Books) {
        var list: [String] = []
        books.touchedShipments.forEach(now: books.shipments) {
          list.append("\($0.raw) \(String(describing: $1))")
        }
        touched.append(list)
        if file.isTakenBack { books.rollBack() } else { books.endTransaction() }
      }
      func drop(to desk: JudgingDesk) throws -> [Verdict] {
        try desk.drop(file.partner, file.name, file.kind, at: file.arrival, file.rows, ending: end)
      }
      let said = try drop(to: short)
      let expected = try drop(to: long)
      for (row, (verdict, other)) in zip(said, expected).enumerated() {
        #expect(
          verdict.outcome == other.outcome && verdict.before == other.before && verdict.after == other.after
            && verdict.eventTime == other.eventTime && verdict.rejection == other.rejection,
          "seed \(seed), \(file), row \(row + 1): \(verdict) against \(other)")
      }
      #expect(short.lastPage == long.lastPage, "seed \(seed), \(file.name)")
      #expect(touched.first == touched.last, "seed \(seed), \(file.name)")
      applied[file.kind, default: 0] += said.count { $0.outcome == .applied }
      let (books, others) = (short.docket.books.digests, long.docket.books.digests)
      let different = others.keys.filter { books[$0] != others[$0] }.sorted()
      try #require(different.isEmpty, "seed \(seed), \(file.name): \(different) differ")
    }
    #expect(applied[.orders, default: 0] > 20, "seed \(seed): hardly an order was applied")
    let steps = [Kind.assignments, .confirmations, .manifests].reduce(0) { $0 + applied[$1, default: 0] }
    #expect(steps > 0, "seed \(seed): no step was applied")
    #expect(long.docket.shortWays == 0)
  }

  @Test("Each short way is taken by the rows that the two are held against each other with")
  func areTaken() throws {
    var taken: [Kind: Int] = [:]
    for seed in UInt64(1)...24 {
      var trade = StepTrade(seed: seed)
      let desk = JudgingDesk(profiles: trade.profiles)
      for _ in 0..<30 {
        let file = trade.next()
        let before = desk.docket.shortWays
        _ = try desk.drop(file.partner, file.name, file.kind, at: file.arrival, file.rows) { books in
          if file.isTakenBack { books.rollBack() } else { books.endTransaction() }
        }
        taken[file.kind, default: 0] += desk.docket.shortWays - before
      }
    }
    for seed in UInt64(1)...12 {
      var trade = EventTrade(seed: seed)
      let desk = JudgingDesk()
      for file in trade.files() {
        let before = desk.docket.shortWays
        _ = try desk.drop(file.partner, file.name, file.kind, at: file.arrival, file.rows)
        if file.kind == .scans { taken[file.kind, default: 0] += desk.docket.shortWays - before }
      }
    }
    for kind in [Kind.orders, .assignments, .confirmations, .manifests, .scans] {
      #expect(taken[kind, default: 0] > 30, "\(kind): \(taken)")
    }
  }
}

/// Orders and their steps in files of every sender, most rows as they should be, some doubled, foreign, split, cancelled or without
/// a key.
private struct StepTrade {
  private var numbers: SeededNumbers
  private var files = 0
  private var orders = 0
  let profiles: [PartnerProfile]

  struct File {
    var partner: String
    var name: String
    var kind: Kind
    var arrival: String
    var rows: [[Column: String]] = []
    var isTakenBack = false
  }

  init(seed: UInt64) {
    numbers = SeededNumbers(seed)
    var profiles = PartnerProfile.builtIn
    for place in profiles.indices {
      if seed % 5 == 0 { profiles[place].parkUnknown = true }
      if seed % 3 == 0, profiles[place].role == .warehouse {
        profiles[place].locationKeys = [Array("W0".utf8)]
      }
    }
    self.profiles = profiles
  }

  private mutating func isOneOf(_ count: Int) -> Bool { numbers.below(count) == 0 }

  mutating func next() -> File {
    files += 1
    let kinds: [Kind] = [.orders, .orders, .assignments, .confirmations, .manifests, .cancellations]
    let kind = kinds[isOneOf(3) ? numbers.below(kinds.count) : files % 5]
    let partners =
      kind == .orders
      ? ["easyecom", "easyecom", "booon"] : ["easyecom", "easyecom", "dtdc", "dtdc", "ekart", "booon"]
    var file = File(
      partner: partners[numbers.below(partners.count)], name: "file-\(files)", kind: kind,
      arrival: "2026-11-\(10 + files / 6) 1\(files % 6):00:00", isTakenBack: files > 3 && isOneOf(6))
    let first = orders
    for _ in 0..<(4 + numbers.below(20)) {
      file.rows.append(kind == .orders ? order() : step(kind))
    }
    if file.isTakenBack { orders = first }
    return file
  }

  private mutating func order() -> [Column: String] {
    if isOneOf(2) { orders += 1 }
    let number = isOneOf(8) ? numbers.below(orders + 1) : orders
    var row: [Column: String] = [
      .orderNumber: "O-\(1000 + number)", .invoiceID: "I-\(1000 + number)", .locationKey: "W\(number % 2)",
      .suborderID: "S-\(numbers.below(4))", .sku: "SKU-\(number % 7)", .orderDate: "2026-11-01 07:00:00",
      .customerName: "Asha", .city: "Pune",
    ]
    switch numbers.below(16) {
    case 0: row[.invoiceID] = nil
    case 1: row[.invoiceID] = "I-\(2000 + numbers.below(4))"
    case 2: row[.locationKey] = "W\(numbers.below(3))"
    case 3: row[.suborderID] = nil
    case 4: row[.suborderID] = "S-1|S-2"
    case 5: row[.suborderID] = "S-3|S-4|S-3"
    case 6: row[.orderStatus] = "Cancelled"
    case 7: row[.cancelledQuantity] = "1"
    case 8:
      row[.courier] = "dtdc"
      row[.awbNumber] = "\(5_000_000 + number)"
    case 9: row[.orderDate] = nil
    case 10: row[.sku] = "SKU-9"
    default: break
    }
    return row
  }

  private mutating func step(_ kind: Kind) -> [Column: String] {
    let number = numbers.below(orders + 2)
    var row: [Column: String] = [.orderNumber: "O-\(1000 + number)"]
    if isOneOf(4) { row[.invoiceID] = "I-\(1000 + (isOneOf(5) ? number + 1 : number))" }
    // A row names its order one way or the other: content checks see to that.
    if row[.invoiceID] != nil && isOneOf(3) && kind != .manifests { row[.orderNumber] = nil }
    switch kind {
    case .assignments:
      row[.awbNumber] = "\(5_000_000 + (isOneOf(6) ? numbers.below(orders + 1) : number))"
      if isOneOf(12) { row[.awbNumber] = "\(6_000_000 + number)" }
      if isOneOf(12) { row[.awbNumber] = nil }
      row[.courier] = ["dtdc", "D-T_D C", "ekart", "Ecom Express"][numbers.below(4)]
      if isOneOf(12) { row[.courier] = nil }
      if isOneOf(12) { row[.suborderID] = "S-\(numbers.below(4))" }
      row[.assignedAt] = "2026-11-02 07:00:00"
    case .confirmations:
      if isOneOf(3) { row[.invoiceNumber] = "GST-\(number)" }
      if isOneOf(3) { row[.invoiceDate] = "2026-11-03 07:00:00" }
      if !isOneOf(4) { row[.confirmedAt] = "2026-11-03 07:00:00" }
    case .manifests:
      row[.invoiceID] = nil
      row[.awbNumber] = "\(5_000_000 + number)"
      switch numbers.below(6) {
      case 0: row[.awbNumber] = nil
      case 1: row[.orderNumber] = nil
      default: break
      }
      row[.manifestNumber] = "M-\(numbers.below(2))"
      row[.manifestDate] = "2026-11-04 07:00:00"
    default:
      row[.cancelledAt] = "2026-11-05 07:00:00"
      if !isOneOf(3) { row[.orderNumber] = "O-999" }
    }
    return row
  }
}

/// Orders on their way, and a carrier's events about them: most in order, some late, doubled, unknown, foreign or without a number.
private struct EventTrade {
  private var numbers: SeededNumbers
  private var scan = 100_000

  struct File {
    var partner: String
    var name: String
    var kind: Kind
    var arrival: String
    var rows: [[Column: String]]
  }

  init(seed: UInt64) { numbers = SeededNumbers(seed) }

  private static let orders = 12

  mutating func files() -> [File] {
    let orders = 0..<EventTrade.orders
    func awb(_ order: Int) -> String { "\(5_110_000_000 + order)" }
    var files = [
      File(
        partner: "easyecom", name: "orders.csv", kind: .orders, arrival: "2026-11-18 08:00:00",
        rows: orders.map {
          [
            .orderNumber: "O-\($0)", .invoiceID: "I-\($0)", .locationKey: "BLR-01", .suborderID: "S-\($0)",
            .sku: "SKU-1", .orderDate: "2026-11-18 07:00:00", .courier: $0 % 5 == 4 ? "dtdc" : "ecom-express",
            .awbNumber: awb($0),
          ]
        }),
      File(
        partner: "easyecom", name: "confirmations.csv", kind: .confirmations, arrival: "2026-11-18 09:00:00",
        rows: orders.map { [.invoiceID: "I-\($0)", .confirmedAt: "2026-11-18 08:30:00"] }),
    ]
    // Some are manifested only later: their events wait until then.
    for half in 0..<2 {
      files.append(
        File(
          partner: "easyecom", name: "manifests-\(half).csv", kind: .manifests,
          arrival: "2026-11-18 1\(half):00:00",
          rows: orders.filter { ($0 % 4 == 3) == (half == 1) }.map {
            [.awbNumber: awb($0), .manifestNumber: "M-\(half)", .manifestDate: "2026-11-18 09:30:00"]
          }))
    }
    for day in 0..<3 {
      var rows: [[Column: String]] = []
      for _ in 0..<40 { rows.append(event(on: day, awb)) }
      files.insert(
        File(
          partner: "ecom-express", name: "scans-\(day).csv", kind: .scans,
          arrival: "2026-11-\(19 + day) 23:00:00", rows: rows), at: day == 0 ? 3 : files.count)
    }
    return files
  }

  private mutating func event(on day: Int, _ awb: (Int) -> String) -> [Column: String] {
    let order = numbers.below(EventTrade.orders + 1)
    let codes = ["0011", "002", "003", "004", "006", "999", "777", "305", "1210", "209", "nonsense"]
    let hour = 8 + numbers.below(15)
    let minute = 10 + numbers.below(50)
    var row: [Column: String] = [
      .awbNumber: awb(order), .reasonCodeNumber: codes[numbers.below(codes.count)],
      .datetime: "2026-11-\(19 + day) \(hour < 10 ? "0" : "")\(hour):\(minute):00", .location: "Bhiwandi hub",
    ]
    switch numbers.below(12) {
    case 0: row[.statusUpdateNumber] = "\(scan)"
    case 1: row[.statusUpdateNumber] = nil
    case 2: row[.statusUpdateNumber] = "U-\(scan)"
    case 3:
      scan += 1
      row[.statusUpdateNumber] = "\(scan)"
      row[.referenceAWB] = "\(7_000_000_000 + order)"
    default:
      scan += 1
      row[.statusUpdateNumber] = "\(scan)"
    }
    return row
  }
}
