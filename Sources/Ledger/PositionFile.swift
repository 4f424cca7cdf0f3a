// The position file as its one writer holds it: open, with the line known that is to be written next.

public import Files

/// The ledger's position file while the ledger is open for writing.
///
/// It is written between a commit's sync and the first of its answers, while their receivers wait: so it is neither looked up nor read
/// again each time. Nobody else writes to it, for the ledger is locked; where somebody removed it, it is made anew.
public final class PositionFile {
  private let ledger: Folder
  private var open: LedgerPosition.OpenFile?
  /// Is the newest position on the second line?
  private var newestIsSecond = false

  public init(_ ledger: Folder) { self.ledger = ledger }

  /// Writes the position over the older line.
  public func write(_ position: LedgerPosition) throws(FileError) {
    if let file = open.take(), try file.descriptor.status().linkCount > 0 {
      open = consume file
    } else {
      let file = try LedgerPosition.openForWriting(in: ledger)
      newestIsSecond = file.older == 0
      open = consume file
    }
    let line = newestIsSecond ? 0 : 1
    try open?.descriptor.write(position.encoded(), at: Int64(line * LedgerPosition.lineBytes))
    newestIsSecond = line == 1
  }
}
