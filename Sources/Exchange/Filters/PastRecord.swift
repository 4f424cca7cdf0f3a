internal import Ledger
internal import Orders

/// A record of the ledger in words that hold on every machine: its shipment by order number and number in the order, earlier records
/// by their places.
///
/// It belongs to a unit: an order (`o:`), the rows that wait for a key (`w:`), a shelf (`k:`), a product (`p:`), a location's accounts
/// (`c:`), or, where it changed nothing, its file (`f:`). The ledger is the sum of its units, and each can be judged alone.
struct PastRecord {
  var unit: [UInt8]
  var place: RecordPlace
  /// The records that this one names; in the page stand their numbers in this list in place of positions.
  var references: [RecordPlace]
  /// A page with this record alone.
  var page: [UInt8]

  /// A line of the snapshot, under the key of its unit.
  var line: KeyedLine { KeyedLine(unit, .past, Array(place.text.utf8), payload) }

  private var payload: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putPlace(place)
    bytes.putNumber(UInt64(references.count))
    for reference in references { bytes.putPlace(reference) }
    bytes.putText(page)
    return unit + Array(" ".utf8) + Base64.encode(bytes)
  }

  /// Reads a line of kind `past`, whatever its key is now.
  init(_ line: KeyedLine) throws {
    guard let cut = line.payload.firstIndex(of: UInt8(ascii: " ")),
      let bytes = Base64.decode(Array(line.payload[(cut + 1)...]))
    else { throw FilterFault.unreadable(line.kind.rawValue) }
    unit = Array(line.payload[..<cut])
    var reader = RecordReader(bytes)
    place = try reader.place()
    references = []
    for _ in 0..<(try reader.count()) { references.append(try reader.place()) }
    page = try reader.array()
  }

  /// - Parameters:
  ///   - page: a page with one record, as a journal has it.
  ///   - books: what its shipments are numbers of.
  ///   - placeOf: the place of an earlier record.
  ///   - waitedFor: the key that the row waited for whose record lies at a position.
  init(
    _ page: [UInt8], frame: UInt64, at place: RecordPlace, in books: Books,
    placeOf: (Position) throws -> RecordPlace, waitedFor: (Position) throws -> [UInt8]
  ) throws {
    var cursor = try RowCursor(payload: page, frame: frame)
    let (claim, row) = (cursor.claim, cursor.row)
    try self.init(
      try cursor.next(), bytes: page, claim: claim, row: row, arrival: cursor.arrival, at: place, in: books,
      placeOf: placeOf, waitedFor: waitedFor)
  }

  init(
    _ record: RowRecord, bytes: [UInt8], claim: ClaimNumber, row: UInt32, arrival: Timestamp,
    at place: RecordPlace, in books: Books, placeOf: (Position) throws -> RecordPlace,
    waitedFor: (Position) throws -> [UInt8]
  ) throws {
    self.place = place
    unit = KeyedLine.fileKey(place.decision)
    var named: [RecordPlace] = []
    var effects: [Effect] = []
    for effect in record.effects {
      effects.append(
        try effect.mapped(
          shipment: { ShipmentIndex(books.numberInOrder(of: $0) - 1) }, order: { _ in OrderIndex(UInt32(0)) },
          position: { position in
            let earlier = try placeOf(position)
            named.append(earlier)
            return Position(raw: UInt64(named.count - 1))
          }))
    }
    references = named
    var isOfOrder = false
    for effect in record.effects where !isOfOrder {
      func text(_ slice: Slice) -> ArraySlice<UInt8> { bytes[slice.range] }
      if let shipment = effect.shipment {
        unit = KeyedLine.key("o:", books.orderNumber(of: books[shipment].order))
        isOfOrder = true
        continue
      }
      switch effect {
      case .createOrder(let number, _):
        unit = KeyedLine.key("o:", text(number))
        isOfOrder = true
      case .createShipment(let order, _, _):
        unit = KeyedLine.key("o:", books.orderNumber(of: order))
        isOfOrder = true
      case .stock(let location, let sku, _): unit = RowKeys.stock(location: text(location), sku: text(sku))
      case .product(let sku, _, _): unit = KeyedLine.key("p:", text(sku))
      case .account(let location, _, _): unit = KeyedLine.key("c:", text(location))
      case .wait(let waiting):
        unit = Array("w:".utf8) + RowKeys.node(of: waiting.column, text(waiting.key))
      case .resume(let position): unit = Array("w:".utf8) + (try waitedFor(position))
      default: break
      }
    }
    var writer = RowWriter()
    writer.start(claim: claim, firstRow: row, arrival: arrival)
    writer.append(
      record.verdict, effects, bytes: bytes, heads: [Position](repeating: .none, count: effects.count),
      at: Position(frame: 0, record: 0))
    self.page = writer.payload
  }

  /// The lines that tie what the record names to its unit.
  func linkLines(sender: UInt8) throws -> [KeyedLine] {
    var keys = try links(sender: sender)
    // Rows that wait stand under a unit of their own, beside the key that they wait for.
    if unit.starts(with: "w:".utf8) { keys.append(Array(unit.dropFirst(2))) }
    if unit.starts(with: "f:".utf8) { return [] }
    return keys.filter { $0 != unit }.map { KeyedLine(unit, .link, Array("-".utf8), $0) }
  }

  /// The keys that the record ties to its unit, so that whoever names one of them is judged together with it.
  private func links(sender: UInt8) throws -> [[UInt8]] {
    var cursor = try RowCursor(payload: page, frame: 0)
    func text(_ slice: Slice) -> ArraySlice<UInt8> { page[slice.range] }
    var keys: [[UInt8]] = []
    for effect in try cursor.next().effects {
      switch effect {
      case .createOrder(let number, _): keys.append(RowKeys.node(of: .orderNumber, text(number)))
      case .createShipment(_, let invoice, _), .setInvoice(_, let invoice):
        if !invoice.isAbsent { keys.append(RowKeys.node(of: .invoiceID, text(invoice))) }
      case .assign(_, _, let awb, _), .tie(_, let awb):
        if !awb.isAbsent { keys.append(RowKeys.node(of: .awbNumber, text(awb))) }
      case .carrier(_, let entry):
        if entry.scanNumber != 0 {
          keys.append(RowKeys.scan(String(entry.scanNumber).utf8, of: sender))
        } else if !entry.scanText.isAbsent {
          keys.append(RowKeys.scan(text(entry.scanText), of: sender))
        }
      case .wait(let waiting):
        // When its turn comes it is judged by all that it names.
        var cells = RecordReader(page, at: waiting.cells.range.lowerBound)
        for column in waiting.kind.columns {
          let cell = page[try cells.text()]
          if cell.isEmpty { continue }
          switch column.column {
          case .orderNumber, .invoiceID, .awbNumber, .referenceAWB:
            keys.append(RowKeys.node(of: column.column, cell))
          case .statusUpdateNumber:
            let number = waiting.scanNumber
            keys.append(
              number == 0 ? RowKeys.scan(cell, of: sender) : RowKeys.scan(String(number).utf8, of: sender))
          default: break
          }
        }
      default: break
      }
    }
    return keys
  }
}

/// The keys that rows and records name.
enum RowKeys {
  /// The key of an order number, invoice id or AWB.
  ///
  /// Of a number the zeros in front are left out: a row that has lost them is told so where the whole number is known, and must be
  /// judged where that is seen (W212).
  static func node(of column: Column, _ text: some Collection<UInt8>) -> [UInt8] {
    let isNumber = text.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    let shown = isNumber ? Array(text.drop { $0 == UInt8(ascii: "0") }) : Array(text)
    return switch column {
    case .orderNumber: KeyedLine.key("o:", shown)
    case .invoiceID: KeyedLine.key("i:", shown)
    default: KeyedLine.key("a:", shown)
    }
  }

  /// A carrier's number of a scan; as text and as a number it is spelled the same.
  static func scan(_ text: some Sequence<UInt8>, of sender: UInt8) -> [UInt8] {
    KeyedLine.key("s:\(sender):", text)
  }

  static func stock(location: some Sequence<UInt8>, sku: some Sequence<UInt8>) -> [UInt8] {
    KeyedLine.key("k:", location) + Array("/".utf8) + KeyedLine.key("", sku)
  }

  /// The keys of a row that it is judged by: the first is the line's own, the others are tied to it.
  static func keys(of batch: borrowing RowBatch, _ row: Int, sender: UInt8) -> [[UInt8]] {
    func text(_ column: Column) -> ArraySlice<UInt8>? {
      let cell = batch.cell(row, column)
      return cell.isAbsent ? nil : batch.bytes[cell.range]
    }
    switch batch.kind {
    case .inventory: return [stock(location: text(.locationKey) ?? [], sku: text(.sku) ?? [])]
    case .products: return [KeyedLine.key("p:", text(.sku) ?? [])]
    case .carriers: return [KeyedLine.key("c:", text(.locationKey) ?? [])]
    default: break
    }
    var keys: [[UInt8]] = []
    for column in [Column.orderNumber, .invoiceID, .awbNumber, .referenceAWB] {
      if let text = text(column) { keys.append(node(of: column, text)) }
    }
    let number = batch.rows[row].scanNumber
    if number != 0 {
      keys.append(scan(String(number).utf8, of: sender))
    } else if let text = text(.statusUpdateNumber) {
      keys.append(scan(text, of: sender))
    }
    return keys.isEmpty ? [KeyedLine.key("o:", [])] : keys
  }
}
