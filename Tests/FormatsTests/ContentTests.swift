/// What cells come to, column by column.
import Formats
import Orders
import Testing

@Suite struct ContentTests {
  private func faults(_ kind: Kind, _ header: String, _ row: String, _ formats: TimeFormats = .usual) throws
    -> [String]
  {
    let terms = ReadingTerms(kind: kind, format: .csv, timeFormats: formats)
    let seen = try read("\(header)\n\(row)\n", terms)
    #expect(seen.ending == "end")
    return try #require(seen.rows.first).faults
  }

  @Test(
    "Words for nothing count as nothing",
    arguments: ["", " ", "NA", "n/a", "null", "None", "-", "0000-00-00"])
  func absentWords(word: String) throws {
    #expect(try faults(.documents, "invoice_id,document", "\(word),label") == ["W201 invoice_id"])
    #expect(try faults(.cancellations, "order_number,awb,reason", "\(word),\(word),x") == ["W208"])
  }

  @Test(
    "A key is text of bounded length without control bytes and spreadsheet damage",
    arguments: [
      ("A-1", []), ("  A-1\t", []), ("0012", []), (String(repeating: "x", count: 64), []),
      (String(repeating: "x", count: 65), ["W206 invoice_id 64 65"]), ("a\u{1}b", ["W207 invoice_id"]),
      ("a\u{7F}b", ["W207 invoice_id"]), ("1.2E+11", ["W205 invoice_id"]), ("123.0", ["W205 invoice_id"]),
      ("\"=\"\"001\"\"\"", ["W205 invoice_id"]),
      ("\u{1}" + String(repeating: "1", count: 70) + ".0", ["W206 invoice_id 64 73", "W207 invoice_id"]),
    ])
  func keys(sent: String, expected: [String]) throws {
    let found = try faults(.documents, "invoice_id,document", "\(sent),")
    #expect(found.map { $0.split(separator: " \"")[0] } == expected.map { $0[...] })
  }

  @Test(
    "Times are read in the formats that are allowed; tracking needs the time of day",
    arguments: [
      (Kind.tracking, "2026-11-18 14:05:09", []), (.tracking, "2026-11-18", ["W210 datetime"]),
      (.tracking, "2026-02-30 14:05:09", ["W202 datetime"]), (.tracking, "18/11/2026", ["W202 datetime"]),
      (.tracking, "", ["W201 datetime"]),
    ])
  func times(kind: Kind, sent: String, expected: [String]) throws {
    let found = try faults(kind, "awb,status,datetime", "1,x,\(sent)")
    #expect(found.map { $0.split(separator: " \"")[0] } == expected.map { $0[...] })
  }

  @Test("A day alone is enough where no time of day is needed")
  func dayAlone() throws {
    let terms = ReadingTerms(kind: .confirmations, format: .csv)
    let seen = try read(
      "order_number,confirmed_at,invoice_date\nA,2026-11-18,2026-11-31\nB,2026-11-18,\n", terms)
    #expect(seen.rows[0].faults == ["W202 invoice_date \"2026-11-31\""])
    #expect(seen.rows[1].time == 1_794_940_200_000)
  }

  @Test(
    "Pieces, shelves and amounts have their ranges",
    arguments: [
      (Kind.inventory, "sku,location_key,available", "S,L,0", []),
      (.inventory, "sku,location_key,available", "S,L,99999999", []),
      (.inventory, "sku,location_key,available", "S,L,-1", ["W203 quantity \"-1\""]),
      (.inventory, "sku,location_key,available", "S,L,", ["W201 quantity"]),
      (.orders, "order_number,sku,qty,location_key,price", "O,S,0,L,", ["W203 quantity \"0\""]),
      (
        .orders, "order_number,sku,qty,location_key,price", "O,S,100000,L,-1",
        ["W203 quantity \"100000\"", "W204 price \"-1\""]
      ),
      (
        .orders, "order_number,sku,qty,location_key,price", "O,S,1.0,L,1.1234567",
        ["W203 quantity \"1.0\"", "W204 price \"1.1234567\""]
      ),
      (
        .orders, "order_number,sku,qty,location_key,price", ",,,,",
        ["W201 order_number", "W201 sku", "W201 quantity", "W201 location_key"]
      ),
    ])
  func numbers(kind: Kind, header: String, row: String, expected: [String]) throws {
    #expect(try faults(kind, header, row) == expected)
  }

  @Test("A CSV order row is an order of one line")
  func orderLine() throws {
    let terms = ReadingTerms(kind: .orders, format: .csv)
    let seen = try read(
      "order_no,OrderItemId,SKU,Qty,Selling Price,location_key\nA, 7 ,s,3,12.5,L\nB,8,s,x,1,L\n", terms)
    #expect(seen.rows[0].lines == ["7|s|3|12500000"])
    #expect(seen.rows[0].quantity == 3)
    #expect(seen.rows[1].lines.isEmpty)
  }

  @Test("A scan number that is not all digits is kept as text alone")
  func scanNumbers() throws {
    let terms = ReadingTerms(kind: .scans, format: .csv, timeFormats: [.blankShort])
    let seen = try read(
      "awb,datetime,reason_code_number,status_update_number\n1,2026-1-8 4:5:9,006,12\n1,2026-1-8 4:5:9,006,A12\n",
      terms)
    #expect(seen.rows.map(\.scanNumber) == [12, 0])
    #expect(seen.cell(1, .statusUpdateNumber, .scans) == "A12")
  }

  @Test("No two names of one kind collide, for every kind", arguments: Kind.allCases)
  func names(kind: Kind) throws {
    for column in kind.columns {
      for name in column.names {
        let header =
          kind.columns.filter { $0.column != column.column }.map { $0.column.canonicalName } + [name]
        let terms = ReadingTerms(kind: kind, format: .csv, dialect: .comma)
        #expect(try read(header.joined(separator: ",") + "\n", terms).ending == "end", "\(name)")
      }
    }
  }
}
