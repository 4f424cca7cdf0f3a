internal import Ledger
internal import Orders

/// The course of one shipment: its records taken oldest first, what each did, and where it stood after each.
///
/// The state is folded anew from the records taken, so that it is right for any part of the history too: what was known at an
/// earlier time need not be the beginning of what is known now.
struct ShipmentCourse {
  /// Who said what a record says.
  struct Sender {
    var source: Source
    var profile: PartnerProfile?
    var kind: Kind?
    var decision: DecisionNumber?
  }

  private let shipment: ShipmentIndex
  private let number: Int
  private var state: ShipmentState?
  private var since = Timestamp.distantPast
  private(set) var setBy = Position.none
  /// The manifest's time and record; nil before it landed.
  private var manifest: (time: Timestamp, position: Position)?
  private var held: [HeldEvent] = []
  /// Parked events that were not settled, by their record.
  private var parked: [Position: (event: HeldEvent, hasEvent: Bool, words: String)] = [:]

  private(set) var awb: [UInt8]?
  private(set) var courier: [UInt8]?
  private var invoice: [UInt8]?
  private var lines: [OrderStory.Line] = []
  private var sellersInvoice: (number: String?, date: Timestamp?) = (nil, nil)
  private var events: [OrderStory.Event] = []

  init(shipment: ShipmentIndex, number: Int) {
    self.shipment = shipment
    self.number = number
  }

  // MARK: Taking records

  /// Takes the next record.
  mutating func take(_ entry: History.Entry, from sender: Sender) {
    let added = lines(of: entry)
    var saidLines = false
    for effect in entry.record.effects {
      switch effect {
      case .createShipment(_, let given, let start) where state == nil:
        if !given.isAbsent { invoice = Array(entry.bytes[given.range]) }
        enter(start, at: entry.time, by: entry.position)
        lines = added
        saidLines = true
        let isNewOrder = entry.record.effects.contains {
          if case .createOrder = $0 { true } else { false }
        }
        tell(.created, StoryWords.created(added, isNewOrder: isNewOrder, start), entry, sender, before: nil)
      case .addLine(shipment, _, _, _, _, _) where !saidLines:
        lines += added
        saidLines = true
        tell(.lineAdded, StoryWords.added(added), entry, sender, before: state)
      case .dropLine(shipment, let suborder, _):
        let left = text(suborder, entry)
        lines.removeAll { $0.suborder == left }
        tell(.lineLeft, StoryWords.left(left), entry, sender, before: state)
      case .pieces(shipment, let suborder, let quantity, let cancelled):
        change(text(suborder, entry), to: Int(quantity), cancelled: Int(cancelled), entry, sender)
      case .createOrder, .createShipment, .details, .stock, .product, .account, .addLine, .wait, .resume:
        continue
      case .setInvoice(shipment, let given):
        invoice = Array(entry.bytes[given.range])
        tell(.invoiceGiven, StoryWords.invoice(text(given, entry)), entry, sender, before: state)
      case .assign(shipment, let courier, let awb, let after):
        assign(entry.bytes[courier.range], entry.bytes[awb.range], after, entry, sender)
      case .tie(shipment, let awb):
        tell(.returnTied, StoryWords.comesBack(under: text(awb, entry)), entry, sender, before: state)
      case .confirm(shipment, let number, let date):
        let before = state
        enter(.confirmed, at: entry.time, by: entry.position)
        sellersInvoice = (number.isAbsent ? nil : text(number, entry), date)
        tell(.confirmed, StoryWords.confirmed(sellersInvoice.number), entry, sender, before: before)
      case .manifest(shipment, let number):
        let before = state
        manifest = (entry.time, entry.position)
        refold()
        tell(.manifested, StoryWords.manifested(text(number, entry)), entry, sender, before: before)
      case .document(shipment, let which):
        tell(.documentsAsked, StoryWords.documents(which), entry, sender, before: state)
      case .cancel(shipment, _): cancel(entry, sender)
      case .carrier(shipment, let event): carrier(event, entry, sender)
      case .settle(shipment, let position, let settlement): settle(position, settlement, entry, sender)
      case .setInvoice, .dropLine, .pieces, .assign, .tie, .confirm, .manifest, .document, .cancel, .carrier,
        .settle:
        continue
      }
    }
  }

  private mutating func change(
    _ suborder: String, to quantity: Int, cancelled: Int, _ entry: History.Entry, _ sender: Sender
  ) {
    guard let place = lines.firstIndex(where: { $0.suborder == suborder }) else { return }
    let known = lines[place]
    lines[place].quantity = quantity
    lines[place].cancelled = cancelled
    if quantity == known.quantity && cancelled > known.cancelled {
      let words = StoryWords.piecesCancelled(cancelled - known.cancelled, of: known)
      tell(.piecesCancelled, words, entry, sender, before: state)
    } else if quantity != known.quantity {
      tell(
        .piecesMoved, StoryWords.piecesMoved(quantity - known.quantity, of: known), entry, sender,
        before: state)
    }
  }

  private mutating func assign(
    _ courier: ArraySlice<UInt8>, _ awb: ArraySlice<UInt8>, _ after: ShipmentState, _ entry: History.Entry,
    _ sender: Sender
  ) {
    let before = state
    let replaced = awb.isEmpty ? nil : self.awb
    if !courier.isEmpty { self.courier = Array(courier) }
    if !awb.isEmpty { self.awb = Array(awb) }
    enter(after, at: entry.time, by: entry.position)
    let words = StoryWords.assigned(
      to: self.courier.map { StoryWords.readable($0[...]) }, awb: StoryWords.readable(awb),
      insteadOf: replaced.map { StoryWords.readable($0[...]) })
    tell(.assigned, words, entry, sender, before: before)
  }

  private mutating func cancel(_ entry: History.Entry, _ sender: Sender) {
    let before = state
    held.append(
      HeldEvent(
        time: entry.time, scanNumber: 0, event: .cancel, endsReturn: false, position: entry.position))
    if manifest == nil { enter(.cancelled, at: entry.time, by: entry.position) } else { refold() }
    let words = StoryWords.cancelled(before: before, after: state)
    tell(.cancelRequested, words, entry, sender, before: before, entry.record.verdict.outcome)
  }

  private mutating func carrier(
    _ event: Effect.CarrierEntry, _ entry: History.Entry, _ sender: Sender
  ) {
    let before = state
    let words = StoryWords.scan(event, bytes: entry.bytes, from: sender.profile, sender.kind)
    let asHeld = HeldEvent(
      time: event.time, scanNumber: event.scanNumber, event: event.event ?? .document,
      endsReturn: event.endsReturn, position: entry.position)
    if event.outcome == .parked {
      parked[entry.position] = (asHeld, event.event != nil, words)
    } else if event.event != nil {
      held.append(asHeld)
      refold()
    }
    let told = words + StoryWords.fate(of: event, before: before)
    tell(.scan, told, entry, sender, before: before, event.outcome, at: event.time)
  }

  private mutating func settle(
    _ position: Position, _ settlement: Effect.Settlement, _ entry: History.Entry, _ sender: Sender
  ) {
    // A row whose file had not arrived by then is not known to have waited.
    guard let waiting = parked.removeValue(forKey: position) else { return }
    let before = state
    if settlement.outcome != .rejected && waiting.hasEvent {
      held.append(waiting.event)
      refold()
    }
    let byManifest = entry.record.effects.contains {
      if case .manifest(shipment, _) = $0 { true } else { false }
    }
    let words = StoryWords.settled(waiting.words, settlement, byManifest: byManifest)
    tell(
      .settled, words, entry, sender, before: before, settlement.outcome, at: settlement.time,
      code: settlement.code, held: position)
  }

  private mutating func tell(
    _ happening: OrderStory.Happening, _ words: String, _ entry: History.Entry, _ sender: Sender,
    before: ShipmentState?, _ outcome: Outcome = .applied, at time: Timestamp? = nil,
    code: RejectionCode? = nil, held: Position? = nil
  ) {
    events.append(
      OrderStory.Event(
        at: time ?? entry.time, hasOwnTime: time != nil || entry.record.verdict.eventTime != nil,
        arrivedAt: entry.arrival, shipment: number, happening: happening, words: words, outcome: outcome,
        code: code, before: before, after: state ?? .open, source: sender.source, decision: sender.decision,
        position: entry.position, held: held ?? entry.position))
  }

  private func lines(of entry: History.Entry) -> [OrderStory.Line] {
    entry.record.effects.compactMap { effect in
      guard case .addLine(shipment, let suborder, let sku, let quantity, let price, _) = effect else {
        return nil
      }
      return OrderStory.Line(
        sku: text(sku, entry), suborder: text(suborder, entry), quantity: Int(quantity),
        priceMillionths: price < 0 ? nil : price)
    }
  }

  private func text(_ slice: Slice, _ entry: History.Entry) -> String {
    StoryWords.readable(entry.bytes[slice.range])
  }

  // MARK: Where it stands

  private mutating func enter(_ after: ShipmentState, at time: Timestamp, by position: Position) {
    if after == state { return }
    state = after
    since = time
    setBy = position
  }

  /// From the manifest on the state is the fold of everything held, in event order.
  private mutating func refold() {
    guard let manifest else { return }
    let fold = CarrierFold.over(held)
    state = fold.state
    since = fold.setBy?.time ?? manifest.time
    setBy = fold.setBy?.position ?? manifest.position
  }

  /// Where the shipment stands after the records taken; who set the state and what is allowed are the caller's to add.
  var standing: OrderStory.Shipment {
    func readable(_ bytes: [UInt8]?) -> String? { bytes.map { StoryWords.readable($0[...]) } }
    return OrderStory.Shipment(
      invoice: readable(invoice), awb: readable(awb), courier: readable(courier), state: state ?? .open,
      since: since, setBy: nil, lines: lines, invoiceNumber: sellersInvoice.number,
      invoiceDate: sellersInvoice.date, milestones: way().reported,
      inferred: inferences().values.flatMap { $0 }.inOrder, parkedRows: parked.count, allowedNow: [])
  }

  // MARK: Milestones, reported and inferred

  /// What happened, each event with the milestones that it proves.
  func eventsWithInference() -> [OrderStory.Event] {
    let inferences = inferences()
    return events.map { event in
      guard event.outcome != .parked, let inferred = inferences[event.held] else { return event }
      var event = event
      event.inferred = inferred
      return event
    }
  }

  /// The way that the events held tell: what each reports, and where it moves the shipment.
  private func way() -> (
    reported: [OrderStory.Milestone], moves: [(to: ShipmentState, by: Position)]
  ) {
    if manifest == nil { return ([], []) }
    var fold = CarrierFold()
    var reported: [OrderStory.Milestone] = []
    var moves: [(to: ShipmentState, by: Position)] = []
    for event in held.sorted(by: HeldEvent.precedes) {
      let onReturn = fold.onReturn && !(event.endsReturn && !fold.state.isClosed)
      let read = onReturn ? Transitions.returnTwin(of: event.event) : event.event
      let step = fold.apply(event)
      // What comes after the end or a cancellation is no station of the way, and whether it is held depends on its arrival.
      switch step {
      case .refused, .recorded, .duplicate: continue
      case .moves, .stays, .parked: break
      }
      if let target = Transitions.target(of: read), !reported.contains(where: { $0.state == target }) {
        reported.append(OrderStory.Milestone(state: target, at: event.time))
      }
      if case .moves(let target) = step { moves.append((target, event.position)) }
    }
    return (reported, moves)
  }

  /// By the event that proves them, the milestones that no event held reports.
  private func inferences() -> [Position: [ShipmentState]] {
    let (reported, moves) = way()
    var known = Set(reported.map(\.state))
    var inferences: [Position: [ShipmentState]] = [:]
    for move in moves {
      let missed = ShipmentCourse.milestones(before: move.to).filter { !known.contains($0) }
      known.formUnion(missed)
      known.insert(move.to)
      if !missed.isEmpty { inferences[move.by, default: []] += missed }
    }
    return inferences
  }

  /// What must have happened to a shipment that came into the state (product.md section 5: missed milestones are inferred).
  ///
  /// A loss or a damage proves nothing about the way before it.
  private static func milestones(before state: ShipmentState) -> [ShipmentState] {
    switch state {
    case .pickedUp: [.pickupScheduled]
    case .inTransit: [.pickupScheduled, .pickedUp]
    case .outForDelivery: [.pickupScheduled, .pickedUp, .inTransit]
    case .undelivered, .delivered: [.pickupScheduled, .pickedUp, .inTransit, .outForDelivery]
    case .rto: [.pickupScheduled, .pickedUp]
    case .rtoInTransit: [.pickupScheduled, .pickedUp, .rto]
    case .rtoOutForDelivery: [.pickupScheduled, .pickedUp, .rto, .rtoInTransit]
    case .returned: [.pickupScheduled, .pickedUp, .rto, .rtoInTransit, .rtoOutForDelivery]
    default: []
    }
  }
}

extension [ShipmentState] {
  /// In the order of the way.
  fileprivate var inOrder: [ShipmentState] { sorted { ($0.rank, $0.rawValue) < ($1.rank, $1.rawValue) } }
}
