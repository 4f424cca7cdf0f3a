public import Files
internal import Ledger
public import Orders

/// Writing a day's report: `outbox/reports/DAY/`, every file whole or not at all, the page last.
public enum ReportFolder {
  /// What was written.
  public struct Written: Sendable {
    public let day: ReportDay
    /// The page, below ROOT.
    public let page: String
    public let tables: Int
    public let findings: [Attention.Finding]
    public let balances: Bool
  }

  /// Reads the ledger of the exchange, without its lock, and writes the report of a day; nil where there is no ledger.
  /// - Parameters:
  ///   - path: the exchange's folder.
  ///   - day: an instant of it; nil: the clock's day.
  ///   - clock: what time it is; ages are counted to it, or to the day's end where that came before.
  public static func make(
    root path: String, day: Timestamp?, clock: Timestamp, zone: Zone, profiles: [PartnerProfile],
    headway: JournalHeadway? = nil
  ) throws -> Written? {
    let root = try Folder(path: path)
    guard let ledger = try ledger(in: root) else { return nil }
    let day = ReportDay(of: day ?? clock, in: zone)
    let report = try DayGathering.report(
      of: day, asOf: clock, ledger: ledger, profiles: profiles, headway: headway)
    return try write(report, profiles: profiles, into: root)
  }

  /// Writes the report of a day that is over, unless it was written, or nothing came in four weeks.
  public static func makeUnlessPresent(
    root path: String, day: ReportDay, clock: Timestamp, profiles: [PartnerProfile]
  ) throws -> Written? {
    let root = try Folder(path: path)
    guard let ledger = try ledger(in: root), clock >= day.end else { return nil }
    let folder = try root.makeSubfolder("outbox").makeSubfolder("reports")
    if try folder.status(Array(day.text.utf8)) != nil {
      if try folder.subfolder(day.text).status(Array("index.html".utf8)) != nil { return nil }
    }
    let report = try DayGathering.report(of: day, asOf: clock, ledger: ledger, profiles: profiles)
    if report.days.allSatisfy({ $0.files == 0 }) { return nil }
    return try write(report, profiles: profiles, into: root)
  }

  /// A partner's day, out of the same walk; nil where there is no ledger.
  public static func story(
    of profile: PartnerProfile, root path: String, day: Timestamp?, clock: Timestamp, zone: Zone,
    profiles: [PartnerProfile], headway: JournalHeadway? = nil
  ) throws -> PartnerStory? {
    guard let ledger = try ledger(in: try Folder(path: path)) else { return nil }
    let report = try DayGathering.report(
      of: ReportDay(of: day ?? clock, in: zone), asOf: clock, ledger: ledger, profiles: profiles,
      listing: profile.folder, headway: headway)
    return PartnerStory(report, of: profile, profiles: profiles)
  }

  /// The stories of a file's name; nil where there is no ledger.
  public static func stories(
    ofFile name: [UInt8], partner: String?, root path: String, profiles: [PartnerProfile], rowsMax: Int,
    headway: JournalHeadway? = nil
  ) throws -> [FileStory]? {
    guard let ledger = try ledger(in: try Folder(path: path)) else { return nil }
    return try FileStory.tell(
      of: name, partner: partner, ledger: ledger, profiles: profiles, rowsMax: rowsMax, headway: headway)
  }

  static func ledger(in root: Folder) throws(FileError) -> Folder? {
    guard try root.status(Array("ledger".utf8))?.kind == .folder else { return nil }
    let ledger = try root.subfolder("ledger")
    return try ledger.status(Array("journal".utf8))?.kind == .folder ? ledger : nil
  }

  /// - Parameter root: the exchange's folder; the folders of the report are made where they are missing.
  public static func write(
    _ report: DailyReport, profiles: [PartnerProfile], into root: Folder
  ) throws(FileError) -> Written {
    let titles = Dictionary(profiles.map { ($0.folder, $0.title) }, uniquingKeysWith: { first, _ in first })
    let attention = Attention(report, titles: titles)
    let tables = ReportTables(report, attention, titles: titles)
    let folder = try root.makeSubfolder("outbox").makeSubfolder("reports").makeSubfolder(report.day.text)
    for table in tables.all {
      try AtomicFile.publish(
        table.csv(in: report.day.zone), in: folder, as: Array("\(table.name).csv".utf8), replace: true,
        sync: false)
    }
    let page = ReportPage(report, attention, tables, titles: titles)
    try AtomicFile.publish(
      page.bytes, in: folder, as: Array("index.html".utf8), replace: true, sync: true)
    return Written(
      day: report.day, page: "outbox/reports/\(report.day.text)/index.html", tables: tables.all.count,
      findings: attention.findings,
      balances: report.conservation.rowsBalance && report.conservation.shipmentsBalance)
  }
}
