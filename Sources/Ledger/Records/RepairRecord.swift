public import Orders

/// What a repair leaves in the journal in the place of what it cut off: which numbers were given and must not be given again.
///
/// The payload of a repair frame: the newest decision ever given (eight bytes, little endian), then as numbers the newest
/// claim ever given, the bytes cut off, the time of the repair, and the
/// feeds: their count, then of each the receiver, the feed's name and the highest number it was given.
public struct RepairRecord: Sendable, Equatable {
  /// A feed's highest number.
  public struct SpentFeed: Sendable, Equatable {
    public var partner: [UInt8]
    public var feed: Feed
    public var number: Int

    public init(partner: [UInt8], feed: Feed, number: Int) {
      self.partner = partner
      self.feed = feed
      self.number = number
    }
  }

  public var decision: DecisionNumber
  public var claim: ClaimNumber
  /// How much of the journal was cut off.
  public var bytes: UInt64
  public var at: Timestamp
  public var feeds: [SpentFeed]

  public init(
    decision: DecisionNumber, claim: ClaimNumber, bytes: UInt64, at: Timestamp, feeds: [SpentFeed]
  ) {
    self.decision = decision
    self.claim = claim
    self.bytes = bytes
    self.at = at
    self.feeds = feeds
  }

  public var payload: [UInt8] {
    var payload: [UInt8] = []
    LittleEndian.append(decision.raw, to: &payload)
    payload.putNumber(UInt64(claim.raw))
    payload.putNumber(bytes)
    payload.putTime(at)
    payload.putNumber(UInt64(feeds.count))
    for fed in feeds {
      payload.putText(fed.partner)
      payload.putText(fed.feed.rawValue)
      payload.putNumber(UInt64(fed.number))
    }
    return payload
  }

  public init(_ payload: [UInt8]) throws(RecordFault) {
    guard payload.count >= 8 else { throw RecordFault(what: "a repair's record is too short") }
    var reader = RecordReader(payload, at: 8)
    decision = DecisionNumber(LittleEndian.u64(payload, at: 0))
    claim = ClaimNumber(UInt32(truncatingIfNeeded: try reader.number()))
    bytes = try reader.number()
    at = try reader.time()
    feeds = []
    for _ in 0..<(try reader.count()) {
      let partner = try reader.array()
      guard let feed = Feed(rawValue: try reader.string()) else { throw RecordFault(what: "an unknown feed") }
      feeds.append(SpentFeed(partner: partner, feed: feed, number: try reader.count()))
    }
  }

  /// What two repairs of one damage know together: the second ended what the first began.
  public func joined(with other: RepairRecord) -> RepairRecord {
    var joined = self
    joined.decision = max(decision, other.decision)
    joined.claim = max(claim, other.claim)
    joined.bytes += other.bytes
    for fed in other.feeds {
      if let known = joined.feeds.firstIndex(where: { $0.partner == fed.partner && $0.feed == fed.feed }) {
        joined.feeds[known].number = max(joined.feeds[known].number, fed.number)
      } else {
        joined.feeds.append(fed)
      }
    }
    return joined
  }
}
