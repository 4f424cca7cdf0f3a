/// Rows as Formats would hand them over, with the verdict that the judge would give: what the answers are made from.

import Files
import Orders
import TestSupport

@testable import Outbox

/// One row of an input and what it came to.
struct SampleRow {
  var cells: [(Column, String)]
  /// CSV: the record's cells in the sender's order.
  var record: [String] = []
  var raw = ""
  var line: UInt32?
  var time: Timestamp?
  var quantity: Int32 = -1
  var said: Said

  enum Said {
    case outcome(Outcome, before: ShipmentState?, after: ShipmentState?)
    case rejected([(RejectionCode, Column?)], Cause?)
  }

  static func applied(
    _ cells: [(Column, String)], from before: ShipmentState? = nil, to after: ShipmentState? = nil,
    at time: Timestamp? = nil
  ) -> SampleRow {
    SampleRow(cells: cells, time: time, said: .outcome(.applied, before: before, after: after))
  }

  static func rejected(
    _ cells: [(Column, String)], _ faults: [(RejectionCode, Column?)], record: [String] = [],
    raw: String = "",
    cause: Cause? = nil
  ) -> SampleRow {
    SampleRow(cells: cells, record: record, raw: raw, said: .rejected(faults, cause))
  }
}

/// Rows cut into batches of the given size, numbered from `first`.
struct SampleFile {
  var kind: Kind
  var rows: [SampleRow]
  var layout = FileLayout(format: .csv)
  var partner = PartnerProfile.dtdcRaftaar
  var name = "manifests-0711.csv"

  /// Everything that answers the file, in the order of the staged answers.
  func answers(batchRows: Int = 1000, in folder: Folder) throws -> (
    files: AnswerFiles, staged: [StagedAnswer]
  ) {
    let files = AnswerFiles(
      partner: partner, kind: kind, names: AnswerNames(inputName: Array(name.utf8), tilde: nil),
      staging: folder, stagingPrefix: ".7-")
    var first = 0
    while first < rows.count {
      let end = min(first + batchRows, rows.count)
      let (batch, verdicts) = batch(first..<end)
      try files.append(batch, verdicts, layout: layout)
      first = end
    }
    return (files, try files.finish())
  }

  /// The text of the answer whose name has the ending; nil when there is none.
  func text(_ ending: String, batchRows: Int = 1000) throws -> String? {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      let answer = try answers(batchRows: batchRows, in: folder).staged.first {
        $0.name == Array((name + ending).utf8)
      }
      return try answer.map { String(decoding: try $0.bytes(in: folder), as: UTF8.self) }
    }
  }

  func batch(_ range: Range<Int>) -> (RowBatch, [Verdict]) {
    var batch = RowBatch(kind: kind)
    var verdicts: [Verdict] = []
    for index in range {
      let sample = rows[index]
      var row = RowBatch.Row(
        number: UInt32(index + 1), line: sample.line ?? UInt32(index + 2), raw: batch.put(sample.raw))
      row.time = sample.time
      row.quantity = sample.quantity
      row.firstRecordCell = UInt32(batch.recordCells.count)
      row.recordCellCount = UInt32(sample.record.count)
      for cell in sample.record { batch.recordCells.append(batch.put(cell)) }
      for column in kind.columns {
        let text = sample.cells.first { $0.0 == column.column }?.1
        batch.cells.append(text.map { batch.put($0) } ?? .absent)
      }
      batch.rows.append(row)
      verdicts.append(verdict(sample, in: batch))
    }
    return (batch, verdicts)
  }

  private func verdict(_ sample: SampleRow, in batch: RowBatch) -> Verdict {
    switch sample.said {
    case .outcome(let outcome, let before, let after):
      return Verdict(outcome, before: before, after: after, at: sample.time)
    case .rejected(let faults, let cause):
      let row = batch.rows.count - 1
      return .rejected(
        faults.map { Fault($0.0, $0.1, value: $0.1.map { batch.cell(row, $0) } ?? .absent) }, cause: cause,
        at: sample.time)
    }
  }
}

extension RowBatch {
  mutating func put(_ text: String) -> Slice {
    let slice = Slice(offset: bytes.count, length: text.utf8.count)
    bytes.append(contentsOf: text.utf8)
    return slice
  }
}

extension StagedAnswer {
  /// What will be published.
  func bytes(in staging: Folder) throws -> [UInt8] {
    switch content {
    case .inline(let bytes): bytes
    case .file(let name): try readWhole(staging, name, limit: 1 << 30)
    }
  }
}

/// 2026-11-21 00:00:00 in Kolkata, and some time after it.
func time(_ seconds: Int64, milliseconds: Int64 = 0) -> Timestamp {
  Timestamp(milliseconds: (1_795_199_400 + seconds) * 1000 + milliseconds)
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
