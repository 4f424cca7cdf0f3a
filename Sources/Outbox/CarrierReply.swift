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

  init(staging: Folder, stagedName: [UInt8]) {
    stream = AnswerStream(staging: staging, stagedName: stagedName)
  }

  mutating func append(_ batch: RowBatch, _ verdicts: [Verdict], _ texts: [RejectionText]) throws(FileError) {
    let width = batch.kind.columns.count
    let awbPlace = Int(batch.places[Int(Column.awbNumber.rawValue)])
    let numberPlace = Int(batch.places[Int(Column.statusUpdateNumber.rawValue)])
    precondition(awbPlace != 255 && numberPlace != 255, "replies answer scans")
    var nextText = 0
    for index in batch.rows.indices {
      let awb = batch.cells.isEmpty ? .absent : batch.cells[index * width + awbPlace]
      let number = batch.cells.isEmpty ? .absent : batch.cells[index * width + numberPlace]
      stream.buffer.append(contentsOf: Pieces.awb)
      stream.buffer.appendJSON(batch.bytes[awb.range])
      if verdicts[index].outcome == .rejected {
        stream.buffer.append(contentsOf: Pieces.failure)
        stream.buffer.appendJSON(texts[nextText].message)
        nextText += 1
      } else {
        stream.buffer.append(contentsOf: Pieces.success)
      }
      stream.buffer.append(contentsOf: Pieces.number)
      stream.buffer.appendNumber(batch.bytes[number.range])
      stream.buffer.append(contentsOf: Pieces.end)
      try stream.spillIfFull()
    }
  }

  consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer { try stream.finish(as: name) }

  private enum Pieces {
    static let awb = Array(#"{"awb":"#.utf8)
    static let success = Array(#","status":true"#.utf8)
    static let failure = Array(#","status":false,"reason":"#.utf8)
    static let number = Array(#","status_update_number":"#.utf8)
    static let end = Array("}\n".utf8)
  }
}

extension [UInt8] {
  fileprivate mutating func appendNumber(_ digits: ArraySlice<UInt8>) {
    if digits.isEmpty {
      append(text: "null")
    } else if digits.allSatisfy(isDigit), digits.count == 1 || digits.first != UInt8(ascii: "0") {
      append(contentsOf: digits)
    } else {
      appendJSON(digits)
    }
  }
}
