internal import Files
internal import Ledger
internal import Orders

/// `waybill ledger export`: the ledger as the lines from which filters go on, in a folder of their own.
///
/// It reads the journal once, from its first frame to the last commit that was synced, as any reader does, and changes nothing:
///
///     past/    each record, under its unit       links/   which keys belong to which unit
///     terms    settings, secret, couriers, claims and decisions        _DONE    written last: without it the folder counts for nothing
public final class SnapshotExport {
  private let folder: Folder
  private var terms: RunTerms
  private var replay = Replay()
  private var decisions = DecisionReader()
  private var places: [Position: RecordPlace] = [:]
  /// What each row waited for, by its record.
  private var waitedFor: [Position: [UInt8]] = [:]
  private var couriers: Set<[UInt8]> = []
  private var frames: [JournalFrame] = []
  private var count = 0
  private var past: AppendFile?
  private var links: AppendFile?

  /// - Returns: how many records were written.
  @discardableResult
  public static func run(
    root path: String, configuration: Configuration, settings: [UInt8]?, to target: String
  ) throws -> Int {
    let root = try Folder(path: path)
    guard try root.status(Array("ledger".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    let ledger = try root.subfolder("ledger")
    guard let end = try LedgerPosition.read(in: ledger) else { throw ExchangeFault.noLedger(root: path) }
    let folder = try Folder.make(path: target)
    guard try folder.status(Array("terms".utf8)) == nil else { throw SnapshotFault.notEmpty(target) }
    let export = try SnapshotExport(folder, try Salt.open(in: ledger), settings)
    _ = try JournalScan(ledger, upTo: end).run { try export.take($0) }
    return try export.finish()
  }

  private init(_ folder: Folder, _ salt: Salt, _ settings: [UInt8]?) throws {
    self.folder = folder
    terms = try RunTerms(settings: settings)
    terms.salt = salt
    replay.books = terms.emptyBooks()
    let part = Array("part-00000".utf8)
    past = try AppendFile(in: try folder.makeSubfolder("past"), name: part, existing: false)
    links = try AppendFile(in: try folder.makeSubfolder("links"), name: part, existing: false)
  }

  private func take(_ frame: JournalFrame) throws {
    switch frame.kind {
    case .begin, .rows, .answers:
      if frame.kind == .begin { frames = [] }
      frames.append(frame)
    case .claims:
      terms.items.append(.claims(frame.payload))
      try replay.take(frame)
    case .commit:
      guard let number = frame.commit?.decision.raw, number > 0 else { return try replay.take(frame) }
      try decide(number, frame)
    case .published:
      terms.items.append(.published(try PublishedMark.read(frame.payload).raw))
      try replay.take(frame)
    case .repair: throw SnapshotFault.repaired
    default: try replay.take(frame)
    }
  }

  /// One transaction: its records, then its decision.
  private func decide(_ number: UInt64, _ commit: JournalFrame) throws {
    decisions = DecisionReader(partners: replay.books.partners)
    var own: ClaimNumber?
    var waves = WakingWaves()
    var ordinal: UInt32 = 0
    for frame in frames {
      switch frame.kind {
      case .begin:
        let begin = try BeginRecord(frame.payload)
        own = begin.deed == nil ? begin.claim : nil
        try replay.take(frame)
      case .rows:
        var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
        while !cursor.isAtEnd {
          let (position, row) = (cursor.position, cursor.row)
          let resumed = own == nil ? nil : try waves.next(cursor, replay.books)
          let record = try replay.take(next: &cursor)
          waves.note(record, frame.payload, in: replay.books)
          ordinal += 1
          // What an operator's deed writes is of many files; it is told apart by how it lies in the journal.
          var place = RecordPlace(decision: number, row: own == nil ? ordinal : row)
          if let resumed {
            guard let waited = places[resumed.waiting] else {
              throw RecordFault(what: "an earlier record is nowhere")
            }
            place = RecordPlace(resuming: waited, in: number, wave: resumed.wave, time: resumed.time)
          }
          try write(record, at: place, position, cursor, frame.payload, row)
        }
      default: try replay.take(frame)
      }
      _ = try frame.kind == .rows ? nil : decisions.take(frame)
    }
    frames = []
    let spoiled = replay.books.spoiledFiles
    let decision = try decisions.take(commit)
    try replay.take(commit)
    let partners = replay.books.partners
    switch decision {
    case .file(var file):
      file.answers = file.answers.map(SnapshotExport.moved)
      let added = replay.books.spoiledFiles.subtracting(spoiled)
      terms.items.append(.file(number, spoiled: added.sorted(), file.payload(partners: partners)))
    case .deed(var deed):
      deed.answers = deed.answers.map(SnapshotExport.moved)
      terms.items.append(.deed(number, deed.payload(partners: partners)))
    case nil: break
    }
  }

  /// An answer without the place in a journal that no other has.
  private static func moved(_ answer: PublishedAnswer) -> PublishedAnswer {
    var answer = answer
    if case .blob = answer.bytes { answer.bytes = .journaled }
    return answer
  }

  private func write(
    _ record: RowRecord, at place: RecordPlace, _ position: Position, _ cursor: RowCursor, _ bytes: [UInt8],
    _ row: UInt32
  ) throws {
    // Only what other records may name is remembered.
    if !record.effects.isEmpty { places[position] = place }
    for (ordinal, effect) in record.effects.enumerated() {
      if case .wait(let waiting) = effect {
        waitedFor[position] = RowKeys.node(of: waiting.column, bytes[waiting.key.range])
      }
      if case .assign(_, let courier, _, _) = effect, !courier.isAbsent {
        let text = Array(bytes[courier.range])
        if couriers.insert(foldCourier(text.span)).inserted {
          terms.couriers.append((Array("\(place.text).\(padded(ordinal, 4))".utf8), text))
        }
      }
    }
    let sender =
      replay.books.file(of: cursor.claim)?.partner ?? replay.openClaims[cursor.claim]
      .map { replay.books.partners.number(of: $0.partner) } ?? 0
    let line = try PastRecord(
      record, bytes: bytes, claim: cursor.claim, row: row, arrival: cursor.arrival, at: place,
      in: replay.books,
      placeOf: { earlier in
        guard let known = places[earlier] else { throw RecordFault(what: "an earlier record is nowhere") }
        return known
      }, waitedFor: { waitedFor[$0] ?? [] })
    try past!.append(line.line.bytes + [10])
    count += 1
    for link in try line.linkLines(sender: sender) { try links!.append(link.bytes + [10]) }
  }

  private func finish() throws -> Int {
    try past.take()?.finish()
    try links.take()?.finish()
    // What was published is known of the last decisions too: their mark lies behind the last commit.
    let newest = terms.items.compactMap(\.decision).last
    var isMarked = false
    if case .published? = terms.items.last { isMarked = true }
    if let newest, !isMarked { terms.items.append(.published(newest)) }
    var bytes: [UInt8] = []
    try terms.write(to: LineOutput { bytes += $0 })
    // The secret is in it.
    try AtomicFile.publish(
      bytes, in: folder, as: Array("terms".utf8), replace: false, sync: true, mode: 0o600)
    try AtomicFile.publish([], in: folder, as: Array("_DONE".utf8), replace: false, sync: true)
    return count
  }
}

/// Why a snapshot cannot be written or taken up.
public enum SnapshotFault: Error, CustomStringConvertible {
  case notEmpty(String)
  case repaired
  case unfinished(String)
  case ledgerHoldsWork

  public var description: String {
    switch self {
    case .notEmpty(let folder): "\(folder) holds a snapshot already: name a folder that does not exist yet"
    case .repaired:
      "the ledger was cut by `ledger repair`, so the numbers it gave are known to its journal alone: it stays where it is"
    case .unfinished(let folder): "\(folder) is no whole snapshot: its _DONE is missing"
    case .ledgerHoldsWork:
      "there is a ledger in ROOT already: a snapshot makes one of its own, and joins no other"
    }
  }
}

/// In which wave of a transaction a row was resumed: found again as the docket found it.
private struct WakingWaves {
  private var wave: UInt32 = 0
  /// The keys that the wave made known so far, as far as rows wait for them.
  private var woken: Set<Int> = []
  /// The rows of the wave that are still to come, with their times.
  private var turn: [Position: Timestamp] = [:]

  /// The row that the next record resumes; nil: it resumes none.
  ///
  /// - Parameter books: as they are before that record.
  mutating func next(
    _ cursor: RowCursor, _ books: Books
  ) throws -> (waiting: Position, wave: UInt32, time: Timestamp)? {
    if woken.isEmpty && turn.isEmpty { return nil }
    var ahead = cursor
    guard case .resume(let waiting)? = try ahead.next().effects.first else { return nil }
    if turn[waiting] == nil {
      // Nobody of this wave is left: what it made known has its turn.
      wave += 1
      turn = [:]
      for number in woken {
        let key = books.waitingKeys.bytes(of: number)
        guard let column = Column(rawValue: UInt8(books.waitingKeys.prefix(of: number))) else { continue }
        for row in books.rows(waitingFor: column, key.span) { turn[row.position] = row.time }
      }
      woken = []
    }
    guard let time = turn.removeValue(forKey: waiting) else {
      throw RecordFault(what: "a row was resumed that nothing woke")
    }
    return (waiting, wave, time)
  }

  mutating func note(_ record: RowRecord, _ bytes: [UInt8], in books: Books) {
    if books.waitingCount == 0 { return }
    for effect in record.effects {
      switch effect {
      case .createOrder(let number, _): note(.orderNumber, bytes[number.range], books)
      case .createShipment(_, let invoice, _), .setInvoice(_, let invoice):
        note(.invoiceID, bytes[invoice.range], books)
      case .assign(let shipment, _, _, _):
        note(.awbNumber, books.awb(of: shipment), books)
        note(.invoiceID, books.invoice(of: shipment), books)
        note(.orderNumber, books.orderNumber(of: books[shipment].order), books)
      case .tie(_, let awb): note(.awbNumber, bytes[awb.range], books)
      default: break
      }
    }
  }

  private mutating func note(_ column: Column, _ key: ArraySlice<UInt8>, _ books: Books) {
    if let number = books.waitingKeys.find(key.span, prefix: UInt32(column.rawValue)) { woken.insert(number) }
  }
}
