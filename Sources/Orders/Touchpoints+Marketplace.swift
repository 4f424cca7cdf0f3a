/// The touchpoints of Booon: the eight rows of the table "Integration Touchpoints", and what the text around it settles.
extension Touchpoint {
  static let booon: [Touchpoint] = [
    booonLine(
      "Location Key Requirement", "The channel is added under a specific warehouse location",
      [.configuration],
      [.ownLocations("booon")], [.exchange("feed-marketplace"), .error("W402-location-not-yours")]),
    booonLine(
      "Step 4", "API Mode is mandatory for Selfship marketplace integrations", [.inbox("booon", .orders)],
      [.sendsWhile("booon", .orders, .apiMode)], [.error("W404-api-mode-off")]),
    booonLine(
      "Order Flow",
      "Orders initially appear in the Failed Orders section until the carrier is assigned by Booon",
      [.inbox("booon", .orders)],
      [
        .ordersAwaitCarrier("booon"),
        .step("easyecom", .awaitingCarrier, .confirm, .refused(.carrierFirst)),
      ], [.exchange("booon-order-waits-for-its-carrier"), .error("W410-carrier-first")]),
    booonLine(
      "Order Flow", "Booon creates the carrier and AWB details", [.inbox("booon", .assignments)],
      [.leavesMarketplaceOrders("easyecom")],
      [.exchange("booon-order-waits-for-its-carrier"), .error("W406-marketplace-assigns")]),
    booonLine(
      "Order Flow", "Seller processes and ships the order from EasyEcom",
      [.inbox("easyecom", .confirmations), .inbox("easyecom", .documents), .inbox("easyecom", .manifests)],
      [
        .sends("easyecom", .confirmations), .sends("easyecom", .documents), .sends("easyecom", .manifests),
        .refuses("booon", .confirmations), .refuses("booon", .manifests),
      ], [.exchange("feed-marketplace"), .exchange("documents-after-confirmation")]),
    booonLine(
      "row 1, Get Auth Token", "Used to generate authentication token", [.folder("booon")],
      [.identity("booon")], [.exchange("order-of-somebody-else"), .test("InboxTests", foreignFolders)]),
    booonLine(
      "row 2, Get Location", "Fetches location details", [.feed("booon", .locations)],
      [.gets("booon", .locations)], [.exchange("feed-marketplace")]),
    booonLine(
      "row 3, Add Carrier Credentials", "This API should be used only one time for one location",
      [.inbox("booon", .carriers)], [.sends("booon", .carriers), .credentialsOnce("booon")],
      [.exchange("carriers-once-per-location"), .error("W405-credentials-already-set")]),
    booonLine(
      "row 4, Get Product", "Fetches product details", [.feed("booon", .products)],
      [.gets("booon", .products), .refuses("booon", .products)], [.exchange("feed-marketplace")]),
    booonLine(
      "row 5, Create Order", "Creates orders in EasyEcom", [.inbox("booon", .orders)],
      [.sendsWhile("booon", .orders, .apiMode)], [.exchange("booon-order-waits-for-its-carrier")]),
    booonLine(
      "row 6, Assign Shipment Details", "Assigns shipment details", [.inbox("booon", .assignments)],
      [
        .sends("booon", .assignments),
        .step("booon", .awaitingCarrier, .assign, .moves(to: .assigned)),
      ], [.exchange("booon-order-waits-for-its-carrier")]),
    booonLine(
      "row 7, Inventory Update - Webhook", "Pushes inventory updates", [.feed("booon", .inventory)],
      [.gets("booon", .inventory), .sends("easyecom", .inventory), .refuses("booon", .inventory)],
      [.exchange("feed-marketplace"), .exchange("feed-stock-of-a-warehouse")]),
    booonLine(
      "row 8, Manifested - Webhook", "Pushes manifested updates", [.feed("booon", .manifested)],
      [.gets("booon", .manifested)], [.exchange("feed-marketplace")]),
    booonLine(
      "Important Operational Notes", "Cancel Order is not used in this integration",
      [.inbox("booon", .cancellations)], [.refuses("booon", .cancellations)],
      [.exchange("booon-may-not-cancel")]),
    booonLine(
      "Important Operational Notes", "Mark Pending Return API is not used; Mark Return is not used",
      [.inbox("booon", .returns)], [.refuses("booon", .returns)], [.exchange("booon-may-not-mark-returns")]),
  ]

  /// A login that leads into no partner's folder leads nowhere.
  static let foreignFolders =
    "What is no file, and who is no partner, is said once for as long as it lies there"

  private static func booonLine(
    _ place: String, _ words: String, _ files: [TouchpointFile], _ rules: [TouchpointRule],
    _ proofs: [TouchpointProof]
  ) -> Touchpoint { Touchpoint("booon-marketplace", place, words, files, rules, proofs) }
}
