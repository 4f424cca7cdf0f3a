// What the books make of effects, and what is left of them when a file is taken back: nothing.

import Orders
import Testing

@testable import Ledger

@Suite("Books and what is taken back")
struct BooksTests {
  @Test("One effect taken back leaves the books as they were", arguments: EffectKind.allCases)
  func oneEffect(kind: EffectKind) {
    for seed in UInt64(1)...60 {
      var story = EffectStory(seed: seed)
      for _ in 0..<20 { story.performAny() }
      let before = story.books.digests
      story.change { $0.beginTransaction() }
      story.perform(kind)
      #expect(story.books.digests != before, "seed \(seed): \(kind) changes nothing")
      story.change { $0.rollBack() }
      expectSame(story.books, before, "seed \(seed)")
    }
  }

  @Test(
    "A whole file taken back leaves the books as they were, and the next one finds them so",
    arguments: UInt64(1)...40)
  func manyEffects(seed: UInt64) {
    var story = EffectStory(seed: seed)
    for _ in 0..<200 { story.performAny() }
    let before = story.books.digests
    var undisturbed = story
    story.change { $0.beginTransaction() }
    for _ in 0..<500 { story.performAny() }
    #expect(story.books.digests != before)
    story.change { $0.rollBack() }
    expectSame(story.books, before, "seed \(seed)")

    // The two stories have gone different ways; from here on both hear the same.
    var next = EffectStory(seed: seed &+ 1_000)
    for _ in 0..<100 {
      let row = next.nextRow()
      let (effect, bytes) = next.next(
        [.createOrder, .stock, .product, .account].randomElement(using: &next.numbers) ?? .stock, at: row)
      story.change { $0.apply(effect, bytes: bytes, in: row) }
      undisturbed.change { $0.apply(effect, bytes: bytes, in: row) }
    }
    expectSame(story.books, undisturbed.books.digests, "seed \(seed)")
  }

  @Test("A transaction that ended cannot be taken back by the next one")
  func ended() {
    var story = EffectStory(seed: 5)
    story.change { $0.beginTransaction() }
    story.perform(.createOrder)
    story.change { $0.endTransaction() }
    let before = story.books.digests
    story.change { $0.beginTransaction() }
    story.perform(.stock)
    story.change { $0.rollBack() }
    expectSame(story.books, before, "after the second transaction")
  }

  @Test("Above its bound the undo log is given up at once, not at the end", arguments: [0, 1, 7])
  func bounded(changesMax: Int) {
    var story = EffectStory(seed: 6)
    story.change {
      $0.undoChangesMax = changesMax
      $0.beginTransaction()
    }
    #expect(!story.books.gaveUpUndo)
    for _ in 0..<changesMax { story.perform(.product) }
    #expect(!story.books.gaveUpUndo)
    story.perform(.product)
    #expect(story.books.gaveUpUndo)
    #expect(story.books.undo.isEmpty)
    story.perform(.product)
    #expect(story.books.undo.isEmpty)
    story.change { $0.beginTransaction() }
    #expect(!story.books.gaveUpUndo)
  }

  @Test(
    "Shipments that changed are told once each, with what they were, also when the undo log was given up",
    arguments: [5, .max], UInt64(8)...15)
  func touches(changesMax: Int, seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    for _ in 0..<200 { story.performAny() }
    let before = story.books
    story.change {
      $0.undoChangesMax = changesMax
      $0.beginTransaction()
    }
    // At first nobody's keys change.
    for number in 0..<100 { story.perform([.carrier, .confirm, .manifest][number % 3]) }
    for _ in 0..<200 { story.performAny() }
    #expect(story.books.gaveUpUndo == (changesMax == 5))
    var told: Set<ShipmentIndex> = []
    story.books.touchedShipments.forEach(now: story.books.shipments) { shipment, standing in
      let isNew = told.insert(shipment).inserted
      #expect(isNew, "\(shipment) is told twice")
      let known = Int(shipment.raw) < before.shipments.count ? Standing(before[shipment]) : nil
      #expect(standing == known, "\(shipment)")
    }
    let changed = story.books.shipments.indices.filter { index in
      index >= before.shipments.count || story.books.shipments[index].head != before.shipments[index].head
    }
    #expect(told == Set(changed.map { ShipmentIndex($0) }))
    #expect(!told.isEmpty)
    expectChanges(of: story.books, before: before)
  }

  /// Part by part: every shipment in its order, but for those that stand as before where these are not asked for.
  private func expectChanges(of books: Books, before: Books) {
    let touches = books.touchedShipments
    var order: [ShipmentIndex] = []
    touches.forEach(now: books.shipments) { shipment, _ in order.append(shipment) }
    for count in [7, 64, 1_000] {
      for unchangedToo in [false, true] {
        var told: [ShipmentIndex] = []
        var changes: [ShipmentChange] = []
        for var part in touches.parts(of: count) {
          while !part.isEmpty {
            touches.takeChanges(
              from: &part, now: books.shipments, unchangedToo: unchangedToo, into: &changes)
            for change in changes {
              told.append(change.shipment)
              #expect(change.now == Standing(books[change.shipment]))
              #expect(change.order == books[change.shipment].order)
              #expect(change.isNew == (Int(change.shipment.raw) >= before.shipments.count))
              if !change.isNew { #expect(change.before == Standing(before[change.shipment])) }
            }
          }
        }
        let expected = order.filter {
          unchangedToo || Int($0.raw) >= before.shipments.count
            || Standing(before[$0]) != Standing(books[$0])
        }
        #expect(told == expected)
      }
    }
  }

  @Test("More couriers and locations than sixteen bits count are told apart")
  func manyNames() {
    var story = EffectStory(seed: 7)
    let row = story.nextRow()
    let shipment = ShipmentIndex(0)
    let count = 70_000
    for number in 0..<count {
      let bytes = Array("courier \(number)".utf8)
      let name = Slice(offset: 0, length: bytes.count)
      story.change {
        $0.apply(.assign(shipment, courier: name, awb: .absent, after: .assigned), bytes: bytes, in: row)
        $0.apply(.stock(location: name, sku: name, quantity: 1), bytes: bytes, in: row)
      }
    }
    #expect(story.books.courier(of: shipment).text == Array("courier \(count - 1)".utf8))
    let (first, last) = (Array("courier 0".utf8), Array("courier \(count - 1)".utf8))
    func isStocked(_ location: [UInt8], _ sku: [UInt8]) -> Bool {
      story.books.stock(at: location.span, sku: sku.span) != nil
    }
    #expect(isStocked(first, first) && isStocked(last, last) && !isStocked(first, last))
  }

  @Test("The sums cover every table")
  func sumsAreWhole() {
    let tables = Set(Mirror(reflecting: Books()).children.compactMap(\.label))
    #expect(
      tables.subtracting(Books().digests.keys) == [
        "undo", "keepsUndo", "keepsTouches", "undoChangesMax", "anchor",
      ])
  }

  private func expectSame(_ books: Books, _ before: [String: String], _ what: String) {
    let after = books.digests
    let different = before.keys.filter { before[$0] != after[$0] }.sorted()
    #expect(different.isEmpty, "\(what): \(different) differ")
  }
}
