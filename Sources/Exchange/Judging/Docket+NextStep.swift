internal import Ledger
internal import Orders

/// The short ways of assignments, confirmations and manifests that are as nearly all are: about the one shipment of an order, by
/// keys that were known when they were looked up, and the next step.
///
/// Whatever is otherwise goes the long way (`judgeAssignment` and its like), which would say the same of these.
extension Docket {
  /// The courier is known, and nobody had the AWB before.
  mutating func judgeNextAssignment(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    let (awb, courier) = (batch.cell(row, .awbNumber), batch.cell(row, .courier))
    let place = row - stage.first
    guard books.waitingCount == 0, profile.role != .carrier, !awb.isAbsent, !courier.isAbsent,
      batch.cell(row, .suborderID).isAbsent, stage.awbs[place] == Books.noKey
    else { return nil }
    let shipment = nextNamed(batch, row)
    if shipment == .none { return nil }
    let packed = books.packed(shipment)
    let before = packed.state
    let targets = packed.hasAWB ? stage.targetsAgain : stage.targets
    guard stage.mayAssign[Int(books[OrderIndex(packed.order)].creator)],
      let after = targets[Int(before.rawValue)],
      let number = books.courierNumber(knownAs: batch.bytes.span.extracting(courier.range)),
      books.assignNew(
        shipment, courier: number, batch.bytes.span.extracting(awb.range), sought.awbs[sought.place(row)],
        after: after, context(batch, row))
    else { return nil }
    let head = RowWriter.StepHead(
      of: shipment, from: before, to: after, at: batch.rows[row].time, previous: packed.newestRecord,
      position: position)
    writer.appendAssignment(head, courier: courier, awb: awb, after: after, in: batch.bytes.span)
    return head.verdict
  }

  mutating func judgeNextConfirmation(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    if books.waitingCount > 0 { return nil }
    let shipment = nextNamed(batch, row)
    if shipment == .none { return nil }
    let packed = books.packed(shipment)
    let before = packed.state
    guard !packed.marks.contains(.confirmed), let after = stage.targets[Int(before.rawValue)] else {
      return nil
    }
    let (number, date) = sellersInvoice(batch, row)
    books.confirm(shipment, context(batch, row))
    let head = RowWriter.StepHead(
      of: shipment, from: before, to: after, at: batch.rows[row].time, previous: packed.newestRecord,
      position: position)
    writer.appendConfirmation(head, invoiceNumber: number, invoiceDate: date, in: batch.bytes.span)
    return head.verdict
  }

  /// It names the AWB, and its shipment holds no parked events.
  mutating func judgeNextManifest(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    let number = batch.cell(row, .orderNumber)
    let place = row - stage.first
    let key = stage.awbs[place]
    if books.waitingCount > 0 || key == Books.noKey || batch.cell(row, .awbNumber).isAbsent { return nil }
    let shipment = books.lastHolder(ofKey: key)
    let packed = books.packed(shipment)
    guard !packed.isAside, packed.awbKey == key,
      number.isAbsent || stage.orders[place] == packed.order,
      owns(order: OrderIndex(packed.order), courier: packed.courier)
    else { return nil }
    let before = packed.state
    guard !packed.marks.contains(.manifested), !packed.marks.contains(.holdsParked),
      let after = stage.targets[Int(before.rawValue)]
    else { return nil }
    books.manifest(shipment, context(batch, row))
    let head = RowWriter.StepHead(
      of: shipment, from: before, to: after, at: batch.rows[row].time, previous: packed.newestRecord,
      position: position)
    writer.appendManifest(head, number: batch.cell(row, .manifestNumber), in: batch.bytes.span)
    return head.verdict
  }

  /// The one shipment of the order that the row names, by order number, invoice id or both, and the sender's own; `none` where it is
  /// not as simple as that.
  private mutating func nextNamed(_ batch: borrowing RowBatch, _ row: Int) -> ShipmentIndex {
    let place = row - stage.first
    var order = Books.noKey
    if !batch.cell(row, .orderNumber).isAbsent {
      order = stage.orders[place]
      if order == Books.noKey { return .none }
    }
    var holder = ShipmentIndex.none
    if !batch.cell(row, .invoiceID).isAbsent {
      let key = stage.invoices[place]
      if key == Books.noKey { return .none }
      holder = books.firstHolder(ofInvoice: key)
      let owner = books.packed(holder).order
      if order != Books.noKey && order != owner { return .none }
      order = owner
    }
    if order == Books.noKey { return .none }
    let shipment = books.onlyShipment(of: OrderIndex(order))
    guard shipment != .none, holder == .none || holder == shipment,
      owns(order: OrderIndex(order), courier: books.packed(shipment).courier)
    else { return .none }
    return shipment
  }

  /// What the changes of a row share that goes a short way.
  func context(_ batch: borrowing RowBatch, _ row: Int) -> Books.RowContext {
    Books.RowContext(partner: partner, position: position, time: batch.rows[row].time ?? arrival)
  }
}
