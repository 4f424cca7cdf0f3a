/// The touchpoints of the two warehouses, DTDC Raftaar and Nexar Logistics: the rows of their tables, and what the text around
/// them settles.
extension Touchpoint {
  static let dtdc: [Touchpoint] = [
    dtdcLine(
      "Important Points", "Products are not fetched from EasyEcom to the WMS", [.inbox("dtdc", .products)],
      [.getsNo("dtdc", .products), .refuses("dtdc", .products)], [.exchange("dtdc-exchanges-no-products")]),
    dtdcLine(
      "Required Settings", "Update Available Inventory Only", [.configuration, .inbox("dtdc", .inventory)],
      [.sendsWhile("dtdc", .inventory, .updateAvailableInventoryOnly)],
      [.exchange("dtdc-inventory-without-the-setting"), .error("W403-inventory-setting-off")]),
    dtdcLine(
      "row Order Fetch", "New orders are fetched using the Get All Orders API", [.feed("dtdc", .orders)],
      [.gets("dtdc", .orders), .refuses("dtdc", .orders)], [.exchange("feed-orders-to-warehouses")]),
    dtdcLine(
      "row Shipment Assignment", "Carrier details and AWB assigned to the order",
      [.inbox("dtdc", .assignments)],
      [.sends("dtdc", .assignments), .step("dtdc", .open, .assign, .moves(to: .assigned))],
      [.exchange("dtdc-assigns-before-it-confirms")]),
    dtdcLine(
      "row Order Confirmation", "Order confirmed after shipment assignment", [.inbox("dtdc", .confirmations)],
      [
        .assignmentBeforeConfirmation("dtdc"), .step("dtdc", .open, .confirm, .refused(.assignmentFirst)),
        .step("dtdc", .assigned, .confirm, .moves(to: .confirmed)),
      ], [.exchange("dtdc-assigns-before-it-confirms"), .error("W304-assignment-first")]),
    dtdcLine(
      "row Document Retrieval", "Shipping label and invoice retrieved",
      [.inbox("dtdc", .documents), .documents("dtdc")],
      [
        .sends("dtdc", .documents), .step("dtdc", .assigned, .document, .refused(.notTheNextStep)),
        .step("dtdc", .confirmed, .document, .stays),
      ], [.exchange("documents-after-confirmation"), .test("DocumentsLabelTests", scannedLabel)]),
    dtdcLine(
      "row Manifest Generation", "Order moved from Confirmed to Shipped", [.inbox("dtdc", .manifests)],
      [
        .sends("dtdc", .manifests), .step("dtdc", .confirmed, .manifest, .moves(to: .shipped)),
        .step("dtdc", .assigned, .manifest, .refused(.notTheNextStep)),
      ], [.exchange("manifest-is-mandatory")]),
    dtdcLine(
      "row Tracking Updates", "Shipment tracking statuses updated",
      [.inbox("dtdc", .tracking), .feed("easyecom", .tracking)],
      [.sends("dtdc", .tracking), .gets("easyecom", .tracking)],
      [.exchange("tracking-before-the-manifest-waits"), .exchange("trading-day")]),
    dtdcLine(
      "row Inventory Update", "Inventory changes synced using Bulk Inventory Update API",
      [.inbox("dtdc", .inventory), .feed("booon", .inventory)],
      [.sendsWhile("dtdc", .inventory, .updateAvailableInventoryOnly), .needs(.inventory, .quantity)],
      [.exchange("dtdc-inventory-with-the-setting"), .exchange("feed-stock-of-a-warehouse")]),
    dtdcLine(
      "6. Tracking Updates", "Pickup Scheduled, In Transit, Out for Delivery, Delivered, RTO",
      [.inbox("dtdc", .tracking)],
      [
        .code("dtdc", "Pickup Scheduled", .pickupScheduled), .code("dtdc", "In Transit", .inTransit),
        .code("dtdc", "Out for Delivery", .outForDelivery), .code("dtdc", "Delivered", .delivered),
        .code("dtdc", "RTO", .rto),
      ],
      [
        .exchange("trading-day"),
        .test(
          "CodeTableTests",
          "DTDC speaks codes, codes with remarks, return twins and the five words of the seed"),
      ]),
    dtdcLine(
      "6. Tracking Updates", "Tracking updates should begin only after the manifest is generated",
      [.inbox("dtdc", .tracking)], [.step("dtdc", .confirmed, .inTransit, .parked)],
      [.exchange("tracking-before-the-manifest-waits")]),
    dtdcLine(
      "Technical Processing Sequence",
      "Fetch Orders, Assign Shipment, Confirm Order, Retrieve Documents, Generate Manifest, Push Tracking Updates, Update Inventory",
      [.folder("dtdc")],
      [.order([.orders, .assignments, .confirmations, .documents, .manifests, .tracking, .inventory])],
      [
        .test("ProcessingOrderTests", "The steps of the sequence come first, whatever arrived when"),
        .exchange("trading-day"),
      ]),
    dtdcLine(
      "Operational Notes", "Duplicate order prevention relies on Invoice ID validation",
      [.inbox("easyecom", .orders), .feed("dtdc", .orders)], [.mayHave(.orders, .invoiceID)],
      [.exchange("invoice-id-twice"), .error("W307-invoice-in-use")]),
  ]

  static let nexar: [Touchpoint] = [
    nexarLine(
      "Overview", "Inventory updates are not handled through this integration", [.inbox("nexar", .inventory)],
      [.refuses("nexar", .inventory)], [.exchange("nexar-may-not-send-inventory")]),
    nexarLine(
      "Overview", "Return processing and return status updates are not handled",
      [.inbox("nexar", .returns), .inbox("nexar", .tracking)],
      [.refuses("nexar", .returns), .refusesReturnStates("nexar")],
      [
        .exchange("nexar-may-not-send-returns"), .exchange("nexar-return-states-are-refused"),
        .error("W407-returns-not-handled"),
      ]),
    nexarLine(
      "Location Key", "The location key for the required warehouse must be shared with the WMS team",
      [.configuration], [.ownLocations("nexar")],
      [
        .exchange("order-of-somebody-else"), .exchange("feed-orders-to-warehouses"),
        .exchange("locations-given-later"),
        .test("ConfigurationTests", "Two warehouses that name one location key are named both"),
      ]),
    nexarLine(
      "row Authorization", "WMS → EasyEcom", [.folder("nexar")], [.identity("nexar")],
      [.exchange("order-of-somebody-else"), .test("InboxTests", foreignFolders)]),
    nexarLine(
      "row Product Master Fetch", "EasyEcom → WMS", [.feed("nexar", .products)],
      [.gets("nexar", .products), .refuses("nexar", .products)], [.exchange("feed-orders-to-warehouses")]),
    nexarLine(
      "row Order Fetch", "EasyEcom → WMS", [.feed("nexar", .orders)],
      [.gets("nexar", .orders), .refuses("nexar", .orders)], [.exchange("feed-orders-to-warehouses")]),
    nexarLine(
      "row Shipment Assignment", "WMS → EasyEcom", [.inbox("nexar", .assignments)],
      [.sends("nexar", .assignments), .assignmentOptional("nexar")],
      [.exchange("nexar-may-confirm-without-assignment"), .exchange("first-awb-after-confirmation")]),
    nexarLine(
      "row Order Confirmation", "WMS → EasyEcom", [.inbox("nexar", .confirmations)],
      [
        .sends("nexar", .confirmations), .step("nexar", .open, .confirm, .moves(to: .confirmed)),
        .step("nexar", .assigned, .confirm, .moves(to: .confirmed)),
      ], [.exchange("nexar-may-confirm-without-assignment")]),
    nexarLine(
      "row Document Retrieval", "WMS → EasyEcom", [.inbox("nexar", .documents), .documents("nexar")],
      [
        .sends("nexar", .documents), .needs(.documents, .invoiceID),
        .step("nexar", .confirmed, .document, .stays),
      ], [.exchange("documents-after-confirmation"), .test("DocumentsLabelTests", scannedLabel)]),
    nexarLine(
      "row Manifest Generation", "WMS → EasyEcom", [.inbox("nexar", .manifests)],
      [.sends("nexar", .manifests), .step("nexar", .confirmed, .manifest, .moves(to: .shipped))],
      [.exchange("first-awb-after-confirmation"), .exchange("trading-day")]),
    nexarLine(
      "Order Fetch", "Only orders eligible for fulfilment should be processed by the WMS",
      [.feed("nexar", .orders)],
      [.ownLocations("nexar"), .step("nexar", .awaitingCarrier, .confirm, .refused(.carrierFirst))],
      [.exchange("feed-only-what-may-be-fulfilled")]),
    nexarLine(
      "Split Shipment Note", "Shipment details may be assigned separately for each shipment",
      [.inbox("nexar", .assignments)],
      [.mayHave(.assignments, .suborderID), .mayHave(.assignments, .invoiceID)],
      [.exchange("split-by-suborder"), .exchange("split-order-needs-its-invoice")]),
    nexarLine(
      "Tracking Updates", "Shipment tracking updates can be synchronized from the WMS",
      [.inbox("nexar", .tracking), .feed("easyecom", .tracking)],
      [
        .sends("nexar", .tracking), .gets("easyecom", .tracking),
        .code("nexar", "Out for Delivery", .outForDelivery),
      ], [.exchange("nexar-return-states-are-refused"), .exchange("trading-day")]),
    nexarLine(
      "Order Cancellation",
      "Orders cancelled in EasyEcom are reflected in the WMS; they should not be processed",
      [.inbox("easyecom", .cancellations), .feed("nexar", .orders)],
      [
        .sends("easyecom", .cancellations), .refuses("nexar", .cancellations),
        .step("nexar", .cancelled, .confirm, .refused(.notTheNextStep)),
        .step("nexar", .cancelled, .manifest, .refused(.notTheNextStep)),
      ], [.exchange("cancelled-orders-are-not-processed"), .exchange("feed-orders-to-warehouses")]),
    nexarLine(
      "Processing Sequence",
      "Product Master, Order Fetch, Shipment Assignment, Confirmation, Document Retrieval, Manifest, Tracking",
      [.folder("nexar")],
      [.order([.products, .orders, .assignments, .confirmations, .documents, .manifests, .tracking])],
      [.test("ProcessingOrderTests", "The steps of the sequence come first, whatever arrived when")]),
  ]

  private static let scannedLabel = "A scanner reads the AWB and the order number back from the printed label"

  private static func dtdcLine(
    _ place: String, _ words: String, _ files: [TouchpointFile], _ rules: [TouchpointRule],
    _ proofs: [TouchpointProof]
  ) -> Touchpoint { Touchpoint("dtdc-raftaar-wms", place, words, files, rules, proofs) }

  private static func nexarLine(
    _ place: String, _ words: String, _ files: [TouchpointFile], _ rules: [TouchpointRule],
    _ proofs: [TouchpointProof]
  ) -> Touchpoint { Touchpoint("nexar-logistics-wms", place, words, files, rules, proofs) }
}
