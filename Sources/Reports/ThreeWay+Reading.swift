internal import Ledger
public import Files
public import Orders

/// Finding the differences: after the walk over the journal, one pass over the shipments of its books.
extension ThreeWay {
  /// Takes a difference; what it does not keep is gone.
  public typealias Sink = (_ line: borrowing ToldLine) throws -> Void

  /// Reads the ledger up to the day's end in it, without its lock, and hands out every difference, files first, then shipments in
  /// the order in which they came into being.
  public static func reconcile(
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
    var room: [UInt8] = []
    func take(_ line: consuming ToldLine) throws {
      groups.enter(line.sort, line.who, since: line.since)
      try sink(line)
      room = line.leave()
    }
    for habit in report.arrivals where habit.isOfCalendar {
      if let late = line(of: habit) { try take(late) }
    }
    let waiting = waitingRows()
    var holders = Holders(books, profiles)
    for index in books.shipments.indices {
      let shipment = ShipmentIndex(index)
      let record = books[shipment]
      guard !record.marks.contains(.emptied) else {
        threeWay.places.emptied += 1
        continue
      }
      let waits = waiting[shipment]
      let isScanned = record.newestCarrier != .distantPast || waits != nil
      threeWay.places.bySides[(record.marks.contains(.manifested) ? 1 : 0) + (isScanned ? 2 : 0)] += 1
      if let differs = try sort(of: shipment, record, waits, history) {
        threeWay.places.differing += 1
        let line = line(differs, shipment, record, waits, &holders, room)
        room = []
        try take(line)
      } else if record.state.isClosed {
        threeWay.places.ended += 1
      } else {
        threeWay.places.inTime += 1
      }
    }
    try tellUnknown(take)
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
  private func tellUnknown(_ take: (consuming ToldLine) throws -> Void) throws {
    var senders: [UInt8: Waiting] = [:]
    for row in parked.values where row.shipment == nil {
      var rows = senders[row.partner] ?? Waiting(rows: 0, oldest: row.arrivedAt)
      rows.rows += 1
      rows.oldest = min(rows.oldest, row.arrivedAt)
      senders[row.partner] = rows
    }
    let order = senders.keys.map { (partner: $0, folder: books.partnerName($0)) }
      .sorted { (place($0.folder), $0.folder) < (place($1.folder), $1.folder) }
    for (partner, folder) in order {
      guard let waiting = senders[partner] else { continue }
      var line = ToldLine(.notOrdered, who: profile(folder)?.title ?? folder)
      line.spell(.ordersSay, "no such order or AWB")
      line.spell(.scansSay) { put(waiting, to: &$0) }
      line.since = waiting.oldest
      try take(line)
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
      return try ScanExceptions.found(of: shipment, books, history, profiles).isEmpty
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
    _ holders: inout Holders, _ room: consuming [UInt8]
  ) -> ToldLine {
    var line = ToldLine(sort, who: who(sort, record, &holders), room: room)
    line.since = waiting?.oldest ?? max(record.since, record.newestHeld)
    line.spell(.orderNumber) { StoryWords.put(books.orderNumber(of: record.order), to: &$0) }
    line.spell(.invoice) { StoryWords.put(books.invoice(of: shipment), to: &$0) }
    line.spell(.awb) { StoryWords.put(books.awb(of: shipment), to: &$0) }
    if !books.couriers[Int(record.courier)].text.isEmpty {
      line.spell(.courier, holders.courier(record.courier))
    }
    line.spell(.location) { StoryWords.put(books.location(of: record.order), to: &$0) }
    let isHere = record.state.isBeforeManifest || record.state == .cancelled
    let state = DayGathering.plainStates[Int(record.state.rawValue)]
    line.spell(.ordersSay) {
      $0 += (isHere ? "\(state) since " : "confirmed").utf8
      if isHere { record.since.appendISO8601(in: day.zone, to: &$0) }
    }
    line.spell(.manifestsSay) {
      if let manifested = tracks[Int(shipment.raw)].manifestedAt {
        $0 += "manifested ".utf8
        manifested.appendISO8601(in: day.zone, to: &$0)
      } else {
        $0 += "no manifest".utf8
      }
    }
    line.spell(.scansSay) {
      if let waiting {
        put(waiting, to: &$0)
      } else if record.newestCarrier == .distantPast {
        $0 += "no scan".utf8
      } else {
        $0 += "last scan ".utf8
        record.newestCarrier.appendISO8601(in: day.zone, to: &$0)
        if !isHere { $0 += ", \(state)".utf8 }
      }
    }
    return line
  }

  /// `2 rows parked, the first arrived 2026-11-21T09:05:00+05:30`
  private func put(_ waiting: Waiting, to text: inout [UInt8]) {
    text += "\(ReportWords.count(waiting.rows, "row")) parked, the first arrived ".utf8
    waiting.oldest.appendISO8601(in: day.zone, to: &text)
  }

  /// By the states' numbers.
  private static let plainStates: [String] = {
    var words = [String](repeating: "", count: 256)
    for state in ShipmentState.allCases { words[Int(state.rawValue)] = StoryWords.plain(state.name) }
    return words
  }()

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
  private func line(of habit: ArrivalHabit) -> ToldLine? {
    let title = profile(habit.partner)?.title ?? habit.partner
    let due = "\(habit.kind.name) of \(title) due by \(ReportWords.clock(minute: habit.latestMinute))"
    let since = Timestamp(milliseconds: day.start.milliseconds + Int64(habit.latestMinute) * 60_000)
    switch habit.standing {
    case .missing(let minutes):
      var line = ToldLine(.fileMissing, who: title)
      line.spell(.ordersSay, "\(due); missing for \(ReportWords.span(minutes: minutes))")
      line.since = since
      return line
    case .late(let minutes):
      var line = ToldLine(.fileLate, who: title)
      let came = ReportWords.clock(minute: habit.firstToday ?? 0)
      line.spell(.ordersSay, "\(due); came at \(came), \(ReportWords.span(minutes: minutes)) late")
      line.since = since
      return line
    default: return nil
    }
  }

  private func line(of row: QuantityRow) -> ToldLine {
    let folder = books.partnerName(row.partner)
    var line = ToldLine(.quantityDiffers, who: profile(folder)?.title ?? folder)
    let place = "\(StoryWords.readable(row.file[...])) row \(row.row)"
    line.spell(.ordersSay, "the ledger allows \(ReportWords.count(Int(row.known), "piece"))")
    line.spell(.scansSay, "\(place) says \(ReportWords.count(Int(row.said))) (\(row.code.name))")
    return line
  }

  // MARK: Balances

  private func balances(_ threeWay: ThreeWay) -> [ThreeWay.Balance] {
    let shipments = books.shipments
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
