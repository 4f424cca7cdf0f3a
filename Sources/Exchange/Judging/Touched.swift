internal import Ledger
internal import Orders

/// What a file touched beside shipments, and how it stood before: from this and from the shipments that the books say they
/// changed the feeds take the net effect of the decision.
///
/// A thing is noted once, at its first change, in a few words; nothing is noted of rows that change nothing.
struct Touched {
  /// Stock by its number in the books' table of shelves.
  private(set) var stock = FirstTouches<StockRecord?>()
  /// Products by their number in the master, with the hash of what they were.
  private(set) var products = FirstTouches<UInt64?>()
  /// Carriers' accounts by their number.
  private(set) var accounts = FirstTouches<AccountRecord?>()
  /// Of shipments whose lines changed, the newest record before the file's own.
  private(set) var linesBefore: [ShipmentIndex: Position] = [:]

  init() {}

  /// Notes what the effect is about to change in the books.
  mutating func note(_ effect: Effect, bytes: [UInt8], in books: Books) {
    switch effect {
    case .product(let sku, _, _):
      let number = books.productKeys.find(bytes[sku.range].span)
      products.note(
        UInt32(number ?? books.products.count), number.map { books.products[$0].content })
    case .stock(let location, let sku, _):
      let number = books.locations.find(bytes[location.range].span)
        .flatMap { books.stockKeys.find(bytes[sku.range].span, prefix: UInt32($0)) }
      stock.note(UInt32(number ?? books.stock.count), number.map { books.stock[$0] })
    case .account(let location, let courier, _):
      let folded = foldCourier(bytes[courier.range].span)
      let number = books.locations.find(bytes[location.range].span)
        .flatMap { books.accountKeys.find(folded.span, prefix: UInt32($0)) }
      accounts.note(UInt32(number ?? books.accounts.count), number.map { books.accounts[$0] })
    default: break
    }
  }

  /// Notes that the lines of a shipment are about to change.
  /// - Parameter head: the newest record about it before the row in hand.
  mutating func noteLines(of shipment: ShipmentIndex, before head: Position) { linesBefore[shipment] = head }
}

/// Things by their numbers, each with how it was when it was first touched, in the order of the first touches.
///
/// Open addressing over four bytes a slot: a file that touches a million articles must not hold a dictionary of them.
struct FirstTouches<Before> {
  private(set) var list: [(number: UInt32, before: Before)] = []
  /// Places in the list, plus one; 0: free.
  private var slots: [UInt32] = []

  init() {}

  mutating func note(_ number: UInt32, _ before: @autoclosure () -> Before) {
    if let last = list.last, last.number == number { return }
    if slots.count * 5 <= list.count * 8 { grow() }
    let slot = slot(of: number)
    if slots[slot] != 0 { return }
    list.append((number, before()))
    slots[slot] = UInt32(list.count)
  }

  /// The slot that holds the number, or the free one where it belongs.
  private func slot(of number: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: (UInt64(number) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[slot] != 0, list[Int(slots[slot]) - 1].number != number { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: max(16, slots.count * 2))
    for (place, touch) in list.enumerated() { slots[slot(of: touch.number)] = UInt32(place + 1) }
  }
}
