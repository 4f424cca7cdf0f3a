internal import Files
internal import Formats
internal import Ledger
internal import Orders

/// Where finished pages of rows go.
protocol PageSink {
  /// The offset that the next page will have.
  var nextOffset: UInt64 { get }
  mutating func append(_ page: [UInt8]) throws
}

/// Pages that enter the journal's open transaction.
struct JournalPages: PageSink {
  private let journal: any TransactionLog
  init(_ journal: any TransactionLog) { self.journal = journal }
  var nextOffset: UInt64 { journal.nextFrameOffset }
  mutating func append(_ page: [UInt8]) throws {
    _ = try journal.appendRows(page)
    CrashPoint.reached(.batchJournaled)
  }
}

/// The rows of one file, batch by batch: parsed, judged in order, written to pages, answered.
struct RowsRun<Pages: PageSink> {
  private var batch: RowBatch
  private var verdicts: [Verdict] = []
  private(set) var pages: Pages
  private(set) var rowCount = 0
  /// A page is closed above this size; a record larger than the rest of a frame gets a page of its own.
  private static var pageBytesMax: Int { 60 << 10 }
  private let watch: StageWatch?
  private let fileBytes: Int64

  /// - Parameter fileBytes: how long the file is, where it is known; room is made for what its rows will add.
  init(kind: Kind, pages: Pages, fileBytes: Int64 = 0, watch: StageWatch? = nil) {
    batch = RowBatch(kind: kind)
    self.pages = pages
    self.fileBytes = fileBytes
    self.watch = watch
  }

  mutating func run(
    _ reader: inout some BatchSource, _ docket: inout Docket,
    answer: (_ batch: inout RowBatch, _ verdicts: inout [Verdict], _ layout: FileLayout) throws -> Void
  ) throws {
    start(&docket, row: 1)
    let sizes = docket.books.sizes
    watch?.turn(to: .parse)
    while try reader.next(into: &batch, &docket.sought) {
      Pulse.beat()
      watch?.turn(to: .judge)
      // Those of the batch before are written over one by one: hardly one of them holds a rejection that is to be let go.
      if verdicts.count > batch.rows.count { verdicts.removeLast(verdicts.count - batch.rows.count) }
      for row in batch.rows.indices {
        if row % Docket.rowsAtOnce == 0 { docket.prepare(batch, from: row) }
        let verdict = try docket.judge(batch, row)
        if row < verdicts.count { verdicts[row] = verdict } else { verdicts.append(verdict) }
        let count = docket.writer.byteCount
        if count > JournalFormat.payloadBytesMax {
          // Whoever parses ahead must have come to the end before the file is read again for its digest.
          while try reader.next(into: &batch, &docket.sought) {}
          throw InputFile.Unsound(fault: Fault(.overBound, number: Int64(JournalFormat.payloadBytesMax)))
        }
        if count > Self.pageBytesMax { try close(&docket, next: batch.rows[row].number + 1) }
      }
      if rowCount == 0, !batch.bytes.isEmpty {
        let read = Double(batch.bytes.count)
        docket.books.makeRoom(since: sizes, times: max(0, Double(fileBytes) - read) / read)
      }
      rowCount += batch.rows.count
      watch?.turn(to: .answers)
      try answer(&batch, &verdicts, reader.layout)
      watch?.turn(to: .parse)
    }
    watch?.turn(to: .judge)
    if docket.writer.rowCount > 0 { try close(&docket, next: UInt32(rowCount + 1)) }
  }

  /// Judges again what waited for an order or AWB that these rows made known, each row on a page of its own.
  mutating func resume(_ docket: inout Docket) throws {
    try docket.resumeWaitingRows(at: pages.nextOffset) { page in
      try pages.append(page)
      return pages.nextOffset
    }
  }

  private mutating func close(_ docket: inout Docket, next row: UInt32) throws {
    watch?.turn(to: .journal)
    try pages.append(docket.writer.payload)
    watch?.turn(to: .judge)
    start(&docket, row: row)
  }

  private func start(_ docket: inout Docket, row: UInt32) {
    docket.frame = pages.nextOffset
    docket.startPage(row: row)
  }
}
