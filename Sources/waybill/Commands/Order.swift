/// `waybill order`: the history of one order, told so that customer service can read it out.

import Orders
import Reports

enum OrderCommand {
  static let verb = Verb(
    name: "order",
    summary: "tells the whole history of one order",
    description: [
      "Every event with its file and row, what each shipment waits for, and what would be accepted now.",
      "Found by the order's number, by an AWB or by an invoice id. With --as-of the history ends with what",
      "had happened by that time, with --known-at with what had arrived by then; --diff tells what was",
      "learned between two times.",
    ],
    operands: [.init(name: "NUMBER", summary: "an order number, an AWB or an invoice id")],
    options: [.root, .config, .asOf, .knownAt, .diff, .json],
    examples: [
      .init(line: "waybill order OD-1001", meaning: "where the order is, and how it came there"),
      .init(
        line: "waybill order OD-1001 --known-at 2026-11-21T18:00:00+05:30",
        meaning: "what was known of it on that evening"),
      .init(
        line: "waybill order OD-1001 --diff 2026-11-21 2026-11-22",
        meaning: "what was learned of it on that day"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let number = call.arguments.text(0)
    if !call.arguments.diff.isEmpty { return try difference(call, engine, number) }
    let asOf = call.arguments.asOf?.instant(in: engine.zone)
    let knownAt = call.arguments.knownAt?.instant(in: engine.zone)
    let story = try call.ask { () throws(Failure) in
      try engine.history(number, asOf: asOf, knownAt: knownAt)
    }
    if call.arguments.wantsJSON {
      call.console.data(story.json(in: engine.zone))
    } else {
      call.console.lines(story.lines(in: engine.zone))
    }
    return .done
  }

  private static func difference(_ call: Call, _ engine: any Engine, _ number: String) throws(Stop)
    -> ExitCode
  {
    let times = call.arguments.diff.map { $0.instant(in: engine.zone) }.sorted()
    let difference = try call.ask { () throws(Failure) in
      var before: OrderStory?
      do throws(Failure) {
        before = try engine.history(number, asOf: nil, knownAt: times[0])
      } catch {
        // That nothing was known of it then is an answer, no failure.
        guard error == .unknownOrder(number) || error == .notYetKnown(number) else { throw error }
      }
      let after = try engine.history(number, asOf: nil, knownAt: times[1])
      return OrderDifference(from: times[0], to: times[1], before: before, after: after)
    }
    if call.arguments.wantsJSON {
      call.console.data(difference.json(in: engine.zone))
    } else {
      call.console.lines(difference.lines(in: engine.zone))
    }
    return .done
  }
}
