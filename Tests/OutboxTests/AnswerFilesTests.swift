import Files
import Orders
import TestSupport
import Testing

@testable import Outbox

@Suite("The answers of one input")
struct AnswerFilesTests {
  /// Scans of all outcomes; every seventh is rejected.
  private func scans(_ count: Int) -> SampleFile {
    let outcomes: [Outcome] = [.applied, .duplicate, .recorded, .parked]
    let rows = (0..<count).map { index in
      let cells: [(Column, String)] = [
        (.awbNumber, index % 5 == 0 ? "" : "\(1000 + index)"), (.statusUpdateNumber, "\(index)"),
        (.orderNumber, "=SO,\(index)"),
      ]
      if index % 7 == 3 {
        let code: RejectionCode = index % 2 == 0 ? .unknownShipment : .badTime
        return SampleRow.rejected(cells, [(code, .awbNumber)], raw: #"{"awb":"\#(index)"}"#)
      }
      return SampleRow(
        cells: cells, time: time(Int64(index * 37)),
        said: .outcome(outcomes[index % 4], before: .shipped, after: .inTransit))
    }
    return SampleFile(
      kind: .scans, rows: rows, layout: FileLayout(format: .jsonLines), partner: .ecomExpress,
      name: "scans.jsonl")
  }

  @Test("The bytes do not depend on how rows are cut into batches", arguments: [1, 2, 3, 64, 999, 5000])
  func batches(batchRows: Int) throws {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      let whole = try scans(1200).answers(batchRows: 1200, in: folder)
      let wholeBytes = try whole.staged.map { try $0.bytes(in: folder) }
      let cut = try scans(1200).answers(batchRows: batchRows, in: folder)
      #expect(try cut.staged.map { try $0.bytes(in: folder) } == wholeBytes)
      #expect(cut.staged.map(\.sha256) == whole.staged.map(\.sha256))
      #expect(cut.files.rejections == whole.files.rejections)
      #expect(cut.files.totals == whole.files.totals)
      #expect(cut.files.counts == whole.files.counts)
    }
  }

  @Test(
    "Short answers travel inside the transaction, long ones lie in the staging folder, with the same bytes")
  func spilling() throws {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      let small = try scans(20).answers(in: folder).staged
      #expect(try folder.list().isEmpty)
      for answer in small {
        guard case .inline(let bytes) = answer.content else {
          Issue.record("a small answer was spilled")
          continue
        }
        #expect(answer.sha256 == SHA256.hash(bytes))
        #expect(answer.byteCount == bytes.count)
      }
      let large = try scans(9000).answers(in: folder).staged
      #expect(Set(try folder.list().map { legible($0.name) }) == [".7-result", ".7-errors", ".7-reply"])
      for (answer, start) in zip(large, small) {
        let bytes = try answer.bytes(in: folder)
        #expect(bytes.count > StagedAnswer.inlineBytesMax)
        #expect(answer.byteCount == bytes.count)
        #expect(answer.sha256 == SHA256.hash(bytes))
        #expect(bytes.starts(with: try start.bytes(in: folder)))
      }
    }
  }

  @Test("A staged file left by a killed run is written anew")
  func leftover() throws {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      let first = try scans(9000).answers(in: folder).staged
      let again = try scans(9000).answers(in: folder).staged
      #expect(again == first)
      #expect(SHA256.hash(try again[0].bytes(in: folder)) == first[0].sha256)
    }
  }

  @Test("Discarded answers leave nothing aside")
  func discarding() throws {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      let (files, staged) = try scans(9000).answers(in: folder)
      #expect(staged.count == 3)
      files.discard()
      #expect(try folder.list().isEmpty)
      let unfinished = AnswerFiles(
        partner: .ecomExpress, kind: .scans, names: AnswerNames(inputName: Array("s.jsonl".utf8), tilde: nil),
        staging: folder, stagingPrefix: ".8-")
      let (batch, verdicts) = scans(9000).batch(0..<9000)
      try unfinished.append(batch, verdicts, layout: FileLayout(format: .jsonLines))
      #expect(try folder.list().isEmpty == false)
      unfinished.discard()
      #expect(try folder.list().isEmpty)
    }
  }

  @Test("Rows are counted by outcome, and rejections by the code of their first fault")
  func counting() throws {
    try withTemporaryFolder { place in
      let (files, staged) = try scans(1400).answers(in: try Folder(path: place.path))
      #expect(
        staged.map { legible($0.name) } == [
          "scans.jsonl.result.csv", "scans.jsonl.errors.jsonl", "scans.jsonl.reply.jsonl",
        ])
      #expect(files.counts.read == 1400)
      #expect(files.counts[.rejected] == 200)
      #expect(files.counts.isConserved)
      #expect(files.rejections.map(\.code) == [.badTime, .unknownShipment])
      #expect(files.rejections.map(\.count) == [100, 100])
      #expect(files.rejections[0].rows.prefix(3) == [4, 18, 32])
      #expect(files.rejections[0].sentence == RejectionCode.badTime.meaning.sentence)
      #expect(files.totals.awbNumbers == 1120)
    }
  }

  @Test("A group names its first hundred rows only")
  func groups() {
    var group = RejectionGroup(code: .unknownOrder)
    for row in 1...250 { group.add(row: UInt32(row)) }
    #expect(group.count == 250)
    #expect(group.rows == Array(1...100))
  }

  @Test("Pieces are summed over all rows that say how many")
  func quantity() throws {
    let rows = [3, -1, 0, 4].map { pieces in
      var row = SampleRow.applied([(.sku, "S")])
      row.quantity = Int32(pieces)
      return row
    }
    try withTemporaryFolder { place in
      let (files, _) = try SampleFile(kind: .inventory, rows: rows).answers(in: try Folder(path: place.path))
      #expect(files.totals.quantity == 7)
      #expect(files.totals.awbNumbers == 0)
    }
  }

  @Test("Rows of which no cell could be read are answered all the same")
  func unreadable() throws {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      let files = AnswerFiles(
        partner: .ecomExpress, kind: .scans, names: AnswerNames(inputName: Array("s.jsonl".utf8), tilde: nil),
        staging: folder, stagingPrefix: ".1-")
      var batch = RowBatch(kind: .scans)
      batch.rows = [RowBatch.Row(number: 1, line: 1, raw: batch.put("{{"))]
      try files.append(
        batch, [.rejected([Fault(.brokenJSON, number: 1)])], layout: FileLayout(format: .jsonLines))
      let texts = try files.finish().map { String(decoding: try $0.bytes(in: folder), as: UTF8.self) }
      #expect(texts.count == 3)
      #expect(texts[0].split(separator: "\n")[1].hasPrefix("1,1,,,,rejected,W102,"))
      #expect(texts[1].hasPrefix(#"{"_raw":"{{","_error":{"#))
      #expect(texts[2].hasPrefix(#"{"awb":"","status":false,"#))
    }
  }
}
