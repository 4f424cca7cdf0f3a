/// Names in other scripts on documents, through the real program: with a font, without it, and with one that goes between.

import Foundation
import Glibc
import TestSupport
import Testing

/// A font of the machine for Devanagari.
private let devanagari = [
  "lohit-devanagari/Lohit-Devanagari.ttf", "noto/NotoSansDevanagari-Regular.ttf",
].map { "/usr/share/fonts/truetype/" + $0 }.first(where: FileManager.default.fileExists(atPath:))

@Suite(
  "Fonts for documents",
  .enabled(if: devanagari != nil, "needs fonts-lohit-deva or fonts-noto-core"))
struct DocumentFontsTests {
  /// An exchange of its own with a confirmed order for प्रिया शर्मा, whose label is asked for, and a folder for the font.
  private func exchange(
    withFont: Bool, _ body: (_ root: TemporaryFolder, _ fonts: String) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { root in
      let file = try #require(devanagari)
      try root.makeFolder("fonts/deep")
      let place = root.path("fonts/deep/") + String(file.split(separator: "/").last ?? "")
      if withFont { try FileManager.default.copyItem(atPath: file, toPath: place) }
      try root.write("{\"fonts\": [\"\(root.path("fonts"))\"]}", to: "exchange.json")
      try root.write(
        """
        order_number,invoice_id,sku,quantity,location_key,customer_name,city,courier,awb_number
        D-1,901,TEA,1,WH-1,प्रिया शर्मा,Jaipur,Ecom Express,731000001

        """, to: "inbox/easyecom/orders-1.csv")
      try root.write("order_number\nD-1\n", to: "inbox/easyecom/confirmations-1.csv")
      try await Drill.succeed(root, drop: 0)
      try root.write("invoice_id,document\n901,label\n", to: "inbox/easyecom/documents-1.csv")
      try await body(root, place)
    }
  }

  private func embedsFont(_ root: TemporaryFolder) throws -> Bool {
    let pdf = try FolderTree(at: root.path("outbox")).bytes(of: "easyecom/documents/901-label.pdf")
    #expect(pdf.starts(with: Array("%PDF".utf8)))
    return String(decoding: pdf, as: UTF8.self).contains("+OtherScript")
  }

  private func proof(_ root: TemporaryFolder) async throws -> String {
    let told = try await WaybillProgram.run(["ledger", "prove", "--root", root.path])
    #expect(told.status == .exited(0), "\(told.output) \(told.errors)")
    return told.output
  }

  @Test("A font in a configured folder is embedded, and the label can be proved as long as the font is there")
  func embedded() async throws {
    try await exchange(withFont: true) { root, font in
      try await Drill.succeed(root, drop: 1)
      #expect(try embedsFont(root))
      #expect(try await !proof(root).contains("Fonts"))
      try FileManager.default.removeItem(atPath: font)
      #expect(try await proof(root).contains("1 decision whose documents embed a font that is not here"))
    }
  }

  @Test("Without a font the label is made all the same, and a font that comes later changes no proof")
  func without() async throws {
    try await exchange(withFont: false) { root, font in
      try await Drill.succeed(root, drop: 1)
      #expect(try !embedsFont(root))
      try FileManager.default.copyItem(atPath: try #require(devanagari), toPath: font)
      #expect(try await !proof(root).contains("Fonts"))
    }
  }

  @Test(
    "A font that goes after the commit changes no byte of what is delivered",
    arguments: ["commit-synced", "position-written", "half-delivered"])
  func gone(point: String) async throws {
    var undisturbed: [UInt8] = []
    try await exchange(withFont: true) { root, _ in
      try await Drill.succeed(root, drop: 1)
      undisturbed = try FolderTree(at: root.path("outbox")).bytes(of: "easyecom/documents/901-label.pdf")
    }
    try await exchange(withFont: true) { root, font in
      let killed = try await Drill.once(root, drop: 1, environment: ["WAYBILL_CRASH": point])
      #expect(killed.status == .killed(by: SIGKILL))
      try FileManager.default.removeItem(atPath: font)
      try await Drill.succeed(root, drop: 1)
      let pdf = try FolderTree(at: root.path("outbox")).bytes(of: "easyecom/documents/901-label.pdf")
      #expect(pdf == undisturbed && !pdf.isEmpty)
    }
  }

  @Test("A font that goes before the commit is not there: the label is made without it")
  func goneBefore() async throws {
    try await exchange(withFont: true) { root, font in
      let killed = try await Drill.once(root, drop: 1, environment: ["WAYBILL_CRASH": "batch-journaled"])
      #expect(killed.status == .killed(by: SIGKILL))
      try FileManager.default.removeItem(atPath: font)
      try await Drill.succeed(root, drop: 1)
      #expect(try !embedsFont(root))
      #expect(try await !proof(root).contains("Fonts"))
    }
  }
}
