public import Orders

/// A difference as its cells, spelled into room that is used again for the next: of a million lines none is kept.
public struct ToldLine: ~Copyable {
  public let sort: ThreeWay.Sort
  /// Since when it is so; nil where no time says it.
  public internal(set) var since: Timestamp?
  /// Who has the next move.
  public let who: String
  /// The cells from the order's number to what the scans say, one behind the other.
  private var text: [UInt8]
  private var ends = InlineArray<8, Int>(repeating: 0)

  /// - Parameter room: what an earlier line left.
  init(_ sort: ThreeWay.Sort, who: String, room: consuming [UInt8] = []) {
    self.sort = sort
    self.who = who
    text = room
    text.removeAll(keepingCapacity: true)
  }

  /// What it was spelled in, for the next one.
  consuming func leave() -> [UInt8] { text }

  enum Cell: Int, CaseIterable {
    case orderNumber, invoice, awb, courier, location, ordersSay, manifestsSay, scansSay
  }

  /// Spells a cell; those before it come first, and those that are left out are empty.
  mutating func spell(_ cell: Cell, _ body: (inout [UInt8]) -> Void) {
    body(&text)
    for place in cell.rawValue..<Cell.allCases.count { ends[place] = text.count }
  }

  mutating func spell(_ cell: Cell, _ words: String) { spell(cell) { $0.append(contentsOf: words.utf8) } }

  private func range(_ cell: Cell) -> Range<Int> {
    (cell.rawValue == 0 ? 0 : ends[cell.rawValue - 1])..<ends[cell.rawValue]
  }

  private func words(_ cell: Cell) -> String { String(decoding: text[range(cell)], as: UTF8.self) }

  /// The line by itself, to be kept.
  public var kept: ThreeWay.Line {
    ThreeWay.Line(
      sort: sort, orderNumber: words(.orderNumber), invoice: words(.invoice), awb: words(.awb),
      courier: words(.courier), location: words(.location), ordersSay: words(.ordersSay),
      manifestsSay: words(.manifestsSay), scansSay: words(.scansSay), since: since, who: who)
  }

  // MARK: CSV

  static let columns = [
    "difference", "order_number", "invoice_id", "awb_number", "courier", "location_key", "orders_say",
    "manifests_say", "scans_say", "since", "likely_cause", "who", "remedy",
  ]

  /// Appends its cells under these columns.
  func put(to row: inout [UInt8], in zone: Zone) {
    let comma = UInt8(ascii: ",")
    row.putCell(sort.word)
    for cell in Cell.allCases {
      row.append(comma)
      row.putCell(text.span.extracting(range(cell)))
    }
    row.append(comma)
    since?.appendISO8601(in: zone, to: &row)
    row.append(comma)
    row.putCell(sort.cause)
    row.append(comma)
    row.putCell(who)
    row.append(comma)
    row.putCell(sort.remedy)
  }
}
