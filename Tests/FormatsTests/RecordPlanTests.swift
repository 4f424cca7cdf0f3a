/// Headers in every order, with columns that nobody knows: each cell comes to its own column, and is there to be repeated.
import Orders
import Testing

@testable import Formats

@Suite struct RecordPlanTests {
  @Test("Whatever the order of the columns, each cell comes to its own", arguments: 0..<300 as Range<UInt64>)
  func everyCellComesToItsColumn(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let kind: Kind = [.scans, .orders, .returns, .reconcile].randomElement(using: &random)!
    let known = kind.columns.map { $0.names[0] }
    // Without these a file would be refused as a whole; the first of them is never empty.
    var header = kind.columns.filter {
      $0.isRequired || kind.eitherOf.contains($0.column) || $0.names[0] == known[0]
        || Int.random(in: 0..<3, using: &random) > 0
    }.map { $0.names[0] }
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      header.insert("x\(header.count)", at: Int.random(in: 0...header.count, using: &random))
    }
    // Nearly in order, as real ones are, or in none.
    if Bool.random(using: &random) { header.shuffle(using: &random) }
    let records = (0..<150).map { _ in
      header.map { name in
        Int.random(in: 0..<6, using: &random) == 0 && name != known[0]
          ? "" : "v\(Int.random(in: 0..<1_000_000, using: &random))"
      }
    }
    // Now and then with quotes, which the straight path cuts by other means.
    let lines = records.map { record in
      record.map { Int.random(in: 0..<60, using: &random) == 0 ? "\"\($0)\"" : $0 }.joined(separator: ",")
    }
    let file = ([header.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    let terms = ReadingTerms(kind: kind, format: .csv, dialect: .comma)
    for chunk in [nil, 500] {
      let seen = try read(file, terms, chunk: chunk)
      #expect(seen.rows.count == records.count)
      for (row, record) in zip(seen.rows, records) {
        #expect(row.record == record, "seed \(seed)")
        let wanted = known.map { name -> String? in
          guard let cell = header.firstIndex(of: name), !record[cell].isEmpty else { return nil }
          return record[cell]
        }
        #expect(row.cells == wanted, "seed \(seed)")
      }
    }
  }
}
