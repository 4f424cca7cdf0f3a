import Exchange
import Ledger
import Orders

/// What an operator may ask of the ledger's files.
extension LocalEngine {
  func checkpointLedger() throws(Failure) -> StatusView.Checkpoint? {
    switch try ask(.checkpoint, Work()) {
    case .checkpointed(let standing):
      return standing.map { StatusView.Checkpoint(decision: $0.decision, bytes: Int($0.byteCount)) }
    case .refused(.notMade): throw .checkpointNotMade
    case .reconciled, .reissued, .unchanged, .done, .refused: throw .notUnderstood
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
            rows: $0.rows, isArchived: report.archived.contains($0.decision),
            isKeptAside: report.keptAside.contains($0.decision))
        },
        looseRows: report.salvage.looseRows.values.reduce(0, +), withdrawn: report.withdrawn,
        orphans: report.orphans, folder: report.folder)
    }
  }
}

extension LocalEngine {
  /// The waiting files that the disk has no room for, while it has for others.
  func tooLarge(
    _ waiting: [(partner: String, name: [UInt8], arrival: Timestamp, bytes: Int64)], _ view: LedgerView
  ) throws -> [WaitingFile] {
    try waiting.compactMap { file in
      try view.bytesMissing(for: file.bytes, from: file.partner).map {
        WaitingFile(
          partner: file.partner, name: file.name, reason: .noRoom(neededBytes: Int($0)), since: file.arrival)
      }
    }
  }
}
