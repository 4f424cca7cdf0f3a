public import Orders

/// What opens and closes a transaction in the journal: claims, the begin of a file, its decision, and the published mark.

/// A file that is taken out of an inbox: written, and durable, before the rename that takes it.
public struct ClaimRecord: Sendable, Equatable {
  public var claim: ClaimNumber
  /// The partner's folder.
  public var partner: [UInt8]
  public var name: [UInt8]
  public var receivedAt: Timestamp
  public var completedBy: String
  /// The upload as it was found ready; nil where the run's clock stood still, and in older journals.
  public var sight: UploadSight?

  public init(
    claim: ClaimNumber, partner: [UInt8], name: [UInt8], receivedAt: Timestamp, completedBy: String,
    sight: UploadSight? = nil
  ) {
    self.claim = claim
    self.partner = partner
    self.name = name
    self.receivedAt = receivedAt
    self.completedBy = completedBy
    self.sight = sight
  }

  /// The payload of a claims frame: the count, then of each claim number, partner, name, arrival, how it was complete. What is
  /// written off may follow (`VoidClaims`), and behind its count, which may be 0, the sight of each claim where there is any.
  public static func payload(_ claims: [ClaimRecord], void: [ClaimNumber] = []) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(claims.count))
    for claim in claims {
      bytes.putNumber(UInt64(claim.claim.raw))
      bytes.putText(claim.partner)
      bytes.putText(claim.name)
      bytes.putTime(claim.receivedAt)
      bytes.putText(claim.completedBy)
    }
    let wasAnySeen = claims.contains { $0.sight != nil }
    if void.isEmpty && !wasAnySeen { return bytes }
    bytes.putNumber(UInt64(void.count))
    for claim in void { bytes.putNumber(UInt64(claim.raw)) }
    if wasAnySeen { for claim in claims { bytes.putSight(claim.sight) } }
    return bytes
  }

  public static func read(_ payload: [UInt8]) throws(RecordFault) -> [ClaimRecord] {
    var reader = RecordReader(payload)
    var claims = try read(&reader)
    if reader.isAtEnd { return claims }
    for _ in 0..<(try reader.number()) { _ = try reader.number() }
    if reader.isAtEnd { return claims }
    for place in claims.indices { claims[place].sight = try reader.sight() }
    return claims
  }

  static func read(_ reader: inout RecordReader) throws(RecordFault) -> [ClaimRecord] {
    var claims: [ClaimRecord] = []
    for _ in 0..<(try reader.number()) {
      claims.append(
        ClaimRecord(
          claim: ClaimNumber(UInt32(truncatingIfNeeded: try reader.number())), partner: try reader.array(),
          name: try reader.array(), receivedAt: try reader.time(), completedBy: try reader.string()))
    }
    return claims
  }
}

/// The begin of a transaction: whose rows follow, or which deed, and its clock.
public struct BeginRecord: Sendable, Equatable {
  /// 0 for a held file, which was not claimed, and for a deed.
  public var claim: ClaimNumber
  /// Empty for a deed.
  public var partner: [UInt8]
  /// When the file came; the clock of a deed.
  public var receivedAt: Timestamp
  /// Nil for a file.
  public var deed: DeedRecord.Kind?

  public init(claim: ClaimNumber, partner: [UInt8], receivedAt: Timestamp) {
    self.claim = claim
    self.partner = partner
    self.receivedAt = receivedAt
  }

  public init(_ deed: DeedRecord.Kind, at clock: Timestamp) {
    self.init(claim: ClaimNumber(0), partner: [], receivedAt: clock)
    self.deed = deed
  }

  public var payload: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(claim.raw))
    bytes.putText(partner)
    bytes.putTime(receivedAt)
    bytes.append(deed?.rawValue ?? 0)
    return bytes
  }

  public init(_ payload: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(payload)
    claim = ClaimNumber(UInt32(truncatingIfNeeded: try reader.number()))
    partner = try reader.array()
    receivedAt = try reader.time()
    let kind = try reader.byte()
    if kind == 0 { return }
    guard let known = DeedRecord.Kind(rawValue: kind) else { throw RecordFault(what: "an unknown deed") }
    deed = known
  }
}

extension FileRecord {
  /// The ledger's own bytes of a commit frame. The decision's number stands in the frame itself.
  public func payload(partners: [[UInt8]]) -> [UInt8] {
    var bytes = CommitTerms.payload(configuration)
    bytes.putText(partners[Int(partner)])
    bytes.putText(name)
    bytes.append(kind.map { $0.rawValue + 1 } ?? 0)
    bytes.putNumber(claim.map { UInt64($0.raw) + 1 } ?? 0)
    bytes.putText(sha256)
    bytes.putSigned(byteCount)
    bytes.putTime(receivedAt)
    bytes.putText(outcome.rawValue)
    bytes.putNumber(UInt64(refusal?.rawValue ?? 0))
    bytes.putNumber(UInt64(counts.read))
    for count in counts.byOutcome { bytes.putNumber(UInt64(count)) }
    bytes.putNumber(UInt64(totals.awbNumbers))
    bytes.putNumber(UInt64(totals.quantity))
    bytes.putNumber(tilde?.raw ?? 0)
    bytes.append((isQuarantined ? 1 : 0) | (endsHold ? 2 : 0))
    bytes.putPublication(answers, settled, partners)
    bytes.putText(archivedAs)
    bytes.putFeeds(feeds, partners)
    // Only where there are any: few decisions make documents, and fewer need fonts.
    for font in fonts { bytes.putText(font) }
    return bytes
  }

  /// - Parameter partnerNumber: the number of a partner's folder.
  public init(
    _ payload: [UInt8], decision: DecisionNumber, partnerNumber: ([UInt8]) -> UInt8
  ) throws(RecordFault) {
    var reader = RecordReader(payload)
    let configuration = try reader.array()
    let folder = try reader.array()
    if folder.isEmpty { throw RecordFault(what: "a deed stands where a file should") }
    let partner = partnerNumber(folder)
    let name = try reader.array()
    let kind = try reader.byte()
    let claim = try reader.number()
    let digest = try reader.array()
    let byteCount = try reader.signed()
    let receivedAt = try reader.time()
    guard let outcome = FileOutcome(rawValue: try reader.string()) else {
      throw RecordFault(what: "a file has an unknown outcome")
    }
    let refusal = RejectionCode(rawValue: UInt16(truncatingIfNeeded: try reader.number()))
    var counts = RowCounts()
    counts.read = try reader.count()
    for outcome in Outcome.allCases { counts[outcome] = try reader.count() }
    var totals = ControlTotals()
    totals.awbNumbers = try reader.count()
    totals.quantity = try reader.count()
    let tilde = try reader.number()
    let marks = try reader.byte()
    let (answers, settled) = try reader.publication(partnerNumber)
    let archivedAs = try reader.array()
    let feeds = try reader.feeds(partnerNumber)
    var fonts: [[UInt8]] = []
    while !reader.isAtEnd { fonts.append(try reader.array()) }
    self.init(
      partner: partner, name: name, kind: kind == 0 ? nil : Kind(rawValue: kind - 1),
      claim: claim == 0 ? nil : ClaimNumber(UInt32(truncatingIfNeeded: claim - 1)), decision: decision,
      sha256: digest,
      byteCount: byteCount, receivedAt: receivedAt, outcome: outcome, refusal: refusal, counts: counts,
      totals: totals, tilde: tilde == 0 ? nil : DecisionNumber(tilde), answers: answers, settled: settled,
      feeds: feeds, isQuarantined: marks & 1 != 0, endsHold: marks & 2 != 0, archivedAs: archivedAs,
      configuration: configuration)
    self.fonts = fonts
  }
}

/// The feeds that got a file with a decision: their count, then of each the receiver's folder and the feed's name.
extension [UInt8] {
  mutating func putFeeds(_ feeds: [FedPartner], _ partners: [[UInt8]]) {
    putNumber(UInt64(feeds.count))
    for fed in feeds {
      putText(partners[Int(fed.partner)])
      putText(fed.feed.rawValue)
    }
  }
}

extension RecordReader {
  mutating func feeds(_ partnerNumber: ([UInt8]) -> UInt8) throws(RecordFault) -> [FedPartner] {
    var feeds: [FedPartner] = []
    for _ in 0..<(try number()) {
      let receiver = partnerNumber(try array())
      guard let feed = Feed(rawValue: try string()) else { throw RecordFault(what: "an unknown feed") }
      feeds.append(FedPartner(partner: receiver, feed: feed))
    }
    return feeds
  }
}

/// What the ledger's own bytes of every commit begin with: the SHA-256 of the configuration that was in force.
///
/// So each decision says under which settings it was made, and the chain of hashes holds it to that. A commit that is no decision,
/// as one of claims, has no other bytes.
public enum CommitTerms {
  public static func payload(_ configuration: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.putText(configuration)
    return bytes
  }

  /// Empty for a commit that names none.
  public static func read(_ payload: [UInt8]) throws(RecordFault) -> [UInt8] {
    if payload.isEmpty { return [] }
    var reader = RecordReader(payload)
    return try reader.array()
  }
}

/// The mark that everything up to a decision has reached the outbox and is durable there.
public enum PublishedMark {
  public static func payload(_ decision: DecisionNumber) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(decision.raw)
    return bytes
  }

  public static func read(_ payload: [UInt8]) throws(RecordFault) -> DecisionNumber {
    var reader = RecordReader(payload)
    return DecisionNumber(try reader.number())
  }
}
