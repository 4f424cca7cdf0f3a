/// Goods that were seen after their shipment was cancelled: goods beat paperwork (product.md section 5).
///
/// Nothing of this is stored. A shipment that is cancelled and holds a carrier's event of that time or later is looked at; its
/// history says whether goods were in somebody's hands. So the list is the same in whatever order the rows arrived, and a
/// shipment leaves it when a late pickup turns its cancellation into a return.

public import Ledger
public import Orders

/// One scan of goods that should not have travelled.
public struct ScanException: Sendable, Equatable {
  /// The folder of the partner that saw them.
  public var partner: String
  public var orderNumber: String
  public var awb: String
  /// As the carrier's table spells it.
  public var code: String
  public var location: String
  public var seenAt: Timestamp
  public var cancelledAt: Timestamp
  public var file: String
  public var row: UInt32

  public init(
    partner: String, orderNumber: String, awb: String, code: String, location: String, seenAt: Timestamp,
    cancelledAt: Timestamp, file: String, row: UInt32
  ) {
    self.partner = partner
    self.orderNumber = orderNumber
    self.awb = awb
    self.code = code
    self.location = location
    self.seenAt = seenAt
    self.cancelledAt = cancelledAt
    self.file = file
    self.row = row
  }
}

public struct ScanExceptions: Sendable {
  /// How many there are, by the folder of the partner that saw the goods.
  public private(set) var counts: [String: Int] = [:]
  /// The newest of them, newest first, at most as many as were asked for.
  public private(set) var newest: [ScanException] = []

  /// How many came in files that arrived from a time on, where that was asked for.
  public private(set) var recent = 0

  public init() {}

  public var total: Int { counts.values.reduce(0, +) }

  /// A physical scan of a cancelled shipment that is not older than its cancellation.
  struct Found {
    var shipment: ShipmentIndex
    var position: Position
    var partner: UInt8
    var event: Effect.CarrierEntry
    var code: String
    var location: String
    var arrivedAt: Timestamp
  }

  /// - Parameters:
  ///   - profiles: of every partner, found by its folder.
  ///   - listedMax: how many are listed; all are counted.
  ///   - recentFrom: those whose files arrived from then on are counted once more.
  public init(
    books: Books, history: History, profiles: [PartnerProfile], listedMax: Int, recentFrom: Timestamp? = nil
  ) throws {
    var found: [Found] = []
    for index in books.shipments.indices {
      let seen = try ScanExceptions.found(of: ShipmentIndex(index), books, history, profiles)
      for one in seen { counts[books.partnerName(one.partner), default: 0] += 1 }
      if let recentFrom { recent += seen.count { $0.arrivedAt >= recentFrom } }
      found += seen
      if found.count > 2 * listedMax + 1000 { ScanExceptions.keepNewest(&found, listedMax) }
    }
    ScanExceptions.keepNewest(&found, listedMax)
    newest = try found.map { one in
      let entry = try history.entry(at: one.position, countingRows: true)
      let record = books[one.shipment]
      let awb = one.event.isOnReturnAWB ? books.returnAWB(of: one.shipment) : books.awb(of: one.shipment)
      return ScanException(
        partner: books.partnerName(one.partner),
        orderNumber: StoryWords.readable(books.orderNumber(of: record.order)), awb: StoryWords.readable(awb),
        code: one.code, location: one.location, seenAt: one.event.time, cancelledAt: record.since,
        file: books.file(of: entry.claim).map { StoryWords.readable($0.name[...]) } ?? "", row: entry.row)
    }
  }

  /// The physical scans of a shipment that are not older than its cancellation; none where it is not cancelled.
  static func found(
    of shipment: ShipmentIndex, _ books: Books, _ history: History, _ profiles: [PartnerProfile]
  ) throws -> [Found] {
    var found: [Found] = []
    let since = books[shipment].since
    guard books[shipment].state == .cancelled,
      books[shipment].newestCarrier >= since || books[shipment].marks.contains(.holdsParked)
    else { return [] }
    for entry in try history.entries(of: shipment, from: books[shipment].head) {
      guard let sender = books.file(of: entry.claim)?.partner else { continue }
      for case .carrier(shipment, let event) in entry.record.effects
      where event.time >= since && event.code != .max {
        let profile = profiles.first { $0.folder == books.partnerName(sender) }
        guard let table = event.isSecondVersion ? profile?.secondCodes : profile?.codes,
          Int(event.code) < table.codes.count, table[event.code].scanClass.isPhysical
        else { continue }
        found.append(
          Found(
            shipment: shipment, position: entry.position, partner: sender, event: event,
            code: table[event.code].code, location: StoryWords.readable(entry.bytes[event.location.range]),
            arrivedAt: entry.arrival))
      }
    }
    return found
  }

  private static func keepNewest(_ found: inout [Found], _ count: Int) {
    found.sort { ($1.event.time, $1.position) < ($0.event.time, $0.position) }
    found.removeLast(max(0, found.count - count))
  }
}
