// The result file has a line for every row of the input, in its order: what it was about and what it came to.

import Files
import Orders

/// `NAME.ext.result.csv`: every row, with the keys as they were sent.
///
/// UTF-8, comma, LF, RFC 4180. A row about a shipment shows order number, invoice id and AWB; rows of stock, products and
/// credentials show their own keys in place of these three. Code, field and message stand for a rejected row only; a
/// parked row says what it waits for.
struct ResultFile: ~Copyable {
  private var stream: AnswerStream
  private let columns: ResultColumns
  private var times: TimeText
  private var rowDigits = CountingDigits()
  private var lineDigits = CountingDigits()

  init(kind: Kind, zone: Zone, staging: Folder, stagedName: [UInt8]) {
    stream = AnswerStream(staging: staging, stagedName: stagedName)
    columns = ResultColumns(kind: kind)
    times = TimeText(zone: zone)
    stream.text.append(columns.header)
  }

  /// Appends the rows of a batch; `texts` holds the words of its rejected rows, in their order.
  mutating func append(_ batch: RowBatch, _ verdicts: [Verdict], _ texts: [RejectionText]) throws(FileError) {
    let comma = UInt8(ascii: ",")
    let places = batch.cells.isEmpty ? [] : columns.keys.map { Int(batch.places[Int($0.rawValue)]) }
    let width = batch.width
    var nextText = 0
    for index in batch.rows.indices {
      rowDigits.append(batch.rows[index].number, to: &stream.text)
      stream.text.append(comma)
      lineDigits.append(batch.rows[index].line, to: &stream.text)
      stream.text.append(comma)
      for key in columns.keys.indices {
        if key < places.count, places[key] != RowBatch.noPlace {
          let cell = batch.cells[index * width + places[key]]
          stream.text.append(cell: batch.bytes.span.extracting(cell.range))
        }
        stream.text.append(comma)
      }
      if verdicts[index].outcome.isRejected {
        columns.append(verdicts[index], texts[nextText], &times, to: &stream.text)
        nextText += 1
      } else {
        columns.append(verdicts[index], nil, &times, to: &stream.text)
      }
      try stream.spillIfFull()
    }
  }

  consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer { try stream.finish(as: name) }
}

extension RowBatch {
  /// Stands in `places` for a column that the kind does not have.
  static let noPlace = 255
}

/// The columns that results and settlements have in common.
struct ResultColumns {
  let keys: [Column]
  let header: String
  /// Each with the cells up to the states behind it, empty unless the row was rejected.
  private let outcomes = WordList(
    Outcome.allCases.map {
      switch $0 {
      case .rejected: "rejected,"
      case .parked: "parked,,,waits for "
      default: "\($0.name),,,,"
      }
    })
  private let states = WordList(ShipmentState.names)

  init(kind: Kind) {
    keys =
      switch kind {
      case .inventory: [.sku, .locationKey]
      case .products: [.sku]
      case .carriers: [.locationKey, .courier]
      default: [.orderNumber, .invoiceID, .awbNumber]
      }
    let names = keys.map { $0 == .courier ? "carrier" : $0.canonicalName }
    let all =
      ["row", "line"] + names
      + ["outcome", "code", "field", "message", "state_before", "state_after", "event_time"]
    header = all.joined(separator: ",") + "\n"
  }

  /// Appends the cells from `outcome` on, and the line end.
  func append(
    _ verdict: Verdict, _ rejection: RejectionText?, _ times: inout TimeText, to text: inout AnswerText
  ) {
    let comma = UInt8(ascii: ",")
    outcomes.append(Int(verdict.outcome.rawValue), to: &text)
    if let rejection {
      text.append(rejection.code.name)
      text.append(comma)
      text.append(cell: rejection.field)
      text.append(comma)
      text.append(cell: rejection.message)
      text.append(comma)
    } else if verdict.outcome == .parked {
      text.append(verdict.before == nil ? "an earlier step," : "the manifest,")
    }
    if let before = verdict.before { states.append(Int(before.rawValue), to: &text) }
    text.append(comma)
    if let after = verdict.after { states.append(Int(after.rawValue), to: &text) }
    text.append(comma)
    if let time = verdict.eventTime { times.append(time, to: &text) }
    text.append(UInt8.lineEnd)
  }
}
