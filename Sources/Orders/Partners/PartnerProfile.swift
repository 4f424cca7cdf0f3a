/// What a partner is, may send and gets, as data: every line of a profile can be traced to a seed.

/// The part a partner plays; ownership follows from it.
public enum Role: String, Sendable, CaseIterable {
  /// The order management system: owns every order.
  case orderManagement = "oms"
  /// Owns the shipments assigned to it.
  case carrier
  /// Owns the orders of its locations.
  case warehouse = "wms"
  /// Owns the orders it created.
  case marketplace
}

/// May a kind of file come from this partner?
public enum Permission: Sendable, Equatable {
  case allowed
  /// With the words of the seed that say why not.
  case refused(because: String)
  /// Only while a setting is on.
  case onlyWith(Setting)

  /// Why not, in the seed's words; nil where it is allowed.
  public var reason: String? {
    if case .refused(let because) = self { return because }
    return nil
  }

  public enum Setting: String, Sendable {
    case updateAvailableInventoryOnly
    case apiMode
  }
}

/// A file in the outbox that a partner gets without asking.
public enum Feed: String, Sendable, CaseIterable {
  case orders, products, locations, inventory, manifested, shipments, cancellations, tracking
}

/// A rule of the partner in one sentence, with the seed it comes from: what `waybill rules` prints below the table.
public struct PartnerRule: Sendable {
  public let sentence: String
  public let seed: String
  public init(_ sentence: String, seed: String) {
    self.sentence = sentence
    self.seed = seed
  }
}

/// One partner of the exchange.
public struct PartnerProfile: Sendable {
  /// The folder's name, which is the sender's identity.
  public var folder: String
  /// The name people use.
  public var title: String
  public var role: Role
  public var permissions: [Kind: Permission]
  public var zone: Zone = .kolkata

  /// Must a shipment be assigned before it may be confirmed?
  public var assignmentBeforeConfirmation = false
  /// Do orders that it creates wait for their carrier?
  public var ordersAwaitCarrier = false
  /// May it assign orders that a marketplace created and assigns itself?
  public var assignsMarketplaceOrders = true
  /// Are return events in its tracking refused?
  public var refusesReturnEvents = false
  /// May it add carrier credentials for a location only once?
  public var carriersOncePerLocation = false
  /// Does it get the carrier's own answer (`reply.jsonl`)?
  public var repliesInCarrierShape = false
  /// The codes in its scans and tracking.
  public var codes: CodeTable
  /// Codes of the second version of its payload, where it has one.
  public var secondCodes: CodeTable?
  /// The spellings of time it may use, by kind; `TimeFormats.usual` for the others.
  public var timeFormats: [Kind: TimeFormats] = [:]
  public var feeds: [Feed] = []
  public var rules: [PartnerRule] = []
  /// The seeds that say how a setting of `exchange.json` should stand, by the setting's key.
  public var seedsOfSettings: [String: String] = [:]

  // What `exchange.json` may change.
  /// The locations it acts on; nil: any location key.
  public var locationKeys: Set<[UInt8]>?
  public var updateAvailableInventoryOnly = true
  public var apiMode = true
  /// Do rows about unknown orders wait instead of being rejected?
  public var parkUnknown = false
  public var parkHours = 72
  public var holdHours = 24
  /// With more rejected rows than this share of a file (0 to 1) nothing of it is applied; nil: no budget.
  public var errorBudget: Double?
  /// Refuse the whole file when one row is rejected?
  public var atomicFiles = false
  public var settleSeconds = 2.0
  /// By when its first file of a kind is due; of the other kinds its habit tells. Nothing that is decided depends on it.
  public var expected: [Kind: ExpectedArrival] = [:]

  public init(folder: String, title: String, role: Role, permissions: [Kind: Permission], codes: CodeTable) {
    self.folder = folder
    self.title = title
    self.role = role
    self.permissions = permissions
    self.codes = codes
  }

  public func permission(for kind: Kind) -> Permission {
    permissions[kind] ?? .refused(because: "\(title) does not send \(kind.name) files.")
  }

  public func formats(for kind: Kind) -> TimeFormats { timeFormats[kind] ?? .usual }

  /// The six of the seeds, in the order of their folders' first mention.
  public static var builtIn: [PartnerProfile] {
    [.easyEcom, .ekart, .nexarLogistics, .booon, .ecomExpress, .dtdcRaftaar]
  }
}
