public import Orders

/// A story for machines: the fixed words of files, times in ISO 8601.
extension OrderStory {
  /// One JSON object, indented, with a line end.
  /// - Parameter zone: whose offset the times carry.
  public func json(in zone: Zone) -> [UInt8] {
    Array((value(in: zone).spelled(indent: 0) + "\n").utf8)
  }

  func value(in zone: Zone) -> StoryJSON {
    .object([
      ("order_number", .text(orderNumber)),
      ("found_by", .text(foundBy.rawValue)),
      ("as_of", .time(asOf, zone)),
      ("known_at", .time(knownAt, zone)),
      ("creator", .text(creator)),
      ("location_key", .text(locationKey)),
      ("state", .text(state.name)),
      ("pieces", json(of: pieces)),
      (
        "lines",
        .list(
          lineBalances.map {
            .object([
              ("invoice_id", .optional($0.invoice)), ("suborder_id", .text($0.suborder)),
              ("sku", .text($0.sku)), ("pieces", json(of: $0.pieces)),
            ])
          })
      ),
      ("shipments", .list(shipments.map { json(of: $0, zone) })),
      ("events", .list(events.map { json(of: $0, zone) })),
    ])
  }

  private func json(of shipment: Shipment, _ zone: Zone) -> StoryJSON {
    .object([
      ("invoice_id", .optional(shipment.invoice)),
      ("awb_number", .optional(shipment.awb)),
      ("courier", .optional(shipment.courier)),
      ("state", .text(shipment.state.name)),
      ("since", .time(shipment.since, zone)),
      ("set_by", shipment.setBy.map { json(of: $0) } ?? .null),
      (
        "lines",
        .list(
          shipment.lines.map { line in
            .object([
              ("suborder_id", .text(line.suborder)), ("sku", .text(line.sku)),
              ("quantity", .number(Int64(line.quantity))),
              ("cancelled_quantity", .number(Int64(line.cancelled))),
              ("price", .optional(line.priceMillionths.map(amountText))),
            ])
          })
      ),
      ("invoice_number", .optional(shipment.invoiceNumber)),
      ("invoice_date", .optional(shipment.invoiceDate.map { String($0.iso8601(in: zone).prefix(10)) })),
      (
        "milestones",
        .list(
          shipment.milestones.map {
            .object([("state", .text($0.state.name)), ("at", .time($0.at, zone))])
          })
      ),
      ("inferred", .list(shipment.inferred.map { .text($0.name) })),
      ("parked_rows", .number(Int64(shipment.parkedRows))),
      (
        "allowed_now",
        .object(shipment.allowedNow.map { ($0.partner, .list($0.events.map { .text($0.name) })) })
      ),
    ])
  }

  private func json(of pieces: QuantityBalance) -> StoryJSON {
    let counts = zip(QuantityBalance.names, pieces.counts).map { ($0.0, StoryJSON.number(Int64($0.1))) }
    return .object(counts + [("shipped", .number(Int64(pieces.shipped)))])
  }

  func json(of event: Event, _ zone: Zone) -> StoryJSON {
    .object([
      ("event_time", event.hasOwnTime ? .time(event.at, zone) : .null),
      ("received_at", .time(event.arrivedAt, zone)),
      ("shipment", .number(Int64(event.shipment + 1))),
      ("awb_number", .optional(shipments[event.shipment].awb)),
      ("event", .text(event.happening.rawValue)),
      ("words", .text(event.words)),
      ("outcome", .text(event.outcome.name)),
      ("code", .optional(event.code?.name)),
      ("state_before", .optional(event.before?.name)),
      ("state_after", .text(event.after.name)),
      ("inferred", .list(event.inferred.map { .text($0.name) })),
      ("source", json(of: event.source)),
      ("ledger_sequence", event.decision.map { .number(Int64($0.raw)) } ?? .null),
    ])
  }

  private func json(of source: Source) -> StoryJSON {
    .object([
      ("partner", .text(source.partner)), ("file", .optional(source.file)),
      ("row", .number(Int64(source.row))),
    ])
  }
}

/// A JSON value whose keys keep their order.
indirect enum StoryJSON {
  case text(String)
  case number(Int64)
  case list([StoryJSON])
  case object([(String, StoryJSON)])
  case null

  static func optional(_ text: String?) -> StoryJSON { text.map { .text($0) } ?? .null }

  static func time(_ instant: Timestamp?, _ zone: Zone) -> StoryJSON {
    optional(instant.map { $0.iso8601(in: zone) })
  }

  func spelled(indent: Int) -> String {
    switch self {
    case .text(let text): return StoryJSON.quoted(text)
    case .number(let number): return String(number)
    case .null: return "null"
    case .list(let items):
      return StoryJSON.block("[", items.map { $0.spelled(indent: indent + 1) }, "]", indent)
    case .object(let members):
      let lines = members.map { "\(StoryJSON.quoted($0.0)): \($0.1.spelled(indent: indent + 1))" }
      return StoryJSON.block("{", lines, "}", indent)
    }
  }

  private static func block(_ open: String, _ items: [String], _ close: String, _ indent: Int) -> String {
    if items.isEmpty { return open + close }
    let margin = String(repeating: "  ", count: indent)
    return open + "\n" + items.map { margin + "  " + $0 }.joined(separator: ",\n") + "\n" + margin + close
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
