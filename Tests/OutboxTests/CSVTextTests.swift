import Testing

@testable import Outbox

@Suite("CSV text")
struct CSVTextTests {
  @Test(
    "A cell that a spreadsheet would take for a formula is guarded",
    arguments: [
      ("=1+1", "'=1+1"), ("+SUM(A1)", "'+SUM(A1)"), ("-2+3", "'-2+3"), ("@x", "'@x"), ("'4001", "''4001"),
      ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("=a,b", "\"'=a,b\""), ("-", "'-"), ("+", "'+"), ("-.5", "'-.5"),
      ("-1.", "'-1."), ("+1.2.3", "'+1.2.3"), ("-1e5", "'-1e5"),
    ])
  func guarded(cell: String, written: String) {
    #expect(write(cell) == written)
  }

  @Test(
    "Plain numbers and ordinary text stay as they are",
    arguments: ["-5", "+5.0", "-0.25", "+919812345678", "12", "a=b", "a'b", " =1", "é", "x-1", ""])
  func untouched(cell: String) {
    #expect(write(cell) == cell)
  }

  @Test(
    "Delimiter, quote, CR and LF make a cell quoted, whichever delimiter is in use",
    arguments: [",", ";", "\t", "|"])
  func quoted(delimiter: Character) {
    let byte = delimiter.asciiValue!
    #expect(write("a\(delimiter)b", byte) == "\"a\(delimiter)b\"")
    #expect(write("12\" MG Road", byte) == "\"12\"\" MG Road\"")
    #expect(write("a\nb", byte) == "\"a\nb\"")
    #expect(write("a\r\nb", byte) == "\"a\r\nb\"")
    #expect(write(delimiter == "," ? "a;b" : "a,b", byte) == (delimiter == "," ? "a;b" : "a,b"))
  }

  @Test("Whatever cells hold, any reader gets them back", arguments: [UInt64](1...8))
  func roundTrip(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let alphabet = Array("ab1,;\"'=+-@\t\r\n|.é ")
    let delimiters = Array(",;\t|")
    let delimiter = delimiters[Int(seed) % 4]
    let records = (0..<200).map { _ in
      (0..<Int.random(in: 1...5, using: &numbers)).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &numbers)).map { _ in alphabet.randomElement(using: &numbers)! })
      } + ["end"]
    }
    var text = AnswerText()
    for record in records {
      for (place, cell) in record.enumerated() {
        if place > 0 { text.append(delimiter.asciiValue!) }
        text.append(cell: cell, delimiter: delimiter.asciiValue!)
      }
      text.append(UInt8.lineEnd)
    }
    let read = try readCSV(text.bytes, delimiter: delimiter)
    #expect(
      read.map { $0.map { Array(unguarded($0).utf8) } } == records.map { $0.map { Array($0.utf8) } },
      "seed \(seed)")
    let formulas = read.joined().filter { cell in
      "=+-@\t\r".utf8.contains(cell.utf8.first ?? 0) && !isPlainNumber(cell.utf8.span)
    }
    #expect(formulas == [], "seed \(seed)")
  }

  @Test("Numbers are written without anything around them", arguments: [0, 7, 10, 99_999, UInt64.max])
  func decimals(number: UInt64) {
    var text = AnswerText()
    text.append(digits: number)
    #expect(String(decoding: text.bytes, as: UTF8.self) == String(number))
  }

  private func write(_ cell: String, _ delimiter: UInt8 = UInt8(ascii: ",")) -> String {
    var text = AnswerText()
    text.append(cell: cell, delimiter: delimiter)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
