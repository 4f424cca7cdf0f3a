internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// A file that broke the program, or whose rows do not add up: our own fault, answered as such.
///
/// It lies in quarantine for whoever mends the program, and is judged no more; dropped again it is another claim.
extension FileRun {
  /// Answers the claim without looking into the file.
  func condemn() throws -> FileRecord {
    let size = try claimed.status(claimedName)?.size ?? 0
    var decision = begin(byteCount: size)
    decision.record.sha256 = try digest(of: claimedName, in: claimed) ?? []
    condemned(&decision)
    return try commit(decision)
  }

  func condemned(_ decision: inout Decision) {
    enter([Fault(.ourOwnFault)], in: &decision)
    // What holds credentials is kept by nobody, not even for whoever mends the program.
    decision.record.isQuarantined = kind != .carriers
    decision.maskedOriginal = kind == .carriers ? FileRun.withheld : nil
  }
}
