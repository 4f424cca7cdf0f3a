// A fuzzed reading is everything a reader made of a file, in values that can be compared.

import Formats
import Orders

/// What became of one record.
struct ReadRow: Equatable {
  var number: UInt32
  var line: UInt32
  var raw: [UInt8]
  var cells: [[UInt8]]
  var record: [[UInt8]]
  var faults: [ReadFault]
  var time: Int64?
  var quantity: Int32
  var scanNumber: UInt64
  var lines: [[UInt8]]
}

/// A fault with its value in place of where the value lay.
struct ReadFault: Equatable {
  var code: RejectionCode
  var column: Column?
  var value: [UInt8]
  var number: Int64
  var second: Int64
}

/// A file as it was read.
struct FuzzedReading: Equatable {
  var rows: [ReadRow] = []
  /// Nil: it was read to its end.
  var fault: FileFault?
  var layout = FileLayout(format: .csv)

  /// - Parameters:
  ///   - piece: how many bytes the disk gives at once.
  ///   - chunk: how many bytes the reader takes in at once; nil: as many as it likes.
  init(_ bytes: [UInt8], _ terms: ReadingTerms, piece: Int = .max, chunk: Int? = nil) throws {
    var terms = terms
    if let chunk { terms.chunkBytes = chunk }
    var place = 0
    var reader = RowReader(terms) { buffer, count in
      let taken = min(count, piece, bytes.count - place)
      buffer.append(contentsOf: bytes[place..<place + taken])
      place += taken
      return taken
    }
    var batch = RowBatch(kind: terms.kind)
    do {
      while try reader.next(into: &batch) {
        for row in batch.rows.indices { rows.append(ReadRow(row, of: batch)) }
      }
    } catch let fault as FileFault {
      self.fault = fault
    }
    layout = reader.layout
  }
}

extension ReadRow {
  init(_ row: Int, of batch: RowBatch) {
    let facts = batch.rows[row]
    var cells = batch.recordCells(of: row)
    var record: [[UInt8]] = []
    while let cell = cells.next(in: batch) { record.append(Array(batch.text(cell))) }
    let lines = Int(facts.firstLine)..<Int(facts.firstLine + facts.lineCount)
    self.init(
      number: facts.number, line: facts.line, raw: Array(batch.text(facts.raw)),
      cells: batch.kind.columns.map { Array(batch.text(batch.cell(row, $0.column))) },
      record: record,
      faults: batch.faults(of: row).map {
        ReadFault(
          code: $0.code, column: $0.column, value: Array(batch.text($0.value)), number: $0.number,
          second: $0.second)
      },
      time: facts.time?.milliseconds, quantity: facts.quantity, scanNumber: facts.scanNumber,
      lines: batch.lines[lines].flatMap {
        [
          Array(batch.text($0.suborderID)), Array(batch.text($0.sku)),
          Array("\($0.quantity) \($0.priceMillionths) \($0.cancelled)".utf8),
        ]
      })
  }

  /// Was it read, whatever it holds? What is said of its content is not asked.
  var isSoundSyntax: Bool { !faults.contains { $0.code.rawValue < 200 } }
}
