internal import Orders

/// Taking a refused file back: the before-images of everything its rows changed, undone from the newest to the oldest.
extension Books {
  /// Above this many changes the before-images are given up, and a refused file is taken back by replaying the journal.
  package static let undoChangesMaxBuiltIn = 2_000_000

  enum Undo: Sendable {
    case order
    case shipment(OrderIndex, OrderRecord)
    case shipmentValue(ShipmentIndex, ShipmentRecord)
    case invoiceKey, awbKey
    case awbValue(UInt32, UInt32)
    case line
    case lineAgain(UInt32, UInt32)
    case lineValue(UInt32, LineRecord)
    case scanNumber(UInt8, ScanNumber)
    case scanText
    case stock, product, account
    case stockValue(UInt32, StockRecord)
    case productValue(UInt32, ProductRecord)
    case accountValue(UInt32, AccountRecord)
    case location, courier
    case waiting
    case waitingAgain(UInt32, UInt32)
    case waitingOver(Int)
  }

  mutating func log(_ step: Undo) {
    if !keepsUndo { return }
    if undo.count < undoChangesMax { return undo.append(step) }
    keepsUndo = false
    undo = []
  }

  /// From here on changes can be taken back.
  package mutating func beginTransaction() {
    undo.removeAll(keepingCapacity: true)
    keepsUndo = true
  }

  /// The changes stand.
  package mutating func endTransaction() {
    keepsUndo = false
    undo.removeAll(keepingCapacity: true)
  }

  /// Were the before-images given up because the file changes too much? To be asked while a transaction is open.
  package var gaveUpUndo: Bool { !keepsUndo }

  /// Takes back everything since `beginTransaction`. Only while the before-images are whole.
  package mutating func rollBack() {
    precondition(keepsUndo, "there is nothing to take back with")
    keepsUndo = false
    while let step = undo.popLast() { takeBack(step) }
  }

  private mutating func takeBack(_ step: Undo) {
    switch step {
    case .order:
      orders.removeLast()
      orderNumbers.removeLast()
    case .shipment(let order, let before):
      shipments.removeLast()
      orders[Int(order.raw)] = before
    case .shipmentValue(let shipment, let before): shipments[Int(shipment.raw)] = before
    case .invoiceKey: invoices.removeLast()
    case .awbKey: awbs.removeLast()
    case .awbValue(let key, let before): awbs.setValue(Int(key), before)
    case .line:
      lines.removeLast()
      lineKeys.removeLast()
    case .lineAgain(let key, let before):
      lines.removeLast()
      lineKeys.setValue(Int(key), before)
    case .lineValue(let place, let before): lines[Int(place)] = before
    case .scanNumber(let partner, let number): scanNumbers[Int(partner)].remove(number)
    case .scanText: scanTexts.removeLast()
    case .stock:
      stock.removeLast()
      stockKeys.removeLast()
    case .product:
      products.removeLast()
      productKeys.removeLast()
    case .account:
      accounts.removeLast()
      accountKeys.removeLast()
    case .stockValue(let place, let before): stock[Int(place)] = before
    case .productValue(let place, let before): products[Int(place)] = before
    case .accountValue(let place, let before): accounts[Int(place)] = before
    case .location: locations.removeLast()
    case .courier:
      couriers.removeLast()
      courierKeys.removeLast()
    case .waiting:
      waiting.removeLast()
      waitingKeys.removeLast()
      waitingCount -= 1
    case .waitingAgain(let key, let before):
      waiting.removeLast()
      waitingKeys.setValue(Int(key), before)
      waitingCount -= 1
    case .waitingOver(let place):
      waiting[place].isOver = false
      waitingCount += 1
    }
  }
}
