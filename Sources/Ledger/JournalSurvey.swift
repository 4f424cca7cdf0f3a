internal import Files
internal import Orders

/// What a journal will come to, as its frames' heads let foresee: how many keys and records, and where its long transactions lie.
///
/// Only the heads are read, and of a few transactions their first rows; a file's rows are alike. Nothing here is believed: what
/// turns out otherwise costs time, and room until the end of the replay. So whatever cannot be read is left out.
struct JournalSurvey {
  /// The transactions with the most rows, in bytes.
  private var longest: [Rows] = []
  private var open: Rows?
  /// The last commit, as long as nothing came behind it that no commit closes.
  private var commit: Commit?
  private var sums: [Sum] = []
  private let rowsBytesMin: Int
  private let journal: Folder

  /// The rows of a transaction.
  private struct Rows {
    var segment: JournalSegment
    /// The first frame of them.
    var offset: UInt64
    var firstBytes: Int
    var bytes: Int
  }

  private struct Commit {
    var end: UInt64
    /// Where its hash stands; nil of the one that the scan starts behind.
    var hashOffset: UInt64?
  }

  /// What a long transaction's commit is the hash of.
  private struct Sum {
    var behind: Commit
    var end: UInt64
  }

  /// Of so many transactions the rows are looked at: a few milliseconds' work.
  private static let transactionsMax = 16
  /// Shorter ones are foreseen well enough by those before them.
  static let rowsBytesMinBuiltIn = 1 << 20
  /// What the first rows say falls short by less than this.
  private static let share = 1.0 + 1.0 / 32

  /// Surveys what lies behind a scan's start.
  /// - Parameter isEnough: asked again and again; true ends the survey where it is.
  init(of scan: JournalScan, rowsBytesMin: Int = rowsBytesMinBuiltIn, isEnough: () -> Bool) throws {
    self.rowsBytesMin = rowsBytesMin
    journal = try scan.ledger.subfolder(JournalSegment.folderName)
    commit = Commit(end: scan.start.end, hashOffset: nil)
    for segment in try JournalSegment.list(journal) {
      let contents = FileContents(try journal.openForReading(segment.name))
      let end = min(segment.first + UInt64(try contents.status().size), scan.limit?.end ?? .max)
      if end <= scan.start.end { continue }
      try hop(through: contents, segment, from: scan.start.end, to: end, isEnough)
    }
  }

  /// Goes from frame to frame.
  private mutating func hop(
    through contents: borrowing FileContents, _ segment: JournalSegment, from start: UInt64, to end: UInt64,
    _ isEnough: () -> Bool
  ) throws {
    var offset = max(start, segment.first)
    var head: [UInt8] = []
    open = nil
    while offset < end {
      var header: FrameHeader?
      if !isEnough() {
        try contents.read(at: Int64(offset - segment.first), count: JournalFormat.headerBytes, into: &head)
        header = try? FrameHeader(reading: head, at: 0)
      }
      guard let header else {
        // What follows in a later segment goes on from something that was not met.
        commit = nil
        return
      }
      switch header.kind {
      case .rows:
        if open == nil {
          open = Rows(segment: segment, offset: offset, firstBytes: header.frameBytes, bytes: 0)
        }
        open?.bytes += header.frameBytes
      case .commit: close(header, at: offset)
      case .abort: (open, commit) = (nil, nil)
      default: break
      }
      offset += UInt64(header.frameBytes)
    }
  }

  private mutating func close(_ header: FrameHeader, at offset: UInt64) {
    let hashOffset = offset + UInt64(JournalFormat.headerBytes + header.length - JournalFormat.hashBytes)
    let before = commit
    let rows = open
    open = nil
    commit = Commit(end: offset + UInt64(header.frameBytes), hashOffset: hashOffset)
    guard let rows, rows.bytes >= rowsBytesMin else { return }
    if let before, hashOffset > offset { sums.append(Sum(behind: before, end: hashOffset)) }
    longest.append(rows)
    if longest.count <= Self.transactionsMax { return }
    guard let shortest = longest.indices.min(by: { longest[$0].bytes < longest[$1].bytes }) else { return }
    longest.remove(at: shortest)
  }

  /// How many keys and records the journal will come to, as its longest transactions let foresee.
  func counts() throws -> ReplayCounts {
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

  /// What the commits of the long transactions are hashes of; the walk begins with what lies behind the scan's start at once.
  func stretches() throws -> [ChainAhead.Stretch] {
    let reader = try JournalReader(journal: journal)
    var (stretches, hash): ([ChainAhead.Stretch], [UInt8]) = ([], [])
    for sum in sums {
      guard let place = sum.behind.hashOffset else { continue }
      let came = try reader.raw(at: place, count: JournalFormat.hashBytes, into: &hash)
      if came == JournalFormat.hashBytes {
        stretches.append(ChainAhead.Stretch(start: sum.behind.end, end: sum.end, before: hash))
      }
    }
    return stretches
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
