import Exchange
import Foundation
import Orders
import Reports
import Testing

/// The pieces of an order: ordered = open + cancelled + shipped, and shipped = moving + delivered + returned + lost.
struct OrderBalanceTests {
  private func tell(_ asked: String, _ desk: JudgingDesk, asOf: String? = nil) throws -> OrderStory {
    try #require(
      try OrderStory.tell(
        of: Array(asked.utf8), books: desk.docket.books, history: desk.history,
        profiles: desk.docket.profiles, knownAt: asOf.map(instant)))
  }

  private func line(_ suborder: String, _ quantity: Int, order: String = "EE-1", invoice: String = "901")
    -> [Column: String]
  {
    [
      .orderNumber: order, .invoiceID: invoice, .suborderID: suborder, .sku: "SKU-\(suborder)",
      .quantity: "\(quantity)", .locationKey: "WH1",
    ]
  }

  /// Four pieces of one line and two of another; one is cancelled, two parcels leave, one of them arrives.
  private func desk() throws -> JudgingDesk {
    let desk = JudgingDesk()
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 07:00:00", [line("1", 4), line("2", 2)])
    try desk.drop(
      "easyecom", "cancellations.csv", .cancellations, at: "2026-11-20 08:00:00",
      [[.orderNumber: "EE-1", .suborderID: "1", .quantity: "1"]])
    let assigned = try desk.drop(
      "nexar", "assignments.csv", .assignments, at: "2026-11-20 09:00:00",
      [
        [.invoiceID: "901", .suborderID: "1", .quantity: "2", .courier: "Ekart", .awbNumber: "A1"],
        [.invoiceID: "901", .suborderID: "2", .quantity: "2", .courier: "Ekart", .awbNumber: "A2"],
        [.invoiceID: "901", .suborderID: "1", .quantity: "1", .courier: "Ekart", .awbNumber: "A3"],
      ])
    #expect(assigned.map(\.outcome) == [.applied, .applied, .applied])
    try desk.drop(
      "nexar", "confirmations.csv", .confirmations, at: "2026-11-20 10:00:00",
      [[.orderNumber: "EE-1", .invoiceNumber: "INV-7", .invoiceDate: "2026-11-20 00:00:00"]])
    try desk.drop(
      "nexar", "manifests.csv", .manifests, at: "2026-11-20 11:00:00",
      ["A1", "A2"].map { [.manifestNumber: "M1", .awbNumber: $0] })
    try desk.drop(
      "ekart", "tracking.csv", .tracking, at: "2026-11-20 20:00:00",
      [[.awbNumber: "A1", .status: "delivered", .datetime: "2026-11-20 19:00:00"]])
    return desk
  }

  @Test("The pieces of a split order are counted where they are")
  func counted() throws {
    let story = try tell("EE-1", try desk())
    #expect(story.pieces.counts == [6, 1, 1, 2, 2, 0, 0])
    #expect(story.pieces.isConserved)
    #expect(story.lineBalances.map(\.pieces.counts) == [[4, 1, 1, 0, 2, 0, 0], [2, 0, 0, 2, 0, 0, 0]])
    #expect(story.lineBalances.map(\.suborder) == ["1", "2"])
  }

  @Test("What a person reads of the pieces, the cancelled ones and the seller's invoice")
  func words() throws {
    let story = try tell("EE-1", try desk())
    let lines = story.lines(in: .kolkata)
    for line in [
      "Of 6 pieces ordered 1 is open, 1 cancelled and 4 shipped (2 moving, 2 delivered).",
      "  1  SKU-1: 4 ordered = 1 open + 1 cancelled + 2 shipped (2 delivered)",
      "  2  SKU-2: 2 ordered = 0 open + 0 cancelled + 2 shipped (2 moving)",
      "  invoice   INV-7 of 20 Nov 2026", "  holds     1 x SKU-1 at 229.50, and 1 cancelled",
    ] {
      #expect(lines.contains(line), "\(line) is not among \(lines)")
    }
    let events = story.events.map(\.words)
    #expect(events.contains("1 of 4 x SKU-1 cancelled"))
    #expect(events.contains("2 of 4 x SKU-1 go to another shipment of the order"))
    #expect(events.filter { $0 == "Confirmed, with the seller's invoice INV-7" }.count == 3)
  }

  @Test("What a program reads of the pieces")
  func json() throws {
    let story = try tell("EE-1", try desk())
    let object = try JSONSerialization.jsonObject(with: Data(story.json(in: .kolkata))) as? [String: Any]
    let pieces = try #require(object?["pieces"] as? [String: Int])
    #expect(pieces["ordered"] == 6)
    #expect(pieces["open"] == 1)
    #expect(pieces["shipped"] == 4)
    let shipments = try #require(object?["shipments"] as? [[String: Any]])
    #expect(shipments.map { $0["invoice_number"] as? String } == ["INV-7", "INV-7", "INV-7"])
    #expect(shipments.first?["invoice_date"] as? String == "2026-11-20")
    let lines = try #require(object?["lines"] as? [[String: Any]])
    #expect(lines.map { ($0["pieces"] as? [String: Int])?["delivered"] } == [2, 0])
  }

  @Test("A row that would break the sum says the numbers, and leaves every count as it was")
  func refused() throws {
    let desk = try desk()
    let before = try tell("EE-1", desk).pieces
    let verdicts = try desk.drop(
      "easyecom", "cancellations-2.csv", .cancellations, at: "2026-11-20 21:00:00",
      [
        [.orderNumber: "EE-1", .suborderID: "1", .quantity: "3"],
        [.orderNumber: "EE-1", .suborderID: "2", .quantity: "1"],
        [.orderNumber: "EE-1", .suborderID: "1", .quantity: "1"],
      ])
    #expect(verdicts.map(\.outcome) == [.rejected, .rejected, .duplicate])
    let fault = try #require(verdicts[0].rejection?.faults.first)
    #expect(fault.code == .quantityOutOfBalance)
    #expect(
      fault.sentence(value: "3", kind: .cancellations, in: .kolkata)
        == "quantity \"3\" breaks the sum, which leaves 2 for it: of 4 pieces ordered 1 is open,"
        + " 1 cancelled and 2 shipped.")
    #expect(try tell("EE-1", desk).pieces == before)
  }

  @Test("A suborder id that two invoices of the order have needs its invoice")
  func ambiguous() throws {
    let desk = JudgingDesk()
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 07:00:00",
      [line("1", 2), line("1", 3, invoice: "902")])
    let verdicts = try desk.drop(
      "easyecom", "cancellations.csv", .cancellations, at: "2026-11-20 08:00:00",
      [
        [.orderNumber: "EE-1", .suborderID: "1", .quantity: "1"],
        [.orderNumber: "EE-1", .invoiceID: "902", .suborderID: "1", .quantity: "1"],
      ])
    #expect(verdicts.map { $0.rejection?.faults.first?.code } == [.orderIsSplit, nil])
    let assigned = try desk.drop(
      "nexar", "assignments.csv", .assignments, at: "2026-11-20 09:00:00",
      [[.orderNumber: "EE-1", .suborderID: "1", .courier: "Ekart", .awbNumber: "A1"]])
    #expect(assigned[0].rejection?.faults.first?.code == .orderIsSplit)
    #expect(try tell("EE-1", desk).pieces.counts == [5, 4, 1, 0, 0, 0, 0])
  }

  /// Random trade in the pieces of one order: whatever the rows ask, no piece appears, vanishes or is in two places.
  @Test("No row creates or loses a piece", arguments: 0..<UInt64(40))
  func conserved(seed: UInt64) throws {
    var random = SeededNumbers(seed)
    let desk = JudgingDesk()
    let ordered = [1 + random.below(5), 1 + random.below(5), 1 + random.below(3)]
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 07:00:00",
      ordered.enumerated().map { line("\($0.offset)", $0.element) })
    var refusals = 0
    for step in 0..<40 {
      let (partner, kind, row) = trade(&random)
      let before = try tell("EE-1", desk)
      let verdict = try desk.drop(
        partner, "file-\(step).csv", kind, at: "2026-11-21 0\(step / 10):0\(step % 10):00", [row])[0]
      let after = try tell("EE-1", desk)
      let why = "seed \(seed), step \(step): \(kind.name) \(row)"
      #expect(after.pieces.isConserved, "\(why)")
      #expect(after.lineBalances.map(\.pieces.ordered).sorted() == ordered.sorted(), "\(why)")
      #expect(after.lineBalances.allSatisfy { $0.pieces.counts.allSatisfy { $0 >= 0 } }, "\(why)")
      let held = after.shipments.flatMap(\.lines)
      #expect(held.allSatisfy { $0.quantity > 0 && $0.cancelled <= $0.quantity }, "\(why)")
      // A cancelled piece stays cancelled, unless its parcel turns out to have been picked up.
      #expect(after.pieces.cancelled >= before.pieces.cancelled || kind == .tracking, "\(why)")
      if verdict.outcome == .rejected || verdict.outcome == .duplicate {
        refusals += verdict.rejection?.faults.first?.code == .quantityOutOfBalance ? 1 : 0
        #expect(after.pieces == before.pieces, "\(why)")
        #expect(after.shipments.map(\.awb) == before.shipments.map(\.awb), "\(why)")
      }
      // The fold of the history holds the same pieces as the books.
      #expect(try tell("EE-1", desk, asOf: "2099-01-01 00:00:00").pieces == after.pieces, "\(why)")
    }
    #expect(refusals > 0, "seed \(seed) never broke the sum")
  }

  private func trade(_ random: inout SeededNumbers) -> (String, Kind, [Column: String]) {
    let awb = "A\(random.below(5))"
    var row: [Column: String] = [.orderNumber: "EE-1", .suborderID: "\(random.below(3))"]
    if random.below(4) > 0 { row[.quantity] = "\(1 + random.below(5))" }
    switch random.below(12) {
    case 0..<5:
      row[.courier] = "Ekart"
      if random.below(6) > 0 { row[.awbNumber] = awb }
      return ("nexar", .assignments, row)
    case 5..<8: return ("easyecom", .cancellations, row)
    case 8: return ("nexar", .confirmations, [.orderNumber: "EE-1"])
    case 9: return ("nexar", .manifests, [.manifestNumber: "M1", .awbNumber: awb])
    default:
      let status = ["pickup_complete", "in_transit", "delivered", "lost", "rto_created"][random.below(5)]
      return (
        "ekart", .tracking,
        [.awbNumber: awb, .status: status, .datetime: "2026-11-21 0\(random.below(9)):30:00"]
      )
    }
  }
}
