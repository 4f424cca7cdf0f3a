public import Files
internal import Ledger
public import Orders

/// Counting a day's facts in one walk over the journal's rows, beside the books as they stood when the day ended.
///
/// The day ends in the ledger before the first decision on a file that arrived after it: books and counts are what they
/// were then. The books come from a checkpoint where one fits (`Books.before`), the counts from the rows themselves, so each is a
/// proof of the other. Memory grows with shipments (twelve bytes each, less than the books leave out), with parked rows and with
/// days, never with rows.
public struct DayGathering {
  var report: DailyReport
  let profiles: [PartnerProfile]
  /// As they stood at the day's end.
  var books = Books()
  /// How many files of the books the walk has come by.
  private var filesMet = 0
  var open: OpenTransaction?
  private(set) var links = CorrectionLinks()
  /// The day's rejected rows and what came of them on the day, by the partner that sent them.
  var openRejections: [UInt8: OpenRejections] = [:]
  var tracks: [ShipmentTrack] = []
  var parked: [Position: ParkedRow] = [:]
  var mixes: [MixKey: DailyReport.Mix] = [:]
  var rejections: [RejectionKey: RejectionNote] = [:]
  var unknownCodes: [UnknownKey: Int] = [:]
  /// Rows that were rejected on the day because they had waited too long, by the partner that sent them.
  var expired: [UInt8: Int] = [:]
  var failures: [FailureKey: DailyReport.FailedDelivery] = [:]
  /// Shipments that a manifest named, and those that a carrier reported on: the walk's own counts, beside the books'.
  var shipmentsManifested = 0
  var shipmentsScanned = 0
  var parkedRows = ParkedTally()
  /// Rows of the day whose pieces differ from what is known; bounded, the rest is counted.
  var quantityRows: [QuantityRow] = []
  var quantityRowsLeftOut = 0
  var daysByNumber: [Int64: DailyReport.DayCounts] = [:]
  /// Rows by hour on the days of the window before.
  var usualHours: [Int64: [Int]] = [:]
  var comings: [MixKey: [ReportDay: (first: Int, files: Int)]] = [:]

  var day: ReportDay { report.day }

  /// The partner whose files are listed; nil: nobody's are.
  var listed: String?

  /// Reads the ledger as far as it is known to be durable, without its lock.
  /// - Parameters:
  ///   - ledger: the folder; nil: nothing was decided yet.
  ///   - partner: whose files are to be listed one by one, by its folder.
  ///   - headway: gets the journal's bytes that were read and those there are.
  public static func report(
    of day: ReportDay, asOf: Timestamp, ledger: Folder?, profiles: [PartnerProfile],
    listing partner: String? = nil,
    headway: JournalHeadway? = nil
  ) throws -> DailyReport {
    let gathering = try DayGathering(
      of: day, asOf: asOf, ledger: ledger, profiles: profiles, listing: partner, headway: headway)
    return try gathering.finish(try DayGathering.history(of: ledger))
  }

  /// Reads the ledger up to where the day ends in it.
  init(
    of day: ReportDay, asOf: Timestamp, ledger: Folder?, profiles: [PartnerProfile],
    listing partner: String? = nil, headway: JournalHeadway? = nil
  ) throws {
    report = DailyReport(day: day, asOf: min(asOf, day.end))
    self.profiles = profiles
    listed = partner
    let folders = profiles.map { Array($0.folder.utf8) }
    for folder in folders { _ = books.partnerNumber(folder) }
    guard let ledger, let anchor = try JournalScan.durable(ledger) else { return }
    var behind: UInt64 = 0
    books = try Books.before(day.end, in: ledger, upTo: anchor, partners: folders) { done, total in
      behind = total
      headway?(done, total + anchor.end)
    }
    tracks.reserveCapacity(books.shipments.count)
    do {
      _ = try JournalScan(ledger, upTo: anchor).run { frame in
        try take(frame)
        headway?(behind + frame.end, behind + anchor.end)
      }
    } catch is DayOver {}
    guard tracks.count == books.shipments.count, filesMet == books.files.count else {
      throw RecordFault(what: "the books of a checkpoint are not what the journal's rows come to")
    }
  }

  /// The records behind the books, read where they are asked for.
  static func history(of ledger: Folder?) throws -> History {
    let reader = try ledger.map { try JournalReader($0) }
    return History(
      parts: { try reader?.part(of: $0, from: $1, count: $2) ?? FramePart(whole: []) }, marks: FrameMarks())
  }

  /// What follows in the journal came after the day.
  struct DayOver: Error {}

  // MARK: Frames

  /// Takes the next frame of a committed transaction.
  private mutating func take(_ frame: JournalFrame) throws {
    if open?.isToday != false { links.take(frame) }
    switch frame.kind {
    case .begin:
      let begin = try BeginRecord(frame.payload)
      if begin.receivedAt >= day.end { throw DayOver() }
      // A clock that is behind the ledger is not believed.
      report.asOf = max(report.asOf, begin.receivedAt)
      let arrival = ReportDay(of: begin.receivedAt, in: day.zone)
      open = OpenTransaction(arrival: arrival, isToday: arrival == day)
      if begin.deed == nil { open?.partner = books.partnerNumber(begin.partner) }
    case .rows:
      guard var open else { return }
      // While it is open here, nobody else holds it: its counts change in place.
      self.open = nil
      try take(frame, &open)
      self.open = open
    case .commit:
      guard let commit = frame.commit, commit.decision.raw > 0 else { return }
      report.lastDecision = commit.decision
      if let open {
        count(open.arrival) {
          $0.shipmentsCreated += open.shipmentsCreated
          $0.manifested += open.manifested
          $0.failedAttempts += open.failedAttempts
        }
      }
      if filesMet < books.files.count, books.files[filesMet].decision == commit.decision {
        enter(books.files[filesMet])
        filesMet += 1
      }
      open = nil
    default: break
    }
  }

  /// The transaction that is being read.
  struct OpenTransaction {
    /// The sender of the file; nil for a deed, whose rows no partner sent.
    var partner: UInt8?
    let arrival: ReportDay
    let isToday: Bool
    var counted = RowCounts()
    /// The rows rejected by code, with the first of them.
    var rejected: [RejectionCode: (count: Int, row: UInt32, column: Column?)] = [:]
    /// How many of the last quantity rows are of this file, whose name its decision brings.
    var quantityRows = 0
    var shipmentsCreated = 0
    var manifested = 0
    var failedAttempts = 0
  }

  func isInWindow(_ other: ReportDay, days: Int64) -> Bool {
    other.number <= day.number && other.number > day.number - days
  }

  mutating func count(_ day: ReportDay, _ change: (inout DailyReport.DayCounts) -> Void) {
    change(&daysByNumber[day.number, default: DailyReport.DayCounts(day: day)])
  }

  static let unknownCodesMax = 1000
  static let refusalsMax = 200
  static let quantityRowsMax = 10_000
  static let filesListedMax = 500
  static let exceptionsMax = 500
  static let examplesMax = 3

  struct ParkedRow {
    let partner: UInt8
    /// Nil where nobody knows its order or AWB.
    let shipment: ShipmentIndex?
    let arrivedAt: Timestamp
    let event: EventKind?
    let isFailedAttempt: Bool
  }

  /// What came of rows that were parked, since the ledger began.
  struct ParkedTally {
    var parked = 0
    /// By what they came to in the end.
    var settled = RowCounts()
  }

  /// A row of the day whose pieces differ from what is known.
  struct QuantityRow {
    var partner: UInt8
    var file: [UInt8] = []
    let row: UInt32
    let code: RejectionCode
    /// What the ledger has, or what would add up, and what the row says.
    let known: Int64
    let said: Int64
  }
  struct MixKey: Hashable {
    let partner: UInt8
    let kind: Kind?
  }
  struct RejectionKey: Hashable {
    let partner: UInt8
    let kind: Kind?
    let code: RejectionCode
  }
  struct RejectionNote {
    var count = 0
    var files = 0
    var earlier = 0
    var examples: [DailyReport.RejectionCount.Example] = []
  }
  struct UnknownKey: Hashable {
    let partner: UInt8
    let code: String
  }
  struct FailureKey: Hashable {
    let courier: UInt32
    let reason: NDRReason?
  }
}
