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

  init(kind: Kind, zone: Zone, staging: Folder, stagedName: [UInt8]) {
    stream = AnswerStream(staging: staging, stagedName: stagedName)
    columns = ResultColumns(kind: kind)
    times = TimeText(zone: zone)
    stream.buffer = columns.header
  }

  /// Appends the rows of a batch; `texts` holds the words of its rejected rows, in their order.
  mutating func append(_ batch: RowBatch, _ verdicts: [Verdict], _ texts: [RejectionText]) throws(FileError) {
    let width = batch.kind.columns.count
    let places = columns.keys.map { batch.places[Int($0.rawValue)] }
    var nextText = 0
    for index in batch.rows.indices {
      stream.buffer.appendDecimal(batch.rows[index].number)
      stream.buffer.append(UInt8(ascii: ","))
      stream.buffer.appendDecimal(batch.rows[index].line)
      stream.buffer.append(UInt8(ascii: ","))
      for place in places {
        if place != 255, !batch.cells.isEmpty {
          let cell = batch.cells[index * width + Int(place)]
          if cell.length != 0 { stream.buffer.appendCell(batch.bytes[cell.range]) }
        }
        stream.buffer.append(UInt8(ascii: ","))
      }
      var text: RejectionText?
      if verdicts[index].outcome == .rejected {
        text = texts[nextText]
        nextText += 1
      }
      columns.appendTail(verdicts[index], text, &times, to: &stream.buffer)
      try stream.spillIfFull()
    }
  }

  consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer { try stream.finish(as: name) }
}

/// The columns that results and settlements have in common.
struct ResultColumns {
  let keys: [Column]
  let header: [UInt8]

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
    header = Array((all.joined(separator: ",") + "\n").utf8)
  }

  /// Appends the cells from `outcome` on, and the line end.
  func appendTail(
    _ verdict: Verdict, _ text: RejectionText?, _ times: inout TimeText, to bytes: inout [UInt8]
  ) {
    bytes.append(contentsOf: Words.outcomes[Int(verdict.outcome.rawValue)])
    if let text {
      bytes.append(text: text.code.name)
      bytes.append(UInt8(ascii: ","))
      bytes.appendCell(text.field)
      bytes.append(UInt8(ascii: ","))
      bytes.appendCell(text.message)
    } else {
      bytes.append(UInt8(ascii: ","))
      bytes.append(UInt8(ascii: ","))
      if verdict.outcome == .parked {
        bytes.append(text: verdict.before == nil ? "waits for an earlier step" : "waits for the manifest")
      }
    }
    bytes.append(UInt8(ascii: ","))
    if let before = verdict.before { bytes.append(contentsOf: Words.states[Int(before.rawValue)]) }
    bytes.append(UInt8(ascii: ","))
    if let after = verdict.after { bytes.append(contentsOf: Words.states[Int(after.rawValue)]) }
    bytes.append(UInt8(ascii: ","))
    if let time = verdict.eventTime { times.append(time, to: &bytes) }
    bytes.append(.lineEnd)
  }
}

/// The fixed words as bytes, so that no row makes them anew.
private enum Words {
  /// With the comma behind them.
  static let outcomes = Outcome.names.map { Array(($0 + ",").utf8) }
  static let states = ShipmentState.names.map { Array($0.utf8) }
}
