/// EasyEcom, the order management system that the five seeds integrate with: it owns every order.
///
/// It has no seed of its own; what it does is what the others say of it. Names of rows and sections stand in quotes.
extension PartnerProfile {
  public static var easyEcom: PartnerProfile {
    var profile = PartnerProfile(
      folder: "easyecom", title: "EasyEcom", role: .orderManagement,
      permissions: [
        // nexar-logistics-wms "Order Fetch", dtdc-raftaar-wms "Order Fetch": the source of orders is EasyEcom.
        .orders: .allowed,
        // nexar-logistics-wms "Product Master Fetch": EasyEcom → WMS.
        .products: .allowed,
        // ekart-carrier "Step 4: Enter Carrier Credentials": entered in EasyEcom, so it may also replace them.
        .carriers: .allowed,
        // nexar-logistics-wms "Shipment Assignment (Optional)": else "shipment allocation is managed by … EasyEcom".
        .assignments: .allowed,
        // booon-marketplace "Order Flow": "Seller processes and ships the order from EasyEcom".
        .confirmations: .allowed,
        .documents: .allowed,
        .manifests: .allowed,
        // ekart-carrier "Cancellation Handling", nexar-logistics-wms "Order Cancellation": "cancelled in EasyEcom".
        .cancellations: .allowed,
        // booon-marketplace row 7 "Inventory Update - Webhook": "synchronized from EasyEcom to Booon".
        .inventory: .allowed,
        .reconcile: .allowed,
        // dtdc-raftaar-wms "Tracking Updates": "pushed from the WMS to EasyEcom".
        .tracking: .refused(because: "Tracking comes from carriers and warehouses; EasyEcom receives it."),
        .scans: .refused(because: "Scans come from the carrier that made them."),
        .returns: .refused(because: "Returns reach the ledger as carriers' return scans, not as files."),
      ],
      codes: .nothing)
    // booon-marketplace row 6 "Assign Shipment Details": Marketplace → EE.
    profile.assignsMarketplaceOrders = false
    // ekart-carrier "System Behavior": "Shipment status is updated in EasyEcom as the shipment progresses".
    profile.feeds = [.tracking]
    profile.rules = [
      PartnerRule(
        "Orders are created by EasyEcom; partners fetch those they may fulfil.", seed: "nexar-logistics-wms"),
      PartnerRule(
        "It may replace carrier credentials: username and password are mandatory, extra credential 1 is not.",
        seed: "ekart-carrier"),
      PartnerRule(
        "It may not assign Booon's orders: Booon creates the carrier and AWB details.",
        seed: "booon-marketplace"),
      PartnerRule(
        "One cancellation request cancels before pickup and becomes RTO after it.", seed: "ekart-carrier"),
      PartnerRule("It confirms orders; an assignment before is optional.", seed: "booon-marketplace"),
      PartnerRule(
        "The seller processes and ships: it asks for documents and makes manifests.",
        seed: "booon-marketplace"),
    ]
    profile.seedsOfSettings = ["assignment": "booon-marketplace"]
    return profile
  }
}
