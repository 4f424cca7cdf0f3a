public import Orders

/// A deed: what the exchange decides of its own accord or at its operator's word, without a file.
///
/// It is a transaction like a file's: BEGIN names it and carries its clock, its rows say what changed, its COMMIT has the next
/// decision number and names what is published because of it. So it is replayed, delivered and recovered as a file is.
public struct DeedRecord: Sendable, Equatable {
  public enum Kind: UInt8, CaseIterable, Sendable {
    /// Rows that waited too long for an earlier step are rejected.
    case expiry = 1
    /// An answer that its partner deleted or edited is published once more.
    case reissue = 2
    /// From now on nothing is taken out of a partner's inbox.
    case pause = 3
    /// The partner's inbox is taken from again.
    case resume = 4
    /// A file goes from quarantine back into the inbox that it came from.
    case release = 5
    /// Receivers of feeds are told what the settings now in force give them and those before did not, or the reverse.
    case terms = 6

    public var name: String {
      switch self {
      case .expiry: "expiry"
      case .reissue: "reissue"
      case .pause: "pause"
      case .resume: "resume"
      case .release: "release"
      case .terms: "terms"
      }
    }
  }

  public var kind: Kind
  public var decision: DecisionNumber
  /// The clock of the deed: what its BEGIN says.
  public var at: Timestamp
  /// The request that it carries out; the same request is never carried out twice.
  public var request: RequestNumber
  /// Why it was asked for, in the operator's words; empty where no reason is asked.
  public var reason: [UInt8]
  /// What the rows of an expiry came to.
  public var counts: RowCounts
  /// Everything that is published with it.
  public var answers: [PublishedAnswer]
  /// The files (by claim) whose parked rows it settled.
  public var settled: [ClaimNumber]
  /// Of a reissue: the digest of the other bytes that lay in the outbox under the name; empty where nothing did.
  public var replaced: [UInt8]
  /// The SHA-256 of the configuration it was done under.
  public var configuration: [UInt8]
  /// Who asked for it: a login's name; empty where nobody was asked for one.
  public var by: [UInt8] = []
  /// What it is about: a partner's folder, or a name in quarantine; empty where its answers say that.
  public var subject: [UInt8] = []
  /// The feeds that got a file of their own with it.
  public var feeds: [FedPartner] = []

  public init(
    _ kind: Kind, decision: DecisionNumber, at: Timestamp, request: RequestNumber, reason: [UInt8] = [],
    counts: RowCounts = RowCounts(), answers: [PublishedAnswer] = [], settled: [ClaimNumber] = [],
    replaced: [UInt8] = [], configuration: [UInt8] = []
  ) {
    self.kind = kind
    self.decision = decision
    self.at = at
    self.request = request
    self.reason = reason
    self.counts = counts
    self.answers = answers
    self.settled = settled
    self.replaced = replaced
    self.configuration = configuration
  }
}

/// The number of a request that an operator's verb made, drawn at random; 0: nobody asked.
public struct RequestNumber: Hashable, Sendable {
  public let raw: UInt64
  public init(_ raw: UInt64) { self.raw = raw }
  public static let none = RequestNumber(0)
}

extension DeedRecord {
  /// The ledger's own bytes of a deed's commit: where a file's name their partner, a deed has an empty text.
  public func payload(partners: [[UInt8]]) -> [UInt8] {
    var bytes = CommitTerms.payload(configuration)
    bytes.putText([])
    bytes.append(kind.rawValue)
    bytes.putTime(at)
    bytes.putNumber(request.raw)
    bytes.putText(reason)
    bytes.putNumber(UInt64(counts.read))
    for count in counts.byOutcome { bytes.putNumber(UInt64(count)) }
    bytes.putText(replaced)
    bytes.putPublication(answers, settled, partners)
    // Deeds had none of these at first; one without them is spelled as it was then.
    if !by.isEmpty || !subject.isEmpty || !feeds.isEmpty {
      bytes.putText(by)
      bytes.putText(subject)
    }
    if !feeds.isEmpty { bytes.putFeeds(feeds, partners) }
    return bytes
  }

  public init(
    _ payload: [UInt8], decision: DecisionNumber, partnerNumber: ([UInt8]) -> UInt8
  ) throws(RecordFault) {
    var reader = RecordReader(payload)
    let configuration = try reader.array()
    guard try reader.array().isEmpty else { throw RecordFault(what: "a file stands where a deed should") }
    guard let kind = Kind(rawValue: try reader.byte()) else { throw RecordFault(what: "an unknown deed") }
    let at = try reader.time()
    let request = RequestNumber(try reader.number())
    let reason = try reader.array()
    var counts = RowCounts()
    counts.read = try reader.count()
    for outcome in Outcome.allCases { counts[outcome] = try reader.count() }
    let replaced = try reader.array()
    let (answers, settled) = try reader.publication(partnerNumber)
    self.init(
      kind, decision: decision, at: at, request: request, reason: reason, counts: counts, answers: answers,
      settled: settled, replaced: replaced, configuration: configuration)
    if reader.isAtEnd { return }
    by = try reader.array()
    subject = try reader.array()
    if !reader.isAtEnd { feeds = try reader.feeds(partnerNumber) }
  }
}
