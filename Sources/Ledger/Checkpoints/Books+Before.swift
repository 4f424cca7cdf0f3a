public import Files
public import Orders

/// The books of an earlier time, for those who read about shipments and judge nothing.
extension Books {
  /// The books before the first decision of an instant or later: on a file that arrived then, or a deed of then.
  ///
  /// They come from the newest checkpoint that holds nothing of it and from the journal behind that; the checkpoint's commit was
  /// held against the journal. What only judging needs (lines, scan numbers, shelves, products) is left out.
  ///
  /// - Parameters:
  ///   - anchor: how far to read: what the ledger is known to hold.
  ///   - partners: those known to the caller; others follow behind them, unless a checkpoint numbered them before.
  ///   - progress: gets the journal's bytes that were read, and those there are behind the checkpoint.
  public static func before(
    _ end: Timestamp, in ledger: Folder, upTo anchor: LedgerPosition, partners: [[UInt8]],
    progress: (_ done: UInt64, _ total: UInt64) -> Void
  ) throws -> Books {
    var restart = try Checkpoints(ledger).newest(upTo: anchor, partners: partners, before: end)
    var replay = restart.takeReplay()
    let start = restart.position
    do {
      _ = try JournalScan(ledger, from: start, upTo: anchor).forReplay().run { frame in
        if frame.kind == .begin, try BeginRecord(frame.payload).receivedAt >= end { throw Over() }
        try replay.take(frame)
        progress(frame.end - start.end, anchor.end - start.end)
      }
    } catch is Over {}
    replay.books.keepShipments()
    return replay.books
  }

  /// What follows in the journal came later.
  private struct Over: Error {}

  /// Does everything in them come from before an instant?
  func areBefore(_ end: Timestamp) -> Bool {
    files.allSatisfy { $0.receivedAt < end } && deeds.allSatisfy { $0.at < end }
  }

  /// Gives up what neither orders nor shipments are told from: half of the memory.
  private mutating func keepShipments() {
    lines = []
    lineKeys = KeyTable()
    stock = []
    stockKeys = KeyTable()
    products = []
    productKeys = KeyTable()
    scanNumbers = scanNumbers.map { _ in NumberSet() }
    scanTexts = KeyTable()
  }
}
