/// The kit that a partner is handed: every sample is dropped once more, by the program itself, and gets what the kit says.

import Exchange
import Foundation
import Orders
import TestSupport
import Testing

@testable import waybill

@Suite("The partner kit")
struct KitTests {
  static let partners = PartnerProfile.builtIn.map(\.folder)
  private static let settings = """
    {"locations": {"WH-9": {"name": "Nine", "address": "9 Road"}},
     "partners": {"dtdc": {"locationKeys": ["WH-9"]}, "own": {"role": "carrier"}, "store": {"role": "wms", "locationKeys": ["WH-7"]}}}
    """

  private static func kit(_ partner: String, _ settings: String?) throws -> PartnerKit {
    let configuration = try Configuration.load(text: settings.map { Array($0.utf8) }, path: "exchange.json")
    let profile = try #require(configuration.profiles.first { $0.folder == partner })
    return try PartnerKit(for: profile, configuration)
  }

  @Test(
    "Every kind that a partner may send has a sample that passes, and each sample that fails is rejected or held",
    arguments: partners)
  func samples(_ partner: String) throws {
    let kit = try Self.kit(partner, nil)
    let mayBeSent = Kind.allCases.filter { kind in
      switch kit.profile.permission(for: kind) {
      case .allowed: kind != .reconcile && kind != .returns
      case .refused: false
      case .onlyWith: true
      }
    }
    #expect(Set(kit.passes.map(\.file.kind)) == Set(mayBeSent))
    #expect(kit.fails.count >= 3)
    for sample in kit.passes {
      #expect(sample.outcome == .accepted && sample.rows[.rejected] == 0, "\(sample.file.name)")
      #expect(sample.rows[.applied] > 0 || sample.rows[.parked] == 0, "\(sample.file.name): \(sample.rows)")
      #expect(sample.answers.contains { $0.name == sample.file.name + ".ack.json" })
      #expect(sample.answers.contains { $0.name == sample.file.name + ".result.csv" })
    }
    for sample in kit.fails {
      let isRefused = [.rejected, .held].contains(sample.outcome)
      #expect(isRefused || sample.rows[.rejected] > 0, "\(sample.file.name)")
      #expect(sample.code != nil, "\(sample.file.name)")
      // What is wrong with it is what the judge says is wrong with it.
      let word = String(sample.file.name.split(separator: ".")[0].dropFirst(sample.file.kind.name.count + 1))
      let expected = try #require(Self.codes[word], "\(word)")
      let code = try #require(sample.code)
      #expect(expected.contains(code.name), "\(sample.file.name): \(code.name)")
    }
    if !Kind.allCases.allSatisfy({ kit.profile.permissions[$0]?.reason == nil }) {
      #expect(kit.fails.contains { $0.code?.name == "W401" || $0.outcome == .rejected })
    }
  }

  /// What the judge may say of each fault.
  private static let codes: [String: [String]] = [
    "missing-value": ["W201", "W208"], "spreadsheet": ["W205"], "bad-time": ["W202"],
    "bad-quantity": ["W203"],
    "unknown": ["W301", "W303"], "too-early": ["W302", "W303", "W304", "W305"], "short-line": ["W105"],
    "broken-off": ["W106"], "not-yours": ["W401", "W407"],
  ]

  @Test(
    "Dropped by the program into a new exchange, every sample gets exactly the answers in the folder",
    arguments: partners + ["own", "store"])
  func dropped(_ partner: String) async throws {
    let settings = Self.partners.contains(partner) ? nil : Self.settings
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox")
      if let settings { try root.write(settings, to: "exchange.json") }
      let made = try await WaybillProgram.run(["kit", partner, "--root", root.path, "--to", root.path("kit")])
      #expect(made.status == .exited(0), "\(made.errors)")
      #expect(made.output.contains("index.html is for"))
      #expect(!root.has("ledger"), "the exchange itself is left alone")

      // The story with other partners' files in it is the program's own; the samples are those of the folder.
      for file in try Self.kit(partner, settings).story {
        var text = file.text
        if file.part != .before {
          let place = ["kit/passes/", "kit/fails/"].map { $0 + file.name }.first { root.has($0) }
          // One that was meant to fail and did not is not in the kit, but was part of the story.
          if let place { text = try root.text(place) }
        }
        try root.write(text, to: "inbox/\(file.partner)/\(file.name)")
        let once = try await WaybillProgram.run([
          "once", "--root", root.path, "--quiet", "--at", "2026-11-21T16:00:00+05:30",
        ])
        #expect(once.status == .exited(0), "\(once.errors)")
        try? FileManager.default.removeItem(atPath: root.path("inbox/\(file.partner)/\(file.name)"))
      }
      var compared = 0
      for folder in ["passes", "fails"] {
        let answers = try root.names(in: "kit/\(folder)/answers")
        for name in answers {
          #expect(
            try root.text("kit/\(folder)/answers/\(name)") == root.text("outbox/\(partner)/\(name)"),
            "\(name)")
          compared += 1
        }
        // Every sample has its answers, and every answer its sample.
        let samples = try root.names(in: "kit/\(folder)").filter { $0 != "answers" }
        for sample in samples { #expect(answers.contains(sample + ".ack.json")) }
        #expect(answers.allSatisfy { answer in samples.contains { answer.hasPrefix($0 + ".") } })
      }
      #expect(compared >= 6)
    }
  }

  @Test("Made twice, it is the same, byte for byte")
  func repeatable() throws {
    let first = KitCommand.files(try Self.kit("dtdc", nil))
    let second = KitCommand.files(try Self.kit("dtdc", nil))
    #expect(first.map(\.path) == second.map(\.path))
    #expect(first.map(\.bytes) == second.map(\.bytes))
  }

  @Test("The page and the plain files say every column, code and rule", arguments: partners)
  func complete(_ partner: String) throws {
    let kit = try Self.kit(partner, nil)
    let files = Dictionary(
      uniqueKeysWithValues: KitCommand.files(kit).map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) }
    )
    let page = try #require(files["index.html"])
    let columns = try #require(files["columns.csv"])
    for kind in KitText.kinds(of: kit) {
      for column in kind.columns {
        #expect(page.contains("<code>\(column.column.canonicalName)</code>"))
        #expect(columns.contains("\(kind.name),\(column.column.canonicalName),"))
      }
    }
    let readme = try #require(files["README.txt"])
    for rule in kit.profile.rules { #expect(readme.contains(rule.sentence)) }
    for (kind, reason) in KitText.refused(of: kit) { #expect(readme.contains("\(kind.name): \(reason)")) }
    let codes = try #require(files["codes.csv"])
    #expect(codes.split(separator: "\r\n").count == RejectionCode.allCases.count + 1)
    for code in RejectionCode.allCases { #expect(page.contains("id=\"code-\(code.name)\"")) }
    #expect(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"))
  }

  @Test("A partner that is none is wrong usage; settings under which a sample cannot pass are said")
  func refused() async throws {
    try await withTemporaryFolder { root in
      let unknown = try await WaybillProgram.run(["kit", "dtcd", "--root", root.path])
      #expect(unknown.status == .exited(2))
      #expect(unknown.errors.contains("did you mean `dtdc`?"))
      try root.write("{\"partners\": {\"booon\": {\"apiMode\": false}}}", to: "exchange.json")
      let off = try await WaybillProgram.run([
        "kit", "booon", "--root", root.path, "--to", root.path("kit"), "--quiet",
      ])
      // With its orders switched off there is nothing left to assign.
      #expect(off.status == .exited(3) || off.status == .exited(0))
      #expect(off.errorLines.count <= 1)
    }
  }

  @Test(
    "In a browser the page is silent, asks for nothing, and fits a phone",
    .enabled(if: Browser.path != nil, "this machine has no chromium"), arguments: ["dtdc", "ecom-express"])
  func inABrowser(_ partner: String) async throws {
    let kit = try Self.kit(partner, nil)
    try await withTemporaryFolder { root in
      try root.write(KitPage.bytes(of: kit), to: "index.html")
      let browser = try Browser()
      let page = root.path("index.html")
      for (width, isDark) in [(1400, false), (360, false), (360, true)] {
        try browser.load(page, width: width, isDark: isDark)
        #expect(browser.events.complaints.isEmpty)
        #expect(browser.events.requests == ["file://" + page])
        let _: Bool = try browser.value(
          "[...document.querySelectorAll('details')].forEach(part => part.open = true), true")
        let overflow: Int = try browser.value(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth")
        #expect(overflow <= 0, "nothing sticks out at \(width)")
        if let kept = ProcessInfo.processInfo.environment["WAYBILL_PICTURES"] {
          try Data(try browser.picture()).write(
            to: URL(fileURLWithPath: "\(kept)/kit-\(partner)-\(width)\(isDark ? "-dark" : "").png"))
        }
      }
      let shown: Int = try browser.value("document.querySelectorAll('details pre').length")
      #expect(shown >= kit.passes.count + kit.fails.count)
      // On paper everything stands open, as nobody can click there.
      try browser.load(page, width: 1400)
      try root.write(try browser.print(), to: "index.pdf")
      var reader = WaybillProgram(["-raw", root.path("index.pdf"), "-"])
      reader.program = "/usr/bin/pdftotext"
      let paper = try await reader.run().output
      for sample in kit.passes {
        let rows = sample.file.text.split(separator: "\n")
        let start = rows.last.map { String($0.prefix(12)) } ?? ""
        #expect(paper.contains(start), "\(start) of \(sample.file.name) is not on the paper")
      }
    }
  }
}
