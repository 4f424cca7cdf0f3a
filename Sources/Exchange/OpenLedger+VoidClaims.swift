internal import Files
internal import Ledger
internal import Orders

/// Claims that came to nothing, and their end in the journal.
extension OpenLedger {
  /// Writes off the claims whose files are not under their numbers, so that each number ever given is decided, waits, or is void.
  ///
  /// Durable with the next sync, and found again at the next start where that does not come. What was given back to its inbox must
  /// lie there for good before its number is written off: else a power cut could bring it back under a number that is void.
  func writeOffClaims() throws {
    if voidClaims.isEmpty { return }
    try claimed.sync()
    try journal.begin(.claims, VoidClaims.payload(void: voidClaims.sorted()))
    _ = try journal.commit(decision: nil, CommitTerms.payload(configurationDigest))
    for claim in voidClaims { writtenClaims[claim] = nil }
    voidClaims = []
  }
}
