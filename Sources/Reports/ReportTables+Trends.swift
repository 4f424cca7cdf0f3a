internal import Orders

/// The tables of couriers, habits and weeks.
extension ReportTables {
  func couriers() -> ReportTable {
    var table = ReportTable(
      "couriers", "Shipments that came to an end in the four weeks up to the day",
      [
        .text("courier", "courier"), .number("ended", "ended"), .number("delivered", "delivered"),
        .number("back to shipper", "rto"), .number("lost", "lost"),
        .number("RTO", "rto_percent"), .number("at first attempt", "first_attempt_percent"),
        .number("half within days", "days_median"), .number("nine of ten within days", "days_p90"),
        .number("still on the way", "underway"),
      ])
    for courier in report.couriers {
      table.add(
        .given(courier.courier), .number(courier.ended), .number(courier.delivered),
        .number(courier.returning), .number(courier.lost),
        .permille(ReportWords.permille(courier.returning, of: courier.ended)),
        .permille(ReportWords.permille(courier.atFirstAttempt, of: courier.delivered)),
        courier.daysMedian.map { .number($0) } ?? .nothing, courier.daysMost.map { .number($0) } ?? .nothing,
        .number(courier.underway))
    }
    table.whenEmpty = "No shipment was manifested in these weeks."
    return table
  }

  func deliveryDays() -> ReportTable {
    var table = ReportTable(
      "delivery-days", "Delivered shipments by whole days from manifest to delivery",
      [.text("courier", "courier")]
        + (0..<CourierPerformance.daysClasses).map { place in
          .number(
            CourierPerformance.daysLabel(place),
            "days_\(place)" + (place == CourierPerformance.daysClasses - 1 ? "_or_more" : ""))
        })
    for courier in report.couriers {
      table.rows.append([.given(courier.courier)] + courier.byDays.map { .number($0) })
    }
    return table
  }

  func attempts() -> ReportTable {
    var table = ReportTable(
      "delivery-attempts", "Delivered shipments by attempts",
      [.text("courier", "courier")]
        + (0..<CourierPerformance.attemptsClasses).map { place in
          .number(
            CourierPerformance.attemptsLabel(place),
            "attempts_\(place + 1)" + (place == CourierPerformance.attemptsClasses - 1 ? "_or_more" : ""))
        })
    for courier in report.couriers {
      table.rows.append([.given(courier.courier)] + courier.byAttempts.map { .number($0) })
    }
    return table
  }

  func reasons() -> ReportTable {
    var table = ReportTable(
      "failed-deliveries", "Failed delivery attempts by courier and reason (NDR)",
      [
        .text("courier", "courier"), .text("reason", "reason"), .text("code", "ndr"),
        .number("today", "today"), .number("seven days", "seven_days"),
      ])
    for failure in report.failedDeliveries {
      table.add(
        .given(failure.courier), .text(ReportWords.reason(failure.reason)),
        .text(failure.reason?.rawValue ?? ""), .number(failure.today), .number(failure.week),
        drawing: .bar([Charts.Segment(failure.week, .plain)]))
    }
    table.drawnTitle = "in seven days"
    table.whenEmpty = "No attempt failed in seven days."
    return table
  }

  func arrivals() -> ReportTable {
    var table = ReportTable(
      "arrivals", "First files of the day against the calendar or the usual hour",
      [
        .text("partner", "partner"), .text("kind", "kind"), .text("today", "standing"),
        .text("first today", "first_today"), .text("told by", "told_by"), .text("usually at", "usual_time"),
        .text("due, or nearly always by", "due_time"), .number("late by", "late_minutes"),
        .number("files today", "files_today"), .number("usual files", "usual_files"),
        .number("days seen", "days_seen"), .number("of days", "days_worked"),
      ])
    for habit in report.arrivals {
      let (words, late) = ReportTables.words(habit.standing)
      let isHabit = habit.standing != .unusual && !(habit.isOfCalendar && habit.standing == .notExpected)
      table.add(
        .text(habit.partner), .text(habit.kind.name), .text(words),
        .text(habit.firstToday.map { ReportWords.clock(minute: $0) } ?? ""),
        .text(habit.isOfCalendar ? "calendar" : "habit"),
        .text(isHabit && !habit.isOfCalendar ? ReportWords.clock(minute: habit.usualMinute) : ""),
        .text(isHabit ? ReportWords.clock(minute: habit.latestMinute) : ""),
        late.map { .minutes($0) } ?? .nothing, .number(habit.filesToday),
        isHabit ? .number(habit.usualFiles) : .nothing, .number(habit.daysSeen), .number(habit.daysWorked),
        drawing: isHabit
          ? .hours(usualMinute: habit.usualMinute, latestMinute: habit.latestMinute, came: habit.firstToday)
          : .nothing)
    }
    table.drawnTitle = "00 to 24 h"
    table.whenEmpty =
      "The ledger has too few days to know a usual hour: it needs \(ArrivalHabit.daysMin)."
    return table
  }

  static func words(_ standing: ArrivalHabit.Standing) -> (String, Int?) {
    switch standing {
    case .onTime: ("✓ on time", nil)
    case .late(let minutes): ("▲ late", minutes)
    case .missing(let minutes): ("✗ missing", minutes)
    case .notYetDue: ("not yet due", nil)
    case .notExpected: ("not expected on this weekday", nil)
    case .unusual: ("came, though not usual", nil)
    }
  }

  // MARK: Weeks

  /// The sums of seven days, up to the day, or up to the same day of the week before.
  private func week(back: Int) -> DailyReport.DayCounts {
    var sum = DailyReport.DayCounts(day: report.day)
    for day in report.days.dropLast(back).suffix(7) {
      sum.files += day.files
      sum.filesRefused += day.filesRefused
      sum.rows.add(day.rows)
      sum.shipmentsCreated += day.shipmentsCreated
      sum.manifested += day.manifested
      sum.delivered += day.delivered
      sum.returning += day.returning
      sum.failedAttempts += day.failedAttempts
    }
    return sum
  }

  func weeks() -> ReportTable {
    var table = ReportTable(
      "weeks", "Seven days up to the day against the seven before",
      [
        .text("what", "what"), .number("these seven days", "this_week"),
        .number("the seven before", "week_before"), .number("change", "change_percent"),
      ])
    let (now, before) = (week(back: 0), week(back: 7))
    func add(_ what: String, _ path: (DailyReport.DayCounts) -> Int) {
      table.add(
        .text(what), .number(path(now)), .number(path(before)),
        .change(ReportWords.change(from: path(before), to: path(now))))
    }
    add("files") { $0.files }
    add("files refused or held") { $0.filesRefused }
    add("rows read") { $0.rows.read }
    add("rows rejected") { $0.rows[.rejected] }
    add("rows parked on arrival") { $0.rows[.parked] }
    add("shipments created") { $0.shipmentsCreated }
    add("shipments manifested") { $0.manifested }
    add("shipments delivered") { $0.delivered }
    add("delivery attempts failed") { $0.failedAttempts }
    add("ways back begun") { $0.returning }
    return table
  }

  func days() -> ReportTable {
    var table = ReportTable(
      "days", "Day by day",
      [
        .text("day", "day"), .text("weekday", "weekday"), .number("files", "files"),
        .number("refused or held", "files_refused"), .number("rows", "rows"),
        .number("rejected", "rejected"), .number("of rows", "rejected_percent"),
        .number("created", "shipments_created"), .number("manifested", "manifested"),
        .number("delivered", "delivered"), .number("failed attempts", "failed_attempts"),
        .number("ways back", "returning"),
      ])
    for day in report.days.reversed() {
      table.add(
        .text(day.day.text), .text(day.day.weekdayName), .number(day.files), .number(day.filesRefused),
        .number(day.rows.read), .number(day.rows[.rejected]),
        .permille(ReportWords.permille(day.rows[.rejected], of: day.rows.read)),
        .number(day.shipmentsCreated), .number(day.manifested), .number(day.delivered),
        .number(day.failedAttempts), .number(day.returning))
    }
    return table
  }
}
