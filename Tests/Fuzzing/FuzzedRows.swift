// A fuzzed file of rows must come out the same however it is cut, with every line accounted for, and as the plainest reader has it.

import Formats
import Foundation
import Orders

/// A CSV, JSON or JSON Lines file of any bytes.
struct FuzzedRows {
  let input: [UInt8]
  let terms: ReadingTerms
  /// Tight bounds are met by small files; the plain readers know no bounds, so then only the cuts are compared.
  let isTight: Bool

  init(_ input: [UInt8], _ format: FileFormat) {
    self.input = input
    let choice = input.fingerprint
    let kinds: [Kind] = [.orders, .cancellations, .documents, .scans, .inventory]
    let kind = recogniseKind(firstBytes: input, format: format) ?? kinds[Int(choice % 5)]
    var terms = ReadingTerms(kind: kind, format: format)
    isTight = choice >> 8 & 7 == 0
    if isTight {
      terms.bounds.recordBytesMax = 20 + Int(choice >> 16 & 63)
      terms.bounds.cellBytesMax = 4 + Int(choice >> 24 & 31)
      terms.bounds.columnsMax = 3 + Int(choice >> 32 & 7)
      terms.bounds.depthMax = 2 + Int(choice >> 40 & 3)
      terms.bounds.linesPerOrderMax = 2
    }
    self.terms = terms
  }

  func check() throws {
    let whole = try FuzzedReading(input, terms)
    try compareCuts(whole)
    try checkNumbers(whole)
    if isTight || terms.kind == .carriers || whole.layout.hasCredentials { return }
    switch terms.format {
    case .csv: try PlainCSV.check(input, whole)
    case .json: try PlainJSON.checkDocument(input, whole, depthMax: terms.bounds.depthMax)
    case .jsonLines: try PlainJSON.checkLines(input, whole, depthMax: terms.bounds.depthMax)
    }
  }

  /// "Same result whatever the chunk sizes"; the smallest ones of small files only, because they cost the square of the size.
  private func compareCuts(_ whole: FuzzedReading) throws {
    var cuts: [(piece: Int, chunk: Int)] = [(.max, 7), (3, 64), (.max, 300)]
    if input.count <= 600 { cuts.append((1, 1)) }
    for cut in cuts where cut.chunk > 1 || input.count <= 600 {
      if cut.chunk < 64 && input.count > 5_000 { continue }
      let other = try FuzzedReading(input, terms, piece: cut.piece, chunk: cut.chunk)
      // Which of two bounds it goes over first may depend on the cut, not that it goes over one.
      let isOver = [other, whole].allSatisfy { $0.fault?.faults.map(\.code) == [.overBound] }
      let what = "cut into pieces of \(cut.piece) and chunks of \(cut.chunk)"
      try expect(
        isOver || other.fault == whole.fault,
        "\(what): \(other.fault, as: "read") for \(whole.fault, as: "read")")
      // Rows that were handed out before a file turned out to be unsound do not stand.
      if whole.fault == nil {
        try expect(other.layout == whole.layout, "\(what): another layout")
        try expect(
          other.rows.count == whole.rows.count, "\(what): \(other.rows.count) rows for \(whole.rows.count)")
        for (one, two) in zip(other.rows, whole.rows) { try expect(one == two, "\(what): \(one) for \(two)") }
      }
    }
  }

  /// Rows are numbered without gaps, lie on lines that the file has, in order, and repeat bytes of the file.
  private func checkNumbers(_ whole: FuzzedReading) throws {
    guard whole.fault == nil else { return }
    var lineCount = 1
    for (place, byte) in input.enumerated() {
      let isPair = byte == 13 && place + 1 < input.count && input[place + 1] == 10
      if byte == 10 || byte == 13 && !isPair { lineCount += 1 }
    }
    var line: UInt32 = 0
    for (index, row) in whole.rows.enumerated() {
      try expect(row.number == UInt32(index + 1), "row \(index + 1) is numbered \(row.number)")
      let isBehind = terms.format == .json ? row.line >= line : row.line > line
      try expect(
        isBehind && Int(row.line) <= lineCount, "row \(row.number) is said to lie on line \(row.line)")
      line = row.line
      for fault in row.faults where fault.code.rawValue < 150 && fault.code != .overBound {
        let isOffset = fault.code != .cellCountDiffers
        try expect(
          !isOffset || fault.number >= 0 && fault.number <= 2 * Int64(input.count),
          "row \(row.number): \(fault.code) at \(fault.number)")
      }
    }
  }
}

extension String.StringInterpolation {
  fileprivate mutating func appendInterpolation(_ fault: FileFault?, as otherwise: String) {
    appendLiteral(fault.map { "\($0)" } ?? otherwise)
  }
}
