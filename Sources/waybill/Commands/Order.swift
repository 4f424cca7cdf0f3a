/// `waybill order`: the history of one order, told so that customer service can read it out.

import Orders
import Reports

enum OrderCommand {
  static let verb = Verb(
    name: "order",
    summary: "tells the whole history of one order",
    description: [
      "Every event with its file and row, what each shipment waits for, and what would be accepted now.",
      "Found by the order's number, by an AWB or by an invoice id. With --as-of the history ends where",
      "the ledger stood at that time.",
    ],
    operands: [.init(name: "NUMBER", summary: "an order number, an AWB or an invoice id")],
    options: [.root, .config, .asOf, .json],
    examples: [
      .init(line: "waybill order OD-1001", meaning: "where the order is, and how it came there"),
      .init(
        line: "waybill order OD-1001 --as-of 2026-11-21T18:00:00+05:30",
        meaning: "what was known of it on that evening"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let asOf = call.arguments.asOf?.instant(in: engine.zone)
    let number = call.arguments.text(0)
    let story = try call.ask { () throws(Failure) in try engine.history(number, asOf: asOf) }
    if call.arguments.wantsJSON {
      call.console.data(story.json(in: engine.zone))
    } else {
      call.console.lines(story.lines(in: engine.zone))
    }
    return .done
  }
}
