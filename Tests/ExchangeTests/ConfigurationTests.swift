import Orders
import Testing

@testable import Exchange

/// What `exchange.json` may say, and what is said of one that may not.
struct ConfigurationTests {
  private func load(_ text: String) throws(ConfigurationFault) -> Configuration {
    try Configuration.load(text: Array(text.utf8), path: "exchange.json")
  }

  private func profile(_ folder: String, _ text: String) throws -> PartnerProfile {
    try #require(try load(text).profiles.first { $0.folder == folder })
  }

  // MARK: What holds without it

  @Test("Without a file the six built-in partners serve in Asia/Kolkata, each for any location")
  func absent() throws {
    let configuration = try Configuration.load(text: nil, path: "exchange.json")
    #expect(
      configuration.profiles.map(\.folder) == ["easyecom", "ekart", "nexar", "booon", "ecom-express", "dtdc"])
    #expect(configuration.zone == .kolkata)
    #expect(configuration.profiles.allSatisfy { $0.zone == .kolkata && $0.locationKeys == nil })
    #expect(configuration.bounds == Bounds())
    #expect(configuration.locations.isEmpty)
  }

  @Test(
    "An empty object changes nothing",
    arguments: ["{}", " \r\n{\t} ", "\u{FEFF}{\"partners\":{\"dtdc\":{}}}"])
  func empty(_ text: String) throws {
    #expect(try load(text).sha256 == Configuration().sha256)
  }

  // MARK: What can be set

  @Test("Every key of a partner is taken")
  func partner() throws {
    let text = """
      {"zone": "Europe/London", "bounds": {"columnsMax": 10, "cellBytesMax": 1000},
       "locations": {"WH1": {"name": "One", "address": "Street 1"}, "WH2": {}},
       "partners": {"dtdc": {"role": "wms", "locationKeys": ["WH1", "W\\u0048 9"], "zone": "Asia/Kolkata",
         "updateAvailableInventoryOnly": false, "apiMode": false, "assignment": "optional",
         "parkUnknown": true, "parkHours": 5, "holdHours": 6, "errorBudget": 0.25, "atomicFiles": true,
         "settleSeconds": 0.5, "csv": {"delimiter": "\\t"}, "dateFormats": ["dayFirstSlash", "iso"],
         "companion": "sha256", "bounds": {"columnsMax": 20}}}}
      """
    let configuration = try load(text)
    let dtdc = try #require(configuration.profiles.first { $0.folder == "dtdc" })
    #expect(dtdc.locationKeys == [Array("WH1".utf8), Array("WH 9".utf8)])
    #expect(dtdc.zone == .kolkata)
    #expect(!dtdc.updateAvailableInventoryOnly && !dtdc.apiMode && !dtdc.assignmentBeforeConfirmation)
    #expect(dtdc.parkUnknown && dtdc.atomicFiles)
    #expect(dtdc.parkHours == 5 && dtdc.holdHours == 6)
    #expect(dtdc.errorBudget == 0.25 && dtdc.settleSeconds == 0.5)
    #expect(Kind.allCases.allSatisfy { dtdc.formats(for: $0) == [.dayFirstSlash, .iso] })
    #expect(configuration.delimiters == ["dtdc": 9])
    #expect(configuration.companions == ["dtdc": "sha256"])
    #expect(configuration.bounds.columnsMax == 10)
    #expect(configuration.bounds(of: "dtdc").columnsMax == 20)
    #expect(configuration.bounds(of: "dtdc").cellBytesMax == 1000)
    #expect(configuration.bounds(of: "ekart").columnsMax == 10)
    #expect(configuration.locations.map(\.name) == ["One", ""])
    #expect(configuration.locations[0].address == "Street 1")
  }

  @Test("What is not given keeps the built-in value")
  func kept() throws {
    let dtdc = try profile("dtdc", #"{"partners": {"dtdc": {"parkHours": 5}}}"#)
    #expect(dtdc.parkHours == 5)
    #expect(dtdc.holdHours == PartnerProfile.dtdcRaftaar.holdHours)
    #expect(dtdc.assignmentBeforeConfirmation && dtdc.updateAvailableInventoryOnly)
    #expect(dtdc.formats(for: .tracking) == PartnerProfile.dtdcRaftaar.formats(for: .tracking))
  }

  @Test("A partner without a zone lives in the zone of the exchange")
  func defaultZone() throws {
    let text = #"""
      {"partners": {"ekart": {"zone": "UTC"}, "own": {"role": "carrier"}}, "zone": "Europe/London"}
      """#
    #expect(try profile("ekart", text).zone == .utc)
    #expect(try profile("nexar", text).zone.name == "Europe/London")
    #expect(try profile("own", text).zone.name == "Europe/London")
  }

  @Test("Spellings of time can be set for one kind alone")
  func formatsOfAKind() throws {
    let ekart = try profile(
      "ekart", #"{"partners": {"ekart": {"dateFormats": {"assignments": ["dayFirstSlash"]}}}}"#)
    #expect(ekart.formats(for: .assignments) == .dayFirstSlash)
    #expect(ekart.formats(for: .tracking) == PartnerProfile.ekart.formats(for: .tracking))
  }

  @Test("An error budget of null is no budget")
  func noBudget() throws {
    #expect(try profile("dtdc", #"{"partners": {"dtdc": {"errorBudget": null}}}"#).errorBudget == nil)
  }

  @Test("A location that a partner names need not stand under locations")
  func unlistedLocation() throws {
    let dtdc = try profile(
      "dtdc", #"{"locations": {"A": {}}, "partners": {"dtdc": {"locationKeys": ["B"]}}}"#)
    #expect(dtdc.locationKeys == [Array("B".utf8)])
  }

  @Test("A warehouse and a marketplace may share a location")
  func sharedLocation() throws {
    let text = #"{"partners": {"dtdc": {"locationKeys": ["A"]}, "booon": {"locationKeys": ["A"]}}}"#
    #expect(try load(text).profiles.count == 6)
  }

  @Test(
    "A partner that is not built in is made from its role",
    arguments: [
      ("carrier", Kind.scans, Kind.manifests), ("wms", .manifests, .orders),
      ("marketplace", .carriers, .cancellations), ("oms", .products, .tracking),
    ])
  func ownPartner(_ role: String, _ may: Kind, _ mayNot: Kind) throws {
    let own = try profile("blue_dart-2", #"{"partners": {"blue_dart-2": {"role": "\#(role)"}}}"#)
    #expect(own.role.rawValue == role)
    #expect(own.permission(for: may) == .allowed)
    #expect(
      own.permission(for: mayNot)
        == .refused(because: "blue_dart-2 does not send \(mayNot.name) files."))
  }

  // MARK: Faults

  @Test(
    "What is wrong is said with its path",
    arguments: [
      (#"{"zones": "UTC"}"#, "zones", "is no key of the configuration"),
      (#"{"zone": "Mars/Olympus"}"#, "zone", "is no time zone"),
      (#"{"zone": "IST"}"#, "zone", "is no time zone"),
      (#"{"zone": 5}"#, "zone", "must be a text, not 5"),
      (#"{"zone": "Asia/../Asia/Kolkata"}"#, "zone", "is no time zone"),
      (#"[]"#, "", "must be an object, not a list"),
      (#"{"partners": {"dtdc": {"settle": 1}}}"#, "partners.dtdc.settle", "is no key of the configuration"),
      (#"{"partners": {"dtdc": []}}"#, "partners.dtdc", "must be an object"),
      (
        #"{"partners": {"dtdc": {"apiMode": "yes"}}}"#, "partners.dtdc.apiMode",
        #"must be true or false, not "yes""#
      ),
      (
        #"{"partners": {"dtdc": {"apiMode": null}}}"#, "partners.dtdc.apiMode",
        "must be true or false, not null"
      ),
      (#"{"partners": {"dtdc": {"zone": "Nowhere/At/All"}}}"#, "partners.dtdc.zone", "is no time zone"),
      (
        #"{"partners": {"dtdc": {"assignment": true}}}"#, "partners.dtdc.assignment",
        #""required" or "optional""#
      ),
      (
        #"{"partners": {"dtdc": {"parkHours": 0}}}"#, "partners.dtdc.parkHours",
        "must be a whole number from 1 to"
      ),
      (#"{"partners": {"dtdc": {"parkHours": 1.5}}}"#, "partners.dtdc.parkHours", "not 1.5"),
      (#"{"partners": {"dtdc": {"holdHours": 1e999}}}"#, "partners.dtdc.holdHours", "must be a whole number"),
      (
        #"{"partners": {"dtdc": {"errorBudget": 1.01}}}"#, "partners.dtdc.errorBudget",
        "must be a number from 0 to 1"
      ),
      (
        #"{"partners": {"dtdc": {"errorBudget": -0.1}}}"#, "partners.dtdc.errorBudget",
        "must be a number from 0 to 1"
      ),
      (
        #"{"partners": {"dtdc": {"settleSeconds": -1}}}"#, "partners.dtdc.settleSeconds",
        "must be a number from 0"
      ),
      (#"{"partners": {"dtdc": {"csv": ";"}}}"#, "partners.dtdc.csv", "must be an object"),
      (#"{"partners": {"dtdc": {"csv": {"quote": "'"}}}}"#, "partners.dtdc.csv.quote", "is no key"),
      (#"{"partners": {"dtdc": {"csv": {"delimiter": ";;"}}}}"#, "partners.dtdc.csv.delimiter", #"not ";;""#),
      (
        #"{"partners": {"dtdc": {"dateFormats": ["iso", "us"]}}}"#, "partners.dtdc.dateFormats[1]",
        #"not "us""#
      ),
      (#"{"partners": {"dtdc": {"dateFormats": []}}}"#, "partners.dtdc.dateFormats", "names no spelling"),
      (
        #"{"partners": {"dtdc": {"dateFormats": {"scan": []}}}}"#, "partners.dtdc.dateFormats.scan",
        "is no key"
      ),
      (#"{"partners": {"dtdc": {"companion": "md5"}}}"#, "partners.dtdc.companion", #"not "md5""#),
      (#"{"partners": {"dtdc": {"locationKeys": "A"}}}"#, "partners.dtdc.locationKeys", "must be a list"),
      (#"{"partners": {"dtdc": {"locationKeys": []}}}"#, "partners.dtdc.locationKeys", "names no location"),
      (
        #"{"partners": {"dtdc": {"locationKeys": ["A", 1]}}}"#, "partners.dtdc.locationKeys[1]",
        "must be a text"
      ),
      (
        #"{"partners": {"dtdc": {"locationKeys": ["A", "A"]}}}"#, "partners.dtdc.locationKeys[1]",
        "a second time"
      ),
      (
        #"{"partners": {"dtdc": {"locationKeys": [""]}}}"#, "partners.dtdc.locationKeys[0]", "cannot be empty"
      ),
      (
        #"{"partners": {"dtdc": {"locationKeys": ["A\n"]}}}"#, "partners.dtdc.locationKeys[0]",
        "a control character"
      ),
      (#"{"partners": {"dtdc": {"bounds": {"rows": 1}}}}"#, "partners.dtdc.bounds.rows", "is no key"),
      (#"{"bounds": {"depthMax": 513}}"#, "bounds.depthMax", "must be a whole number from 1 to 512"),
      (#"{"bounds": {"depthMax": 0}}"#, "bounds.depthMax", "must be a whole number from 1 to 512"),
      (#"{"fonts": "/usr/share/fonts"}"#, "fonts", "must be a list"),
      (#"{"fonts": ["/a", "fonts"]}"#, "fonts[1]", "the path of a folder from the root"),
      (#"{"fonts": ["/a", "/a"]}"#, "fonts[1]", "a second time"),
      (#"{"locations": {"WH 1": {"name": 1}}}"#, #"locations["WH 1"].name"#, "must be a text"),
      (#"{"locations": {"WH1": {"pin": "1"}}}"#, "locations.WH1.pin", "is no key"),
      (#"{"partners": {"dtdc": {"role": "carrier"}}}"#, "partners.dtdc.role", "dtdc is built in"),
      (#"{"partners": {"own": {}}}"#, "partners.own", "needs its role"),
      (#"{"partners": {"own": {"role": "seller"}}}"#, "partners.own.role", #"not "seller""#),
      (#"{"partners": {"../x": {"role": "wms"}}}"#, #"partners["../x"]"#, "a partner's folder is named with"),
      (#"{"partners": {"reports": {"role": "wms"}}}"#, "partners.reports", "the analysts'"),
      (
        #"{"partners": {"ecom_express": {"role": "wms"}}}"#, "partners.ecom_express",
        "would be ecom-express again"
      ),
    ])
  func faults(_ text: String, _ path: String, _ sentence: String) {
    let fault = #expect(throws: ConfigurationFault.self) { try load(text) }
    #expect(fault?.path == path)
    #expect(fault?.sentence.contains(sentence) == true, "\(fault?.sentence ?? "")")
    #expect(fault?.file == "exchange.json")
  }

  @Test("Two warehouses that name one location key are named both")
  func overlap() {
    let fault = #expect(throws: ConfigurationFault.self) {
      try load(
        #"{"partners": {"nexar": {"locationKeys": ["A", "B"]}, "dtdc": {"locationKeys": ["C", "B"]}}}"#)
    }
    #expect(
      fault?.description
        == #"exchange.json: partners.dtdc.locationKeys[1]: location key "B" of dtdc is named by nexar too "#
        + "(partners.nexar.locationKeys[1]); two warehouses cannot share a location")
  }

  @Test("A key that stands twice is a fault, even where it is spelled with escapes")
  func duplicateKey() {
    let fault = #expect(throws: ConfigurationFault.self) {
      try load("{\"partners\": {\"dtdc\": {\"apiMode\": true,\n  \"api\\u004dode\": false}}}")
    }
    #expect(
      fault?.description
        == "exchange.json: partners.dtdc.apiMode: stands here a second time (line 2, column 3)")
  }

  @Test(
    "Text that is not JSON is refused",
    arguments: [
      "", " ", "{", "{]", "{\"zone\"}", "{\"zone\":}", "{\"zone\":\"UTC\",}", "{\"locations\":{}}x",
      "{'zone':'UTC'}",
      "{\"partners\":{\"dtdc\":{\"dateFormats\":[\"iso\",]}}}", "{\"zone\":\"UTC}", "{\"zone\":\"U\nTC\"}",
      "{\"zone\":\"\\x\"}", "{\"zone\":\"\\u12\"}", "{\"zone\":\"\\ud800\"}", "{\"zone\":\"\\ud800\\u0041\"}",
      "{\"bounds\":{\"depthMax\":01}}", "{\"bounds\":{\"depthMax\":1.}}", "{\"bounds\":{\"depthMax\":-}}",
      "{\"bounds\":{\"depthMax\":1e}}", "{\"bounds\":{\"depthMax\":+1}}", "{\"bounds\":{\"depthMax\":NaN}}",
      "{zone:\"UTC\"}", "// comment\n{}", "{\"zone\" \"UTC\"}", "tru", "nul",
    ])
  func notJSON(_ text: String) {
    #expect(throws: ConfigurationFault.self) { try load(text) }
  }

  @Test("Every text that breaks off is refused")
  func brokenOff() {
    let whole = Array(Configuration.example().utf8)
    let end = whole.lastIndex(of: UInt8(ascii: "}")) ?? 0
    for length in 0...end {
      #expect(throws: ConfigurationFault.self) {
        try Configuration.load(text: Array(whole[..<length]), path: "exchange.json")
      }
    }
  }

  @Test("A remark may stand beside any key, and is a text")
  func remarks() throws {
    let text =
      #"{"//": "why", "partners": {"//dtdc": "x", "dtdc": {"// zone": "y", "csv": {"//a": ""}}}, "locations": {"//": ""}}"#
    #expect(try load(text).sha256 == Configuration().sha256)
    let fault = #expect(throws: ConfigurationFault.self) {
      try load(#"{"partners": {"dtdc": {"//apiMode": false}}}"#)
    }
    #expect(fault?.description == #"exchange.json: partners.dtdc["//apiMode"]: must be a text, not false"#)
  }

  @Test("The example has every key in use or in a remark, and explains each")
  func exampleIsComplete() {
    let example = Configuration.example()
    for key in Configuration.partnerSettings + ["locations", "partners", "fonts"]
      + Bounds.settings.map(\.name)
    {
      #expect(example.contains("\"\(key)\": ") || example.contains("\\\"\(key)\\\": "), "\(key)")
    }
    for key in Configuration.partnerSettings where key != "role" && key != "zone" {
      #expect(example.contains("\"//\(key)\": "), "\(key)")
    }
  }

  @Test("Text that is not UTF-8 is refused")
  func notUTF8() {
    let fault = #expect(throws: ConfigurationFault.self) {
      try Configuration.load(text: Array("{\"zone\":\"".utf8) + [0xC3, 0x22, 0x7D], path: "exchange.json")
    }
    #expect(fault?.description == "exchange.json: is not UTF-8 text")
  }

  @Test("A text of many levels is refused before it exhausts the stack")
  func tooDeep() {
    let fault = #expect(throws: ConfigurationFault.self) {
      try load(String(repeating: "[", count: 100_000))
    }
    #expect(fault?.sentence.hasPrefix("lies deeper than") == true)
  }

  @Test("A message is one line, whatever the file holds")
  func oneLine() {
    let fault = #expect(throws: ConfigurationFault.self) {
      try load("{\"a\\nb\\u001b[31m\\u202e\": 1}")
    }
    #expect(fault?.path == #"["a\u{a}b\u{1b}[31m\u{202e}"]"#)
  }

  // MARK: The effective configuration

  @Test("The digest tells settings apart, and not how they are written")
  func digest() throws {
    let one = try load(
      #"{"partners": {"dtdc": {"parkHours": 5}, "ekart": {"apiMode": true}}, "zone": "UTC"}"#)
    let same = try load(#"{"zone":"UTC","partners":{"ekart":{},"dtdc":{"parkHours":5.0}}}"#)
    let other = try load(#"{"zone":"UTC","partners":{"ekart":{},"dtdc":{"parkHours":6}}}"#)
    #expect(one.sha256 == same.sha256)
    #expect(one.sha256 != other.sha256)
    #expect(one.sha256.count == 32)
  }

  @Test(
    "Every setting is part of the digest",
    arguments: [
      #""locationKeys": ["A"]"#, #""zone": "UTC""#, #""updateAvailableInventoryOnly": false"#,
      #""apiMode": false"#, #""assignment": "optional""#, #""parkUnknown": true"#, #""parkHours": 1"#,
      #""holdHours": 1"#, #""errorBudget": 0.5"#, #""atomicFiles": true"#, #""settleSeconds": 1"#,
      #""csv": {"delimiter": ";"}"#, #""dateFormats": ["iso"]"#, #""companion": "ok""#,
      #""bounds": {"expansionRatioMax": 3}"#,
    ])
  func everySettingCounts(_ setting: String) throws {
    #expect(try load("{\"partners\": {\"dtdc\": {\(setting)}}}").sha256 != Configuration().sha256)
  }

  @Test("Folders of fonts are part of the digest, and none is allowed")
  func fonts() throws {
    #expect(try load(#"{"fonts": []}"#).fontFolders == [])
    #expect(try load(#"{"fonts": []}"#).sha256 != Configuration().sha256)
  }

  @Test("The example loads, and stands for the built-in values but for locations")
  func example() throws {
    let configuration = try load(Configuration.example())
    #expect(configuration.locations.count == 4)
    let settings = configuration.canonicalText.split(separator: "\n")
    let builtIn = Set(Configuration().canonicalText.split(separator: "\n"))
    let changed = settings.filter { !builtIn.contains($0) && !$0.hasPrefix("locations") }
    #expect(
      changed == [
        #"partners.booon.locationKeys = ["WH-MUM-3"]"#, #"partners.dtdc.locationKeys = ["WH-BLR-1"]"#,
        #"partners.nexar.locationKeys = ["WH-DEL-2"]"#,
      ])
  }
}

/// Zones out of the system's tables.
struct ConfigurationZoneTests {
  @Test("Asia/Kolkata is the built-in zone")
  func kolkata() {
    #expect(Zone.named("Asia/Kolkata") == .kolkata)
    #expect(Zone.named("Asia/Calcutta")?.changes.count == 1)
  }

  /// Milliseconds since 1970 of instants, computed by hand from the published rules of each zone.
  @Test(
    "The offsets of a zone are those of its clocks",
    arguments: [
      ("Europe/London", 0, 3_600),  // British Standard Time, all year until 1971.
      ("Europe/London", 1_774_745_999_000, 0),  // 2026-03-29 00:59:59 UTC
      ("Europe/London", 1_774_746_000_000, 3_600),  // 2026-03-29 01:00:00 UTC
      ("Europe/London", 1_792_889_999_000, 3_600),  // 2026-10-25 00:59:59 UTC
      ("Europe/London", 1_792_890_000_000, 0),  // 2026-10-25 01:00:00 UTC
      ("America/New_York", 1_772_953_199_000, -18_000),  // 2026-03-08 06:59:59 UTC
      ("America/New_York", 1_772_953_200_000, -14_400),  // 2026-03-08 07:00:00 UTC
      ("Asia/Singapore", 0, 27_000), ("Asia/Singapore", 500_000_000_000, 28_800),
      ("Asia/Kathmandu", 0, 19_800), ("Asia/Kathmandu", 1_774_745_999_000, 20_700),
      ("Asia/Dubai", 1_774_745_999_000, 14_400),
    ])
  func offsets(_ name: String, _ instant: Int64, _ seconds: Int32) throws {
    let zone = try #require(Zone.named(name))
    #expect(zone.name == name)
    #expect(zone.offsetSeconds(at: Timestamp(milliseconds: instant)) == seconds)
  }

  @Test("The list of changes is in order, and each changes something")
  func changes() throws {
    let zone = try #require(Zone.named("America/New_York"))
    #expect(zone.changes.count > 250)
    for (earlier, later) in zip(zone.changes, zone.changes.dropFirst()) {
      #expect(earlier.from < later.from)
      #expect(earlier.offsetSeconds != later.offsetSeconds)
    }
  }

  @Test(
    "What is no zone of the table is none",
    arguments: ["", "IST", "+05:30", "Asia/Nowhere", "Asia/", "/etc/passwd"])
  func unknown(_ name: String) {
    #expect(Zone.named(name) == nil)
  }
}
