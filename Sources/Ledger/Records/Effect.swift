public import Orders

/// What a row changes in the books. The live run and the replay after a start apply the very same effects.
///
/// Slices are ranges of the bytes that come with the effect: the batch in the live run, the journal's payload in the replay.
public enum Effect: Sendable {
  /// A new order; its creator is the partner of the transaction, its index the next one.
  case createOrder(number: Slice, location: Slice)
  /// A new shipment of an order, with the next index.
  case createShipment(order: OrderIndex, invoice: Slice, state: ShipmentState)
  case setInvoice(ShipmentIndex, invoice: Slice)
  /// What documents and reports need of an order and no judgement does; only the journal keeps it.
  case details(ShipmentIndex, OrderDetails)
  case addLine(
    ShipmentIndex, suborder: Slice, sku: Slice, quantity: Int32, priceMillionths: Int64, content: UInt64)
  /// The line leaves the shipment for another one of its order; a shipment whose last line left is no shipment any more.
  case dropLine(ShipmentIndex, suborder: Slice, isLast: Bool)
  /// A courier and an AWB, or a courier alone.
  case assign(ShipmentIndex, courier: Slice, awb: Slice, after: ShipmentState)
  /// The AWB under which the goods come back, as a carrier's `ref_awb` ties it to the first.
  case tie(ShipmentIndex, awb: Slice)
  /// Of the lines of a shipment, one holds so many pieces from now on, and so many of them are cancelled: what a partial
  /// cancellation counts, and what is left of a line of which pieces went to another shipment.
  case pieces(ShipmentIndex, suborder: Slice, quantity: Int32, cancelled: Int32)
  /// The confirmation, with number and date of the seller's own invoice where it brought them.
  case confirm(ShipmentIndex, invoiceNumber: Slice, invoiceDate: Timestamp?)
  case manifest(ShipmentIndex, number: Slice)
  /// A cancel request; what the shipment came to after it stands in the fold.
  case cancel(ShipmentIndex, FoldResult)
  case carrier(ShipmentIndex, CarrierEntry)
  /// A parked event that came to its end: the manifest of this row released it, or it waited too long.
  case settle(ShipmentIndex, parked: Position, Settlement)
  /// Documents were asked for: bit 0 the label, bit 1 the invoice.
  case document(ShipmentIndex, which: UInt8)
  case stock(location: Slice, sku: Slice, quantity: Int32)
  case product(sku: Slice, ProductDetails, content: UInt64)
  case account(location: Slice, courier: Slice, fingerprint: UInt64)
  /// A row about an order or AWB that nobody knows yet: kept whole until somebody does (`parkUnknown`).
  case wait(WaitingRow)
  /// The row that waited from that record on is judged now; what follows in the same record is what it came to.
  case resume(waiting: Position)

  /// A row that waits for its order or AWB, with everything that judging it takes.
  public struct WaitingRow: Sendable, Equatable {
    /// The key that nobody knows: `orderNumber`, `invoiceID` or `awbNumber`.
    public var column: Column
    public var key: Slice
    public var kind: Kind
    public var line: UInt32
    public var quantity: Int32
    public var scanNumber: ScanNumber
    /// The cells of the kind's columns in their order, each as a text.
    public var cells: Slice

    public init(
      column: Column, key: Slice, kind: Kind, line: UInt32, quantity: Int32, scanNumber: ScanNumber,
      cells: Slice
    ) {
      self.column = column
      self.key = key
      self.kind = kind
      self.line = line
      self.quantity = quantity
      self.scanNumber = scanNumber
      self.cells = cells
    }
  }

  /// The buyer's side of an order as it was sent: personal data, for the order's own documents only.
  public struct OrderDetails: Sendable, Equatable {
    public var customerName = Slice.absent
    public var addressLine1 = Slice.absent
    public var city = Slice.absent
    public var pinCode = Slice.absent
    public var paymentMode = Slice.absent
    public var collectableAmount = Slice.absent
    public var marketplace = Slice.absent

    public init() {}
  }

  /// What the product master says of an article, as it was sent: for the feeds alone.
  public struct ProductDetails: Sendable, Equatable {
    public var name = Slice.absent
    public var ean = Slice.absent
    public var weight = Slice.absent
    public var length = Slice.absent
    public var width = Slice.absent
    public var height = Slice.absent
    public var mrp = Slice.absent

    public init() {}

    /// The columns of the product master besides the SKU, in the order of the feed.
    public static let columns: [Column] = [.name, .ean, .weight, .length, .width, .height, .mrp]

    /// The field of a column, by its place among `columns`.
    public subscript(place: Int) -> Slice {
      get {
        switch place {
        case 0: name
        case 1: ean
        case 2: weight
        case 3: length
        case 4: width
        case 5: height
        default: mrp
        }
      }
      set {
        switch place {
        case 0: name = newValue
        case 1: ean = newValue
        case 2: weight = newValue
        case 3: length = newValue
        case 4: width = newValue
        case 5: height = newValue
        default: mrp = newValue
        }
      }
    }
  }

  /// Where a shipment stands after its events were folded.
  public struct FoldResult: Sendable, Equatable {
    public var after: ShipmentState
    public var onReturn: Bool
    /// The earlier record that put it into its state; nil: this one, if the state changed.
    public var setBy: Position?
    /// The time of that record.
    public var since: Timestamp

    public init(after: ShipmentState, onReturn: Bool, setBy: Position?, since: Timestamp) {
      self.after = after
      self.onReturn = onReturn
      self.setBy = setBy
      self.since = since
    }
  }

  /// A carrier's event as it is kept.
  public struct CarrierEntry: Sendable {
    public var outcome: Outcome
    /// The sender's code table: false the first, true the second version of its payload.
    public var isSecondVersion: Bool
    /// The code's place in the table; `CodeIndex.max` for an unknown code, whose text then stands in `codeText`.
    public var code: CodeIndex
    public var codeText: Slice
    /// What the code asked for when it was read; nil: nothing.
    public var event: EventKind?
    public var endsReturn: Bool
    /// Did it come under the AWB of the way back? `event` is then the return twin of what the code says.
    public var isOnReturnAWB: Bool
    public var time: Timestamp
    public var scanNumber: ScanNumber
    /// The scan number where it is not a plain number.
    public var scanText: Slice
    public var location: Slice
    /// The row's line and the order number it named, for the answer to a parked row.
    public var line: UInt32
    public var orderNumber: Slice
    public var fold: FoldResult

    public init(
      outcome: Outcome, isSecondVersion: Bool, code: CodeIndex, codeText: Slice, event: EventKind?,
      endsReturn: Bool, isOnReturnAWB: Bool, time: Timestamp, scanNumber: ScanNumber, scanText: Slice,
      location: Slice,
      line: UInt32, orderNumber: Slice, fold: FoldResult
    ) {
      self.outcome = outcome
      self.isSecondVersion = isSecondVersion
      self.code = code
      self.codeText = codeText
      self.event = event
      self.endsReturn = endsReturn
      self.isOnReturnAWB = isOnReturnAWB
      self.time = time
      self.scanNumber = scanNumber
      self.scanText = scanText
      self.location = location
      self.line = line
      self.orderNumber = orderNumber
      self.fold = fold
    }
  }

  /// What a parked row came to.
  public struct Settlement: Sendable, Equatable {
    public var outcome: Outcome
    public var before: ShipmentState
    public var code: RejectionCode?
    public var time: Timestamp
    public var fold: FoldResult
    /// Other rows of the shipment still wait: this one expired before them.
    public var leavesOthers: Bool
    /// The row asked for a cancellation, and it was folded.
    public var isCancel: Bool

    public init(
      outcome: Outcome, before: ShipmentState, code: RejectionCode?, time: Timestamp, fold: FoldResult,
      leavesOthers: Bool = false, isCancel: Bool = false
    ) {
      self.outcome = outcome
      self.leavesOthers = leavesOthers
      self.isCancel = isCancel
      self.before = before
      self.code = code
      self.time = time
      self.fold = fold
    }
  }

  /// The shipment whose history the effect belongs to.
  public var shipment: ShipmentIndex? {
    switch self {
    case .setInvoice(let shipment, _), .details(let shipment, _), .addLine(let shipment, _, _, _, _, _),
      .assign(let shipment, _, _, _),
      .confirm(let shipment, _, _), .pieces(let shipment, _, _, _), .manifest(let shipment, _),
      .cancel(let shipment, _), .carrier(let shipment, _),
      .settle(let shipment, _, _), .document(let shipment, _), .tie(let shipment, _),
      .dropLine(let shipment, _, _):
      shipment
    case .createOrder, .createShipment, .stock, .product, .account, .wait, .resume: nil
    }
  }
}
