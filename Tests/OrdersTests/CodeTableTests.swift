import Orders
import TestSupport
import Testing

private let tables: [CodeTable] = [.ecomExpressV1, .ecomExpressV2, .ekart, .dtdc, .stateNames]

private func index(_ text: String, in table: CodeTable) -> CodeIndex? { table.find(Array(text.utf8).span) }

private func find(_ text: String, in table: CodeTable) -> ScanCode? {
  index(text, in: table).map { table[$0] }
}

/// One look-up and what it must come to; nil: no such code.
struct Spelling: Sendable, CustomTestStringConvertible {
  let cell: String
  let code: String?
  let scanClass: ScanClass?
  let ndr: NDRReason?

  init(_ cell: String, _ code: String?, _ scanClass: ScanClass? = nil, _ ndr: NDRReason? = nil) {
    self.cell = cell
    self.code = code
    self.scanClass = scanClass
    self.ndr = ndr
  }

  var testDescription: String { "\(cell) -> \(code ?? "unknown")" }
}

@Suite("The carriers' codes")
struct CodeTableTests {
  @Test("Every code keeps its place, its class and its words")
  func places() {
    var csv = "table,index,code,class,text,ndr,ends_return\n"
    for table in tables {
      for (index, code) in table.codes.enumerated() {
        let cells = [
          table.name, "\(index)", code.code, code.scanClass.name, code.text, code.ndr?.rawValue ?? "",
          code.endsReturn ? "yes" : "",
        ]
        csv += cells.map { $0.contains(",") ? "\"\($0)\"" : $0 }.joined(separator: ",") + "\n"
      }
    }
    #expect(GoldenFile("fixtures/golden/scan-codes.csv").difference(from: csv) == nil)
  }

  @Test("Every code is found under its own spelling", arguments: tables.map(\.name))
  func ownSpelling(name: String) throws {
    let table = try #require(tables.first { $0.name == name })
    for (place, code) in table.codes.enumerated() {
      let cell = code.code.hasSuffix("*") ? code.code.dropLast() + "some remark-(OTR)" : code.code
      #expect(index(cell, in: table) == CodeIndex(place), "\(cell)")
    }
  }

  @Test(
    "Ecom Express codes are exact strings",
    arguments: [
      Spelling("006", "006", .oo), Spelling("6", nil), Spelling("06", nil), Spelling("0006", nil),
      Spelling("0011", "0011", .pp), Spelling("011", nil), Spelling("11", nil), Spelling("001", "001", .op),
      Spelling("404", "404", .oc), Spelling("0404", nil), Spelling("404 ", nil), Spelling(" 404", nil),
      Spelling("999", "999", .dl), Spelling("r999", "r999", .rtd), Spelling("R999", nil),
      Spelling("77", "77", .rto), Spelling("777", "777", .rto), Spelling("7777", nil),
      Spelling("013", "013", .om), Spelling("13", nil), Spelling("", nil), Spelling("0", nil),
      Spelling("999\0", nil), Spelling("delivered", nil), Spelling("999999999999", nil),
      Spelling("1330", "1330", .oc), Spelling("1340", "1340", .ppf), Spelling("311", "311", ScanClass.none),
      Spelling("401", "401", ScanClass.none), Spelling("228", "228", .ud, .outOfArea),
      Spelling("888", "888", .dm), Spelling("333", "333", .lt), Spelling("221", "221", .rtoUD),
      Spelling("127", "127", .shp), Spelling("310", "310", .ppf), Spelling("30404", "30404", .ot),
    ])
  func ecomExpress(_ spelling: Spelling) { expect(spelling, in: .ecomExpressV1) }

  @Test(
    "A child code of a failed delivery falls back to its parent, of anything else it stays unknown",
    arguments: [
      Spelling("22801", "22801", .ud, .outOfArea), Spelling("22899", "228", .ud, .outOfArea),
      Spelling("22199", nil), Spelling("21105", nil), Spelling("99901", nil), Spelling("77701", nil),
      Spelling("33399", nil), Spelling("88899", nil), Spelling("40401", nil), Spelling("00601", nil),
      Spelling("31101", nil), Spelling("228011", nil), Spelling("2289", nil), Spelling("2281x", nil),
      Spelling("33306", "33306", .lt), Spelling("20999", "209", .ud, .cashNotReady),
    ])
  func childCodes(_ spelling: Spelling) { expect(spelling, in: .ecomExpressV1) }

  @Test(
    "The second version of the payload has its own code space",
    arguments: [
      Spelling("113", "113", .dl), Spelling("1-13", nil), Spelling("999", nil), Spelling("0113", nil),
      Spelling("delivered", "Delivered", .dl), Spelling("OUT_FOR_DELIVERY", "Out for Delivery", .oo),
      Spelling("Deliver", nil),
    ])
  func secondVersion(_ spelling: Spelling) { expect(spelling, in: .ecomExpressV2) }

  @Test(
    "Ekart's events are read without case, separators and the word shipment before them",
    arguments: [
      Spelling(
        "shipment_undelivered_attempted_door lock", "undelivered_attempted_door lock", .ud, .notAvailable),
      Spelling("UNDELIVERED_ATTEMPTED_Door_Lock", "undelivered_attempted_door lock", .ud, .notAvailable),
      Spelling("undelivered_attempted_dog", "undelivered_attempted_*", .ud),
      Spelling("undelivered_attempted", "undelivered_attempted_*", .ud),
      Spelling("undelivered_attemptedly", nil), Spelling("undelivered_attempt", nil),
      Spelling(
        "undelivered_attempted_rejected opendelivery", "undelivered_attempted_rejected opendelivery", .ud,
        .wantsOpenDelivery),
      Spelling(
        "shipment_undelivered_unattempted_heavy rain", "undelivered_unattempted_*", .ud, .shipperDelay),
      Spelling("pickup_not_picked_seller closed", "pickup_not_picked_*", .ppf),
      Spelling("received", "received", .ot), Spelling("shipment_received", "shipment_received", .shp),
      Spelling("received_at_dh", "received_at_dh", .rad), Spelling("shipment_delivered", "delivered", .dl),
      Spelling("created", "shipment_created", .op),
      Spelling("shipment_pickup_complete", "pickup_complete", .pp),
      Spelling("out_for_pickup", "out_for_pickup", .ofp),
      Spelling("Out-For-Delivery", "out_for_delivery", .oo),
      Spelling("rto_created", "rto_created_*", .rto),
      Spelling("rto_created_attempts_exhausted", "rto_created_*", .rto),
      Spelling("rto_completed", "rto_completed", .rtd), Spelling("rto_in_transit", "rto_in_transit", .rtoOT),
      Spelling("shipment", nil), Spelling("shipment_", nil), Spelling("unloaded", nil), Spelling("", nil),
      Spelling("_", nil), Spelling("delivered!", nil),
    ])
  func ekart(_ spelling: Spelling) { expect(spelling, in: .ekart) }

  @Test(
    "Ekart's cancelled returns end the return leg",
    arguments: [
      ("rto_cancelled", ScanClass.rtoUD, true), ("shipment_rto_cancelled", .rtoUD, true),
      ("shipment_rto_cancelled_shipment", .dl, true), ("delivered", .dl, false),
      ("rto_completed", .rtd, false),
    ])
  func endsReturn(cell: String, scanClass: ScanClass, ends: Bool) {
    let code = find(cell, in: .ekart)
    #expect(code?.scanClass == scanClass)
    #expect(code?.endsReturn == ends)
  }

  @Test(
    "DTDC speaks codes, codes with remarks, return twins and the five words of the seed",
    arguments: [
      Spelling("Pickup Scheduled", "Pickup Scheduled", .om), Spelling("IN_TRANSIT", "In Transit", .ot),
      Spelling("out-for-delivery", "Out for Delivery", .oo), Spelling("Delivered", "Delivered", .dl),
      Spelling("rto", "RTO", .rto), Spelling("BKD", "BKD", .shp), Spelling("OPMF", "OPMF", .ot),
      Spelling("RTOOPMF", "RTOOPMF", .rtoOT), Spelling("RTOOUTDLV", "RTOOUTDLV", .rtoOO),
      Spelling("RTODLV", "RTODLV", .rtd), Spelling("RTONONDLV", "RTONONDLV_*", .rtoUD),
      Spelling("RTONONDLV_DOOR LOCKED-(CIR)", "RTONONDLV_*", .rtoUD),
      Spelling("NONDLV_ADDRESS INCOMPLETE-(CIR)", "NONDLV_*", .ud), Spelling("NONDLV", "NONDLV_*", .ud),
      Spelling("NONDLV_CONSIGNMENT LOST-(OTR)", "NONDLV_CONSIGNMENT LOST_*", .lt),
      Spelling("NONDLV_CONSIGNMENT LOSTLY", "NONDLV_*", .ud), Spelling("NONDLVX", nil),
      Spelling("PCNO_SHIPPER CLOSED", "PCNO_*", .ppf),
      Spelling("set_rto_initiated", "set_rto_initiated", .rto),
      Spelling("RTO Delivered", "RTO Delivered", .rtd), Spelling("INSCAN", "INSCAN", .rad),
      Spelling("XYZ", nil),
      Spelling("Cancelled", nil),
    ])
  func dtdc(_ spelling: Spelling) { expect(spelling, in: .dtdc) }

  @Test("Every state from shipped on has its name among the state names", arguments: ShipmentState.allCases)
  func stateNames(state: ShipmentState) {
    let code = find(state.name, in: .stateNames)
    #expect((code != nil) == !state.isBeforeManifest)
    guard let code else { return }
    switch state {
    case .shipped: #expect(code.scanClass.event == nil)
    case .cancelled: #expect(code.scanClass.event == .cancel)
    default: #expect(code.scanClass.event.flatMap(Transitions.target) == state)
    }
  }

  @Test(
    "The five words of the seed are state names too",
    arguments: [
      Spelling("Pickup Scheduled", "pickup_scheduled", .om), Spelling("In Transit", "in_transit", .ot),
      Spelling("Out for Delivery", "out_for_delivery", .oo), Spelling("Delivered", "delivered", .dl),
      Spelling("RTO", "rto", .rto), Spelling("intransit", "in_transit", .ot), Spelling("confirmed", nil),
    ])
  func fiveWords(_ spelling: Spelling) { expect(spelling, in: .stateNames) }

  @Test(
    "Random cells are found exactly when an obvious search finds them", arguments: [1, 2, 3, 4] as [UInt64])
  func oracle(seed: UInt64) {
    var random = Seeded(seed)
    let table = CodeTable.ecomExpressV1
    let listed = table.codes.map(\.code)
    for _ in 0..<4_000 {
      let length = Int.random(in: 1...6, using: &random)
      let cell = String((0..<length).map { _ in "0123456789r".randomElement(using: &random) ?? "0" })
      var expected = listed.firstIndex(of: cell)
      if expected == nil, length == 5, !cell.contains("r"),
        let parent = listed.firstIndex(of: String(cell.prefix(3))),
        table.codes[parent].scanClass == .ud
      {
        expected = parent
      }
      #expect(index(cell, in: table).map(Int.init) == expected, "seed \(seed), cell \(cell)")
    }
  }

  @Test("A table with no codes finds nothing")
  func nothing() {
    #expect(find("999", in: .nothing) == nil)
    #expect(find("", in: .nothing) == nil)
  }

  private func expect(_ spelling: Spelling, in table: CodeTable) {
    let code = find(spelling.cell, in: table)
    #expect(code?.code == spelling.code)
    #expect(code?.scanClass == spelling.scanClass)
    #expect(code?.ndr == spelling.ndr)
  }
}
