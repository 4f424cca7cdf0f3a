import Files
import Orders
import TestSupport
import Testing

@testable import Reports

/// A day is told from a checkpoint's books where one fits, from the journal alone where none does, and it must be the same.
@Suite("A day told from a checkpoint")
struct CheckpointedDayTests {
  private func day(_ number: Int) -> ReportDay {
    ReportDay(number: Calendar.days(year: 2026, month: 11, day: number) ?? 0, zone: .kolkata)
  }

  /// Writes report and reconciliation of a day; gives what was written, and how many bytes of the journal were read for it.
  private func tell(_ day: ReportDay, _ root: TemporaryFolder) throws -> (FolderTree, read: UInt64) {
    var bytes: UInt64 = 0
    _ = try ReportFolder.make(
      root: root.path, day: day.start, clock: day.end, zone: day.zone, profiles: PartnerProfile.builtIn)
    _ = try ReconcileFolder.make(
      root: root.path, day: day.start, clock: day.end, zone: day.zone, profiles: PartnerProfile.builtIn
    ) { done, _ in bytes = done }
    return (try FolderTree(at: root.path("outbox/reports/\(day.text)")), bytes)
  }

  @Test("Behind the last decision, between two days or nowhere: report and reconciliation are the same bytes")
  func same() async throws {
    try await withTemporaryFolder { root in
      _ = try await SmallExchange(in: root)
      let days = [day(20), day(21), day(22)]
      let checkpoints = try Folder(path: root.path("ledger")).makeSubfolder("checkpoints")
      for (name, _) in try checkpoints.list() { try checkpoints.remove(name) }
      let plain = try days.map { try tell($0, root) }
      let made = try await WaybillProgram.run(["ledger", "checkpoint", "--root", root.path])
      #expect(made.status == .exited(0), "\(made.errors)")
      for (place, day) in days.enumerated() {
        let (told, read) = try tell(day, root)
        #expect(told == plain[place].0, "\(plain[place].0.difference(from: told) ?? "")")
        // The day before the checkpoint has no use for it; behind it the rows are read and the books are not read again.
        #expect(place == 0 ? read == plain[0].read : read < plain[place].read)
      }
      try root.write(
        "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\nSO-9,9009,1,TEA,1,1.00,WH-BLR\n",
        to: "inbox/easyecom/orders-9.csv")
      let once = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", "2026-11-22T09:00:00+05:30", "--quiet",
      ])
      #expect(once.status == .exited(0), "\(once.errors)")
      let later = try days.map { try tell($0, root).0 }
      #expect(later[0] == plain[0].0 && later[1] == plain[1].0 && later[2] != plain[2].0)
      // Without the newest the one before stands, and what came behind it is read into its books.
      let names = try checkpoints.list().map(\.name).sorted { $1.lexicographicallyPrecedes($0) }
      #expect(names.count == 2)
      for name in names {
        try checkpoints.remove(name)
        #expect(try tell(days[2], root).0 == later[2])
      }
    }
  }
}
