public import Files
public import Ledger
public import Orders
internal import Formats
internal import Intake
internal import Outbox

/// The ledger as a reader sees it: the books as of the last durable commit, without the writer's lock and without changing a byte.
public struct LedgerView {
  public let root: Folder
  let ledger: Folder?
  public let configuration: Configuration
  public private(set) var books: Books
  public let position: LedgerPosition
  /// Claims that were taken and are not decided.
  public let openClaims: [ClaimRecord]
  /// Counts over all rows.
  public let tally: LedgerTally
  /// The checkpoint that was started from.
  public let checkpoint: Checkpoint?
  private let reader: JournalReader?

  /// Reads the newest checkpoint, and the journal behind it up to where `ledger/position` says that it is durable.
  ///
  /// - Parameter mayBeNew: an exchange without a ledger is one that decided nothing yet, not an error.
  public init(root path: String, configuration: Configuration, mayBeNew: Bool = false) throws {
    root = try Folder(path: path)
    self.configuration = configuration
    let partners = configuration.profiles.map { Array($0.folder.utf8) }
    var replay = Replay()
    let ledger = try root.status(Array("ledger".utf8))?.kind == .folder ? try root.subfolder("ledger") : nil
    if let ledger, try ledger.status(Array("journal".utf8))?.kind == .folder {
      let anchor = try LedgerPosition.read(in: ledger)
      var restart = try Checkpoints(ledger).newest(upTo: anchor, partners: partners)
      replay = restart.takeReplay()
      checkpoint = restart.checkpoint
      let start = restart.position
      let scan = anchor.map { JournalScan(ledger, from: start, upTo: $0) } ?? JournalScan(ledger, from: start)
      position = try scan.forReplay().run { try replay.take($0) }.last
      reader = try JournalReader(ledger)
    } else {
      guard mayBeNew else { throw ExchangeFault.noLedger(root: path) }
      for folder in partners { _ = replay.books.partnerNumber(folder) }
      position = .start
      checkpoint = nil
      reader = nil
    }
    self.ledger = ledger
    tally = LedgerTally(replay.tally, of: replay.books)
    books = replay.books
    openClaims = replay.openClaims.values.sorted { $0.claim < $1.claim }
  }

  public var history: History { History { [reader] in try reader?.frame(at: $0).payload ?? [] } }

  /// The hash over everything up to the last commit, in hexadecimal.
  public var hash: String { hexadecimal(position.hash) }

  /// The process that holds the ledger now.
  public func daemon() throws -> Int32? { try ledger.flatMap { try ProcessLock.holder(in: $0) } }

  /// How that process watches the inboxes.
  public func watching() throws -> WatchReport? { try ledger.flatMap { try WatchReport.read(in: $0) } }

  /// The journal's bytes that were read behind the checkpoint.
  public var tailBytes: UInt64 { position.end - (checkpoint?.position.end ?? 0) }

  public func segments() throws -> Int {
    try ledger?.subfolder("journal").list().count { $0.name.starts(with: "journal-".utf8) } ?? 0
  }

  /// Is it the newest decision on a file of this name?
  public func isLatest(_ file: FileRecord) -> Bool {
    books.file(partner: file.partner, name: file.name)?.decision == file.decision
  }

  public func report(_ file: FileRecord) -> FileReport {
    FileReport(file, partner: books.partnerName(file.partner))
  }

  /// What the partner's own folders hold now.
  public func waiting() throws -> [(partner: String, name: [UInt8], arrival: Timestamp, bytes: Int64)] {
    guard try root.status(Array("inbox".utf8))?.kind == .folder else { return [] }
    var inbox = try Inbox(root: try root.subfolder("inbox"), partners: configuration.profiles)
    return try inbox.look(nowMilliseconds: MonotonicClock.nowMilliseconds()).waiting.map {
      ($0.partner, $0.name.bytes, Timestamp(milliseconds: $0.status.changed / 1_000_000), $0.status.size)
    }
  }

  /// How much must be free on the disk before a file of such a size is claimed; nil: there is room for it.
  public func bytesMissing(for size: Int64, from partner: String) throws -> UInt64? {
    let needed = Room.bytesNeeded(for: Room.bytesRead(ofSize: size, from: partner, configuration))
    return try freeBytes(of: ledger ?? root) >= needed ? nil : needed
  }

  // MARK: Check

  /// What the daemon would answer to the file now.
  public struct Judgement: Sendable {
    public var outcome: FileOutcome
    public var kind: Kind?
    public var faults: [Fault]
    public var counts: RowCounts
    /// The rows that are not simply applied, the first of them.
    public var rows: [Row]
    public var rowsLeftOut: Int
    public var groups: [(code: RejectionCode, count: Int)]

    public struct Row: Sendable {
      public var row: UInt32
      public var line: UInt32
      public var keys: [String]
      public var verdict: Verdict
      public var values: [String]
    }
  }

  /// Judges a file against the ledger on a private copy of the books; nothing is written anywhere.
  ///
  /// - Parameter path: the file; its own name says what kind it is.
  public func judge(_ path: [UInt8], partner: String, arrival: Timestamp, rowsMax: Int) throws -> Judgement {
    let cut = path.lastIndex(of: UInt8(ascii: "/"))
    let folder = cut.map { String(decoding: path[..<$0], as: UTF8.self) } ?? "."
    return try judge(
      Array(path[(cut.map { $0 + 1 } ?? 0)...]), in: try Folder(path: folder.isEmpty ? "/" : folder),
      partner: partner, arrival: arrival, rowsMax: rowsMax)
  }

  /// - Parameters:
  ///   - forced: the kind, where the name need not say it.
  ///   - each: is handed the rows with their verdicts as they come.
  ///   - after: is handed the docket when the last row was judged.
  func judge(
    _ name: [UInt8], in folder: Folder, partner folderName: String, arrival: Timestamp, rowsMax: Int,
    as forced: Kind? = nil, each: (RowBatch, [Verdict]) throws -> Void = { _, _ in },
    after: (borrowing Docket) throws -> Void = { _ in }
  ) throws -> Judgement {
    var judgement = Judgement(
      outcome: .rejected, kind: nil, faults: [], counts: RowCounts(), rows: [], rowsLeftOut: 0, groups: [])
    let fileName = FileName(name)
    var books = books
    let partner = books.partnerNumber(Array(folderName.utf8))
    let profiles = OpenLedger.profiles(of: books, configuration)
    let profile = profiles[Int(partner)]
    guard let format = fileName.format, fileName.refusal == nil else {
      judgement.faults = FileRun.refusal(of: fileName).map { [$0] } ?? []
      return judgement
    }
    func open() throws -> InputFile {
      try InputFile(
        name, in: folder, isGzip: fileName.isGzip, bounds: profile.bounds(configuration), keepsDigest: false)
    }
    judgement.kind = forced ?? fileName.kind
    if judgement.kind == nil {
      var head: [UInt8] = []
      let input = try open()
      while head.count < 64 << 10, try input.read(into: &head, upTo: 64 << 10) > 0 {}
      judgement.kind = recogniseKind(firstBytes: head, format: format)
    }
    guard let kind = judgement.kind else {
      judgement.faults = [Fault(.unrouted)]
      return judgement
    }
    if let fault = FileRun.refusal(of: kind, from: profile) {
      judgement.faults = [fault]
      return judgement
    }

    let pages = MemoryPages()
    let reader = self.reader
    var docket = Docket(
      books: books, profiles: profiles, fingerprint: { _ in 0 },
      frames: { try pages.page(at: $0) ?? reader?.frame(at: $0).payload ?? [] })
    docket.open(partner: partner, claim: ClaimNumber(.max), name: name, arrival: arrival)
    let input = try open()
    defer { input.close() }
    var rowReader = RowReader(configuration.terms(kind, format, profile, credentialDigest: nil)) {
      try input.read(into: &$0, upTo: $1)
    }
    var run = RowsRun(kind: kind, pages: pages)
    do {
      try run.run(&rowReader, &docket) { batch, verdicts, _ in
        note(batch, verdicts, rowsMax, in: &judgement)
        try each(batch, verdicts)
      }
      try after(docket)
    } catch let fault as FileFault {
      judgement.outcome = fault.isIncomplete ? .held : .rejected
      judgement.faults = fault.faults
      return judgement
    } catch let fault as InputFile.Unsound {
      judgement.faults = [fault.fault]
      return judgement
    }
    judgement.outcome = judgement.counts[.rejected] > 0 ? .acceptedWithErrors : .accepted
    return judgement
  }

  private func note(
    _ batch: RowBatch, _ verdicts: [Verdict], _ rowsMax: Int, in judgement: inout Judgement
  ) {
    for (index, verdict) in verdicts.enumerated() {
      judgement.counts.read += 1
      judgement.counts[verdict.outcome] += 1
      if let code = verdict.rejection?.faults.first?.code {
        if let group = judgement.groups.firstIndex(where: { $0.code == code }) {
          judgement.groups[group].count += 1
        } else {
          judgement.groups.append((code, 1))
        }
      }
      if verdict.outcome == .applied { continue }
      if judgement.rows.count == rowsMax {
        judgement.rowsLeftOut += 1
        continue
      }
      let row = batch.rows[index]
      func text(_ slice: Slice) -> String { String(decoding: batch.text(slice), as: UTF8.self) }
      let keys = [Column.orderNumber, .invoiceID, .awbNumber, .sku, .locationKey]
        .map { text(batch.cell(index, $0)) }.filter { !$0.isEmpty }
      judgement.rows.append(
        Judgement.Row(
          row: row.number, line: row.line, keys: keys, verdict: verdict,
          values: verdict.rejection?.faults.map { text($0.value) } ?? []))
    }
  }
}

/// Pages that are kept in memory only, for a judgement that changes nothing.
final class MemoryPages: PageSink {
  /// Above every offset that a journal reaches.
  private static let base: UInt64 = 1 << 43
  private var pages: [[UInt8]] = []

  var nextOffset: UInt64 { Self.base + UInt64(pages.count) * 8 }
  func append(_ page: [UInt8]) { pages.append(page) }

  func page(at offset: UInt64) -> [UInt8]? {
    guard offset >= Self.base else { return nil }
    let index = Int(offset - Self.base) / 8
    return index < pages.count ? pages[index] : nil
  }
}
