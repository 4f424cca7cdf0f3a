public import Ledger
internal import Orders

/// A file's decision, and the end of the walk.
extension DayGathering {
  /// Enters a decided file into the counts of its day.
  mutating func enter(_ record: FileRecord) {
    let arrival = ReportDay(of: record.receivedAt, in: day.zone)
    let minute = ReportDay.minute(of: record.receivedAt, in: day.zone)
    let isRefused = record.outcome == .rejected || record.outcome == .held
    let counts = record.outcome == .duplicateFile ? RowCounts() : record.counts
    count(arrival) {
      $0.files += 1
      if isRefused { $0.filesRefused += 1 }
      $0.rows.add(counts)
    }
    let key = MixKey(partner: record.partner, kind: record.kind)
    if isInWindow(arrival, days: ArrivalHabit.windowDays + 1) {
      usualHours[arrival.number, default: [Int](repeating: 0, count: 24)][minute / 60] += counts.read
      if record.outcome != .held {
        let known = comings[key, default: [:]][arrival] ?? (minute, 0)
        comings[key, default: [:]][arrival] = (min(known.first, minute), known.files + 1)
      }
    }
    if isInWindow(arrival, days: 8) { enterRejections(record, arrival) }
    if arrival != day { return }
    for place in quantityRows.indices.suffix(open?.quantityRows ?? 0) {
      quantityRows[place].file = record.name
    }

    report.conservation.decided.add(counts)
    if let open { report.conservation.counted.add(open.counted) }
    if record.outcome == .duplicateFile { report.conservation.repeatedRows += record.counts.read }
    report.hours[minute / 60].files += 1
    report.hours[minute / 60].rows.add(counts)
    var mix =
      mixes[key]
      ?? DailyReport.Mix(partner: books.partnerName(record.partner), kind: record.kind)
    mix.files += 1
    if isRefused { mix.filesRefused += 1 }
    if record.outcome == .duplicateFile { mix.filesRepeated += 1 }
    mix.rows.add(counts)
    mixes[key] = mix
    if isRefused { enterRefusal(record) }
    openRejections[record.partner, default: OpenRejections()].enter(
      String(decoding: record.name, as: UTF8.self), counts, correcting: links.target(of: record))
    if let listed, listed == books.partnerName(record.partner) { list(record) }
  }

  private mutating func list(_ record: FileRecord) {
    guard report.files.count < DayGathering.filesListedMax else {
      report.filesLeftOut += 1
      return
    }
    report.files.append(
      DailyReport.FileLine(
        name: String(decoding: record.name, as: UTF8.self), kind: record.kind,
        arrivedAt: record.receivedAt, outcome: record.outcome, code: record.refusal, rows: record.counts,
        decision: record.decision))
  }

  private mutating func enterRejections(_ record: FileRecord, _ arrival: ReportDay) {
    guard let rejected = open?.rejected else { return }
    for (code, found) in rejected {
      let key = RejectionKey(partner: record.partner, kind: record.kind, code: code)
      var note = rejections[key, default: RejectionNote()]
      if arrival == day {
        note.count += found.count
        note.files += 1
        if note.examples.count < DayGathering.examplesMax {
          note.examples.append(
            DailyReport.RejectionCount.Example(
              file: String(decoding: record.name, as: UTF8.self), row: Int(found.row),
              column: found.column?.canonicalName))
        }
      } else {
        note.earlier += found.count
      }
      rejections[key] = note
    }
  }

  private mutating func enterRefusal(_ record: FileRecord) {
    guard report.refusals.count < DayGathering.refusalsMax else {
      report.refusalsLeftOut += 1
      return
    }
    report.refusals.append(
      DailyReport.RefusedFile(
        partner: books.partnerName(record.partner),
        file: String(decoding: record.name, as: UTF8.self), outcome: record.outcome, code: record.refusal,
        arrivedAt: record.receivedAt))
  }

  // MARK: The end

  /// The facts, when nothing more of the day follows.
  public consuming func finish(_ history: History) throws -> DailyReport {
    try finishStanding(history)
    finishGroups()
    finishParked()
    finishCouriers()
    finishDays()
    finishArrivals()
    return report
  }

  private mutating func finishStanding(_ history: History) throws {
    for record in books.shipments where !record.marks.contains(.emptied) {
      report.conservation.shipmentsByState[Int(record.state.rawValue)] += 1
    }
    report.standing = Standing(books, at: report.asOf, profiles: profiles)
    report.exceptions = try ScanExceptions(
      books: books, history: history, profiles: profiles, listedMax: DayGathering.exceptionsMax,
      recentFrom: day.start)
  }

  /// The place of a partner in the order of the profiles.
  func place(_ partner: String) -> Int {
    profiles.firstIndex { $0.folder == partner } ?? profiles.count
  }

  private mutating func finishGroups() {
    report.mixes = mixes.values.sorted {
      (place($0.partner), $0.partner, $0.kind?.rawValue ?? .max)
        < (place($1.partner), $1.partner, $1.kind?.rawValue ?? .max)
    }
    let daysBefore = max(1, daysByNumber.keys.count { $0 < day.number && $0 >= day.number - 7 })
    let rejections = rejections.filter { $0.value.count > 0 }.map { key, note in
      DailyReport.RejectionCount(
        partner: books.partnerName(key.partner), kind: key.kind, code: key.code, count: note.count,
        files: note.files, usual: note.earlier / daysBefore, examples: note.examples)
    }
    report.rejections = rejections.sorted {
      ($1.count, $0.code.rawValue, $0.partner, $0.kind?.rawValue ?? .max)
        < ($0.count, $1.code.rawValue, $1.partner, $1.kind?.rawValue ?? .max)
    }
    let codes = unknownCodes.map {
      DailyReport.UnknownCode(
        partner: books.partnerName($0.key.partner), code: $0.key.code, count: $0.value,
        withZeros: withZeros($0.key))
    }
    for (partner, rejections) in openRejections {
      report.openRejections[books.partnerName(partner)] = rejections.open
    }
    report.unknownCodes = codes.sorted { ($1.count, $0.partner, $0.code) < ($0.count, $1.partner, $1.code) }
    report.failedDeliveries = failures.values.sorted {
      ($0.courier, $1.week, $0.reason?.rawValue ?? "~") < ($1.courier, $0.week, $1.reason?.rawValue ?? "~")
    }
  }

  /// The code of the sender's tables that an unknown one is with zeros in front; nil where there is none.
  private func withZeros(_ unknown: UnknownKey) -> String? {
    guard let profile = profile(books.partnerName(unknown.partner)),
      unknown.code.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { return nil }
    let tables = [profile.codes] + (profile.secondCodes.map { [$0] } ?? [])
    return (1...3).lazy.map { String(repeating: "0", count: $0) + unknown.code }
      .first { code in tables.contains { $0.find(Array(code.utf8).span) != nil } }
  }

  private mutating func finishParked() {
    var groups: [UInt8: DailyReport.ParkedGroup] = [:]
    var holders = Holders(books, profiles)
    for row in parked.values {
      let folder = books.partnerName(row.partner)
      let hoursMax = profiles.first { $0.folder == folder }?.parkHours ?? 72
      var group =
        groups[row.partner]
        ?? DailyReport.ParkedGroup(partner: folder, oldest: row.arrivedAt, hoursMax: hoursMax)
      let age = max(0, report.asOf.milliseconds - row.arrivedAt.milliseconds)
      let place = DailyReport.ParkedGroup.ageHours.firstIndex { age < Int64($0) * 3_600_000 }
      group.byAge[place ?? DailyReport.ParkedGroup.ageHours.count] += 1
      group.rows += 1
      group.oldest = min(group.oldest, row.arrivedAt)
      if age >= Int64(hoursMax - 24) * 3_600_000 {
        group.nearTheirEnd += 1
        if let shipment = row.shipment {
          let mover = holders.holder(of: books[shipment], .notManifested)
          if !group.movers.contains(mover) { group.movers.append(mover) }
        }
      }
      groups[row.partner] = group
    }
    for partner in groups.keys { groups[partner]?.movers.sort() }
    report.expired = expired.map { (books.partnerName($0.key), $0.value) }
      .sorted { place($0.0) < place($1.0) }
    report.parked = groups.values.sorted { place($0.partner) < place($1.partner) }
  }

  private mutating func finishCouriers() {
    var couriers = [UInt32: CourierPerformance]()
    let from = day.next(1 - CourierPerformance.windowDays).start
    let until = day.end
    for (index, record) in books.shipments.enumerated() {
      let track = tracks[index]
      guard let manifested = track.manifestedAt, !record.marks.contains(.emptied) else { continue }
      var courier =
        couriers[record.courier]
        ?? CourierPerformance(
          courier: courierTitle(books.couriers[Int(record.courier)], books, profiles))
      switch record.state {
      case .delivered:
        let arrival = ReportDay(of: record.since, in: day.zone)
        count(arrival) { $0.delivered += 1 }
        guard record.since >= from, record.since < until else { continue }
        let days = (record.since.milliseconds - manifested.milliseconds) / 86_400_000
        courier.addDelivery(days: Int(days), attempts: Int(track.failedAttempts) + 1)
      case .rto, .rtoInTransit, .rtoOutForDelivery, .returned:
        let since = track.returningSince ?? record.since
        count(ReportDay(of: since, in: day.zone)) { $0.returning += 1 }
        guard since >= from, since < until else { continue }
        courier.returning += 1
      case .lost:
        guard record.since >= from, record.since < until else { continue }
        courier.lost += 1
      case .cancelled: continue
      default:
        guard manifested >= from, manifested < until else { continue }
        courier.underway += 1
      }
      couriers[record.courier] = courier
    }
    report.couriers = couriers.values.sorted { ($1.ended, $0.courier) < ($0.ended, $1.courier) }
  }

  private mutating func finishDays() {
    report.days = (0..<28).reversed().map { back in
      let earlier = day.next(-Int64(back))
      return daysByNumber[earlier.number] ?? DailyReport.DayCounts(day: earlier)
    }
    let before = usualHours.filter { $0.key != day.number }.values
    if before.isEmpty { return }
    for hour in 0..<24 {
      let sum = before.reduce(0) { $0 + $1[hour] }
      report.hours[hour].usualRows = sum / before.count
    }
  }

  mutating func finishArrivals() {
    let worked = usualHours.keys.filter { $0 != day.number }.sorted().map {
      ReportDay(number: $0, zone: day.zone)
    }
    let minuteNow = report.isWhole ? 1440 : ReportDay.minute(of: report.asOf, in: day.zone)
    var habits = comings.compactMap { key, days -> ArrivalHabit? in
      let partner = books.partnerName(key.partner)
      guard let kind = key.kind, profile(partner)?.expected[kind] == nil else { return nil }
      return ArrivalHabit(
        partner: partner, kind: kind, days: days, worked: worked, today: day,
        first: days[day]?.first, files: days[day]?.files ?? 0, minuteNow: minuteNow)
    }
    for profile in profiles {
      let partner = books.partners.firstIndex { $0.elementsEqual(profile.folder.utf8) }
      for (kind, expected) in profile.expected {
        let days = partner.flatMap { comings[MixKey(partner: UInt8($0), kind: kind)] } ?? [:]
        habits.append(
          ArrivalHabit(
            partner: profile.folder, kind: kind, due: dueMinute(expected, in: profile.zone), days: days,
            worked: worked, first: days[day]?.first, files: days[day]?.files ?? 0, minuteNow: minuteNow))
      }
    }
    report.arrivals = habits.sorted {
      (place($0.partner), $0.partner, $0.kind.rawValue) < (place($1.partner), $1.partner, $1.kind.rawValue)
    }
  }
}

extension DayGathering {
  func profile(_ folder: String) -> PartnerProfile? { profiles.first { $0.folder == folder } }

  /// The minute of this day at which a partner's file is due: the partner's calendar may be a day ahead or behind.
  fileprivate func dueMinute(_ expected: ExpectedArrival, in zone: Zone) -> Int? {
    for other in (day.number - 1)...(day.number + 1) {
      guard let due = expected.due(onDay: other, in: zone), due > day.start, due <= day.end else { continue }
      return Int((due.milliseconds - day.start.milliseconds) / 60_000)
    }
    return nil
  }
}

extension RowCounts {
  mutating func add(_ other: RowCounts) {
    read += other.read
    for outcome in Outcome.allCases { self[outcome] += other[outcome] }
  }
}
