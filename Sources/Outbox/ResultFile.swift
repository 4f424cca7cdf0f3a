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
    columns = ResultColumns.of(kind)
    times = TimeText(zone: zone)
    stream.text.append(columns.header)
  }

  /// Appends the rows of a batch; `texts` holds the words of its rejected rows, in their order.
  mutating func append(_ batch: RowBatch, _ verdicts: [Verdict], _ texts: [RejectionText]) throws(FileError) {
    let columns = columns
    let places = columns.places(in: batch)
    let (bytes, rows, verdictsInOrder) = (batch.bytes.span, batch.rows.span, verdicts.span)
    var nextText = 0
    for index in rows.indices {
      let outcome = verdictsInOrder[index].outcome
      if outcome.isRejected {
        append(batch, index, verdicts[index], texts[nextText])
        nextText += 1
      } else if outcome == .parked {
        append(batch, index, verdicts[index], nil)
      } else {
        // Nearly every line is a plain one.
        let (number, line) = (rows[index].number, rows[index].line)
        let first = index * batch.width
        let cells = (
          batch.cell(first, places[0]), batch.cell(first, places[1]), batch.cell(first, places[2])
        )
        let lengths = Int(cells.0.length) + Int(cells.1.length) + Int(cells.2.length)
        let words = columns.words(of: verdictsInOrder[index])
        var time = ShortWord.none
        if let eventTime = verdictsInOrder[index].eventTime { time = times.word(of: eventTime) }
        let isPlain = stream.text.appendLine(upTo: lengths + ResultFile.otherBytesMax) { text in
          text.put(digits: number)
          text.put(UInt8.comma)
          text.put(digits: line)
          text.put(UInt8.comma)
          text.put(cell: cells.0, of: bytes)
          text.put(UInt8.comma)
          if places[1] != RowBatch.noColumn {
            text.put(cell: cells.1, of: bytes)
            text.put(UInt8.comma)
          }
          if places[2] != RowBatch.noColumn {
            text.put(cell: cells.2, of: bytes)
            text.put(UInt8.comma)
          }
          text.put(words.outcome)
          text.put(words.before)
          text.put(words.after)
          text.put(time)
          text.put(UInt8.lineEnd)
        }
        if !isPlain { append(batch, index, verdicts[index], nil) }
      }
      try stream.spillIfFull()
    }
  }

  /// What a line holds besides its keys: two numbers, commas, four words, and its end.
  private static let otherBytesMax = 2 * 10 + 6 + 4 * ShortWord.bytesMax

  /// Appends any row at all.
  private mutating func append(
    _ batch: RowBatch, _ index: Int, _ verdict: Verdict, _ rejection: RejectionText?
  ) {
    stream.text.append(digits: batch.rows[index].number)
    stream.text.append(UInt8.comma)
    stream.text.append(digits: batch.rows[index].line)
    stream.text.append(UInt8.comma)
    for key in columns.keys {
      stream.text.append(cell: batch.bytes.span.extracting(batch.cell(index, key).range))
      stream.text.append(UInt8.comma)
    }
    columns.append(verdict, rejection, &times, to: &stream.text)
  }

  consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer { try stream.finish(as: name) }
}

extension RowBatch {
  /// Stands in `places` for a column that the kind does not have.
  static let noPlace = 255
  /// Stands in place of a column for none at all.
  static let noColumn = -1

  /// The cell at a place behind the first one of its row.
  @inline(__always)
  func cell(_ first: Int, _ place: Int) -> Slice {
    cells.isEmpty || place < 0 || place == RowBatch.noPlace ? .absent : cells[first + place]
  }
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
  /// The same as they stand in plain lines; a state's comma with it, and first the comma of no state.
  private let plainOutcomes = Outcome.allCases.map { ShortWord("\($0.name),,,,") }
  private let plainStates = ([""] + ShipmentState.names).map { ShortWord("\($0),") }

  /// Made once for each kind: a small file has less to say than these words.
  static func of(_ kind: Kind) -> ResultColumns { all[Int(kind.rawValue)] }
  private static let all = Kind.allCases.map { ResultColumns(kind: $0) }

  private init(kind: Kind) {
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

  /// Where in a row's cells the keys stand; `RowBatch.noColumn` in place of those that there are not.
  func places(in batch: RowBatch) -> InlineArray<3, Int> {
    InlineArray { $0 < keys.count ? Int(batch.places[Int(keys[$0].rawValue)]) : RowBatch.noColumn }
  }

  /// The words of a row that was not rejected; one that waits says for what, and is left to `append`.
  @inline(__always)
  func words(of verdict: borrowing Verdict) -> (outcome: ShortWord, before: ShortWord, after: ShortWord) {
    (
      plainOutcomes[Int(verdict.outcome.rawValue)],
      plainStates[verdict.before.map { Int($0.rawValue) + 1 } ?? 0],
      plainStates[verdict.after.map { Int($0.rawValue) + 1 } ?? 0]
    )
  }

  /// Appends the cells from `outcome` on, and the line end.
  func append(
    _ verdict: Verdict, _ rejection: RejectionText?, _ times: inout TimeText, to text: inout AnswerText
  ) {
    let comma = UInt8(ascii: ",")
    outcomes.append(Int(verdict.outcome.rawValue), to: &text)
    if let rejection {
      text.append(rejection.code)
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
