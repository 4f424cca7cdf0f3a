/// `waybill reconcile`: the nightly look at what should have happened and did not.

import Orders

enum ReconcileCommand {
  static let verb = Verb(
    name: "reconcile",
    summary: "rejects the rows that waited too long for an earlier step",
    description: [
      "Meant for the night. A row that was parked (tracking before its manifest, mostly) and has waited longer",
      "than its partner's parkHours is rejected with W318, in event order, in a NAME.settled-N.csv beside the",
      "answers of its own file. A running daemon does it between two files; without one it is done here.",
    ],
    options: [.root, .config, .at, .quiet],
    statuses: ExitCode.allCases,
    examples: [
      .init(line: "waybill reconcile --root /srv/exchange", meaning: "what a nightly job calls"),
      .init(
        line: "waybill reconcile --at 2026-11-25T02:00:00+05:30",
        meaning: "as it would be judged at that time, for output that can be reproduced"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let view = try call.ask { () throws(Failure) in try engine.reconcile(call.deedWork()) }
    if !call.arguments.isQuiet { call.console.lines(lines(view)) }
    return view.hasFindings ? .findings : .done
  }

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
}
