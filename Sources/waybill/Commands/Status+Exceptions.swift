/// The part of `waybill status` about goods that were seen after their shipment was cancelled.

import Orders
import Reports

extension StatusCommand {
  private static let exceptionsShown = 20

  static func lines(_ exceptions: ScanExceptions?, _ zone: Zone) -> [String] {
    guard let exceptions, exceptions.total > 0 else { return [] }
    var table = TextTable([
      .init("seen"), .init("by"), .init("AWB"), .init("code", columnsMax: 30), .init("order"),
      .init("cancelled"), .init("file", columnsMax: 40), .number("row"),
    ])
    for seen in exceptions.newest.prefix(exceptionsShown) {
      table.add(
        HumanText.time(seen.seenAt, zone), seen.partner, seen.awb, seen.code, seen.orderNumber,
        HumanText.time(seen.cancelledAt, zone), seen.file, HumanText.count(Int(seen.row)))
    }
    var lines = ["", "Goods seen after their cancellation"] + table.lines(indent: 2)
    let more = exceptions.total - min(exceptions.newest.count, exceptionsShown)
    if more > 0 { lines.append("  and \(HumanText.count(more)) more") }
    return lines
  }

  static func json(_ exceptions: ScanExceptions?, _ zone: Zone) -> JSONText {
    let counts = exceptions?.counts.sorted { $0.key < $1.key } ?? []
    return .object([
      ("count", .number(exceptions?.total ?? 0)),
      ("by_partner", .object(counts.map { ($0.key, .number($0.value)) })),
      (
        "newest",
        .list(
          (exceptions?.newest ?? []).map {
            .object([
              ("partner", .text($0.partner)), ("awb_number", .text($0.awb)), ("code", .text($0.code)),
              ("location", .text($0.location)), ("seen_at", .text($0.seenAt.iso8601(in: zone))),
              ("order_number", .text($0.orderNumber)),
              ("cancelled_at", .text($0.cancelledAt.iso8601(in: zone))), ("file", .text($0.file)),
              ("row", .number(Int($0.row))),
            ])
          })
      ),
    ])
  }
}
