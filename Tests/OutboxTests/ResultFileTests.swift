import Orders
import Testing

@testable import Outbox

@Suite("The result file")
struct ResultFileTests {
  private static let header =
    "row,line,order_number,invoice_id,awb_number,outcome,code,field,message,state_before,state_after,event_time\n"

  @Test("Every row has its line, in order, with its keys as they were sent")
  func golden() throws {
    let unknown = Fault(.unknownShipment, .awbNumber).sentence(value: "B9", kind: .tracking, in: .kolkata)
    let file = SampleFile(
      kind: .tracking,
      rows: [
        .applied([(.awbNumber, "B32242001")], from: .shipped, to: .inTransit, at: time(3661)),
        SampleRow(
          cells: [(.awbNumber, "B32242001")], line: 5, time: time(3661, milliseconds: 70),
          said: .outcome(.duplicate, before: .inTransit, after: .inTransit)),
        SampleRow(
          cells: [(.awbNumber, "V01197967")], time: time(-1),
          said: .outcome(.recorded, before: .delivered, after: .delivered)),
        SampleRow(
          cells: [(.awbNumber, "00012")], said: .outcome(.parked, before: .confirmed, after: .confirmed)),
        SampleRow(cells: [(.awbNumber, "00013")], said: .outcome(.parked, before: nil, after: nil)),
        .rejected([(.awbNumber, "B9")], [(.unknownShipment, .awbNumber)]),
      ])
    #expect(
      try file.text(".result.csv") == Self.header + """
        1,2,,,B32242001,applied,,,,shipped,in_transit,2026-11-21T01:01:01+05:30
        2,5,,,B32242001,duplicate,,,,in_transit,in_transit,2026-11-21T01:01:01.070+05:30
        3,4,,,V01197967,recorded,,,,delivered,delivered,2026-11-20T23:59:59+05:30
        4,5,,,00012,parked,,,waits for the manifest,confirmed,confirmed,
        5,6,,,00013,parked,,,waits for an earlier step,,,
        6,7,,,B9,rejected,W303,awb_number,"\(unknown.replacing("\"", with: "\"\""))",,,

        """)
  }

  @Test("A file without rows has the header alone")
  func empty() throws {
    #expect(try SampleFile(kind: .manifests, rows: []).text(".result.csv") == Self.header)
  }

  @Test(
    "Stock, products and credentials show their own keys in place of the three",
    arguments: [
      (Kind.inventory, "sku,location_key", "SKU-1,WH1"), (.products, "sku", "SKU-1"),
      (.carriers, "location_key,carrier", "WH1,Ekart"),
      (.documents, "order_number,invoice_id,awb_number", ",77,"),
      (.returns, "order_number,invoice_id,awb_number", "SO1,77,A1"),
    ])
  func keys(kind: Kind, columns: String, keys: String) throws {
    let cells: [(Column, String)] = [
      (.sku, "SKU-1"), (.locationKey, "WH1"), (.courier, "Ekart"), (.password, "secret"), (.invoiceID, "77"),
      (.orderNumber, "SO1"), (.awbNumber, "A1"),
    ]
    let text = try SampleFile(kind: kind, rows: [.applied(cells)]).text(".result.csv")
    #expect(
      text == "row,line,\(columns),outcome,code,field,message,state_before,state_after,event_time\n"
        + "1,2,\(keys),applied,,,,,,\n")
  }

  @Test("Several faults of one row give the code of the first and the sentences of all")
  func severalFaults() throws {
    let file = SampleFile(
      kind: .confirmations,
      rows: [
        .rejected(
          [(.orderNumber, "1.2E+11"), (.confirmedAt, "1065")],
          [(.badTime, .confirmedAt), (.spreadsheetDamage, .orderNumber)])
      ])
    let records = try readCSV(Array(try #require(try file.text(".result.csv")).utf8))
    let first = Fault(.badTime, .confirmedAt).sentence(value: "1065", kind: .confirmations, in: .kolkata)
    let second = Fault(.spreadsheetDamage, .orderNumber)
      .sentence(value: "1.2E+11", kind: .confirmations, in: .kolkata)
    #expect(Array(records[1][6...8]) == ["W202", "confirmed_at", first + " " + second])
  }

  @Test("Keys that would run as formulas or break the line are guarded and quoted")
  func hostileKeys() throws {
    let keys = ["=cmd()", "a\"b\nc", "-5", "@x,y"]
    let file = SampleFile(kind: .confirmations, rows: keys.map { .applied([(.orderNumber, $0)]) })
    let records = try readCSV(Array(try #require(try file.text(".result.csv")).utf8))
    #expect(records.dropFirst().map { $0[2] } == ["'=cmd()", "a\"b\nc", "-5", "'@x,y"])
    #expect(records.allSatisfy { $0.count == 12 })
  }
}

extension String {
  func replacing(_ part: String, with other: String) -> String {
    split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
  }
}
