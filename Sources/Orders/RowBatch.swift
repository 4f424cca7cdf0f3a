/// A chunk of complete rows on its way through the house: the bytes once, and where in them everything lies.
///
/// Formats fills it, the judge reads it, Outbox repeats from it. All slices are ranges of `bytes`. Memory is bounded by
/// the chunk, never by the file; a batch is emptied and filled again.
public struct RowBatch: Sendable {
  public let kind: Kind
  /// The chunk as it was sent, followed by the values that had to be unescaped.
  public var bytes: [UInt8] = []
  public var rows: [Row] = []
  /// The cells of the kind's own columns: `rows.count * kind.columns.count`, absent where the row has none.
  public var cells: [Slice] = []
  /// The lines of orders; other kinds have none. Every sound row of kind `orders` has at least one.
  public var lines: [OrderLine] = []
  /// CSV only: the cells of records, unescaped, in the sender's order, for the errors file; those of a record without quotes are not
  /// among them, for they lie in its own bytes (`recordCells(of:)`).
  public var recordCells: [Slice] = []
  /// CSV only: what separates the cells of a record.
  public var delimiter = UInt8(ascii: ",")
  /// The faults of content and syntax of the rows that have any.
  public var faults: [Fault] = []
  /// Place of each column among the kind's columns, 255 where the kind has no such column.
  public let places: [UInt8]
  /// How many columns the kind has.
  public let width: Int

  /// One record.
  public struct Row: Sendable {
    /// The record's ordinal, from 1; a CSV header is not counted.
    public var number: UInt32
    /// The physical line on which the record starts, from 1.
    public var line: UInt32
    /// The record's own bytes, without its line end or the comma behind it.
    public var raw: Slice
    /// The event time of the row (`Kind.eventTime`), if it was given and sound.
    public var time: Timestamp?
    /// Orders, assignments, cancellations and inventory: pieces; -1 when absent.
    public var quantity: Int32 = -1
    /// Scans: the scan number when it is all digits and fits 64 bits, else 0.
    public var scanNumber: ScanNumber = 0
    public var firstLine: UInt32 = 0
    public var lineCount: UInt32 = 0
    public var firstFault: UInt32 = 0
    public var faultCount: UInt32 = 0
    /// Where its cells begin among `recordCells`, or `cellsInRaw`.
    public var firstRecordCell: UInt32 = 0
    public var recordCellCount: UInt32 = 0

    /// The cells of the record are what its delimiters leave of its bytes.
    @inlinable @inline(__always)
    public static var cellsInRaw: UInt32 { .max }

    @inlinable @inline(__always)
    public init(number: UInt32, line: UInt32, raw: Slice) {
      self.number = number
      self.line = line
      self.raw = raw
    }
  }

  /// One line of an order: pieces of one article.
  public struct OrderLine: Sendable {
    public var suborderID: Slice
    public var sku: Slice
    public var quantity: Int32
    /// In millionths; -1 when absent.
    public var priceMillionths: Int64
    /// How many of the pieces the sender says are cancelled; 0 where it says nothing.
    public var cancelled: Int32 = 0

    @inlinable @inline(__always)
    public init(
      suborderID: Slice, sku: Slice, quantity: Int32, priceMillionths: Int64, cancelled: Int32 = 0
    ) {
      self.suborderID = suborderID
      self.sku = sku
      self.quantity = quantity
      self.priceMillionths = priceMillionths
      self.cancelled = cancelled
    }

    /// What the line is known by within its order: without a suborder id its article.
    @inlinable @inline(__always)
    public var key: Slice { suborderID.isAbsent ? sku : suborderID }
  }

  public init(kind: Kind) {
    self.kind = kind
    var places = [UInt8](repeating: 255, count: Column.allCases.count)
    for (place, column) in kind.columns.enumerated() { places[Int(column.column.rawValue)] = UInt8(place) }
    self.places = places
    width = kind.columns.count
  }

  /// The cell of a row in one of the kind's columns.
  @inlinable @inline(__always)
  public func cell(_ row: Int, _ column: Column) -> Slice {
    let place = places[Int(column.rawValue)]
    if place == 255 || cells.isEmpty { return Slice(offset: 0, length: 0) }
    return cells[row * width + Int(place)]
  }

  public func faults(of row: Int) -> ArraySlice<Fault> {
    let first = Int(rows[row].firstFault)
    return faults[first..<first + Int(rows[row].faultCount)]
  }

  public func text(_ slice: Slice) -> ArraySlice<UInt8> { bytes[slice.range] }

  /// The cells of a record as sent, one after the other.
  public struct RecordCells: Sendable {
    fileprivate var rest: Range<Int>
    /// Where the record's own bytes end; nil where the cells were written down.
    fileprivate let end: Int?

    /// The next cell, nil behind the last.
    public mutating func next(in batch: RowBatch) -> Slice? {
      if rest.isEmpty { return nil }
      guard let end else { return batch.recordCells[rest.removeFirst()] }
      let start = rest.lowerBound
      var place = start
      while place < end, batch.bytes[place] != batch.delimiter { place += 1 }
      // One byte behind the end is behind the last cell.
      rest = place + 1..<end + 1
      return Slice(offset: start, length: place - start)
    }
  }

  public func recordCells(of row: Int) -> RecordCells {
    let row = rows[row]
    if row.recordCellCount > 0, row.firstRecordCell == Row.cellsInRaw {
      let raw = row.raw.range
      return RecordCells(rest: raw.lowerBound..<raw.upperBound + 1, end: raw.upperBound)
    }
    let first = Int(row.firstRecordCell)
    return RecordCells(rest: first..<first + Int(row.recordCellCount), end: nil)
  }

  /// Writes the cells of a record down, so that they can be changed.
  public mutating func keepRecordCells(of row: Int) {
    guard rows[row].recordCellCount > 0, rows[row].firstRecordCell == Row.cellsInRaw else { return }
    var cells = recordCells(of: row)
    rows[row].firstRecordCell = UInt32(recordCells.count)
    while let cell = cells.next(in: self) { recordCells.append(cell) }
  }

  /// Empties the batch and keeps its memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    recordCells.removeAll(keepingCapacity: true)
    faults.removeAll(keepingCapacity: true)
  }
}

extension Kind {
  /// The column that says when the thing happened.
  public var eventTime: Column? {
    switch self {
    case .orders: .orderDate
    case .assignments: .assignedAt
    case .confirmations: .confirmedAt
    case .manifests: .manifestDate
    case .cancellations: .cancelledAt
    case .tracking, .scans: .datetime
    case .inventory: .updatedAt
    case .products, .carriers, .documents, .returns, .reconcile: nil
    }
  }

  /// Must the event time be there, with its time of day?
  public var needsTimeOfDay: Bool { self == .tracking || self == .scans }
}

/// How the sender laid the file out, as far as the answers must repeat it.
public struct FileLayout: Sendable, Equatable {
  public var format: FileFormat
  /// CSV: the delimiter in use.
  public var delimiter: UInt8 = UInt8(ascii: ",")
  /// CSV: the header's cells as sent, our own error columns left out.
  public var header: [[UInt8]] = []
  /// CSV: how many cells of a record are the sender's own; those behind are columns of an errors file that came back.
  public var ownCells = 0
  /// Is it an errors file that came back, and which file does it say it corrects?
  public var corrects: [UInt8]?
  /// Are there credentials in it, which no copy of a row shows?
  public var hasCredentials = false

  public init(format: FileFormat) { self.format = format }
}

/// The columns that an errors file adds behind the sender's own (product.md section 7).
public let errorColumns = [
  "error_file", "error_row", "error_line", "error_code", "error_field", "error_message", "shipment_state",
  "since",
  "set_by", "allowed_now",
]

/// The first bytes that a spreadsheet takes for a formula; such cells get one `'` in what people open.
public func startsFormula(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "'"), 9, 13:
    true
  default: false
  }
}

/// The bounds of what one file may hold; each has its name in the configuration.
public struct Bounds: Sendable, Equatable {
  public var fileBytesMax: Int64 = 64 << 30
  public var recordBytesMax = 4 << 20
  public var cellBytesMax = 1 << 20
  public var columnsMax = 4096
  public var depthMax = 64
  public var linesPerOrderMax = 10_000
  public var expandedBytesMax: Int64 = 64 << 30
  public var expansionRatioMax = 200

  public init() {}
}
