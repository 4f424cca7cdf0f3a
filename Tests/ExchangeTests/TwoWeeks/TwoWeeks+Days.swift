/// What is no order's life: shelves, products, accounts, what is wrong; and the files of each day.

import Orders

extension TwoWeeks {
  mutating func drawShelves() {
    for day in 0..<Self.dayCount {
      for (partner, locations) in [("easyecom", ["WH-B", "WH-N2", "WH-S"]), ("dtdc", ["WH-D"])] {
        var seen: Set<Reckoning.Shelf> = []
        for _ in 0..<12 {
          let shelf = Reckoning.Shelf(sku: dice.pick(Self.skus), location: dice.pick(locations))
          guard seen.insert(shelf).inserted else { continue }
          // Now and then a count that was made days ago.
          let second = max(0, day - (dice.chance(15) ? 2 : 0)) * Moment.day + dice.from(1_000...60_000)
          let quantity = dice.below(500)
          let row = LifeRow(
            .stock(sku: shelf.sku, location: shelf.location, quantity: quantity, second: second),
            [
              ("sku", shelf.sku), ("location_key", shelf.location), ("available", "\(quantity)"),
              ("updated_at", Moment.text(second)),
            ])
          drop(day, partner, .inventory, row)
        }
      }
    }
  }

  mutating func drawProducts() {
    for (place, sku) in Self.skus.enumerated() {
      drop(0, "easyecom", .products, product(sku, "Article \(place)"))
    }
    for day in [3, 9] {
      for sku in Self.skus.suffix(3) { drop(day, "easyecom", .products, product(sku, "Renamed on \(day)")) }
      drop(day, "easyecom", .products, product(Self.skus[0], "Article 0"))
      // There and back within one file.
      drop(day, "easyecom", .products, product(Self.skus[1], "Passing name"))
      drop(day, "easyecom", .products, product(Self.skus[1], "Article 1"))
    }
  }

  private mutating func product(_ sku: String, _ name: String) -> LifeRow {
    LifeRow(
      .product(sku: sku, name: name, content: name),
      [("sku", sku), ("name", name), ("ean", "89012345\(sku)")])
  }

  mutating func drawAccounts() {
    func row(_ location: String, _ carrier: String, _ secret: String) -> LifeRow {
      LifeRow(
        .account(location: location, carrier: carrier, secrets: secret),
        [
          ("location_key", location), ("carrier", carrier), ("username", "MERCHANT-\(secret)"),
          ("password", "\(Self.secretMark)-\(secret)"),
        ])
    }
    for location in Self.booonLocations {
      drop(0, "booon", .carriers, row(location, "Ecom Express", "one"))
      drop(2, "booon", .carriers, row(location, "Ecom Express", "one"))
      drop(4, "booon", .carriers, row(location, "Ecom Express", "another"))
    }
    for location in ["WH-N1", "WH-S"] {
      drop(0, "easyecom", .carriers, row(location, "Ekart", "first"))
      drop(5, "easyecom", .carriers, row(location, "Ekart", "second"))
      drop(6, "easyecom", .carriers, row(location, "Ekart", "second"))
    }
  }

  /// Rows that must be refused whatever the day.
  mutating func drawWrongRows() {
    for day in 1..<Self.dayCount {
      let time = Moment.text(day * Moment.day + 40_000)
      let wrong: [(String, Kind, [(String, String?)])] = [
        (
          "ecom-express", .scans,
          [
            ("awb", "999\(day)"), ("datetime", time), ("reason_code_number", "003"),
            ("status_update_number", "55\(day)"),
          ]
        ),
        (
          "ekart", .tracking,
          [
            ("awb_number", "ABCP0"), ("status", "in_transit"), ("datetime", "2026-13-40 10:65:00"),
          ]
        ),
        ("dtdc", .confirmations, [("order_number", "EE-0"), ("confirmed_at", time)]),
        ("nexar", .manifests, [("manifest_no", "MF-0"), ("awb_number", "1.2E+11"), ("manifest_date", time)]),
        ("easyecom", .cancellations, [("order_number", "BN-0"), ("cancelled_at", time)]),
        (
          "easyecom", .orders,
          [
            ("order_number", "EE-X\(day)"), ("invoice_id", "8\(day)"), ("suborder_id", "1"),
            ("sku", "SKU-101"),
            ("quantity", "0"), ("location_key", "WH-S"),
          ]
        ),
        (
          "dtdc", .inventory,
          [
            ("sku", "SKU-101"), ("location_key", "WH-N1"), ("available", "4"), ("updated_at", time),
          ]
        ),
      ]
      for (partner, kind, cells) in wrong where dice.chance(60) {
        drop(day, partner, kind, LifeRow(.wrong, cells))
      }
    }
  }

  // MARK: The files of a day

  /// The files of every day, each day's in the order in which they are taken.
  mutating func files() -> [[LifeFile]] {
    var days = [[LifeFile]](repeating: [], count: Self.dayCount)
    for day in rows.indices {
      for (key, rows) in rows[day].sorted(by: { Self.place($0.key) < Self.place($1.key) }) {
        add(rows, key, on: day, to: &days)
      }
    }
    repeatSome(&days)
    let refused: [(Int, String, Kind)] = [
      (4, "nexar", .inventory), (4, "dtdc", .products), (5, "booon", .cancellations),
    ]
    for (day, partner, kind) in refused {
      let row = LifeRow(.wrong, [("sku", "SKU-101"), ("order_number", "EE-0"), ("quantity", "1")])
      days[day].append(
        LifeFile(
          partner: partner, name: "\(kind.name)-\(day)-\(partner).csv", kind: kind, rows: [row],
          fate: .refused))
    }
    for day in days.indices {
      days[day].sort { ($0.kind.step, $0.name) < ($1.kind.step, $1.name) }
    }
    return days
  }

  private static func place(_ key: FileKey) -> String { key.partner + key.kind.name + key.ending }

  private mutating func add(
    _ given: [LifeRow], _ key: FileKey, on day: Int, to days: inout [[LifeFile]]
  ) {
    var rows = given
    // Orders keep their lines together; everything else may come in any order that its own steps allow.
    if key.kind == .scans || key.kind == .tracking { dice.shuffle(&rows) }
    let digits = day < 10 ? "0\(day)" : "\(day)"
    let name = "\(key.kind.name)-\(digits)-\(key.partner)\(key.ending)"
    var file = LifeFile(partner: key.partner, name: name, kind: key.kind, rows: rows)
    if key.ending == Self.correctedEnding {
      var hasty = file
      hasty.rows = rows.map { row in
        LifeRow(.wrong, row.cells.map { ($0.column, $0.column == "quantity" ? "q" + $0.text : $0.text) })
      }
      days[day - 1].append(hasty)
      file = LifeFile(
        partner: key.partner, name: name + ".errors.csv", kind: key.kind, rows: rows,
        fate: .corrected(name: name))
    }
    // An upload that breaks off, and comes whole the next day.
    if key == FileKey(partner: "dtdc", kind: .inventory), day == 6 {
      var broken = file
      broken.fate = .cutShort
      days[day - 1].append(broken)
    }
    days[day].append(file)
  }

  /// Every day somebody sends a file of some days before again, under another name.
  private mutating func repeatSome(_ days: inout [[LifeFile]]) {
    for day in 1..<Self.dayCount {
      for number in 0..<2 {
        let earlier = dice.below(day)
        let candidates = days[earlier].filter {
          if case .judged = $0.fate {
            return $0.name.hasSuffix(".csv") && !$0.name.hasSuffix(Self.correctedEnding)
          }
          return false
        }
        guard !candidates.isEmpty else { continue }
        let first = dice.pick(candidates)
        days[day].append(
          LifeFile(
            partner: first.partner, name: "\(first.kind.name)-\(day)-\(first.partner)-again-\(number).csv",
            kind: first.kind, rows: first.rows, fate: .repeated))
      }
    }
  }
}
