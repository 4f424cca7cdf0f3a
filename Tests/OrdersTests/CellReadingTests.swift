import Orders
import Testing

/// What a reader says of a cell's bytes.
private func of<Reading>(_ cell: String, _ reader: (Span<UInt8>) -> Reading) -> Reading {
  reader(Array(cell.utf8).span)
}

@Suite("Reading cells")
struct CellReadingTests {
  @Test(
    "Blank, NA, N/A, null, None, - and a date of zeros mean absent",
    arguments: [
      "", " ", "\t", "  \r\n", "NA", "na", "Na", "N/A", "n/a", " NA ", "null", "NULL", "None", "NONE", "none",
      "-", " - ", "0000-00-00", "0000-00-00 00:00:00",
    ])
  func absent(cell: String) { #expect(of(cell, isAbsent)) }

  @Test(
    "Everything else is a value",
    arguments: [
      "0", "x", "--", "_", "nay", "N A", "n-a", "nil", "nul", "nulls", "no", "nan", "0000-00-01",
      "0000-00-00 00:00:01", "0000/00/00", "00000000", "N\u{0F}A", "\u{A0}", "false", "0000-00-00T00:00:00",
    ])
  func present(cell: String) { #expect(!of(cell, isAbsent)) }

  @Test(
    "What a spreadsheet makes of an identifier is seen",
    arguments: [
      "1.2E+11", "1.23e12", "1.23E12", "1E+11", "-1.2E+11", "123.0", "123.00", "0.0", "=\"001\"", "=\"\"",
      "7.3182E+8", "1.0e-5",
    ])
  func damaged(cell: String) { #expect(of(cell, spreadsheetDamage)) }

  @Test(
    "Identifiers that merely look odd are left alone",
    arguments: [
      "", "1", "12", "123", "12E5", "500999A3408005", "CLTC0000000001", "B32242001", "1.5", "123.", ".0",
      "E+11",
      "1.2E+", "1.2E", "1.2E+1x", "SKU-1.0", "=001", "=SUM(A1)", "'4001", "1,5E+3", "1.2.0", "--1.0",
      "123.0 ",
      "1.2F+3", "=\"001", "=\"",
    ])
  func sound(cell: String) { #expect(!of(cell, spreadsheetDamage)) }

  @Test(
    "A quantity is a whole number from 1 to 99999",
    arguments: [
      ("1", 1), ("99999", 99_999), ("007", 7), ("10", 10), ("0", nil), ("100000", nil), ("-3", nil),
      ("+5", nil),
      ("1.0", nil), ("1.5", nil), ("two", nil), ("", nil), (" 1", nil), ("1e3", nil), ("1,000", nil),
      ("99999999999999999999", nil), ("٣", nil),
    ] as [(String, Int32?)])
  func quantity(cell: String, expected: Int32?) { #expect(of(cell, readQuantity) == expected) }

  @Test(
    "A stock is a whole number from 0 to 99999999",
    arguments: [
      ("0", 0), ("99999999", 99_999_999), ("100000000", nil), ("-1", nil), ("1.0", nil), ("", nil),
      ("9999999999", nil), ("4294967297", nil),
    ] as [(String, Int32?)])
  func stock(cell: String, expected: Int32?) { #expect(of(cell, readStock) == expected) }

  @Test(
    "An amount is digits and a point with up to six digits",
    arguments: [
      ("0", 0), ("474.91", 474_910_000), ("1", 1_000_000), ("0.000001", 1), ("1500.500000", 1_500_500_000),
      ("999999999999.999999", 999_999_999_999_999_999), ("000000000001", 1_000_000), ("1,500.00", nil),
      ("", nil),
      (".", nil), (".5", nil), ("5.", nil), ("1.2.3", nil), ("-1", nil), ("+1", nil), ("1e3", nil),
      ("0.0000001", nil), ("1000000000000", nil), (" 3000 ", nil), ("Rs 5", nil),
    ] as [(String, Int64?)])
  func amount(cell: String, expected: Int64?) {
    #expect(of(cell, readAmountMillionths) == expected)
  }

  @Test(
    "A scan number is all digits, at most nineteen",
    arguments: [
      ("44591782", 44_591_782), ("0044", 44), ("9999999999999999999", 9_999_999_999_999_999_999),
      ("10000000000000000000", nil), ("", nil), ("44591782a", nil), ("-1", nil), ("1.0", nil), ("0", 0),
    ] as [(String, UInt64?)])
  func scanNumber(cell: String, expected: UInt64?) {
    #expect(of(cell, readScanNumber) == expected)
  }

  @Test(
    "Random cells of digits and points read as obvious readers read them", arguments: [1, 2, 3] as [UInt64])
  func oracle(seed: UInt64) {
    var random = Seeded(seed)
    let letters = Array("0123456789012345678901234567890123456789.,-+e ")
    for _ in 0..<4_000 {
      let length = Int.random(in: 0...14, using: &random)
      let cell = String((0..<length).map { _ in letters.randomElement(using: &random) ?? "0" })
      let digits = !cell.isEmpty && cell.allSatisfy(\.isNumber)
      let whole = digits ? Int64(cell) : nil
      let note: Comment = "seed \(seed), cell \(cell)"
      if length <= 9 {
        #expect(
          of(cell, readQuantity).map(Int64.init) == whole.flatMap { (1...99_999).contains($0) ? $0 : nil },
          note)
        #expect(
          of(cell, readStock).map(Int64.init) == whole.flatMap { (0...99_999_999).contains($0) ? $0 : nil },
          note)
      }
      #expect(of(cell, readScanNumber).map(Int64.init) == whole, note)
      #expect(of(cell, readAmountMillionths) == obviousAmount(cell), note)
    }
  }

  private func obviousAmount(_ cell: String) -> Int64? {
    let parts = cell.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }),
      parts[0].count <= 12
    else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard fraction.count <= 6 else { return nil }
    return Int64(parts[0] + fraction + String(repeating: "0", count: 6 - fraction.count))
  }
}
