public import Orders

/// A story as lines that customer service can read out.
extension OrderStory {
  /// - Parameter zone: on whose clock times are shown.
  public func lines(in zone: Zone) -> [String] {
    var lines = ["Order \(orderNumber), created by \(title(creator)) for location \(locationKey)."]
    let named = StoryWords.plain(state.name)
    lines.append(
      shipments.count == 1 ? "It is \(named)." : "It is \(named), in \(shipments.count) shipments.")
    lines.append(StoryWords.balance(pieces))
    switch foundBy {
    case .orderNumber: break
    case .awb: lines.append("Found by the AWB \(asked).")
    case .invoice: lines.append("Found by the invoice id \(asked).")
    }
    if let asOf {
      lines.append("Told as things were on \(StoryWords.time(asOf, zone)), by what is known now.")
    }
    if let knownAt { lines.append("Told as it was known on \(StoryWords.time(knownAt, zone)).") }
    let balances = lineBalances
    if balances.count > 1 {
      lines += ["", "Pieces"]
      lines += balances.map { "  \($0.suborder)  \($0.sku): \(StoryWords.counts($0.pieces))" }
    }
    for place in shipments.indices { lines += [""] + self.lines(of: place, zone) }
    lines += ["", "What happened"]
    for event in events { lines += self.lines(of: event, zone) }
    return lines
  }

  private func lines(of place: Int, _ zone: Zone) -> [String] {
    let shipment = shipments[place]
    let name = shipments.count == 1 ? "Shipment" : "Shipment \(place + 1) of \(shipments.count)"
    var lines = ["\(name): \(shipment.title)"]
    var state = "\(StoryWords.plain(shipment.state.name)) since \(StoryWords.time(shipment.since, zone))"
    if let source = shipment.setBy { state += ", said by \(spelled(source))" }
    lines.append("  state     " + state)
    for line in shipment.lines {
      let price = line.priceMillionths.map { " at " + amountText(millionths: $0) } ?? ""
      let cancelled = line.cancelled > 0 ? ", and \(line.cancelled) cancelled" : ""
      lines.append("  holds     \(line.quantity - line.cancelled) x \(line.sku)\(price)\(cancelled)")
    }
    if shipment.invoiceNumber != nil || shipment.invoiceDate != nil {
      let words = StoryWords.sellersInvoice(shipment.invoiceNumber, shipment.invoiceDate, zone)
      lines.append("  invoice   " + words)
    }
    if !shipment.inferred.isEmpty {
      let states = StoryWords.list(shipment.inferred.map { StoryWords.plain($0.name) })
      lines.append("  inferred  \(states): no file said so, a later event proves it")
    }
    if shipment.parkedRows > 0 {
      let rows = shipment.parkedRows == 1 ? "1 row waits" : "\(shipment.parkedRows) rows wait"
      lines.append("  parked    \(rows) for the manifest")
    }
    if shipment.allowedNow.isEmpty { lines.append("  next      nothing more is accepted") }
    for (place, allowed) in shipment.allowedNow.enumerated() {
      let label = place == 0 ? "  next      " : "            "
      lines.append(label + "\(title(allowed.partner)) may \(asking(allowed.events))")
    }
    return lines
  }

  func lines(of event: Event, _ zone: Zone) -> [String] {
    let time = StoryWords.time(event.at, zone)
    var words = event.words
    if !event.inferred.isEmpty {
      let states = StoryWords.list(event.inferred.map { StoryWords.plain($0.name) })
      words += ". Inferred: \(states)"
    }
    if shipments.count > 1 { words = "[\(event.shipment + 1)] " + words }
    let margin = String(repeating: " ", count: 24)
    let padded = "  " + time + String(repeating: " ", count: max(2, 22 - time.count))
    var said = spelled(event.source)
    if event.hasOwnTime { said += ", learned \(StoryWords.time(event.arrivedAt, zone))" }
    let after = StoryWords.plain(event.after.name)
    if event.before == nil { said = "now \(after); \(said)" }
    if let before = event.before, before != event.after {
      said = "\(StoryWords.plain(before.name)) → \(after); \(said)"
    }
    return [padded + words, margin + said]
  }

  private func title(_ folder: String) -> String { titles[folder] ?? folder }

  private func spelled(_ source: Source) -> String {
    if source.partner == OrderStory.expirySource { return source.partner }
    let name = source.partner.isEmpty ? "a file that is not decided yet" : title(source.partner)
    return source.file.map { "\(name), \($0) row \(source.row)" } ?? "\(name), row \(source.row)"
  }

  /// `confirm it, ask to cancel it, or report picked up or in transit`
  private func asking(_ events: [EventKind]) -> String {
    var deeds = events.filter { !$0.isCarrierEvent }.map { event in
      switch event {
      case .assign: "assign it to a carrier"
      case .reassign: "give it another AWB"
      case .confirm: "confirm it"
      case .document: "ask for its documents"
      case .manifest: "manifest it"
      default: "ask to cancel it"
      }
    }
    let reports = events.filter(\.isCarrierEvent).map { StoryWords.plain($0.name) }
    if !reports.isEmpty { deeds.append("report \(StoryWords.list(reports, joint: "or"))") }
    return deeds.count > 1 && !reports.isEmpty
      ? deeds.dropLast().joined(separator: ", ") + ", or " + deeds[deeds.count - 1]
      : StoryWords.list(deeds, joint: "or")
  }
}
