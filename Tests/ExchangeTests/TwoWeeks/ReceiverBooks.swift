/// What each receiver should hold, said once more in the plainest words: the ledger's books gone through from end to end.

import Foundation
import Ledger
import Orders

/// The books of a day's end beside the scenario's own.
struct ReceiverBooks {
  let books: Books
  let history: History
  let reckoning: Reckoning
  /// The locations that each receiver is given; without an entry it gets no feed.
  var locations = TwoWeeks.locations
  /// What the configuration says of a location: its name and its address.
  var names = TwoWeeks.names
  private let pairs: [Paired]

  init(books: Books, history: History, reckoning: Reckoning) {
    self.books = books
    self.history = history
    self.reckoning = reckoning
    pairs = Self.pairs(books, reckoning)
  }

  /// A shipment of the books with the life it belongs to.
  private struct Paired {
    let record: ShipmentRecord
    let life: ShipmentLife
    let order: OrderLife
    let courier, awb, invoice: String?
  }

  /// Everything that a partner should hold, by feed and key.
  func held(by partner: String) -> [String: [String: String]] {
    var held: [String: [String: String]] = [:]
    func put(_ feed: String, _ record: [String: Any]) {
      let key = (Receiver.keys[feed] ?? []).map { "\(record[$0] ?? "?")" }.joined(separator: " ")
      held[feed, default: [:]][key] = Receiver.text(record)
    }
    for paired in pairs {
      for (feed, fields) in records(of: paired, for: partner) {
        var record: [String: Any] = [
          "order_number": paired.order.number, "shipment": paired.life.number,
          "invoice_id": paired.invoice as Any? ?? null, "awb_number": paired.awb as Any? ?? null,
        ]
        record.merge(fields) { _, new in new }
        put(feed, record)
      }
    }
    if partner == "nexar" || partner == "booon", locations[partner] != nil {
      for (sku, product) in reckoning.products {
        put(
          "products",
          [
            "sku": sku, "name": product.name, "ean": "89012345\(sku)", "weight": null, "length": null,
            "width": null, "height": null, "mrp": null,
          ])
      }
    }
    if partner == "booon", let own = locations[partner] {
      for location in reckoning.marketplaceAccounts.keys where own.contains(location) {
        let (name, address) = names[location] ?? ("", "")
        put("locations", ["location_key": location, "name": name, "address": address])
      }
      for (shelf, count) in reckoning.stock where own.contains(shelf.location) {
        put(
          "inventory",
          [
            "sku": shelf.sku, "location_key": shelf.location, "quantity": count.quantity,
            "updated_at": Moment.instant(count.second).iso8601(in: .kolkata),
          ])
      }
    }
    return held
  }

  private func records(of paired: Paired, for partner: String) -> [String: [String: Any]] {
    let (record, life, order) = (paired.record, paired.life, paired.order)
    let courier: Any = paired.courier ?? null
    let lines: [[String: Any]] = life.lines.filter { $0.live > 0 }.map {
      ["suborder_id": $0.suborder, "sku": $0.sku, "quantity": $0.live, "price": $0.price]
    }
    switch partner {
    case "nexar", "dtdc":
      guard let own = locations[partner], own.contains(order.location),
        ![.cancelled, .awaitingCarrier].contains(record.state)
      else {
        return [:]
      }
      return ["orders": ["location_key": order.location, "courier": courier, "lines": lines]]
    case "ekart":
      guard paired.courier == "Ekart" else { return [:] }
      var records: [String: [String: Any]] = [:]
      if paired.awb == nil && record.state != .cancelled {
        records["shipments"] = [
          "location_key": order.location, "lines": lines, "customer_name": order.buyer.name,
          "address_line_1": order.buyer.address, "city": order.buyer.city, "pin_code": order.buyer.pinCode,
          "payment_mode": order.buyer.paymentMode,
          "collectable_amount": collectable(order.buyer, life) as Any? ?? null,
        ]
      }
      if let result = life.cancelResult { records["cancellations"] = ["result": result] }
      return records
    case "booon":
      guard order.creator == "booon", locations[partner] != nil, let manifest = life.manifest else {
        return [:]
      }
      return [
        "manifested": [
          "manifest_no": manifest.number,
          "manifested_at": Moment.instant(manifest.second).iso8601(in: .kolkata),
        ]
      ]
    case "easyecom":
      guard record.marks.contains(.manifested) else { return [:] }
      return [
        "tracking": [
          "courier": courier, "state": record.state.name, "since": record.since.iso8601(in: .kolkata),
        ]
      ]
    default: return [:]
    }
  }

  /// What the carrier collects: cancelled pieces are not paid for.
  private func collectable(_ buyer: Buyer, _ life: ShipmentLife) -> String? {
    guard let amount = buyer.collectable, life.lines.contains(where: { $0.cancelled > 0 }) else {
      return buyer.collectable
    }
    func paise(_ text: String) -> Int { Int(text.filter(\.isNumber)) ?? 0 }
    let ordered = life.lines.reduce(0) { $0 + paise($1.price) * $1.quantity }
    let live = life.lines.reduce(0) { $0 + paise($1.price) * $1.live }
    let share = (paise(amount) * live + ordered / 2) / ordered
    return String(format: "%d.%02d", share / 100, share % 100)
  }

  // MARK: The books beside the scenario

  /// In what the books are not as the scenario says; nil: in nothing.
  func difference() throws -> String? {
    var seen = 0
    var byState = [ShipmentState: Int]()
    for order in reckoning.orders {
      guard let index = books.order(number: Array(order.number.utf8).span) else {
        return "\(order.number) is unknown"
      }
      let shipments = books.shipments(of: index)
      seen += shipments.count
      if shipments.count != order.living.count {
        return "\(order.number) has \(shipments.count) shipments, should have \(order.living.count)"
      }
      for (shipment, life) in zip(shipments, order.living) {
        let record = books[shipment]
        byState[record.state, default: 0] += 1
        let mine =
          "\(record.state.name) \(text(books.invoice(of: shipment))) \(text(books.awb(of: shipment)))"
          + " \(text(books.courier(of: shipment).text[...])) \(text(books.returnAWB(of: shipment)))"
        let theirs =
          "\(life.state.name) \(life.invoice ?? "") \(life.awb ?? "") \(life.courier ?? "")"
          + " \(life.returnAWB ?? "")"
        if mine != theirs {
          return "\(order.number), shipment \(life.number): is \(mine), should be \(theirs)"
        }
      }
    }
    let emptied = books.shipments.count { $0.marks.contains(.emptied) }
    if seen + emptied != books.shipments.count {
      return "\(books.shipments.count) shipments, \(seen) of known orders"
    }
    if byState.values.reduce(0, +) != seen { return "the states do not sum up to the shipments" }
    return try quantityDifference()
  }

  /// Ordered is open and cancelled and shipped, shipped is moving and delivered and returned and lost; order by order.
  private func quantityDifference() throws -> String? {
    for order in reckoning.orders {
      guard let index = books.order(number: Array(order.number.utf8).span) else { continue }
      var (standing, expected): ([String: Int], [String: Int]) = ([:], [:])
      func count(_ pieces: Int, _ place: String, in places: inout [String: Int]) {
        if pieces > 0 { places[place, default: 0] += pieces }
      }
      for life in order.living {
        for line in life.lines {
          count(line.live, Self.place(life.state), in: &expected)
          count(line.cancelled, "cancelled", in: &expected)
        }
      }
      for shipment in books.shipments(of: index) {
        for line in try history.lines(of: shipment, from: books[shipment].head) {
          count(Int(line.live), Self.place(books[shipment].state), in: &standing)
          count(Int(line.cancelled), "cancelled", in: &standing)
          let known = books.line(of: shipment, suborder: line.suborder.span)
          if known?.quantity != line.quantity {
            return "\(order.number): a line's pieces are not its history's"
          }
        }
      }
      if standing != expected { return "\(order.number): pieces are \(standing), should be \(expected)" }
    }
    return nil
  }

  private static func place(_ state: ShipmentState) -> String {
    switch state {
    case .awaitingCarrier, .open, .assigned, .confirmed: "open"
    case .cancelled: "cancelled"
    case .delivered: "delivered"
    case .returned: "returned"
    case .lost: "lost"
    default: "moving"
    }
  }

  private static func pairs(_ books: Books, _ reckoning: Reckoning) -> [Paired] {
    reckoning.orders.flatMap { order -> [Paired] in
      guard let index = books.order(number: Array(order.number.utf8).span) else { return [] }
      return zip(books.shipments(of: index), order.living).map { shipment, life in
        func given(_ bytes: some Collection<UInt8>) -> String? {
          bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        }
        return Paired(
          record: books[shipment], life: life, order: order,
          courier: given(books.courier(of: shipment).text), awb: given(books.awb(of: shipment)),
          invoice: given(books.invoice(of: shipment)))
      }
    }
  }

  private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// JSON's word for nothing.
private var null: NSNull { NSNull() }
