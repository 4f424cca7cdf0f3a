import Exchange
import Foundation
import Orders
import Reports

/// The day's report, read from the ledger and written for the analysts.
extension LocalEngine {
  func report(of day: GivenTime?, at clock: GivenTime?) throws(Failure) -> ReportFolder.Written {
    let now = clock?.instant(in: zone) ?? Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let written = try asked {
      try ReportFolder.make(
        root: root, day: day?.instant(in: zone), clock: now, zone: zone, profiles: configuration.profiles)
    }
    guard let written else { throw .noLedger(root: root) }
    return written
  }
}
