internal import Files
internal import Formats
internal import Intake
internal import Ledger
internal import Orders

/// A claimed file that another core reads and parses while the one before it is still being answered: two files at once.
///
/// Nothing of it is judged before its turn, and what is parsed of it does not depend on the file before; it is no more than the first
/// batches. Where its turn finds that its rows are not to be judged (it was written to, it came before), they are thrown away.
final class BegunFile {
  let claim: ClaimNumber
  /// How it lay there when it was opened.
  let status: FileStatus
  let input: InputFile
  let rows: ParseAhead

  init(_ claim: ClaimNumber, _ status: FileStatus, _ input: InputFile, _ rows: ParseAhead) {
    self.claim = claim
    self.status = status
    self.input = input
    self.rows = rows
  }

  /// Waits until nobody reads it any more.
  func giveUp() {
    rows.stop()
    input.close()
  }
}

extension FileRun {
  /// Begins to read and parse the file on another core, if it is worth that and nothing speaks against its being judged.
  ///
  /// What cannot be opened or read is no concern of the file in hand: it is found again when its turn comes.
  func begun() -> BegunFile? {
    guard ledger.jobs > 1, !OtherThreads.areBarred, upload == nil, let kind, kind != .carriers,
      let format = name.format, !name.isGzip, FileRun.refusal(of: name) == nil,
      FileRun.refusal(of: kind, from: profile) == nil,
      let status = try? claimed.status(claimedName), status.size > FileRun.parseAheadBytesMin,
      status.size <= profile.bounds(ledger.configuration).fileBytesMax,
      let input = try? open(keepsDigest: true)
    else { return nil }
    let rows = parseAhead(kind, format, of: input, claim: claim.claim)
    return BegunFile(claim.claim, status, input, rows)
  }

  /// What was begun of the file, where it lies there as it did then.
  func takeBegun(_ status: FileStatus?) -> BegunFile? {
    guard let begun = ledger.takeBegun() else { return nil }
    if begun.claim == claim.claim && begun.status == status { return begun }
    begun.giveUp()
    return nil
  }

  /// Parses the file's rows on another core; where that is the only other one, it has time for the answers too.
  func parseAhead(
    _ kind: Kind, _ format: FileFormat, of input: InputFile, claim: ClaimNumber? = nil
  ) -> ParseAhead {
    ParseAhead(reader(kind, format, of: input), seeking(kind), isShared: ledger.jobs == 2, claim: claim)
  }

  /// What the file's rows are sought by hangs on nothing that the files before it may change.
  func seeking(_ kind: Kind) -> RowSeeking { RowSeeking(kind, from: profile, ledger.docket.books) }

  func reader(_ kind: Kind, _ format: FileFormat, of input: InputFile) -> RowReader {
    RowReader(terms(kind, format)) { [name = claim.name] in
      PlantedTrap.springAhead(for: name)
      return try input.read(into: &$0, upTo: $1)
    }
  }
}

extension OpenLedger {
  /// Begins with the file that comes next, while the one in hand needs little of the other core.
  func beginNext() {
    guard let next = upNext else { return }
    upNext = nil
    begun = FileRun(next, in: self).begun()
  }

  func takeBegun() -> BegunFile? {
    defer { begun = nil }
    return begun
  }
}
