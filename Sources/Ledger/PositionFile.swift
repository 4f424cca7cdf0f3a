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
  /// The line of the position that is written next, as far as that is known.
  private var prepared: (position: LedgerPosition, line: [UInt8])?

  public init(_ ledger: Folder) { self.ledger = ledger }

  /// Puts together the line of a position while its commit is on its way to the disk.
  public func prepare(_ position: LedgerPosition) { prepared = (position, position.encoded()) }

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
    let bytes = prepared?.position == position ? prepared?.line : nil
    prepared = nil
    try open?.descriptor.write(bytes ?? position.encoded(), at: Int64(line * LedgerPosition.lineBytes))
    newestIsSecond = line == 1
  }
}
