/// The touchpoints of the five seeds: what each of them says is exchanged, which file that is here, which rule holds for it, and
/// what proves it.
///
/// `waybill rules --touchpoints` and README.md print this table; a test holds every rule against the profiles and looks up every
/// proof. The rows themselves stand in `Touchpoints+Marketplace.swift` and its neighbours.

/// One line of a seed that says what is exchanged, or is not.
public struct Touchpoint: Sendable {
  /// `booon-marketplace`, and so on: the name of the seed.
  public let seed: String
  /// Where in the seed: the row of its table, or the heading above the sentence.
  public let place: String
  /// The seed's own words, shortened.
  public let words: String
  public let files: [TouchpointFile]
  public let rules: [TouchpointRule]
  public let proofs: [TouchpointProof]

  init(
    _ seed: String, _ place: String, _ words: String, _ files: [TouchpointFile], _ rules: [TouchpointRule],
    _ proofs: [TouchpointProof]
  ) {
    self.seed = seed
    self.place = place
    self.words = words
    self.files = files
    self.rules = rules
    self.proofs = proofs
  }

  /// Every touchpoint, seed by seed, in the order of the seeds' own text.
  public static let all = booon + dtdc + ecomExpress + ekart + nexar
}

/// The file, or the folder, that a touchpoint is here.
public enum TouchpointFile: Sendable, Equatable {
  /// The partner's inbox as a whole: who may write there is the partner.
  case folder(String)
  /// A file that a partner drops.
  case inbox(String, Kind)
  /// A feed that a partner gets.
  case feed(String, Feed)
  /// The documents that a partner asked for.
  case documents(String)
  /// The carrier's own answer to its scans.
  case reply(String)
  /// The operator's settings.
  case configuration

  /// The partner whose folder it lies in.
  public var partner: String? {
    switch self {
    case .folder(let partner), .inbox(let partner, _), .feed(let partner, _), .documents(let partner),
      .reply(let partner):
      partner
    case .configuration: nil
    }
  }

  /// The path, with the kind's or the feed's own name in it.
  public var path: String {
    switch self {
    case .folder(let partner): "inbox/\(partner)/"
    case .inbox(let partner, let kind): "inbox/\(partner)/\(kind.name)…"
    case .feed(let partner, let feed): "outbox/\(partner)/feed-\(feed.rawValue)-N.json"
    case .documents(let partner): "outbox/\(partner)/documents/"
    case .reply(let partner): "outbox/\(partner)/….reply.jsonl"
    case .configuration: "exchange.json"
    }
  }
}

/// What proves a touchpoint.
public enum TouchpointProof: Sendable, Equatable {
  /// A golden exchange, by its folder in `fixtures/exchanges`.
  case exchange(String)
  /// A smallest input, by its folder in `fixtures/errors`.
  case error(String)
  /// A test, by its file in `Tests` and its sentence.
  case test(String, String)

  public var words: String {
    switch self {
    case .exchange(let name): "exchanges/\(name)"
    case .error(let name): "errors/\(name)"
    case .test(let file, let sentence): "\(file): \(sentence)"
    }
  }
}

/// A rule that a profile, the state machine or a table of columns really holds: `isKept` asks them.
public enum TouchpointRule: Sendable, Equatable {
  /// The folder is the sender's identity, and the login leads into it.
  case identity(String)
  /// A partner sends files of the kind.
  case sends(String, Kind)
  /// It does while the setting is on.
  case sendsWhile(String, Kind, Permission.Setting)
  /// Files of the kind are refused whole.
  case refuses(String, Kind)
  case gets(String, Feed)
  case getsNo(String, Feed)
  /// Every row of the kind must have the column.
  case needs(Kind, Column)
  /// A row of the kind may have the column.
  case mayHave(Kind, Column)
  /// What the table says for a partner.
  case step(String, ShipmentState, EventKind, Step)
  case assignmentBeforeConfirmation(String)
  case assignmentOptional(String)
  case ordersAwaitCarrier(String)
  /// It may not assign orders of a marketplace.
  case leavesMarketplaceOrders(String)
  case credentialsOnce(String)
  case refusesReturnStates(String)
  case repliesInCarrierShape(String)
  /// A code of the partner asks for the event.
  case code(String, String, EventKind)
  /// Times of the kind may be spelled so.
  case times(String, Kind, TimeFormats)
  /// Files that wait together are taken in this order.
  case order([Kind])
  /// Only orders at the locations that the configuration names for the partner.
  case ownLocations(String)
}

extension TouchpointRule {
  /// Do the built-in profiles and tables say so?
  public var isKept: Bool {
    switch self {
    case .identity(let name): profile(name) != nil
    case .sends(let name, let kind): profile(name)?.permission(for: kind) == .allowed
    case .sendsWhile(let name, let kind, let setting):
      profile(name)?.permission(for: kind) == .onlyWith(setting)
    case .refuses(let name, let kind): profile(name)?.permission(for: kind).reason != nil
    case .gets(let name, let feed): profile(name)?.feeds.contains(feed) == true
    case .getsNo(let name, let feed): profile(name)?.feeds.contains(feed) == false
    case .needs(let kind, let column): kind.columns.contains { $0.column == column && $0.isRequired }
    case .mayHave(let kind, let column): kind.columns.contains { $0.column == column && !$0.isRequired }
    case .step(let name, let state, let event, let step):
      profile(name).map { Transitions.step(state, event, for: $0) } == step
    case .assignmentBeforeConfirmation(let name): profile(name)?.assignmentBeforeConfirmation == true
    case .assignmentOptional(let name): profile(name)?.assignmentBeforeConfirmation == false
    case .ordersAwaitCarrier(let name): profile(name)?.ordersAwaitCarrier == true
    case .leavesMarketplaceOrders(let name): profile(name)?.assignsMarketplaceOrders == false
    case .credentialsOnce(let name): profile(name)?.carriersOncePerLocation == true
    case .refusesReturnStates(let name): profile(name)?.refusesReturnEvents == true
    case .repliesInCarrierShape(let name): profile(name)?.repliesInCarrierShape == true
    case .code(let name, let code, let event):
      profile(name).map { profile in
        profile.codes.find(Array(code.utf8).span).map { profile.codes[$0].scanClass.event } == event
      } == true
    case .times(let name, let kind, let formats):
      profile(name)?.formats(for: kind).isSuperset(of: formats) == true
    case .order(let kinds): zip(kinds, kinds.dropFirst()).allSatisfy { $0.step < $1.step }
    case .ownLocations(let name):
      profile(name).map { $0.role == .warehouse || $0.role == .marketplace } == true
    }
  }

  private func profile(_ folder: String) -> PartnerProfile? {
    PartnerProfile.builtIn.first { $0.folder == folder }
  }

  /// The rule in a few words, for people.
  public var words: String {
    switch self {
    case .identity(let name): "whoever may write into inbox/\(name) is \(name)"
    case .sends(let name, let kind): "\(name) sends \(kind.name)"
    case .sendsWhile(let name, let kind, let setting):
      "\(name) sends \(kind.name) while \(setting.rawValue) is on"
    case .refuses(let name, let kind): "\(kind.name) of \(name) are refused whole"
    case .gets(let name, let feed): "\(name) gets the feed \(feed.rawValue)"
    case .getsNo(let name, let feed): "\(name) gets no feed \(feed.rawValue)"
    case .needs(let kind, let column): "\(kind.name) need \(column.canonicalName)"
    case .mayHave(let kind, let column): "\(kind.name) may have \(column.canonicalName)"
    case .step(_, let state, let event, let step): "\(state.name) + \(event.name): \(words(step))"
    case .assignmentBeforeConfirmation(let name): "\(name) assigns before it confirms"
    case .assignmentOptional(let name): "\(name) may confirm without an assignment"
    case .ordersAwaitCarrier(let name): "orders of \(name) are awaiting_carrier until it assigns them"
    case .leavesMarketplaceOrders(let name): "\(name) may not assign a marketplace's orders"
    case .credentialsOnce(let name): "\(name) adds credentials one time for one location"
    case .refusesReturnStates(let name): "return states of \(name) are refused"
    case .repliesInCarrierShape(let name): "\(name) is answered in its own shape"
    case .code(_, let code, let event): "\(code) asks for \(event.name)"
    case .times(_, let kind, let formats):
      formats == .blankShort ? "times of \(kind.name): YYYY-mm-dd H:M:S" : "times of \(kind.name)"
    case .order(let kinds): "taken in the order " + kinds.map(\.name).joined(separator: ", ")
    case .ownLocations(let name): "\(name) acts on, and hears of, the location keys configured for it"
    }
  }

  private func words(_ step: Step) -> String {
    switch step {
    case .moves(let state): state.name
    case .stays: "accepted"
    case .refused(let code): "refused (\(code.name))"
    case .parked, .recorded, .duplicate: step.name
    }
  }
}
