internal import Files
internal import Ledger
internal import Orders
internal import Outbox
internal import Synchronization

/// The feeds of one decision: what each partner should put or withdraw because of it (product.md section 7).
///
/// Of every feed there is one question: what does its receiver hold of a thing that stands so? It is asked of the thing as it
/// stood before the file and as it stands now, and the difference is the record. So a step taken and undone in one file tells
/// nothing, and a receiver that applies the files in the order of their numbers holds exactly what the books say, its own
/// files' doing included: it needs no other source, and no knowledge of which of two files was decided first.
struct Feeds {
  let books: Books
  /// What the settings in force give the receivers.
  let terms: FeedTerms
  let history: History
  /// Held while the history is looked into: its reader belongs to one thread at a time.
  private let historyTurn = Turn()

  init(books: Books, terms: FeedTerms, history: History) {
    self.books = books
    self.terms = terms
    self.history = history
  }

  private final class Turn: Sendable {
    let mutex = Mutex(())
  }

  /// Writes the records of all feeds because of a file, in each of them in the order in which the file first touched their keys.
  ///
  /// Shipments are gone through once for all feeds: in a large ledger each lies far from the next, and most concern nobody.
  ///
  /// - Parameter makePiece: where a second core may write every other part of them; makes what it writes into.
  func write(
    to feeds: [OpenFeed], from sender: UInt8, _ touched: Touched,
    pieces makePiece: (@Sendable () -> FeedFile)?
  ) throws {
    var aboutShipments: [OpenFeed] = []
    for open in feeds where terms.reach(open.fed) {
      switch open.fed.feed {
      case .products:
        for touch in touched.products.list where books.products[Int(touch.number)].content != touch.before {
          try putProduct(touch.number, open)
        }
      case .locations:
        if sender != open.fed.partner { continue }
        for touch in touched.accounts.list { try location(touch.number, open) }
      case .inventory:
        for touch in touched.stock.list { try stock(touch.number, touch.before, open) }
      case .orders, .manifested, .shipments, .cancellations, .tracking: aboutShipments.append(open)
      }
    }
    if aboutShipments.isEmpty { return }
    let parts = books.touchedShipments.parts(of: Feeds.partShipments)
    guard let makePiece, parts.count >= Feeds.partsMin else {
      for part in parts { try write(part, to: aboutShipments, touched) }
      return
    }
    let beside = FeedsBeside(
      self, aboutShipments.map(\.fed), touched,
      parts.indices.filter { $0 % Feeds.partsApart != 0 }.map { parts[$0] }, makePiece)
    defer { beside.stop() }
    for (number, part) in parts.enumerated() {
      if number % Feeds.partsApart == 0 {
        try write(part, to: aboutShipments, touched)
      } else {
        try beside.add(to: aboutShipments)
      }
    }
  }

  /// So many shipments are written at once.
  private static let partShipments = 2_048
  /// One part in so many is written by the core that also sums and stores all of them.
  private static let partsApart = 6
  /// Fewer parts are written by one core.
  private static let partsMin = 4

  // MARK: Shipments

  /// What the receiver of a feed holds of a shipment, as far as it can change: equal values, equal records.
  struct Held: Equatable {
    let courier: UInt32
    let awbKey: UInt32
    let invoiceKey: UInt32
    /// In the feeds that tell them: where it stands, and what a cancel request came to.
    var state: ShipmentState?
    var since: Timestamp?

    init(_ standing: Standing) {
      courier = standing.courier
      awbKey = standing.awbKey
      invoiceKey = standing.invoiceKey
    }
  }

  /// Writes what changes for the receiver of a feed, if anything does.
  /// - Parameter linesBefore: the newest record about the shipment before its lines changed; nil where they did not.
  func put(
    _ shipment: ShipmentIndex, _ open: OpenFeed, old: Held?, new: Held?, linesBefore: Position? = nil
  ) throws {
    let feed = open.fed.feed
    if new == nil && old == nil { return }
    if new != nil && old == new {
      guard feed == .orders || feed == .shipments, let linesBefore,
        try linesDiffer(shipment, from: linesBefore)
      else { return }
    }
    try open.add(new == nil ? .withdraw : .put) { file in
      writeKeys(of: shipment, to: &file)
      if new != nil { try writeFields(of: shipment, feed, to: &file) }
    }
  }

  /// What the receiver of a feed holds of a shipment that stands so, under terms that reach it; nil: nothing.
  /// - Parameter isThere: is its order's location one of the receiver's? Nil: nobody asked yet.
  func held(
    _ standing: Standing, _ shipment: ShipmentIndex, _ fed: FedPartner, under terms: FeedTerms,
    isThere: Bool? = nil
  ) -> Held? {
    // Of a shipment whose lines all went to another part of the order, that part tells.
    if standing.marks.contains(.emptied) { return nil }
    var held = Held(standing)
    let receiver = fed.partner
    var isCarriers: Bool { books.couriers[Int(standing.courier)].partner == receiver }
    switch fed.feed {
    case .orders:
      // Only orders eligible for fulfilment: at the warehouse's locations, not cancelled, not waiting for a carrier.
      guard standing.state != .awaitingCarrier, standing.state != .cancelled,
        isThere ?? terms.isAt(books.location(of: books[shipment].order), receiver)
      else { return nil }
    case .manifested:
      guard books[books[shipment].order].creator == receiver, standing.marks.contains(.manifested) else {
        return nil
      }
    case .shipments:
      // What the carrier has still to create: it is named as the courier, and the AWB is to come.
      guard standing.awbKey == .max, standing.state.isBeforeManifest, isCarriers else { return nil }
    case .cancellations:
      // A request that a delivery overtook, or that goods were lost before, came to nothing.
      guard standing.marks.contains(.cancelRequested) || standing.state == .cancelled, isCarriers,
        let result = Feeds.cancelResult(standing.state, onReturn: standing.marks.contains(.onReturn))
      else { return nil }
      held.state = result
    case .tracking:
      // What the order management system would show: nothing before the manifest.
      guard standing.marks.contains(.manifested) else { return nil }
      held.state = standing.state
      held.since = standing.since
    case .products, .locations, .inventory: return nil
    }
    return held
  }

  /// What a cancel request came to at the stage where the shipment stood: cancelled, or on its way back.
  private static func cancelResult(_ state: ShipmentState, onReturn: Bool) -> ShipmentState? {
    if state == .cancelled { return .cancelled }
    return onReturn && state != .lost || state == .returned ? .rto : nil
  }

  /// Did its lines change? What came and went within the file did not.
  private func linesDiffer(_ shipment: ShipmentIndex, from head: Position) throws -> Bool {
    try lines(of: shipment, from: head) != lines(of: shipment, from: books[shipment].head)
  }
}

extension Feed {
  /// Is each of its records about a shipment?
  var isAboutShipments: Bool {
    switch self {
    case .orders, .manifested, .shipments, .cancellations, .tracking: true
    case .products, .locations, .inventory: false
    }
  }
}

// MARK: Records

extension Feeds {
  /// The order's number and the shipment's number in it name a record for good; invoice id and AWB may come later.
  private func writeKeys(of shipment: ShipmentIndex, to file: inout FeedFile) {
    let record = books[shipment]
    let known = keys(of: shipment, record.order, invoiceKey: record.invoiceKey, awbKey: record.awbKey)
    if let known, file.put(known) { return }
    books.withKeys(of: shipment) { order, invoice, awb in
      file.add(.orderNumber, text: order)
      file.add(.shipment, number: books.numberInOrder(of: shipment))
      file.add(.invoiceID, given: invoice)
      file.add(.awbNumber, given: awb)
    }
  }

  private func writeFields(of shipment: ShipmentIndex, _ feed: Feed, to file: inout FeedFile) throws {
    let record = books[shipment]
    switch feed {
    case .orders:
      writeCourier(of: shipment, to: &file)
      file.add("location_key", text: books.location(of: record.order).span)
      file.add("lines", try lines(of: shipment, from: record.head))
    case .shipments:
      file.add("location_key", text: books.location(of: record.order).span)
      file.add("lines", try lines(of: shipment, from: record.head))
      for field in try consignee(of: shipment) { file.add(field.name, field.value) }
    case .manifested: try writeManifest(of: shipment, to: &file)
    case .cancellations:
      let result = Feeds.cancelResult(record.state, onReturn: record.marks.contains(.onReturn))
      file.add("result", given: result?.name ?? "")
    case .tracking:
      writeCourier(of: shipment, to: &file)
      file.add(.state, state: record.state)
      file.add(.since, time: record.since)
    case .products, .locations, .inventory: break
    }
  }

  private func writeCourier(of shipment: ShipmentIndex, to file: inout FeedFile) {
    let courier = books.courier(of: shipment)
    file.add(.courier, given: courier.text.span)
  }

  /// The lines of a shipment, oldest first, as they were created, with the pieces that are not cancelled.
  private func lines(of shipment: ShipmentIndex, from head: Position) throws -> FeedRecord.Value {
    let held = try historyTurn.mutex.withLock { _ in try history.lines(of: shipment, from: head) }
    let lines = held.filter { $0.live > 0 }.map { line in
      let price: FeedRecord.Value =
        line.priceMillionths < 0
        ? .none : .text(Array(amountText(millionths: line.priceMillionths).utf8))
      return [
        FeedRecord.Field("suborder_id", .given(line.suborder)), .init("sku", .text(line.sku)),
        .init("quantity", .number(Int(line.live))), .init("price", price),
      ]
    }
    return .list(lines)
  }

  /// Whom to deliver to and what to collect, as the order's first row said: a carrier cannot create a shipment without it.
  private func consignee(of shipment: ShipmentIndex) throws -> [FeedRecord.Field] {
    let columns: [Column] = [.customerName, .addressLine1, .city, .pinCode, .paymentMode]
    var texts = [[UInt8]](repeating: [], count: columns.count)
    var amount: [UInt8] = []
    for entry in try entries(of: shipment) {
      for case .details(shipment, let details) in entry.record.effects {
        func text(_ slice: Slice) -> [UInt8] { Array(entry.bytes[slice.range]) }
        texts = [
          details.customerName, details.addressLine1, details.city, details.pinCode, details.paymentMode,
        ].map(text)
        amount = text(details.collectableAmount)
      }
    }
    let parts = books.parts(of: shipment)
    if !amount.isEmpty, let place = parts.firstIndex(of: shipment) {
      let share = CollectableShare(
        parts: try historyTurn.mutex.withLock { _ in
          try parts.map { try history.lines(of: $0, from: books[$0].head) }
        },
        isCancelled: parts.map { books[$0].state == .cancelled })
      amount = share.text(of: [place], from: amount) ?? []
    }
    let fields = zip(columns, texts).map { FeedRecord.Field($0.canonicalName, .given($1)) }
    return fields + [.init(Column.collectableAmount.canonicalName, .given(amount))]
  }

  private func entries(of shipment: ShipmentIndex) throws -> [History.Entry] {
    try historyTurn.mutex.withLock { _ in try history.entries(of: shipment, from: books[shipment].head) }
  }

  private func writeManifest(of shipment: ShipmentIndex, to file: inout FeedFile) throws {
    // The newest record that manifested it, which nearly always is the file's own.
    let manifest = try historyTurn.mutex.withLock { _ in
      try history.newest(of: shipment, from: books[shipment].head) { entry -> (History.Entry, Slice)? in
        for case .manifest(shipment, let number) in entry.record.effects { return (entry, number) }
        return nil
      }
    }
    guard let (entry, number) = manifest else { return }
    file.add("manifest_no", given: entry.bytes[number.range].span)
    file.add("manifested_at", time: entry.time)
  }

  func putProduct(_ number: UInt32, _ open: OpenFeed) throws {
    let known = books.products[Int(number)]
    let sku = books.productKeys.bytes(of: Int(number))
    let entry = try history.entry(at: known.position, countingRows: false)
    for case .product(let key, let details, _) in entry.record.effects where entry.bytes[key.range] == sku {
      return try open.add(.put) { file in
        file.add("sku", text: sku.span)
        for (place, column) in Effect.ProductDetails.columns.enumerated() {
          file.add(column.canonicalName, given: entry.bytes[details[place].range].span)
        }
      }
    }
  }

  /// A location whose carrier account the marketplace entered: the account without a courier's name stands for that.
  func location(_ number: UInt32, _ open: OpenFeed) throws {
    let place = books.locations.bytes(of: Int(books.accountKeys.prefix(of: Int(number))))
    guard books.accountKeys.bytes(of: Int(number)).isEmpty, terms.isAt(place, open.fed.partner) else {
      return
    }
    try putLocation(place, open)
  }

  func putLocation(_ place: ArraySlice<UInt8>, _ open: OpenFeed) throws {
    let known = terms.location(place)
    try open.add(.put) { file in
      file.add("location_key", text: place.span)
      file.add("name", given: known?.name ?? "")
      file.add("address", given: known?.address ?? "")
    }
  }

  func stock(_ number: UInt32, _ before: StockRecord?, _ open: OpenFeed) throws {
    let known = books.stock[Int(number)]
    let place = books.locations.bytes(of: Int(books.stockKeys.prefix(of: Int(number))))
    if before?.quantity == known.quantity && before?.updatedAt == known.updatedAt { return }
    if terms.isAt(place, open.fed.partner) { try putStock(number, at: place, open) }
  }

  func putStock(_ number: UInt32, at place: ArraySlice<UInt8>, _ open: OpenFeed) throws {
    let known = books.stock[Int(number)]
    try open.add(.put) { file in
      file.add("sku", text: books.stockKeys.bytes(of: Int(number)).span)
      file.add("location_key", text: place.span)
      file.add("quantity", number: Int(known.quantity))
      file.add("updated_at", time: known.updatedAt)
    }
  }
}
