public import Files
internal import Ledger
public import Orders

/// Reading the stories of files out of the journal, in one walk.
extension FileStory {
  /// The stories of all files of the name, oldest first; several where a name came again, or from more than one partner.
  /// - Parameters:
  ///   - asked: the name, or `partner/name`.
  ///   - partner: only this one's files.
  ///   - rowsMax: how many rows of each are told; the others are counted.
  ///   - headway: gets the journal's bytes that were read and those there are.
  public static func tell(
    of asked: [UInt8], partner: String?, ledger: Folder, profiles: [PartnerProfile], rowsMax: Int,
    headway: JournalHeadway? = nil
  ) throws -> [FileStory] {
    var teller = FileTeller(asked, partner: partner, profiles: profiles, rowsMax: rowsMax)
    try JournalScan.read(ledger, headway) { try teller.take($0) }
    return teller.finish()
  }
}

private struct FileTeller {
  private let partner: String?
  private let name: [UInt8]
  private let rowsMax: Int
  private var replay = Replay()
  private var stories: [FileStory] = []
  /// The stories of claims that are told, and where their rows await a settlement.
  private var byClaim: [ClaimNumber: Int] = [:]
  private var parked: [Position: (story: Int, row: Int?)] = [:]
  private var shipments: [[(row: Int?, shipment: ShipmentIndex)]] = []
  private var rejected: [[RejectionCode: FileStory.RejectionGroup]] = []
  private var freshlySettled: [(story: Int, row: Int)] = []
  private var links = CorrectionLinks()
  /// Of each story its own rejected rows and those of its corrections.
  private var openRejections: [OpenRejections] = []

  init(_ asked: [UInt8], partner: String?, profiles: [PartnerProfile], rowsMax: Int) {
    // `dtdc/manifests-1.csv` names the partner itself.
    if let cut = asked.firstIndex(of: UInt8(ascii: "/")), partner == nil {
      self.partner = String(decoding: asked[..<cut], as: UTF8.self)
      name = Array(asked[(cut + 1)...])
    } else {
      self.partner = partner
      name = asked
    }
    self.rowsMax = rowsMax
    for profile in profiles { _ = replay.books.partnerNumber(Array(profile.folder.utf8)) }
  }

  mutating func take(_ frame: JournalFrame) throws {
    try replay.take(frame)
    links.take(frame)
    switch frame.kind {
    case .claims:
      for claim in try ClaimRecord.read(frame.payload) where isMeant(claim.name, claim.partner) {
        byClaim[claim.claim] = stories.count
        begin(String(decoding: claim.partner, as: UTF8.self), at: claim.receivedAt)
      }
    case .rows:
      var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
      let story = byClaim[cursor.claim]
      if story == nil && parked.isEmpty { return }
      while !cursor.isAtEnd {
        let (position, row) = (cursor.position, Int(cursor.row))
        let record = try cursor.next()
        if record.isResumed {
          resume(record, at: position)
        } else if let story {
          note(record, row, at: position, in: story, frame.payload)
        }
        if !parked.isEmpty { settle(record) }
      }
    case .commit:
      guard let commit = frame.commit, commit.decision.raw > 0 else { return }
      if let file = replay.books.files.last, file.decision == commit.decision {
        decide(file)
      } else {
        credit(freshlySettled, to: "the nightly expiry", commit.decision)
      }
    default: break
    }
  }

  private func isMeant(_ other: [UInt8], _ folder: [UInt8]) -> Bool {
    other == name && (partner == nil || partner.map { Array($0.utf8) } == folder)
  }

  private mutating func begin(_ folder: String, at arrival: Timestamp) {
    var story = FileStory(
      partner: folder, name: String(decoding: name, as: UTF8.self), kind: nil, decision: nil,
      receivedAt: arrival)
    story.rowsMax = rowsMax
    stories.append(story)
    shipments.append([])
    rejected.append([:])
    openRejections.append(OpenRejections())
  }

  // MARK: Rows

  private mutating func note(
    _ record: RowRecord, _ row: Int, at position: Position, in story: Int, _ bytes: [UInt8]
  ) {
    let fault = record.verdict.rejection?.faults.first
    if let code = fault?.code {
      var group = rejected[story][code] ?? FileStory.RejectionGroup(code: code, count: 0, rows: [])
      group.count += 1
      if group.rows.count < 5 { group.rows.append(row) }
      rejected[story][code] = group
    }
    var place: Int?
    if stories[story].rows.count < rowsMax {
      place = stories[story].rows.count
      stories[story].rows.append(
        FileStory.Row(
          row: row, outcome: record.verdict.outcome, code: fault?.code,
          column: fault?.column?.canonicalName, eventTime: record.verdict.eventTime,
          before: record.verdict.before, after: record.verdict.after))
    } else {
      stories[story].rowsLeftOut += 1
    }
    if record.verdict.outcome == .parked {
      parked[position] = (story, place)
      stories[story].parkedNow += 1
    }
    if let shipment = shipment(of: record) { shipments[story].append((place, shipment)) }
  }

  /// The shipment that a row is about; of one that was just created, the newest.
  private func shipment(of record: RowRecord) -> ShipmentIndex? {
    for effect in record.effects { if let shipment = effect.shipment { return shipment } }
    return nil
  }

  private mutating func settle(_ record: RowRecord) {
    for effect in record.effects {
      guard case .settle(_, let position, let settlement) = effect,
        let waited = parked.removeValue(forKey: position)
      else { continue }
      stories[waited.story].parkedNow -= 1
      stories[waited.story].settled.read += 1
      stories[waited.story].settled[settlement.outcome] += 1
      guard let row = waited.row else { continue }
      stories[waited.story].rows[row].settlement = FileStory.Settlement(
        outcome: settlement.outcome, code: settlement.code, by: "", decision: nil)
      freshlySettled.append((waited.story, row))
    }
  }

  /// A row that waited for its order or AWB was judged: it came to its end, or waits for another step.
  private mutating func resume(_ record: RowRecord, at position: Position) {
    guard case .resume(let earlier)? = record.effects.first, let waited = parked.removeValue(forKey: earlier)
    else { return }
    if let row = waited.row, let shipment = shipment(of: record) {
      shipments[waited.story].append((row, shipment))
    }
    if record.verdict.outcome == .parked {
      parked[position] = waited
      return
    }
    stories[waited.story].parkedNow -= 1
    stories[waited.story].settled.read += 1
    stories[waited.story].settled[record.verdict.outcome] += 1
    guard let row = waited.row else { return }
    stories[waited.story].rows[row].settlement = FileStory.Settlement(
      outcome: record.verdict.outcome, code: record.verdict.rejection?.faults.first?.code, by: "",
      decision: nil)
    freshlySettled.append((waited.story, row))
  }

  // MARK: Decisions

  private mutating func decide(_ file: FileRecord) {
    let folder = replay.books.partnerName(file.partner)
    let name = String(decoding: file.name, as: UTF8.self)
    credit(freshlySettled, to: "\(folder)/\(name)", file.decision)
    var known = file.claim.flatMap { byClaim[$0] }
    // A held file was never claimed.
    if known == nil && isMeant(file.name, Array(folder.utf8)) {
      known = stories.count
      begin(folder, at: file.receivedAt)
    }
    let target = links.target(of: file)
    if let target { correct(target, by: name, of: folder, file) }
    guard let known else { return }
    openRejections[known].enter(name, file.counts, correcting: nil)
    stories[known].corrects = target
    stories[known].kind = file.kind
    stories[known].decision = file.decision
    stories[known].receivedAt = file.receivedAt
    stories[known].sizeBytes = file.byteCount
    stories[known].sha256 = hexadecimal(file.sha256)
    stories[known].outcome = file.outcome
    stories[known].refusal = file.refusal
    stories[known].counts = file.counts
    stories[known].answers = file.answers.map {
      (replay.books.partnerName($0.partner), String(decoding: $0.name, as: UTF8.self))
    }
  }

  /// Enters a file that corrects another into the story that the other belongs to.
  private mutating func correct(_ target: String, by name: String, of folder: String, _ file: FileRecord) {
    // Of several files of a name the newest is meant.
    let meant = stories.indices.last {
      stories[$0].partner == folder && openRejections[$0].knows(target)
    }
    guard let meant else { return }
    openRejections[meant].enter(name, file.counts, correcting: target)
    stories[meant].corrections.append(
      FileStory.Correction(
        name: name, decision: file.decision, read: file.counts.read, rejected: file.counts[.rejected]))
  }

  /// Says of rows that waited who released them.
  private mutating func credit(
    _ settled: [(story: Int, row: Int)], to releaser: String, _ decision: DecisionNumber
  ) {
    for (story, row) in settled {
      stories[story].rows[row].settlement?.by = releaser
      stories[story].rows[row].settlement?.decision = decision
    }
    freshlySettled = []
  }

  mutating func finish() -> [FileStory] {
    let books = replay.books
    for (claim, story) in byClaim {
      stories[story].settledFiles = Int(books.file(of: claim)?.settledFiles ?? 0)
    }
    for story in stories.indices {
      stories[story].rejectedOpen = openRejections[story].open
      stories[story].rejections = rejected[story].values.sorted {
        ($1.count, $0.code.rawValue) < ($0.count, $1.code.rawValue)
      }
      for (row, shipment) in shipments[story] {
        let record = books[shipment]
        stories[story].statesNow[Int(record.state.rawValue)] += 1
        guard let row else { continue }
        stories[story].rows[row].now = record.state
        stories[story].rows[row].orderNumber = StoryWords.readable(books.orderNumber(of: record.order))
        stories[story].rows[row].awb = StoryWords.readable(books.awb(of: shipment))
      }
    }
    return stories
  }
}
