public import Ledger
public import Orders

/// Reading a story out of the books and the history.
extension OrderStory {
  /// The story of the order that has the order number, the AWB (one that was replaced as well) or the invoice id; nil where
  /// nothing has it, or nothing had at the time asked for.
  /// - Parameters:
  ///   - asked: the number as it was typed.
  ///   - profiles: of every partner, found by its folder.
  ///   - asOf: tells only what had happened by then, by the senders' account, and where things stood by that.
  ///   - knownAt: tells only what had arrived by then.
  public static func tell(
    of asked: [UInt8], books: Books, history: History, profiles: [PartnerProfile], asOf: Timestamp? = nil,
    knownAt: Timestamp? = nil
  ) throws -> OrderStory? {
    let teller = StoryTeller(
      books: books, history: history, profiles: profiles, asOf: asOf, knownAt: knownAt)
    return try teller.tell(of: asked)
  }
}

/// What the telling of one story needs.
private struct StoryTeller {
  let books: Books
  let history: History
  let profiles: [PartnerProfile]
  let asOf: Timestamp?
  let knownAt: Timestamp?

  func tell(of asked: [UInt8]) throws -> OrderStory? {
    guard let (order, key) = find(asked) else { return nil }
    var story = OrderStory(
      asked: StoryWords.readable(asked[...]), foundBy: key, asOf: asOf, knownAt: knownAt,
      orderNumber: StoryWords.readable(books.orderNumber(of: order)),
      creator: books.partnerName(books[order].creator),
      locationKey: StoryWords.readable(books.location(of: order)), state: .cancelled, shipments: [],
      events: [], titles: [:])
    for profile in profiles { story.titles[profile.folder] = profile.title }

    for shipment in books.shipments(of: order) {
      guard let course = try course(of: shipment, number: story.shipments.count) else { continue }
      story.shipments.append(try standing(of: course, shipment))
      story.events += course.eventsWithInference()
    }
    if story.shipments.isEmpty { return nil }
    story.state = derivedState(story.shipments.map(\.state))
    story.events.sort { ($0.at, $0.arrivedAt, $0.position) < ($1.at, $1.arrivedAt, $1.position) }
    return story
  }

  private func find(_ asked: [UInt8]) -> (OrderIndex, OrderStory.Key)? {
    if let order = books.order(number: asked.span) { return (order, .orderNumber) }
    if let shipment = books.awbs.value(of: asked.span) {
      return (books[ShipmentIndex(shipment)].order, .awb)
    }
    return books.shipment(invoice: asked.span).map { (books[$0].order, .invoice) }
  }

  /// The shipment's records, oldest first, folded; nil where it did not exist yet.
  private func course(of shipment: ShipmentIndex, number: Int) throws -> ShipmentCourse? {
    let entries = try history.entries(of: shipment, from: books[shipment].head, countingRows: true)
    guard let first = entries.last, isKnown(first) else { return nil }
    var course = ShipmentCourse(shipment: shipment, number: number)
    for entry in entries.reversed() where isKnown(entry) {
      let file = books.file(of: entry.claim)
      let folder = file.map { books.partnerName($0.partner) }
      if entry.claim == ClaimNumber(0) {
        course.take(entry, from: expiry(at: entry))
        continue
      }
      course.take(
        entry,
        from: ShipmentCourse.Sender(
          source: Source(
            partner: folder ?? "", file: file.map { StoryWords.readable($0.name[...]) }, row: entry.row),
          profile: profiles.first { $0.folder == folder }, kind: file?.kind, decision: file?.decision))
    }
    return course
  }

  /// The exchange itself; of several decisions of one clock none is named.
  private func expiry(at entry: History.Entry) -> ShipmentCourse.Sender {
    let deeds = books.deeds.filter { $0.kind == .expiry && $0.at == entry.arrival }
    return ShipmentCourse.Sender(
      source: Source(partner: OrderStory.expirySource, file: nil, row: entry.row),
      decision: deeds.count == 1 ? deeds[0].decision : nil)
  }

  private func isKnown(_ entry: History.Entry) -> Bool {
    if let knownAt, entry.arrival > knownAt { return false }
    if let asOf, entry.time > asOf { return false }
    return true
  }

  /// Where the shipment stands: by the books, or by what was known at an earlier time.
  private func standing(of course: ShipmentCourse, _ shipment: ShipmentIndex) throws -> OrderStory.Shipment {
    var told = course.standing
    if asOf == nil && knownAt == nil {
      let record = books[shipment]
      told.state = record.state
      told.since = record.since
      told.setBy = try source(of: record.setBy)
    } else {
      told.setBy = try source(of: course.setBy)
    }
    told.allowedNow = allowed(course, told.state, books[shipment].order)
    return told
  }

  private func source(of position: Position) throws -> Source? {
    if position == .none { return nil }
    let entry = try history.entry(at: position, countingRows: true)
    guard let file = books.file(of: entry.claim) else { return nil }
    return Source(
      partner: books.partnerName(file.partner), file: StoryWords.readable(file.name[...]), row: entry.row)
  }

  /// An order is where the least advanced of its shipments is that is not cancelled.
  private func derivedState(_ states: [ShipmentState]) -> ShipmentState {
    states.filter { $0 != .cancelled }.min { ($0.rank, $0.rawValue) < ($1.rank, $1.rawValue) } ?? .cancelled
  }

  // MARK: What would be accepted

  private func allowed(_ course: ShipmentCourse, _ state: ShipmentState, _ order: OrderIndex)
    -> [(partner: String, events: [EventKind])]
  {
    profiles.compactMap { profile in
      guard owns(profile, course, order) else { return nil }
      let creator = books.partnerName(books[order].creator)
      let events = Transitions.allowed(
        in: state, hasAWB: course.awb != nil,
        createdBy: profiles.first { $0.folder == creator }?.role ?? .orderManagement, for: profile)
      return events.isEmpty ? nil : (profile.folder, events)
    }
  }

  /// A partner acts only on what is its own (product.md section 3).
  private func owns(_ profile: PartnerProfile, _ course: ShipmentCourse, _ order: OrderIndex) -> Bool {
    switch profile.role {
    case .orderManagement: return true
    case .carrier:
      guard let courier = course.courier else { return false }
      return foldCourier(courier.span) == foldCourier(Array(profile.folder.utf8).span)
    case .warehouse:
      guard let keys = profile.locationKeys else { return true }
      return keys.contains(Array(books.location(of: order)))
    case .marketplace: return books.partnerName(books[order].creator) == profile.folder
    }
  }
}
