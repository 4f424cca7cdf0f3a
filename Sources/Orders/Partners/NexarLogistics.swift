/// Nexar Logistics, a warehouse: assignment optional, no inventory, no returns.
///
/// The seed is `nexar-logistics-wms`; rows are those of its table "Integration Touchpoints", sections those of "Process Flow".
extension PartnerProfile {
  public static var nexarLogistics: PartnerProfile {
    var profile = PartnerProfile(
      folder: "nexar", title: "Nexar Logistics", role: .warehouse,
      permissions: [
        // Row "Shipment Assignment".
        .assignments: .allowed,
        // Row "Order Confirmation".
        .confirmations: .allowed,
        // Row "Document Retrieval".
        .documents: .allowed,
        // Row "Manifest Generation".
        .manifests: .allowed,
        // Section "Tracking Updates".
        .tracking: .allowed,
        .reconcile: .allowed,
        // Row "Order Fetch": EasyEcom → WMS.
        .orders: .refused(
          because: "Orders are fetched from the order management system, not created by the warehouse."),
        // Row "Product Master Fetch": EasyEcom → WMS.
        .products: .refused(because: "The product master is fetched from the order management system."),
        // "Overview", for this one and the next.
        .inventory: .refused(because: "Inventory updates are not handled through the Nexar integration."),
        .returns: .refused(because: "Return processing is not handled through the Nexar integration."),
        // Section "Order Cancellation".
        .cancellations: .refused(
          because: "Orders are cancelled in the order management system and withdrawn from Nexar's feed."),
      ],
      codes: .stateNames)
    // "Overview": "Return processing and return status updates are not handled".
    profile.refusesReturnEvents = true
    // Rows "Order Fetch" and "Product Master Fetch".
    profile.feeds = [.orders, .products]
    profile.rules = [
      PartnerRule(
        "Shipment assignment is optional, and may be made for each split shipment.",
        seed: "nexar-logistics-wms"),
      PartnerRule("Orders remain in Confirmed until the manifest is generated.", seed: "nexar-logistics-wms"),
      PartnerRule(
        "Documents can be retrieved after confirmation, by invoice id.", seed: "nexar-logistics-wms"),
      PartnerRule("Inventory updates are not handled.", seed: "nexar-logistics-wms"),
      PartnerRule("Return processing and return states are not handled.", seed: "nexar-logistics-wms"),
      PartnerRule(
        "Cancelled orders are not processed: they are withdrawn from the feed.", seed: "nexar-logistics-wms"),
    ]
    profile.seedsOfSettings = ["assignment": "nexar-logistics-wms"]
    return profile
  }
}
