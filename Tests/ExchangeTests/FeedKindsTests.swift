/// What feeds leave out without asking must be what asking would leave out.

import Orders
import Testing

@testable import Exchange
@testable import Ledger

struct FeedKindsTests {
  @Test("No feed is left out that holds something else of a shipment than before", arguments: UInt64(1)...8)
  func leaveOut(seed: UInt64) throws {
    let desk = JudgingDesk()
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-10 10:00:00",
      [
        [
          .orderNumber: "O-1", .invoiceID: "I-1", .locationKey: "W1", .suborderID: "S-1", .sku: "SKU-1",
          .orderDate: "2026-11-01 07:00:00",
        ]
      ])
    try desk.drop(
      "easyecom", "assignments.csv", .assignments, at: "2026-11-10 11:00:00",
      [[.orderNumber: "O-1", .awbNumber: "5000001", .courier: "Ekart"]])
    let books = desk.docket.books
    try #require(books.couriers.count == 2 && books.shipments.count == 1)
    let terms = FeedTerms(profiles: desk.docket.profiles, Configuration())
    let feeds = Feeds(books: books, terms: terms, history: desk.history)
    let kinds: [Feed] = [.orders, .manifested, .shipments, .cancellations, .tracking]
    var numbers = SeededNumbers(seed)
    var (leftOut, differing) = (0, 0)
    for _ in 0..<4_000 {
      let before = standing(&numbers, like: nil)
      let now = standing(&numbers, like: before)
      let isNew = numbers.below(5) == 0
      let change = ShipmentChange(0, 0, isNew: isNew, before: isNew ? now : before, now: now)
      let told = FeedKinds(telling: change, linesChanged: false)
      let toldOfLines = FeedKinds(telling: change, linesChanged: true)
      #expect(told.isSubset(of: toldOfLines))
      for feed in kinds {
        for receiver in desk.docket.profiles.indices {
          let fed = FedPartner(partner: UInt8(receiver), feed: feed)
          let old = isNew ? nil : feeds.held(before, ShipmentIndex(0), fed, under: terms, isThere: true)
          let new = feeds.held(now, ShipmentIndex(0), fed, under: terms, isThere: true)
          let isLeftOut = told.isDisjoint(with: FeedKinds(feed))
          #expect(!isLeftOut || old == new, "seed \(seed), \(feed): \(before), \(now)")
          if feed == .orders || feed == .shipments {
            #expect(!toldOfLines.isDisjoint(with: FeedKinds(feed)) || old == nil && new == nil)
          }
          // Where this one is told, nothing more is asked.
          if feed == .tracking { #expect(isLeftOut == (old == new), "seed \(seed): \(before), \(now)") }
          leftOut += isLeftOut ? 1 : 0
          differing += old == new ? 0 : 1
        }
      }
    }
    #expect(leftOut > 1000 && differing > 1000)
  }

  /// Any standing, or one that differs from another in few things.
  private func standing(_ numbers: inout SeededNumbers, like other: Standing?) -> Standing {
    func isAnother(_ numbers: inout SeededNumbers) -> Bool { other == nil || numbers.below(4) == 0 }
    func key(_ numbers: inout SeededNumbers) -> UInt32 { numbers.below(2) == 0 ? .max : 0 }
    var record = ShipmentRecord(
      order: OrderIndex(0), state: other?.state ?? .open, since: other?.since ?? .distantPast, setBy: .none,
      head: .none)
    if isAnother(&numbers) { record.state = ShipmentState(place: numbers.below(18)) }
    if isAnother(&numbers) { record.since = Timestamp(milliseconds: Int64(numbers.below(3)) * 1000) }
    record.awbKey = isAnother(&numbers) ? key(&numbers) : other?.awbKey ?? .max
    record.invoiceKey = isAnother(&numbers) ? key(&numbers) : other?.invoiceKey ?? .max
    record.courier = isAnother(&numbers) ? UInt32(numbers.below(2)) : other?.courier ?? 0
    record.marks =
      isAnother(&numbers) ? ShipmentMarks(rawValue: UInt8(numbers.below(64))) : other?.marks ?? []
    return Standing(record)
  }
}
