/// `waybill order`: the history of one order, told so that customer service can read it out.

import Orders

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
      call.console.data(StoryJSON.of(story, engine.zone).page.utf8)
    } else {
      call.console.lines(lines(story, engine.zone))
    }
    return .done
  }

  static func lines(_ story: OrderStory, _ zone: Zone) -> [String] {
    var lines = [opening(story, zone), standing(story)]
    if let asOf = story.asOf { lines.append("As it was known on \(HumanText.time(asOf, zone)).") }
    for place in story.shipments.indices { lines += [""] + shipment(story, place, zone) }
    return lines + ["", "What happened"] + events(story, zone).lines(indent: 2)
  }

  private static func opening(_ story: OrderStory, _ zone: Zone) -> String {
    var text = "Order \(story.orderNumber), from \(story.creator)"
    if let marketplace = story.marketplace { text += " (\(marketplace))" }
    if let time = story.orderedAt { text += ", placed \(HumanText.time(time, zone))" }
    if let location = story.locationKey { text += ", for location \(location)" }
    if let mode = story.paymentMode { text += ", \(mode)" }
    text += "."
    return story.foundBy == .orderNumber
      ? text : text + " Found by its \(story.foundBy.rawValue) \(story.asked)."
  }

  private static func standing(_ story: OrderStory) -> String {
    let state = HumanText.words(story.state.name)
    return story.shipments.count == 1
      ? "It is \(state)." : "It is \(state), in \(HumanText.count(story.shipments.count, "shipment"))."
  }

  private static func shipment(_ story: OrderStory, _ place: Int, _ zone: Zone) -> [String] {
    let shipment = story.shipments[place]
    var title = story.shipments.count == 1 ? "Shipment" : "Shipment \(place + 1) of \(story.shipments.count)"
    let names = [
      shipment.awb.map { "AWB \($0)" }, shipment.courier.map { "with \($0)" },
      shipment.invoice.map { "invoice \($0)" },
    ].compactMap { $0 }
    title += names.isEmpty ? ": no carrier yet" : ": " + names.joined(separator: ", ")
    var facts = TextTable("", "")
    var state = HumanText.words(shipment.state.name)
    if let since = shipment.since { state += " since \(HumanText.time(since, zone))" }
    if let source = shipment.setBy { state += ", by \(of(source))" }
    facts.add("state", state)
    if !shipment.lines.isEmpty {
      facts.add(
        "lines",
        shipment.lines.map { line in
          "\(line.sku) x \(line.quantity)" + (line.price.map { " at \($0)" } ?? "")
        }.joined(separator: ", "))
    }
    if let paired = shipment.pairedAWB { facts.add("tied to", "AWB \(paired)") }
    if !shipment.inferred.isEmpty {
      let states = HumanText.list(shipment.inferred.map { HumanText.words($0.name) })
      facts.add("inferred", "\(states): no file said so, a later event proves it")
    }
    if shipment.parkedRows > 0 {
      facts.add("parked", "\(HumanText.count(shipment.parkedRows, "row")) waiting for an earlier step")
    }
    facts.add("now", next(shipment))
    return [title] + facts.lines(indent: 2)
  }

  private static func next(_ shipment: OrderStory.Shipment) -> String {
    let open = shipment.allowedNow.filter { !$0.events.isEmpty }
    if open.isEmpty { return "nothing more is accepted" }
    return open.map { partner, events in
      "\(partner) may send \(HumanText.list(events.map { HumanText.words($0.name) }, joint: "or"))"
    }.joined(separator: "; ")
  }

  private static func events(_ story: OrderStory, _ zone: Zone) -> TextTable {
    let namesAWB = story.shipments.count > 1
    var columns: [TextTable.Column] = [.init("when"), .init("what")]
    if namesAWB { columns.append(.init("shipment")) }
    var table = TextTable(columns + [.init("state"), .init("outcome"), .init("told by")])
    for event in story.events {
      var cells = [event.at.map { HumanText.time($0, zone) } ?? "-", what(event)]
      if namesAWB { cells.append(event.awb ?? "") }
      let outcome =
        event.outcome == .applied ? "" : event.outcome.name + (event.code.map { " \($0.name)" } ?? "")
      table.add(cells + [state(event), outcome, of(event.source)])
    }
    return table
  }

  private static func state(_ event: OrderStory.Event) -> String {
    guard let after = event.after, after != event.before else { return "" }
    return HumanText.words(after.name)
  }

  private static func of(_ source: Source) -> String {
    source.file.map { "\(source.partner)/\($0) row \(source.row)" } ?? source.partner
  }

  static func what(_ event: OrderStory.Event) -> String {
    words(event.step) + (event.detail.map { ": \($0)" } ?? "")
  }

  /// What a row asked, in words that need no table.
  static func words(_ step: OrderStory.Event.Step) -> String {
    switch step {
    case .created(let lines): "order created, \(HumanText.count(lines, "line"))"
    case .lineAdded: "one more line"
    case .unknownCode(let code): "code \(code), which no table has"
    case .asked(let event):
      switch event {
      case .assign: "carrier assigned"
      case .reassign: "another AWB assigned"
      case .confirm: "order confirmed"
      case .document: "documents asked for"
      case .manifest: "manifested"
      case .cancel: "cancellation asked for"
      case .pickupScheduled: "pickup scheduled"
      case .pickedUp: "picked up"
      case .inTransit: "in transit"
      case .outForDelivery: "out for delivery"
      case .undelivered: "delivery attempt failed"
      case .delivered: "delivered"
      case .rto: "return to shipper begun"
      case .rtoInTransit: "on its way back"
      case .rtoOutForDelivery: "out for delivery to the shipper"
      case .returned: "returned to the shipper"
      case .lost: "lost"
      case .damaged: "damaged"
      }
    }
  }
}
