internal import Files
internal import Ledger
internal import Orders

/// The nightly end of rows that waited too long for an earlier step.
extension OpenLedger {
  /// So many rows are rejected in one transaction: enough to cost few syncs, few enough to fit memory and one pause of the intake.
  static let expiryRowsMax = 10_000
  private static let pageBytesMax = 60 << 10

  /// Rejects every row that has waited longer than its sender's terms allow, oldest event first.
  ///
  /// Stopped half-way and done again it goes on where it stopped: what is rejected waits no more.
  func expire(at clock: Timestamp, for request: RequestNumber) throws {
    let overdue = try docket.overdueRows(at: clock)
    for start in stride(from: 0, to: overdue.count, by: OpenLedger.expiryRowsMax) {
      try expire(overdue[start..<min(start + OpenLedger.expiryRowsMax, overdue.count)], at: clock, request)
    }
  }

  private func expire(_ rows: ArraySlice<OverdueRow>, at clock: Timestamp, _ request: RequestNumber) throws {
    var deed = DeedRecord(.expiry, decision: nextDecision, at: clock, request: request)
    try begin(.expiry, at: clock)
    startPage(row: 1)
    let numbers = try docket.history.rowNumbers(of: rows.map(\.event.position))
    for (place, row) in rows.enumerated() {
      try docket.expire(row, rowInFile: numbers[row.event.position] ?? 0, as: UInt32(place + 1))
      if docket.writer.payload.count > OpenLedger.pageBytesMax { try closePage(next: UInt32(place + 2)) }
    }
    if docket.writer.rowCount > 0 { try closePage(next: 0) }
    let settled = try SettledAnswers(
      docket.released, docket, staging: asides, prefix: "deed-\(deed.decision.raw)-")
    guard settled.counts.isConserved, settled.counts.read == rows.count else {
      throw ExchangeFault.notConserved(file: deed.kind.name)
    }
    deed.counts = settled.counts
    deed.settled = settled.answers.map(\.claim)
    try conclude(deed, settled.answers.map { ($0.partner, $0.answer) })
  }

  private func startPage(row: UInt32) {
    docket.frame = journal.nextFrameOffset
    docket.startPage(row: row)
  }

  private func closePage(next row: UInt32) throws {
    try journal.appendRows(docket.writer.payload)
    CrashPoint.reached(.batchJournaled)
    startPage(row: row)
  }
}
