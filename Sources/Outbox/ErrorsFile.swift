// The errors file repeats the rejected rows, and only them, so that they can be corrected and dropped again.

import Files
import Orders

/// `NAME.ext.errors.csv` or `.errors.jsonl`: the sender's own cells or object, then what is wrong with them.
///
/// CSV: the original cells in the original order and delimiter, then `errorColumns`; a record that could not be cut
/// into the header's cells has its text as it was sent in the first cell. JSON: each object on one line with an `_error`
/// member at its end, in place of the one it had if it came from an errors file; what is no object becomes
/// `{"_raw":"…","_error":{…}}`. Secrets of a credentials file appear as `***`.
struct ErrorsFile: ~Copyable {
  private var stream: AnswerStream
  private let layout: FileLayout
  private let kind: Kind
  /// The input's name as valid UTF-8.
  private let inputName: [UInt8]
  private var times: TimeText
  /// CSV: which of the sender's cells are secret.
  private let secretCells: [Bool]

  init(
    kind: Kind, layout: FileLayout, inputName: [UInt8], zone: Zone, staging: Folder, stagedName: [UInt8]
  ) {
    stream = AnswerStream(staging: staging, stagedName: stagedName)
    self.layout = layout
    self.kind = kind
    self.inputName = legibleName(inputName)
    times = TimeText(zone: zone)
    secretCells = layout.header.map { kind == .carriers && namesSecret($0[...]) }
    if layout.format == .csv { appendHeader() }
  }

  /// Appends the rejected rows of a batch; `texts` holds their words, in their order.
  mutating func append(_ batch: RowBatch, _ verdicts: [Verdict], _ texts: [RejectionText]) throws(FileError) {
    var nextText = 0
    for index in batch.rows.indices where verdicts[index].outcome.isRejected {
      let text = texts[nextText]
      nextText += 1
      if layout.format == .csv {
        appendCells(batch, index, text)
      } else {
        appendObject(batch, index, text)
      }
      try stream.spillIfFull()
    }
  }

  consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer { try stream.finish(as: name) }

  // MARK: CSV

  private mutating func appendHeader() {
    for cell in layout.header {
      stream.text.append(cell: cell, delimiter: layout.delimiter)
      stream.text.append(layout.delimiter)
    }
    for (place, name) in errorColumns.enumerated() {
      if place > 0 { stream.text.append(layout.delimiter) }
      stream.text.append(name)
    }
    stream.text.append(UInt8.lineEnd)
  }

  private mutating func appendCells(_ batch: RowBatch, _ index: Int, _ text: RejectionText) {
    let row = batch.rows[index]
    if isCut(row, text.code) {
      var cells = batch.recordCells(of: index)
      for place in layout.header.indices {
        let cell = cells.next(in: batch) ?? .absent
        if !secretCells[place] {
          stream.text.append(cell: batch.bytes.span.extracting(cell.range), delimiter: layout.delimiter)
        } else if !cell.isAbsent {
          stream.text.append(secretMark)
        }
        stream.text.append(layout.delimiter)
      }
    } else {
      if kind == .carriers {
        stream.text.append(secretMark)
      } else {
        stream.text.append(cell: batch.bytes.span.extracting(row.raw.range), delimiter: layout.delimiter)
      }
      for _ in layout.header { stream.text.append(layout.delimiter) }
    }
    appendOwnCells(row, text)
  }

  /// Could the record be cut into the header's cells?
  private func isCut(_ row: RowBatch.Row, _ code: RejectionCode) -> Bool {
    switch code {
    case .unclosedQuote, .strayQuote, .cellCountDiffers, .truncated, .overBound: false
    default: Int(row.recordCellCount) >= layout.header.count
    }
  }

  private mutating func appendOwnCells(_ row: RowBatch.Row, _ text: RejectionText) {
    let delimiter = layout.delimiter
    stream.text.append(cell: inputName, delimiter: delimiter)
    stream.text.append(delimiter)
    stream.text.append(digits: row.number)
    stream.text.append(delimiter)
    stream.text.append(digits: row.line)
    stream.text.append(delimiter)
    stream.text.append(text.code)
    stream.text.append(delimiter)
    stream.text.append(cell: text.field, delimiter: delimiter)
    stream.text.append(delimiter)
    stream.text.append(cell: text.message, delimiter: delimiter)
    stream.text.append(delimiter)
    if let cause = text.cause { stream.text.append(cause.state.name) }
    stream.text.append(delimiter)
    if let since = text.cause?.since { times.append(since, to: &stream.text) }
    stream.text.append(delimiter)
    if let source = text.cause?.setBy { stream.text.append(cell: source.words.bytes, delimiter: delimiter) }
    stream.text.append(delimiter)
    if let cause = text.cause { stream.text.append(cell: cause.allowedWords.bytes, delimiter: delimiter) }
    stream.text.append(UInt8.lineEnd)
  }

  // MARK: JSON

  private mutating func appendObject(_ batch: RowBatch, _ index: Int, _ text: RejectionText) {
    let row = batch.rows[index]
    let raw = batch.bytes.span.extracting(row.raw.range)
    stream.text.append(UInt8(ascii: "{"))
    let start = stream.text.count
    if ObjectText.append(membersOf: raw, hidingSecrets: kind == .carriers, to: &stream.text) {
      if stream.text.count > start { stream.text.append(UInt8(ascii: ",")) }
    } else {
      stream.text.append(#""_raw":"#)
      if kind == .carriers { stream.text.append(json: secretMark) } else { stream.text.append(json: raw) }
      stream.text.append(UInt8(ascii: ","))
    }
    appendErrorMember(row, text)
    stream.text.append("}\n")
  }

  private mutating func appendErrorMember(_ row: RowBatch.Row, _ text: RejectionText) {
    stream.text.append(#""_error":{"file":"#)
    stream.text.append(json: inputName)
    stream.text.append(#","row":"#)
    stream.text.append(digits: row.number)
    stream.text.append(#","line":"#)
    stream.text.append(digits: row.line)
    stream.text.append(#","code":""#)
    stream.text.append(text.code)
    stream.text.append(#"","field":"#)
    if text.field.isEmpty { stream.text.append("null") } else { stream.text.append(json: text.field) }
    stream.text.append(#","message":"#)
    stream.text.append(json: text.message)
    stream.text.append(#","shipment_state":"#)
    stream.text.append(jsonOrNull: text.cause?.state.name)
    stream.text.append(#","since":"#)
    if let since = text.cause?.since {
      stream.text.append(UInt8(ascii: "\""))
      times.append(since, to: &stream.text)
      stream.text.append(UInt8(ascii: "\""))
    } else {
      stream.text.append("null")
    }
    stream.text.append(#","set_by":"#)
    stream.text.append(jsonOrNull: text.cause?.setBy?.words.bytes)
    stream.text.append(#","allowed_now":"#)
    stream.text.append(jsonOrNull: text.cause?.allowedWords.bytes)
    stream.text.append(UInt8(ascii: "}"))
  }
}

extension Source {
  /// The file and its row; of another partner's file only who sent it.
  fileprivate var words: Wording { file.map { "\($0) row \(row)" } ?? Wording(partner) }
}

extension Cause {
  fileprivate var allowedWords: Wording {
    var words: Wording = ""
    for (place, event) in allowedNow.enumerated() {
      if place > 0 { words.append(word: " ") }
      words.append(word: event.name)
    }
    return words
  }
}
