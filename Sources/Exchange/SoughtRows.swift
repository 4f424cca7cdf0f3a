internal import Files
internal import Ledger
internal import Orders

/// What follows from the rows of a batch alone, before anybody looks into the books: what their keys are sought by, and what the codes of
/// carriers' events mean.
///
/// It is made where the rows are parsed, on another core if there is one, and read where they are judged; it has its room from batch to
/// batch. Where nobody made it ahead, the judge makes it for the rows that it looks up at once.
struct SoughtRows: Sendable {
  /// The rows that it tells of, by their places in the batch.
  private(set) var rows = 0..<0
  /// Was it made for a whole batch?
  private(set) var isWhole = false
  var orders = SoughtKeys()
  var invoices = SoughtKeys()
  var awbs = SoughtKeys()
  private(set) var events: [SoughtEvent] = []

  /// Of orders: which of the lines are whose.
  private(set) var orderLines: [SoughtLines] = []
  private(set) var lines: [RowWriter.Line] = []
  /// What the lines' keys are sought by, without the number of their shipment.
  private(set) var lineKeys = SoughtKeys()

  /// Where a row's keys stand in `orders` and its like.
  @inline(__always)
  func place(_ row: Int) -> Int { row &- rows.lowerBound }

  /// Was it made for all rows of this batch?
  func isOf(_ batch: borrowing RowBatch) -> Bool { isWhole && rows.upperBound == batch.rows.count }

  /// Forgets all rows.
  mutating func removeAll() {
    rows = 0..<0
    isWhole = false
  }

  /// Takes up all rows of a batch.
  mutating func take(_ batch: borrowing RowBatch, for seeking: RowSeeking) {
    take(batch, batch.rows.indices, for: seeking)
    isWhole = true
  }

  /// Takes up some rows of a batch; those before are forgotten.
  mutating func take(_ batch: borrowing RowBatch, _ rows: Range<Int>, for seeking: RowSeeking) {
    self.rows = rows
    isWhole = false
    events.removeAll(keepingCapacity: true)
    if batch.cells.isEmpty {
      orders.removeAll()
      invoices.removeAll()
      awbs.removeAll()
      return
    }
    SoughtRows.take(&orders, seeking.orders, batch, rows)
    SoughtRows.take(&invoices, seeking.invoices, batch, rows)
    SoughtRows.take(&awbs, seeking.awbs, batch, rows)
    if let terms = seeking.events {
      events.append(addingCapacity: rows.count) { room in
        for row in rows { room.append(terms.event(batch, row)) }
      }
    }
    if let seeking = seeking.lines { takeLines(batch, for: seeking) }
  }

  /// Takes up the lines of order rows.
  private mutating func takeLines(_ batch: borrowing RowBatch, for seeking: KeySeeking) {
    orderLines.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    lineKeys.removeAll()
    for row in rows {
      let first = lines.count
      if takeLines(batch, row) {
        for place in first..<lines.count {
          lineKeys.append(batch.bytes.span.extracting(lines[place].key.range), for: seeking)
        }
      } else {
        lines.removeLast(lines.count - first)
      }
      orderLines.append(
        SoughtLines(first: UInt32(first), count: UInt32(truncatingIfNeeded: lines.count - first)))
    }
  }

  /// Takes up the lines of one row; false where it is not as nearly all are: a line is there twice, has no sound count or cancelled
  /// pieces, or the order is to be cancelled.
  private mutating func takeLines(_ batch: borrowing RowBatch, _ row: Int) -> Bool {
    let given = batch.rows[row]
    if given.faultCount > 0 || given.lineCount > SoughtLines.countMax { return false }
    if batch.cell(row, .orderNumber).isAbsent || batch.asksToCancel(row) { return false }
    let location = batch.cell(row, .locationKey)
    let bytes = batch.bytes.span
    let own = lines.count
    for place in Int(given.firstLine)..<Int(given.firstLine + given.lineCount) {
      let line = batch.lines[place]
      if line.quantity < 0 || line.cancelled != 0 { return false }
      let key = line.key
      for other in own..<lines.count {
        if sameBytes(bytes.extracting(lines[other].key.range), bytes.extracting(key.range)) { return false }
      }
      lines.append(
        RowWriter.Line(
          key: key, sku: line.sku, quantity: line.quantity, priceMillionths: line.priceMillionths,
          content: Docket.lineContent(line, location, in: bytes)))
    }
    return true
  }

  private static func take(
    _ keys: inout SoughtKeys, _ column: RowSeeking.KeyColumn?, _ batch: borrowing RowBatch, _ rows: Range<Int>
  ) {
    guard let column else { return keys.removeAll() }
    keys.take(
      batch.cells.span, from: rows.lowerBound * batch.width + column.place, by: batch.width,
      count: rows.count,
      in: batch.bytes.span, for: column.seeking)
  }
}

/// The lines of an order's row, in `SoughtRows.lines`; none: the row is not as nearly all are.
struct SoughtLines: Sendable {
  let first: UInt32
  let count: UInt32

  var isEmpty: Bool { count == 0 }
  var range: Range<Int> { Int(first)..<Int(first) + Int(count) }

  /// Orders with more lines go the long way: each line is compared with those before it.
  static let countMax = 8
}

/// A carrier's event as its row tells it.
struct SoughtEvent: Sendable {
  var time: Timestamp
  var scanNumber: ScanNumber
  var location: Slice
  /// `goesLong`: the row is not as nearly all are.
  var code: CodeIndex
  var isSecondVersion = false

  static let goesLong = CodeIndex.max
}

/// How rows of one kind and sender are taken up.
struct RowSeeking: Sendable {
  let kind: Kind
  let orders: KeyColumn?
  let invoices: KeyColumn?
  let awbs: KeyColumn?
  /// Nil where the rows are no orders.
  let lines: KeySeeking?
  /// Nil where the rows are no events.
  let events: EventTerms?

  struct KeyColumn: Sendable {
    let place: Int
    let seeking: KeySeeking
  }

  init(_ kind: Kind, from profile: PartnerProfile, _ books: borrowing Books) {
    self.kind = kind
    var places: [Column: Int] = [:]
    for (place, column) in kind.columns.enumerated() { places[column.column] = place }
    func keys(_ column: Column, _ seeking: KeySeeking) -> KeyColumn? {
      places[column].map { KeyColumn(place: $0, seeking: seeking) }
    }
    let areEvents = kind == .scans || kind == .tracking
    // Of an event the order's number is only repeated.
    orders = areEvents || kind == .reconcile ? nil : keys(.orderNumber, books.seeking(.orderNumber))
    invoices = kind == .reconcile ? nil : keys(.invoiceID, books.seeking(.invoiceID))
    awbs = kind == .reconcile ? nil : keys(.awbNumber, books.seeking(.awbNumber))
    lines = kind == .orders ? books.seeking(.suborderID) : nil
    events = areEvents ? EventTerms(kind, from: profile, places) : nil
  }

  /// What the cells of an event are read by.
  struct EventTerms: Sendable {
    private let codes: CodeTable
    private let secondCodes: CodeTable?
    /// Do events of that code go the short way, by the code's number?
    private let goesShort: [Bool]
    private let secondGoesShort: [Bool]
    // Where the columns lie, -1 where the kind has no such column.
    private let reference: Int
    private let code: Int
    private let secondCode: Int
    private let scanText: Int
    private let location: Int

    init(_ kind: Kind, from profile: PartnerProfile, _ places: [Column: Int]) {
      codes = profile.codes
      secondCodes = kind == .scans ? profile.secondCodes : nil
      // A cancel request needs all that the shipment holds.
      func goesShort(_ code: ScanCode) -> Bool {
        guard let event = code.scanClass.event else { return true }
        return event != .cancel && !(profile.refusesReturnEvents && event.isReturnEvent)
      }
      self.goesShort = profile.codes.codes.map(goesShort)
      secondGoesShort = profile.secondCodes?.codes.map(goesShort) ?? []
      reference = places[.referenceAWB] ?? -1
      code = places[kind == .scans ? .reasonCodeNumber : .status] ?? -1
      secondCode = secondCodes == nil ? -1 : places[.statusCode] ?? -1
      scanText = places[.statusUpdateNumber] ?? -1
      location = places[.location] ?? -1
    }

    @inline(__always)
    func event(_ batch: borrowing RowBatch, _ row: Int) -> SoughtEvent {
      let cells = batch.cells.span
      let first = row &* batch.width
      let given = batch.rows[row]
      var event = SoughtEvent(
        time: given.time ?? .distantPast, scanNumber: given.scanNumber,
        location: location < 0 ? .absent : cells[first + location], code: SoughtEvent.goesLong)
      if given.time == nil || given.faultCount > 0 { return event }
      if reference >= 0, !cells[first + reference].isAbsent { return event }
      // A scan number that is no plain number is looked for by its text.
      if given.scanNumber == 0, scanText >= 0, !cells[first + scanText].isAbsent { return event }
      if secondCode >= 0, !cells[first + secondCode].isAbsent {
        event.isSecondVersion = true
        guard let code = secondCodes?.find(batch.bytes.span.extracting(cells[first + secondCode].range)),
          secondGoesShort[Int(code)]
        else { return event }
        event.code = code
      } else {
        guard let code = codes.find(batch.bytes.span.extracting(cells[first + code].range)),
          goesShort[Int(code)]
        else { return event }
        event.code = code
      }
      return event
    }
  }
}
