internal import Orders

/// Taking a refused file back: the before-images of everything its rows changed.
extension Books {
  /// Above this many changes the before-images are given up, and a refused file is taken back by replaying the journal.
  public static let undoChangesMaxBuiltIn = 300_000

  /// What the open transaction changed. Of a shipment only what it was before its first change; scan numbers by themselves,
  /// because there is one for nearly every row; of what an order's rows add only how much there was before; all else step by
  /// step, to be undone from the newest to the oldest.
  struct UndoLog: Sendable {
    /// How many there were: what came behind them is taken out again from the newest on.
    var orders = 0
    var lines = 0
    var invoices = 0
    var awbs = 0
    var steps: [Undo] = []
    var scans: [UsedScan] = []
    var shipments = ShipmentTouches()

    struct UsedScan: Sendable, BitwiseCopyable {
      let number: ScanNumber
      let partner: UInt8
    }

    var isEmpty: Bool { steps.isEmpty && scans.isEmpty }
    var count: Int { steps.count + scans.count + shipments.count }
  }

  enum Undo: Sendable {
    case order(OrderIndex, OrderRecord)
    /// Of its order's shipments this one was the last.
    case nextShipment(UInt32)
    case awbValue(UInt32, UInt32)
    case lineValue(UInt32, LineRecord)
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

  @inline(__always)
  mutating func log(_ step: Undo) {
    if keepsUndo { keep(step) }
  }

  private mutating func keep(_ step: Undo) {
    if hasRoomForUndo() { undo.steps.append(step) }
  }

  @inline(__always)
  mutating func log(scan number: ScanNumber, of partner: UInt8) {
    if !keepsUndo { return }
    if hasRoomForUndo() { undo.scans.append(UndoLog.UsedScan(number: number, partner: partner)) }
  }

  /// Notes a shipment that is about to change, or was created just now, while a transaction is open.
  @inline(__always)
  mutating func touch(_ shipment: UInt32) {
    if keepsTouches && !undo.shipments.isNoted(shipment) { noteTouch(shipment) }
  }

  /// Notes that keys of a shipment are about to change (its AWB's, its invoice's, its courier's).
  @inline(__always)
  mutating func touchKeys(_ shipment: UInt32) {
    touch(shipment)
    if keepsTouches { undo.shipments.keepKeys(of: shipments) }
  }

  @inline(never)
  private mutating func noteTouch(_ shipment: UInt32) {
    let packed = shipments.packed[Int(shipment)]
    let whole = packed.isAside || packed.hasNext ? shipments[Int(shipment)] : nil
    undo.shipments.note(shipment, packed, whole: whole)
    if keepsUndo && undo.count > undoChangesMax { giveUpUndo() }
  }

  @inline(__always)
  private mutating func hasRoomForUndo() -> Bool {
    if undo.count < undoChangesMax { return true }
    giveUpUndo()
    return false
  }

  private mutating func giveUpUndo() {
    keepsUndo = false
    undo.steps = []
    undo.scans = []
    undo.shipments.giveUpRecords(now: shipments)
  }

  /// From here on changes can be taken back.
  public mutating func beginTransaction() {
    forgetUndo()
    keepsUndo = true
    keepsTouches = true
  }

  /// The changes stand.
  public mutating func endTransaction() {
    keepsUndo = false
    keepsTouches = false
    forgetUndo()
  }

  private mutating func forgetUndo() {
    undo.steps.removeAll(keepingCapacity: true)
    undo.scans.removeAll(keepingCapacity: true)
    (undo.orders, undo.lines, undo.invoices, undo.awbs) = (
      orders.count, lines.count, invoices.count, awbs.count
    )
    undo.shipments.begin(shipments: shipments.count)
  }

  /// Were the before-images given up because the file changes too much? To be asked while a transaction is open.
  public var gaveUpUndo: Bool { !keepsUndo }

  /// The shipments that the open transaction changed.
  public var touchedShipments: ShipmentTouches { undo.shipments }

  /// Shipments from this number on were created by the open transaction.
  public var firstNewShipment: UInt32 { undo.shipments.firstNew }

  /// Takes back everything since `beginTransaction`. Only while the before-images are whole.
  public mutating func rollBack() {
    precondition(keepsUndo, "there is nothing to take back with")
    keepsUndo = false
    keepsTouches = false
    for scan in undo.scans { scanNumbers[Int(scan.partner)].remove(scan.number) }
    undo.shipments.forEachRecord { shipments[Int($0)] = $1 }
    while let step = undo.steps.popLast() { takeBack(step) }
    takeOut()
    forgetUndo()
  }

  /// Takes out what the transaction added, as far as no step tells of it.
  private mutating func takeOut() {
    while shipments.count > Int(undo.shipments.firstNew) { shipments.removeLast() }
    while orders.count > undo.orders {
      orders.removeLast()
      orderNumbers.removeLast()
    }
    while lines.count > undo.lines {
      lines.removeLast()
      lineKeys.removeLast()
    }
    while invoices.count > undo.invoices { invoices.removeLast() }
    while awbs.count > undo.awbs { awbs.removeLast() }
  }

  private mutating func takeBack(_ step: Undo) {
    switch step {
    case .order(let order, let before): orders[Int(order.raw)] = before
    case .nextShipment(let last): shipments[Int(last)].next = .max
    case .awbValue(let key, let before): awbs.setValue(Int(key), before)
    case .lineValue(let place, let before): lines[Int(place)] = before
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
