internal import Ledger
internal import Orders

/// Rows about an order or AWB that nobody knows yet: where their sender's terms say so (`parkUnknown`) they wait, whole, and are
/// judged as soon as a file makes the key known (product.md section 5).
extension Docket {
  /// The key that a verdict says nobody knows, where that is all it says.
  func unknownKey(_ verdict: Verdict) -> Fault? {
    guard let faults = verdict.rejection?.faults, faults.count == 1, let fault = faults.first,
      fault.code == .unknownOrder || fault.code == .unknownShipment, !fault.value.isAbsent,
      effects.allSatisfy({ if case .resume = $0 { true } else { false } })
    else { return nil }
    return fault
  }

  /// Lets the row in hand wait for a key.
  mutating func wait(for fault: Fault, _ batch: borrowing RowBatch, _ row: Int) -> Verdict {
    let given = batch.rows[row]
    var kept = Array(bytes[fault.value.range])
    let key = Slice(offset: 0, length: kept.count)
    for column in batch.kind.columns { kept.putText(bytes[batch.cell(row, column.column).range]) }
    bytes = kept
    perform(
      .wait(
        Effect.WaitingRow(
          column: fault.column ?? .awbNumber, key: key, kind: batch.kind, line: given.line,
          quantity: given.quantity, scanNumber: given.scanNumber,
          cells: Slice(offset: key.range.upperBound, length: kept.count - key.range.upperBound))))
    return Verdict(.parked)
  }

  // MARK: Waking

  /// Notes the keys that an effect of the row in hand makes known, as far as rows wait for them.
  mutating func wake(_ effect: Effect) {
    switch effect {
    case .createOrder(let number, _): wake(.orderNumber, bytes[number.range])
    case .createShipment(_, let invoice, _), .setInvoice(_, let invoice):
      wake(.invoiceID, bytes[invoice.range])
    case .assign(let shipment, _, _, _):
      // Whose courier it is now may know the shipment by any of its keys.
      wake(.awbNumber, books.awb(of: shipment))
      wake(.invoiceID, books.invoice(of: shipment))
      wake(.orderNumber, books.orderNumber(of: books[shipment].order))
    case .tie(_, let awb): wake(.awbNumber, bytes[awb.range])
    default: break
    }
  }

  private mutating func wake(_ column: Column, _ key: ArraySlice<UInt8>) {
    if let number = books.waitingKeys.find(key.span, prefix: UInt32(column.rawValue)) {
      woken.insert(number)
    }
  }

  // MARK: Judged again

  /// Judges the rows that waited for keys that are known now, in event order; what they bring may wake others.
  ///
  /// Each row gets a page of its own, under the claim and the number that it came with, so that its history is its file's.
  ///
  /// - Parameters:
  ///   - offset: where the first page will lie.
  ///   - close: appends a page; gives the next one's offset.
  mutating func resumeWaitingRows(
    at offset: UInt64, _ close: (_ page: [UInt8]) throws -> UInt64
  ) throws {
    if woken.isEmpty { return }
    let own = (claim, partner, fileName, arrival)
    inHand = (claim, partner, fileName)
    var offset = offset
    defer {
      takeUp(claim: own.0, partner: own.1, name: own.2, arrival: own.3)
      inHand = nil
    }
    var wave = 0
    while !woken.isEmpty {
      wave += 1
      var rows: [WaitingRecord] = []
      for number in woken {
        let key = books.waitingKeys.bytes(of: number)
        guard let column = Column(rawValue: UInt8(books.waitingKeys.prefix(of: number))) else { continue }
        rows += books.rows(waitingFor: column, key.span)
      }
      woken.removeAll()
      for row in rows.sorted(by: { ($0.time, $0.position) < ($1.time, $1.position) }) {
        if try resume(row, at: offset) {
          offset = try close(writer.payload)
          resumptions.append(
            Resumption(
              wave: wave, time: row.time, claim: claim, row: rowNumber,
              touched: books.touchedShipments.count, released: released.count, created: books.shipments.count)
          )
        }
      }
    }
  }

  private mutating func takeUp(claim: ClaimNumber, partner: UInt8, name: [UInt8], arrival: Timestamp) {
    self.claim = claim
    self.partner = partner
    fileName = name
    self.arrival = arrival
    profile = profiles[Int(partner)]
  }

  /// Judges a row that waited; false when it is no such row.
  private mutating func resume(_ waiting: WaitingRecord, at offset: UInt64) throws -> Bool {
    let entry = try history.entry(at: waiting.position, countingRows: true)
    guard let row = entry.waitingRow, let origin = file(of: entry.claim) else { return false }
    takeUp(claim: entry.claim, partner: origin.partner, name: origin.name, arrival: entry.arrival)
    frame = offset
    startPage(row: entry.row)
    let batch = try RowBatch(row, of: entry)
    let verdict = try judge(batch, 0, resuming: waiting.position)
    if verdict.outcome != .parked { released.append(ReleasedRow(verdict, of: batch, entry, origin.partner)) }
    return true
  }
}

extension Docket {
  /// A row that was resumed: which it was, when its turn came, and how far the file had come behind it.
  struct Resumption {
    let wave: Int
    let time: Timestamp
    let claim: ClaimNumber
    let row: UInt32
    /// How many shipments the file had touched, and how many rows it had released.
    let touched: Int
    let released: Int
    /// How many shipments the books had.
    let created: Int
  }
}

extension History.Entry {
  /// What waits in the record.
  var waitingRow: Effect.WaitingRow? {
    for case .wait(let row) in record.effects { return row }
    return nil
  }
}

extension Docket.ReleasedRow {
  /// - Parameter batch: the row alone, as it was sent.
  init(_ verdict: Verdict, of batch: RowBatch, _ entry: History.Entry, _ sender: UInt8) {
    func text(_ slice: Slice) -> [UInt8] { Array(batch.text(slice)) }
    self.init(
      claim: entry.claim, partner: sender, row: entry.row, line: batch.rows[0].line,
      orderNumber: text(batch.cell(0, .orderNumber)), invoiceID: text(batch.cell(0, .invoiceID)),
      awb: text(batch.cell(0, .awbNumber)), verdict: verdict,
      value: text(verdict.rejection?.faults.first?.value ?? .absent))
  }
}

extension RowBatch {
  /// A batch of one row, from the record in which it waits.
  init(_ row: Effect.WaitingRow, of entry: History.Entry) throws {
    self.init(kind: row.kind)
    bytes = entry.bytes
    var reader = RecordReader(entry.bytes, at: row.cells.range.lowerBound)
    for _ in kind.columns {
      let range = try reader.text()
      cells.append(Slice(offset: range.lowerBound, length: range.count))
    }
    var given = Row(number: entry.row, line: row.line, raw: .absent)
    given.time = entry.record.verdict.eventTime
    given.quantity = row.quantity
    given.scanNumber = row.scanNumber
    rows.append(given)
  }
}
