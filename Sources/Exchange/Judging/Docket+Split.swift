internal import Ledger
internal import Orders

/// Split shipments: an assignment that names one line of several gives that line a shipment of its own (seed: Nexar Logistics).
///
/// The parts keep the invoice id, so that whoever names the invoice means all of them; a part is told from the others by its AWB
/// or by the suborder that it holds.
extension Docket {
  /// Splits a shipment so that the named line travels alone under the courier and AWB of its row.
  ///
  /// A shipment that has its AWB keeps it, and the named line leaves; of one without an AWB the other lines leave, so that what
  /// the order was created as lives on in the part that is assigned.
  mutating func split(
    _ shipment: ShipmentIndex, lines: [HeldLine], at line: HeldLine, suborder: Slice, courier: Slice,
    awb: Slice
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
    for other in lines where record.hasAWB == (other == line) { move(other, from: shipment, to: part) }
    if !record.hasAWB && !known.isAbsent {
      perform(.assign(part, courier: known, awb: .absent, after: start))
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

  /// Puts the named line to the part of the order that has its AWB already; a part without a line left is no shipment any more.
  mutating func join(
    _ shipment: ShipmentIndex, _ line: HeldLine, isLast: Bool, to other: ShipmentIndex
  ) -> Verdict {
    let before = books[shipment].state
    move(line, from: shipment, to: other, isLast: isLast)
    return Verdict(.applied, before: before, after: books[other].state)
  }

  private mutating func move(
    _ line: HeldLine, from shipment: ShipmentIndex, to other: ShipmentIndex, isLast: Bool = false
  ) {
    let suborder = copy(line.suborder[...])
    perform(.dropLine(shipment, suborder: suborder, isLast: isLast))
    perform(
      .addLine(
        other, suborder: suborder, sku: copy(line.sku[...]), quantity: line.quantity,
        priceMillionths: line.priceMillionths, content: line.content))
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
  private mutating func copy(_ text: ArraySlice<UInt8>) -> Slice {
    if text.isEmpty { return .absent }
    let start = bytes.count
    bytes += text
    return Slice(offset: start, length: text.count)
  }
}
