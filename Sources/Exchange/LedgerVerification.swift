internal import Dispatch
internal import Files
internal import Intake
internal import Ledger
public import Orders
internal import Synchronization

/// The proof that the ledger is as it was written: every frame, the chain over the commits, every archived original, every published
/// answer, every claim and every parked row.
///
/// The journal and the archive are read at once, each on a core of its own. It is a reader's proof: it needs no lock, and where a
/// daemon works meanwhile, what it does after the ledger's position is left out.
public struct LedgerVerification {
  public private(set) var segments = 0
  public private(set) var frames = 0
  public private(set) var commits = 0
  public private(set) var bytes: UInt64 = 0
  /// Originals that were read again and found to be what the journal says.
  public private(set) var originals = 0
  public private(set) var decision = DecisionNumber(0)
  public private(set) var hash = ""
  /// What follows the last commit, set aside at the next start: segment, offset, bytes.
  public private(set) var tornTail: (segment: String, offset: UInt64, bytes: UInt64)?

  /// Answers that lie in the outbox as they were committed.
  public private(set) var published = 0
  /// Answers that lie there no more: their partners took them.
  public private(set) var taken = 0
  /// Answers that the next start publishes.
  public private(set) var undelivered = 0
  /// Answers in whose place lies something else.
  public private(set) var differing: [(partner: String, name: [UInt8], decision: DecisionNumber)] = []
  /// Claims that were ever made; those that came to nothing, and those that the next start writes off as such.
  public internal(set) var claims = 0
  public internal(set) var voidClaims = 0
  public internal(set) var unwrittenClaims = 0
  /// Claims that wait to be judged.
  public internal(set) var openClaims = 0
  /// Rows whose outcomes were counted again and add up to what their decisions say.
  public private(set) var rows = 0
  /// Rows that wait for an earlier step.
  public private(set) var parkedRows = 0

  /// What is not as it was written, besides the journal's own bytes.
  public enum Fault: Error, CustomStringConvertible {
    case original(partner: String, name: String, decision: DecisionNumber, isMissing: Bool)
    case rows(partner: String, name: String, decision: DecisionNumber, counted: Int, read: Int)
    case claim(name: String)
    case claims(given: Int, decided: Int, void: Int, open: Int)
    case salt(isMissing: Bool)
    case parked(shipments: Int, inJournal: Int)
    case feed(partner: String, feed: String, number: Int)

    public var description: String {
      switch self {
      case .original(let partner, let name, let decision, let isMissing):
        "the original of \(partner)/\(name) (decision \(decision.raw)) is \(isMissing ? "missing from" : "damaged in") the archive"
      case .rows(let partner, let name, let decision, let counted, let read):
        "the rows of \(partner)/\(name) (decision \(decision.raw)) do not add up: \(counted) in the journal, \(read) in the commit"
      case .claim(let name):
        "claimed/\(name) is no claim of this ledger, or one that was decided and published long since"
      case .claims(let given, let decided, let void, let open):
        "the claims do not add up: \(given) were made, \(decided) are decided, \(open) wait, \(void) came to nothing"
      case .salt(let isMissing):
        "ledger/salt is \(isMissing ? "missing" : "damaged"): without it no account of a carrier is known again"
      case .parked(let shipments, let inJournal):
        "the books hold parked rows of \(shipments) shipments, the journal of \(inJournal)"
      case .feed(let partner, let feed, let number):
        "feed-\(feed)-\(number).json to \(partner) was never committed, later ones were"
      }
    }
  }

  /// - Parameter progress: gets the bytes done and the bytes there are.
  public static func run(
    root path: String, progress: @escaping @Sendable (UInt64, UInt64) -> Void
  ) throws -> LedgerVerification {
    let root = try Folder(path: path)
    guard try root.status(Array("ledger".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    let ledger = try root.subfolder("ledger")
    guard try ledger.status(Array("journal".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    // Looked at first: what a writer does from now on comes after the position that is read next.
    let isWritten = try ProcessLock.holder(in: ledger) != nil
    let position = try LedgerPosition.read(in: ledger)
    let headway = Headway(progress)
    let archive = try ArchiveReading(ledger, headway)
    archive.start()
    var reading = JournalReading()
    do {
      let scan = position.map { JournalScan(ledger, upTo: $0) } ?? JournalScan(ledger)
      let finding = try scan.forReplay().run(
        progress: { headway.journal($0, of: $1) }, { try reading.take($0) })
      reading.finding = finding
    } catch {
      archive.stop()
      throw error
    }
    let sound = try archive.finish()
    var result = LedgerVerification()
    try result.hold(reading, originals: sound, in: ledger, isWritten: isWritten)
    try result.holdAnswers(of: reading, in: root, headway)
    return result
  }

  // MARK: What must hold

  private mutating func hold(
    _ reading: JournalReading, originals sound: ArchiveReading.Found, in ledger: Folder, isWritten: Bool
  ) throws {
    if let finding = reading.finding {
      segments = finding.counts.segments
      frames = finding.counts.frames
      commits = finding.counts.commits
      bytes = finding.counts.bytes
      decision = finding.last.decision
      hash = hexadecimal(finding.last.hash)
      tornTail = finding.tornTail.map { ($0.segment, $0.byteOffset, $0.bytes) }
    }
    let books = reading.replay.books
    let claimed = try ledger.subfolder("claimed")
    let journal = try JournalReader(ledger)
    var putAway: Set<ClaimNumber> = []
    for file in books.files {
      let partner = books.partnerName(file.partner)
      // A duplicate file repeats the counts of the first; no row of it was judged.
      if let counted = reading.counted[file.decision], file.outcome != .duplicateFile {
        guard counted == file.counts, counted.isConserved else {
          throw Fault.rows(
            partner: partner, name: legible(file.name), decision: file.decision, counted: counted.read,
            read: file.counts.read)
        }
        rows += counted.read
      }
      guard let claim = file.claim else { continue }
      if file.decision <= reading.replay.published { putAway.insert(claim) }
      // Of a file with credentials the masked copy is archived, also where the file lies in quarantine.
      if file.isQuarantined && file.archivedAs == file.sha256 { continue }
      func lost(isMissing: Bool) -> Fault {
        .original(partner: partner, name: legible(file.name), decision: file.decision, isMissing: isMissing)
      }
      if sound.damaged.contains(file.archivedAs) { throw lost(isMissing: false) }
      if sound.digests.contains(file.archivedAs) {
        originals += 1
      } else if try claimed.status(Claim.fileName(of: claim)) == nil {
        // Decided a moment ago it would still lie there; put away while we looked, it has come to the archive since.
        // Decided where it lay, it may still lie in its inbox, and its decision carries it.
        let isCarried = file.decision > reading.replay.published
        guard
          try Archive(ledger).contains(file.archivedAs)
            || isCarried && CarriedOriginal.read(of: file, { try journal.frame(at: $0) }) != nil
        else { throw lost(isMissing: true) }
        originals += 1
      }
    }
    try holdClaims(reading, putAway: putAway, in: claimed, isWritten: isWritten)
    try holdSalt(of: books, in: ledger)
    let holding = Set(books.shipments.indices.filter { books.shipments[$0].marks.contains(.holdsParked) })
    let waiting = Set(reading.parked.values.map { Int($0.raw) })
    if holding != waiting { throw Fault.parked(shipments: holding.count, inJournal: waiting.count) }
    let unknown = Set(books.waiting.lazy.filter { !$0.isOver }.map(\.position))
    if unknown != reading.waiting {
      throw Fault.parked(shipments: unknown.count, inJournal: reading.waiting.count)
    }
    parkedRows = reading.parked.count + reading.waiting.count
    try holdFeeds(reading)
  }

  /// The secret behind the fingerprints of accounts must be the one they were made with.
  private func holdSalt(of books: Books, in ledger: Folder) throws {
    do {
      if try Salt.ifPresent(in: ledger) == nil && !books.accounts.isEmpty {
        throw Fault.salt(isMissing: true)
      }
    } catch is Salt.Damaged { throw Fault.salt(isMissing: false) }
  }

  /// Everything that was ever published, in the order of the decisions.
  private static func answers(of books: Books) -> [(answer: PublishedAnswer, decision: DecisionNumber)] {
    let files = books.files.flatMap { file in file.answers.map { ($0, file.decision) } }
    let deeds = books.deeds.flatMap { deed in deed.answers.map { ($0, deed.decision) } }
    return (files + deeds).sorted { $0.1 < $1.1 }
  }

  /// Feeds are numbered without a gap, but for what a repair cut: a receiver that has one knows which came before.
  private func holdFeeds(_ reading: JournalReading) throws {
    let books = reading.replay.books
    let start = Array("feed-".utf8)
    var names: Set<[UInt8]> = []
    for (answer, _) in Self.answers(of: books) where answer.name.starts(with: start) {
      names.insert([answer.partner] + answer.name)
    }
    for (fed, count) in books.feedNumbers {
      for number in stride(from: 1, through: count, by: 1) {
        let name = [fed.partner] + Array("feed-\(fed.feed.rawValue)-\(number).json".utf8)
        let isCut = reading.cutFeeds[fed]?.contains { $0.contains(number) } ?? false
        if !isCut && !names.contains(name) {
          throw Fault.feed(
            partner: books.partnerName(fed.partner), feed: fed.feed.rawValue, number: number)
        }
      }
    }
  }

  /// Reads every answer that lies in the outbox again. What a partner took away is no damage; what lies there instead is said.
  private mutating func holdAnswers(of reading: JournalReading, in root: Folder, _ headway: Headway) throws {
    let books = reading.replay.books
    // Of several answers of one name (a hold's ack, a document asked for again) the newest lies there.
    var newest: [[UInt8]: (answer: PublishedAnswer, decision: DecisionNumber)] = [:]
    for (answer, decision) in Self.answers(of: books) {
      newest[[answer.partner] + answer.name] = (answer, decision)
    }
    headway.add(newest.values.reduce(0) { $0 + UInt64($1.answer.byteCount) })
    guard try root.status(Array("outbox".utf8)) != nil else { return }
    let outbox = try root.subfolder("outbox")
    let answers = newest.values.sorted {
      ($0.decision, $0.answer.name.count) < ($1.decision, $1.answer.name.count)
    }
    let found = Mutex<[(Int, AnswerReading.Finding)]>([])
    let failure = Mutex<(any Error)?>(nil)
    let share = 64
    DispatchQueue.concurrentPerform(iterations: (answers.count + share - 1) / share) { part in
      var own: [(Int, AnswerReading.Finding)] = []
      do {
        var folders = AnswerReading(outbox)
        for index in part * share..<min(answers.count, (part + 1) * share) {
          let answer = answers[index].answer
          own.append((index, try folders.look(at: answer, of: books.partners[Int(answer.partner)])))
          headway.done(UInt64(answer.byteCount))
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
      found.withLock { $0 += own }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    for (index, finding) in found.withLock({ $0 }).sorted(by: { $0.0 < $1.0 }) {
      let (answer, decision) = answers[index]
      let isMarked = decision <= reading.replay.published
      switch finding {
      case .asCommitted: published += 1
      case .absent: if isMarked { taken += 1 } else { undelivered += 1 }
      case .other:
        if isMarked {
          differing.append((books.partnerName(answer.partner), answer.name, decision))
        } else {
          undelivered += 1
        }
      }
    }
  }
}
