import Exchange
import Foundation
import Orders
import Reports

/// Both sides read from the ledger, and what differs written for the analysts.
extension LocalEngine {
  func threeWay(of day: GivenTime?, at clock: GivenTime?, _ progress: @escaping (Headway) -> Void)
    throws(Failure) -> ReconcileFolder.Written
  {
    let now = clock?.instant(in: zone) ?? now
    let written = try asked {
      try ReconcileFolder.make(
        root: root, day: day?.instant(in: zone), clock: now, zone: zone, profiles: configuration.profiles,
        headway: { done, total in
          progress(Headway(done: Int(done), total: Int(total), unit: "bytes", subject: "journal"))
        })
    }
    guard let written else { throw .noLedger(root: root) }
    return written
  }

  func compare(_ file: [UInt8], of profile: PartnerProfile, at clock: GivenTime?) throws(Failure)
    -> ExportView
  {
    let now = clock?.instant(in: zone) ?? now
    return try asked {
      let view = try LedgerView(root: root, configuration: configuration)
      let day = ReportDay(of: now, in: zone)
      let name = String(decoding: file.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
      var export = PartnerExport(partner: profile.folder, title: profile.title, file: name, day: day)
      var output = try PartnerExportFile(partner: profile.folder, day: day, root: root)
      let result = try view.compare(file, partner: profile.folder, arrival: now) { found in
        try output.add(LocalEngine.line(found, &export))
      }
      if let fault = result.judgement.faults.first {
        return ExportView(
          export: export,
          refusal: "\(fault.code.name): \(fault.sentence(value: "", kind: .reconcile, in: profile.zone))")
      }
      export.rows = result.judgement.counts.read
      (export.agreeing, export.repeated) = (result.agreeing, result.repeated)
      (export.own, export.named, export.closed) = (result.own, result.named, result.closed)
      let written = try output.finish(export)
      return ExportView(export: export, page: written.page, lines: written.lines)
    }
  }

  private static func line(_ found: LedgerView.ExportLine, _ export: inout PartnerExport)
    -> PartnerExport.Line
  {
    func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
    let sort = found.fault.map { PartnerExport.Sort($0.code) } ?? .missingThere
    export.differing[sort, default: 0] += 1
    var line = PartnerExport.Line(sort, cause: found.message)
    line.code = found.fault?.code.name ?? ""
    line.row = Int(found.row)
    line.orderNumber = text(found.orderNumber)
    line.invoice = text(found.invoice)
    line.awb = text(found.awb)
    line.theirState = found.theirWord.map(text) ?? ""
    line.ourState = found.ourState?.name ?? ""
    (line.theirPieces, line.ourPieces) = (found.theirPieces, found.ourPieces)
    line.since = found.since
    line.setBy =
      found.setBy.map { source in
        source.file.map { "\(source.partner) \($0) row \(source.row)" } ?? source.partner
      }
      ?? ""
    return line
  }
}
