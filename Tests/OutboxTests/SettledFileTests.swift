import Files
import Orders
import TestSupport
import Testing

@testable import Outbox

@Suite("The settled file")
struct SettledFileTests {
  private let names = AnswerNames(inputName: Array("tracking.csv".utf8), tilde: nil)

  private func row(_ number: UInt32, _ verdict: Verdict, value: String = "") -> SettledFile.Row {
    SettledFile.Row(
      number: number, line: number + 1, orderNumber: Array("SO\(number)".utf8), invoiceID: [],
      awbNumber: Array("=B\(number)".utf8), verdict: verdict, value: Array(value.utf8))
  }

  @Test("Rows that were parked are answered in the result's columns")
  func golden() throws {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      var file = SettledFile(
        name: names.settled(2), kind: .tracking, zone: .kolkata, staging: folder,
        stagedName: Array(".9-settled".utf8))
      try file.append(row(4, Verdict(.applied, before: .shipped, after: .inTransit, at: time(1))))
      let cause = Cause(state: .delivered, since: nil, setBy: nil, allowedNow: [])
      let rejection = Verdict.rejected([Fault(.shipmentClosed, .status)], cause: cause, at: time(2))
      try file.append(row(9, rejection, value: "In Transit"))
      let answer = try file.finish()
      let message = Fault(.shipmentClosed, .status)
        .sentence(value: "In Transit", kind: .tracking, cause: cause, in: .kolkata)
      #expect(legible(answer.name) == "tracking.csv.settled-2.csv")
      let records = try readCSV(try answer.bytes(in: folder))
      #expect(
        records[0].joined(separator: ",")
          == "row,line,order_number,invoice_id,awb_number,outcome,code,field,message,state_before,state_after,event_time"
      )
      #expect(
        records[1] == [
          "4", "5", "SO4", "", "'=B4", "applied", "", "", "", "shipped", "in_transit",
          "2026-11-21T00:00:01+05:30",
        ])
      #expect(
        records[2] == [
          "9", "10", "SO9", "", "'=B9", "rejected", "W310", "status", message, "delivered", "delivered",
          "2026-11-21T00:00:02+05:30",
        ])
    }
  }

  @Test("Many settled rows spill into a staged file")
  func spilling() throws {
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      var file = SettledFile(
        name: names.settled(1), kind: .scans, zone: .kolkata, staging: folder,
        stagedName: Array(".9-settled".utf8))
      for number in 1...9000 {
        try file.append(row(UInt32(number), Verdict(.applied, before: .shipped, after: .shipped)))
      }
      let answer = try file.finish()
      #expect(answer.content == .file(Array(".9-settled".utf8)))
      #expect(try readCSV(try answer.bytes(in: folder)).count == 9001)
    }
  }
}
