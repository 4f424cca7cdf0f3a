internal import Files
internal import Ledger
public import Orders

/// Counts over everything the ledger holds, for those who ask how things stand, with the partners by name.
public struct LedgerTally: Sendable {
  /// Rejected rows by the code of their first fault.
  public let rejections: [RejectionCode: Int]
  /// Codes that carriers sent and no table has, by partner.
  public let unknownCodes: [(partner: String, code: String, count: Int)]
  /// Rows that wait for an earlier step, by the partner that sent them, and the event time of the oldest.
  public let parkedRows: [(partner: String, rows: Int, oldest: Timestamp)]

  init(_ tally: RowTally, of books: Books) {
    rejections = tally.rejections
    unknownCodes = tally.unknownCodes.map {
      (books.partnerName($0.partner), String(decoding: $0.code, as: UTF8.self), $0.count)
    }
    var groups: [UInt8: (rows: Int, oldest: Timestamp)] = [:]
    for row in tally.parked.values {
      let group = groups[row.partner] ?? (0, row.time)
      groups[row.partner] = (group.rows + 1, min(group.oldest, row.time))
    }
    parkedRows = groups.map { (books.partnerName($0.key), $0.value.rows, $0.value.oldest) }
      .sorted { $0.partner < $1.partner }
  }

  /// The code that rejected the most rows; of several, the one of the lowest number.
  public var frequentRejection: RejectionCode? {
    rejections.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
  }
}
