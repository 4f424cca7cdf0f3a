internal import Intake
internal import Ledger
internal import Orders

/// What a file is like before any of its rows is judged.
struct FileFacts {
  var partner: [UInt8]
  /// Of a companion the name of its upload.
  var name: [UInt8]
  /// When it came to its inbox, in nanoseconds since 1970.
  var arrival: Int64
  var size: Int64 = 0
  var sha256: [UInt8] = []
  var kind: Kind?
  /// What is missing at its end.
  var missing: Fault?
  /// It is refused without a look at its rows.
  var isRefused = false
  /// Reading its rows ends in a fault of the whole file.
  var isUnsound = false
  var rows = 0
  /// Rows whose content is rejected, whatever the ledger says.
  var unsoundRows = 0
  /// It is no upload, but what completes one.
  var companion: Companion?

  init(partner: [UInt8], name: [UInt8], arrival: Int64) {
    self.partner = partner
    self.name = name
    self.arrival = arrival
  }

  var line: KeyedLine {
    var bytes: [UInt8] = []
    bytes.putText(partner)
    bytes.putText(name)
    bytes.putSigned(arrival)
    bytes.putSigned(size)
    bytes.putText(sha256)
    bytes.append(kind.map { $0.rawValue + 1 } ?? 0)
    bytes.append((isRefused ? 1 : 0) | (isUnsound ? 2 : 0) | (missing == nil ? 0 : 4))
    bytes.putNumber(UInt64(rows))
    bytes.putNumber(UInt64(unsoundRows))
    bytes.putText(companion?.rawValue ?? "")
    if let missing {
      bytes.putNumber(UInt64(missing.code.rawValue))
      bytes.putSigned(missing.number)
      bytes.putSigned(missing.second)
    }
    return KeyedLine(KeyedLine.exchangeKey, .fact, "0", coded: bytes)
  }

  init(_ line: KeyedLine) throws {
    var reader = RecordReader(try line.decoded())
    partner = try reader.array()
    name = try reader.array()
    arrival = try reader.signed()
    size = try reader.signed()
    sha256 = try reader.array()
    let kind = try reader.byte()
    self.kind = kind == 0 ? nil : Kind(rawValue: kind - 1)
    let marks = try reader.byte()
    isRefused = marks & 1 != 0
    isUnsound = marks & 2 != 0
    rows = try reader.count()
    unsoundRows = try reader.count()
    companion = Companion(rawValue: try reader.string())
    if marks & 4 == 0 { return }
    guard let code = RejectionCode(rawValue: UInt16(truncatingIfNeeded: try reader.number())) else {
      throw FilterFault.unreadable("fact")
    }
    missing = Fault(code, number: try reader.signed(), second: try reader.signed())
  }
}

extension PublishedAnswer.Bytes {
  /// Small enough for a journal; in which frame each journal says for itself.
  static let journaled = PublishedAnswer.Bytes.blob(0)
  /// Not with this machine: in the outbox, or to be derived.
  static let elsewhere = PublishedAnswer.Bytes.staged(Array("elsewhere".utf8))
}

/// What the rows of a file came to, as far as the plan of a run depends on it.
struct FileTally {
  var decision: UInt64
  /// Rows that the judge rejected.
  var rejected = 0
  var feeds: Set<FedPartner> = []
  /// Files (by claim) of which rows were released, and those of which one was rejected then.
  var settled: Set<ClaimNumber> = []
  var spoiled: Set<ClaimNumber> = []

  init(decision: UInt64) { self.decision = decision }

  mutating func add(_ other: FileTally) {
    rejected += other.rejected
    feeds.formUnion(other.feeds)
    settled.formUnion(other.settled)
    spoiled.formUnion(other.spoiled)
  }

  var line: KeyedLine {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(rejected))
    bytes.putNumber(UInt64(feeds.count))
    for fed in feeds.sorted(by: { ($0.partner, $0.feed.rawValue) < ($1.partner, $1.feed.rawValue) }) {
      bytes.append(fed.partner)
      bytes.putText(fed.feed.rawValue)
    }
    for claims in [settled, spoiled] {
      bytes.putNumber(UInt64(claims.count))
      for claim in claims.sorted() { bytes.putNumber(UInt64(claim.raw)) }
    }
    return KeyedLine(KeyedLine.exchangeKey, .tally, padded(decision, 12), coded: bytes)
  }

  init(_ line: KeyedLine) throws {
    guard let number = UInt64(String(decoding: line.arrival, as: UTF8.self)) else {
      throw FilterFault.unreadable("tally")
    }
    self.init(decision: number)
    var reader = RecordReader(try line.decoded())
    rejected = try reader.count()
    for _ in 0..<(try reader.count()) {
      let partner = try reader.byte()
      guard let feed = Feed(rawValue: try reader.string()) else { throw FilterFault.unreadable("tally") }
      feeds.insert(FedPartner(partner: partner, feed: feed))
    }
    for _ in 0..<(try reader.count()) {
      settled.insert(ClaimNumber(UInt32(truncatingIfNeeded: try reader.number())))
    }
    for _ in 0..<(try reader.count()) {
      spoiled.insert(ClaimNumber(UInt32(truncatingIfNeeded: try reader.number())))
    }
  }
}
