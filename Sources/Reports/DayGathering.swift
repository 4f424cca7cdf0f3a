package import Files
package import Ledger
package import Orders

/// Counting a day's facts in one walk over the journal.
///
/// The day ends in the ledger before the first decision on a file that arrived after it: books and counts are what they
/// were then. Memory grows with shipments (twelve bytes each beside the books), with parked rows and with days, never
/// with rows.
package struct DayGathering {
  var report: DailyReport
  let profiles: [PartnerProfile]
  var replay = Replay()
  var open: OpenTransaction?
  var tracks: [ShipmentTrack] = []
  var parked: [Position: ParkedRow] = [:]
  var mixes: [MixKey: DailyReport.Mix] = [:]
  var rejections: [RejectionKey: RejectionNote] = [:]
  var unknownCodes: [UnknownKey: Int] = [:]
  /// Rows that were rejected on the day because they had waited too long, by the partner that sent them.
  var expired: [UInt8: Int] = [:]
  var failures: [FailureKey: DailyReport.FailedDelivery] = [:]
  var daysByNumber: [Int64: DailyReport.DayCounts] = [:]
  /// Rows by hour on the days of the window before.
  var usualHours: [Int64: [Int]] = [:]
  var comings: [MixKey: [ReportDay: (first: Int, files: Int)]] = [:]

  var day: ReportDay { report.day }

  /// The partner whose files are listed; nil: nobody's are.
  var listed: String?

  package init(day: ReportDay, asOf: Timestamp, profiles: [PartnerProfile]) {
    report = DailyReport(day: day, asOf: min(asOf, day.end))
    self.profiles = profiles
    for profile in profiles { _ = replay.books.partnerNumber(Array(profile.folder.utf8)) }
  }

  /// Reads the ledger as far as it is known to be durable, without its lock.
  /// - Parameters:
  ///   - ledger: the folder; nil: nothing was decided yet.
  ///   - partner: whose files are to be listed one by one, by its folder.
  ///   - headway: gets the journal's bytes that were read and those there are.
  package static func report(
    of day: ReportDay, asOf: Timestamp, ledger: Folder?, profiles: [PartnerProfile],
    listing partner: String? = nil,
    headway: JournalHeadway? = nil
  ) throws -> DailyReport {
    var gathering = DayGathering(day: day, asOf: asOf, profiles: profiles)
    gathering.listed = partner
    if let ledger {
      do { try JournalScan.read(ledger, headway) { try gathering.take($0) } } catch is DayOver {}
    }
    return gathering.finish()
  }

  /// What follows in the journal came after the day.
  struct DayOver: Error {}

  // MARK: Frames

  /// Takes the next frame of a committed transaction.
  package mutating func take(_ frame: JournalFrame) throws {
    if frame.kind == .begin {
      let begin = try BeginRecord(frame.payload)
      if begin.receivedAt >= day.end { throw DayOver() }
      // A clock that is behind the ledger is not believed.
      report.asOf = max(report.asOf, begin.receivedAt)
      let arrival = ReportDay(of: begin.receivedAt, in: day.zone)
      open = OpenTransaction(arrival: arrival)
      if begin.deed == nil { open?.partner = replay.books.partnerNumber(begin.partner) }
    }
    try replay.take(frame)
    if frame.kind == .rows, let open {
      var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
      while !cursor.isAtEnd {
        let (position, row) = (cursor.position, cursor.row)
        let record = try cursor.next()
        // A row of an earlier file that this one released was counted when it came.
        if open.partner != nil, !record.isResumed { count(record, row: row) }
        let sender = record.isResumed ? replay.books.file(of: cursor.claim)?.partner : open.partner
        note(record, at: position, cursor, of: sender ?? open.partner ?? 0, arrivedOn: open.arrival)
      }
    }
    if frame.kind == .commit, let commit = frame.commit, commit.decision.raw > 0 {
      report.lastDecision = commit.decision
      if let record = replay.books.files.last, record.decision == commit.decision { enter(record) }
      open = nil
    }
  }

  /// The transaction that is being read.
  struct OpenTransaction {
    /// The sender of the file; nil for a deed, whose rows no partner sent.
    var partner: UInt8?
    let arrival: ReportDay
    var counted = RowCounts()
    /// The rows rejected by code, with the first of them.
    var rejected: [RejectionCode: (count: Int, row: UInt32, column: Column?)] = [:]
  }

  func isInWindow(_ other: ReportDay, days: Int64) -> Bool {
    other.number <= day.number && other.number > day.number - days
  }

  // MARK: Rows

  /// Counts a row of a file.
  private mutating func count(_ record: RowRecord, row: UInt32) {
    open?.counted.read += 1
    open?.counted[record.verdict.outcome] += 1
    if let fault = record.verdict.rejection?.faults.first {
      let first = open?.rejected[fault.code] ?? (0, row, fault.column)
      open?.rejected[fault.code] = (first.count + 1, first.row, first.column)
    }
  }

  /// Follows what a row, or a deed, changed.
  private mutating func note(
    _ record: RowRecord, at position: Position, _ cursor: RowCursor, of sender: UInt8,
    arrivedOn arrival: ReportDay
  ) {
    if record.effects.isEmpty { return }
    let time = record.verdict.eventTime ?? cursor.arrival
    for effect in record.effects {
      switch effect {
      case .createShipment:
        tracks.append(ShipmentTrack())
        report.conservation.shipmentsIn += 1
        count(arrival) { $0.shipmentsCreated += 1 }
      case .dropLine(_, _, let isLast):
        if isLast { report.conservation.shipmentsEmptied += 1 }
      case .manifest(let shipment, _):
        tracks[Int(shipment.raw)].manifestedAt = time
        count(arrival) { $0.manifested += 1 }
      case .cancel(let shipment, let fold): follow(fold, shipment)
      case .wait:
        parked[position] = ParkedRow(partner: sender, arrivedAt: cursor.arrival, isFailedAttempt: false)
      case .resume(let waiting):
        let row = parked.removeValue(forKey: waiting)
        if record.verdict.rejection?.faults.first?.code == .parkedTooLong && arrival == day {
          expired[row?.partner ?? sender, default: 0] += 1
        }
      case .carrier(let shipment, let entry):
        carrier(entry, shipment, at: position, cursor, of: sender, arrivedOn: arrival)
      case .settle(let shipment, let waiting, let settlement):
        let row = parked.removeValue(forKey: waiting)
        if settlement.code == .parkedTooLong && arrival == day {
          expired[row?.partner ?? 0, default: 0] += 1
        }
        if settlement.outcome != .rejected {
          if let row, row.isFailedAttempt { tracks[Int(shipment.raw)].addFailedAttempt() }
          follow(settlement.fold, shipment)
        }
      default: break
      }
    }
  }

  private mutating func carrier(
    _ entry: Effect.CarrierEntry, _ shipment: ShipmentIndex, at position: Position, _ cursor: RowCursor,
    of sender: UInt8, arrivedOn arrival: ReportDay
  ) {
    let isFailure = entry.event == .undelivered && entry.code != .max && !entry.isOnReturnAWB
    if isFailure {
      count(arrival) { $0.failedAttempts += 1 }
      if isInWindow(arrival, days: 7) { failed(entry, shipment, sender, isToday: arrival == day) }
    }
    if entry.code == .max && arrival == day {
      let text = String(decoding: cursor.bytes[entry.codeText.range].prefix(64), as: UTF8.self)
      let key = UnknownKey(partner: sender, code: text)
      if unknownCodes[key] != nil || unknownCodes.count < DayGathering.unknownCodesMax {
        unknownCodes[key, default: 0] += 1
      }
    }
    if entry.outcome == .parked {
      parked[position] = ParkedRow(
        partner: sender, arrivedAt: cursor.arrival, isFailedAttempt: isFailure)
      return
    }
    if isFailure && !entry.fold.onReturn { tracks[Int(shipment.raw)].addFailedAttempt() }
    if entry.code != .max { follow(entry.fold, shipment) }
    if entry.outcome == .recorded && arrival == day && replay.books[shipment].state == .cancelled
      && isPhysical(entry, sender)
    {
      report.standing.seenAfterCancellation += 1
    }
  }

  /// Notes when a way back began.
  private mutating func follow(_ fold: Effect.FoldResult, _ shipment: ShipmentIndex) {
    guard fold.after.isOnReturnLeg || fold.after == .returned else { return }
    if tracks[Int(shipment.raw)].returningSince == nil {
      tracks[Int(shipment.raw)].returningSince = fold.since
    }
  }

  private func table(_ entry: Effect.CarrierEntry, _ sender: UInt8) -> CodeTable? {
    let folder = replay.books.partnerName(sender)
    let profile = profiles.first { $0.folder == folder }
    return entry.isSecondVersion ? profile?.secondCodes : profile?.codes
  }

  private func code(_ entry: Effect.CarrierEntry, _ sender: UInt8) -> ScanCode? {
    guard let table = table(entry, sender), Int(entry.code) < table.codes.count else { return nil }
    return table[entry.code]
  }

  private func isPhysical(_ entry: Effect.CarrierEntry, _ sender: UInt8) -> Bool {
    code(entry, sender)?.scanClass.isPhysical ?? false
  }

  private mutating func failed(
    _ entry: Effect.CarrierEntry, _ shipment: ShipmentIndex, _ sender: UInt8, isToday: Bool
  ) {
    let key = FailureKey(courier: replay.books[shipment].courier, reason: code(entry, sender)?.ndr)
    var failure =
      failures[key]
      ?? DailyReport.FailedDelivery(
        courier: courierTitle(
          replay.books.couriers[Int(key.courier)], replay.books, profiles), reason: key.reason)
    failure.week += 1
    if isToday { failure.today += 1 }
    failures[key] = failure
  }

  mutating func count(_ day: ReportDay, _ change: (inout DailyReport.DayCounts) -> Void) {
    change(&daysByNumber[day.number, default: DailyReport.DayCounts(day: day)])
  }

  static let unknownCodesMax = 1000
  static let refusalsMax = 200
  static let filesListedMax = 500
  static let examplesMax = 3

  struct ParkedRow {
    let partner: UInt8
    let arrivedAt: Timestamp
    let isFailedAttempt: Bool
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
