internal import Ledger
public import Orders

/// Where all shipments stand: how many in each state, for how long, and which of them nobody has heard of for too long.
public struct Standing: Sendable {
  /// The states on the way, in the order of the way; what is closed has no age.
  public var states: [StateCount] = ShipmentState.allCases.filter { !$0.isClosed }.map {
    StateCount(state: $0)
  }
  public var stuck: [StuckGroup] = []
  /// The shipments that are stuck, the longest unheard of first; of each sort of sticking a bounded number.
  public var stuckLongest: [StuckShipment] = []

  public init() {}

  public var stuckCount: Int { stuck.reduce(0) { $0 + $1.count } }

  public struct StateCount: Sendable {
    public let state: ShipmentState
    public var count = 0
    public var byAge = [Int](repeating: 0, count: Standing.ages.count)
    public var oldest: Timestamp?
    public var stuck = 0
  }

  /// Why a shipment counts as stuck.
  public enum Sticking: Int, Sendable, CaseIterable {
    case withoutCarrier, notAssigned, notConfirmed, notManifested, neverScanned, silent, returnSilent

    /// `confirmed and not manifested`
    public var words: String {
      switch self {
      case .withoutCarrier: "waiting for a carrier"
      case .notAssigned: "not assigned or confirmed"
      case .notConfirmed: "assigned and not confirmed"
      case .notManifested: "confirmed and not manifested"
      case .neverScanned: "manifested and never scanned"
      case .silent: "on the way and not heard of"
      case .returnSilent: "on the way back and not heard of"
      }
    }

    /// Goods that nobody carries although they should travel.
    public var isUrgent: Bool { self == .notManifested || self == .neverScanned }

    /// After how many hours without news.
    public var hoursMax: Int {
      switch self {
      case .withoutCarrier, .notAssigned, .notConfirmed, .notManifested: 24
      case .neverScanned: 24
      case .silent: 72
      case .returnSilent: 168
      }
    }

    public init?(_ state: ShipmentState, wasScanned: Bool) {
      switch state {
      case .awaitingCarrier: self = .withoutCarrier
      case .open: self = .notAssigned
      case .assigned: self = .notConfirmed
      case .confirmed: self = .notManifested
      case .rto, .rtoInTransit, .rtoOutForDelivery: self = .returnSilent
      case .delivered, .returned, .lost, .cancelled: return nil
      default: self = wasScanned ? .silent : .neverScanned
      }
    }
  }

  public struct StuckGroup: Sendable {
    public var sticking: Sticking
    /// Who has the goods or the next step: a courier, a warehouse, the marketplace.
    public var holder: String
    public var count = 0
    public var oldest: Timestamp
    /// The number of the order that was not heard of for longest.
    public var oldestOrder = ""

    var isUrgent: Bool { sticking.isUrgent }
  }

  public struct StuckShipment: Sendable {
    public var sticking: Sticking
    public var holder: String
    public var orderNumber: String
    public var invoice: String
    public var awb: String
    public var location: String
    public var state: ShipmentState
    public var heardOf: Timestamp
  }

  public static let ages = [
    "under 1\u{A0}d", "1 to 2\u{A0}d", "2 to 3\u{A0}d", "3 to 7\u{A0}d", "over 7\u{A0}d",
  ]
  static let ageDays: [Int64] = [1, 2, 3, 7]
  /// How many stuck shipments of a sort are named.
  public static let stuckNamedMax = 500

  static func ageClass(_ milliseconds: Int64) -> Int {
    ageDays.firstIndex { milliseconds < $0 * 86_400_000 } ?? ageDays.count
  }
}

extension Standing {
  /// Reads where every shipment stands out of the books.
  init(_ books: Books, at asOf: Timestamp, profiles: [PartnerProfile]) {
    self.init()
    var places: [UInt8: Int] = [:]
    for (place, state) in states.enumerated() { places[state.state.rawValue] = place }
    struct GroupKey: Hashable {
      let sticking: Sticking
      let holder: String
    }
    var groups: [GroupKey: (group: StuckGroup, oldest: ShipmentIndex)] = [:]
    // Goods that never left are few and young beside parcels lost on their way: neither hides the other.
    var longest = Sticking.allCases.map { _ in BoundedList<ShipmentIndex>(max: Standing.stuckNamedMax) }
    var holders = Holders(books, profiles)
    for index in books.shipments.indices {
      let record = books.shipments[index]
      guard !record.marks.contains(.emptied), let place = places[record.state.rawValue] else { continue }
      states[place].count += 1
      let age = max(0, asOf.milliseconds - record.since.milliseconds)
      states[place].byAge[Standing.ageClass(age)] += 1
      states[place].oldest = min(states[place].oldest ?? record.since, record.since)
      guard let (sticking, heard) = Standing.sticking(record, at: asOf) else { continue }
      states[place].stuck += 1
      let holder = holders.holder(of: record, sticking)
      let key = GroupKey(sticking: sticking, holder: holder)
      let shipment = ShipmentIndex(index)
      var (group, oldest) =
        groups[key] ?? (StuckGroup(sticking: sticking, holder: holder, oldest: heard), shipment)
      group.count += 1
      if heard < group.oldest { (group.oldest, oldest) = (heard, shipment) }
      groups[key] = (group, oldest)
      longest[sticking.rawValue].offer(shipment, rank: heard.milliseconds)
    }
    stuck = groups.values.map { group, oldest in
      var group = group
      group.oldestOrder = String(decoding: books.orderNumber(of: books[oldest].order), as: UTF8.self)
      return group
    }
    stuck.sort { ($1.count, $0.sticking.rawValue, $0.holder) < ($0.count, $1.sticking.rawValue, $1.holder) }
    let named = longest.flatMap(\.sorted).compactMap { shipment -> StuckShipment? in
      let record = books[shipment]
      guard let (sticking, heard) = Standing.sticking(record, at: asOf) else { return nil }
      func readable(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
      return StuckShipment(
        sticking: sticking, holder: holders.holder(of: record, sticking),
        orderNumber: readable(books.orderNumber(of: record.order)),
        invoice: readable(books.invoice(of: shipment)), awb: readable(books.awb(of: shipment)),
        location: readable(books.location(of: record.order)), state: record.state, heardOf: heard)
    }
    stuckLongest = named.enumerated().sorted {
      ($0.element.heardOf, $0.offset) < ($1.element.heardOf, $1.offset)
    }.map(\.element)
  }

  /// Why the shipment is stuck and when it was last heard of; nil: it is not.
  static func sticking(_ record: ShipmentRecord, at asOf: Timestamp) -> (Sticking, Timestamp)? {
    let wasScanned = record.newestCarrier != .distantPast
    guard let sticking = Sticking(record.state, wasScanned: wasScanned) else { return nil }
    let heard = max(record.since, record.newestHeld)
    let silence = asOf.milliseconds - heard.milliseconds
    return silence > Int64(sticking.hoursMax) * 3_600_000 ? (sticking, heard) : nil
  }
}

/// Who must move a shipment that does not move; each is named once and remembered, for there are few of them.
struct Holders {
  private let books: Books
  private let profiles: [PartnerProfile]
  /// The warehouse of each location, by the location's number.
  private var warehouses: [UInt32: String] = [:]
  private var couriers: [String?]
  private var partners: [String?]

  init(_ books: Books, _ profiles: [PartnerProfile]) {
    self.books = books
    self.profiles = profiles
    couriers = Array(repeating: nil, count: books.couriers.count)
    partners = Array(repeating: nil, count: books.partners.count)
  }

  mutating func holder(of record: ShipmentRecord, _ sticking: Standing.Sticking) -> String {
    switch sticking {
    case .withoutCarrier: creator(of: record.order)
    case .notAssigned, .notConfirmed, .notManifested: warehouse(of: record.order)
    case .neverScanned, .silent, .returnSilent: courier(record.courier)
    }
  }

  /// The name people use of a courier, by its number.
  mutating func courier(_ number: UInt32) -> String {
    if let known = couriers[Int(number)] { return known }
    let title = courierTitle(books.couriers[Int(number)], books, profiles)
    couriers[Int(number)] = title
    return title
  }

  private mutating func creator(of order: OrderIndex) -> String {
    let partner = books[order].creator
    if let known = partners[Int(partner)] { return known }
    let folder = books.partnerName(partner)
    let title = profiles.first { $0.folder == folder }?.title ?? folder
    partners[Int(partner)] = title
    return title
  }

  private mutating func warehouse(of order: OrderIndex) -> String {
    let location = books[order].location
    if let known = warehouses[location] { return known }
    let key = Array(books.location(of: order))
    let owner = profiles.first { $0.role == .warehouse && $0.locationKeys?.contains(key) == true }
    let name = String(decoding: key, as: UTF8.self)
    let holder = owner.map { "\($0.title), \(name)" } ?? "Warehouse \(name)"
    warehouses[location] = holder
    return holder
  }
}

/// The name people use of a courier: of a partner its title, of any other the text of the files.
func courierTitle(_ courier: CourierRecord, _ books: Books, _ profiles: [PartnerProfile]) -> String {
  if let partner = courier.partner {
    let folder = books.partnerName(partner)
    return profiles.first { $0.folder == folder }?.title ?? folder
  }
  return courier.text.isEmpty ? "no courier named" : String(decoding: courier.text, as: UTF8.self)
}

/// The few of the lowest rank out of many.
struct BoundedList<Item> {
  private let max: Int
  /// Kept in order of rank, then of arrival; never longer than twice the bound.
  private var items: [(rank: Int64, order: Int, item: Item)] = []
  private var offered = 0
  private var ceiling = Int64.max

  init(max: Int) { self.max = max }

  mutating func offer(_ item: Item, rank: Int64) {
    offered += 1
    if items.count >= max && rank >= ceiling { return }
    items.append((rank, offered, item))
    if items.count >= 2 * max { trim() }
  }

  var sorted: [Item] {
    var copy = self
    copy.trim()
    return copy.items.map(\.item)
  }

  private mutating func trim() {
    items.sort { ($0.rank, $0.order) < ($1.rank, $1.order) }
    if items.count > max { items.removeSubrange(max...) }
    if items.count == max, let last = items.last { ceiling = last.rank }
  }
}
