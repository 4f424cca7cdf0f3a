/// `waybill reconcile`: the nightly look at what should have happened and did not, and a partner's own export against the ledger.

import Orders
import Reports

enum ReconcileCommand {
  static let verb = Verb(
    name: "reconcile",
    summary: "holds orders, manifests and scans against each other, or a partner's export against the ledger",
    description: [
      "Meant for the night. A row that was parked (tracking before its manifest, mostly) and has waited longer",
      "than its partner's parkHours is rejected with W318, in event order, in a NAME.settled-N.csv beside the",
      "answers of its own file; a running daemon does it between two files, without one it is done here. Then",
      "orders, manifests and scans are compared as they stood at the day's end: what was ordered and went no",
      "further, confirmed and not manifested, manifested and never scanned, scanned without a manifest, cancelled",
      "yet scanned, and files that the calendar (expect) says are late or missing. Every line has both sides, the",
      "likely cause and who must act; they lie in outbox/reports/DAY/ as reconcile.html and reconcile.csv.",
      "With FILE a partner's own export (order_number, invoice_id or awb_number; order_status, quantity) is held",
      "against the ledger instead, and nothing is changed: missing here, missing there, states, quantities.",
    ],
    operands: [
      .init(
        name: "FILE", summary: "a partner's own export, anywhere on this machine", isRequired: false,
        isFile: true)
    ],
    options: [.partner, .date, .at, .root, .config, .json, .quiet],
    statuses: ExitCode.allCases,
    examples: [
      .init(line: "waybill reconcile --root /srv/exchange", meaning: "what a nightly job calls"),
      .init(
        line: "waybill reconcile --at 2026-11-25T02:00:00+05:30 --date 2026-11-24",
        meaning: "the day that is over, as it would be judged at that time"),
      .init(
        line: "waybill reconcile export.csv --partner dtdc",
        meaning: "what DTDC has and we have not, and the other way round"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    if let file = call.arguments.operands.first { return try compare(file, call, engine) }
    if call.arguments.partner != nil {
      throw .usage(.operandMissing("FILE", verb: verb.name))
    }
    let view = try call.ask { () throws(Failure) in try engine.reconcile(call.deedWork()) }
    let (date, clock) = (call.arguments.date, call.arguments.at)
    let written = try call.ask { () throws(Failure) in
      try engine.threeWay(of: date, at: clock, call.console.show)
    }
    if call.arguments.wantsJSON {
      call.console.data(json(view, written, engine.zone).page.utf8)
    } else if !call.arguments.isQuiet {
      call.console.lines(lines(view) + [""] + lines(written, engine.zone))
    }
    let differs = written.threeWay.differences > 0 || !written.threeWay.isBalanced
    return view.hasFindings || differs ? .findings : .done
  }

  // MARK: Rows that waited too long

  /// A longer list tells nobody more.
  static let answersMax = 20

  static func lines(_ view: ReconcileView) -> [String] {
    if view.expiredRows == 0 { return ["No row has waited too long."] }
    var table = TextTable([.init("partner"), .init("answer", columnsMax: 60)])
    for answer in view.answers.prefix(answersMax) {
      table.add(answer.partner, SafeText.of(answer.name))
    }
    let more = view.answers.count - min(view.answers.count, answersMax) + view.answersLeftOut
    if more > 0 { table.addSum(["", "and \(HumanText.count(more)) more"]) }
    let rows = HumanText.count(view.expiredRows, "row")
    return [
      "\(rows) waited too long for an earlier step, and \(view.expiredRows == 1 ? "is" : "are") rejected (W318):"
    ] + table.lines(indent: 2)
  }

  // MARK: Three ways

  static func lines(_ written: ReconcileFolder.Written, _ zone: Zone) -> [String] {
    let threeWay = written.threeWay
    var lines = ["\(threeWay.day.title): orders, manifests and scans"]
    lines += sides(threeWay).lines(indent: 2)
    lines += balances(threeWay.balances, threeWay.isBalanced)
    if threeWay.differences == 0 { return lines + ["", "Nothing differs.", "", "\(written.page)"] }
    var table = TextTable([
      .number("lines"), .init("what differs"), .init("whose move"), .init("oldest since"),
    ])
    for group in threeWay.groups {
      table.add(
        HumanText.count(group.count), group.sort.words, group.who,
        group.oldest.map { HumanText.time($0, zone) } ?? "")
    }
    lines += ["", "What differs"] + table.lines(indent: 2)
    return lines + ["", "\(written.page), and every line with both sides in \(written.lines)"]
  }

  /// Every shipment once, by what each side knows of it.
  private static func sides(_ threeWay: ThreeWay) -> TextTable {
    var table = TextTable([.init("shipments"), .number("count")])
    let words = ["ordered only", "and manifested", "and scanned", "manifested and scanned"]
    for (words, count) in zip(words, threeWay.places.bySides) { table.add(words, HumanText.count(count)) }
    if threeWay.places.emptied > 0 {
      table.add("left empty by a split", HumanText.count(threeWay.places.emptied))
    }
    table.addSum(["all", HumanText.count(threeWay.places.sum)])
    return table
  }

  private static func balances(_ balances: [ThreeWay.Balance], _ isBalanced: Bool) -> [String] {
    if isBalanced { return ["", "The totals balance (\(HumanText.count(balances.count)) counted twice)."] }
    return ["", "THE TOTALS DO NOT BALANCE"]
      + balances.filter { $0.left != $0.right }.map {
        "  \($0.what): \(HumanText.count($0.left)) and \(HumanText.count($0.right))"
      }
  }

  // MARK: A partner's export

  private static func compare(_ file: [UInt8], _ call: Call, _ engine: any Engine) throws(Stop) -> ExitCode {
    guard let name = call.arguments.partner else {
      throw .usage(.optionMissing(.partner, verb: verb.name))
    }
    if call.arguments.date != nil { throw .usage(.optionElsewhere(.date, verb: verb.name)) }
    let profile = try PartnerName.known(name, among: engine.profiles)
    let clock = call.arguments.at
    let view = try call.ask { () throws(Failure) in try engine.compare(file, of: profile, at: clock) }
    if call.arguments.wantsJSON {
      call.console.data(json(view).page.utf8)
    } else if !call.arguments.isQuiet {
      call.console.lines(lines(view))
    }
    return view.hasFindings || !view.export.isBalanced ? .findings : .done
  }

  static func lines(_ view: ExportView) -> [String] {
    let export = view.export
    if let refusal = view.refusal { return ["The export was not read. \(refusal)"] }
    var table = TextTable([.init("rows of the export"), .number("count")])
    table.add("agreeing", HumanText.count(export.agreeing))
    table.add("repeated", HumanText.count(export.repeated))
    for sort in PartnerExport.Sort.allCases where sort != .missingThere {
      table.add(sort.words, HumanText.count(export.differing[sort] ?? 0))
    }
    table.addSum(["all", HumanText.count(export.rows)])
    var ours = TextTable([.init("shipments here"), .number("count")])
    ours.add("named by the export", HumanText.count(export.named))
    ours.add("closed, and not named", HumanText.count(export.closed))
    ours.add(PartnerExport.Sort.missingThere.words, HumanText.count(export.missingThere))
    ours.addSum(["all", HumanText.count(export.own)])
    var lines = ["\(export.title): \(export.file) against the ledger", ""] + table.lines(indent: 2) + [""]
    lines += ours.lines(indent: 2) + balances(export.balances, export.isBalanced)
    if export.differences == 0 { lines.append("Nothing differs.") }
    return lines + ["", "\(view.page), and every line with both sides in \(view.lines)"]
  }

  // MARK: JSON

  private static func json(_ view: ReconcileView, _ written: ReconcileFolder.Written, _ zone: Zone)
    -> JSONText
  {
    let threeWay = written.threeWay
    let places = threeWay.places
    return .object([
      ("day", .text(threeWay.day.text)), ("as_of", .text(threeWay.asOf.iso8601(in: zone))),
      ("ledger_sequence", .number(Int(threeWay.lastDecision.raw))),
      (
        "expired",
        .object([
          ("rows", .number(view.expiredRows)),
          (
            "answers",
            .list(
              view.answers.map {
                .object([("partner", .text($0.partner)), ("file", .text(SafeText.of($0.name)))])
              })
          ), ("answers_left_out", .number(view.answersLeftOut)),
        ])
      ),
      (
        "shipments",
        .object([
          ("all", .number(places.sum)), ("ended", .number(places.ended)), ("in_time", .number(places.inTime)),
          ("differing", .number(places.differing)), ("emptied", .number(places.emptied)),
          ("ordered_only", .number(places.bySides[0])), ("manifested_only", .number(places.bySides[1])),
          ("scanned_only", .number(places.bySides[2])),
          ("manifested_and_scanned", .number(places.bySides[3])),
        ])
      ), ("balanced", .truth(threeWay.isBalanced)), ("balances", json(threeWay.balances)),
      ("differences", .number(threeWay.differences)),
      (
        "groups",
        .list(
          threeWay.groups.map { group in
            .object([
              ("difference", .text(group.sort.word)), ("who", .text(group.who)),
              ("lines", .number(group.count)),
              ("oldest_since", JSONText(group.oldest?.iso8601(in: zone))),
              ("likely_cause", .text(group.sort.cause)),
              ("remedy", .text(group.sort.remedy)),
            ])
          })
      ), ("page", .text(written.page)), ("lines", .text(written.lines)),
    ])
  }

  private static func json(_ balances: [ThreeWay.Balance]) -> JSONText {
    .list(
      balances.map {
        .object([("what", .text($0.what)), ("left", .number($0.left)), ("right", .number($0.right))])
      })
  }

  private static func json(_ view: ExportView) -> JSONText {
    let export = view.export
    let differing = PartnerExport.Sort.allCases.map { ($0.word, JSONText.number(export.differing[$0] ?? 0)) }
    return .object([
      ("partner", .text(export.partner)), ("file", .text(export.file)), ("refusal", JSONText(view.refusal)),
      (
        "rows",
        .object([
          ("read", .number(export.rows)), ("agreeing", .number(export.agreeing)),
          ("repeated", .number(export.repeated)), ("differing", .number(export.rowsDiffering)),
        ])
      ), ("differences", .object(differing)),
      (
        "shipments",
        .object([
          ("own", .number(export.own)), ("named", .number(export.named)), ("closed", .number(export.closed)),
          ("missing_there", .number(export.missingThere)),
        ])
      ), ("balanced", .truth(export.isBalanced)), ("balances", json(export.balances)),
      ("page", .text(view.page)),
      ("lines", .text(view.lines)),
    ])
  }
}
