internal import Ledger
internal import Orders
internal import Outbox

/// The answer to an export that its rows cannot give: what the export does not name.
extension FileRun {
  /// `NAME.ext.missing.csv`: the sender's open shipments that the export has no row for; nil where it names them all.
  func missingFromExport(_ names: AnswerNames) throws -> StagedAnswer? {
    let docket = ledger.docket
    let missing = docket.exportedShare().missing
    if missing.isEmpty { return nil }
    var file = MissingFile(
      zone: profile.zone, staging: ledger.asides, stagedName: Array("\(claim.claim.raw)-missing".utf8))
    for shipment in missing {
      let record = docket.books[shipment]
      try file.append(
        orderNumber: docket.books.orderNumber(of: record.order), invoice: docket.books.invoice(of: shipment),
        awb: docket.books.awb(of: shipment), state: record.state, since: record.since)
    }
    return try file.finish(as: names.missing)
  }
}
