/// The CSV reader, rule by rule.
import Formats
import Orders
import Testing

@Suite struct CSVReaderTests {
  private let cancellations = ReadingTerms(kind: .cancellations, format: .csv)
  private let orders = ReadingTerms(kind: .orders, format: .csv)
  private let scans = ReadingTerms(kind: .scans, format: .csv, timeFormats: [.blankShort])

  @Test("The delimiter is taken from the header", arguments: [",", ";", "\t", "|"])
  func sniffsDelimiter(delimiter: String) throws {
    let file =
      ["awb", "reason", "cancelled_at"].joined(separator: delimiter)
      + "\n1\(delimiter)\"a;b|c\td,e\"\(delimiter)\n"
    let seen = try read(file, cancellations)
    #expect(seen.layout.delimiter == delimiter.utf8.first)
    #expect(seen.cell(0, .awbNumber, .cancellations) == "1")
    #expect(seen.rows[0].record.count == 3)
  }

  @Test(
    "Names are matched without case, blanks, underscore and hyphen, and by their synonyms",
    arguments: [
      "order_number", "Order Number", "ORDER-NUMBER", "orderNumber", "reference_code", "order no",
      "Reference Code",
    ])
  func matchesNames(name: String) throws {
    let seen = try read("\(name),remarks\nA-1,x\n", cancellations)
    #expect(seen.cell(0, .orderNumber, .cancellations) == "A-1")
  }

  @Test(
    "Every line end serves, and so does none at the end of the file",
    arguments: ["\n", "\r\n", "\r"], [true, false])
  func lineEnds(lineEnd: String, isTerminated: Bool) throws {
    let lines = ["awb,reason", "", "1,a", "  ", "2,b"].joined(separator: lineEnd)
    let seen = try read(lines + (isTerminated ? lineEnd : ""), cancellations)
    #expect(seen.ending == "end")
    #expect(seen.rows.map(\.line) == [3, 5])
    #expect(seen.rows.map(\.number) == [1, 2])
    #expect(seen.rows.map(\.raw) == ["1,a", "2,b"])
  }

  private func utf16(_ text: String, bigEndian: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    for unit in text.utf16 {
      bytes.append(UInt8(bigEndian ? unit >> 8 : unit & 255))
      bytes.append(UInt8(bigEndian ? unit & 255 : unit >> 8))
    }
    return bytes
  }

  @Test("A UTF-8 mark is stripped, and UTF-16 is read when marked")
  func encodings() throws {
    let text = "awb,reason\n1,नमस्ते 😀\n"
    let expected = try read(text, cancellations)
    #expect(expected.cell(0, .reason, .cancellations) == "नमस्ते 😀")
    #expect(try read([0xEF, 0xBB, 0xBF] + Array(text.utf8), cancellations) == expected)
    let little = [0xFF, 0xFE] + utf16(text)
    let big = [0xFE, 0xFF] + utf16(text, bigEndian: true)
    for piece in [1, 2, 3, 1000] {
      #expect(try read(little, cancellations, piece: piece) == expected)
      #expect(try read(big, cancellations, piece: piece, chunk: 5) == expected)
    }
    let odd = try read(little.dropLast(), cancellations)
    #expect(odd.ending.hasPrefix("W106") && odd.ending.hasSuffix("incomplete"))
    let half = [0xFF, 0xFE] + utf16("awb,reason\n1,") + [0, 0xD8, 10, 0]
    #expect(try read(half, cancellations).rows[0].faults == ["W101 13"])
  }

  @Test("Where agreed, a line that is not UTF-8 is Windows-1252, however the bytes come in")
  func windows1252() throws {
    let long = String(repeating: "x", count: 90)
    let utf8 = "awb,reason\r\n1,“Müller” – €5\r2,नमस्ते\n3,\(long)é\n4,ÿ"
    func windows(_ text: String) -> [UInt8] {
      text.unicodeScalars.map { scalar in
        ["“": 0x93, "”": 0x94, "–": 0x96, "€": 0x80][scalar] ?? UInt8(truncatingIfNeeded: scalar.value)
      }
    }
    var terms = cancellations
    terms.isWindows1252 = true
    terms.bounds.recordBytesMax = 100
    let expected = try read(utf8, terms)
    #expect(expected.rows.map(\.faults) == [[], [], [], []])
    let mixed =
      windows("awb,reason\r\n1,“Müller” – €5\r") + Array("2,नमस्ते\n".utf8) + windows("3,\(long)é\n4,ÿ")
    for piece in [1, 2, 3, 7, 1000] {
      #expect(try read(mixed, terms, piece: piece) == expected)
      #expect(try read(mixed, terms, piece: piece, chunk: 5) == expected)
      #expect(try read([0xEF, 0xBB, 0xBF] + Array(utf8.utf8), terms, piece: piece) == expected)
    }
    // Without the agreement, and where a byte means nothing, the row is refused.
    let refused = try read(mixed, cancellations).rows.map(\.faults)
    #expect(refused == [["W101 14"], [], ["W101 141"], ["W101 145"]])
    let nothing = windows("awb,reason\n1,é") + [0x81, 10] + windows("2,é\n")
    #expect(try read(nothing, terms).rows.map(\.faults) == [["W101 15"], []])
    // A line beyond the bound stays as it came, and is refused for its length.
    let beyond = windows("awb,reason\n1,\(long)\(long)é\n2,é\n")
    for piece in [1, 50, 1000] {
      let faults = try read(beyond, terms, piece: piece).rows.map(\.faults)
      #expect(faults == [["W109 100"], []], "\(piece)")
    }
  }

  @Test("Quoted cells hold delimiters, quotes and line breaks, and lines are counted through them")
  func quotedCells() throws {
    let seen = try read("awb,reason\n1,\"a,\"\"b\"\"\r\nc\"\n2,x\n", cancellations)
    #expect(seen.rows[0].record == ["1", "a,\"b\"<d><a>c"])
    #expect(seen.rows[1].line == 4)
  }

  @Test("A line with fewer or more cells than the header is rejected with both counts")
  func raggedLines() throws {
    let seen = try read("awb,reason\n1\n2,a,b\n3,c\n", cancellations)
    #expect(seen.rows.map(\.faults) == [["W105 2 1"], ["W105 2 3"], []])
    #expect(seen.rows[1].record == ["2", "a", "b"])
    #expect(seen.rows[0].cells.allSatisfy { $0 == nil })
  }

  @Test("An unclosed quote costs the row in which it opened, and no other")
  func unclosedQuoteBeforeAnother() throws {
    let seen = try read("awb,reason\n1,\"a\n2,\"b\"\n3,c\n", cancellations)
    #expect(seen.rows.map(\.faults) == [["W103 13"], [], []])
    #expect(seen.rows.map(\.line) == [2, 3, 4])
    #expect(seen.rows[0].record == ["1", "\"a"])
    #expect(seen.cell(1, .reason, .cancellations) == "b")
  }

  @Test("A quote that stays open to the end is contained where every line behind it is whole")
  func unclosedQuoteToTheEnd() throws {
    let seen = try read("awb,reason\n1,\"a\n2,b\n3,c\n", cancellations)
    #expect(seen.rows.map(\.faults) == [["W103 13"], [], []])
    let cut = try read("awb,reason\n1,\"a\n2,b\n3,", cancellations)
    #expect(cut.ending == "W103 13 line 2 incomplete")
    let within = try read("awb,reason\n0,z\n1,\"12 MG Road\nNear", cancellations)
    #expect(within.ending == "W103 17 line 3 incomplete")
  }

  @Test("A stray quote is named and costs its line", arguments: ["1,a\"b", "1,\"a\"b", "1, \"a\""])
  func strayQuote(line: String) throws {
    let seen = try read("awb,reason\n\(line)\n2,x\n", cancellations)
    #expect(seen.rows[0].faults.first?.hasPrefix("W104") == true)
    #expect(seen.rows[0].record == ["1", String(line.dropFirst(2))])
    #expect(seen.rows[1].faults.isEmpty)
  }

  @Test("What an export wrote for a spreadsheet's sake is read as it stands", arguments: [1, 3, 4_096])
  func formulaText(chunk: Int) throws {
    let file = "awb,reason\n=\"007\",x\n2,=\"\"\n3,=\"a,b\"\n4,=\"a\"b\n5,=\"9\""
    let seen = try read(file, cancellations, chunk: chunk)
    #expect(seen.rows.map(\.record).prefix(2) == [["=\"007\"", "x"], ["2", "=\"\""]])
    #expect(
      seen.rows.map { $0.faults.first.map { String($0.prefix(4)) } } == ["W205", nil, "W104", "W104", nil])
    #expect(seen.rows.last?.record == ["5", "=\"9\""])
  }

  @Test("Bytes that are not UTF-8 and zero bytes are named with their offset")
  func unsoundBytes() throws {
    let file = Array("awb,reason\n1,".utf8) + [0xC3, 0x28] + Array("\n2,b\n3,".utf8) + [0] + Array("\n".utf8)
    let seen = try read(file, cancellations)
    #expect(seen.rows.map(\.faults) == [["W101 13"], [], ["W107 22"]])
    let header = try read([0xFF] + Array(",awb\n".utf8), cancellations)
    #expect(header.ending == "W101 line 1")
  }

  @Test(
    "A required column that is missing refuses the file",
    arguments: [
      ("orders", "order_number,sku,quantity", "W152 location_key line 1"),
      ("cancellations", "reason", "W152 line 1"),
      ("scans", "awb,datetime,status", "W152 line 1"),
      ("tracking", "status", "W152 awb_number, W152 datetime line 1"),
    ])
  func missingColumns(kind: String, header: String, ending: String) throws {
    let terms = ReadingTerms(kind: try #require(Kind(name: kind)), format: .csv)
    #expect(try read(header + "\nx\n", terms).ending == ending)
  }

  @Test("A preamble above the header is pointed out")
  func preamble() throws {
    let seen = try read("Cancellations of November\n\nawb,reason\n1,a\n", cancellations)
    #expect(seen.ending == "W152 3 1 line 1")
  }

  @Test("Two columns of one name refuse the file; the name that yields does so")
  func duplicateColumns() throws {
    #expect(try read("awb,reason,tracking_id\n", cancellations).ending == "W153 awb_number 1 3 line 1")
    #expect(try read("awb,note,note\n1,a,b\n", cancellations).ending == "end")
    let header = "order_number,sku,suborder_quantity,item_quantity,location_key\n"
    let seen = try read(header + "A,S,9,2,L\n", orders)
    #expect(seen.rows[0].quantity == 2)
    let twice = try read("order_number,sku,suborder_quantity,suborder_quantity,location_key\n", orders)
    #expect(twice.ending == "W153 quantity 3 4 line 1")
  }

  @Test(
    "A file of the header alone is sound; an empty one is not",
    arguments: [
      ("awb,reason\n", "end"), ("awb,reason", "end"), ("", "W151 line 0"), ("\u{FEFF}", "W151 line 0"),
      ("\n\r\n\n", "W151 line 0"), ("aw", "W152 1 line 1 incomplete"),
    ])
  func headerAlone(file: String, ending: String) throws {
    let seen = try read(file, cancellations)
    #expect(seen.rows.isEmpty)
    #expect(seen.ending.replacing("W152 0 1", with: "W152 1") == ending)
  }

  @Test("Cut at any byte a file is whole lines or incomplete, never something else")
  func truncation() throws {
    let file = Array("awb,reason,cancelled_at\r\n1,\"x, \"\"y\"\"\nz\",2026-11-18 14:05:09\r\n2,é,\r\n".utf8)
    let whole = try read(file, cancellations)
    #expect(whole.ending == "end" && whole.rows.count == 2)
    for end in 0..<file.count {
      let seen = try read(Array(file[..<end]), cancellations)
      if seen.ending != "end" {
        #expect(seen.ending.hasSuffix("incomplete") || end == 0, "at \(end): \(seen.ending)")
        continue
      }
      // A last line with all its cells counts, though its last cell may be shorter than it was meant to be.
      for (cut, row) in zip(seen.rows, whole.rows) {
        #expect(cut.record.dropLast() == row.record.dropLast(), "at \(end)")
        #expect(row.record.last!.hasPrefix(cut.record.last!), "at \(end)")
        #expect(cut.faults.allSatisfy { $0.hasPrefix("W2") || $0.hasPrefix("W101") }, "at \(end): \(cut)")
      }
    }
  }

  @Test("Bounds of columns, cells and records are kept")
  func bounds() throws {
    var terms = cancellations
    terms.bounds.columnsMax = 3
    #expect(try read("awb,a,b,c\n", terms).ending == "W109 3 4 line 1")
    terms.bounds.cellBytesMax = 4
    let seen = try read("awb,reason\n1,abcde\n2,abcd\n", terms)
    #expect(seen.rows.map(\.faults) == [["W109 4 5"], []])
    terms.bounds.recordBytesMax = 20
    let long = try read(
      "awb,reason\n1,\(String(repeating: "y", count: 90))\n2,a\n3,\"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n4,b\n",
      terms)
    #expect(long.rows.map(\.faults) == [["W109 20"], [], ["W103 110"], []])
    #expect(long.rows.map(\.line) == [2, 3, 4, 23])
    #expect(
      try read("awb,reason\n1,\(String(repeating: "y", count: 90))", terms).ending
        == "W109 20 line 2 incomplete")
  }

  @Test("The rows of an order that leave its cells blank take them from the row above")
  func continuationRows() throws {
    let file = """
      order_number,sku,quantity,location_key,customer_name,suborder_id
      #1001,SKU-1,1,WH1,Asha,1
      ,SKU-2,2,,,2
      ,,,,,
      #1002,SKU-1,1,WH2,,3
      ,SKU-3,3, ,Ravi,
      bad
      ,SKU-4,1,,,

      """
    for chunk in [1, 40, 100, 1000] {
      let seen = try read(file, orders, chunk: chunk)
      #expect(seen.rows.map { $0.cells[0] } == ["#1001", "#1001", nil, "#1002", "#1002", nil, nil])
      #expect(seen.cell(1, .locationKey, .orders) == "WH1")
      #expect(seen.cell(1, .customerName, .orders) == "Asha")
      #expect(seen.cell(4, .locationKey, .orders) == "WH2")
      #expect(seen.cell(4, .customerName, .orders) == "Ravi")
      #expect(seen.cell(4, .suborderID, .orders) == nil)
      #expect(seen.rows[1].record[0] == "")
      #expect(seen.rows[6].faults.first == "W201 order_number")
    }
  }

  @Test("An errors file that came back is read as it was meant")
  func errorsFile() throws {
    let own = "awb;reason;cancelled_at"
    let header = ([own] + errorColumns).joined(separator: ";")
    let rest = ";cancel-0711.csv;4;5;W202;cancelled_at;text;open;;;"
    let file = "\(header)\n1;'=1+1;\(rest)\n2;\"'-\"\"x\";\(rest)\n3;'plain;\(rest)\n"
    let seen = try read(file, cancellations)
    #expect(seen.layout.corrects == Array("cancel-0711.csv".utf8))
    #expect(seen.layout.ownCells == 3)
    #expect(seen.layout.header.map { shown($0) } == ["awb", "reason", "cancelled_at"])
    #expect(seen.rows.map { $0.record[1] } == ["=1+1", "-\"x", "'plain"])
    #expect(seen.cell(0, .reason, .cancellations) == "=1+1")
    #expect(seen.rows.allSatisfy { $0.faults.isEmpty })
    #expect(try read("awb,reason\n1,'=1\n", cancellations).cell(0, .reason, .cancellations) == "'=1")
  }

  @Test("The carrier's payload as CSV goes in unchanged")
  func carrierPayload() throws {
    let file = """
      awb,datetime,status,reason_code,reason_code_number,location,Employee,status_update_number,order_number,city,ref_awb
      4489059748,2025-01-02 13:46:40,Out,006 - OFD,006,BOM,Neha Das,44751783,FK-1,Mumbai,
      4489059748,2025-1-2 3:4:5,Out,006 - OFD,006,BOM,None,0044751784,FK-1,Mumbai,NA

      """
    let seen = try read(file, scans)
    #expect(seen.rows.map(\.faults) == [[], []])
    #expect(seen.rows[0].time == 1_735_805_800_000)
    #expect(seen.rows.map(\.scanNumber) == [44_751_783, 44_751_784])
    #expect(seen.cell(0, .reasonCodeNumber, .scans) == "006")
    #expect(seen.cell(1, .referenceAWB, .scans) == nil)
    #expect(seen.cell(1, .employee, .scans) == nil)
  }
}
