internal import Ledger
internal import Orders

/// Feeds about shipments, whoever gets them: those that may tell of a shipment, or of a change of one.
///
/// Most changes concern one feed of many: a scan moves the shipment on, and its keys stay what they were. What is said here leaves
/// out the others before anybody asks what their receivers hold (`Feeds.held`); it may name too many, never too few.
struct FeedKinds: OptionSet {
  let rawValue: UInt8

  static let orders = FeedKinds(rawValue: 1)
  static let manifested = FeedKinds(rawValue: 2)
  static let shipments = FeedKinds(rawValue: 4)
  static let cancellations = FeedKinds(rawValue: 8)
  static let tracking = FeedKinds(rawValue: 16)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Empty of a feed that is not about shipments.
  init(_ feed: Feed) {
    switch feed {
    case .orders: self = .orders
    case .manifested: self = .manifested
    case .shipments: self = .shipments
    case .cancellations: self = .cancellations
    case .tracking: self = .tracking
    case .products, .locations, .inventory: self = []
    }
  }

  /// Those of which somebody may hold a shipment that stands so.
  @inline(__always)
  init(holding standing: Standing) {
    var bits: UInt8 = 0
    let (state, marks) = (standing.state, standing.marks)
    if state != .awaitingCarrier && state != .cancelled { bits |= 1 }
    if marks.contains(.manifested) { bits |= 2 | 16 }
    if standing.awbKey == .max && state.isBeforeManifest { bits |= 4 }
    if marks.contains(.cancelRequested) || state == .cancelled { bits |= 8 }
    // Of a shipment whose lines all went to another part of the order, that part tells.
    if marks.contains(.emptied) { bits = 0 }
    rawValue = bits
  }

  /// Those that a change may be told in.
  /// - Parameter linesChanged: may its lines be others than before?
  @inline(__always)
  init(telling change: ShipmentChange, linesChanged: Bool) {
    let (before, now) = (change.before, change.now)
    let new = FeedKinds(holding: now)
    if change.isNew {
      self = new
      return
    }
    let old = FeedKinds(holding: before)
    let hasOtherKeys =
      before.courier != now.courier || before.awbKey != now.awbKey || before.invoiceKey != now.invoiceKey
    if hasOtherKeys {
      self = old.union(new)
      return
    }
    let both = old.intersection(new)
    var kinds = old.symmetricDifference(new)
    if before.state != now.state || before.since != now.since {
      kinds.formUnion(both.intersection([.tracking, .cancellations]))
    }
    if before.marks != now.marks { kinds.formUnion(both.intersection(.cancellations)) }
    if linesChanged { kinds.formUnion(both.intersection([.orders, .shipments])) }
    self = kinds
  }
}
