/// The touchpoints of the two carriers, Ecom Express and Ekart: the keys of a payload, the rows of two tables, and what the text
/// around them settles.
extension Touchpoint {
  static let ecomExpress: [Touchpoint] = [
    ecomLine(
      "Introduction", "pushing individual scans; the payload for this is fixed",
      [.inbox("ecom-express", .scans)],
      [.sends("ecom-express", .scans), .refuses("ecom-express", .tracking)],
      [.exchange("reply-in-the-carriers-shape"), .exchange("trading-day")]),
    ecomLine(
      "Required Information", "Authentication: Protocol Basic Auth, Username, Password",
      [.folder("ecom-express")], [.identity("ecom-express")],
      [.exchange("order-of-somebody-else"), .test("InboxTests", foreignFolders)]),
    ecomLine(
      "Payload", "awb: AWB_NUMBER", [.inbox("ecom-express", .scans)], [.needs(.scans, .awbNumber)],
      [.exchange("reply-in-the-carriers-shape"), .error("W303-unknown-shipment")]),
    ecomLine(
      "Payload", "datetime: YYYY-mm-dd H:M:S", [.inbox("ecom-express", .scans)],
      [.needs(.scans, .datetime), .times("ecom-express", .scans, .blankShort)],
      [.error("W202-bad-time"), .test("TimeReadingTests", "Every documented spelling is read")]),
    ecomLine(
      "Payload", "status: remark; Employee: Name of Employee", [.inbox("ecom-express", .scans)],
      [.mayHave(.scans, .status), .mayHave(.scans, .employee)], [.exchange("reply-in-the-carriers-shape")]),
    ecomLine(
      "Payload", "reason_code: 777 - RTS - Return To Shipper; reason_code_number: 777",
      [.inbox("ecom-express", .scans)],
      [
        .code("ecom-express", "777", .rto), .mayHave(.scans, .reasonCode),
        .mayHave(.scans, .reasonCodeNumber),
      ],
      [
        .exchange("return-under-a-second-awb"), .exchange("unknown-code-is-recorded"),
        .test("CodeTableTests", "Every code keeps its place, its class and its words"),
      ]),
    ecomLine(
      "Payload", "location: JRD; city: Vadodara", [.inbox("ecom-express", .scans)],
      [.mayHave(.scans, .location), .mayHave(.scans, .city)], [.exchange("reply-in-the-carriers-shape")]),
    ecomLine(
      "Payload", "status_update_number: 44591782", [.inbox("ecom-express", .scans)],
      [.mayHave(.scans, .statusUpdateNumber)], [.exchange("scan-number-twice"), .error("W309-scan-conflict")]),
    ecomLine(
      "Payload", "order_number: ORDER_NUMBER", [.inbox("ecom-express", .scans)],
      [.mayHave(.scans, .orderNumber)], [.exchange("feed-marketplace"), .error("W313-keys-disagree")]),
    ecomLine(
      "Payload", "ref_awb", [.inbox("ecom-express", .scans)], [.mayHave(.scans, .referenceAWB)],
      [
        .exchange("return-under-a-second-awb"), .error("W211-reference-to-itself"),
        .error("W317-reference-conflict"),
      ]),
    ecomLine(
      "Sample Response: Success Case", "awb, status: true, status_update_number: 1898982",
      [.reply("ecom-express")], [.repliesInCarrierShape("ecom-express")],
      [
        .exchange("reply-in-the-carriers-shape"),
        .test("CarrierReplyTests", "Every row is answered in the carrier's shape, in row order"),
      ]),
    ecomLine(
      "Failure Responses", "status: false, reason: Reason", [.reply("ecom-express")],
      [.repliesInCarrierShape("ecom-express")],
      [
        .exchange("reply-in-the-carriers-shape"),
        .test("CarrierReplyTests", "An unreadable line has an empty AWB and no number"),
      ]),
  ]

  static let ekart: [Touchpoint] = [
    ekartLine(
      "Step 4, row Username", "Enter the Merchant Code provided by Ekart; mandatory",
      [.inbox("easyecom", .carriers)], [.sends("easyecom", .carriers), .needs(.carriers, .username)],
      [.exchange("carriers-once-per-location"), .test("CredentialSecrecyTests", secrecy)]),
    ekartLine(
      "Step 4, row Password", "Enter the Token provided by Ekart; mandatory", [.inbox("easyecom", .carriers)],
      [.needs(.carriers, .password)],
      [.exchange("carriers-once-per-location"), .test("CredentialSecrecyTests", secrecy)]),
    ekartLine(
      "Step 4, row Extra Credential 1", "Enter the Location Code (optional)", [.inbox("easyecom", .carriers)],
      [.mayHave(.carriers, .extraCredential1)],
      [.exchange("carriers-once-per-location"), .test("CredentialSecrecyTests", secrecy)]),
    ekartLine(
      "System Behavior", "EasyEcom can create shipments with Ekart", [.feed("ekart", .shipments)],
      [.gets("ekart", .shipments), .refuses("ekart", .orders)], [.exchange("feed-shipments-to-ekart")]),
    ekartLine(
      "System Behavior", "Each shipment is assigned a unique tracking ID", [.inbox("ekart", .assignments)],
      [.sends("ekart", .assignments)],
      [.exchange("ekart-brings-its-own-tracking-id"), .exchange("awb-in-use"), .error("W306-awb-in-use")]),
    ekartLine(
      "System Behavior", "Shipment tracking updates are received from Ekart", [.inbox("ekart", .tracking)],
      [.sends("ekart", .tracking), .code("ekart", "out_for_delivery", .outForDelivery)],
      [
        .exchange("feed-shipments-to-ekart"), .exchange("trading-day"),
        .test(
          "CodeTableTests",
          "Ekart's events are read without case, separators and the word shipment before them"),
      ]),
    ekartLine(
      "System Behavior", "Shipment status is updated in EasyEcom as the shipment progresses",
      [.feed("easyecom", .tracking)], [.gets("easyecom", .tracking)], [.exchange("feed-shipments-to-ekart")]),
    ekartLine(
      "Cancellation Handling", "Ekart uses a single process for cancellation requests",
      [.inbox("ekart", .cancellations), .inbox("easyecom", .cancellations), .feed("ekart", .cancellations)],
      [.sends("ekart", .cancellations), .sends("easyecom", .cancellations), .gets("ekart", .cancellations)],
      [.exchange("ekart-cancel-before-pickup"), .exchange("feed-shipments-to-ekart")]),
    ekartLine(
      "Cancellation Handling, row Before pickup", "Shipment is cancelled",
      [.inbox("ekart", .cancellations), .feed("ekart", .cancellations)],
      [
        .step("ekart", .shipped, .cancel, .moves(to: .cancelled)),
        .step("ekart", .pickupScheduled, .cancel, .moves(to: .cancelled)),
      ], [.exchange("ekart-cancel-before-pickup"), .exchange("feed-shipments-to-ekart")]),
    ekartLine(
      "Cancellation Handling, row After pickup", "Shipment is processed as RTO",
      [.inbox("ekart", .cancellations), .feed("ekart", .cancellations)],
      [
        .step("ekart", .pickedUp, .cancel, .moves(to: .rto)),
        .step("ekart", .outForDelivery, .cancel, .moves(to: .rto)),
      ], [.exchange("ekart-cancel-after-pickup"), .exchange("feed-shipments-to-ekart")]),
  ]

  private static let secrecy = "No byte of a credential is anywhere when the work is done"

  private static func ecomLine(
    _ place: String, _ words: String, _ files: [TouchpointFile], _ rules: [TouchpointRule],
    _ proofs: [TouchpointProof]
  ) -> Touchpoint { Touchpoint("ecom-express-status-push", place, words, files, rules, proofs) }

  private static func ekartLine(
    _ place: String, _ words: String, _ files: [TouchpointFile], _ rules: [TouchpointRule],
    _ proofs: [TouchpointProof]
  ) -> Touchpoint { Touchpoint("ekart-carrier", place, words, files, rules, proofs) }
}
