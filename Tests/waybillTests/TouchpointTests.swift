import Foundation
import Orders
import TestSupport
import Testing

@testable import waybill

/// The table of the seeds' touchpoints: what it says is so, what it names is there, and nothing is left out.
@Suite("The touchpoints of the seeds")
struct TouchpointTests {
  @Test("every rule of the table is what profiles, states and columns say")
  func rulesAreKept() {
    for touchpoint in Touchpoint.all {
      #expect(!touchpoint.files.isEmpty && !touchpoint.rules.isEmpty && !touchpoint.proofs.isEmpty)
      for rule in touchpoint.rules {
        #expect(rule.isKept, "\(touchpoint.seed), \(touchpoint.place): \(rule.words)")
      }
    }
  }

  @Test("a file of the table is one that its partner may send or gets, unless its refusal is the rule")
  func filesAreTheirs() throws {
    for touchpoint in Touchpoint.all {
      for file in touchpoint.files {
        guard let folder = file.partner else { continue }
        let profile = try #require(PartnerProfile.builtIn.first { $0.folder == folder })
        switch file {
        case .inbox(_, let kind):
          let isRefused = profile.permission(for: kind).reason != nil
          #expect(
            isRefused == touchpoint.rules.contains(.refuses(folder, kind)),
            "\(touchpoint.place): \(file.path)")
        case .feed(_, let feed): #expect(profile.feeds.contains(feed), "\(touchpoint.place): \(file.path)")
        case .documents: #expect(profile.permission(for: .documents) == .allowed)
        case .reply: #expect(profile.repliesInCarrierShape)
        case .folder, .configuration: break
        }
      }
    }
  }

  @Test("every exchange, smallest input and test that the table names is there")
  func proofsExist() throws {
    let tests = try FolderTree(at: packageRoot + "/Tests")
    for proof in Touchpoint.all.flatMap(\.proofs) {
      switch proof {
      case .exchange(let name):
        #expect(
          FileManager.default.fileExists(atPath: fixture("exchanges/\(name)/expected/outbox")), "\(name)")
      case .error(let name):
        #expect(FileManager.default.fileExists(atPath: fixture("errors/\(name)/expected/outbox")), "\(name)")
      case .test(let file, let sentence):
        let paths = tests.files.filter { $0.hasSuffix("/\(file).swift") }
        #expect(paths.count == 1, "\(file)")
        let text = paths.first.map { tests.entries[$0] }
        guard case .file(let bytes)?? = text else { continue }
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"\(sentence)\""), "\(file): \(sentence)")
      }
    }
  }

  @Test("none of the seeds' rows is missing, and each partner's permissions and feeds are in the table")
  func noneIsMissing() {
    let rows = [
      "booon-marketplace": [
        "row 1, Get Auth Token", "row 2, Get Location", "row 3, Add Carrier Credentials",
        "row 4, Get Product",
        "row 5, Create Order", "row 6, Assign Shipment Details", "row 7, Inventory Update - Webhook",
        "row 8, Manifested - Webhook",
      ],
      "dtdc-raftaar-wms": [
        "row Order Fetch", "row Shipment Assignment", "row Order Confirmation", "row Document Retrieval",
        "row Manifest Generation", "row Tracking Updates", "row Inventory Update",
      ],
      "nexar-logistics-wms": [
        "row Authorization", "row Product Master Fetch", "row Order Fetch", "row Shipment Assignment",
        "row Order Confirmation", "row Document Retrieval", "row Manifest Generation",
      ],
      "ekart-carrier": [
        "Step 4, row Username", "Step 4, row Password", "Step 4, row Extra Credential 1",
        "Cancellation Handling, row Before pickup", "Cancellation Handling, row After pickup",
      ],
      "ecom-express-status-push": [],
    ]
    #expect(Set(Touchpoint.all.map(\.seed)) == Set(rows.keys))
    for (seed, places) in rows {
      let listed = Touchpoint.all.filter { $0.seed == seed }.map(\.place).filter { $0.contains("row ") }
      #expect(listed == places, "\(seed)")
    }
    // The payload is the table of the one seed that has no other.
    let payload = Touchpoint.all.filter { $0.place == "Payload" }.map(\.words).joined(separator: " ")
    for key in [
      "awb", "datetime", "status", "reason_code", "reason_code_number", "location", "Employee",
      "status_update_number", "order_number", "city", "ref_awb",
    ] { #expect(payload.contains(key), "\(key)") }
    for profile in PartnerProfile.builtIn {
      let files = Touchpoint.all.flatMap(\.files)
      for feed in profile.feeds { #expect(files.contains(.feed(profile.folder, feed)), "\(feed)") }
      // What the order management system itself sends is no touchpoint of the seeds but where they meet it.
      guard profile.role != .orderManagement else { continue }
      for (kind, permission) in profile.permissions where permission.reason == nil && kind != .reconcile {
        #expect(files.contains(.inbox(profile.folder, kind)), "\(profile.folder) \(kind.name)")
      }
    }
  }

  @Test("README.md has the table as it is printed")
  func readme() throws {
    let path = packageRoot + "/README.md"
    let readme = try String(contentsOfFile: path, encoding: .utf8)
    let (begin, end) = ("<!-- touchpoints -->\n", "<!-- end of touchpoints -->")
    let parts = readme.components(separatedBy: begin)
    try #require(parts.count == 2 && parts[1].contains(end), "README.md has no place for the touchpoints")
    let table = RulesCommand.markdown(Touchpoint.all)
    if GoldenFile.isRecording {
      let rest = parts[1].components(separatedBy: end).dropFirst().joined(separator: end)
      try (parts[0] + begin + table + end + rest).write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      #expect(parts[1].hasPrefix(table + end), "record it anew: WAYBILL_RECORD=1")
    }
  }

  @Test("the page and the CSV hold every line, and one partner's are its part")
  func printed() async throws {
    let page = try await WaybillProgram.run(["rules", "--touchpoints"])
    #expect(page.status == .exited(0) && page.errors == "")
    let csv = try await WaybillProgram.run(["rules", "--touchpoints", "--format", "csv"])
    #expect(csv.status == .exited(0))
    #expect(csv.outputLines.count == Touchpoint.all.count + 1)
    for touchpoint in Touchpoint.all {
      #expect(page.output.contains("\n  \(touchpoint.place): \(touchpoint.words)\n"))
    }
    let own = try await WaybillProgram.run(["rules", "--touchpoints", "--partner", "ekart", "--format=csv"])
    #expect(own.outputLines.count > 5 && own.outputLines.allSatisfy { csv.outputLines.contains($0) })
    #expect(own.outputLines.dropFirst().allSatisfy { $0.contains("ekart") })
    #expect(try await WaybillProgram.run(["rules", "--touchpoints", "--format=dot"]).status == .exited(2))
  }
}
