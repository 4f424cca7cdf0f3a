import Exchange
import Foundation
import Orders
import Reports

/// The day's report, read from the ledger and written for the analysts.
extension LocalEngine {
  func report(of day: GivenTime?, at clock: GivenTime?, _ progress: @escaping (Headway) -> Void)
    throws(Failure) -> ReportFolder.Written
  {
    let now = now(clock)
    let written = try asked {
      try ReportFolder.make(
        root: root, day: day?.instant(in: zone), clock: now, zone: zone, profiles: configuration.profiles,
        headway: LocalEngine.headway(progress))
    }
    guard let written else { throw .noLedger(root: root) }
    return written
  }

  func partnerStory(
    of profile: PartnerProfile, on day: GivenTime?, at clock: GivenTime?,
    _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> PartnerStory {
    let now = now(clock)
    let story = try asked {
      try ReportFolder.story(
        of: profile, root: root, day: day?.instant(in: zone), clock: now, zone: zone,
        profiles: configuration.profiles,
        headway: LocalEngine.headway(progress))
    }
    guard let story else { throw .noLedger(root: root) }
    return story
  }

  func fileStories(
    of name: [UInt8], from partner: String?, rowsMax: Int, _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> [FileStory] {
    let stories = try asked {
      try ReportFolder.stories(
        ofFile: name, partner: partner, root: root, profiles: configuration.profiles, rowsMax: rowsMax,
        headway: LocalEngine.headway(progress))
    }
    guard let stories else { throw .noLedger(root: root) }
    if stories.isEmpty { throw .unknownFile(name) }
    return stories
  }

  private static func headway(_ progress: @escaping (Headway) -> Void) -> JournalHeadway {
    { done, total in progress(Headway(done: Int(done), total: Int(total), unit: "bytes", subject: "journal"))
    }
  }

  private func now(_ clock: GivenTime?) -> Timestamp {
    clock?.instant(in: zone) ?? Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }
}
