internal import Ledger
internal import Orders
internal import Outbox

/// The records about shipments: of what changed, many at a time, what is told in which feed.
extension Feeds {
  /// Writes the records about a part of the shipments.
  func write(_ part: ShipmentTouches.Part, to feeds: [OpenFeed], _ touched: Touched) throws {
    var part = part
    var changes = Changes(for: feeds)
    let shipments = books.touchedShipments
    let linesChanged = !touched.linesBefore.isEmpty
    while !part.isEmpty {
      shipments.takeChanges(
        from: &part, now: books.shipments, unchangedToo: linesChanged, into: &changes.list)
      let told = changes.sort(in: books) { linesChanged && touched.linesBefore[$0] != nil }
      if told.isEmpty { continue }
      books.bringNear(changes.list.span)
      for open in feeds where !told.isDisjoint(with: FeedKinds(open.fed.feed)) {
        try write(&changes, to: open, touched)
      }
    }
  }

  /// Changes that all feeds are gone through with while they are near.
  struct Changes {
    /// Those that are told in any feed.
    var list: [ShipmentChange] = []
    /// The feeds that each may be told in.
    private(set) var kinds = InlineArray<64, FeedKinds>(repeating: [])
    /// The couriers' names as they are told.
    var couriers = CourierWords()
    /// The locations of the receivers, as far as they were asked for.
    var places = ReceiversPlaces()
    /// The feeds there are.
    private var feeds: FeedKinds = []
    /// Does the partner get what a carrier gets, by its number?
    private var carriers = InlineArray<256, Bool>(repeating: false)

    init(for feeds: [OpenFeed]) {
      list.reserveCapacity(Books.nearRows)
      for open in feeds {
        let kind = FeedKinds(open.fed.feed)
        self.feeds.formUnion(kind)
        if !kind.isDisjoint(with: Changes.carriersKinds) { carriers[Int(open.fed.partner)] = true }
      }
    }

    private static let carriersKinds: FeedKinds = [.shipments, .cancellations]

    /// Leaves those that may be told in any feed, and tells in which.
    mutating func sort(in books: Books, linesChanged: (ShipmentIndex) -> Bool) -> FeedKinds {
      var all: FeedKinds = []
      var count = 0
      for place in list.indices {
        let change = list[place]
        var kinds = FeedKinds(telling: change, linesChanged: linesChanged(change.shipment))
        kinds.formIntersection(feeds)
        if !kinds.isDisjoint(with: Changes.carriersKinds), !concernsCarrier(change, books) {
          kinds.subtract(Changes.carriersKinds)
        }
        if kinds.isEmpty { continue }
        if count < place { list[count] = change }
        self.kinds[count] = kinds
        count += 1
        all.formUnion(kinds)
      }
      if count < list.count { list.removeLast(list.count - count) }
      return all
    }

    /// Is, or was, its courier a partner who is told so?
    private func concernsCarrier(_ change: ShipmentChange, _ books: Books) -> Bool {
      func isFed(_ courier: UInt32) -> Bool {
        books.couriers[Int(courier)].partner.map { carriers[Int($0)] } ?? false
      }
      return isFed(change.now.courier) || isFed(change.before.courier)
    }
  }

  private func write(_ changes: inout Changes, to open: OpenFeed, _ touched: Touched) throws {
    let fed = open.fed
    let kind = FeedKinds(fed.feed)
    var place = 0
    while place < changes.list.count {
      if kind == .tracking {
        try open.goOn { file in try putStandings(&changes, from: &place, to: &file) }
        if place == changes.list.count { break }
      }
      defer { place += 1 }
      if changes.kinds[place].isDisjoint(with: kind) { continue }
      let change = changes.list[place]
      var isThere: Bool?
      if kind == .orders {
        isThere = changes.places.hold(books[change.order].location, fed.partner, terms, books)
        if isThere == false { continue }
      }
      let shipment = change.shipment
      let old =
        change.isNew ? nil : held(change.before, shipment, fed, under: terms, isThere: isThere)
      let new = held(change.now, shipment, fed, under: terms, isThere: isThere)
      try put(shipment, open, old: old, new: new, linesBefore: touched.linesBefore[shipment])
    }
  }
}

/// Which locations are the receivers', of those that were asked for last: a file has few of them, and a key is long to look up.
struct ReceiversPlaces {
  // The location's number, and the receiver's above it.
  private var asked = InlineArray<32, UInt64>(repeating: .max)
  private var answers = InlineArray<32, Bool>(repeating: false)

  /// Is the location with that number one of the receiver's?
  mutating func hold(_ location: UInt32, _ receiver: UInt8, _ terms: FeedTerms, _ books: Books) -> Bool {
    let question = UInt64(location) | UInt64(receiver) << 32
    let place = Int((location ^ UInt32(receiver) << 2) & 31)
    if asked[place] != question {
      answers[place] = terms.isAt(books.locations.bytes(of: Int(location)), receiver)
      asked[place] = question
    }
    return answers[place]
  }
}
