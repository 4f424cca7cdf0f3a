internal import Files
internal import Ledger
internal import Orders

/// What the outbox proves: an ack that lies there was published after its decision was durable.
///
/// A ledger that ends before that decision has lost some, or is an older copy; it is refused. The newest ack of each partner
/// is enough, because decisions are delivered in their order.
enum PublishedEvidence {
  /// The highest decision that a published ack names; nil where there is none.
  static func newestDecision(in outboxes: Folder, owner: UInt32) throws -> DecisionNumber? {
    var newest: UInt64 = 0
    for partner in try outboxes.list() where partner.kind == .folder {
      let outbox = try outboxes.subfolder(partner.name)
      var latest: (name: [UInt8], modified: Int64)?
      for entry in try outbox.list()
      where entry.kind == .regular && entry.name.reversed().starts(with: ending) {
        // Only what we wrote ourselves is evidence.
        guard let status = try outbox.status(entry.name), status.owner == owner, status.size < bytesMax else {
          continue
        }
        if status.modified > latest?.modified ?? .min { latest = (entry.name, status.modified) }
      }
      guard let latest else { continue }
      newest = max(newest, decision(try readWhole(outbox, latest.name, limit: Int(bytesMax))) ?? 0)
    }
    return newest == 0 ? nil : DecisionNumber(newest)
  }

  private static let ending = Array(".ack.json".utf8.reversed())
  private static let bytesMax: Int64 = 1 << 20
  private static let member = Array("\"ledger_sequence\": ".utf8)

  /// The number behind `"ledger_sequence": ` at the start of one of the ack's lines.
  private static func decision(_ ack: [UInt8]) -> UInt64? {
    for line in ack.split(separator: UInt8(ascii: "\n")) {
      guard let first = line.firstIndex(of: UInt8(ascii: "\"")), line[first...].starts(with: member) else {
        continue
      }
      let digits = line[(first + member.count)...].prefix { $0 >= 48 && $0 <= 57 }
      return UInt64(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }
}
