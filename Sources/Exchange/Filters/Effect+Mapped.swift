internal import Ledger
internal import Orders

extension Effect {
  /// The same effect in other numbers: its shipment, its order and the records that it names.
  func mapped(
    shipment of: (ShipmentIndex) throws -> ShipmentIndex, order: (OrderIndex) throws -> OrderIndex,
    position: (Position) throws -> Position
  ) rethrows -> Effect {
    func mapped(_ fold: FoldResult) throws -> FoldResult {
      var fold = fold
      if let setBy = fold.setBy { fold.setBy = try position(setBy) }
      return fold
    }
    switch self {
    case .createOrder, .stock, .product, .account, .wait: return self
    case .createShipment(let index, let invoice, let state):
      return .createShipment(order: try order(index), invoice: invoice, state: state)
    case .resume(let waiting): return .resume(waiting: try position(waiting))
    case .setInvoice(let index, let invoice): return .setInvoice(try of(index), invoice: invoice)
    case .details(let index, let details): return .details(try of(index), details)
    case .addLine(let index, let suborder, let sku, let quantity, let price, let content):
      return .addLine(
        try of(index), suborder: suborder, sku: sku, quantity: quantity, priceMillionths: price,
        content: content)
    case .dropLine(let index, let suborder, let isLast):
      return .dropLine(try of(index), suborder: suborder, isLast: isLast)
    case .assign(let index, let courier, let awb, let after):
      return .assign(try of(index), courier: courier, awb: awb, after: after)
    case .tie(let index, let awb): return .tie(try of(index), awb: awb)
    case .pieces(let index, let suborder, let quantity, let cancelled):
      return .pieces(try of(index), suborder: suborder, quantity: quantity, cancelled: cancelled)
    case .confirm(let index, let number, let date):
      return .confirm(try of(index), invoiceNumber: number, invoiceDate: date)
    case .manifest(let index, let number): return .manifest(try of(index), number: number)
    case .cancel(let index, let fold): return .cancel(try of(index), try mapped(fold))
    case .carrier(let index, var entry):
      entry.fold = try mapped(entry.fold)
      return .carrier(try of(index), entry)
    case .settle(let index, let parked, var settlement):
      settlement.fold = try mapped(settlement.fold)
      return .settle(try of(index), parked: try position(parked), settlement)
    case .document(let index, let which): return .document(try of(index), which: which)
    }
  }
}
