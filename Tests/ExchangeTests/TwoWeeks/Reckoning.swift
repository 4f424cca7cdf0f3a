/// What must be true after each row that was dropped: the outcome of the row, and the state of all that it is about.

import Orders

/// What a row of the scenario asks for.
enum Act {
  case order(
    OrderLife, lines: [LineLife], invoice: String?, courier: String?, awb: String?, isCancelled: Bool)
  case assign(OrderLife, invoice: String?, suborder: String?, courier: String?, awb: String?)
  case confirm(OrderLife, invoice: String?)
  case document(OrderLife, invoice: String)
  case manifest(OrderLife, awb: String, number: String, second: Int)
  /// Without a second it counts from the arrival of its file.
  case cancel(OrderLife, invoice: String?, awb: String?, second: Int?)
  /// So many pieces of a line are cancelled in all; without a number all of them.
  case cancelPieces(OrderLife, suborder: String, quantity: Int?)
  /// `identity` is what makes the same event the same.
  case event(OrderLife, awb: String, tiedTo: String?, Happening, identity: String)
  case stock(sku: String, location: String, quantity: Int, second: Int)
  case product(sku: String, name: String, content: String)
  case account(location: String, carrier: String, secrets: String)
  /// Whatever is wrong with it: it is rejected and changes nothing.
  case wrong
}

/// The scenario's own books.
struct Reckoning {
  struct Shelf: Hashable { let sku, location: String }

  private(set) var orders: [OrderLife] = []
  private(set) var stock: [Shelf: (quantity: Int, second: Int)] = [:]
  private(set) var products: [String: (name: String, content: String)] = [:]
  /// The locations for which a marketplace entered its carrier account, with what it entered.
  private(set) var marketplaceAccounts: [String: String] = [:]
  private var accounts: [String: String] = [:]
  private var identities: Set<String> = []
  /// What the parked rows came to that manifests released.
  private(set) var settled = RowCounts()

  mutating func take(_ act: Act, from sender: String, at arrival: Int) -> Outcome {
    switch act {
    case .order(let order, let lines, let invoice, let courier, let awb, let isCancelled):
      return takeOrder(order, lines, invoice, courier, awb, isCancelled, sender, arrival)
    case .assign(let order, let invoice, let suborder, let courier, let awb):
      return assign(order, invoice, suborder, courier, awb)
    case .confirm(let order, let invoice): return confirm(order, invoice, sender)
    case .document(let order, let invoice):
      return together(
        order.living.filter { $0.invoice == invoice }.map {
          $0.isConfirmed && $0.state != .cancelled ? .applied : .rejected
        })
    case .manifest(let order, let awb, let number, let second):
      return manifest(order, awb, number, second)
    case .cancel(let order, let invoice, let awb, let second):
      let named = order.living.filter {
        (invoice == nil || $0.invoice == invoice) && (awb == nil || $0.awb == awb)
      }
      return together(named.map { cancel($0, second ?? arrival) })
    case .cancelPieces(let order, let suborder, let quantity):
      return cancelPieces(order, suborder, quantity)
    case .event(let order, let awb, let tiedTo, let happening, let identity):
      return event(order, awb, tiedTo, happening, identity)
    case .stock(let sku, let location, let quantity, let second):
      let shelf = Shelf(sku: sku, location: location)
      if let known = stock[shelf], second < known.second { return .recorded }
      stock[shelf] = (quantity, second)
      return .applied
    case .product(let sku, let name, let content):
      if products[sku]?.content == content { return .duplicate }
      products[sku] = (name, content)
      return .applied
    case .account(let location, let carrier, let secrets):
      return account(location, carrier, secrets, sender)
    case .wrong: return .rejected
    }
  }

  /// One answer for a row that asked several shipments.
  private func together(_ outcomes: [Outcome]) -> Outcome {
    for outcome in [Outcome.applied, .recorded, .duplicate] where outcomes.contains(outcome) {
      return outcome
    }
    return .rejected
  }

  private mutating func account(
    _ location: String, _ carrier: String, _ secrets: String, _ sender: String
  ) -> Outcome {
    if sender == "booon" {
      if let first = marketplaceAccounts[location] {
        return first == carrier + secrets ? .duplicate : .rejected
      }
      marketplaceAccounts[location] = carrier + secrets
    } else if accounts[location + carrier] == secrets {
      return .duplicate
    }
    accounts[location + carrier] = secrets
    return .applied
  }

  // MARK: Until the manifest

  private mutating func takeOrder(
    _ order: OrderLife, _ lines: [LineLife], _ invoice: String?, _ courier: String?, _ awb: String?,
    _ isCancelled: Bool, _ sender: String, _ arrival: Int
  ) -> Outcome {
    if order.shipments.isEmpty { orders.append(order) }
    let named = order.living.filter { invoice == nil || $0.invoice == invoice }
    guard let first = named.first else {
      let shipment = ShipmentLife(
        number: order.shipments.count + 1, lines: lines, invoice: invoice, waitsForCarrier: sender == "booon")
      shipment.courier = courier
      shipment.awb = awb
      order.shipments.append(shipment)
      if isCancelled { _ = cancel(shipment, arrival) }
      return .applied
    }
    let fresh = lines.filter { line in
      !named.contains { $0.lines.contains { $0.suborder == line.suborder } }
    }
    first.lines += fresh
    if isCancelled { return together(named.map { cancel($0, arrival) }) }
    return fresh.isEmpty ? .duplicate : .applied
  }

  private func assign(
    _ order: OrderLife, _ invoice: String?, _ suborder: String?, _ courier: String?, _ awb: String?
  ) -> Outcome {
    var named = order.living.filter { invoice == nil || $0.invoice == invoice || $0.invoice == nil }
    if let suborder {
      named = named.filter { $0.lines.contains { $0.suborder == suborder } }
    } else if let holder = named.first(where: { awb != nil && $0.awb == awb }) {
      named = [holder]
    }
    guard named.count == 1 else { return .rejected }
    let shipment = named[0]
    let isSameCourier = courier == nil || courier == shipment.courier
    if isSameCourier && (awb == nil || awb == shipment.awb) { return .duplicate }
    if shipment.state == .cancelled { return .rejected }
    let line = shipment.lines.first { $0.suborder == suborder }
    if let line, let other = order.living.first(where: { $0.awb == awb && awb != nil }) {
      shipment.lines.removeAll { $0 == line }
      other.lines.append(line)
      if shipment.lines.isEmpty { (shipment.courier, shipment.awb) = (nil, nil) }
      return .applied
    }
    if let line, shipment.lines.count > 1 {
      split(order, shipment, line, courier ?? shipment.courier, awb)
      return .applied
    }
    if shipment.awb != nil && shipment.isConfirmed { return .rejected }
    shipment.courier = courier ?? shipment.courier
    shipment.awb = awb ?? shipment.awb
    shipment.invoice = shipment.invoice ?? invoice
    return .applied
  }

  /// The line that is named travels alone: it leaves a shipment that has its AWB; of one that has none the others leave.
  private func split(
    _ order: OrderLife, _ shipment: ShipmentLife, _ line: LineLife, _ courier: String?, _ awb: String?
  ) {
    let part = ShipmentLife(
      number: order.shipments.count + 1,
      lines: shipment.lines.filter { ($0 == line) == (shipment.awb != nil) },
      invoice: shipment.invoice, waitsForCarrier: shipment.waitsForCarrier)
    shipment.lines.removeAll { part.lines.contains($0) }
    order.shipments.append(part)
    if shipment.awb == nil { part.courier = shipment.courier }
    let assigned = shipment.awb == nil ? shipment : part
    assigned.courier = courier
    assigned.awb = awb
  }

  private func confirm(_ order: OrderLife, _ invoice: String?, _ sender: String) -> Outcome {
    let named = order.living.filter { invoice == nil || $0.invoice == invoice || $0.invoice == nil }
    return together(
      named.map { shipment in
        if shipment.isConfirmed { return .duplicate }
        switch shipment.state {
        case .cancelled, .awaitingCarrier: return .rejected
        case .open: if sender == "dtdc" { return .rejected }
        default: break
        }
        shipment.isConfirmed = true
        shipment.invoice = shipment.invoice ?? invoice
        return .applied
      })
  }

  private mutating func manifest(
    _ order: OrderLife, _ awb: String, _ number: String, _ second: Int
  ) -> Outcome {
    guard let shipment = order.living.first(where: { $0.awb == awb }) else { return .rejected }
    if let known = shipment.manifest { return known.number == number ? .duplicate : .rejected }
    guard shipment.state == .confirmed else { return .rejected }
    shipment.manifest = (number, second)
    for happening in shipment.parked.sorted(by: { $0.second < $1.second }) {
      settled.read += 1
      settled[track(shipment, happening)] += 1
    }
    shipment.parked = []
    return .applied
  }

  /// Pieces of an order that was not split and is not on a manifest yet.
  private func cancelPieces(_ order: OrderLife, _ suborder: String, _ quantity: Int?) -> Outcome {
    for shipment in order.living {
      guard let place = shipment.lines.firstIndex(where: { $0.suborder == suborder }) else { continue }
      let wanted = quantity ?? shipment.lines[place].quantity
      if shipment.lines[place].cancelled >= wanted { return .duplicate }
      guard shipment.manifest == nil, shipment.state != .cancelled else { return .rejected }
      shipment.lines[place].cancelled = wanted
      return .applied
    }
    return .rejected
  }

  // MARK: On the way

  private func cancel(_ shipment: ShipmentLife, _ second: Int) -> Outcome {
    guard shipment.manifest != nil else {
      if shipment.isCancelledBeforeManifest { return .duplicate }
      shipment.isCancelledBeforeManifest = true
      shipment.cancelledAt = second
      return .applied
    }
    if let first = shipment.cancelledAt, second >= first { return .duplicate }
    let happening = Happening(second: second, what: .cancel)
    let (before, after) = (shipment.course, Course(shipment.held + [happening]))
    if before.closedAt != nil && before.state != .cancelled, let end = after.closedAt, end < second {
      return .rejected
    }
    let isNewest = shipment.held.allSatisfy { $0.what == .unknown || $0.second < second }
    shipment.held.append(happening)
    shipment.cancelledAt = second
    let isTurned = before.isComingBack != after.isComingBack && before.closedAt == nil
    return before.state != after.state || isTurned || isNewest ? .applied : .recorded
  }

  private mutating func event(
    _ order: OrderLife, _ awb: String, _ tiedTo: String?, _ happening: Happening, _ identity: String
  ) -> Outcome {
    let known = order.shipments.first { $0.awb == awb || $0.returnAWB == awb }
    guard let shipment = known ?? order.shipments.first(where: { $0.awb == tiedTo && tiedTo != nil }) else {
      return .rejected
    }
    if identities.contains(identity) { return .duplicate }
    var outcome = Outcome.parked
    if happening.what == .unknown {
      outcome = .recorded
    } else if shipment.manifest == nil {
      shipment.parked.append(happening)
    } else {
      outcome = track(shipment, happening)
    }
    if outcome != .rejected {
      identities.insert(identity)
      if happening.isOnReturnAWB {
        shipment.returnAWB = awb
      } else if let tiedTo {
        shipment.returnAWB = tiedTo
      }
    }
    return outcome
  }

  /// A carrier's event on a manifested shipment; what is rejected is not kept.
  private func track(_ shipment: ShipmentLife, _ happening: Happening) -> Outcome {
    let (before, after) = (shipment.course, Course(shipment.held + [happening]))
    let isLate = shipment.held.contains { $0.isFromCarrier && $0.second > happening.second }
    if before.state == after.state && before.isComingBack == after.isComingBack && !isLate {
      if let end = before.closedAt, happening.second > end {
        if before.state != .cancelled { return .rejected }
        shipment.held.append(happening)
        return .recorded
      }
    }
    shipment.held.append(happening)
    if before.state != after.state || before.isComingBack != after.isComingBack { return .applied }
    // What means no move is not even the newest event of goods that do not travel.
    let isIdle = happening.what == .nothing && before.state == .cancelled
    return isLate || isIdle ? .recorded : .applied
  }
}
