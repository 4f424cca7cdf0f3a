public import Orders

/// The one way in which books change.
extension Books {
  /// What the effects of one row share.
  public struct RowContext: Sendable {
    /// The sender of the file.
    public var partner: UInt8
    /// Where the row's record lies in the journal.
    public var position: Position
    /// The row's event time, or the arrival of its file where it has none.
    public var time: Timestamp

    public init(partner: UInt8, position: Position, time: Timestamp) {
      self.partner = partner
      self.position = position
      self.time = time
    }
  }

  /// Applies one effect; `bytes` is what its slices are ranges of.
  public mutating func apply(_ effect: Effect, bytes: [UInt8], in row: RowContext) {
    func text(_ slice: Slice) -> ArraySlice<UInt8> { bytes[slice.range] }
    switch effect {
    case .createOrder(let number, let location):
      let number = text(number).span
      createOrder(number, orderNumbers.sought(number), location: locationNumber(text(location).span), row)

    case .createShipment(let order, let invoice, let state):
      let invoice = text(invoice).span
      createShipment(of: order, invoice, invoices.sought(invoice), state, row)

    case .setInvoice(let shipment, let invoice):
      let invoice = text(invoice).span
      setInvoice(of: shipment, invoice, invoices.sought(invoice), row)

    case .addLine(let shipment, let suborder, _, let quantity, _, let content):
      let suborder = text(suborder).span
      let sought = lineKeys.sought(suborder, prefix: shipment.raw)
      addLine(shipment, suborder, sought, quantity: quantity, content: content, row)

    case .dropLine(let shipment, let suborder, let isLast):
      if let known = lineKeys.find(text(suborder).span, prefix: shipment.raw) {
        log(.lineValue(UInt32(known), lines[known]))
        lines[known].leave()
      }
      if isLast { touchKeys(shipment.raw) }
      change(shipment, row) {
        if isLast {
          $0.marks.insert(.emptied)
          $0.awbKey = .max
          $0.courier = 0
        }
      }

    case .assign(let shipment, let courier, let awb, let after):
      let number = courier.isAbsent ? nil : courierNumber(text(courier))
      let awb = text(awb).span
      assign(shipment, courier: number, awb, awbs.sought(awb), after, row)

    case .tie(let shipment, let awb):
      let awb = text(awb).span
      let key = takeAWB(awb, awbs.sought(awb), shipment)
      change(shipment, row) { $0.returnKey = key }

    case .pieces(let shipment, let suborder, let quantity, _):
      if let known = lineKeys.find(text(suborder).span, prefix: shipment.raw) {
        log(.lineValue(UInt32(known), lines[known]))
        lines[known].quantity = quantity
      }
      change(shipment, row) { _ in }

    case .confirm(let shipment, _, _): confirm(shipment, row)
    case .manifest(let shipment, _): manifest(shipment, row)
    case .cancel(let shipment, let fold): cancel(shipment, fold, row)

    case .carrier(let shipment, let entry):
      takeScan(entry.scanNumber, text(entry.scanText).span, shipment, row)
      let identity = Books.identityBit(code: entry.code, time: entry.time)
      change(shipment, row) {
        $0.identities |= identity
        if entry.outcome == .parked { $0.marks.insert(.holdsParked) }
        if entry.event == .cancel && entry.outcome != .parked { $0.marks.insert(.cancelRequested) }
        if entry.outcome != .parked && entry.code != .max {
          $0.newestCarrier = max($0.newestCarrier, entry.time)
          $0.newestHeld = max($0.newestHeld, entry.time)
          $0.follow(entry.fold, row)
        }
      }

    case .wait(let entry):
      enterWaiting(entry.column, text(entry.key).span, row)
    case .resume(let position):
      endWaiting(at: position)

    case .settle(let shipment, _, let settlement):
      change(shipment, row) {
        if settlement.isCancel { $0.marks.insert(.cancelRequested) }
        if !settlement.leavesOthers { $0.marks.remove(.holdsParked) }
        if settlement.outcome == .applied || settlement.outcome == .recorded {
          $0.newestCarrier = max($0.newestCarrier, settlement.time)
          $0.newestHeld = max($0.newestHeld, settlement.time)
          $0.follow(settlement.fold, row)
        }
      }

    case .details(let shipment, _), .document(let shipment, _): note(shipment, row)

    case .stock(let location, let sku, let quantity):
      let place = locationNumber(text(location).span)
      let record = StockRecord(quantity: quantity, updatedAt: row.time, position: row.position)
      if let known = stockKeys.value(of: text(sku).span, prefix: place) {
        log(.stockValue(known, stock[Int(known)]))
        stock[Int(known)] = record
      } else {
        _ = stockKeys.insert(text(sku).span, prefix: place, value: UInt32(stock.count))
        stock.append(record)
        log(.stock)
      }

    case .product(let sku, _, let content):
      let record = ProductRecord(content: content, position: row.position)
      if let known = productKeys.value(of: text(sku).span) {
        log(.productValue(known, products[Int(known)]))
        products[Int(known)] = record
      } else {
        _ = productKeys.insert(text(sku).span, value: UInt32(products.count))
        products.append(record)
        log(.product)
      }

    case .account(let location, let courier, let fingerprint):
      let place = locationNumber(text(location).span)
      let folded = foldCourier(text(courier).span)
      let record = AccountRecord(fingerprint: fingerprint, position: row.position)
      if let known = accountKeys.value(of: folded.span, prefix: place) {
        log(.accountValue(known, accounts[Int(known)]))
        accounts[Int(known)] = record
      } else {
        _ = accountKeys.insert(folded.span, prefix: place, value: UInt32(accounts.count))
        accounts.append(record)
        log(.account)
      }
    }
  }

  /// A bit of the filter over identities: code and time of a carrier event.
  public static func identityBit(code: CodeIndex, time: Timestamp) -> UInt64 {
    let mixed = (UInt64(bitPattern: time.milliseconds) ^ UInt64(code) << 48) &* 0x9E37_79B9_7F4A_7C15
    return 1 << (mixed >> 58)
  }

  /// Changes a shipment and makes the row its newest record.
  @inline(__always)
  mutating func change(
    _ shipment: ShipmentIndex, _ row: RowContext, _ body: (inout ShipmentRecord) -> Void
  ) {
    var record = shipments[Int(shipment.raw)]
    touch(shipment.raw)
    body(&record)
    record.head = row.position
    shipments[Int(shipment.raw)] = record
  }

  /// The location's number; a new location gets the next one.
  mutating func locationNumber(_ name: Span<UInt8>) -> UInt32 {
    if let known = locations.find(name) { return UInt32(known) }
    log(.location)
    return UInt32(locations.insert(name, value: 0))
  }

  mutating func courierNumber(_ name: ArraySlice<UInt8>) -> UInt32 {
    let folded = foldCourier(name.span)
    if let known = courierKeys.value(of: folded.span) { return known }
    _ = courierKeys.insert(folded.span, value: UInt32(couriers.count))
    var partner: Int?
    for number in partners.indices {
      let folder = partners[number]
      if foldCourier(folder.span) == folded { partner = number }
    }
    couriers.append(CourierRecord(text: Array(name), partner: partner.map { UInt8($0) }))
    log(.courier)
    return UInt32(couriers.count - 1)
  }
}

extension ShipmentRecord {
  /// Enters a state by this row; entering the state it is in changes nothing.
  mutating func move(to after: ShipmentState, _ row: Books.RowContext) {
    if after == state { return }
    state = after
    since = row.time
    setBy = row.position
  }

  mutating func follow(_ fold: Effect.FoldResult, _ row: Books.RowContext) {
    if fold.onReturn { marks.insert(.onReturn) } else { marks.remove(.onReturn) }
    if let setBy = fold.setBy {
      state = fold.after
      since = fold.since
      self.setBy = setBy
    } else {
      if fold.after != state {
        state = fold.after
        setBy = row.position
        since = fold.since
      }
    }
  }
}

/// Files in the books.
extension Books {
  /// Enters a decided file.
  ///
  /// - Parameter spoiled: files of which it rejected a row that had waited: the same bytes again are judged again, not answered again.
  public mutating func enter(_ file: FileRecord, spoiling spoiled: Set<ClaimNumber> = []) {
    let place = files.count
    // Thousands of files share one configuration: its hash is held once.
    let shared = files.last?.configuration
    files.append(file)
    if let shared, shared == file.configuration { files[place].configuration = shared }
    fileOfName[[file.partner] + file.name] = place
    fileSizes.insert([Int64(file.partner), file.byteCount])
    if let claim = file.claim { fileOfClaim[claim] = place }
    let isWhole = file.outcome == .accepted && file.counts[.rejected] == 0
    if isWhole && !file.sha256.isEmpty { fileOfDigest[[file.partner] + file.sha256] = place }
    noteFed(file.feeds)
    noteSettled(file.settled)
    spoil(spoiled)
  }

  /// Enters what was decided without a file.
  public mutating func enter(_ deed: DeedRecord) {
    deeds.append(deed)
    noteFed(deed.feeds)
    noteSettled(deed.settled)
    switch deed.kind {
    case .expiry: spoil(Set(deed.settled))
    case .pause: pauses[deed.subject] = deed
    case .resume: pauses[deed.subject] = nil
    case .reissue, .release, .terms: break
    }
  }

  private mutating func noteFed(_ feeds: [FedPartner]) {
    for fed in feeds { feedNumbers[fed, default: 0] += 1 }
  }

  /// A row of these files was rejected after all: the same bytes again are judged again, not answered again.
  mutating func spoil(_ claims: Set<ClaimNumber>) {
    spoiledFiles.formUnion(claims)
    for claim in claims {
      guard let place = fileOfClaim[claim] else { continue }
      let key = [files[place].partner] + files[place].sha256
      if fileOfDigest[key] == place { fileOfDigest[key] = nil }
    }
  }

  private mutating func noteSettled(_ claims: [ClaimNumber]) {
    for claim in claims {
      if let earlier = fileOfClaim[claim] { files[earlier].settledFiles += 1 }
    }
  }
}
