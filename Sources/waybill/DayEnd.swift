/// The end of a day while the daemon watches: its report is written without being asked for.

import Exchange
import Foundation
import Orders
import Reports

/// Writes the report of each day that is over, beside the daemon: a reader of the ledger like any other, without its lock.
enum DayEnd {
  /// How long after midnight the day's last files are sure to be decided.
  private static let graceSeconds: Int64 = 120
  /// A clock may be set; so the day is looked at again at least so often.
  private static let pauseSecondsMax: Int64 = 600

  /// Starts a thread that writes yesterday's report where it is missing, and then one after each midnight of the zone.
  static func watch(_ engine: LocalEngine) {
    Thread.detachNewThread {
      while true {
        let settled = Timestamp(milliseconds: now().milliseconds - graceSeconds * 1000)
        let today = ReportDay(of: settled, in: engine.zone)
        write(today.next(-1), engine)
        let left = (today.end.milliseconds - settled.milliseconds) / 1000 + 1
        Thread.sleep(forTimeInterval: Double(min(max(left, 1), pauseSecondsMax)))
      }
    }
  }

  /// Writes the report of the day, unless it lies there; a report that cannot be written stops nothing.
  private static func write(_ day: ReportDay, _ engine: LocalEngine) {
    do {
      _ = try ReportFolder.makeUnlessPresent(
        root: engine.root, day: day, clock: now(), profiles: engine.profiles)
    } catch {
      let sentence =
        "the report of \(day.text) could not be written: \(Sentences.of(Failure(StopReason(error))))"
      _ = StandardStreams.send(Array("waybill: \(SafeText.of(sentence))\n".utf8), to: 2)
    }
  }

  private static func now() -> Timestamp {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }
}
