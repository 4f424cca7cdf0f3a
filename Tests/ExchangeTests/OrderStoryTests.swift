import Exchange
import Foundation
import Ledger
import Orders
import Reports
import Testing

/// What is told of an order, and that it is what the books say.
struct OrderStoryTests {
  // MARK: Desks

  /// An order of Ecom Express's: scans before the manifest, then one that comes late.
  private func parkedDesk() throws -> JudgingDesk {
    let desk = JudgingDesk()
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 07:30:00",
      [order("EE-1", "9001"), order("EE-2", "9002")])
    try desk.drop(
      "easyecom", "assignments.csv", .assignments, at: "2026-11-20 08:00:00",
      [
        [
          .orderNumber: "EE-1", .courier: "Ecom Express", .awbNumber: "1000000000",
          .assignedAt: "2026-11-20 07:50:00",
        ]
      ])
    try desk.drop(
      "dtdc", "confirmations.csv", .confirmations, at: "2026-11-20 09:00:00",
      [[.orderNumber: "EE-1", .confirmedAt: "2026-11-20 08:55:00"]])
    try desk.drop(
      "ecom-express", "scans-1.csv", .scans, at: "2026-11-20 12:00:00",
      [scan("1000000000", "006", "2026-11-20 11:30:00", number: "44591790", at: "BLR")])
    try desk.drop(
      "dtdc", "manifests.csv", .manifests, at: "2026-11-20 13:00:00",
      [[.manifestNumber: "MF0000012", .awbNumber: "1000000000", .manifestDate: "2026-11-20 10:00:00"]])
    try desk.drop(
      "ecom-express", "scans-2.csv", .scans, at: "2026-11-20 15:00:00",
      [
        scan("1000000000", "999", "2026-11-20 14:30:00", number: "44591791", at: "BLR"),
        scan("1000000000", "005", "2026-11-20 11:00:00", number: "44591789", at: "HUB"),
        scan("1000000000", "ZZ9", "2026-11-20 11:10:00", number: "44591799", at: "HUB"),
      ])
    return desk
  }

  private func order(_ number: String, _ invoice: String, _ location: String = "WH1") -> [Column: String] {
    [
      .orderNumber: number, .invoiceID: invoice, .suborderID: "1", .sku: "TEA", .locationKey: location,
      .orderDate: "2026-11-20 06:00:00",
    ]
  }

  private func scan(_ awb: String, _ code: String, _ time: String, number: String, at place: String)
    -> [Column: String]
  {
    [
      .awbNumber: awb, .reasonCodeNumber: code, .datetime: time, .statusUpdateNumber: number,
      .location: place,
    ]
  }

  private func tell(_ asked: String, _ desk: JudgingDesk, asOf: String? = nil) throws -> OrderStory? {
    try OrderStory.tell(
      of: Array(asked.utf8), books: desk.docket.books, history: desk.history,
      profiles: desk.docket.profiles, knownAt: asOf.map(instant))
  }

  // MARK: The whole story

  @Test("The story is told in the order in which things happened, in plain words")
  func words() throws {
    let story = try #require(try tell("EE-1", try parkedDesk()))
    #expect(
      story.events.map(\.words) == [
        "Order created: 2 x TEA",
        "Assigned to Ecom Express under AWB 1000000000",
        "Confirmed",
        "Manifested on MF0000012",
        "Scan 005: in-scan at hub or delivery centre at HUB (scan number 44591789). Recorded: it came late",
        "Scan ZZ9: a code that Ecom Express v1 does not have at HUB (scan number 44591799)."
          + " Recorded: it moves nothing",
        "Scan 006: out for delivery at BLR (scan number 44591790). Parked: the manifest had not landed",
        "Settled by the manifest: applied (scan 006: out for delivery at BLR (scan number 44591790))",
        "Scan 999: delivered at BLR (scan number 44591791)",
      ])
  }

  @Test("Each event says who said so, in which file and row, when it happened and when we learned it")
  func sources() throws {
    let story = try #require(try tell("EE-1", try parkedDesk()))
    let late = try #require(story.events.first { $0.words.contains("005") })
    #expect(late.source == Source(partner: "ecom-express", file: "scans-2.csv", row: 2))
    #expect(late.at == instant("2026-11-20 11:00:00"))
    #expect(late.arrivedAt == instant("2026-11-20 15:00:00"))
    #expect(late.decision == DecisionNumber(6))
    let settled = try #require(story.events.first { $0.happening == .settled })
    #expect(settled.source == Source(partner: "dtdc", file: "manifests.csv", row: 1))
    #expect(settled.at == instant("2026-11-20 11:30:00"))
    #expect(settled.before == .shipped && settled.after == .outForDelivery)
  }

  @Test("A row without a time of its own stands at its arrival")
  func noTime() throws {
    let desk = JudgingDesk()
    try desk.drop("easyecom", "orders.csv", .orders, at: "2026-11-20 07:30:00", [order("EE-1", "9001")])
    try desk.drop(
      "easyecom", "confirmations.csv", .confirmations, at: "2026-11-20 08:00:00", [[.orderNumber: "EE-1"]])
    let event = try #require(try tell("EE-1", desk)?.events.last)
    #expect(!event.hasOwnTime)
    #expect(event.at == instant("2026-11-20 08:00:00"))
  }

  @Test("Milestones that nobody reported are inferred once, from the event that proves them")
  func inferred() throws {
    let story = try #require(try tell("EE-1", try parkedDesk()))
    // 005 reports the transit, late but all the same.
    #expect(story.shipments[0].inferred == [.pickupScheduled, .pickedUp])
    let proofs = story.events.filter { !$0.inferred.isEmpty }
    #expect(proofs.map(\.happening) == [.scan])
    #expect(proofs.first?.words.hasPrefix("Scan 005") == true)
    #expect(proofs.first?.inferred == [.pickupScheduled, .pickedUp])
  }

  @Test(
    "It is found by order number, AWB and invoice id",
    arguments: [("EE-1", OrderStory.Key.orderNumber), ("1000000000", .awb), ("9001", .invoice)])
  func found(_ asked: String, _ key: OrderStory.Key) throws {
    let story = try #require(try tell(asked, try parkedDesk()))
    #expect(story.orderNumber == "EE-1")
    #expect(story.foundBy == key)
  }

  @Test("It is found by an AWB that was replaced")
  func replacedAWB() throws {
    let desk = JudgingDesk()
    try desk.drop("easyecom", "orders.csv", .orders, at: "2026-11-20 07:30:00", [order("EE-1", "9001")])
    for (file, awb) in [("a.csv", "A1"), ("b.csv", "B1")] {
      try desk.drop(
        "easyecom", file, .assignments, at: "2026-11-20 08:00:00",
        [[.orderNumber: "EE-1", .courier: "Ekart", .awbNumber: awb]])
    }
    let story = try #require(try tell("A1", desk))
    #expect(story.foundBy == .awb)
    #expect(story.shipments.map(\.awb) == ["B1"])
    #expect(story.events.last?.words == "Assigned to Ekart under AWB B1, instead of AWB A1")
  }

  @Test("What nothing has is not found", arguments: ["EE-9", "", "1000000001"])
  func unknown(_ asked: String) throws {
    #expect(try tell(asked, try parkedDesk()) == nil)
  }

  @Test("What customer service reads")
  func lines() throws {
    let story = try #require(try tell("1000000000", try parkedDesk()))
    #expect(
      story.lines(in: .kolkata) == [
        "Order EE-1, created by EasyEcom for location WH1.",
        "It is delivered.",
        "Of 2 pieces ordered 0 are open, 0 cancelled and 2 shipped (2 delivered).",
        "Found by the AWB 1000000000.",
        "",
        "Shipment: AWB 1000000000, with Ecom Express, invoice 9001",
        "  state     delivered since 20 Nov 2026 14:30:00, said by Ecom Express, scans-2.csv row 1",
        "  holds     2 x TEA at 229.50",
        "  inferred  pickup scheduled and picked up: no file said so, a later event proves it",
        "  next      EasyEcom may ask for its documents",
        "            Nexar Logistics may ask for its documents",
        "            DTDC Raftaar may ask for its documents",
        "",
        "What happened",
        "  20 Nov 2026 06:00:00  Order created: 2 x TEA",
        "                        now open; EasyEcom, orders.csv row 1, learned 20 Nov 2026 07:30:00",
        "  20 Nov 2026 07:50:00  Assigned to Ecom Express under AWB 1000000000",
        "                        open → assigned; EasyEcom, assignments.csv row 1, learned 20 Nov 2026 08:00:00",
        "  20 Nov 2026 08:55:00  Confirmed",
        "                        assigned → confirmed; DTDC Raftaar, confirmations.csv row 1,"
          + " learned 20 Nov 2026 09:00:00",
        "  20 Nov 2026 10:00:00  Manifested on MF0000012",
        "                        confirmed → shipped; DTDC Raftaar, manifests.csv row 1,"
          + " learned 20 Nov 2026 13:00:00",
        "  20 Nov 2026 11:00:00  Scan 005: in-scan at hub or delivery centre at HUB (scan number 44591789)."
          + " Recorded: it came late. Inferred: pickup scheduled and picked up",
        "                        Ecom Express, scans-2.csv row 2, learned 20 Nov 2026 15:00:00",
        "  20 Nov 2026 11:10:00  Scan ZZ9: a code that Ecom Express v1 does not have at HUB"
          + " (scan number 44591799). Recorded: it moves nothing",
        "                        Ecom Express, scans-2.csv row 3, learned 20 Nov 2026 15:00:00",
        "  20 Nov 2026 11:30:00  Scan 006: out for delivery at BLR (scan number 44591790)."
          + " Parked: the manifest had not landed",
        "                        Ecom Express, scans-1.csv row 1, learned 20 Nov 2026 12:00:00",
        "  20 Nov 2026 11:30:00  Settled by the manifest: applied"
          + " (scan 006: out for delivery at BLR (scan number 44591790))",
        "                        shipped → out for delivery; DTDC Raftaar, manifests.csv row 1,"
          + " learned 20 Nov 2026 13:00:00",
        "  20 Nov 2026 14:30:00  Scan 999: delivered at BLR (scan number 44591791)",
        "                        out for delivery → delivered; Ecom Express, scans-2.csv row 1,"
          + " learned 20 Nov 2026 15:00:00",
      ])
  }

  // MARK: As of an earlier time

  @Test(
    "As of a time, only what had arrived by then counts",
    arguments: [
      ("2026-11-20 07:30:00", ShipmentState.open, 1, 0, nil),
      ("2026-11-20 08:00:00", .assigned, 2, 0, "1000000000"),
      ("2026-11-20 12:59:59", .confirmed, 4, 1, "1000000000"),
      ("2026-11-20 13:00:00", .outForDelivery, 6, 0, "1000000000"),
      ("2026-11-20 15:00:00", .delivered, 9, 0, "1000000000"),
    ] as [(String, ShipmentState, Int, Int, String?)])
  func asOf(_ time: String, _ state: ShipmentState, _ events: Int, _ parked: Int, _ awb: String?) throws {
    let story = try #require(try tell("EE-1", try parkedDesk(), asOf: time))
    #expect(story.state == state)
    #expect(story.shipments[0].state == state)
    #expect(story.shipments[0].parkedRows == parked)
    #expect(story.shipments[0].awb == awb)
    #expect(story.events.count == events)
  }

  @Test("Before its file arrived there is no story")
  func beforeAll() throws {
    #expect(try tell("EE-1", try parkedDesk(), asOf: "2026-11-20 07:29:59") == nil)
  }

  @Test("The fold of the history stands where the books stand")
  func foldIsBooks() throws {
    let desks = [try parkedDesk(), try splitDesk(), try cancelledDesk()]
    for desk in desks {
      for number in ["EE-1", "EE-2", "EE-3"] {
        guard let now = try tell(number, desk) else { continue }
        let folded = try #require(try tell(number, desk, asOf: "2099-01-01 00:00:00"))
        #expect(folded.state == now.state)
        #expect(folded.shipments.map(\.state) == now.shipments.map(\.state))
        #expect(folded.shipments.map(\.since) == now.shipments.map(\.since))
        #expect(folded.shipments.map(\.setBy) == now.shipments.map(\.setBy))
        #expect(folded.events.map(\.words) == now.events.map(\.words))
      }
    }
  }

  /// A manifest, a cancel request at times, and scans of which some are of one second, in an order made from the seed.
  private func shuffledDesk(_ seed: UInt64, arrival: UInt64) throws -> JudgingDesk {
    let desk = JudgingDesk()
    try desk.drop("easyecom", "orders.csv", .orders, at: "2026-11-20 07:00:00", [order("EE-1", "9001")])
    try desk.drop(
      "easyecom", "assignments.csv", .assignments, at: "2026-11-20 07:10:00",
      [[.orderNumber: "EE-1", .courier: "Ecom Express", .awbNumber: "1000000000"]])
    try desk.drop(
      "dtdc", "confirmations.csv", .confirmations, at: "2026-11-20 07:20:00", [[.orderNumber: "EE-1"]])
    var random = SeededNumbers(seed)
    var files: [(kind: Kind, partner: String, row: [Column: String])] = [
      (.manifests, "dtdc", [.manifestNumber: "MF1", .awbNumber: "1000000000"])
    ]
    if random.below(3) == 0 {
      files.append(
        (
          .cancellations, "easyecom",
          [.orderNumber: "EE-1", .cancelledAt: "2026-11-20 08:00:0\(random.below(6))"]
        ))
    }
    for number in 0..<(2 + random.below(5)) {
      let code = ["013", "0011", "005", "006", "200", "777", "100", "999"][random.below(8)]
      files.append(
        (
          .scans, "ecom-express",
          scan(
            "1000000000", code, "2026-11-20 08:00:0\(random.below(6))", number: "\(500 + number)", at: "BLR")
        ))
    }
    var order = SeededNumbers(arrival)
    for place in files.indices.dropFirst() { files.swapAt(place, order.below(place + 1)) }
    // A request that cancels before the manifest would refuse it: here the manifest comes first of the two.
    if let request = files.firstIndex(where: { $0.kind == .cancellations }),
      let manifest = files.firstIndex(where: { $0.kind == .manifests }), request < manifest
    {
      files.swapAt(request, manifest)
    }
    for (place, file) in files.enumerated() {
      try desk.drop(
        file.partner, "file-\(place).csv", file.kind, at: "2026-11-20 1\(place % 10):00:00", [file.row])
    }
    return desk
  }

  @Test(
    "In whatever order the files come, books and history stand at the same place", arguments: 0..<UInt64(60))
  func anyArrival(_ seed: UInt64) throws {
    var states: Set<String> = []
    for arrival in UInt64(0)..<8 {
      let desk = try shuffledDesk(seed, arrival: arrival)
      let now = try #require(try tell("EE-1", desk))
      let folded = try #require(try tell("EE-1", desk, asOf: "2099-01-01 00:00:00"))
      #expect(folded.shipments.map(\.state) == now.shipments.map(\.state), "seed \(seed), arrival \(arrival)")
      #expect(folded.shipments.map(\.since) == now.shipments.map(\.since), "seed \(seed), arrival \(arrival)")
      #expect(folded.shipments.map(\.setBy) == now.shipments.map(\.setBy), "seed \(seed), arrival \(arrival)")
      #expect(now.shipments[0].parkedRows == 0)
      states.insert(now.state.name)
    }
    #expect(states.count == 1, "seed \(seed): \(states)")
  }

  // MARK: Several shipments, cancellations

  /// A split order; its first shipment is assigned, both are confirmed by one row.
  private func splitDesk() throws -> JudgingDesk {
    let desk = JudgingDesk()
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 07:30:00",
      [order("EE-1", "9001"), order("EE-1", "9002")])
    try desk.drop(
      "easyecom", "assignments.csv", .assignments, at: "2026-11-20 08:00:00",
      [[.invoiceID: "9001", .courier: "Ekart", .awbNumber: "500999AA"]])
    try desk.drop(
      "nexar", "confirmations.csv", .confirmations, at: "2026-11-20 09:00:00", [[.orderNumber: "EE-1"]])
    return desk
  }

  @Test("One row that acts on two shipments is told of each, with the state of each")
  func split() throws {
    let story = try #require(try tell("EE-1", try splitDesk()))
    #expect(story.shipments.map(\.invoice) == ["9001", "9002"])
    let confirmed = story.events.filter { $0.happening == .confirmed }
    #expect(confirmed.map(\.shipment) == [0, 1])
    #expect(confirmed.map(\.before) == [.assigned, .open])
    #expect(confirmed.map(\.source.row) == [1, 1])
    #expect(
      story.events.filter { $0.happening == .created }.map(\.words) == [
        "Order created: 2 x TEA", "A further shipment of the order created: 2 x TEA",
      ])
  }

  /// Cancelled before pickup and seen again; cancelled after pickup; cancelled after delivery is refused and leaves no trace.
  private func cancelledDesk() throws -> JudgingDesk {
    let desk = JudgingDesk()
    let numbers = ["EE-1", "EE-2", "EE-3"]
    try desk.drop(
      "easyecom", "orders.csv", .orders, at: "2026-11-20 07:30:00",
      numbers.enumerated().map { order($0.element, "900\($0.offset)") })
    try desk.drop(
      "easyecom", "assignments.csv", .assignments, at: "2026-11-20 08:00:00",
      numbers.map { [.orderNumber: $0, .courier: "ekart", .awbNumber: "AWB-\($0)"] })
    try desk.drop(
      "easyecom", "confirmations.csv", .confirmations, at: "2026-11-20 09:00:00",
      numbers.map { [.orderNumber: $0] })
    try desk.drop(
      "easyecom", "manifests.csv", .manifests, at: "2026-11-20 10:00:00",
      numbers.map { [.manifestNumber: "MF1", .awbNumber: "AWB-\($0)"] })
    func event(_ number: String, _ status: String, _ time: String) -> [Column: String] {
      [.awbNumber: "AWB-\(number)", .status: status, .datetime: time]
    }
    try desk.drop(
      "ekart", "tracking-1.csv", .tracking, at: "2026-11-20 12:00:00",
      [event("EE-2", "in_transit", "2026-11-20 11:00:00"), event("EE-3", "delivered", "2026-11-20 11:30:00")])
    try desk.drop(
      "ekart", "cancellations.csv", .cancellations, at: "2026-11-20 13:00:00",
      numbers.map { [.awbNumber: "AWB-\($0)", .cancelledAt: "2026-11-20 12:30:00"] })
    try desk.drop(
      "ekart", "tracking-2.csv", .tracking, at: "2026-11-20 15:00:00",
      [
        event("EE-1", "pickup_complete", "2026-11-20 14:00:00"),
        event("EE-2", "delivered", "2026-11-20 14:00:00"),
      ])
    return desk
  }

  @Test(
    "A cancellation is told by what it led to",
    arguments: [
      ("EE-1", ShipmentState.cancelled, "Cancelled"),
      ("EE-2", .returned, "Cancellation asked for after pickup: on its way back to the shipper (RTO)"),
      ("EE-3", .delivered, nil),
    ] as [(String, ShipmentState, String?)])
  func cancelled(_ number: String, _ state: ShipmentState, _ words: String?) throws {
    let story = try #require(try tell(number, try cancelledDesk()))
    #expect(story.state == state)
    #expect(story.events.first { $0.happening == .cancelRequested }?.words == words)
  }

  @Test("Goods that are seen after the cancellation are told as that")
  func goodsBeatPaperwork() throws {
    let story = try #require(try tell("EE-1", try cancelledDesk()))
    let last = try #require(story.events.last)
    #expect(last.outcome == .recorded)
    #expect(last.words.hasSuffix("Recorded: the shipment was cancelled, yet it was seen"))
  }

  // MARK: What would be accepted

  @Test("Only a partner whose shipment it is may act on it")
  func allowedNow() throws {
    var profiles = PartnerProfile.builtIn
    for place in profiles.indices where profiles[place].role == .warehouse {
      profiles[place].locationKeys = [Array(profiles[place].folder == "dtdc" ? "WH1".utf8 : "WH2".utf8)]
    }
    let desk = JudgingDesk(profiles: profiles)
    try desk.drop("easyecom", "orders.csv", .orders, at: "2026-11-20 07:30:00", [order("EE-1", "9001")])
    let before = try #require(try tell("EE-1", desk)?.shipments.first?.allowedNow)
    #expect(before.map(\.partner) == ["easyecom", "dtdc"])
    #expect(before.first { $0.partner == "dtdc" }?.events == [.assign])
    #expect(before.first { $0.partner == "easyecom" }?.events == [.assign, .confirm, .cancel])

    try desk.drop(
      "dtdc", "assignments.csv", .assignments, at: "2026-11-20 08:00:00",
      [[.orderNumber: "EE-1", .courier: "e kart", .awbNumber: "500999AA"]])
    let after = try #require(try tell("EE-1", desk)?.shipments.first?.allowedNow)
    #expect(after.map(\.partner) == ["easyecom", "ekart", "dtdc"])
    #expect(after.first { $0.partner == "ekart" }?.events == [.reassign, .cancel])
    #expect(after.first { $0.partner == "dtdc" }?.events == [.reassign, .confirm])
  }

  @Test("A marketplace's order is assigned by the marketplace")
  func marketplaceOrder() throws {
    let desk = JudgingDesk()
    try desk.drop("booon", "orders.csv", .orders, at: "2026-11-20 07:30:00", [order("BN-1", "9001")])
    let story = try #require(try tell("BN-1", desk))
    #expect(story.events.map(\.words) == ["Order created: 2 x TEA; it waits for its carrier"])
    let allowed = story.shipments[0].allowedNow
    #expect(allowed.filter { $0.events.contains(.assign) }.map(\.partner) == ["booon"])
    #expect(story.creator == "booon")
  }

  // MARK: JSON, texts

  @Test("The JSON says the same, with the fixed words of files")
  func json() throws {
    let story = try #require(try tell("EE-1", try parkedDesk()))
    let data = Data(story.json(in: .kolkata))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["order_number"] as? String == "EE-1")
    #expect(object["found_by"] as? String == "order_number")
    #expect(object["state"] as? String == "delivered")
    let shipment = try #require((object["shipments"] as? [[String: Any]])?.first)
    #expect(shipment["awb_number"] as? String == "1000000000")
    #expect(shipment["since"] as? String == "2026-11-20T14:30:00+05:30")
    #expect(shipment["inferred"] as? [String] == ["pickup_scheduled", "picked_up"])
    let events = try #require(object["events"] as? [[String: Any]])
    #expect(events.map { $0["event"] as? String } == story.events.map(\.happening.rawValue))
    #expect(events[0]["state_before"] is NSNull)
    #expect(events[1]["event_time"] as? String == "2026-11-20T07:50:00+05:30")
    #expect(events[1]["received_at"] as? String == "2026-11-20T08:00:00+05:30")
    #expect((events[1]["source"] as? [String: Any])?["file"] as? String == "assignments.csv")
    #expect(events[1]["ledger_sequence"] as? Int == 2)
  }

  @Test("Nothing a partner writes reaches the terminal as a command")
  func harmless() throws {
    let desk = try parkedDesk()
    try desk.drop(
      "ecom-express", "scans-3.csv", .scans, at: "2026-11-20 16:00:00",
      [scan("1000000000", "004", "2026-11-20 11:20:00", number: "44591795", at: "B\u{1B}[31mLR\u{202E}\n")])
    let story = try #require(try tell("EE-1", desk))
    let text = story.lines(in: .kolkata).joined()
    #expect(text.contains("B\u{FFFD}[31mLR\u{FFFD}\u{FFFD}"))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
  }
}
