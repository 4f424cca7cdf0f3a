internal import Ledger
internal import Orders

/// Split shipments: an assignment that names one line of several, or some pieces of a line, gives these a shipment of their own
/// (seed: Nexar Logistics).
///
/// The parts keep the invoice id, so that whoever names the invoice means all of them; a part is told from the others by its AWB
/// or by the suborder that it holds.
extension Docket {
  /// Splits a shipment so that pieces of the named line travel alone under the courier and AWB of the row.
  ///
  /// A shipment that has its AWB keeps it, and the named pieces leave; of one without an AWB everything else leaves, so that what
  /// the order was created as lives on in the part that is assigned.
  mutating func split(
    _ shipment: ShipmentIndex, lines: [HeldLine], at line: HeldLine, pieces: Int32, suborder: Slice,
    courier: Slice, awb: Slice
  ) throws -> Verdict {
    let record = books[shipment]
    if !isBeforeConfirmation(record.state) {
      let isLate = record.hasAWB && record.state != .cancelled
      return try refuse(
        isLate ? .reassignmentTooLate : .notTheNextStep, shipment, .suborderID, value: suborder)
    }
    let creator = profiles[Int(books[record.order].creator)]
    let start: ShipmentState = creator.ordersAwaitCarrier ? .awaitingCarrier : .open
    let known = copy(books.courier(of: shipment).text[...])
    let part = ShipmentIndex(books.shipments.count)
    let details = try orderDetails(of: shipment)
    perform(.createShipment(order: record.order, invoice: copy(books.invoice(of: shipment)), state: start))
    if let details { perform(.details(part, details)) }
    if record.hasAWB {
      move(pieces, of: line, from: shipment, to: part, holding: nil)
    } else {
      for other in lines where other != line { moveWhole(other, from: shipment, to: part, holding: nil) }
      if pieces < line.live { leave(pieces, of: line, in: shipment, rest: part) }
      if !known.isAbsent { perform(.assign(part, courier: known, awb: .absent, after: start)) }
    }
    let assigned = record.hasAWB ? part : shipment
    perform(
      .assign(
        assigned, courier: courier.isAbsent ? known : courier, awb: awb,
        after: awb.isAbsent ? books[assigned].state : .assigned))
    return Verdict(.applied, before: record.state, after: books[assigned].state)
  }

  /// May the line of one shipment travel with another one, which has the AWB that its assignment names?
  func mayJoin(_ shipment: ShipmentIndex, _ other: ShipmentIndex) -> Bool {
    let (mine, its) = (books[shipment], books[other])
    return mine.order == its.order && mine.invoiceKey == its.invoiceKey && owns(other)
      && isBeforeConfirmation(mine.state) && isBeforeConfirmation(its.state)
      && !mine.marks.contains(.holdsParked)
  }

  /// Puts pieces of the named line to the part of the order that has its AWB already; a part of which nothing is left is no
  /// shipment any more.
  mutating func join(
    _ shipment: ShipmentIndex, _ lines: [HeldLine], at line: HeldLine, pieces: Int32, to other: ShipmentIndex
  ) throws -> Verdict {
    let before = books[shipment].state
    let there = try history.lines(of: other, from: pastHead(of: other))
    func holding(_ line: HeldLine) -> HeldLine? { there.first { $0.suborder == line.suborder } }
    let isAll = pieces == line.live && lines.allSatisfy { $0 == line || $0.live == 0 }
    if isAll {
      // Lines whose pieces are all cancelled go along: nothing would be left to do for them here.
      for (place, moved) in lines.enumerated() {
        moveWhole(
          moved, from: shipment, to: other, holding: holding(moved), isLast: place == lines.count - 1)
      }
    } else {
      move(pieces, of: line, from: shipment, to: other, holding: holding(line))
    }
    return Verdict(.applied, before: before, after: books[other].state)
  }

  // MARK: Pieces that change their shipment

  private mutating func move(
    _ pieces: Int32, of line: HeldLine, from shipment: ShipmentIndex, to other: ShipmentIndex,
    holding: HeldLine?
  ) {
    if pieces == line.live { return moveWhole(line, from: shipment, to: other, holding: holding) }
    set(line, in: shipment, quantity: line.quantity - pieces, cancelled: line.cancelled)
    put(line, quantity: pieces, cancelled: 0, into: other, holding: holding)
  }

  /// Only the pieces stay; what else there is of the line, cancelled pieces too, goes to the other part.
  private mutating func leave(
    _ pieces: Int32, of line: HeldLine, in shipment: ShipmentIndex, rest part: ShipmentIndex
  ) {
    set(line, in: shipment, quantity: pieces, cancelled: 0)
    put(line, quantity: line.quantity - pieces, cancelled: line.cancelled, into: part, holding: nil)
  }

  private mutating func moveWhole(
    _ line: HeldLine, from shipment: ShipmentIndex, to other: ShipmentIndex, holding: HeldLine?,
    isLast: Bool = false
  ) {
    perform(.dropLine(shipment, suborder: copy(line.suborder[...]), isLast: isLast))
    put(line, quantity: line.quantity, cancelled: line.cancelled, into: other, holding: holding)
  }

  /// - Parameter holding: the line as the receiving shipment holds it already.
  private mutating func put(
    _ line: HeldLine, quantity: Int32, cancelled: Int32, into shipment: ShipmentIndex, holding: HeldLine?
  ) {
    if let holding {
      return set(
        line, in: shipment, quantity: holding.quantity + quantity, cancelled: holding.cancelled + cancelled)
    }
    perform(
      .addLine(
        shipment, suborder: copy(line.suborder[...]), sku: copy(line.sku[...]), quantity: quantity,
        priceMillionths: line.priceMillionths, content: line.content))
    if cancelled > 0 { set(line, in: shipment, quantity: quantity, cancelled: cancelled) }
  }

  private mutating func set(
    _ line: HeldLine, in shipment: ShipmentIndex, quantity: Int32, cancelled: Int32
  ) {
    perform(
      .pieces(shipment, suborder: copy(line.suborder[...]), quantity: quantity, cancelled: cancelled))
  }

  private func isBeforeConfirmation(_ state: ShipmentState) -> Bool {
    state.rank < ShipmentState.confirmed.rank
  }

  /// The buyer's side of the order, as it came with the shipment's first row.
  private mutating func orderDetails(of shipment: ShipmentIndex) throws -> Effect.OrderDetails? {
    for entry in try history.entries(of: shipment, from: pastHead(of: shipment)) {
      for case .details(shipment, var details) in entry.record.effects {
        for field in [
          \Effect.OrderDetails.customerName, \.addressLine1, \.city, \.pinCode, \.paymentMode,
          \.collectableAmount,
          \.marketplace,
        ] { details[keyPath: field] = copy(entry.bytes[details[keyPath: field].range]) }
        return details
      }
    }
    return nil
  }

  /// Puts a text of the ledger behind the row's own bytes, where an effect can name it.
  mutating func copy(_ text: ArraySlice<UInt8>) -> Slice {
    if text.isEmpty { return .absent }
    let start = bytes.count
    bytes += text
    return Slice(offset: start, length: text.count)
  }
}
