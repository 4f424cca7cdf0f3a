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
  private let opening = Array(#"{"awb":"#.utf8)
  private let success = Array(#","status":true,"status_update_number":"#.utf8)
  private let failure = Array(#","status":false,"reason":"#.utf8)
  private let failedNumber = Array(#","status_update_number":"#.utf8)

  init(staging: Folder, stagedName: [UInt8]) {
    stream = AnswerStream(staging: staging, stagedName: stagedName)
  }

  /// Appends the answers to the rows of a batch; `texts` holds the words of its rejected rows, in their order.
  mutating func append(_ batch: RowBatch, _ verdicts: [Verdict], _ texts: [RejectionText]) throws(FileError) {
    let width = batch.width
    let awbPlace = Int(batch.places[Int(Column.awbNumber.rawValue)])
    let numberPlace = Int(batch.places[Int(Column.statusUpdateNumber.rawValue)])
    precondition(awbPlace != RowBatch.noPlace && numberPlace != RowBatch.noPlace, "replies answer scans")
    let (opening, success, failure, failedNumber) = (opening, success, failure, failedNumber)
    var nextText = 0
    for index in batch.rows.indices {
      let awb = batch.cells.isEmpty ? .absent : batch.cells[index * width + awbPlace]
      let number = batch.cells.isEmpty ? .absent : batch.cells[index * width + numberPlace]
      stream.text.append(opening.span)
      stream.text.append(json: batch.bytes.span.extracting(awb.range))
      if verdicts[index].outcome.isRejected {
        stream.text.append(failure.span)
        stream.text.append(json: texts[nextText].message)
        stream.text.append(failedNumber.span)
        nextText += 1
      } else {
        stream.text.append(success.span)
      }
      stream.text.append(number: batch.bytes.span.extracting(number.range))
      stream.text.append(UInt8(ascii: "}"))
      stream.text.append(UInt8.lineEnd)
      try stream.spillIfFull()
    }
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
