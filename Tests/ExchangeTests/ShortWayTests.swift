import Exchange
import Ledger
import Orders
import Testing

/// Carriers' events that go the short way, held against the long way row by row.
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
