internal import Ledger
internal import Orders
internal import Outbox

/// The answer to an export that its rows cannot give: what the export does not name.
extension FileRun {
  /// `NAME.ext.missing.csv`: the sender's open shipments that the export has no row for; nil where it names them all.
  func missingFromExport(_ names: AnswerNames) throws -> StagedAnswer? {
    let missing = ledger.docket.exportedShare().missing
    if missing.isEmpty { return nil }
    var file = MissingFile(
      zone: profile.zone, staging: ledger.asides, stagedName: Array("\(claim.claim.raw)-missing".utf8))
    let books = ledger.docket.books
    for shipment in missing {
      let record = books[shipment]
      try file.append(
        orderNumber: books.orderNumber(of: record.order), invoice: books.invoice(of: shipment),
        awb: books.awb(of: shipment), state: record.state, since: record.since)
    }
    return try file.finish(as: names.missing)
  }
}
