/// The story of an order: everything that the partners' files said about it, what each came to, and where it stands.
///
/// It is read from the books (where things stand) and the history (how they came there), and written as lines for customer
/// service or as JSON. Rejected rows changed nothing and are no part of it; they stand in the sender's errors file.

package import Orders

/// An order, found by one of its numbers, with the whole history of its shipments.
package struct OrderStory: Sendable {
  /// The number by which it was found.
  package enum Key: String, Sendable {
    case orderNumber = "order_number"
    case awb = "awb_number"
    case invoice = "invoice_id"
  }

  /// Stands in place of a partner where no file said so: rows that waited too long are rejected by the exchange itself.
  package static let expirySource = "the nightly expiry"

  /// What was asked for.
  package var asked: String
  package var foundBy: Key
  /// Only what had happened by then is told; nil: everything.
  package var asOf: Timestamp?
  /// Only what had arrived by then is told; nil: everything.
  package var knownAt: Timestamp?

  package var orderNumber: String
  /// The folder of the partner that created it.
  package var creator: String
  package var locationKey: String
  /// Derived from its shipments: the least advanced that is not cancelled.
  package var state: ShipmentState
  package var shipments: [Shipment]
  /// Oldest first by the time it happened, then by arrival.
  package var events: [Event]
  /// The names people use for the partners' folders.
  package var titles: [String: String]

  /// What travels, or will travel, under one AWB.
  package struct Shipment: Sendable {
    package var invoice: String?
    package var awb: String?
    /// The courier as it was first named.
    package var courier: String?
    package var state: ShipmentState
    package var since: Timestamp
    /// The file and row that put it into its state.
    package var setBy: Source?
    package var lines: [Line]
    /// Number and date of the seller's own invoice, where the confirmation brought them.
    package var invoiceNumber: String?
    package var invoiceDate: Timestamp?
    /// The stations of its way that carriers reported, each with the time of the first event that did; in event order.
    package var milestones: [Milestone]
    /// Milestones that no file reported and a later event proves.
    package var inferred: [ShipmentState]
    /// Rows that wait for the manifest.
    package var parkedRows: Int
    /// What would be accepted now, by the partner that may send it; partners of whom nothing would be are left out.
    package var allowedNow: [(partner: String, events: [EventKind])]
  }

  /// A station that an event held reports.
  package struct Milestone: Sendable, Equatable {
    package var state: ShipmentState
    package var at: Timestamp
  }

  /// Pieces of one article.
  package struct Line: Sendable, Equatable {
    package var sku: String
    package var suborder: String
    /// Ordered pieces that this shipment holds, cancelled ones included.
    package var quantity: Int
    /// Of these the pieces that a partial cancellation took out.
    package var cancelled = 0
    /// In millionths; nil where none was given.
    package var priceMillionths: Int64?
  }

  /// What a row did.
  package enum Happening: String, Sendable {
    case created, lineAdded = "line_added", invoiceGiven = "invoice_given", assigned, confirmed, manifested
    case cancelRequested = "cancel_requested", documentsAsked = "documents_asked", scan, settled
    case returnTied = "return_tied", lineLeft = "line_left", piecesCancelled = "pieces_cancelled"
    case piecesMoved = "pieces_moved", expired
  }

  /// One thing that happened to one shipment.
  package struct Event: Sendable {
    /// When it happened, by the sender's account; when its file arrived, where the row names no time.
    package var at: Timestamp
    /// Does the row name the time itself?
    package var hasOwnTime: Bool
    /// When its file arrived: when we learned it.
    package var arrivedAt: Timestamp
    /// Place of the shipment among the story's shipments.
    package var shipment: Int
    package var happening: Happening
    /// In plain words, such as `Assigned to Ecom Express under AWB 1000000000`.
    package var words: String
    package var outcome: Outcome
    /// Why a settled row was rejected.
    package var code: RejectionCode?
    /// The shipment's state when the row was judged; nil before it existed.
    package var before: ShipmentState?
    package var after: ShipmentState
    /// Milestones that this event proves and no file reported.
    package var inferred: [ShipmentState] = []
    /// Who said so: partner, file and row.
    package var source: Source
    /// The decision that the file's ack names; nil for a file that is not decided yet.
    package var decision: DecisionNumber?
    /// Where the record lies: the order in which rows were judged.
    package var position: Position
    /// Which held event it stands for: its own record, or the parked one that was settled.
    var held: Position
  }
}

extension OrderStory {
  /// A line of the order with its pieces, wherever in the order they are.
  package struct LineBalance: Sendable, Equatable {
    package var invoice: String?
    package var suborder: String
    package var sku: String
    package var pieces: QuantityBalance
  }

  /// The order's lines, in the order of their creation; the parts of a split line are one.
  package var lineBalances: [LineBalance] {
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
  package var pieces: QuantityBalance { lineBalances.reduce(QuantityBalance()) { $0 + $1.pieces } }
}

extension OrderStory.Shipment {
  /// The partners' own numbers for it, for people.
  package var title: String {
    let names = [
      awb.map { "AWB \($0)" }, courier.map { "with \($0)" }, invoice.map { "invoice \($0)" },
    ].compactMap { $0 }
    return names.isEmpty ? "no carrier yet" : names.joined(separator: ", ")
  }
}
