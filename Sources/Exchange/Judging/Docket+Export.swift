internal import Ledger
internal import Orders

/// A partner's own export held against the ledger (kind `reconcile`): nothing moves, every row is answered.
///
/// Keys are compared byte for byte in the tables of the books, so nothing is sorted and no collation has a say. Beside the books an
/// export costs two bits a shipment, four bytes more where it has quantities.
struct ExportComparison {
  /// Which shipments a row has named, and of which a row said what the ledger says.
  var named: ShipmentBits
  var agreed: ShipmentBits
  /// Pieces of each shipment, cancelled ones included; made when the first row has a quantity.
  private var pieces: [Int32] = []

  init(_ books: Books) {
    named = ShipmentBits(books.shipments.count)
    agreed = named
  }

  mutating func pieces(of shipment: ShipmentIndex, _ books: Books) -> Int64 {
    if pieces.isEmpty {
      pieces = [Int32](repeating: 0, count: books.shipments.count)
      books.forEachLine { pieces[Int($0.raw)] &+= $1.quantity }
    }
    return Int64(pieces[Int(shipment.raw)])
  }
}

/// One bit for each shipment.
struct ShipmentBits {
  private var words: [UInt64]

  init(_ count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  func contains(_ shipment: ShipmentIndex) -> Bool {
    words[Int(shipment.raw) / 64] & 1 << (UInt64(shipment.raw) % 64) != 0
  }

  mutating func insert(_ shipment: ShipmentIndex) {
    words[Int(shipment.raw) / 64] |= 1 << (UInt64(shipment.raw) % 64)
  }
}

extension Docket {
  /// A row of an export: `recorded` where it agrees with the ledger, `duplicate` where it says once more what agreed, rejected
  /// where it differs, with both sides in its sentence.
  mutating func compare(_ batch: borrowing RowBatch, _ row: Int) throws -> Verdict {
    let (shipments, fault) = exported(batch, row)
    if let fault { return .rejected([fault]) }
    guard let first = shipments.first else { return .rejected([Fault(.unknownOrder, .orderNumber)]) }
    var comparison = export ?? ExportComparison(books)
    // Nobody else may hold the bits while they are changed.
    export = nil
    defer { export = comparison }
    for shipment in shipments { comparison.named.insert(shipment) }
    let states = shipments.map { books[$0].state }
    let ours = states.filter { $0 != .cancelled }.min { $0.rank < $1.rank } ?? books[first].state
    var faults: [Fault] = []
    let word = batch.cell(row, .orderStatus)
    if !word.isAbsent {
      if let theirs = ExportWords.states(bytes[word.range], from: profile) {
        if !theirs.contains(ours) {
          faults.append(
            Fault(
              .statesDiffer, .orderStatus, value: word, number: ExportWords.direction(from: ours, to: theirs))
          )
        }
      } else {
        faults.append(Fault(.unknownWord, .orderStatus, value: word))
      }
    }
    let theirs = Int64(batch.rows[row].quantity)
    if theirs >= 0 {
      let held = shipments.reduce(0) { $0 + comparison.pieces(of: $1, books) }
      // A count without the cancelled pieces is as good; how many those are is history, and asked only here.
      if theirs != held, theirs != (try livePieces(of: shipments)) {
        faults.append(Fault(.quantitiesDiffer, .quantity, number: theirs, second: held))
      }
    }
    if !faults.isEmpty {
      faults.sort { $0.code.rawValue < $1.code.rawValue }
      let shown = shipments.first { books[$0].state == ours } ?? first
      return .rejected(faults, cause: try cause(shown))
    }
    let isRepeated = shipments.allSatisfy { comparison.agreed.contains($0) }
    for shipment in shipments { comparison.agreed.insert(shipment) }
    return Verdict(isRepeated ? .duplicate : .recorded, before: ours, after: ours)
  }

  private func livePieces(of shipments: [ShipmentIndex]) throws -> Int64 {
    var live: Int64 = 0
    for shipment in shipments {
      for line in try history.lines(of: shipment, from: books[shipment].head) { live += Int64(line.live) }
    }
    return live
  }

  /// The sender's own shipments that a row names; or why none.
  private func exported(_ batch: borrowing RowBatch, _ row: Int) -> (
    shipments: [ShipmentIndex], fault: Fault?
  ) {
    let (number, invoice) = (batch.cell(row, .orderNumber), batch.cell(row, .invoiceID))
    let awb = batch.cell(row, .awbNumber)
    if awb.isAbsent { return resolve(order: number, invoice: invoice) }
    guard let holder = books.holder(of: bytes[awb.range].span), owns(holder.shipment) else {
      return ([], Fault(.unknownShipment, .awbNumber, value: awb))
    }
    if !number.isAbsent || !invoice.isAbsent {
      let named = resolve(order: number, invoice: invoice)
      if named.fault != nil { return named }
      if !named.shipments.contains(holder.shipment) {
        return ([], Fault(.keysDisagree, .awbNumber, value: awb))
      }
    }
    return ([holder.shipment], nil)
  }

  // MARK: What the export does not name

  /// The sender's own shipments, held against what the export named.
  struct ExportedShare {
    var own = 0
    var named = 0
    /// Closed and not named: an export of what is open need not name them.
    var closed = 0
    /// Open here and not named there, oldest first.
    var missing: [ShipmentIndex] = []
  }

  func exportedShare() -> ExportedShare {
    var share = ExportedShare()
    for index in books.shipments.indices {
      let shipment = ShipmentIndex(index)
      guard !books.shipments[index].marks.contains(.emptied), owns(shipment) else { continue }
      share.own += 1
      if export?.named.contains(shipment) == true {
        share.named += 1
      } else if books.shipments[index].state.isClosed {
        share.closed += 1
      } else {
        share.missing.append(shipment)
      }
    }
    return share
  }
}
