/// The JSON reader, rule by rule, and the real answers that partners send.
import Formats
import Orders
import Testing

@Suite struct JSONReaderTests {
  private let orders = ReadingTerms(kind: .orders, format: .json)
  private let scans = ReadingTerms(kind: .scans, format: .json, timeFormats: [.blankShort])
  private let documents = ReadingTerms(kind: .documents, format: .json)
  private let documentLines = ReadingTerms(kind: .documents, format: .jsonLines)

  private static let push = """
    {
      "awb": "2345678901",
      "datetime": "2026-11-18 4:5:9",
      "status": "In transit",
      "reason_code": "777 - RTS - Return To Shipper",
      "reason_code_number": "777",
      "location": "JRD",
      "Employee": "Asha",
      "status_update_number": "44591782",
      "order_number": "A-1",
      "city": "Vadodara",
      "ref_awb": ""
    }
    """

  @Test("The carrier's payload means the same as object, array, line and wrapped")
  func carrierPayload() throws {
    let line = Self.push.replacing("\n", with: " ")
    let alone = try read(Self.push, scans)
    #expect(alone.rows.count == 1 && alone.rows[0].faults.isEmpty)
    #expect(alone.rows[0].time == 1_794_954_909_000)
    #expect(alone.rows[0].scanNumber == 44_591_782)
    #expect(alone.cell(0, .reasonCodeNumber, .scans) == "777")
    #expect(alone.cell(0, .employee, .scans) == "Asha")
    #expect(alone.cell(0, .referenceAWB, .scans) == nil)
    var lines = scans
    lines.format = .jsonLines
    for (text, terms) in [
      ("[\(line),\n\(line)]", scans), ("{\"scans\":[\(line),\(line)]}", scans),
      (line + "\n" + line + "\n", lines),
      ("{\"status\":true,\"data\":[\(line),\(line)]}", scans),
    ] {
      let seen = try read(text, terms)
      #expect(seen.ending == "end")
      #expect(seen.rows.map(\.cells) == [alone.rows[0].cells, alone.rows[0].cells])
      #expect(seen.rows.map(\.scanNumber) == [44_591_782, 44_591_782])
    }
  }

  @Test("The second version of the payload is read by its own names")
  func secondPayload() throws {
    let seen = try read(
      """
      [{"awb":"1","date_time":"2022-11-21 13:17:42","status":"Delivered","status_code":"113","reason_code":"",
        "current_sc":"BOM","current_city":"Mumbai","employee_name":"None","order_id":"A-1","qc_list":[{"a":[1]}]}]
      """, scans)
    #expect(seen.rows[0].faults.isEmpty)
    #expect(seen.cell(0, .statusCode, .scans) == "113")
    #expect(seen.cell(0, .location, .scans) == "BOM")
    #expect(seen.cell(0, .city, .scans) == "Mumbai")
    #expect(seen.cell(0, .orderNumber, .scans) == "A-1")
    #expect(seen.cell(0, .employee, .scans) == nil)
  }

  @Test("A real order answer goes in unchanged, its lines nested")
  func orderAnswer() throws {
    let seen = try read(
      """
      {"code":200,"message":"Successful","data":{"orders":[
        {"invoice_id":232350517,"order_id":143576499,"reference_code":"Test_12_OR1","order_status":"Open",
         "order_status_id":2,"location_key":"ne15760","marketplace":"Offline","marketplace_id":10,
         "order_date":"2026-11-18 14:05:09","manifest_date":null,"courier":"","awb_number":null,"payment_mode":"COD",
         "collectable_amount":"474.91","total_amount":474.91,"Package Weight":"2","pin_code":"0390001",
         "documents":null,"shipping_history":[{"qc_pass_datetime":null}],"quantity":3,
         "suborders":[
           {"suborder_id":182220330,"sku":"pqr","suborder_quantity":9,"item_quantity":2,"selling_price":"200.50","cost":1},
           {"suborder_id":"182220331","sku":"abc","item_quantity":1,"suborder_quantity":9,"selling_price":74,"tax":null}]},
        {"invoice_id":"I2","reference_code":"Test_13","location_key":"ne15760","suborders":[]},
        {"invoice_id":"I3","reference_code":"Test_14","location_key":"ne15760","sku":"s","qty":"4"}],
        "nextUrl":null}}
      """, orders)
    #expect(seen.ending == "end")
    #expect(seen.rows.map(\.number) == [1, 2, 3])
    #expect(seen.rows.map(\.line) == [2, 10, 11])
    #expect(seen.rows[0].faults.isEmpty)
    #expect(seen.cell(0, .invoiceID, .orders) == "232350517")
    #expect(seen.cell(0, .orderNumber, .orders) == "Test_12_OR1")
    #expect(seen.cell(0, .pinCode, .orders) == "0390001")
    #expect(seen.cell(0, .awbNumber, .orders) == nil)
    #expect(seen.rows[0].lines == ["182220330|pqr|2|200500000", "182220331|abc|1|74000000"])
    #expect(seen.rows[0].quantity == 3)
    #expect(seen.rows[1].faults == ["W201 sku", "W201 quantity"])
    #expect(seen.rows[2].lines == ["|s|4|-1"])
  }

  @Test(
    "Lines stand under any of their names", arguments: ["suborders", "order_items", "items", "orderItems"])
  func linesNames(name: String) throws {
    let seen = try read(
      """
      [{"orderNumber":"A","location_key":"L","\(name)":[{"OrderItemId":"1","Sku":"s","Quantity":"2","Price":"1.5"}]}]
      """, orders)
    #expect(seen.rows[0].lines == ["1|s|2|1500000"])
  }

  @Test("Every fault of the lines is listed, in the order of the codes")
  func lineFaults() throws {
    let seen = try read(
      """
      [{"order_number":"A","items":[{"sku":"1.2E+11","qty":0},{"qty":"x","price":"1,5"}]},
       {"order_number":"A","location_key":"L","items":[{"sku":"a","qty":1}],"suborders":[{"sku":"b","qty":1}]},
       {"order_number":"A","location_key":"L","items":[{"sku":"a","qty":1},7]}]
      """, orders)
    #expect(
      seen.rows[0].faults == [
        "W201 location_key", "W201 sku", "W203 quantity \"0\"", "W203 quantity \"x\"", "W204 price \"1,5\"",
        "W205 sku \"1.2E+11\"",
      ])
    #expect(seen.rows[0].lines.isEmpty)
    #expect(seen.rows[1].faults == ["W110 156"])
    #expect(seen.rows[2].faults == ["W155 \"7\""])
  }

  @Test("An order with more lines than the bound is refused alone")
  func linesBound() throws {
    var terms = orders
    terms.bounds.linesPerOrderMax = 2
    let line = #"{"sku":"a","qty":1}"#
    let seen = try read(
      #"[{"order_number":"A","location_key":"L","items":[\#(line),\#(line),\#(line)]},"#
        + #"{"order_number":"B","location_key":"L","items":[\#(line),\#(line)]}]"#, terms)
    #expect(seen.rows.map(\.faults) == [["W109 2 3"], []])
    #expect(seen.rows[1].lines == ["|a|1|-1", "|a|1|-1"])
  }

  @Test(
    "Text stands as it was meant: numbers by their digits, escapes resolved, null as nothing",
    arguments: [
      (#""a\u0041\n\u00e9\ud83d\ude00""#, "aA<a><c3><a9><f0><9f><98><80>"), ("0012", nil), ("12", "12"),
      ("-1.50", "-1.50"), ("true", "true"),
      ("null", nil), ("\"null\"", nil), ("{\"a\":[]}", nil), ("\" x \"", "x"), (#""a\/b""#, "a/b"),
    ] as [(String, String?)])
  func values(sent: String, meant: String?) throws {
    let seen = try read("[{\"invoice_id\":\"I\",\"document\":\(sent)}]", documents)
    if sent == "0012" {
      #expect(seen.ending == "W102 31 line 1")
    } else {
      #expect(seen.rows[0].faults.isEmpty)
      #expect(seen.cell(0, .document, .documents) == meant)
    }
  }

  @Test(
    "What may not stand in a value that we read costs its record",
    arguments: [
      (#"{"invoice_id":"\ud83d"}"#, "W111 invoice_id 16"),
      (#"{"invoice_id":"a\u0000"}"#, "W107 invoice_id 17"),
      (#"{"invoice_id":"a","InvoiceId":"b"}"#, "W110 invoice_id 20"),
      (#"{"invoice_id":["a"]}"#, "W207 invoice_id \"[\"a\"]\""),
      (#"["invoice_id"]"#, "W155 \"[\"invoice_id\"]\""), ("12", "W155 \"12\""),
    ])
  func unsoundValues(record: String, fault: String) throws {
    let seen = try read("[\(record),{\"invoice_id\":\"b\"}]", documents)
    #expect(seen.rows.map(\.faults) == [[fault], []])
    let lines = try read("\(record)\n{\"invoice_id\":\"b\"}\n", documentLines)
    #expect(lines.rows.count == 2 && lines.rows[0].faults[0].prefix(4) == fault.prefix(4))
  }

  @Test("Below keys that nobody reads only the syntax counts")
  func unknownKeys() throws {
    let seen = try read(#"[{"x":"\ud83d\u0000","x":1,"invoice_id":"I","y":{"invoice_id":"J"}}]"#, documents)
    #expect(seen.rows[0].faults.isEmpty && seen.rows[0].cells[0] == "I")
  }

  @Test(
    "A broken line costs that line alone",
    arguments: [
      (#"{"invoice_id":"a""#, "W102 35"), (#"{"invoice_id":"a"} x"#, "W102 37"),
      (#"{"invoice_id":"a}"#, "W102 35"),
      (#"{"invoice_id":01}"#, "W102 33"), (#"{"invoice_id":"a",}"#, "W102 36"), ("x", "W102 18"),
      (#"{'invoice_id':"a"}"#, "W102 19"), (#"{"invoice_id":NaN}"#, "W102 32"),
    ])
  func brokenLine(line: String, fault: String) throws {
    let seen = try read("{\"invoice_id\":1}\n\n\(line)\n{\"invoice_id\":\"b\"}\n", documentLines)
    #expect(seen.ending == "end")
    #expect(seen.rows.count == 3)
    #expect(seen.rows[1].faults.first?.hasPrefix("W102") == true)
    #expect(seen.rows[1].raw == line)
    #expect(seen.rows.map(\.line) == [1, 3, 4])
    #expect(seen.rows[2].faults.isEmpty)
  }

  @Test("Two halves of an object on two lines are two broken lines")
  func halvesOnTwoLines() throws {
    let seen = try read("{\"invoice_id\":\"a\",\n\"document\":\"label\"}\n", documentLines)
    #expect(seen.rows.map { $0.faults.first?.prefix(4) } == ["W102", "W102"])
  }

  @Test(
    "A document that breaks the grammar is refused whole, and is not read as lines",
    arguments: [
      ("[{\"invoice_id\":1} {\"invoice_id\":2}]", "W102 18 line 1"),
      ("[{\"invoice_id\":1},]", "W102 18 line 1"),
      ("{\"invoice_id\":1}\n{\"invoice_id\":2}\n", "W102 17 line 2"),
      ("[{\"invoice_id\":1}]]", "W102 18 line 1"),
      ("[{\"invoice_id\":1}", "W106 17 line 1 incomplete"), ("[", "W106 1 line 1 incomplete"),
      ("{", "W106 line 1 incomplete"),
      ("", "W151 line 0"), (" \n", "W151 line 0"), ("17", "W154 line 1"), ("\"x\"", "W154 line 1"),
      ("{\"error\":\"token expired\"}", "W154 line 1"), ("{\"data\":{\"orders\":7}}", "W154 line 1"),
      ("[]", "end"),
      ("{\"orders\":[]}", "end"), ("awb,status", "W102 line 1"),
    ])
  func documentsWhole(file: String, ending: String) throws {
    #expect(try read(file, documents).ending == ending)
  }

  @Test("Cut at any byte a document is incomplete")
  func truncation() throws {
    let file = Array(
      "{\"data\":{\"x\":1,\"orders\":[\n{\"invoice_id\":\"é\\n\"},{\"invoice_id\":2}]},\"m\":null}".utf8)
    #expect(try read(file, documents).rows.count == 2)
    for end in 1..<file.count {
      let seen = try read(Array(file[..<end]), documents)
      #expect(
        seen.ending.hasPrefix("W106") && seen.ending.hasSuffix("incomplete"), "at \(end): \(seen.ending)")
    }
  }

  @Test("Cut at any byte a file of lines is whole records or incomplete")
  func truncatedLines() throws {
    let file = Array("{\"invoice_id\":\"é\"}\r\n{\"invoice_id\":\"2\"}".utf8)
    let whole = try read(file, documentLines)
    #expect(whole.rows.count == 2 && whole.ending == "end")
    for end in 1..<file.count {
      let seen = try read(Array(file[..<end]), documentLines)
      let isBetween = (18...21).contains(end)
      #expect(
        seen.ending == "end" ? isBetween : seen.ending.hasSuffix("incomplete"), "at \(end): \(seen.ending)")
      if seen.ending == "end" { #expect(seen.rows == [whole.rows[0]]) }
    }
  }

  @Test("Depth, record and cell bounds are kept")
  func bounds() throws {
    var terms = documents
    terms.bounds.depthMax = 4
    let deep = "[{\"invoice_id\":\"a\",\"x\":[[[[]]]]}]"
    #expect(try read(deep, terms).ending.hasPrefix("W109 4 5"))
    terms.bounds.depthMax = 5
    #expect(try read(deep, terms).ending == "end")
    terms.format = .jsonLines
    terms.bounds.recordBytesMax = 30
    terms.bounds.cellBytesMax = 5
    let long = String(repeating: "x", count: 50)
    let seen = try read(
      "{\"invoice_id\":\"\(long)\"}\n{\"document\":\"abcdef\"}\n{\"invoice_id\":\"b\"}\n", terms)
    #expect(seen.rows.map(\.faults) == [["W109 30"], ["W109 document 5 6"], []])
  }

  @Test("The name of the file it corrects is taken from an errors file that came back")
  func errorsFile() throws {
    let line = #"{"invoice_id":"a","_error":{"row":3,"file":"documents-\u00e9.jsonl","code":"W201"}}"#
    let seen = try read(line + "\n", documentLines)
    #expect(seen.layout.corrects == Array("documents-é.jsonl".utf8))
    #expect(seen.rows[0].faults.isEmpty)
    #expect(try read("[\(line)]", documents).layout.corrects == Array("documents-é.jsonl".utf8))
    #expect(try read(#"[{"invoice_id":"a","error":{"file":"x"}}]"#, documents).layout.corrects == nil)
  }

  @Test("Keys in another order, spacing or spelling than in the record before mean the same")
  func changingKeys() throws {
    let records = [
      #"{"invoice_id":"1","document":"label"}"#, #"{"document":"label","invoice_id":"2"}"#,
      #"{ "invoice_id" : "3" , "document" : "label" }"#, #"{"InvoiceID":"4","Document":"label"}"#,
      #"{"invoice\u005fid":"5","doc":1,"document":"label"}"#, #"{"invoice_id_":"6","document":"label"}"#,
      #"{"invoice_idx":"0","invoice_id":"7","document":"label"}"#,
    ]
    let seen = try read(records.joined(separator: "\n"), documentLines)
    #expect(seen.rows.map { $0.cells[0] } == (1...7).map(String.init))
    #expect(seen.rows.allSatisfy { $0.cells[1] == "label" })
  }
}
