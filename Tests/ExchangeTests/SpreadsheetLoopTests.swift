/// The correction loop with a real spreadsheet program between: an errors file is opened and saved by LibreOffice, corrected,
/// dropped again, and counts down to zero.

import Foundation
import TestSupport
import Testing

@Suite(
  "Errors files go through a spreadsheet program and come back",
  .enabled(if: Spreadsheet.path != nil, "this machine has no LibreOffice (libreoffice-calc-nogui)"),
  .serialized)
struct SpreadsheetLoopTests {
  private static let header = "awb_number,order_number,status,datetime,location,remark"
  /// AWBs as carriers have them: zeros in front, more digits than a number of a spreadsheet holds, an E between digits.
  private static let awbs = ["000123456", "12345678901234567890", "7E11", "812345678901", "0012"]

  /// Five shipments on their way; the warehouse's tracking of them has four rows with times that nobody can read.
  private func exchange(_ root: TemporaryFolder) async throws {
    var orders = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key,courier,awb_number\n"
    var confirmations = "order_number,confirmed_at\n"
    var manifests = "manifest_no,awb_number,manifest_date\n"
    for (place, awb) in Self.awbs.enumerated() {
      orders += "00\(place),\(place + 1),1,TEA,1,1.00,WH,DTDC,\(awb)\n"
      confirmations += "00\(place),2026-11-20 08:00:00\n"
      manifests += "M-1,\(awb),2026-11-20 09:00:00\n"
    }
    try root.write(orders, to: "inbox/easyecom/orders-1.csv")
    try root.write(confirmations, to: "inbox/dtdc/confirmations-1.csv")
    try root.write(manifests, to: "inbox/dtdc/manifests-1.csv")
    try root.write(
      """
      \(Self.header)
      000123456,000,In Transit,2026-02-30 08:15:00,Pune,"one, two"
      12345678901234567890,001,In Transit,yesterday,Pune,=1+1
      7E11,002,In Transit,2026-11-20 25:00:00,Pune,'quoted
      812345678901,003,In Transit,2026-11-20 10:00:00,Pune,
      0012,004,In Transit,20-11-2026T8,पुणे,
      """ + "\n", to: "inbox/dtdc/tracking-1.csv")
    try await once(root)
  }

  private func once(_ root: TemporaryFolder) async throws {
    let once = try await WaybillProgram.run([
      "once", "--root", root.path, "--at", "2026-11-21T10:00:00+05:30", "--quiet",
    ])
    #expect(once.status == .exited(0), "\(once.errors)")
  }

  private func rejected(_ file: String, _ root: TemporaryFolder) throws -> (count: Int, corrects: String) {
    let bytes = try Data(root.text("outbox/dtdc/\(file).ack.json").utf8)
    let ack = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
    return ((ack?["rows"] as? [String: Int])?["rejected"] ?? -1, ack?["corrects"] as? String ?? "")
  }

  @Test("With its columns as text nothing is damaged, and three generations end at zero")
  func countedDown() async throws {
    try await withTemporaryFolder { root in
      try await exchange(root)
      #expect(try rejected("tracking-1.csv", root).count == 4)
      let corrections = [
        [("yesterday", "2026-11-20 11:00:00"), ("2026-02-30", "2026-11-20")],
        [("2026-11-20 25:00:00", "2026-11-20 23:00:00")],
        [("20-11-2026T8", "2026-11-20 12:00:00")],
      ]
      var before = "tracking-1.csv"
      for (generation, made) in corrections.enumerated() {
        var text = try await Spreadsheet.opened(
          root.path("outbox/dtdc/\(before).errors.csv"), asText: true, root)
        for (wrong, right) in made {
          #expect(text.contains(wrong), "\(text)")
          text = text.replacing(wrong, with: right)
        }
        let name = "tracking-1-corrected-\(generation + 1).csv"
        try root.write(text, to: "inbox/dtdc/\(name)")
        try await once(root)
        let ack = try rejected(name, root)
        #expect(ack.count == [2, 1, 0][generation])
        #expect(ack.corrects == before)
        before = name
      }
      #expect(!root.has("outbox/dtdc/\(before).errors.csv"))
      for awb in Self.awbs {
        let story = try await WaybillProgram.run(["order", awb, "--root", root.path])
        #expect(story.output.contains("It is in transit."), "\(story.output)")
        #expect(story.output.contains("AWB \(awb)"))
      }
    }
  }

  @Test("Opened as it is, what became a number is refused, never taken for another shipment")
  func damaged() async throws {
    try await withTemporaryFolder { root in
      try await exchange(root)
      var text = try await Spreadsheet.opened(
        root.path("outbox/dtdc/tracking-1.csv.errors.csv"), asText: false, root)
      for wrong in ["yesterday", "20-11-2026T8", "2026-02-30 08:15:00", "2026-11-20 25:00:00"] {
        text = text.replacing(wrong, with: "2026-11-20 12:00:00")
      }
      try root.write(text, to: "inbox/dtdc/tracking-2.csv")
      try await once(root)
      let errors = try root.text("outbox/dtdc/tracking-2.csv.errors.csv").split(separator: "\n").dropFirst()
      // Twenty digits come back in powers of ten, and lost zeros make an AWB that nobody has: both are named. What was an E
      // between digits is a number like any other.
      let damage = try #require(errors.first { $0.contains("E+") })
      #expect(damage.contains(",W205,"))
      for (lost, code) in [("123456,", "W212"), ("12,", "W212"), ("700000000000,", "W303")] {
        let row = try #require(errors.first { $0.hasPrefix(lost) }, "\(errors)")
        #expect(row.contains(",\(code),"), "\(row)")
      }
      #expect(try rejected("tracking-2.csv", root).count == 4)
    }
  }
}

/// LibreOffice without its window.
enum Spreadsheet {
  static let path: String? = ["/usr/bin/libreoffice", "/usr/bin/soffice"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// What a CSV is after it was opened, saved as a spreadsheet, opened again and saved as CSV.
  static func opened(_ csv: String, asText: Bool, _ root: TemporaryFolder) async throws -> String {
    try root.makeFolder("spreadsheet")
    // Comma, quotes, UTF-8, from the first line; every column is text.
    let columns = (1...30).map { "\($0)/2" }.joined(separator: "/")
    let asked = asText ? ["--infilter=CSV:44,34,76,1,\(columns)"] : []
    let stem = (csv as NSString).lastPathComponent.dropLast(4)
    try await run(asked + ["--convert-to", "xlsx", "--outdir", root.path("spreadsheet"), csv], root)
    let saved = root.path("spreadsheet/\(stem).xlsx")
    try await run(["--convert-to", "csv", "--outdir", root.path("spreadsheet"), saved], root)
    return try root.text("spreadsheet/\(stem).csv")
  }

  private static func run(_ words: [String], _ root: TemporaryFolder) async throws {
    // A profile of its own, so that no other LibreOffice of the machine is asked to do it.
    var program = WaybillProgram(
      ["-env:UserInstallation=file://\(root.path("spreadsheet/profile"))", "--headless"] + words)
    program.program = path ?? ""
    let finished = try await program.run(timeoutSeconds: 120)
    guard finished.status == .exited(0) else { throw TestFailure("LibreOffice: \(finished.errors)") }
  }
}
