public import Orders

/// What the books hold in memory of each thing: only what judging the next row needs. The rest is history, in the journal.

/// An order; its state is derived from its shipments.
public struct OrderRecord: Sendable, Equatable, BitwiseCopyable {
  /// The partner that created it, as a number of `Books.partners`.
  public var creator: UInt8
  /// The warehouse, as a number of `Books.locations`.
  public var location: UInt32
  public var firstShipment: UInt32

  @inlinable
  public init(creator: UInt8, location: UInt32, firstShipment: UInt32) {
    self.creator = creator
    self.location = location
    self.firstShipment = firstShipment
  }
}

/// Marks of a shipment that are not its state.
public struct ShipmentMarks: OptionSet, Sendable, BitwiseCopyable {
  public let rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  @inlinable public func contains(_ mark: ShipmentMarks) -> Bool {
    rawValue & mark.rawValue == mark.rawValue
  }
  @inlinable public mutating func insert(_ mark: ShipmentMarks) {
    self = ShipmentMarks(rawValue: rawValue | mark.rawValue)
  }
  @inlinable public mutating func remove(_ mark: ShipmentMarks) {
    self = ShipmentMarks(rawValue: rawValue & ~mark.rawValue)
  }

  @inlinable public static var confirmed: ShipmentMarks { ShipmentMarks(rawValue: 1) }
  @inlinable public static var manifested: ShipmentMarks { ShipmentMarks(rawValue: 2) }
  @inlinable public static var cancelRequested: ShipmentMarks { ShipmentMarks(rawValue: 4) }
  @inlinable public static var holdsParked: ShipmentMarks { ShipmentMarks(rawValue: 8) }
  /// Forward events are read as their return twins.
  @inlinable public static var onReturn: ShipmentMarks { ShipmentMarks(rawValue: 16) }
  /// Its last line went to another shipment of the order: it counts no more.
  @inlinable public static var emptied: ShipmentMarks { ShipmentMarks(rawValue: 32) }
}

/// A shipment: what travels under one air waybill number, or will.
public struct ShipmentRecord: Sendable, Equatable, BitwiseCopyable {
  public var order: OrderIndex
  /// The next shipment of the same order; `UInt32.max` at the end.
  public var next: UInt32 = .max
  /// The AWB's number in `Books.awbs`; `UInt32.max` where it has none.
  public var awbKey: UInt32 = .max
  /// The number of the AWB under which its goods come back (`ref_awb`); `UInt32.max` where none was named.
  public var returnKey: UInt32 = .max
  /// The invoice id's number in `Books.invoices`; `UInt32.max` where it has none.
  public var invoiceKey: UInt32 = .max
  /// The carrier's number in `Books.couriers`; 0 = none yet.
  public var courier: UInt32 = 0
  public var state: ShipmentState
  public var marks: ShipmentMarks = []
  /// The newest carrier event held; `distantPast` where there is none.
  public var newestCarrier = Timestamp.distantPast
  /// The newest of carrier events and cancel requests held.
  public var newestHeld = Timestamp.distantPast
  /// The time of the event that put it into its state.
  public var since: Timestamp
  /// The record that put it into its state.
  public var setBy: Position
  /// The newest record about it; each record names the one before.
  public var head: Position
  /// A filter over the identities of carrier events without a scan number: a clear bit proves that one is new.
  public var identities: UInt64 = 0

  @inlinable
  public init(order: OrderIndex, state: ShipmentState, since: Timestamp, setBy: Position, head: Position) {
    self.order = order
    self.state = state
    self.since = since
    self.setBy = setBy
    self.head = head
  }

  @inlinable public var hasAWB: Bool { awbKey != .max }
}

/// A line of a shipment: pieces of one article.
///
/// Its shipment stands before its key, and the key's number is the line's.
public struct LineRecord: Sendable, Equatable, BitwiseCopyable {
  // The pieces; of a line that is gone their complement. Words of four bytes, so that a record has no more than twelve.
  private var pieces: Int32
  private var contentLow: UInt32
  private var contentHigh: UInt32

  public init(quantity: Int32, content: UInt64) {
    pieces = quantity
    contentLow = UInt32(truncatingIfNeeded: content)
    contentHigh = UInt32(truncatingIfNeeded: content >> 32)
  }

  /// Pieces ordered that this shipment holds; how many of them are cancelled is history, as no other row needs it.
  public var quantity: Int32 {
    get { isGone ? ~pieces : pieces }
    set { pieces = isGone ? ~newValue : newValue }
  }

  /// It went to another shipment of the order.
  public var isGone: Bool { pieces < 0 }

  mutating func leave() { pieces = ~quantity }

  /// A hash of what must be equal for the same line again to be a duplicate (product.md section 5, identity).
  public var content: UInt64 { UInt64(contentHigh) << 32 | UInt64(contentLow) }
}

/// What lies on a shelf.
public struct StockRecord: Sendable, Equatable, BitwiseCopyable {
  public var quantity: Int32
  public var updatedAt: Timestamp
  public var position: Position
}

/// A carrier's account at a location: a fingerprint only, never a credential.
public struct AccountRecord: Sendable, Equatable, BitwiseCopyable {
  public var fingerprint: UInt64
  public var position: Position
}

/// A product of the master.
public struct ProductRecord: Sendable, Equatable, BitwiseCopyable {
  public var content: UInt64
  public var position: Position
}

/// A row that waits, or waited, for an order or AWB that nobody knew (`parkUnknown`).
public struct WaitingRecord: Sendable, Equatable, BitwiseCopyable {
  /// Its record in the journal, which holds all of it.
  public var position: Position
  /// The row's event time, or the arrival of its file where it has none.
  public var time: Timestamp
  /// The row that waited for the same key before it; `UInt32.max` at the first.
  public var earlier: UInt32
  /// The partner that sent it.
  public var sender: UInt8
  /// It waits no more.
  public var isOver = false
}

/// A file that was decided on.
public struct FileRecord: Sendable, Equatable {
  public var partner: UInt8
  public var name: [UInt8]
  public var kind: Kind?
  /// The claim it was judged under; nil for a held file, which still lies in its inbox.
  public var claim: ClaimNumber?
  public var decision: DecisionNumber
  public var sha256: [UInt8]
  public var byteCount: Int64
  public var receivedAt: Timestamp
  public var outcome: FileOutcome
  /// The code it was refused or held with as a whole.
  public var refusal: RejectionCode?
  public var counts: RowCounts
  public var totals: ControlTotals
  /// The number in the names of its answers; nil for the first file of its name.
  public var tilde: DecisionNumber?
  /// How many settled files of it were published.
  public var settledFiles: UInt32
  /// Everything that was published with the decision, for whichever partner.
  public var answers: [PublishedAnswer]
  /// The files (by claim) whose parked rows the decision settled.
  public var settled: [ClaimNumber]
  /// The feeds that got a file of their own with the decision.
  public var feeds: [FedPartner]
  /// The file lies in quarantine instead of the archive.
  public var isQuarantined: Bool
  /// The same upload was held before: its ack takes the place of the held one's.
  public var endsHold: Bool
  /// The digest under which the archive keeps it: another than its own where credentials were masked.
  public var archivedAs: [UInt8]
  /// The SHA-256 of the configuration it was judged under.
  public var configuration: [UInt8]
  /// The digests of the fonts that its documents embed: with them the documents are a function of the ledger.
  public var fonts: [[UInt8]] = []

  public init(
    partner: UInt8, name: [UInt8], kind: Kind?, claim: ClaimNumber?, decision: DecisionNumber,
    sha256: [UInt8],
    byteCount: Int64, receivedAt: Timestamp, outcome: FileOutcome, refusal: RejectionCode? = nil,
    counts: RowCounts = RowCounts(), totals: ControlTotals = ControlTotals(), tilde: DecisionNumber? = nil,
    answers: [PublishedAnswer] = [],
    settled: [ClaimNumber] = [], feeds: [FedPartner] = [], isQuarantined: Bool = false,
    endsHold: Bool = false, archivedAs: [UInt8]? = nil, configuration: [UInt8] = []
  ) {
    self.partner = partner
    self.name = name
    self.kind = kind
    self.claim = claim
    self.decision = decision
    self.sha256 = sha256
    self.byteCount = byteCount
    self.receivedAt = receivedAt
    self.outcome = outcome
    self.refusal = refusal
    self.counts = counts
    self.totals = totals
    self.tilde = tilde
    settledFiles = 0
    self.answers = answers
    self.settled = settled
    self.feeds = feeds
    self.isQuarantined = isQuarantined
    self.endsHold = endsHold
    self.archivedAs = archivedAs ?? sha256
    self.configuration = configuration
  }
}

/// A partner's feed, whose files are numbered from 1.
public struct FedPartner: Sendable, Hashable {
  public let partner: UInt8
  public let feed: Feed

  public init(partner: UInt8, feed: Feed) {
    self.partner = partner
    self.feed = feed
  }
}

/// A file of the outbox and what must be in it.
public struct PublishedAnswer: Sendable, Equatable {
  /// The partner's folder.
  public var partner: UInt8
  public var name: [UInt8]
  public var sha256: [UInt8]
  public var byteCount: Int64
  public var bytes: Bytes

  /// Where the bytes are until they are delivered.
  public enum Bytes: Sendable, Equatable {
    /// In the journal, in the blob frame at this offset.
    case blob(UInt64)
    /// In `ledger/asides` under this name.
    case staged([UInt8])
  }

  public init(partner: UInt8, name: [UInt8], sha256: [UInt8], byteCount: Int64, bytes: Bytes) {
    self.partner = partner
    self.name = name
    self.sha256 = sha256
    self.byteCount = byteCount
    self.bytes = bytes
  }
}

/// A carrier as the files name it.
public struct CourierRecord: Sendable, Equatable {
  /// As it was first written.
  public var text: [UInt8]
  /// The partner whose folder it names; nil: no partner of ours.
  public var partner: UInt8?
}
