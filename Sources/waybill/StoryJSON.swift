/// An order's history for machines: the fixed words of files, times in ISO 8601.

import Orders

enum StoryJSON {
  static func of(_ story: OrderStory, _ zone: Zone) -> JSONText {
    .object([
      ("order_number", .text(story.orderNumber)),
      ("found_by", .text(story.foundBy.rawValue.replacing(" ", with: "_").lowercased())),
      ("as_of", time(story.asOf, zone)),
      ("creator", .text(story.creator)),
      ("created_at", time(story.createdAt, zone)),
      ("order_date", time(story.orderedAt, zone)),
      ("marketplace", JSONText(story.marketplace)),
      ("location_key", JSONText(story.locationKey)),
      ("payment_mode", JSONText(story.paymentMode)),
      ("state", .text(story.state.name)),
      ("shipments", .list(story.shipments.map { of($0, zone) })),
      ("events", .list(story.events.map { of($0, zone) })),
    ])
  }

  private static func of(_ shipment: OrderStory.Shipment, _ zone: Zone) -> JSONText {
    .object([
      ("invoice_id", JSONText(shipment.invoice)),
      ("awb_number", JSONText(shipment.awb)),
      ("courier", JSONText(shipment.courier)),
      ("ref_awb", JSONText(shipment.pairedAWB)),
      ("state", .text(shipment.state.name)),
      ("since", time(shipment.since, zone)),
      ("set_by", shipment.setBy.map(of) ?? .null),
      (
        "lines",
        .list(
          shipment.lines.map {
            .object([
              ("sku", .text($0.sku)), ("quantity", .number($0.quantity)), ("price", JSONText($0.price)),
            ])
          })
      ),
      ("inferred", .list(shipment.inferred.map { .text($0.name) })),
      ("parked_rows", .number(shipment.parkedRows)),
      (
        "allowed_now",
        .object(
          shipment.allowedNow.map { partner, events in (partner, .list(events.map { .text($0.name) })) })
      ),
    ])
  }

  private static func of(_ event: OrderStory.Event, _ zone: Zone) -> JSONText {
    .object([
      ("event_time", time(event.at, zone)),
      ("received_at", .text(event.arrivedAt.iso8601(in: zone))),
      ("event", .text(name(event.step))),
      ("awb_number", JSONText(event.awb)),
      ("detail", JSONText(event.detail)),
      ("outcome", .text(event.outcome.name)),
      ("code", JSONText(event.code?.name)),
      ("state_before", JSONText(event.before?.name)),
      ("state_after", JSONText(event.after?.name)),
      ("source", of(event.source)),
      ("ledger_sequence", .number(Int(event.decision.raw))),
    ])
  }

  private static func name(_ step: OrderStory.Event.Step) -> String {
    switch step {
    case .created: "create"
    case .lineAdded: "add_line"
    case .asked(let event): event.name
    case .unknownCode: "unknown_code"
    }
  }

  private static func of(_ source: Source) -> JSONText {
    .object([
      ("partner", .text(source.partner)), ("file", JSONText(source.file)), ("row", .number(Int(source.row))),
    ])
  }

  private static func time(_ instant: Timestamp?, _ zone: Zone) -> JSONText {
    JSONText(instant?.iso8601(in: zone))
  }
}
