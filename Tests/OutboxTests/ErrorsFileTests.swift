import Files
import Foundation
import Orders
import TestSupport
import Testing

@testable import Outbox

@Suite("The errors file")
struct ErrorsFileTests {
  private static let ours = errorColumns.joined(separator: ",")

  private func csv(_ header: [String], delimiter: Character = ",") -> FileLayout {
    var layout = FileLayout(format: .csv)
    layout.header = header.map { Array($0.utf8) }
    layout.ownCells = header.count
    layout.delimiter = delimiter.asciiValue!
    return layout
  }

  private func sentence(_ code: RejectionCode, _ column: Column?, _ value: String, _ cause: Cause? = nil)
    -> String
  {
    Fault(code, column).sentence(value: value, kind: .confirmations, cause: cause, in: .kolkata)
  }

  @Test("The sender's cells come first, unchanged and in their order, then ours")
  func golden() throws {
    let cause = Cause(
      state: .delivered, since: time(0), setBy: Source(partner: "dtdc", file: "tracking-1.csv", row: 9),
      allowedNow: [.rto, .lost])
    let file = SampleFile(
      kind: .confirmations,
      rows: [
        .applied([(.orderNumber, "SO1")]),
        .rejected(
          [(.orderNumber, "SO2")], [(.notTheNextStep, nil)], record: ["x;y", " SO2 ", "", "-5"], cause: cause),
      ], layout: csv(["my \"note\"", "Order No", "", "qty"], delimiter: ";"), name: "confirmations.csv")
    let message = sentence(.notTheNextStep, nil, "", cause)
    let text = try #require(try file.text(".errors.csv"))
    #expect(
      text == "\"my \"\"note\"\"\";Order No;;qty;" + Self.ours.replacing(",", with: ";") + "\n"
        + "\"x;y\"; SO2 ;;-5;confirmations.csv;2;3;W302;;\"\(message)\";delivered;2026-11-21T00:00:00+05:30;"
        + "tracking-1.csv row 9;rto lost\n")
  }

  @Test("A file without rejected rows has no errors file")
  func none() throws {
    let file = SampleFile(
      kind: .confirmations, rows: [.applied([(.orderNumber, "SO1")])], layout: csv(["order_number"]))
    #expect(try file.text(".errors.csv") == nil)
  }

  @Test("Of another partner's file only the partner is named")
  func otherPartner() throws {
    let cause = Cause(
      state: .open, since: nil, setBy: Source(partner: "easyecom", file: nil, row: 3), allowedNow: [])
    let file = SampleFile(
      kind: .confirmations,
      rows: [.rejected([(.orderNumber, "SO2")], [(.assignmentFirst, nil)], record: ["SO2"], cause: cause)],
      layout: csv(["order_number"]))
    let records = try readCSV(Array(try #require(try file.text(".errors.csv")).utf8))
    #expect(Array(records[1][7...]) == ["open", "", "easyecom", ""])
  }

  @Test("Formula cells are guarded, and a reader that takes the guard off has the very cells again")
  func formulas() throws {
    let cells = ["=1+1", "+91 98", "'4001", "@x", "-5", "\t", "a\r\nb", "plain"]
    let file = SampleFile(
      kind: .confirmations,
      rows: [.rejected([], [(.missingKey, nil)], record: cells)], layout: csv(cells.indices.map { "c\($0)" }))
    let records = try readCSV(Array(try #require(try file.text(".errors.csv")).utf8))
    #expect(Array(records[1][..<8]) == ["'=1+1", "'+91 98", "''4001", "'@x", "-5", "'\t", "a\r\nb", "plain"])
    #expect(records[1][..<8].map(unguarded) == cells)
  }

  @Test(
    "A record that could not be cut into the header's cells stands whole in the first cell",
    arguments: [RejectionCode.cellCountDiffers, .unclosedQuote, .strayQuote, .truncated])
  func uncut(code: RejectionCode) throws {
    let raw = "SO1,\"a\"b,c,=d"
    let file = SampleFile(
      kind: .confirmations, rows: [.rejected([], [(code, nil)], record: ["SO1", "a", "b"], raw: raw)],
      layout: csv(["order_number", "note"]))
    let records = try readCSV(Array(try #require(try file.text(".errors.csv")).utf8))
    #expect(Array(records[1][..<6]) == [raw, "", "manifests-0711.csv", "1", "2", code.name])
    #expect(records.allSatisfy { $0.count == 2 + errorColumns.count })
  }

  @Test("A stray byte alone leaves the cells apart; with cells missing the record stands whole")
  func strayByte() throws {
    let file = SampleFile(
      kind: .confirmations,
      rows: [
        .rejected([], [(.notUTF8, nil)], record: ["SO1", "caf?"], raw: "SO1,caf?"),
        .rejected([], [(.notUTF8, nil)], record: ["SO1"], raw: "SO1?"),
      ], layout: csv(["order_number", "note"]))
    let records = try readCSV(Array(try #require(try file.text(".errors.csv")).utf8))
    #expect(records.dropFirst().map { Array($0[..<2]) } == [["SO1", "caf?"], ["SO1?", ""]])
  }

  @Test("An errors file that came back keeps the sender's columns alone")
  func cameBack() throws {
    var layout = csv(["order_number", "note"])
    layout.corrects = Array("first.csv".utf8)
    let old = ["SO2", "n", "first.csv", "1", "2", "W301", "", "old words", "", "", "", ""]
    let file = SampleFile(
      kind: .confirmations,
      rows: [.rejected([(.orderNumber, "SO2")], [(.unknownOrder, .orderNumber)], record: old)],
      layout: layout,
      name: "first.csv.errors.csv")
    let records = try readCSV(Array(try #require(try file.text(".errors.csv")).utf8))
    #expect(records[0] == ["order_number", "note"] + errorColumns)
    #expect(Array(records[1][..<3]) == ["SO2", "n", "first.csv.errors.csv"])
    #expect(records[1].count == 2 + errorColumns.count)
  }

  @Test("Names with quotes, line breaks and formulas survive the file")
  func hostileName() throws {
    let name = "=a\"b\nc,.csv"
    let file = SampleFile(
      kind: .confirmations, rows: [.rejected([], [(.missingKey, nil)], record: ["x"])],
      layout: csv(["order_number"]), name: name)
    let records = try readCSV(Array(try #require(try file.text(".errors.csv")).utf8))
    #expect(unguarded(records[1][1]) == name)
  }

  // MARK: Credentials

  @Test("Passwords and extra credentials are never repeated, wherever they stand")
  func secretsInCSV() throws {
    let file = SampleFile(
      kind: .carriers,
      rows: [
        .rejected(
          [(.locationKey, "WH1"), (.courier, "Ekart"), (.username, "user"), (.password, "hunter2")],
          [(.credentialsAlreadySet, .locationKey), (.valueTooLong, .password)],
          record: ["hunter2", "WH1", "Ekart", "user", ""]),
        .rejected(
          [], [(.cellCountDiffers, nil)], record: ["hunter2"], raw: "hunter2,WH1"),
      ], layout: csv(["Pass-Word", "location_key", "carrier", "username", "EXTRA_CREDENTIAL 1"]))
    let errors = try #require(try file.text(".errors.csv"))
    let records = try readCSV(Array(errors.utf8))
    #expect(Array(records[1][..<5]) == ["***", "WH1", "Ekart", "user", ""])
    #expect(Array(records[2][..<5]) == ["***", "", "", "", ""])
    #expect(!errors.contains("hunter2"))
    #expect(try #require(try file.text(".result.csv")).contains("hunter2") == false)
  }

  @Test(
    "A fault in a credentials file repeats a value only where its column is known and no secret",
    arguments: [(nil, false), (.password, false), (.extraCredential1, false), (.locationKey, true)]
      as [(Column?, Bool)])
  func secretsInMessages(column: Column?, isShown: Bool) {
    var batch = RowBatch(kind: .carriers)
    let fault = Fault(.duplicateKey, column, value: batch.put("hunter2"))
    let text = RejectionText(Rejection(faults: [fault], cause: nil), in: batch, zone: .kolkata)
    #expect(String(decoding: text.message, as: UTF8.self).contains("hunter2") == isShown)
  }

  @Test(
    "Secrets in JSON are hidden under any spelling of their key, at any depth, and in text that is no object")
  func secretsInJSON() throws {
    let raws = [
      #"{"location_key":"WH1","pass\u0077ord" : "hunter2","more":[{"Extra_Credential_1":{"a":"hunter2"}}]}"#,
      #"{"location_key":"WH1","password":"hunter2""#,
    ]
    let file = SampleFile(
      kind: .carriers, rows: raws.map { .rejected([], [(.brokenJSON, nil)], raw: $0) },
      layout: FileLayout(format: .jsonLines), name: "carriers.jsonl")
    let text = try #require(try file.text(".errors.jsonl"))
    #expect(!text.contains("hunter2"))
    let lines = text.split(separator: "\n")
    #expect(
      lines[0].hasPrefix(
        #"{"location_key":"WH1","pass\u0077ord" : "***","more":[{"Extra_Credential_1":"***"}],"_error":{"#))
    #expect(lines[1].hasPrefix(#"{"_raw":"***","_error":{"#))
  }

  // MARK: JSON

  @Test("A JSON row is its own object with an error member at its end")
  func jsonGolden() throws {
    let cause = Cause(
      state: .cancelled, since: time(60), setBy: Source(partner: "ekart", file: "a \"b\".json", row: 2),
      allowedNow: [.pickedUp])
    let file = SampleFile(
      kind: .confirmations,
      rows: [
        .rejected(
          [(.orderNumber, "SO\"2")], [(.unknownOrder, .orderNumber)],
          raw: #"{ "order_number": "SO\"2", "n": 1.50 }"#),
        .rejected([], [(.notTheNextStep, nil)], raw: "{}", cause: cause),
        .rejected([], [(.recordNotAnObject, nil)], raw: "[1, \"x\"]"),
      ], layout: FileLayout(format: .json), name: "confirmations.json")
    let first = sentence(.unknownOrder, .orderNumber, "SO\"2").replacing("\"", with: "\\\"")
    let second = sentence(.notTheNextStep, nil, "", cause).replacing("\"", with: "\\\"")
    let third = sentence(.recordNotAnObject, nil, "")
    #expect(
      try file.text(".errors.jsonl") == """
        { "order_number": "SO\\"2", "n": 1.50,"_error":{"file":"confirmations.json","row":1,"line":2,"code":"W301",\
        "field":"order_number","message":"\(first)","shipment_state":null,"since":null,"set_by":null,\
        "allowed_now":null}}
        {"_error":{"file":"confirmations.json","row":2,"line":3,"code":"W302","field":null,"message":"\(second)",\
        "shipment_state":"cancelled","since":"2026-11-21T00:01:00+05:30","set_by":"a \\"b\\".json row 2",\
        "allowed_now":"picked_up"}}
        {"_raw":"[1, \\"x\\"]","_error":{"file":"confirmations.json","row":3,"line":4,"code":"W155","field":null,\
        "message":"\(third)","shipment_state":null,"since":null,"set_by":null,"allowed_now":null}}

        """)
  }

  @Test("Whatever a line holds, its answer is one line of sound JSON", arguments: [UInt64](1...6))
  func soundLines(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let sound = #"{"a":"é\n\u00e9","b":[1,-2.5e+3,{"c":null}],"d":true, "e":{}}"#
    let rows = (0..<200).map { _ in
      var bytes = Array(sound.utf8)
      for _ in 0..<Int.random(in: 0...2, using: &numbers) {
        bytes[Int.random(in: bytes.indices, using: &numbers)] = UInt8.random(in: 0...127, using: &numbers)
      }
      return SampleRow.rejected([], [(.brokenJSON, nil)], raw: String(decoding: bytes, as: UTF8.self))
    }
    let file = SampleFile(
      kind: .scans, rows: rows, layout: FileLayout(format: .jsonLines), partner: .ecomExpress,
      name: "scans.jsonl")
    let lines = try #require(try file.text(".errors.jsonl")).split(separator: "\n")
    #expect(lines.count == rows.count)
    for (line, row) in zip(lines, rows) {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["_error"] != nil, "seed \(seed)")
      if let raw = object?["_raw"] as? String {
        #expect(Array(raw.utf8) == Array(row.raw.utf8), "seed \(seed)")
      }
    }
  }
}
