internal import Ledger
package import Files
package import Orders

/// Finding the differences: after the walk over the journal, one pass over the shipments of its books.
extension ThreeWay {
  /// Takes a difference; nothing of it is kept.
  package typealias Sink = (_ line: Line) throws -> Void

  /// Reads the ledger up to the day's end in it, without its lock, and hands out every difference, files first, then shipments in
  /// the order in which they came into being.
  package static func reconcile(
    of day: ReportDay, asOf: Timestamp, ledger: Folder, profiles: [PartnerProfile],
    headway: JournalHeadway? = nil, _ sink: Sink
  ) throws -> ThreeWay {
    let gathering = try DayGathering(
      of: day, asOf: asOf, ledger: ledger, profiles: profiles, headway: headway)
    return try gathering.threeWay(try DayGathering.history(of: ledger), sink)
  }
}

extension DayGathering {
  fileprivate consuming func threeWay(_ history: History, _ sink: ThreeWay.Sink) throws -> ThreeWay {
    finishArrivals()
    var threeWay = ThreeWay(day: day, asOf: report.asOf)
    threeWay.lastDecision = report.lastDecision
    var groups = ThreeWayGroups()
    func take(_ line: ThreeWay.Line) throws {
      groups.enter(line)
      try sink(line)
    }
    for habit in report.arrivals where habit.isOfCalendar {
      if let late = line(of: habit) { try take(late) }
    }
    let waiting = waitingRows()
    var holders = Holders(replay.books, profiles)
    for index in replay.books.shipments.indices {
      let shipment = ShipmentIndex(index)
      let record = replay.books[shipment]
      guard !record.marks.contains(.emptied) else {
        threeWay.places.emptied += 1
        continue
      }
      let isScanned = record.newestCarrier != .distantPast || waiting[shipment] != nil
      threeWay.places.bySides[(record.marks.contains(.manifested) ? 1 : 0) + (isScanned ? 2 : 0)] += 1
      if let differs = try sort(of: shipment, record, waiting[shipment], history) {
        threeWay.places.differing += 1
        try take(line(differs, shipment, record, waiting[shipment], &holders))
      } else if record.state.isClosed {
        threeWay.places.ended += 1
      } else {
        threeWay.places.inTime += 1
      }
    }
    for waits in linesOfUnknown() { try take(waits) }
    for row in quantityRows { try take(line(of: row)) }
    threeWay.linesLeftOut = quantityRowsLeftOut
    threeWay.groups = groups.sorted
    threeWay.balances = balances(threeWay)
    return threeWay
  }

  /// Rows that wait, by their shipment.
  private func waitingRows() -> [ShipmentIndex: Waiting] {
    var waiting: [ShipmentIndex: Waiting] = [:]
    for row in parked.values {
      guard let shipment = row.shipment else { continue }
      var rows = waiting[shipment] ?? Waiting(rows: 0, oldest: row.arrivedAt)
      rows.rows += 1
      rows.oldest = min(rows.oldest, row.arrivedAt)
      waiting[shipment] = rows
    }
    return waiting
  }

  /// Rows that wait for an order or AWB that nobody knows: one line for each sender, in the order of the partners.
  private func linesOfUnknown() -> [ThreeWay.Line] {
    var senders: [UInt8: Waiting] = [:]
    for row in parked.values where row.shipment == nil {
      var rows = senders[row.partner] ?? Waiting(rows: 0, oldest: row.arrivedAt)
      rows.rows += 1
      rows.oldest = min(rows.oldest, row.arrivedAt)
      senders[row.partner] = rows
    }
    return senders.sorted { $0.key < $1.key }.map { sender, waiting in
      let folder = replay.books.partnerName(sender)
      var line = ThreeWay.Line(sort: .notOrdered, who: profile(folder)?.title ?? folder)
      line.ordersSay = "no such order or AWB"
      line.scansSay =
        "\(ReportWords.count(waiting.rows, "row")) parked, the first arrived \(waiting.oldest.iso8601(in: day.zone))"
      line.since = waiting.oldest
      return line
    }
  }

  fileprivate struct Waiting {
    var rows: Int
    var oldest: Timestamp
  }

  /// What differs about a shipment; of several things the one that explains the others.
  private func sort(
    of shipment: ShipmentIndex, _ record: ShipmentRecord, _ waiting: Waiting?, _ history: History
  ) throws -> ThreeWay.Sort? {
    switch record.state {
    case .cancelled:
      return try ScanExceptions.found(of: shipment, replay.books, history, profiles).isEmpty
        ? nil : .seenAfterCancellation
    case .delivered:
      return tracks[Int(shipment.raw)].marks.contains(.seenMoving) ? nil : .deliveredUnseen
    case .returned, .lost: return nil
    default: break
    }
    if waiting != nil && record.state.isBeforeManifest { return .scannedNotManifested }
    guard let (sticking, _) = Standing.sticking(record, at: report.asOf) else { return nil }
    switch sticking {
    case .withoutCarrier, .notAssigned: return .notAssigned
    case .notConfirmed: return .notConfirmed
    case .notManifested: return .notManifested
    case .neverScanned: return .notScanned
    case .silent, .returnSilent: return .scansStopped
    }
  }

  // MARK: Lines

  private func line(
    _ sort: ThreeWay.Sort, _ shipment: ShipmentIndex, _ record: ShipmentRecord, _ waiting: Waiting?,
    _ holders: inout Holders
  ) -> ThreeWay.Line {
    let books = replay.books
    let courier = books.couriers[Int(record.courier)]
    var line = ThreeWay.Line(sort: sort, who: who(sort, record, &holders))
    line.orderNumber = StoryWords.readable(books.orderNumber(of: record.order))
    line.invoice = StoryWords.readable(books.invoice(of: shipment))
    line.awb = StoryWords.readable(books.awb(of: shipment))
    line.courier = courier.text.isEmpty ? "" : courierTitle(courier, books, profiles)
    line.location = StoryWords.readable(books.location(of: record.order))
    line.since = max(record.since, record.newestHeld)
    let state = StoryWords.plain(record.state.name)
    let since = record.since.iso8601(in: day.zone)
    line.ordersSay =
      record.state.isBeforeManifest || record.state == .cancelled ? "\(state) since \(since)" : "confirmed"
    if let manifested = tracks[Int(shipment.raw)].manifestedAt {
      line.manifestsSay = "manifested \(manifested.iso8601(in: day.zone))"
    } else {
      line.manifestsSay = "no manifest"
    }
    if record.newestCarrier == .distantPast {
      line.scansSay = "no scan"
    } else {
      line.scansSay = "last scan \(record.newestCarrier.iso8601(in: day.zone))"
      if !record.state.isBeforeManifest && record.state != .cancelled { line.scansSay += ", \(state)" }
    }
    if let waiting {
      line.since = waiting.oldest
      line.scansSay =
        "\(ReportWords.count(waiting.rows, "row")) parked, the first arrived \(waiting.oldest.iso8601(in: day.zone))"
    }
    return line
  }

  private func who(_ sort: ThreeWay.Sort, _ record: ShipmentRecord, _ holders: inout Holders) -> String {
    switch sort {
    case .notAssigned where record.state == .awaitingCarrier: holders.holder(of: record, .withoutCarrier)
    case .notAssigned: holders.holder(of: record, .notAssigned)
    case .notConfirmed: holders.holder(of: record, .notConfirmed)
    case .notManifested, .scannedNotManifested, .seenAfterCancellation:
      holders.holder(of: record, .notManifested)
    default: holders.holder(of: record, .silent)
    }
  }

  /// A file that the calendar expects and that is late or missing.
  private func line(of habit: ArrivalHabit) -> ThreeWay.Line? {
    let title = profile(habit.partner)?.title ?? habit.partner
    let due = "\(habit.kind.name) of \(title) due by \(ReportWords.clock(minute: habit.latestMinute))"
    switch habit.standing {
    case .missing(let minutes):
      var line = ThreeWay.Line(sort: .fileMissing, who: title)
      line.ordersSay = "\(due); missing for \(ReportWords.span(minutes: minutes))"
      line.since = Timestamp(milliseconds: day.start.milliseconds + Int64(habit.latestMinute) * 60_000)
      return line
    case .late(let minutes):
      var line = ThreeWay.Line(sort: .fileLate, who: title)
      let came = ReportWords.clock(minute: habit.firstToday ?? 0)
      line.ordersSay = "\(due); came at \(came), \(ReportWords.span(minutes: minutes)) late"
      line.since = Timestamp(milliseconds: day.start.milliseconds + Int64(habit.latestMinute) * 60_000)
      return line
    default: return nil
    }
  }

  private func line(of row: QuantityRow) -> ThreeWay.Line {
    let folder = replay.books.partnerName(row.partner)
    var line = ThreeWay.Line(sort: .quantityDiffers, who: profile(folder)?.title ?? folder)
    let place = "\(StoryWords.readable(row.file[...])) row \(row.row)"
    line.ordersSay = "the ledger allows \(ReportWords.count(Int(row.known), "piece"))"
    line.scansSay = "\(place) says \(ReportWords.count(Int(row.said))) (\(row.code.name))"
    return line
  }

  // MARK: Balances

  private func balances(_ threeWay: ThreeWay) -> [ThreeWay.Balance] {
    let shipments = replay.books.shipments
    let settled = parkedRows.settled
    return [
      .init(
        what: "shipments that orders brought = ended + within their time + differing + left empty by a split",
        left: report.conservation.shipmentsIn, right: threeWay.places.sum),
      .init(
        what: "shipments that manifests named, row by row = shipments with a manifest",
        left: shipmentsManifested, right: shipments.count { $0.marks.contains(.manifested) }),
      .init(
        what: "shipments that scans named, row by row = shipments with a scan",
        left: shipmentsScanned, right: shipments.count { $0.newestCarrier != .distantPast }),
      .init(
        what: "rows parked = applied + recorded + duplicate + rejected since, and still waiting",
        left: parkedRows.parked, right: settled.read + parked.count),
      .init(
        what: "shipments with rows that wait, by the rows = by the books",
        left: Set(parked.values.compactMap(\.shipment)).count,
        right: shipments.count { $0.marks.contains(.holdsParked) }),
    ]
  }
}
