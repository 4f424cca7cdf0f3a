internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// The feeds of one decision: what each partner should put or withdraw because of it (product.md section 7).
///
/// A feed is the net effect of the whole file on what the partner should hold, so a step taken and undone in one file tells
/// nothing. Buyers' names and addresses are in no feed: they go back to their sender, or onto the documents asked for.
struct Feeds {
  let books: Books
  let profiles: [PartnerProfile]
  let configuration: Configuration
  let history: History
  let sender: UInt8
  let touched: Touched

  /// The records of a partner's feed, in the order in which the file first touched their keys.
  func records(of feed: Feed, for receiver: UInt8) throws -> [FeedRecord] {
    let profile = profiles[Int(receiver)]
    let needsLocation = profile.role == .warehouse || profile.role == .marketplace
    if needsLocation && profile.locationKeys == nil { return [] }
    // Of a shipment whose lines all went to another part of the order, that part tells.
    let shipments = touched.shipments.filter { !books[$0.shipment].marks.contains(.emptied) }
    switch feed {
    case .orders: return try shipments.compactMap { try order($0, receiver, profile) }
    case .products: return try touched.products.compactMap { try product($0) }
    case .locations: return touched.accounts.compactMap { sender == receiver ? location($0, profile) : nil }
    case .inventory: return touched.stock.compactMap { stock($0.location, $0.sku, profile) }
    case .manifested: return try shipments.compactMap { try manifested($0, receiver) }
    case .shipments: return try shipments.compactMap { try shipment($0, receiver) }
    case .cancellations: return shipments.compactMap { cancellation($0, receiver) }
    case .tracking: return shipments.compactMap { tracking($0) }
    }
  }

  // MARK: To warehouses

  /// Only orders eligible for fulfilment: at the warehouse's locations, not cancelled, not waiting for a carrier.
  private func order(
    _ before: Touched.ShipmentBefore, _ receiver: UInt8, _ profile: PartnerProfile
  ) throws -> FeedRecord? {
    let record = books[before.shipment]
    let location = Array(books.location(of: record.order))
    guard profile.locationKeys?.contains(location) == true else { return nil }
    func isEligible(_ state: ShipmentState?) -> Bool {
      guard let state else { return false }
      return state != .awaitingCarrier && state != .cancelled
    }
    if isEligible(before.state) && !isEligible(record.state) {
      // The AWB tells the parts of a split shipment apart.
      return FeedRecord(
        .withdraw, keys(of: before.shipment) + [.init("awb_number", .given(books.awb(of: before.shipment)))])
    }
    guard isEligible(record.state) else { return nil }
    let isChanged = before.courier != record.courier || before.awbKey != record.awbKey
    let tellsNew = !isEligible(before.state) || before.linesChanged || isChanged && sender != receiver
    guard tellsNew && record.state.isBeforeManifest else { return nil }
    return FeedRecord(
      .put,
      keys(of: before.shipment) + [
        .init("awb_number", .given(books.awb(of: before.shipment))),
        .init("courier", .given(books.courier(of: before.shipment).text)),
        .init("location_key", .text(location)), .init("lines", try lines(of: before.shipment)),
      ])
  }

  private func product(_ sku: [UInt8]) throws -> FeedRecord? {
    guard let known = books.product(sku: sku.span) else { return nil }
    let entry = try history.entry(at: known.position, countingRows: false)
    for case .product(let key, let name, _) in entry.record.effects where Array(entry.bytes[key.range]) == sku
    {
      return FeedRecord(.put, [.init("sku", .text(sku)), .init("name", .given(entry.bytes[name.range]))])
    }
    return nil
  }

  // MARK: To the marketplace

  private func location(_ key: [UInt8], _ profile: PartnerProfile) -> FeedRecord? {
    guard profile.locationKeys?.contains(key) == true else { return nil }
    let known = configuration.locations.first { $0.key == key }
    return FeedRecord(
      .put,
      [
        .init("location_key", .text(key)), .init("name", .given((known?.name ?? "").utf8)),
        .init("address", .given((known?.address ?? "").utf8)),
      ])
  }

  private func stock(_ location: [UInt8], _ sku: [UInt8], _ profile: PartnerProfile) -> FeedRecord? {
    guard profile.locationKeys?.contains(location) == true,
      let known = books.stock(at: location.span, sku: sku.span)
    else { return nil }
    return FeedRecord(
      .put,
      [
        .init("sku", .text(sku)), .init("location_key", .text(location)),
        .init("quantity", .number(Int(known.quantity))),
        .init("updated_at", .text(Array(known.updatedAt.iso8601(in: configuration.zone).utf8))),
      ])
  }

  private func manifested(_ before: Touched.ShipmentBefore, _ receiver: UInt8) throws -> FeedRecord? {
    let record = books[before.shipment]
    guard books[record.order].creator == receiver, record.marks.contains(.manifested),
      !before.marks.contains(.manifested)
    else { return nil }
    var fields = keys(of: before.shipment) + [.init("awb_number", .given(books.awb(of: before.shipment)))]
    for entry in try history.entries(of: before.shipment, from: record.head) {
      for case .manifest(before.shipment, let number) in entry.record.effects {
        fields.append(.init("manifest_no", .given(entry.bytes[number.range])))
        fields.append(.init("manifested_at", .text(Array(entry.time.iso8601(in: configuration.zone).utf8))))
      }
    }
    return FeedRecord(.put, fields)
  }

  // MARK: To carriers

  /// Shipments that the carrier must create: a courier is named, and the AWB is still to come from it.
  private func shipment(_ before: Touched.ShipmentBefore, _ receiver: UInt8) throws -> FeedRecord? {
    let record = books[before.shipment]
    func isWanted(_ courier: UInt32, _ awb: UInt32, _ state: ShipmentState?) -> Bool {
      guard let state else { return false }
      return books.couriers[Int(courier)].partner == receiver && awb == .max && state.isBeforeManifest
    }
    let wasWanted = isWanted(before.courier, before.awbKey, before.state)
    let isWantedNow = isWanted(record.courier, record.awbKey, record.state)
    if wasWanted && !isWantedNow
      && !(record.hasAWB && books.couriers[Int(record.courier)].partner == receiver)
    {
      return FeedRecord(.withdraw, keys(of: before.shipment))
    }
    guard isWantedNow, !wasWanted || before.linesChanged else { return nil }
    return FeedRecord(
      .put,
      keys(of: before.shipment) + [
        .init("location_key", .text(Array(books.location(of: record.order)))),
        .init("lines", try lines(of: before.shipment)),
      ])
  }

  /// A cancel request that somebody else made, with what it came to at the stage where the shipment stood.
  private func cancellation(_ before: Touched.ShipmentBefore, _ receiver: UInt8) -> FeedRecord? {
    let record = books[before.shipment]
    guard books.couriers[Int(record.courier)].partner == receiver, sender != receiver,
      record.marks.contains(.cancelRequested), !before.marks.contains(.cancelRequested),
      // A request that came to be known after the end asks nothing of the carrier any more.
      record.state == .cancelled || record.marks.contains(.onReturn) && record.state != .lost
    else { return nil }
    let result = record.state == .cancelled ? "cancelled" : "rto"
    return FeedRecord(
      .put,
      keys(of: before.shipment) + [
        .init("awb_number", .given(books.awb(of: before.shipment))),
        .init("result", .text(Array(result.utf8))),
      ])
  }

  // MARK: To the order management system

  /// What it would show: nothing before the manifest.
  private func tracking(_ before: Touched.ShipmentBefore) -> FeedRecord? {
    let record = books[before.shipment]
    guard record.marks.contains(.manifested),
      before.state != record.state || !before.marks.contains(.manifested)
    else { return nil }
    return FeedRecord(
      .put,
      keys(of: before.shipment) + [
        .init("awb_number", .given(books.awb(of: before.shipment))),
        .init("courier", .given(books.courier(of: before.shipment).text)),
        .init("state", .text(Array(record.state.name.utf8))),
        .init("since", .text(Array(record.since.iso8601(in: configuration.zone).utf8))),
      ])
  }

  // MARK: Pieces

  private func keys(of shipment: ShipmentIndex) -> [FeedRecord.Field] {
    [
      .init("order_number", .text(Array(books.orderNumber(of: books[shipment].order)))),
      .init("invoice_id", .given(books.invoice(of: shipment))),
    ]
  }

  /// The lines of a shipment, oldest first, as they were created, with the pieces that are not cancelled.
  private func lines(of shipment: ShipmentIndex) throws -> FeedRecord.Value {
    let held = try history.lines(of: shipment, from: books[shipment].head)
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
}
