/// The history of one order, as values: what customer service is asked about.

import Orders

/// An order with everything that happened to it.
struct OrderStory {
  /// How the order was found.
  enum Key: String { case orderNumber = "order number", awb = "AWB", invoice = "invoice id" }

  /// What was asked for, and as what it was found.
  var asked: String
  var foundBy: Key
  /// What was known at this time; nil: everything.
  var asOf: Timestamp?

  var orderNumber: String
  /// The partner that created it.
  var creator: String
  var createdAt: Timestamp?
  var orderedAt: Timestamp?
  var marketplace: String?
  var locationKey: String?
  var paymentMode: String?
  /// Derived from its shipments.
  var state: ShipmentState
  var shipments: [Shipment]
  /// In the order in which the ledger learned of them.
  var events: [Event]

  struct Shipment {
    var invoice: String?
    var awb: String?
    /// The courier as it was named.
    var courier: String?
    /// The AWB that it is the return of, or that returns it.
    var pairedAWB: String?
    var state: ShipmentState
    var since: Timestamp?
    var setBy: Source?
    var lines: [Line]
    /// Milestones that no scan reported but a later one proves.
    var inferred: [ShipmentState]
    /// What would be accepted now, and from whom.
    var allowedNow: [(partner: String, events: [EventKind])]
    /// Rows that wait for an earlier step.
    var parkedRows: Int
  }

  struct Line {
    var sku: String
    var quantity: Int
    var price: String?
  }

  /// Something a row of a file asked, and what it came to.
  struct Event {
    enum Step: Equatable {
      case created(lines: Int)
      case lineAdded
      case asked(EventKind)
      /// A code that the carrier's table does not have.
      case unknownCode(String)
    }

    /// When it happened, by the partner's own account.
    var at: Timestamp?
    /// When its file was taken in.
    var arrivedAt: Timestamp
    var step: Step
    var awb: String?
    /// The partner's own words: a status, a reason, a manifest number, a place.
    var detail: String?
    var outcome: Outcome
    var code: RejectionCode?
    var before: ShipmentState?
    var after: ShipmentState?
    var source: Source
    var decision: DecisionNumber
  }
}
