internal import Files
internal import Ledger
package import Orders

/// Counts over everything the ledger holds, for those who ask how things stand: gathered while the journal is read.
package struct LedgerTally: Sendable {
  /// Rejected rows by the code of their first fault.
  package private(set) var rejections: [RejectionCode: Int] = [:]
  /// Codes that carriers sent and no table has, by partner.
  package private(set) var unknownCodes: [(partner: String, code: String, count: Int)] = []
  private var parked: [Position: (partner: String, time: Timestamp)] = [:]
  private var partner = ""

  init() {}

  /// Rows that wait for an earlier step, by the partner that sent them, and the event time of the oldest.
  package var parkedRows: [(partner: String, rows: Int, oldest: Timestamp)] {
    var groups: [String: (rows: Int, oldest: Timestamp)] = [:]
    for row in parked.values {
      let group = groups[row.partner] ?? (0, row.time)
      groups[row.partner] = (group.rows + 1, min(group.oldest, row.time))
    }
    return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value.rows, $0.value.oldest) }
  }

  /// The code that rejected the most rows; of several, the one of the lowest number.
  package var frequentRejection: RejectionCode? {
    rejections.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
  }

  mutating func take(_ frame: JournalFrame) throws {
    switch frame.kind {
    case .begin: partner = String(decoding: try BeginRecord(frame.payload).partner, as: UTF8.self)
    case .rows:
      var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
      while !cursor.isAtEnd {
        let position = cursor.position
        note(try cursor.next(), at: position, frame.payload)
      }
    default: break
    }
  }

  private mutating func note(_ record: RowRecord, at position: Position, _ bytes: [UInt8]) {
    if let code = record.verdict.rejection?.faults.first?.code { rejections[code, default: 0] += 1 }
    for effect in record.effects {
      switch effect {
      case .settle(_, let waiting, _): parked[waiting] = nil
      case .carrier(_, let entry):
        if entry.outcome == .parked { parked[position] = (partner, entry.time) }
        if entry.code == .max { count(unknown: String(decoding: bytes[entry.codeText.range], as: UTF8.self)) }
      default: break
      }
    }
  }

  private mutating func count(unknown code: String) {
    if let known = unknownCodes.firstIndex(where: { $0.partner == partner && $0.code == code }) {
      unknownCodes[known].count += 1
    } else if unknownCodes.count < 1000 {
      unknownCodes.append((partner, code, 1))
    }
  }
}
