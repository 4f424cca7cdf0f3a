/// Cells bound column by column against the same cells bound by themselves: a row alone in its file ends too near to the file's end
/// to be looked at block by block, so that what its cells come to is decided one after the other.
import Formats
import Orders
import Testing

@Suite struct ColumnBindingTests {
  private static let texts = [
    "In transit", "NA", "na", "N/A", "Na.", "None", "Nones", "null", "nul", "-", "--", "0", "00",
    "0000-00-00",
    "0000-00-00 00:00:00", "0123456789", "0 - ARR - Arrived", " padded ", "\ttab", "tail ", "नमस्ते", "n", "N",
    "नN",
    "a text that is longer than two blocks of sixteen bytes",
  ]
  private static let keys = [
    "1234567890", "12345678", "1", "AMZ-171-000036385", "BOOON-2026-000019469", "0012", "000", "0",
    "1.2E+11", "123.0", "12E5", "-5", "-", "=A1", "=", "NA", "N/A1", "null", " 123", "123 ", "12 34",
    "a\u{1}b", "a\u{7F}",
    "1234567890123456", "12345678901234567", "12345678901234567890123456789012", "123456789012345x", "9:;",
    "abcdefghijklmnopqrstuvwxyz0123456", "abcdefghijklmno\u{2}", "abcdefghijklmnopq\u{2}",
    "99999999999999999999",
    String(repeating: "7", count: 41), String(repeating: "k", count: 65),
  ]
  private static let times = [
    "2026-11-20 10:00:00", "2026-11-20 23:59:59", "2026-11-20 24:00:00", "2026-11-20 10:60:00",
    "2026-11-20 10:00:60",
    "2026-11-20 1a:00:00", "2026-11-20 10-00-00", "2026-11-20T10:00:00", "2026-11-20t10:00:00",
    "2026-11-21 00:00:00",
    "2026-02-30 10:00:00", "2026-11-20 10:00:0", "2026-11-20 10:00:00.5", "2026-11-20", "0000-00-00 00:00:00",
    "2026-11-20 /0:00:00", "2026-11-20 :0:00:00", "1969-12-31 10:00:00", " 2026-11-20 10:00:00", "NA",
    "20/11/2026 10:00:00", "2026-11-20T10:00:00Z", "2026-1-20 10:00:000",
  ]
  private static let figures = [
    "1", "9", "0", "12", "007", "100000", "1.0", "+1", " 2", "3 ", "x", "99.00", "1299.5", "1.", ".5",
    "1.2.3", "12.1234567",
    "1.123456", "9999999999999", "999999999999.123456", "0.5", "-1", "1,5", "NA",
  ]

  private static func cell(_ column: KindColumn, _ random: inout SeededRandom) -> String {
    let isUsual = Int.random(in: 0..<6, using: &random) > 0
    let pool: [String]
    let usual: String
    switch column.shape {
    case .text: (pool, usual) = (texts, "Arrived")
    case .key: (pool, usual) = (keys, "\(Int.random(in: 10_000_000...99_999_999, using: &random))")
    case .time: (pool, usual) = (times, "2026-11-20 1\(Int.random(in: 0...9, using: &random)):07:59")
    case .quantity, .stock, .count, .amount:
      (pool, usual) = (figures, "\(Int.random(in: 1...12, using: &random))")
    }
    if isUsual { return usual }
    return Int.random(in: 0..<4, using: &random) == 0 ? "" : pool.randomElement(using: &random)!
  }

  private static func values(_ row: SeenRow) -> SeenRow {
    var row = row
    (row.number, row.line) = (0, 0)
    return row
  }

  @Test(
    "A cell comes to the same in a column of many as alone in its file",
    arguments: [Kind.scans, .orders, .assignments, .confirmations, .inventory, .cancellations, .tracking],
    0..<24 as Range<UInt64>)
  func manyAreAsOne(kind: Kind, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    // Some files lack columns, and some have them in another order; those that every row needs stay.
    let needed = Set(kind.eitherOf)
    var columns = kind.columns.filter {
      $0.isRequired || needed.contains($0.column) || Int.random(in: 0..<5, using: &random) > 0
    }
    columns.shuffle(using: &random)
    let header = columns.map(\.column.canonicalName).joined(separator: ",") + "\n"
    let rows = (0..<150).map { _ in
      columns.map { column in
        let cell = Self.cell(column, &random)
        return cell.contains(",") ? "\"\(cell)\"" : cell
      }.joined(separator: ",") + "\n"
    }
    let formats: [TimeFormats] = [.usual, [.blank, .iso], [.iso], [.blankShort, .dayFirstSlash, .day]]
    let terms = ReadingTerms(
      kind: kind, format: .csv, timeFormats: formats[Int(seed % 4)],
      zone: seed % 3 == 0
        ? Zone(name: "moving", changes: [(.min, 3600), (1_795_000_000_000, 7200)]) : .kolkata,
      dialect: .comma)
    let whole = try read(Array((header + rows.joined()).utf8), terms)
    #expect(whole.ending == "end")
    // A row that goes on with the order above it cannot stand alone.
    let isAlone = whole.rows.count == rows.count && kind != .orders
    for (place, row) in rows.enumerated() where isAlone || kind == .orders {
      let alone = try read(Array((header + row).utf8), terms)
      guard kind != .orders || alone.rows.first?.faults.contains("W201 order_number") == false else {
        continue
      }
      let seen = try #require(alone.rows.first)
      #expect(Self.values(seen) == Self.values(whole.rows[place]), "seed \(seed), row \(place): \(row)")
    }
  }

  @Test(
    "Values in JSON come to the same wherever they end", arguments: [false, true], 0..<200 as Range<UInt64>)
  func lengthsThatAreNotForeseen(isLines: Bool, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let lengths = (0..<3).map { _ in
      [0, 1, 3, 10, 14, 15, 16, 17, 19, 30, 31, 32, 33].randomElement(using: &random)!
    }
    func value(_ place: Int) -> String {
      let usual = String(repeating: "v", count: lengths[place])
      if Int.random(in: 0..<8, using: &random) > 0 { return "\"\(usual)\"" }
      return [
        "\"\(usual)\\\"\"", "\"\(usual)\\n\"", "\"\(usual)x\"", "\"\(usual.dropLast())\"",
        "\"\(usual)\", \"y\": \"\"",
        "\"\(usual)é\"", "\"\(usual)\u{1}\"", "\"\(usual)", "7", "0", "07", "12345678901234567890", "1.5",
        "1e3", "1 ", "null",
        "\"\(usual)\\u0000\"", "\"\(usual)\\", "[\"\(usual)\"]", "\"\(usual)\"\"", "\"\(usual)\" ",
        " \"\(usual)\"",
      ].randomElement(using: &random)!
    }
    var text = isLines ? "" : "["
    for record in 0..<40 {
      if !isLines && record > 0 { text += ",\n" }
      text += "{\"invoice_id\": \(value(0)), \"x\": \(value(1)), \"document\": \(value(2))}"
      if isLines { text += "\n" }
    }
    let file = Array((text + (isLines ? "" : "]")).utf8)
    let terms = ReadingTerms(kind: .documents, format: isLines ? .jsonLines : .json)
    try expectSameAsOracle(file, terms, "seed \(seed): \(shown(file))")
    let whole = try read(file, terms)
    for chunk in [64, 333] {
      let cut = try read(file, terms, chunk: chunk)
      #expect(cut.ending == whole.ending, "seed \(seed), chunk \(chunk)")
      if whole.ending == "end" { #expect(cut == whole, "seed \(seed), chunk \(chunk)") }
    }
  }
}
