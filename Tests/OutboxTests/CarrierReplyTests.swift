import Foundation
import Orders
import Testing

@testable import Outbox

@Suite("The carrier's reply")
struct CarrierReplyTests {
  private func file(_ rows: [SampleRow], _ partner: PartnerProfile = .ecomExpress, _ kind: Kind = .scans)
    -> SampleFile
  {
    SampleFile(
      kind: kind, rows: rows, layout: FileLayout(format: .jsonLines), partner: partner, name: "scans.jsonl")
  }

  @Test("Every row is answered in the carrier's shape, in row order")
  func golden() throws {
    let reason = Fault(.unknownShipment, .awbNumber).sentence(value: "103", kind: .scans, in: .kolkata)
    let outcomes: [Outcome] = [.applied, .duplicate, .recorded, .parked]
    var rows = outcomes.enumerated().map { place, outcome in
      SampleRow(
        cells: [(.awbNumber, "10308639\(place)"), (.statusUpdateNumber, "4459178\(place)")],
        said: .outcome(outcome, before: nil, after: nil))
    }
    rows.append(
      .rejected([(.awbNumber, "103"), (.statusUpdateNumber, "44591784")], [(.unknownShipment, .awbNumber)]))
    #expect(
      try file(rows).text(".reply.jsonl") == """
        {"awb":"103086390","status":true,"status_update_number":44591780}
        {"awb":"103086391","status":true,"status_update_number":44591781}
        {"awb":"103086392","status":true,"status_update_number":44591782}
        {"awb":"103086393","status":true,"status_update_number":44591783}
        {"awb":"103","status":false,"reason":"\(reason.replacing("\"", with: "\\\""))","status_update_number":44591784}

        """)
  }

  @Test(
    "The number stands as it was sent, unquoted while it is a number",
    arguments: [
      ("0", "0"), ("44591782", "44591782"), ("007", #""007""#), ("00", #""00""#), ("", "null"),
      ("A-1", #""A-1""#),
      ("1.5", #""1.5""#), ("-3", #""-3""#), ("99999999999999999999999999", "99999999999999999999999999"),
      ("4\"5", #""4\"5""#),
    ])
  func numbers(sent: String, written: String) throws {
    let text = try file([.applied([(.awbNumber, "1"), (.statusUpdateNumber, sent)])]).text(".reply.jsonl")
    #expect(text == #"{"awb":"1","status":true,"status_update_number":\#(written)}"# + "\n")
  }

  @Test("An unreadable line has an empty AWB and no number")
  func unreadable() throws {
    let text = try #require(try file([.rejected([], [(.brokenJSON, nil)], raw: "{{")]).text(".reply.jsonl"))
    #expect(text.hasPrefix(#"{"awb":"","status":false,"reason":""#))
    #expect(text.hasSuffix(#"","status_update_number":null}"# + "\n"))
  }

  @Test("Hostile text never breaks the line")
  func hostile() throws {
    let awb = "1\"}\n{\u{2028}\u{1B}"
    let text = try #require(try file([.applied([(.awbNumber, awb)])]).text(".reply.jsonl"))
    #expect(text.split(separator: "\n").count == 1)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(object?["awb"] as? String == awb)
  }

  @Test("Only a carrier that wants its own shape gets it, and only for scans")
  func others() throws {
    #expect(try file([.applied([])], .ekart, .tracking).text(".reply.jsonl") == nil)
    #expect(try file([.applied([])], .ecomExpress, .reconcile).text(".reply.jsonl") == nil)
    #expect(try file([]).text(".reply.jsonl") == "")
  }
}
