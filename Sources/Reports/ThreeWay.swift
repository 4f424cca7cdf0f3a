/// The three-way reconciliation: what was ordered, what was manifested and what was scanned, held against each other.
///
/// Every shipment of the ledger has exactly one place in it: it ended in order, it is on its way within its time, a split left it
/// empty, or one difference says what is missing on which side. So the places add up to the shipments that came into being, and
/// each side is counted twice: as the books say it, and as the journal's rows were counted one by one. The differences themselves
/// are handed out line by line and never kept.

public import Orders

public struct ThreeWay: Sendable {
  public let day: ReportDay
  /// When ages are counted to.
  public var asOf: Timestamp
  public var lastDecision = DecisionNumber(0)
  /// Every shipment, by what orders, manifests and scans know of it.
  public var places = Places()
  public var balances: [Balance] = []
  /// The differences by sort and by who has the next move, the most frequent first.
  public var groups: [Group] = []
  /// Lines that there was no room for.
  public var linesLeftOut = 0

  public init(day: ReportDay, asOf: Timestamp) {
    self.day = day
    self.asOf = asOf
  }

  public var differences: Int { groups.reduce(linesLeftOut) { $0 + $1.count } }
  public var isBalanced: Bool { balances.allSatisfy { $0.left == $0.right } }

  /// What a line is about.
  public enum Sort: Int, Sendable, CaseIterable {
    case fileMissing, fileLate
    case notOrdered, notAssigned, notConfirmed, notManifested, scannedNotManifested
    case notScanned, scansStopped, deliveredUnseen, seenAfterCancellation
    case quantityDiffers

    /// The fixed word for machines.
    public var word: String {
      switch self {
      case .fileMissing: "file_missing"
      case .fileLate: "file_late"
      case .notOrdered: "sent_not_ordered"
      case .notAssigned: "ordered_not_assigned"
      case .notConfirmed: "assigned_not_confirmed"
      case .notManifested: "confirmed_not_manifested"
      case .scannedNotManifested: "scanned_not_manifested"
      case .notScanned: "manifested_not_scanned"
      case .scansStopped: "scans_stopped"
      case .deliveredUnseen: "delivered_without_pickup"
      case .seenAfterCancellation: "cancelled_yet_scanned"
      case .quantityDiffers: "quantities_differ"
      }
    }

    public var words: String {
      switch self {
      case .fileMissing: "a file that was due did not come"
      case .fileLate: "a file came later than due"
      case .notOrdered: "sent, and of no known order"
      case .notAssigned: "ordered, and neither assigned nor confirmed"
      case .notConfirmed: "assigned, and not confirmed"
      case .notManifested: "confirmed, and on no manifest"
      case .scannedNotManifested: "scanned, and on no manifest"
      case .notScanned: "manifested, and never scanned"
      case .scansStopped: "scanned, and not heard of any more"
      case .deliveredUnseen: "delivered, and never seen on the way"
      case .seenAfterCancellation: "cancelled, and scanned all the same"
      case .quantityDiffers: "the quantities differ"
      }
    }

    public var cause: String {
      switch self {
      case .fileMissing: "The upload failed or was forgotten, or lies held in the inbox."
      case .fileLate: "The sender's own export ran late."
      case .notOrdered: "The order's own file was rejected or not sent, or a key was misspelled."
      case .notAssigned:
        "The order waits at its warehouse or its carrier, or the file that says otherwise was rejected or not sent."
      case .notConfirmed: "Nobody packed it yet, or its confirmation was rejected or not sent."
      case .notManifested: "The goods were not handed over, or the manifest was rejected or not sent."
      case .scannedNotManifested: "The goods were handed over and their manifest was rejected or not sent."
      case .notScanned: "The courier did not take the goods, or its scans do not come."
      case .scansStopped: "The parcel lies somewhere or is lost, or the courier's scans do not come."
      case .deliveredUnseen:
        "The courier's scans before the delivery did not come, or the delivery is another parcel's."
      case .seenAfterCancellation:
        "The goods were handed over before the cancellation was known where they lay."
      case .quantityDiffers: "One of the two sides changed the order after it was sent."
      }
    }

    public var remedy: String {
      switch self {
      case .fileMissing: "Ask the sender for it; look for held uploads with `waybill status`."
      case .fileLate: "Nothing to mend; tell the sender if it happens again."
      case .notOrdered: "Send the orders and assignments that the rows wait for, or correct their keys."
      case .notAssigned: "Assign or confirm it, or cancel what cannot be served."
      case .notConfirmed: "Confirm what is packed, or cancel."
      case .notManifested: "Send the manifest if the goods were handed over; hand them over if not."
      case .scannedNotManifested: "Send the manifest; the rows that wait are applied the moment it lands."
      case .notScanned:
        "Ask the courier for its pickup scan; without one the goods still lie in the warehouse."
      case .scansStopped: "Ask the courier where they are; declare lost what it cannot find."
      case .deliveredUnseen: "Ask the courier for its scans and for the proof of delivery."
      case .seenAfterCancellation: "Have the warehouse find the goods, or the carrier send them back."
      case .quantityDiffers: "Compare the row with `waybill order`, and send the quantity that holds."
      }
    }
  }

  /// One difference, both sides beside each other.
  public struct Line: Sendable {
    public var sort: Sort
    public var orderNumber = ""
    public var invoice = ""
    public var awb = ""
    public var courier = ""
    public var location = ""
    /// What each side says, in words with times.
    public var ordersSay = ""
    public var manifestsSay = ""
    public var scansSay = ""
    /// Since when it is so; nil where no time says it.
    public var since: Timestamp?
    /// Who has the next move.
    public var who: String
  }

  public struct Group: Sendable {
    public let sort: Sort
    public let who: String
    public var count = 0
    public var oldest: Timestamp?
  }

  /// Two sides of one count, taken apart from each other.
  public struct Balance: Sendable {
    public let what: String
    public let left: Int
    public let right: Int
  }

  /// Every shipment in exactly one place.
  public struct Places: Sendable {
    /// Delivered, returned, lost or cancelled, and nothing about it differs.
    public var ended = 0
    public var inTime = 0
    /// Left without a line by a split.
    public var emptied = 0
    public var differing = 0
    /// By what is known of it, emptied ones left out: bit 0 a manifest, bit 1 a scan, waiting ones included.
    public var bySides = [0, 0, 0, 0]

    public var sum: Int { ended + inTime + emptied + differing }
  }
}

/// Enters lines into the groups they belong to.
struct ThreeWayGroups {
  private struct Key: Hashable {
    let sort: ThreeWay.Sort
    let who: String
  }
  private var groups: [Key: ThreeWay.Group] = [:]

  mutating func enter(_ sort: ThreeWay.Sort, _ who: String, since: Timestamp?) {
    let key = Key(sort: sort, who: who)
    var group = groups[key] ?? ThreeWay.Group(sort: sort, who: who)
    group.count += 1
    if let since { group.oldest = min(group.oldest ?? since, since) }
    groups[key] = group
  }

  var sorted: [ThreeWay.Group] {
    groups.values.sorted {
      ($0.sort.rawValue, $1.count, $0.who) < ($1.sort.rawValue, $0.count, $1.who)
    }
  }
}
