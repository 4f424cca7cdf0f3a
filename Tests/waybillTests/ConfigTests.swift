import Exchange
import Orders
import TestSupport
import Testing

@testable import waybill

/// `waybill config`, through the real program: what is wrong, what is in force, and why.
@Suite("The configuration, checked and shown")
struct ConfigTests {
  private func waybill(_ words: [String], _ settings: String?) async throws -> FinishedProgram {
    try await withTemporaryFolder { folder in
      if let settings { try folder.write(settings, to: "exchange.json") }
      return try await WaybillProgram.run(words, in: folder.path)
    }
  }

  // MARK: check

  @Test("a sound configuration is said to be sound, with its hash; none is the built-in one")
  func sound() async throws {
    let none = try await waybill(["config", "check"], nil)
    #expect(none.status == .exited(0) && none.errors == "")
    #expect(
      none.output
        == "There is no exchange.json, and the built-in configuration is sound; hash \(Configuration().hash).\n"
    )
    let example = try await waybill(["config", "check"], Configuration.example())
    #expect(example.status == .exited(0) && example.errors == "")
    #expect(example.outputLines.count == 1 && example.output.hasPrefix("exchange.json is sound; hash "))
    let elsewhere = try await waybill(["config", "check", "--config", "none.json"], nil)
    #expect(elsewhere.status == .exited(3))
    #expect(elsewhere.errors == "waybill: could not read none.json: No such file or directory\n")
  }

  @Test("every fault is named with the path of its key, and the end is 3")
  func faults() async throws {
    let settings = """
      {"zone": "Mars/Olympus", "colour": 1,
       "partners": {
         "dtdc": {"locationKeys": ["A", 5, "A"], "parkHours": "long", "bounds": {"rowsMax": 1, "depthMax": 0}},
         "nexar": {"locationKeys": ["B", "C"], "errorBudget": 2},
         "bluedart": {"role": "seller", "colour": 2},
         "own": {"role": "wms", "locationKeys": ["C"], "csv": {"delimiter": "%"}}}}
      """
    let told = try await waybill(["config", "check"], settings)
    #expect(told.status == .exited(3))
    #expect(told.errors == "waybill: exchange.json has 11 faults and cannot be used\n")
    let paths = told.outputLines.map { String($0.split(separator: ":")[0]) }
    #expect(
      paths.sorted() == [
        "colour", "partners.bluedart.colour", "partners.bluedart.role", "partners.dtdc.bounds.depthMax",
        "partners.dtdc.bounds.rowsMax",
        "partners.dtdc.locationKeys[1]", "partners.dtdc.parkHours", "partners.nexar.errorBudget",
        "partners.own.csv.delimiter", "partners.own.locationKeys[0]", "zone",
      ])
    let json = try await waybill(["config", "check", "--json"], settings)
    #expect(json.status == .exited(3))
    #expect(
      json.output.contains("\"sound\": false") && json.output.contains("\"path\": \"partners.bluedart.role\"")
    )
  }

  @Test("a text that is no JSON has one fault, with its line and column")
  func notJSON() async throws {
    let told = try await waybill(["config", "check"], "{\"zone\": \"UTC\",\n \"partners\": {]}")
    #expect(told.status == .exited(3))
    #expect(told.outputLines.count == 1 && told.output.contains("(line 2, column 15)"), "\(told.output)")
    #expect(told.errors == "waybill: exchange.json has 1 fault and cannot be used\n")
  }

  @Test("a setting that its partner never heeds is sound, and said to have no effect")
  func withoutEffect() async throws {
    let told = try await waybill(
      ["config", "check"], #"{"partners": {"ekart": {"apiMode": false}, "booon": {"apiMode": false}}}"#)
    #expect(told.status == .exited(0))
    #expect(told.outputLines.count == 2)
    #expect(told.outputLines.last?.hasPrefix("partners.ekart.apiMode: sound, and without effect") == true)
  }

  @Test("the verbs that work refuse what check refuses, with its first fault in one line")
  func refused() async throws {
    for words in [["once"], ["status"], ["config", "show"], ["rules"], ["ledger", "dump"]] {
      let told = try await waybill(words, #"{"partners": {"dtdc": {"zone": "Nowhere/At/All", "settle": 1}}}"#)
      #expect(told.status == .exited(3), "\(words)")
      #expect(told.errorLines.count == 1 && told.errors.contains("partners.dtdc.settle"), "\(told.errors)")
    }
  }

  @Test("check takes no partner, and other parts there are none")
  func usage() async throws {
    for words in [["config"], ["config", "mend"], ["config", "check", "--partner", "dtdc"]] {
      #expect(try await waybill(words, nil).status == .exited(2), "\(words)")
    }
  }

  // MARK: show

  @Test(
    "every setting is shown with its value, and with the file's key, the seed, the role or the program behind it"
  )
  func origins() async throws {
    let settings = """
      {"zone": "Europe/London", "bounds": {"depthMax": 9}, "locations": {"WH 1": {"name": "One"}},
       "partners": {"dtdc": {"parkHours": 5, "dateFormats": ["iso", "day"], "bounds": {"columnsMax": 7}},
         "ekart": {"zone": "UTC", "apiMode": false, "errorBudget": 0.25},
         "own": {"role": "carrier"}}}
      """
    let shown = try await waybill(["config", "show"], settings)
    #expect(shown.status == .exited(0) && shown.errors == "")
    let lines = shown.outputLines.map { $0.split(separator: " ").joined(separator: " ") }
    for line in [
      "Configuration " + (try Configuration.load(text: Array(settings.utf8), path: "").hash),
      "zone \"Europe/London\" the file, zone", "bounds.depthMax 9 the file, bounds.depthMax",
      "bounds.columnsMax 4096 built in", "fonts [\"/usr/share/fonts/truetype\"] built in",
      "locations[\"WH 1\"].name \"One\" the file, locations[\"WH 1\"].name",
      "partners.dtdc.parkHours 5 the file, partners.dtdc.parkHours",
      "partners.dtdc.assignment \"required\" the seed dtdc-raftaar-wms",
      "partners.dtdc.updateAvailableInventoryOnly true the seed dtdc-raftaar-wms",
      "partners.dtdc.locationKeys any location built in", "partners.dtdc.errorBudget no budget built in",
      "partners.dtdc.bounds.columnsMax 7 the file, partners.dtdc.bounds.columnsMax",
      "partners.ekart.zone \"UTC\" the file, partners.ekart.zone",
      "partners.ekart.apiMode false the file, partners.ekart.apiMode, without effect",
      "partners.ekart.errorBudget 0.25 the file, partners.ekart.errorBudget",
      "partners.nexar.zone \"Europe/London\" the file, zone",
      "partners.ecom-express.dateFormats.scans [\"blankShort\"] the seed ecom-express-status-push",
      "partners.dtdc.dateFormats [\"iso\", \"day\"] the file, partners.dtdc.dateFormats",
      "partners.ekart.dateFormats [\"blank\", \"iso\", \"day\"] built in",
      "partners.ekart.dateFormats.tracking [\"blank\", \"iso\", \"epochMilliseconds\"] built in",
      "partners.own.role \"carrier\" the file, partners.own.role",
      "partners.own.parkHours 72 the role carrier",
    ] { #expect(lines.contains(line), "\(line)\n\(shown.output)") }
    #expect(!shown.output.contains("partners.dtdc.apiMode"))
  }

  @Test("one partner's page is its part of the whole")
  func onePartner() async throws {
    let whole = try await waybill(["config", "show"], Configuration.example())
    let part = try await waybill(["config", "show", "--partner", "booon"], Configuration.example())
    let own = part.outputLines.filter { $0.hasPrefix("partners.") }
    #expect(
      own.count > 5 && own.allSatisfy { $0.hasPrefix("partners.booon.") && whole.outputLines.contains($0) })
    #expect(try await waybill(["config", "show", "--partner", "bonn"], nil).status == .exited(2))
  }

  @Test("as JSON nothing is left out, and values keep their types")
  func json() async throws {
    let shown = try await waybill(
      ["config", "show", "--json"], #"{"partners": {"ekart": {"settleSeconds": 0.5}}}"#)
    #expect(shown.status == .exited(0))
    let settings = try Configuration.load(
      text: Array(#"{"partners": {"ekart": {"settleSeconds": 0.5}}}"#.utf8), path: ""
    ).settings
    for setting in settings {
      #expect(shown.output.contains("\"setting\": \(JSONText.quoted(setting.path)),"))
    }
    for part in [
      "\"value\": 0.5,\n      \"from\": \"file\",\n      \"key\": \"partners.ekart.settleSeconds\"",
      "\"setting\": \"partners.booon.apiMode\",\n      \"value\": true,\n      \"from\": \"seed\",\n      \"seed\": \"booon-marketplace\"",
      "\"setting\": \"partners.ekart.errorBudget\",\n      \"value\": null,\n      \"from\": \"built_in\"",
      "\"has_effect\": false",
    ] { #expect(shown.output.contains(part), "\(part)") }
  }
}
