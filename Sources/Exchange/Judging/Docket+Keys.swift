internal import Ledger
internal import Orders

/// What the keys of the row in hand name.
///
/// The rows that come next were looked up together (`prepare`), and a key that was known then is known now under the same number:
/// keys are never taken out while rows are judged. One that nobody knew is looked for again, as a row between may have brought it.
extension Docket {
  /// Takes up where the keys of a row stand in its batch.
  /// - Parameter isResumed: it waited, and comes from a batch of its own that nobody looked into.
  mutating func takeUpKeys(_ batch: borrowing RowBatch, _ row: Int, isResumed: Bool) {
    let isLookedUp = !isResumed && row >= stage.first && row < stage.first + Docket.rowsAtOnce
    stage.row = isLookedUp ? row - stage.first : -1
    if !isLookedUp { return }
    stage.orderNumber = batch.cell(row, .orderNumber)
    stage.invoice = batch.cell(row, .invoiceID)
    stage.waybill = batch.cell(row, .awbNumber)
  }

  /// The order of that number.
  func order(named number: Slice) -> OrderIndex? {
    if let known = known(stage.orders, number == stage.orderNumber) { return OrderIndex(known) }
    return books.order(number: bytes[number.range].span)
  }

  /// The first of the shipments with that invoice id.
  func shipment(invoiced invoice: Slice) -> ShipmentIndex? {
    if let known = known(stage.invoices, invoice == stage.invoice) {
      return books.shipment(invoiceKey: known)
    }
    return books.shipment(invoice: bytes[invoice.range].span)
  }

  /// The shipment that holds the AWB now, and whether its goods come back under it.
  func holder(of awb: Slice) -> (shipment: ShipmentIndex, isReturn: Bool)? {
    if let known = known(stage.awbs, awb == stage.waybill) { return books.holder(ofKey: known) }
    return books.holder(of: bytes[awb.range].span)
  }

  /// The number that the key of the row in hand had in the books when it was looked up.
  @inline(__always)
  private func known(_ numbers: [UInt32], _ isOwn: Bool) -> UInt32? {
    guard isOwn, stage.row >= 0, stage.row < numbers.count else { return nil }
    let number = numbers[stage.row]
    return number == Books.noKey ? nil : number
  }
}
