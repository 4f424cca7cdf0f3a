internal import Files
internal import Intake
internal import Ledger
internal import Orders

extension LedgerVerification {
  /// The claims of a journal: every number that was given, and the numbers that were written off.
  struct ClaimAccount {
    private(set) var given: Set<ClaimNumber> = []
    private(set) var void: Set<ClaimNumber> = []

    mutating func take(_ frame: JournalFrame) throws {
      for claim in try ClaimRecord.read(frame.payload) { given.insert(claim.claim) }
      for claim in try VoidClaims.read(frame.payload) { void.insert(claim) }
    }
  }

  /// Every claim is decided once, waits to be judged, or was written off; and what lies in `ledger/claimed` is one that waits, or one
  /// that was decided and is not put away yet.
  ///
  /// - Parameter isWritten: a writer is at work, which may be further than the journal that was read.
  mutating func holdClaims(
    _ reading: JournalReading, putAway: Set<ClaimNumber>, in claimed: Folder, isWritten: Bool
  ) throws {
    let account = reading.claims
    let decided = reading.replay.books.files.compactMap(\.claim)
    let open = reading.replay.openClaims
    let isWhole =
      Set(decided).count == decided.count && account.void.isDisjoint(with: decided)
      && account.given == account.void.union(decided).union(open.keys)
    guard isWhole else {
      throw Fault.claims(
        given: account.given.count, decided: decided.count, void: account.void.count, open: open.count)
    }
    claims = account.given.count
    voidClaims = account.void.count
    for number in try Claim.numbers(in: claimed) {
      let isOpen = open[number] != nil
      if isOpen { openClaims += 1 }
      let mayLie = number <= reading.replay.lastClaim && !putAway.contains(number)
      let isKnown = isOpen || mayLie && !account.void.contains(number)
      if !isKnown && !isWritten {
        throw Fault.claim(name: String(decoding: Claim.fileName(of: number), as: UTF8.self))
      }
    }
    // A kill came between the journal and the rename: the next start writes them off.
    if !isWritten { unwrittenClaims = open.count - openClaims }
  }
}
