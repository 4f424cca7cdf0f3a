// An effect story is a run of random effects as the docket would perform them: each fits the books that the ones before left.

import Orders

@testable import Ledger

/// Every kind of effect, by name; a new effect must be given its kind here before the tests compile.
enum EffectKind: CaseIterable {
  case createOrder, createShipment, setInvoice, details, addLine, dropLine, pieces, assign, tie, confirm,
    manifest,
    cancel,
    carrier,
    settle, document, stock, product, account, wait, resume

  init(_ effect: Effect) {
    switch effect {
    case .createOrder: self = .createOrder
    case .createShipment: self = .createShipment
    case .setInvoice: self = .setInvoice
    case .details: self = .details
    case .addLine: self = .addLine
    case .dropLine: self = .dropLine
    case .pieces: self = .pieces
    case .assign: self = .assign
    case .tie: self = .tie
    case .confirm: self = .confirm
    case .manifest: self = .manifest
    case .cancel: self = .cancel
    case .carrier: self = .carrier
    case .settle: self = .settle
    case .document: self = .document
    case .stock: self = .stock
    case .product: self = .product
    case .account: self = .account
    case .wait: self = .wait
    case .resume: self = .resume
    }
  }
}

/// Random effects, and the text that their slices are ranges of.
struct EffectStory {
  private(set) var books = Books()
  var numbers: SeededNumbers
  private var serial = 0
  private var frame: UInt64 = 64
  private var text: [UInt8] = []

  init(seed: UInt64) {
    numbers = SeededNumbers(seed: seed)
    for partner in ["easyecom", "ekart", "dtdc"] { _ = books.partnerNumber(Array(partner.utf8)) }
    books.beginTransaction()
    // Enough of everything that every kind of effect finds something to act on.
    for kind in [EffectKind.createOrder, .createShipment, .createShipment, .addLine, .assign, .wait] {
      perform(kind)
    }
    books.endTransaction()
  }

  /// Lets one effect of the kind act on the books.
  mutating func perform(_ kind: EffectKind) {
    let row = nextRow()
    text = []
    books.apply(effect(kind, row), bytes: text, in: row)
  }

  mutating func performAny() { perform(EffectKind.allCases.randomElement(using: &numbers) ?? .confirm) }

  mutating func change<Result>(_ body: (inout Books) -> Result) -> Result { body(&books) }

  mutating func nextRow() -> Books.RowContext {
    frame += 8 * UInt64.random(in: 1...400, using: &numbers)
    return Books.RowContext(
      partner: UInt8.random(in: 0...2, using: &numbers),
      position: Position(frame: frame, record: Int.random(in: 16..<60_000, using: &numbers)), time: time())
  }

  /// A random effect of a kind, with its text.
  mutating func next(_ kind: EffectKind, at row: Books.RowContext) -> (effect: Effect, bytes: [UInt8]) {
    text = [0]
    let effect = effect(kind, row)
    return (effect, text)
  }

  private mutating func effect(_ kind: EffectKind, _ row: Books.RowContext) -> Effect {
    let shipment = ShipmentIndex(Int.random(in: 0..<max(1, books.shipments.count), using: &numbers))
    switch kind {
    case .createOrder: return .createOrder(number: fresh("O"), location: few("WH"))
    case .createShipment:
      let order = OrderIndex(Int.random(in: 0..<max(1, books.orders.count), using: &numbers))
      return .createShipment(order: order, invoice: chance() ? fresh("I") : .absent, state: state())
    case .setInvoice:
      let unnamed = books.shipments.indices.first { books.shipments[$0].invoiceKey == .max }
      guard let unnamed else { return confirm(shipment) }
      return .setInvoice(ShipmentIndex(unnamed), invoice: fresh("I"))
    case .details:
      var details = Effect.OrderDetails()
      details.customerName = few("buyer ")
      details.pinCode = few("5600")
      details.marketplace = chance() ? few("shop ") : .absent
      return .details(shipment, details)
    case .addLine:
      return .addLine(
        shipment, suborder: fresh("S"), sku: few("SKU"),
        quantity: Int32.random(in: 0 ... .max, using: &numbers),
        priceMillionths: Int64.random(in: -1...5_000_000_000, using: &numbers), content: numbers.next())
    case .dropLine:
      let key = Int.random(in: 0..<max(1, books.lineKeys.count), using: &numbers)
      guard key < books.lineKeys.count else { return confirm(shipment) }
      let suborder = put(String(decoding: books.lineKeys.bytes(of: key), as: UTF8.self))
      return .dropLine(
        ShipmentIndex(books.lineKeys.prefix(of: key)), suborder: suborder, isLast: chance())
    case .pieces:
      let key = Int.random(in: 0..<max(1, books.lineKeys.count), using: &numbers)
      guard key < books.lineKeys.count else { return confirm(shipment) }
      let suborder = put(String(decoding: books.lineKeys.bytes(of: key), as: UTF8.self))
      return .pieces(
        ShipmentIndex(books.lineKeys.prefix(of: key)), suborder: suborder,
        quantity: Int32.random(in: 1 ... .max, using: &numbers),
        cancelled: Int32.random(in: 0...9_999, using: &numbers))
    case .assign:
      return .assign(
        shipment, courier: chance() ? few("Courier_") : .absent, awb: chance() ? awb() : .absent,
        after: state())
    case .tie: return .tie(shipment, awb: awb())
    case .confirm: return confirm(shipment)
    case .manifest: return .manifest(shipment, number: few("M-"))
    case .cancel: return .cancel(shipment, fold(row.time))
    case .carrier: return .carrier(shipment, carrierEntry(row.time))
    case .settle:
      let time = time()
      let settlement = Effect.Settlement(
        outcome: outcome(), before: state(), code: chance() ? .shipmentClosed : nil, time: time,
        fold: fold(time))
      let parked = Position(frame: 8 * UInt64.random(in: 1...50, using: &numbers), record: 16)
      return .settle(shipment, parked: parked, settlement)
    case .document: return .document(shipment, which: UInt8.random(in: 1...3, using: &numbers))
    case .stock:
      return .stock(
        location: few("WH"), sku: few("SKU"), quantity: Int32.random(in: 0...9_999, using: &numbers))
    case .product:
      var details = Effect.ProductDetails()
      details.name = few("Tea ")
      details.mrp = chance() ? few("22") : .absent
      return .product(sku: few("SKU"), details, content: numbers.next())
    case .account:
      return .account(location: few("WH"), courier: few("Courier "), fingerprint: numbers.next())
    case .wait:
      let column = [Column.orderNumber, .invoiceID, .awbNumber].randomElement(using: &numbers) ?? .awbNumber
      return .wait(
        Effect.WaitingRow(
          column: column, key: few("K"), kind: .scans, line: UInt32.random(in: 1 ... .max, using: &numbers),
          quantity: Int32.random(in: -1...9_999, using: &numbers), scanNumber: numbers.next(),
          cells: few("cells ")))
    case .resume:
      let rows = books.waiting.filter { !$0.isOver }
      guard let waiting = rows.randomElement(using: &numbers) else { return confirm(shipment) }
      return .resume(waiting: waiting.position)
    }
  }

  private mutating func confirm(_ shipment: ShipmentIndex) -> Effect {
    .confirm(
      shipment, invoiceNumber: chance() ? few("INV-") : .absent, invoiceDate: chance() ? time() : nil)
  }

  private mutating func carrierEntry(_ time: Timestamp) -> Effect.CarrierEntry {
    let isKnown = chance()
    let outcome = outcome()
    let isNumber = chance()
    var entry = Effect.CarrierEntry(
      outcome: outcome, isSecondVersion: chance(),
      code: isKnown ? CodeIndex.random(in: 0..<200, using: &numbers) : .max,
      codeText: isKnown ? .absent : few("odd "),
      event: chance() ? EventKind.allCases.randomElement(using: &numbers) : nil,
      endsReturn: chance(), isOnReturnAWB: chance(), time: time, scanNumber: 0, scanText: .absent,
      location: few("Hub "),
      line: 0, orderNumber: .absent, fold: fold(time))
    serial += 1
    if isNumber { entry.scanNumber = ScanNumber(serial) } else if chance() { entry.scanText = fresh("scan ") }
    if outcome == .parked {
      entry.line = UInt32.random(in: 1 ... .max, using: &numbers)
      entry.orderNumber = few("O")
    }
    return entry
  }

  private mutating func fold(_ time: Timestamp) -> Effect.FoldResult {
    let setBy = chance() ? Position(frame: 8 * UInt64.random(in: 1...50, using: &numbers), record: 20) : nil
    return Effect.FoldResult(
      after: state(), onReturn: chance(), setBy: setBy, since: setBy == nil ? time : self.time())
  }

  // MARK: Words and numbers

  mutating func chance() -> Bool { Bool.random(using: &numbers) }

  mutating func state() -> ShipmentState { ShipmentState.allCases.randomElement(using: &numbers) ?? .open }

  mutating func outcome() -> Outcome {
    [.applied, .recorded, .parked, .rejected].randomElement(using: &numbers) ?? .applied
  }

  /// Mostly whole seconds, as partners write them.
  mutating func time() -> Timestamp {
    let second = Int64.random(in: -62_135_596_800...253_402_300_799, using: &numbers)
    return Timestamp(
      milliseconds: second * 1000 + (chance() ? 0 : Int64.random(in: 0..<1000, using: &numbers)))
  }

  /// A text that no other effect has.
  private mutating func fresh(_ word: String) -> Slice {
    serial += 1
    return put("\(word)-\(serial)")
  }

  /// One of a few texts.
  private mutating func few(_ word: String) -> Slice {
    put("\(word)\(Int.random(in: 1...9, using: &numbers))")
  }

  /// A new AWB, or one that a shipment gave up.
  private mutating func awb() -> Slice {
    let free = (0..<books.awbs.count).first { key in
      books.shipment(awb: books.awbs.bytes(of: key).span) == nil
    }
    guard chance(), let free else { return fresh("A") }
    return put(String(decoding: books.awbs.bytes(of: free), as: UTF8.self))
  }

  private mutating func put(_ word: String) -> Slice {
    text += Array(word.utf8)
    return Slice(offset: text.count - word.utf8.count, length: word.utf8.count)
  }
}
