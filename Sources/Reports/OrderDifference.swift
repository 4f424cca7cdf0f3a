public import Orders

/// What was learned of an order between two times: the story as it was known then, as it was known later, and what came between.
public struct OrderDifference: Sendable {
  public let from: Timestamp
  public let to: Timestamp
  /// Nil: nothing was known of the order yet.
  public let before: OrderStory?
  public let after: OrderStory

  public init(from: Timestamp, to: Timestamp, before: OrderStory?, after: OrderStory) {
    self.from = from
    self.to = to
    self.before = before
    self.after = after
  }

  /// What arrived between the two times.
  public var learned: [OrderStory.Event] { after.events.filter { $0.arrivedAt > from } }

  /// - Parameter zone: on whose clock times are shown.
  public func lines(in zone: Zone) -> [String] {
    let (start, end) = (StoryWords.time(from, zone), StoryWords.time(to, zone))
    var lines = ["Order \(after.orderNumber), from what was known on \(start) to what was known on \(end)."]
    for (place, shipment) in after.shipments.enumerated() {
      let name = after.shipments.count == 1 ? "It" : "Shipment \(place + 1) (\(shipment.title))"
      let now = StoryWords.plain(shipment.state.name)
      guard let before, place < before.shipments.count else {
        lines.append("\(name) was not known; it became \(now).")
        continue
      }
      let then = StoryWords.plain(before.shipments[place].state.name)
      lines.append(then == now ? "\(name) stayed \(now)." : "\(name) went from \(then) to \(now).")
    }
    lines += ["", learned.isEmpty ? "Nothing was learned between." : "What was learned"]
    for event in learned { lines += after.lines(of: event, zone) }
    return lines
  }

  /// One JSON object: both stories whole, and what was learned between.
  public func json(in zone: Zone) -> [UInt8] {
    let page = StoryJSON.object([
      ("order_number", .text(after.orderNumber)), ("from", .time(from, zone)), ("to", .time(to, zone)),
      ("learned", .list(learned.map { after.json(of: $0, zone) })),
      ("before", before?.value(in: zone) ?? .null), ("after", after.value(in: zone)),
    ])
    return Array((page.spelled(indent: 0) + "\n").utf8)
  }
}
