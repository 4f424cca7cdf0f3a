/// The reader as a stream: bounded memory, one pass, failures of the source passed on.
import Formats
import Orders
import Testing

@Suite struct RowReaderTests {
  private struct SourceFailure: Error, Equatable {}

  @Test(
    "Memory stays at the size of a chunk, whatever the size of the file",
    arguments: [FileFormat.csv, .json, .jsonLines])
  func memoryIsBounded(format: FileFormat) throws {
    var terms = ReadingTerms(kind: .documents, format: format)
    terms.chunkBytes = 16 << 10
    let record = Array(
      (format == .csv
        ? "I-0123456789,label\n" : "{\"invoice_id\":\"I-0123456789\",\"document\":\"l\\u0061bel\"}").utf8)
    var opening = Array((format == .csv ? "invoice_id,document\n" : format == .json ? "[" : "").utf8)
    let behind: [UInt8] = format == .csv ? [] : format == .json ? [44] : [10]
    var left = 20_000
    var reader = RowReader(terms) { buffer, count in
      var given = 0
      while given < count {
        if opening.isEmpty {
          if left < 0 { break }
          left -= 1
          opening =
            left < 0 ? (format == .json ? [93] : []) : record + (left == 0 && format == .json ? [] : behind)
          if opening.isEmpty { break }
        }
        let taken = min(opening.count, count - given)
        buffer.append(contentsOf: opening[..<taken])
        opening.removeFirst(taken)
        given += taken
      }
      return given
    }
    var batch = RowBatch(kind: .documents)
    var rows = 0
    var batches = 0
    while try reader.next(into: &batch) {
      rows += batch.rows.count
      batches += 1
      #expect(batch.bytes.count <= 2 * terms.chunkBytes)
      #expect(batch.bytes.capacity <= 8 * terms.chunkBytes)
    }
    #expect(rows == 20_000)
    #expect(batches > 20)
    #expect(try !reader.next(into: &batch) && batch.rows.isEmpty)
  }

  @Test("What the source throws comes through")
  func sourceFails() throws {
    var calls = 0
    var reader = RowReader(ReadingTerms(kind: .documents, format: .csv)) { buffer, _ in
      calls += 1
      if calls > 2 { throw SourceFailure() }
      buffer.append(contentsOf: Array("inv".utf8))
      return 3
    }
    var batch = RowBatch(kind: .documents)
    #expect(throws: SourceFailure()) { try reader.next(into: &batch) }
  }

  @Test("A batch is never empty, however many blank lines a file has")
  func blankLines() throws {
    let file =
      "invoice_id,document\n" + String(repeating: "\n", count: 5000) + "A,\n"
      + String(repeating: "\r\n", count: 5000) + "B,\n"
    let seen = try read(file, ReadingTerms(kind: .documents, format: .csv), chunk: 64)
    #expect(seen.rows.map(\.line) == [5002, 10003])
    let lines =
      String(repeating: " \n", count: 5000) + "{\"invoice_id\":\"A\"}" + String(repeating: "\n", count: 5000)
    #expect(
      try read(lines, ReadingTerms(kind: .documents, format: .jsonLines), chunk: 64).rows.map(\.line) == [
        5001
      ])
  }

  @Test("The layout is known after the first batch")
  func layout() throws {
    let file = Array("a;invoice_id;b\n".utf8) + Array("1;I;2\n".utf8)
    var place = 0
    var reader = RowReader(ReadingTerms(kind: .documents, format: .csv)) { buffer, count in
      let taken = min(count, file.count - place)
      buffer.append(contentsOf: file[place..<place + taken])
      place += taken
      return taken
    }
    var batch = RowBatch(kind: .documents)
    #expect(try reader.next(into: &batch))
    #expect(reader.layout.delimiter == UInt8(ascii: ";"))
    #expect(reader.layout.header == [Array("a".utf8), Array("invoice_id".utf8), Array("b".utf8)])
    #expect(reader.layout.ownCells == 3)
    #expect(batch.text(batch.cell(0, .invoiceID)).elementsEqual("I".utf8))
  }
}
