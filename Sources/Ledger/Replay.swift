public import Orders

/// Rebuilding the books from the journal's frames, in their order: the same effects as in the live run, nothing judged again.
public struct Replay {
  public var books = Books()
  /// Claims that were journaled and not decided yet, by number.
  public internal(set) var openClaims: [ClaimNumber: ClaimRecord] = [:]
  public internal(set) var lastClaim = ClaimNumber(0)
  /// Everything up to this decision is published and durable.
  public internal(set) var published = DecisionNumber(0)
  /// What rows came to, over everything that was replayed.
  public internal(set) var tally = RowTally()
  private var partner: UInt8 = 0
  private var claim = ClaimNumber(0)
  /// The files of which the open transaction rejected rows that had waited.
  private var spoiled: Set<ClaimNumber> = []
  private var decisions = DecisionReader()
  var nearNames = NearNames()

  public init() {}

  /// What a replay would come to, as the writer has it who wrote what would be replayed.
  public init(
    books: Books, openClaims: [ClaimNumber: ClaimRecord], lastClaim: ClaimNumber, published: DecisionNumber,
    tally: RowTally
  ) {
    self.books = books
    self.openClaims = openClaims
    self.lastClaim = lastClaim
    self.published = published
    self.tally = tally
  }

  /// Takes the next frame of a committed transaction, or a mark between transactions.
  public mutating func take(_ frame: JournalFrame) throws {
    if let foreseen = frame.foreseen { books.makeRoom(foreseen: foreseen) }
    switch frame.kind {
    case .claims:
      for claim in try ClaimRecord.read(frame.payload) {
        openClaims[claim.claim] = claim
        lastClaim = max(lastClaim, claim.claim)
      }
      for claim in try VoidClaims.read(frame.payload) { openClaims[claim] = nil }
    case .begin:
      decisions = DecisionReader(partners: books.partners)
      let begin = try BeginRecord(frame.payload)
      if begin.deed == nil { partner = books.partnerNumber(begin.partner) }
      claim = begin.claim
      spoiled = []
    case .rows: try take(page: frame)
    case .commit, .answers:
      let decision = try decisions.take(frame)
      for folder in decisions.partners.dropFirst(books.partners.count) { _ = books.partnerNumber(folder) }
      switch decision {
      case .file(let file):
        if let claim = file.claim { openClaims[claim] = nil }
        books.enter(file, spoiling: spoiled)
      case .deed(let deed): books.enter(deed)
      case nil: break
      }
    case .repair:
      let repair = try RepairRecord(frame.payload)
      lastClaim = max(lastClaim, repair.claim)
      for fed in repair.feeds {
        let receiver = FedPartner(partner: books.partnerNumber(fed.partner), feed: fed.feed)
        books.feedNumbers[receiver] = max(books.feedNumbers[receiver, default: 0], fed.number)
      }
    case .published: published = max(published, try PublishedMark.read(frame.payload))
    case .segmentHeader, .blob, .abort, .cleanStop: break
    }
  }

  /// Gives back what was made ready for more: to be called by whoever keeps the books from here on. One who only looks at them once
  /// has no use for it.
  public mutating func end() { books.giveBackRoom() }

  /// Who sent the rows of a frame: rows of an earlier file that this one released stand in frames of their own.
  func sender(of claim: ClaimNumber) -> UInt8 {
    claim == self.claim ? partner : books.file(of: claim)?.partner ?? partner
  }

  /// Takes the next row of a rows frame: for a reader that also looks at the row, so that it is decoded once.
  public mutating func take(next cursor: inout RowCursor) throws -> RowRecord {
    let position = cursor.position
    let record = try cursor.next()
    let row = Books.RowContext(
      partner: sender(of: cursor.claim), position: position,
      time: record.verdict.eventTime ?? cursor.arrival)
    take(record, of: cursor.claim, cursor.bytes, in: row)
    return record
  }

  /// Takes a row that was read; `bytes` is what the slices of its effects are ranges of.
  mutating func take(
    _ record: RowRecord, of claim: ClaimNumber, _ bytes: [UInt8], in row: Books.RowContext
  ) {
    for effect in record.effects { books.apply(effect, bytes: bytes, in: row) }
    spoiled.formUnion(
      tally.note(
        record.verdict, record.effects, from: row.partner, claim, at: row.position, time: row.time, bytes))
  }
}
