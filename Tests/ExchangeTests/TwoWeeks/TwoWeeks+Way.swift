/// The way of an order's parcels: confirmed, manifested, carried, cancelled on the way; and the rows that tell of it, in time,
/// late, early, twice.

import Orders

extension TwoWeeks {
  /// What is planned for an order once its carrier is known.
  struct Way {
    let order: OrderLife
    let parcels: [Parcel]
    /// Who confirms and manifests.
    let packer: String
    let stage: CancelStage
    /// The days on which the exchange has the order, and on which it is confirmed.
    let placed, confirmed: Int
    let isAssignedLate: Bool
  }

  mutating func dropWay(_ way: Way) {
    dropConfirmation(way)
    var manifested = way.confirmed + (way.isAssignedLate ? dice.from(1...2) : dice.below(2))
    if way.stage == .beforeConfirmation || way.stage == .beforeManifest {
      let day = way.stage == .beforeConfirmation ? max(way.placed, way.confirmed - 1) : way.confirmed
      dropCancellation(way, nil, day: day, second: day * Moment.day + dice.from(70_000...75_000))
      manifested = max(manifested, way.confirmed + 1)
      // Some go on packing what was cancelled.
      if dice.chance(50) { return }
    }
    if way.stage == .inReExport, way.order.creator == "easyecom" {
      let day = way.placed + dice.from(1...4)
      for parcel in way.parcels where parcel.invoice == way.parcels[0].invoice {
        let rows = orderRows(way.order, parcel.lines, parcel, nil, isJSON: false, status: "Cancelled")
        for row in rows { drop(day, "easyecom", .orders, row) }
      }
    }
    let told = manifested + dice.weigh([(70, 0), (20, 1), (10, 2)])
    if way.stage == .never, way.placed < told { dropPartialCancellation(way) }
    for (place, parcel) in way.parcels.enumerated()
    where !way.parcels[..<place].contains(where: { $0.awb == parcel.awb }) {
      let second = manifested * Moment.day + dice.from(30_000...36_000)
      let row = manifestRow(way, parcel, "MF-\(way.packer)-\(told)", second)
      drop(told, way.packer, .manifests, row)
      if dice.chance(2) { drop(told + 1, way.packer, .manifests, row) }
      if dice.chance(1) {
        drop(told + 1, way.packer, .manifests, manifestRow(way, parcel, "MF-OTHER-\(number())", second))
      }
      carry(way, parcel, from: second, told: told)
    }
  }

  private mutating func dropConfirmation(_ way: Way) {
    let order = way.order
    let time = Moment.text(way.confirmed * Moment.day + 29_000)
    func row(_ invoice: String?) -> LifeRow {
      LifeRow(
        .confirm(order, invoice: invoice),
        [("order_number", order.number), ("invoice_id", invoice), ("confirmed_at", time)])
    }
    var invoice: String?
    if order.creator == "booon" {
      // The first to give the order an invoice id.
      invoice = dice.chance(80) ? "9\(100_000 + number())" : nil
      drop(way.confirmed, way.packer, .confirmations, row(invoice))
    } else if dice.chance(50) {
      invoice = way.parcels[0].invoice
      for each in Set(way.parcels.compactMap(\.invoice)).sorted() {
        drop(way.confirmed, way.packer, .confirmations, row(each))
      }
    } else {
      invoice = way.parcels[0].invoice
      drop(way.confirmed, way.packer, .confirmations, row(nil))
    }
    guard let invoice, way.packer != "easyecom", dice.chance(4) else { return }
    let day = dice.chance(20) ? max(0, way.confirmed - 1) : way.confirmed
    drop(
      day, way.packer, .documents,
      LifeRow(
        .document(order, invoice: invoice),
        [("invoice_id", invoice), ("document", dice.pick(["label", "invoice", ""]))]))
  }

  private func manifestRow(_ way: Way, _ parcel: Parcel, _ number: String, _ second: Int) -> LifeRow {
    LifeRow(
      .manifest(way.order, awb: parcel.awb, number: number, second: second),
      [
        ("manifest_no", number), ("awb_number", parcel.awb), ("order_number", way.order.number),
        ("courier", parcel.courier), ("manifest_date", Moment.text(second)),
      ])
  }

  /// - Parameter parcel: the one that is meant; nil: the whole order.
  private mutating func dropCancellation(_ way: Way, _ parcel: Parcel?, day: Int, second: Int) {
    var (invoice, awb): (String?, String?) = (nil, nil)
    if let parcel {
      if way.parcels.count > 1 || dice.chance(30) {
        awb = parcel.awb
      } else if dice.chance(50) {
        invoice = parcel.invoice
      }
    }
    let isCarriers = parcel?.tracker == "ekart" && dice.chance(30)
    let sender = isCarriers ? "ekart" : "easyecom"
    for later in 0...(dice.chance(20) ? 1 : 0) {
      let time = dice.chance(20) ? nil : second + later * 900
      let row = LifeRow(
        .cancel(way.order, invoice: invoice, awb: awb, second: time),
        [
          ("order_number", awb == nil ? way.order.number : nil), ("invoice_id", invoice), ("awb_number", awb),
          ("reason", "not wanted any more"), ("cancelled_at", time.map(Moment.text)),
        ])
      drop(day + later, sender, .cancellations, row)
    }
  }

  /// Some buyers think better of a piece or two, before the parcel is packed.
  private mutating func dropPartialCancellation(_ way: Way) {
    let lines = way.parcels[0].lines
    guard way.parcels.count == 1, dice.chance(6), let line = lines.last else { return }
    // All pieces of the only line would be the whole order.
    guard lines.count > 1 || line.quantity > 1 else { return }
    let quantity = lines.count > 1 && dice.chance(50) ? nil : max(1, line.quantity - 1)
    if lines.count == 1 && quantity == line.quantity { return }
    let row = LifeRow(
      .cancelPieces(way.order, suborder: line.suborder, quantity: quantity),
      [
        ("order_number", way.order.number), ("suborder_id", line.suborder),
        ("quantity", quantity.map { "\($0)" }), ("reason", "one too many"),
      ])
    drop(way.placed, "easyecom", .cancellations, row)
    if dice.chance(20) { drop(way.placed, "easyecom", .cancellations, row) }
  }

  // MARK: The carrier's part

  /// How a parcel ends when nobody interferes.
  private enum Fate { case delivered, notAtHome, comesBack, comesBackAsAnother, lost, deliveredAfterAll }

  private mutating func carry(_ way: Way, _ parcel: Parcel, from start: Int, told: Int) {
    var second = start
    var seen: [(happening: Happening, asked: Happening.What)] = []
    func tell(_ what: Happening.What, _ dice: inout Dice, isOnReturnAWB: Bool = false) {
      second += dice.from(20...500) * 60 + dice.from(1...59)
      seen.append((Happening(second: second, what: what, isOnReturnAWB: isOnReturnAWB), what))
    }
    if dice.chance(70) { tell(.carrier(.pickupScheduled), &dice) }
    if way.stage == .beforePickup {
      second += 600
      dropCancellation(way, parcel, day: max(told, second / Moment.day), second: second)
      // Goods beat paperwork: some are picked up all the same.
      if dice.chance(30) { tell(.carrier(.pickedUp), &dice) }
      return report(seen.map(\.happening), of: way, parcel, returnAWB: nil)
    }
    tell(.carrier(.pickedUp), &dice)
    for _ in 0...dice.below(3) { tell(.carrier(.inTransit), &dice) }
    if dice.chance(4) { tell(.unknown, &dice) }
    var isComingBack = false
    if way.stage == .afterPickup {
      second += 600
      dropCancellation(way, parcel, day: max(told, second / Moment.day + dice.below(2)), second: second)
      isComingBack = true
    } else {
      tell(.carrier(.outForDelivery), &dice)
    }
    var returnAWB: String?
    switch drawFate(parcel.tracker, isComingBack) {
    case .delivered: tell(.carrier(.delivered), &dice)
    case .notAtHome:
      tell(.carrier(.undelivered), &dice)
      if dice.chance(50) { tell(.carrier(.inTransit), &dice) }
      tell(.carrier(.outForDelivery), &dice)
      tell(.carrier(.delivered), &dice)
    case .comesBack:
      if !isComingBack {
        tell(.carrier(.undelivered), &dice)
        tell(.carrier(.rto), &dice)
      }
      for what in [Happening.What.carrier(.inTransit), .carrier(.outForDelivery), .carrier(.delivered)] {
        tell(what, &dice)
      }
    case .comesBackAsAnother:
      returnAWB = drawAWB(parcel.courier)
      tell(.carrier(.undelivered), &dice)
      tell(.carrier(.rto), &dice)
      for what in [Happening.What.carrier(.inTransit), .carrier(.outForDelivery), .carrier(.delivered)] {
        tell(what, &dice, isOnReturnAWB: true)
      }
    case .lost: tell(.carrier(.lost), &dice)
    case .deliveredAfterAll:
      tell(.carrier(.undelivered), &dice)
      tell(.carrier(.rto), &dice)
      tell(.deliveredAfterAll, &dice)
    }
    if way.stage == .afterDelivery {
      dropCancellation(way, parcel, day: second / Moment.day + dice.below(2), second: second + 5_000)
    }
    if parcel.tracker == "ecom-express", dice.chance(10) { tell(.nothing, &dice) }
    report(seen.map(\.happening), of: way, parcel, returnAWB: returnAWB)
  }

  private mutating func drawFate(_ tracker: String, _ isComingBack: Bool) -> Fate {
    if isComingBack { return .comesBack }
    switch tracker {
    // Returns are not handled with nexar.
    case "nexar": return dice.weigh([(70, .delivered), (25, .notAtHome), (5, .lost)])
    case "ekart":
      return dice.weigh([
        (60, .delivered), (18, .notAtHome), (14, .comesBack), (5, .deliveredAfterAll), (3, .lost),
      ])
    case "ecom-express":
      return dice.weigh([
        (62, .delivered), (18, .notAtHome), (8, .comesBack), (9, .comesBackAsAnother), (3, .lost),
      ])
    default: return dice.weigh([(65, .delivered), (20, .notAtHome), (12, .comesBack), (3, .lost)])
    }
  }

  /// Drops what was seen, each on its day or some days later, now and then twice.
  private mutating func report(
    _ seen: [Happening], of way: Way, _ parcel: Parcel, returnAWB: String?
  ) {
    let isScan = parcel.tracker == "ecom-express"
    let ending = dice.chance(60) ? (isScan ? ".jsonl" : ".csv") : (isScan ? ".csv" : ".json")
    for happening in seen {
      let row = trackingRow(happening, way.order, parcel, returnAWB)
      let day = happening.second / Moment.day + dice.weigh([(75, 0), (15, 1), (7, 2), (3, 3)])
      drop(day, parcel.tracker, isScan ? .scans : .tracking, row, as: ending)
      if dice.chance(3) { drop(day + 1, parcel.tracker, isScan ? .scans : .tracking, row, as: ending) }
    }
  }

  private mutating func trackingRow(
    _ happening: Happening, _ order: OrderLife, _ parcel: Parcel, _ returnAWB: String?
  ) -> LifeRow {
    let awb = happening.isOnReturnAWB ? returnAWB ?? parcel.awb : parcel.awb
    let names = CarrierWords.all[parcel.tracker] ?? [:]
    let word = dice.pick(names[CarrierWords.key(happening.what)] ?? names["unknown"] ?? ["?"])
    let time = Moment.text(happening.second)
    let place = dice.pick(["JRD", "BLR", "DEL"])
    guard parcel.tracker == "ecom-express" else {
      return LifeRow(
        .event(
          order, awb: awb, tiedTo: nil, happening, identity: "\(awb) \(word) \(happening.second) \(place)"),
        [("awb_number", awb), ("status", word), ("datetime", time), ("location", place)])
    }
    // The two AWBs of a return name each other from the return on.
    var tied: String?
    if happening.isOnReturnAWB { tied = parcel.awb }
    if happening.what == .carrier(.rto) { tied = returnAWB }
    let scan = "\(44_000_000 + number())"
    return LifeRow(
      .event(order, awb: awb, tiedTo: tied, happening, identity: "scan \(scan)"),
      [
        ("awb", awb), ("datetime", time), ("status", "seen"), ("reason_code", "\(word) - as listed"),
        ("reason_code_number", word), ("location", place), ("Employee", "Sample Employee"),
        ("status_update_number", scan), ("order_number", order.number), ("city", "Pune"),
        ("ref_awb", tied ?? ""),
      ])
  }
}

/// What each carrier says when something happens.
enum CarrierWords {
  static func key(_ what: Happening.What) -> String {
    switch what {
    case .carrier(let state): state.name
    case .deliveredAfterAll: "delivered after all"
    case .nothing: "nothing"
    case .cancel, .unknown: "unknown"
    }
  }

  static let all: [String: [String: [String]]] = [
    "ecom-express": [
      "pickup_scheduled": ["013", "014"], "picked_up": ["0011"], "in_transit": ["002", "003", "005"],
      "out_for_delivery": ["006"], "undelivered": ["219", "222", "331"], "delivered": ["999", "204"],
      "rto": ["777"], "lost": ["333"], "nothing": ["401"], "unknown": ["ZZ9", "0404"],
    ],
    "ekart": [
      "pickup_scheduled": ["pickup_scheduled", "out_for_pickup"], "picked_up": ["pickup_complete"],
      "in_transit": ["in_transit", "received_at_dh", "expected"], "out_for_delivery": ["out_for_delivery"],
      "undelivered": ["undelivered_attempted_door lock"], "delivered": ["delivered"],
      "rto": ["rto_created_refused"], "lost": ["lost"],
      "delivered after all": ["shipment_rto_cancelled_shipment"], "unknown": ["teleported"],
    ],
    "dtdc": [
      "pickup_scheduled": ["Pickup Scheduled", "PCAW"], "picked_up": ["PCUP"],
      "in_transit": ["In Transit", "INSCAN", "OPMF"], "out_for_delivery": ["Out for Delivery", "OUTDLV"],
      "undelivered": ["NONDLV_DOOR LOCKED-(CIR)"], "delivered": ["Delivered", "DLV"],
      "rto": ["RTO", "SRTOC"],
      "lost": ["NONDLV_CONSIGNMENT LOST-(OTR)"], "unknown": ["XYZZY"],
    ],
    "nexar": [
      "pickup_scheduled": ["pickup_scheduled"], "picked_up": ["picked_up"], "in_transit": ["In Transit"],
      "out_for_delivery": ["out_for_delivery"], "undelivered": ["undelivered"], "delivered": ["delivered"],
      "lost": ["lost"], "unknown": ["somewhere"],
    ],
  ]
}
