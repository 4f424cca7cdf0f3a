public import Orders

/// Claims that came to nothing: journaled, and then there was no file under their number in `ledger/claimed`.
///
/// A crash came before the rename, the file was gone from the inbox, its sender wrote to it again and got it back, or somebody took it
/// out of the ledger. They are written off behind the claims of a claims frame, so that every number ever given is accounted for:
/// decided, waiting, or void. A claims frame without any ends behind its claims, as in the first version of the format.
public enum VoidClaims {
  /// The payload of a claims frame: the claims, then the count of void ones and their numbers, where there are any.
  public static func payload(_ claims: [ClaimRecord] = [], void: [ClaimNumber]) -> [UInt8] {
    ClaimRecord.payload(claims, void: void)
  }

  /// The numbers that a claims frame writes off.
  public static func read(_ payload: [UInt8]) throws(RecordFault) -> [ClaimNumber] {
    var reader = RecordReader(payload)
    _ = try ClaimRecord.read(&reader)
    if reader.isAtEnd { return [] }
    var void: [ClaimNumber] = []
    for _ in 0..<(try reader.number()) {
      void.append(ClaimNumber(UInt32(truncatingIfNeeded: try reader.number())))
    }
    return void
  }
}
