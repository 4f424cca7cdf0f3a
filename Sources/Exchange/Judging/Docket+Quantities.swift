internal import Ledger
internal import Orders

/// Pieces of single lines: which part of the order holds how many of them, and which of them a row cancels or assigns.
///
/// Every count that a row gives is absolute: so many pieces of the line travel under this AWB, so many of them are cancelled in
/// all. The same row again therefore changes nothing, and files may come in any order.
extension Docket {
  /// A line of the order as one of its shipments holds it.
  struct Holding {
    let shipment: ShipmentIndex
    let line: HeldLine
    /// Pieces of the shipment's other lines that are not cancelled.
    let othersLive: Int
  }

  /// The shipments that hold the line, oldest first.
  func holdings(of suborder: ArraySlice<UInt8>, in shipments: [ShipmentIndex]) throws -> [Holding] {
    var held: [Holding] = []
    for shipment in shipments where books.line(of: shipment, suborder: suborder.span) != nil {
      let lines = try history.lines(of: shipment, from: pastHead(of: shipment))
      guard let line = lines.first(where: { $0.suborder[...] == suborder }) else { continue }
      let others = lines.reduce(0) { $1.suborder == line.suborder ? $0 : $0 + Int($1.live) }
      held.append(Holding(shipment: shipment, line: line, othersLive: others))
    }
    return held
  }

  func balance(of held: [Holding]) -> QuantityBalance {
    var balance = QuantityBalance(ordered: held.reduce(0) { $0 + Int($1.line.quantity) })
    for part in held {
      balance.enter(
        Int(part.line.quantity), cancelled: Int(part.line.cancelled), in: books[part.shipment].state)
    }
    return balance
  }

  /// A suborder id is unique within its invoice only: do the parts belong to different ones?
  private func isAmbiguous(_ held: [Holding]) -> Bool {
    Set(held.map { books[$0.shipment].invoiceKey }).count > 1
  }

  /// - Parameters:
  ///   - count: what the row says.
  ///   - left: what would add up.
  func outOfBalance(
    _ held: [Holding], _ column: Column, _ value: Slice, says count: Int, leaving left: Int
  ) -> Fault {
    Fault(
      .quantityOutOfBalance, column, value: value, number: Int64(left), second: Int64(count),
      balance: balance(of: held))
  }

  // MARK: Which part an assignment means

  /// What an assignment that names a line is about.
  enum AssignedPart {
    /// So many pieces of the line in that shipment.
    case pieces(Holding, Int32)
    case refused(Verdict)
  }

  /// The part that an assignment means: the one that has its AWB; else one without an AWB, before one that has another.
  func assignedPart(_ batch: borrowing RowBatch, _ row: Int, among shipments: [ShipmentIndex]) throws
    -> AssignedPart
  {
    let (suborder, awb) = (batch.cell(row, .suborderID), batch.cell(row, .awbNumber))
    let (quantity, courier) = (batch.rows[row].quantity, batch.cell(row, .courier))
    let held = try holdings(of: bytes[suborder.range], in: shipments)
    guard let first = held.first else {
      return .refused(try refuse(.unknownSuborder, shipments[0], .suborderID, value: suborder))
    }
    func outOfBalance(leaving left: Int32) throws -> AssignedPart {
      let value = batch.cell(row, .quantity)
      let fault = self.outOfBalance(
        held, value.isAbsent ? .suborderID : .quantity, value.isAbsent ? suborder : value,
        says: Int(max(quantity, 0)), leaving: Int(left))
      return .refused(.rejected([fault], cause: try cause(first.shipment)))
    }
    if !awb.isAbsent, let holder = books.holder(of: bytes[awb.range].span), !holder.isReturn,
      let part = held.first(where: { $0.shipment == holder.shipment })
    {
      let isSame = quantity < 0 || quantity == part.line.live
      return isSame ? .pieces(part, part.line.live) : try outOfBalance(leaving: part.line.live)
    }
    if isAmbiguous(held) {
      let fault = Fault(.orderIsSplit, .invoiceID)
      return .refused(.rejected([fault], cause: try cause(first.shipment)))
    }
    let name = foldCourier(bytes[courier.range].span)
    func place(_ part: Holding) -> Int {
      let record = books[part.shipment]
      var place = record.hasAWB ? 8 : 0
      if record.state.rank >= ShipmentState.confirmed.rank { place += 4 }
      // A courier that was named for so many pieces before is meant again.
      if foldCourier(books.courier(of: part.shipment).text.span) != name { place += 2 }
      if quantity >= 0 && part.line.live != quantity { place += 1 }
      return place
    }
    // Of a line that is split already, only what has no AWB yet: which of the others is meant nobody could tell.
    let open = held.filter {
      $0.line.live > 0 && books[$0.shipment].state != .cancelled
        && (held.count == 1 || !books[$0.shipment].hasAWB)
    }
    if open.isEmpty {
      // Of a cancelled shipment the state says why not; of a line without a piece left, the sum.
      let isCancelled = books[first.shipment].state == .cancelled
      return isCancelled && held.count == 1 ? .pieces(first, first.line.live) : try outOfBalance(leaving: 0)
    }
    let fitting = open.filter { $0.line.live >= quantity }.min { place($0) < place($1) }
    guard let fitting else { return try outOfBalance(leaving: open.map(\.line.live).max() ?? 0) }
    return .pieces(fitting, quantity < 0 ? fitting.line.live : quantity)
  }

  // MARK: Partial cancellations

  /// Does the cancellation name pieces instead of whole shipments? Carriers know parcels, not pieces.
  func cancelsPieces(_ batch: borrowing RowBatch, _ row: Int) -> Bool {
    if profile.role == .carrier { return false }
    return !batch.cell(row, .suborderID).isAbsent || batch.rows[row].quantity >= 0
  }

  /// A cancellation of pieces: of the line that it names, or of the only line there is.
  mutating func cancelPieces(
    _ batch: borrowing RowBatch, _ row: Int, among shipments: [ShipmentIndex]
  ) throws -> Verdict {
    let (suborder, quantity) = (batch.cell(row, .suborderID), batch.rows[row].quantity)
    let value = batch.cell(row, .quantity)
    var held: [Holding] = []
    if !suborder.isAbsent {
      held = try holdings(of: bytes[suborder.range], in: shipments)
      if held.isEmpty { return try refuse(.unknownSuborder, shipments[0], .suborderID, value: suborder) }
    } else {
      for shipment in shipments {
        for line in try history.lines(of: shipment, from: pastHead(of: shipment)) {
          held.append(Holding(shipment: shipment, line: line, othersLive: 0))
        }
      }
      let names = Set(held.map(\.line.suborder))
      if names.count != 1 || isAmbiguous(held) {
        // Which of the lines it takes nobody can tell, but all pieces are all lines.
        if Int(quantity) == balance(of: held).ordered { return try cancel(shipments) }
        let fault = outOfBalance(
          held, .quantity, value, says: Int(quantity), leaving: balance(of: held).ordered)
        return .rejected([fault], cause: try cause(shipments[0]))
      }
    }
    if isAmbiguous(held) {
      return .rejected([Fault(.orderIsSplit, .invoiceID)], cause: try cause(held[0].shipment))
    }
    let isCounted = quantity >= 0
    return try cancel(
      isCounted ? Int(quantity) : nil, of: held, column: isCounted ? .quantity : .suborderID,
      value: isCounted ? value : suborder)
  }

  /// Sees to it that so many pieces of a line are cancelled, or as many as can be.
  ///
  /// Pieces that are on no manifest yet go first, those without an AWB before the others. A shipment of which nothing is left is
  /// cancelled as a whole, and so is one that has left when all of its pieces are asked for.
  mutating func cancel(_ count: Int?, of held: [Holding], column: Column, value: Slice) throws -> Verdict {
    let balance = balance(of: held)
    let (state, first) = (books[held[0].shipment].state, held[0].shipment)
    let wanted = count ?? balance.ordered
    var missing = wanted - balance.cancelled
    if missing <= 0 && wanted <= balance.ordered { return Verdict(.duplicate, before: state, after: state) }
    var steps: [(part: Holding, pieces: Int)] = []
    let open = held.filter { books[$0.shipment].state.isBeforeManifest && $0.line.live > 0 }
    for part in open.sorted(by: { order(of: $0) < order(of: $1) }) where missing > 0 {
      steps.append((part, min(missing, Int(part.line.live))))
      missing -= min(missing, Int(part.line.live))
    }
    if wanted == balance.ordered {
      for part in held where part.othersLive == 0 && part.line.live > 0 {
        let state = books[part.shipment].state
        if state.isBeforeManifest || state == .cancelled { continue }
        // Where all are asked for by their number, none may be out of reach; the only part there is says so itself.
        if state.isClosed && count != nil && held.count > 1 { continue }
        steps.append((part, Int(part.line.live)))
        missing -= Int(part.line.live)
      }
    }
    if steps.isEmpty || missing > 0 && count != nil {
      return .rejected(
        [outOfBalance(held, column, value, says: wanted, leaving: balance.cancelled + balance.open)],
        cause: try cause(first))
    }
    var verdicts: [Verdict] = []
    for (part, pieces) in steps {
      if part.othersLive == 0 && pieces == Int(part.line.live) {
        verdicts.append(try cancel(part.shipment))
        continue
      }
      let state = books[part.shipment].state
      perform(
        .pieces(
          part.shipment, suborder: copy(part.line.suborder[...]), quantity: part.line.quantity,
          cancelled: part.line.cancelled + Int32(pieces)))
      verdicts.append(Verdict(.applied, before: state, after: state))
    }
    return together(verdicts)
  }

  /// Open pieces are taken from where the least was done for them.
  private func order(of part: Holding) -> (Int, UInt8) {
    (books[part.shipment].hasAWB ? 1 : 0, books[part.shipment].state.rank)
  }
}
