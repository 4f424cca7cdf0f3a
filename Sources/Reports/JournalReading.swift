public import Files
public import Ledger
internal import Orders

/// Told of the journal's bytes that were read, and of those there are.
public typealias JournalHeadway = (_ done: UInt64, _ total: UInt64) -> Void

extension JournalScan {
  /// How far the ledger is known to be durable, or as far as it goes where nothing says that; nil: it holds nothing.
  static func durable(_ ledger: Folder) throws -> LedgerPosition? {
    let position = try LedgerPosition.read(in: ledger) ?? JournalScan(ledger).verify().last
    return position.end == 0 ? nil : position
  }

  /// Reads everything that is known to be durable, without the ledger's lock.
  public static func read(
    _ ledger: Folder, _ headway: JournalHeadway?, _ each: (JournalFrame) throws -> Void
  ) throws {
    let anchor = try LedgerPosition.read(in: ledger)
    let scan = anchor.map { JournalScan(ledger, upTo: $0) } ?? JournalScan(ledger)
    _ = try scan.run { frame in
      try each(frame)
      if let anchor { headway?(frame.end, anchor.end) }
    }
  }
}
