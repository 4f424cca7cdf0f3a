internal import Files
internal import Orders

/// How many keys and records a journal will come to, as its longest transactions let foresee.
///
/// Only the frames' heads are read, and of a few transactions their first rows; a file's rows are alike. Nothing here is believed: what
/// turns out otherwise costs time, and room until the end of the replay. So whatever cannot be read is left out.
struct JournalSurvey {
  /// The transactions with the most rows, in bytes.
  private var longest: [Rows] = []
  private var open: Rows?
  private let rowsBytesMin: Int

  private init(rowsBytesMin: Int) { self.rowsBytesMin = rowsBytesMin }

  /// The rows of a transaction.
  private struct Rows {
    var segment: JournalSegment
    /// The first frame of them.
    var offset: UInt64
    var firstBytes: Int
    var bytes: Int
  }

  /// Of so many transactions the rows are looked at: a few milliseconds' work.
  private static let transactionsMax = 16
  /// Shorter ones are foreseen well enough by those before them.
  static let rowsBytesMinBuiltIn = 1 << 20
  /// What the first rows say falls short by less than this.
  private static let share = 1.0 + 1.0 / 32

  /// What lies behind a scan's start.
  /// - Parameter isEnough: asked again and again; true ends the survey where it is.
  static func counts(
    of scan: JournalScan, rowsBytesMin: Int = rowsBytesMinBuiltIn, isEnough: () -> Bool
  ) throws -> ReplayCounts {
    var survey = JournalSurvey(rowsBytesMin: rowsBytesMin)
    let journal = try scan.ledger.subfolder(JournalSegment.folderName)
    for segment in try JournalSegment.list(journal) {
      let contents = FileContents(try journal.openForReading(segment.name))
      let end = min(segment.first + UInt64(try contents.status().size), scan.limit?.end ?? .max)
      if end <= scan.start.end { continue }
      try survey.hop(through: contents, segment, from: scan.start.end, to: end, isEnough)
    }
    return try survey.counts(in: journal)
  }

  /// Goes from frame to frame.
  private mutating func hop(
    through contents: borrowing FileContents, _ segment: JournalSegment, from start: UInt64, to end: UInt64,
    _ isEnough: () -> Bool
  ) throws {
    var offset = max(start, segment.first)
    var head: [UInt8] = []
    open = nil
    while offset < end, !isEnough() {
      try contents.read(at: Int64(offset - segment.first), count: JournalFormat.headerBytes, into: &head)
      guard let header = try? FrameHeader(reading: head, at: 0) else { return }
      switch header.kind {
      case .rows:
        if open == nil {
          open = Rows(segment: segment, offset: offset, firstBytes: header.frameBytes, bytes: 0)
        }
        open?.bytes += header.frameBytes
      case .commit: close()
      case .abort: open = nil
      default: break
      }
      offset += UInt64(header.frameBytes)
    }
  }

  private mutating func close() {
    defer { open = nil }
    guard let rows = open, rows.bytes >= rowsBytesMin else { return }
    longest.append(rows)
    if longest.count <= Self.transactionsMax { return }
    guard let shortest = longest.indices.min(by: { longest[$0].bytes < longest[$1].bytes }) else { return }
    longest.remove(at: shortest)
  }

  /// What the rows come to, as their first frames tell.
  private func counts(in journal: Folder) throws -> ReplayCounts {
    var counts = ReplayCounts()
    if longest.isEmpty { return counts }
    let reader = try JournalReader(journal: journal)
    for rows in longest {
      let page = ReplayPage(try reader.frameInPassing(at: rows.offset))
      counts.add(page.counts, times: Double(rows.bytes) / Double(rows.firstBytes) * Self.share)
    }
    // Nearly every shipment has one of each; one that comes again is counted again.
    counts.invoices = min(counts.invoices, counts.shipments)
    return counts
  }
}

extension ReplayCounts {
  fileprivate mutating func add(_ other: ReplayCounts, times: Double) {
    orders += Int(Double(other.orders) * times)
    shipments += Int(Double(other.shipments) * times)
    invoices += Int(Double(other.invoices) * times)
    awbs += Int(Double(other.awbs) * times)
    lines += Int(Double(other.lines) * times)
  }
}
