/// Two weeks of generated trade: lives of orders are drawn from a seed, and day by day the files are written that the partners
/// would drop because of them.

import Orders

/// The scenario of one seed.
struct TwoWeeks {
  static let dayCount = 14
  /// Orders are placed until then, so that every life can end.
  private static let lastOrderDay = 7

  let seed: UInt64
  var dice: Dice
  /// Rows by day, sender, kind and what tells files of one kind apart.
  var rows: [[FileKey: [LifeRow]]]
  private var nextNumber = 1000

  struct FileKey: Hashable {
    let partner: String
    let kind: Kind
    var ending = ".csv"
  }

  static let skus = (1...24).map { "SKU-\(100 + $0)" }
  static let nexarLocations = ["WH-N1", "WH-N2"]
  static let booonLocations = ["WH-B", "WH-N2"]
  /// The words by which personal data and secrets are found wherever they turn up.
  static let nameMark = "Qadambini"
  static let addressMark = "Zafrani Gali"
  static let secretMark = "sample-secret"

  static let locations = ["nexar": nexarLocations, "dtdc": ["WH-D"], "booon": booonLocations]
  static let names = [
    "WH-B": ("Mumbai warehouse", "3 Saki Vihar Road"), "WH-N2": ("Pune warehouse", "9 Market Yard"),
  ]
  static let configuration = settings(locations, names)

  /// The configuration that gives each receiver its locations.
  static func settings(_ locations: [String: [String]], _ names: [String: (String, String)]) -> String {
    let places = names.sorted { $0.key < $1.key }.map {
      "\"\($0.key)\": {\"name\": \"\($0.value.0)\", \"address\": \"\($0.value.1)\"}"
    }
    let partners = locations.sorted { $0.key < $1.key }.map { partner, keys in
      "\"\(partner)\": {\"locationKeys\": [\(keys.map { "\"\($0)\"" }.joined(separator: ", "))]}"
    }
    return "{\"locations\": {\(places.joined(separator: ", "))}, "
      + "\"partners\": {\(partners.joined(separator: ", "))}}"
  }

  init(seed: UInt64, orders: Int) {
    self.seed = seed
    dice = Dice(seed)
    rows = [[FileKey: [LifeRow]]](repeating: [:], count: Self.dayCount)
    for _ in 0..<orders { drawLife() }
    drawShelves()
    drawProducts()
    drawAccounts()
    drawWrongRows()
  }

  mutating func number() -> Int {
    nextNumber += 1
    return nextNumber
  }

  /// Drops a row on a day; what would come later comes on the last one.
  mutating func drop(
    _ day: Int, _ partner: String, _ kind: Kind, _ row: LifeRow, as ending: String = ".csv"
  ) {
    let key = FileKey(partner: partner, kind: kind, ending: ending)
    rows[min(day, Self.dayCount - 1)][key, default: []].append(row)
  }

  // MARK: A life

  /// Who sells, packs and carries.
  private enum Trade { case nexar, dtdc, booon, booonAtNexar, seller }
  /// How the order becomes shipments.
  private enum Shape { case single, twoInvoices, split }
  enum CancelStage {
    case never, beforeConfirmation, beforeManifest, beforePickup, afterPickup, afterDelivery, inReExport
  }

  /// A parcel as it is planned: its lines and its AWB.
  struct Parcel {
    let order: OrderLife
    let lines: [LineLife]
    let invoice: String?
    let courier: String
    let awb: String
    /// Who reports on its way.
    let tracker: String
  }

  private mutating func drawLife() {
    let trade = dice.weigh([
      (35, Trade.nexar), (25, .dtdc), (12, .booon), (8, .booonAtNexar), (20, .seller),
    ])
    let order = drawOrder(trade)
    let lines = drawLines(order)
    let shape: Shape =
      switch trade {
      case .nexar where lines.count > 1: dice.weigh([(60, Shape.single), (15, .twoInvoices), (25, .split)])
      case .dtdc, .seller: lines.count > 1 && dice.chance(20) ? .twoInvoices : .single
      default: .single
      }
    var groups = [lines]
    if shape == .split { groups = lines.map { [$0] } }
    if shape == .twoInvoices { groups = [[lines[0]], Array(lines[1...])] }
    let invoices = groups.map { _ in "9\(100_000 + number())" }
    let courier = drawCourier(trade, shape)
    var parcels: [Parcel] = []
    for (place, group) in groups.enumerated() {
      let joins = shape == .split && place == 2 && dice.chance(40)
      parcels.append(
        Parcel(
          order: order, lines: group,
          invoice: order.creator == "booon" ? nil : shape == .split ? invoices[0] : invoices[place],
          courier: courier.name, awb: joins ? parcels[0].awb : drawAWB(courier.name),
          tracker: courier.tracker))
    }
    let stage = dice.weigh([
      (76, CancelStage.never), (4, .beforeConfirmation), (4, .beforeManifest), (4, .beforePickup),
      (7, .afterPickup), (3, .afterDelivery), (2, .inReExport),
    ])
    let day = dropOrder(order, parcels, courier, isSplit: shape == .split)
    let confirmed = dropAssignments(order, parcels, courier, after: day, isSplit: shape == .split)
    let packer = trade == .dtdc ? "dtdc" : usesNexar(trade) ? "nexar" : "easyecom"
    dropWay(
      Way(
        order: order, parcels: parcels, packer: packer, stage: stage, placed: day, confirmed: confirmed,
        isAssignedLate: courier.isAfterConfirmation))
  }

  private func usesNexar(_ trade: Trade) -> Bool { trade == .nexar || trade == .booonAtNexar }

  private mutating func drawOrder(_ trade: Trade) -> OrderLife {
    let isBooon = trade == .booon || trade == .booonAtNexar
    let location =
      switch trade {
      case .nexar: dice.pick(Self.nexarLocations)
      case .dtdc: "WH-D"
      case .booon: "WH-B"
      case .booonAtNexar: "WH-N2"
      case .seller: "WH-S"
      }
    let isCash = dice.chance(40)
    let buyer = Buyer(
      name: "\(Self.nameMark) \(dice.below(9000))", address: "\(dice.below(400)), \(Self.addressMark)",
      city: dice.pick(["Pune", "New Delhi", "Chennai"]), pinCode: "\(400_001 + dice.below(90_000))",
      paymentMode: isCash ? "COD" : "PrePaid", collectable: isCash ? "\(100 + dice.below(900)).50" : nil)
    return OrderLife(
      number: (isBooon ? "BN-" : "EE-") + "\(number())", creator: isBooon ? "booon" : "easyecom",
      location: location, buyer: buyer)
  }

  private mutating func drawLines(_ order: OrderLife) -> [LineLife] {
    (0...dice.below(3)).map { place in
      LineLife(
        suborder: "\(order.number)-\(place + 1)", sku: dice.pick(Self.skus), quantity: dice.from(1...4),
        price: "\(dice.from(99...999)).\(dice.pick(["00", "50", "25"]))")
    }
  }

  // MARK: Carriers

  /// How the AWB comes to be.
  struct CourierPlan {
    enum Way {
      /// Both stand in the order's own row.
      case inOrder
      case assigned(by: String)
      /// Ekart is named, in the order's row or later, and brings the AWB.
      case ekart(namedBy: String?)
    }
    let name, tracker: String
    let way: Way
    var isAfterConfirmation = false
  }

  private mutating func drawCourier(_ trade: Trade, _ shape: Shape) -> CourierPlan {
    func ecom(_ way: CourierPlan.Way) -> CourierPlan {
      CourierPlan(name: "Ecom Express", tracker: "ecom-express", way: way)
    }
    func ekart(_ namedBy: String?) -> CourierPlan {
      CourierPlan(name: "Ekart", tracker: "ekart", way: .ekart(namedBy: namedBy))
    }
    let blueDart = CourierPlan(name: "Blue Dart", tracker: "nexar", way: .assigned(by: "nexar"))
    if shape == .split { return dice.chance(60) ? ecom(.assigned(by: "nexar")) : blueDart }
    switch trade {
    case .nexar:
      var late = ecom(.assigned(by: "nexar"))
      late.isAfterConfirmation = true
      return dice.weigh([
        (15, ecom(.inOrder)), (30, ecom(.assigned(by: "nexar"))), (15, blueDart), (15, ekart(nil)),
        (15, ekart("easyecom")), (10, late),
      ])
    case .dtdc:
      let own = CourierPlan(name: "DTDC", tracker: "dtdc", way: .assigned(by: "dtdc"))
      return dice.chance(75) ? own : ekart("dtdc")
    case .booon, .booonAtNexar: return ecom(.assigned(by: "booon"))
    case .seller:
      return dice.weigh([(50, ecom(.assigned(by: "easyecom"))), (25, ekart(nil)), (25, ekart("easyecom"))])
    }
  }

  mutating func drawAWB(_ courier: String) -> String {
    switch courier {
    case "Ekart": "ABCP\(1_000_000_000 + number())"
    case "DTDC": "D\(10_000_000 + number())"
    case "Blue Dart": "BD\(500_000 + number())"
    default: "\(731_000_000 + number())"
    }
  }

  // MARK: The rows before the way

  /// Drops the order's rows; a few come with a quantity in letters, and again when it is corrected.
  /// - Returns: the day on which the exchange has the order.
  private mutating func dropOrder(
    _ order: OrderLife, _ parcels: [Parcel], _ courier: CourierPlan, isSplit: Bool
  ) -> Int {
    var day = dice.below(Self.lastOrderDay + 1)
    let groups = isSplit ? [parcels.flatMap(\.lines)] : parcels.map(\.lines)
    let isWrongAtFirst = groups == [parcels[0].lines] && order.creator == "easyecom" && dice.chance(4)
    if isWrongAtFirst { day += 1 }
    let isJSON = order.creator == "booon" || !isWrongAtFirst && dice.chance(50)
    for (place, lines) in groups.enumerated() {
      let rows = orderRows(order, lines, parcels[place], courier, isJSON: isJSON)
      let ending = isWrongAtFirst ? Self.correctedEnding : isJSON ? ".json" : ".csv"
      for row in rows { drop(day, order.creator, .orders, row, as: ending) }
      // The order management system exports what it has more than once.
      if order.creator == "easyecom", !isWrongAtFirst, dice.chance(6) {
        let again = orderRows(order, lines, parcels[place], courier, isJSON: isJSON)
        for row in again { drop(day + dice.from(1...4), order.creator, .orders, row, as: ending) }
      }
    }
    return day
  }

  /// Files of rows that are wrong at first end so; they come the day before with the wrong word.
  static let correctedEnding = "-hasty.csv"

  func orderRows(
    _ order: OrderLife, _ lines: [LineLife], _ parcel: Parcel, _ courier: CourierPlan?, isJSON: Bool,
    status: String? = nil
  ) -> [LifeRow] {
    var names: (courier: String?, awb: String?) = (nil, nil)
    switch courier?.way {
    case .inOrder: names = (parcel.courier, parcel.awb)
    case .ekart(namedBy: nil): names = (parcel.courier, nil)
    default: break
    }
    let cells: [(String, String?)] = [
      (isJSON ? "reference_code" : "order_number", order.number), ("invoice_id", parcel.invoice),
      ("location_key", order.location), ("payment_mode", order.buyer.paymentMode),
      ("collectable_amount", order.buyer.collectable), ("courier", names.courier), ("awb_number", names.awb),
      ("customer_name", order.buyer.name), ("address_line_1", order.buyer.address),
      ("city", order.buyer.city),
      ("pin_code", order.buyer.pinCode), ("order_status", status),
    ]
    func texts(_ line: LineLife) -> [(String, String)] {
      [
        ("suborder_id", line.suborder), ("sku", line.sku), ("quantity", "\(line.quantity)"),
        ("price", line.price),
      ]
    }
    func act(_ lines: [LineLife]) -> Act {
      .order(
        order, lines: lines, invoice: parcel.invoice, courier: names.courier, awb: names.awb,
        isCancelled: status == "Cancelled")
    }
    if isJSON { return [LifeRow(act(lines), cells, lines: lines.map(texts))] }
    return lines.map { line in LifeRow(act([line]), cells + texts(line).map { ($0, $1) }) }
  }

  /// - Returns: the day on which the order can be confirmed.
  private mutating func dropAssignments(
    _ order: OrderLife, _ parcels: [Parcel], _ courier: CourierPlan, after day: Int, isSplit: Bool
  ) -> Int {
    func row(_ parcel: Parcel, courier: String?, awb: String?) -> LifeRow {
      let suborder = isSplit ? parcel.lines[0].suborder : nil
      let invoice = order.creator == "booon" ? nil : parcel.invoice
      return LifeRow(
        .assign(order, invoice: invoice, suborder: suborder, courier: courier, awb: awb),
        [
          ("order_number", order.number), ("invoice_id", invoice), ("suborder_id", suborder),
          ("courier", courier), ("awb_number", awb),
        ])
    }
    switch courier.way {
    case .inOrder: return day
    case .assigned(let sender):
      let assigned = day + (courier.isAfterConfirmation ? 1 : dice.below(2))
      let isReassigned = !isSplit && sender != "booon" && !courier.isAfterConfirmation && dice.chance(5)
      for parcel in parcels {
        if isReassigned {
          drop(
            assigned, sender, .assignments, row(parcel, courier: parcel.courier, awb: drawAWB(parcel.courier))
          )
        }
        let final = isReassigned ? assigned + 1 : assigned
        drop(final, sender, .assignments, row(parcel, courier: parcel.courier, awb: parcel.awb))
      }
      return courier.isAfterConfirmation ? day : assigned + (isReassigned ? 1 : dice.below(2))
    case .ekart(let namedBy):
      var named = day
      if let namedBy {
        named += dice.below(2)
        for parcel in parcels { drop(named, namedBy, .assignments, row(parcel, courier: "Ekart", awb: nil)) }
      }
      let assigned = named + dice.from(1...2)
      for parcel in parcels {
        drop(assigned, "ekart", .assignments, row(parcel, courier: nil, awb: parcel.awb))
      }
      return assigned
    }
  }
}
