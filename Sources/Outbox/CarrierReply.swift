// The carrier reply answers every scan in the shape that the carrier's own push interface expects.

import Files
import Orders

/// `NAME.ext.reply.jsonl`: one line for each row, in row order, for a carrier that gets its own shape.
///
/// `{"awb":"…","status":true,"status_update_number":…}`, or `"status":false,"reason":"…"` before the number. A number of
/// digits alone stands unquoted, exactly as it was sent; one with a leading zero is no number in JSON and keeps its
/// quotes; an absent one is null. A row that was kept without moving anything is a success for the carrier.
struct CarrierReply: ~Copyable {
  private var stream: AnswerStream
  private let opening = ShortWord(#"{"awb":""#)
  private let success = ShortWord(#"","status":true,"#)
  private let number = ShortWord(#""status_update_number":"#)
  private let ending = ShortWord("}\n")

  init(staging: Folder, stagedName: [UInt8]) {
    stream = AnswerStream(staging: staging, stagedName: stagedName)
  }

  /// Appends the answers to the rows of a batch; `texts` holds the words of its rejected rows, in their order.
  mutating func append(_ batch: RowBatch, _ verdicts: [Verdict], _ texts: [RejectionText]) throws(FileError) {
    let awbPlace = Int(batch.places[Int(Column.awbNumber.rawValue)])
    let numberPlace = Int(batch.places[Int(Column.statusUpdateNumber.rawValue)])
    precondition(awbPlace != RowBatch.noPlace && numberPlace != RowBatch.noPlace, "replies answer scans")
    let (opening, success, number, ending) = (opening, success, number, ending)
    let (bytes, verdictsInOrder) = (batch.bytes.span, verdicts.span)
    var nextText = 0
    for index in batch.rows.indices {
      let awb = batch.cell(index * batch.width, awbPlace)
      let own = batch.cell(index * batch.width, numberPlace)
      if verdictsInOrder[index].outcome.isRejected {
        append(bytes.extracting(awb.range), bytes.extracting(own.range), reason: texts[nextText].message)
        nextText += 1
      } else {
        // Nearly every line is a plain one, and its number one of digits.
        let isPlain = stream.text.appendLine(
          upTo: Int(awb.length) + Int(own.length) + 4 * ShortWord.bytesMax
        ) { text in
          text.put(opening)
          text.put(plainJSON: awb, of: bytes)
          text.put(success)
          text.put(number)
          text.put(digits: bytes, from: Int(own.offset), count: Int(own.length))
          if own.isAbsent || bytes[Int(own.offset)] == UInt8(ascii: "0") { text.giveUp() }
          text.put(ending)
        }
        if !isPlain { append(bytes.extracting(awb.range), bytes.extracting(own.range), reason: nil) }
      }
      try stream.spillIfFull()
    }
  }

  /// Appends the answer to any row at all.
  private mutating func append(_ awb: Span<UInt8>, _ number: Span<UInt8>, reason: [UInt8]?) {
    stream.text.append(#"{"awb":"#)
    stream.text.append(json: awb)
    if let reason {
      stream.text.append(#","status":false,"reason":"#)
      stream.text.append(json: reason)
      stream.text.append(#","status_update_number":"#)
    } else {
      stream.text.append(#","status":true,"status_update_number":"#)
    }
    stream.text.append(number: number)
    stream.text.append("}\n")
  }

  consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer { try stream.finish(as: name) }
}

extension AnswerText {
  fileprivate mutating func append(number: Span<UInt8>) {
    if number.isEmpty { return append("null") }
    var others: UInt8 = 0
    for index in number.indices { others |= isDigit(number[index]) ? 0 : 1 }
    if others == 0, number.count == 1 || number[0] != UInt8(ascii: "0") {
      append(number)
    } else {
      append(json: number)
    }
  }
}
