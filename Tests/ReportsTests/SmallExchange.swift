import Files
import Orders
import TestSupport

@testable import Reports

/// Two days of an exchange small enough to be counted by hand.
///
/// On 20 November four orders come, four are assigned, three confirmed, two manifested. On 21 November one of those is
/// delivered at the second attempt, one row waits, one code is unknown, one AWB too, a file is refused and one comes twice.
struct SmallExchange {
  let root: TemporaryFolder

  private static let orders = """
    order_number,invoice_id,suborder_id,sku,quantity,price,location_key,order_date
    SO-1,9001,1,TEA,1,229.00,WH-BLR,2026-11-20 05:30:00
    SO-2,9002,1,TEA,1,229.00,WH-BLR,2026-11-20 05:31:00
    SO-3,9003,1,TEA,1,229.00,WH-BLR,2026-11-20 05:32:00
    SO-4,9004,1,TEA,1,229.00,WH-BLR,2026-11-20 05:33:00

    """

  /// When, by whom, under which name, with what.
  private static let drops: [(clock: String, file: String, text: String)] = [
    ("2026-11-20T06:00:00+05:30", "easyecom/orders-1.csv", orders),
    (
      "2026-11-20T07:10:00+05:30", "easyecom/assignments-1.csv",
      """
      order_number,courier,awb_number,assigned_at
      SO-1,Ecom Express,731000001,2026-11-20 07:00:00
      SO-2,Ecom Express,731000002,2026-11-20 07:00:00
      SO-3,Ecom Express,731000003,2026-11-20 07:00:00
      SO-4,Ecom Express,731000004,2026-11-20 07:00:00

      """
    ),
    (
      "2026-11-20T09:00:00+05:30", "dtdc/confirmations-1.csv",
      """
      order_number,confirmed_at
      SO-1,2026-11-20 08:40:00
      SO-2,2026-11-20 08:40:00
      SO-3,2026-11-20 08:40:00

      """
    ),
    (
      "2026-11-20T11:00:00+05:30", "dtdc/manifests-1.csv",
      """
      manifest_no,awb_number,order_number,courier,manifest_date
      M-1,731000001,SO-1,Ecom Express,2026-11-20 10:30:00
      M-1,731000002,SO-2,Ecom Express,2026-11-20 10:30:00

      """
    ),
    (
      "2026-11-21T09:05:00+05:30", "ecom-express/scans-1.csv",
      """
      awb,datetime,status,reason_code,reason_code_number,location,Employee,status_update_number,order_number,city,ref_awb
      731000001,2026-11-20 18:00:00,,,0011,PNQ,,1001,SO-1,Pune,
      731000001,2026-11-21 08:00:00,,,006,PNQ,,1002,SO-1,Pune,
      731000001,2026-11-21 08:30:00,,,219,PNQ,,1003,SO-1,Pune,
      731000003,2026-11-20 18:00:00,,,0011,PNQ,,1004,SO-3,Pune,
      731000001,2026-11-21 08:31:00,,,4711,PNQ,,1005,SO-1,Pune,
      731000009,2026-11-21 08:00:00,,,0011,PNQ,,1006,SO-9,Pune,

      """
    ),
    (
      "2026-11-21T12:00:00+05:30", "ecom-express/scans-2.csv",
      """
      awb,datetime,status,reason_code,reason_code_number,location,Employee,status_update_number,order_number,city,ref_awb
      731000001,2026-11-21 10:00:00,,,006,PNQ,,1007,SO-1,Pune,
      731000001,2026-11-21 11:30:00,,,999,PNQ,,1008,SO-1,Pune,

      """
    ),
    (
      "2026-11-21T13:00:00+05:30", "nexar/inventory-1.csv", "sku,location_key,available\nTEA,WH-DEL,1\n"
    ),
    ("2026-11-21T14:00:00+05:30", "easyecom/orders-again.csv", orders),
  ]

  /// Drops the files of the days up to one of them, each at its hour.
  /// - Parameter day: of November; the first is 20.
  init(in root: TemporaryFolder, from first: Int = 20, upTo day: Int = 21) async throws {
    self.root = root
    try root.makeFolder("inbox")
    for drop in SmallExchange.drops {
      let dropDay = drop.clock.contains("11-20T") ? 20 : 21
      guard (first...day).contains(dropDay) else { continue }
      try root.write(drop.text, to: "inbox/" + drop.file)
      let finished = try await WaybillProgram.run([
        "once", "--root", root.path, "--at", drop.clock, "--quiet",
      ])
      guard finished.status == .exited(0) else { throw TestFailure("\(drop.file): \(finished.errors)") }
    }
  }

  func report(ofNovember day: Int) throws -> DailyReport {
    let number = Calendar.days(year: 2026, month: 11, day: day) ?? 0
    let asked = ReportDay(number: number, zone: .kolkata)
    return try DayGathering.report(
      of: asked, asOf: asked.end, ledger: try Folder(path: root.path("ledger")),
      profiles: PartnerProfile.builtIn)
  }
}
