import Orders
import Testing

@testable import waybill

@Suite("The history of an order")
struct OrderTests {
  private func run(_ words: String..., story: OrderStory) -> String {
    var engine = SampleEngine()
    engine.story = { _, _ in story }
    let recorded = RecordedConsole()
    let status = Waybill.run(words.map { Array($0.utf8) }, recorded.console, connect: { _ in engine })
    #expect(recorded.console.finish(status) == .done)
    return recorded.outputText
  }

  @Test("reads like a story: where it is, how it came there, what may come next")
  func story() {
    #expect(
      run("order", "OD-1", story: sampleStory)
        == """
        Order OD-1, from easyecom (Flipkart), placed 21 Nov 2026 02:10:04, for location WH1, COD.
        It is in transit.

        Shipment: AWB A1, with ekart, invoice INV-1
          state     in transit since 21 Nov 2026 05:10:04, by ekart/tracking.csv row 3
          lines     SKU-1 x 2 at 99.50, SKU-2 x 1
          inferred  picked up: no file said so, a later event proves it
          parked    2 rows waiting for an earlier step
          now       easyecom may send cancel; ekart may send out for delivery, undelivered or delivered

        What happened
          when                  what                           state       outcome        told by
          --------------------  -----------------------------  ----------  -------------  -------------------------
          21 Nov 2026 02:10:04  order created, 2 lines         open                       easyecom/orders.csv row 1
          -                     manifested: M-7                shipped                    dtdc/manifests.json row 9
          21 Nov 2026 05:10:04  in transit: Bag scanned        in transit                 ekart/tracking.csv row 3
          21 Nov 2026 04:10:04  code 0404, which no table has              recorded       ekart/tracking.csv row 4
          21 Nov 2026 06:10:04  cancellation asked for                     rejected W311  booon

        """)
  }

  @Test("of a split order every event names its shipment, and the way it was found is said")
  func split() {
    var story = sampleStory
    story.foundBy = .awb
    story.asked = "A2"
    story.asOf = sampleTime(minutes: 600)
    var second = story.shipments[0]
    second.awb = nil
    second.courier = nil
    second.invoice = nil
    second.state = .open
    second.allowedNow = [("dtdc", [])]
    second.inferred = []
    story.shipments.append(second)
    let text = run("order", "A2", story: story)
    #expect(
      text.contains(
        ", COD. Found by its AWB A2.\nIt is in transit, in 2 shipments.\nAs it was known on 21 Nov 2026 12:10:04.\n"
      ))
    #expect(text.contains("\nShipment 1 of 2: AWB A1, with ekart, invoice INV-1\n"))
    #expect(text.contains("\nShipment 2 of 2: no carrier yet\n"))
    #expect(text.contains("now     nothing more is accepted\n"))
    #expect(text.contains("  shipment  state "))
  }

  @Test("hostile words of a partner are spelled out")
  func hostile() {
    var story = sampleStory
    story.events[2].detail = "\u{1B}]0;x\u{7}\nfake line"
    story.shipments[0].courier = "\u{202E}trake"
    let text = run("order", "OD-1", story: story)
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    #expect(text.contains("\\u{1B}]0;x\\u{7}\\u{A}fake line"))
  }

  @Test("as JSON it keeps the fixed words and the times with their offset")
  func json() {
    let text = run("order", "OD-1", "--json", story: sampleStory)
    for part in [
      "\"order_number\": \"OD-1\"", "\"found_by\": \"order_number\"", "\"state\": \"in_transit\"",
      "\"event_time\": \"2026-11-21T05:10:04+05:30\"", "\"code\": \"W311\"", "\"event\": \"unknown_code\"",
      "\"inferred\": [\n        \"picked_up\"\n      ]", "\"file\": null", "\"ledger_sequence\": 7",
    ] { #expect(text.contains(part)) }
  }

  @Test("the time asked for is read in the exchange's zone and handed on")
  func asOf() {
    var engine = SampleEngine()
    engine.story = { number, asOf in
      #expect(number == "OD-1")
      #expect(asOf == sampleTime())
      return sampleStory
    }
    #expect(RecordedConsole().run("order", "OD-1", "--as-of", "2026-11-21 02:10:04", engine: engine) == .done)
  }

  @Test("an order that nobody knows ends with 3")
  func unknown() {
    var engine = SampleEngine()
    engine.story = { number, _ throws(Failure) in throw .unknownOrder(number) }
    let recorded = RecordedConsole()
    #expect(recorded.run("order", "OD-\u{1B}", engine: engine) == .couldNot)
    #expect(recorded.errorsText == "waybill: no order, AWB or invoice `OD-\\u{1B}` is known to the ledger\n")
  }

  @Test("every event has words of its own")
  func words() {
    let words = EventKind.allCases.map { OrderCommand.words(.asked($0)) }
    #expect(Set(words).count == words.count)
    #expect(words.allSatisfy { !$0.contains("_") })
  }
}

private func sampleEvent(
  _ step: OrderStory.Event.Step, at minutes: Int?, _ outcome: Outcome, _ after: ShipmentState?,
  _ source: Source,
  detail: String? = nil, code: RejectionCode? = nil
) -> OrderStory.Event {
  OrderStory.Event(
    at: minutes.map { sampleTime(minutes: $0) }, arrivedAt: sampleTime(minutes: 500), step: step, awb: "A1",
    detail: detail, outcome: outcome, code: code, before: nil, after: after, source: source,
    decision: DecisionNumber(7))
}

private var sampleStory: OrderStory {
  OrderStory(
    asked: "OD-1", foundBy: .orderNumber, asOf: nil, orderNumber: "OD-1", creator: "easyecom",
    createdAt: sampleTime(), orderedAt: sampleTime(), marketplace: "Flipkart", locationKey: "WH1",
    paymentMode: "COD",
    state: .inTransit,
    shipments: [
      .init(
        invoice: "INV-1", awb: "A1", courier: "ekart", pairedAWB: nil, state: .inTransit,
        since: sampleTime(minutes: 180), setBy: Source(partner: "ekart", file: "tracking.csv", row: 3),
        lines: [
          .init(sku: "SKU-1", quantity: 2, price: "99.50"), .init(sku: "SKU-2", quantity: 1, price: nil),
        ],
        inferred: [.pickedUp],
        allowedNow: [
          ("easyecom", [.cancel]), ("ekart", [.outForDelivery, .undelivered, .delivered]), ("dtdc", []),
        ],
        parkedRows: 2)
    ],
    events: [
      sampleEvent(
        .created(lines: 2), at: 0, .applied, .open, Source(partner: "easyecom", file: "orders.csv", row: 1)),
      sampleEvent(
        .asked(.manifest), at: nil, .applied, .shipped,
        Source(partner: "dtdc", file: "manifests.json", row: 9),
        detail: "M-7"),
      sampleEvent(
        .asked(.inTransit), at: 180, .applied, .inTransit,
        Source(partner: "ekart", file: "tracking.csv", row: 3),
        detail: "Bag scanned"),
      sampleEvent(
        .unknownCode("0404"), at: 120, .recorded, nil, Source(partner: "ekart", file: "tracking.csv", row: 4)),
      sampleEvent(
        .asked(.cancel), at: 240, .rejected, nil, Source(partner: "booon", file: nil, row: 0),
        code: .cancelRefused),
    ])
}
