internal import Ledger
internal import Orders
internal import Outbox

/// The feeds of changed settings: what each receiver should put or withdraw of what stands, because other terms hold from now on.
///
/// The question is the same as for a file, with the roles exchanged: there the terms stay and things change, here the things stay
/// and the terms change. So orders that were placed before a warehouse got its location come to it, those of a location that it
/// lost are withdrawn, and a receiver that knows nothing but its feeds still holds exactly what the books say.
extension Feeds {
  /// Writes the records of all feeds for which the terms differ, in the order in which the books came to know their keys.
  func write(to feeds: [OpenFeed], insteadOf earlier: FeedTerms) throws {
    let affected = feeds.filter { terms.differ(from: earlier, for: $0.fed) }
    for open in affected {
      switch open.fed.feed {
      case .products:
        for number in books.products.indices { try product(UInt32(number), open, insteadOf: earlier) }
      case .locations:
        for number in books.accounts.indices { try location(UInt32(number), open, insteadOf: earlier) }
      case .inventory:
        for number in books.stock.indices { try stock(UInt32(number), open, insteadOf: earlier) }
      case .orders, .manifested, .shipments, .cancellations, .tracking: break
      }
    }
    let aboutShipments = affected.filter { $0.fed.feed.isAboutShipments }
    if aboutShipments.isEmpty { return }
    for number in books.shipments.indices {
      let index = ShipmentIndex(number)
      let standing = Standing(books[index])
      for open in aboutShipments {
        try put(
          index, open, old: earlier.reach(open.fed) ? held(standing, index, open.fed, under: earlier) : nil,
          new: terms.reach(open.fed) ? held(standing, index, open.fed, under: terms) : nil)
      }
    }
  }

  private func product(_ number: UInt32, _ open: OpenFeed, insteadOf earlier: FeedTerms) throws {
    if terms.reach(open.fed) { return try putProduct(number, open) }
    try open.add(.withdraw) { file in
      file.add("sku", text: books.productKeys.bytes(of: Int(number)).span)
    }
  }

  private func stock(_ number: UInt32, _ open: OpenFeed, insteadOf earlier: FeedTerms) throws {
    let place = books.locations.bytes(of: Int(books.stockKeys.prefix(of: Int(number))))
    let held = earlier.reach(open.fed) && earlier.isAt(place, open.fed.partner)
    let holds = terms.reach(open.fed) && terms.isAt(place, open.fed.partner)
    if held == holds { return }
    if holds { return try putStock(number, at: place, open) }
    try open.add(.withdraw) { file in
      file.add("sku", text: books.stockKeys.bytes(of: Int(number)).span)
      file.add("location_key", text: place.span)
    }
  }

  private func location(_ number: UInt32, _ open: OpenFeed, insteadOf earlier: FeedTerms) throws {
    guard books.accountKeys.bytes(of: Int(number)).isEmpty else { return }
    let place = books.locations.bytes(of: Int(books.accountKeys.prefix(of: Int(number))))
    let held = earlier.reach(open.fed) && earlier.isAt(place, open.fed.partner)
    let holds = terms.reach(open.fed) && terms.isAt(place, open.fed.partner)
    if !held && !holds || held && holds && earlier.location(place) == terms.location(place) { return }
    // Only the marketplace that entered the location's account ever heard of it.
    let entry = try history.entry(at: books.accounts[Int(number)].position, countingRows: false)
    guard books.file(of: entry.claim)?.partner == open.fed.partner else { return }
    if holds { return try putLocation(place, open) }
    try open.add(.withdraw) { file in file.add("location_key", text: place.span) }
  }
}
