/// The story of an order: everything that the partners' files said about it, what each came to, and where it stands.
///
/// It is read from the books (where things stand) and the history (how they came there), and written as lines for customer
/// service or as JSON. Rejected rows changed nothing and are no part of it; they stand in the sender's errors file.

public import Orders

/// An order, found by one of its numbers, with the whole history of its shipments.
public struct OrderStory: Sendable {
  /// The number by which it was found.
  public enum Key: String, Sendable {
    case orderNumber = "order_number"
    case awb = "awb_number"
    case invoice = "invoice_id"
  }

  /// Stands in place of a partner where no file said so: rows that waited too long are rejected by the exchange itself.
  public static let expirySource = "the nightly expiry"

  /// What was asked for.
  public var asked: String
  public var foundBy: Key
  /// Only what had happened by then is told; nil: everything.
  public var asOf: Timestamp?
  /// Only what had arrived by then is told; nil: everything.
  public var knownAt: Timestamp?

  public var orderNumber: String
  /// The folder of the partner that created it.
  public var creator: String
  public var locationKey: String
  /// Derived from its shipments: the least advanced that is not cancelled.
  public var state: ShipmentState
  public var shipments: [Shipment]
  /// Oldest first by the time it happened, then by arrival.
  public var events: [Event]
  /// The names people use for the partners' folders.
  public var titles: [String: String]

  /// What travels, or will travel, under one AWB.
  public struct Shipment: Sendable {
    public var invoice: String?
    public var awb: String?
    /// The courier as it was first named.
    public var courier: String?
    public var state: ShipmentState
    public var since: Timestamp
    /// The file and row that put it into its state.
    public var setBy: Source?
    public var lines: [Line]
    /// Number and date of the seller's own invoice, where the confirmation brought them.
    public var invoiceNumber: String?
    public var invoiceDate: Timestamp?
    /// The stations of its way that carriers reported, each with the time of the first event that did; in event order.
    public var milestones: [Milestone]
    /// Milestones that no file reported and a later event proves.
    public var inferred: [ShipmentState]
    /// Rows that wait for the manifest.
    public var parkedRows: Int
    /// What would be accepted now, by the partner that may send it; partners of whom nothing would be are left out.
    public var allowedNow: [(partner: String, events: [EventKind])]
  }

  /// A station that an event held reports.
  public struct Milestone: Sendable, Equatable {
    public var state: ShipmentState
    public var at: Timestamp
  }

  /// Pieces of one article.
  public struct Line: Sendable, Equatable {
    public var sku: String
    public var suborder: String
    /// Ordered pieces that this shipment holds, cancelled ones included.
    public var quantity: Int
    /// Of these the pieces that a partial cancellation took out.
    public var cancelled = 0
    /// In millionths; nil where none was given.
    public var priceMillionths: Int64?
  }

  /// What a row did.
  public enum Happening: String, Sendable {
    case created, lineAdded = "line_added", invoiceGiven = "invoice_given", assigned, confirmed, manifested
    case cancelRequested = "cancel_requested", documentsAsked = "documents_asked", scan, settled
    case returnTied = "return_tied", lineLeft = "line_left", piecesCancelled = "pieces_cancelled"
    case piecesMoved = "pieces_moved", expired
  }

  /// One thing that happened to one shipment.
  public struct Event: Sendable {
    /// When it happened, by the sender's account; when its file arrived, where the row names no time.
    public var at: Timestamp
    /// Does the row name the time itself?
    public var hasOwnTime: Bool
    /// When its file arrived: when we learned it.
    public var arrivedAt: Timestamp
    /// Place of the shipment among the story's shipments.
    public var shipment: Int
    public var happening: Happening
    /// In plain words, such as `Assigned to Ecom Express under AWB 1000000000`.
    public var words: String
    public var outcome: Outcome
    /// Why a settled row was rejected.
    public var code: RejectionCode?
    /// The shipment's state when the row was judged; nil before it existed.
    public var before: ShipmentState?
    public var after: ShipmentState
    /// Milestones that this event proves and no file reported.
    public var inferred: [ShipmentState] = []
    /// Who said so: partner, file and row.
    public var source: Source
    /// The decision that the file's ack names; nil for a file that is not decided yet.
    public var decision: DecisionNumber?
    /// Where the record lies: the order in which rows were judged.
    public var position: Position
    /// Which held event it stands for: its own record, or the parked one that was settled.
    var held: Position
  }
}

extension OrderStory {
  /// A line of the order with its pieces, wherever in the order they are.
  public struct LineBalance: Sendable, Equatable {
    public var invoice: String?
    public var suborder: String
    public var sku: String
    public var pieces: QuantityBalance
  }

  /// The order's lines, in the order of their creation; the parts of a split line are one.
  public var lineBalances: [LineBalance] {
    var balances: [LineBalance] = []
    for shipment in shipments {
      for line in shipment.lines {
        var pieces = QuantityBalance(ordered: line.quantity)
        pieces.enter(line.quantity, cancelled: line.cancelled, in: shipment.state)
        let known = balances.firstIndex { $0.invoice == shipment.invoice && $0.suborder == line.suborder }
        if let known {
          balances[known].pieces = balances[known].pieces + pieces
        } else {
          balances.append(
            LineBalance(invoice: shipment.invoice, suborder: line.suborder, sku: line.sku, pieces: pieces))
        }
      }
    }
    return balances
  }

  /// All pieces of the order.
  public var pieces: QuantityBalance { lineBalances.reduce(QuantityBalance()) { $0 + $1.pieces } }
}

extension OrderStory.Shipment {
  /// The partners' own numbers for it, for people.
  public var title: String {
    let names = [
      awb.map { "AWB \($0)" }, courier.map { "with \($0)" }, invoice.map { "invoice \($0)" },
    ].compactMap { $0 }
    return names.isEmpty ? "no carrier yet" : names.joined(separator: ", ")
  }
}
