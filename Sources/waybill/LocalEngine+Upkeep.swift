import Exchange
import Ledger
import Orders

/// What an operator may ask of the ledger's files.
extension LocalEngine {
  func checkpointLedger() throws(Failure) -> StatusView.Checkpoint? {
    try asked {
      let ledger = try open(Work())
      let made = try ledger.makeCheckpoint()
      try ledger.close()
      return made.map { StatusView.Checkpoint(decision: $0.position.decision, bytes: Int($0.bytes)) }
    }
  }

  func repairLedger(to sequence: UInt64, at clock: GivenTime?) throws(Failure) -> RepairView {
    try asked {
      let report = try LedgerRepair.run(
        root: root, configuration: configuration, to: FrameSequence(sequence),
        at: clock?.instant(in: zone) ?? now)
      return RepairView(
        damage: report.damage, keptSequence: report.kept.sequence.raw, keptDecision: report.kept.decision,
        newestDecision: report.newestDecision, cutBytes: Int(report.cutBytes),
        unreadableBytes: Int(report.salvage.unreadableBytes),
        lost: report.salvage.files.map {
          .init(
            decision: $0.decision, partner: String(decoding: $0.partner, as: UTF8.self), name: $0.name,
            rows: $0.rows, isArchived: report.archived.contains($0.decision))
        },
        looseRows: report.salvage.looseRows.values.reduce(0, +), withdrawn: report.withdrawn,
        orphans: report.orphans, folder: report.folder)
    }
  }
}
