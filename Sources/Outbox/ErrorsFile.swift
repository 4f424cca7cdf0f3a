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
    for index in batch.rows.indices where verdicts[index].outcome == .rejected {
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
      stream.buffer.appendCell(cell, delimiter: layout.delimiter)
      stream.buffer.append(layout.delimiter)
    }
    for (place, name) in errorColumns.enumerated() {
      if place > 0 { stream.buffer.append(layout.delimiter) }
      stream.buffer.append(text: name)
    }
    stream.buffer.append(.lineEnd)
  }

  private mutating func appendCells(_ batch: RowBatch, _ index: Int, _ text: RejectionText) {
    let row = batch.rows[index]
    if isCut(row, text.code) {
      let first = Int(row.firstRecordCell)
      for place in layout.header.indices {
        if place < Int(row.recordCellCount), place < layout.ownCells {
          let cell = batch.recordCells[first + place]
          if secretCells[place] {
            if !cell.isAbsent { stream.buffer.append(contentsOf: secretMark) }
          } else {
            stream.buffer.appendCell(batch.bytes[cell.range], delimiter: layout.delimiter)
          }
        }
        stream.buffer.append(layout.delimiter)
      }
    } else {
      let raw = kind == .carriers ? secretMark[...] : batch.bytes[row.raw.range]
      stream.buffer.appendCell(raw, delimiter: layout.delimiter)
      for _ in layout.header { stream.buffer.append(layout.delimiter) }
    }
    appendOwnCells(row, text)
  }

  /// Could the record be cut into the header's cells?
  private func isCut(_ row: RowBatch.Row, _ code: RejectionCode) -> Bool {
    switch code {
    case .unclosedQuote, .strayQuote, .cellCountDiffers, .truncated, .overBound: false
    default: Int(row.recordCellCount) >= layout.ownCells
    }
  }

  private mutating func appendOwnCells(_ row: RowBatch.Row, _ text: RejectionText) {
    let delimiter = layout.delimiter
    stream.buffer.appendCell(inputName, delimiter: delimiter)
    stream.buffer.append(delimiter)
    stream.buffer.appendDecimal(row.number)
    stream.buffer.append(delimiter)
    stream.buffer.appendDecimal(row.line)
    stream.buffer.append(delimiter)
    stream.buffer.append(text: text.code.name)
    stream.buffer.append(delimiter)
    stream.buffer.appendCell(text.field, delimiter: delimiter)
    stream.buffer.append(delimiter)
    stream.buffer.appendCell(text.message, delimiter: delimiter)
    stream.buffer.append(delimiter)
    if let cause = text.cause { stream.buffer.append(text: cause.state.name) }
    stream.buffer.append(delimiter)
    if let since = text.cause?.since { times.append(since, to: &stream.buffer) }
    stream.buffer.append(delimiter)
    if let source = text.cause?.setBy { stream.buffer.appendCell(source.words, delimiter: delimiter) }
    stream.buffer.append(delimiter)
    if let cause = text.cause { stream.buffer.appendCell(cause.allowedWords, delimiter: delimiter) }
    stream.buffer.append(.lineEnd)
  }

  // MARK: JSON

  private mutating func appendObject(_ batch: RowBatch, _ index: Int, _ text: RejectionText) {
    let row = batch.rows[index]
    let raw = batch.bytes[row.raw.range]
    if let members = ObjectText.members(of: raw, hidingSecrets: kind == .carriers) {
      stream.buffer.append(UInt8(ascii: "{"))
      stream.buffer.append(contentsOf: members)
      if !members.isEmpty { stream.buffer.append(UInt8(ascii: ",")) }
    } else {
      stream.buffer.append(text: #"{"_raw":"#)
      stream.buffer.appendJSON(kind == .carriers ? secretMark[...] : raw)
      stream.buffer.append(UInt8(ascii: ","))
    }
    appendErrorMember(row, text)
    stream.buffer.append(text: "}\n")
  }

  private mutating func appendErrorMember(_ row: RowBatch.Row, _ text: RejectionText) {
    stream.buffer.append(text: #""_error":{"file":"#)
    stream.buffer.appendJSON(inputName)
    stream.buffer.append(text: #","row":"#)
    stream.buffer.appendDecimal(row.number)
    stream.buffer.append(text: #","line":"#)
    stream.buffer.appendDecimal(row.line)
    stream.buffer.append(text: #","code":""#)
    stream.buffer.append(text: text.code.name)
    stream.buffer.append(text: #"","field":"#)
    if text.field.isEmpty { stream.buffer.append(text: "null") } else { stream.buffer.appendJSON(text.field) }
    stream.buffer.append(text: #","message":"#)
    stream.buffer.appendJSON(text.message)
    stream.buffer.append(text: #","shipment_state":"#)
    stream.buffer.appendOptional(text.cause?.state.name)
    stream.buffer.append(text: #","since":"#)
    if let since = text.cause?.since {
      stream.buffer.append(UInt8(ascii: "\""))
      times.append(since, to: &stream.buffer)
      stream.buffer.append(UInt8(ascii: "\""))
    } else {
      stream.buffer.append(text: "null")
    }
    stream.buffer.append(text: #","set_by":"#)
    stream.buffer.appendOptional(text.cause?.setBy?.words)
    stream.buffer.append(text: #","allowed_now":"#)
    stream.buffer.appendOptional(text.cause?.allowedWords)
    stream.buffer.append(UInt8(ascii: "}"))
  }
}

extension [UInt8] {
  fileprivate mutating func appendOptional(_ text: String?) {
    if let text { appendJSON(text) } else { append(text: "null") }
  }
}

extension Source {
  /// The file and its row; of another partner's file only who sent it.
  fileprivate var words: String { file.map { "\($0) row \(row)" } ?? partner }
}

extension Cause {
  fileprivate var allowedWords: String { allowedNow.map(\.name).joined(separator: " ") }
}
