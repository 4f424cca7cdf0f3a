/// Nexar Logistics, a warehouse: assignment optional, no inventory, no returns.
extension PartnerProfile {
  package static var nexarLogistics: PartnerProfile {
    var profile = PartnerProfile(
      folder: "nexar", title: "Nexar Logistics", role: .warehouse,
      permissions: [
        .assignments: .allowed,
        .confirmations: .allowed,
        .documents: .allowed,
        .manifests: .allowed,
        .tracking: .allowed,
        .reconcile: .allowed,
        .orders: .refused(
          because: "Orders are fetched from the order management system, not created by the warehouse."),
        .products: .refused(because: "The product master is fetched from the order management system."),
        .inventory: .refused(because: "Inventory updates are not handled through the Nexar integration."),
        .returns: .refused(because: "Return processing is not handled through the Nexar integration."),
        .cancellations: .refused(
          because: "Orders are cancelled in the order management system and withdrawn from Nexar's feed."),
      ],
      codes: .stateNames)
    profile.refusesReturnEvents = true
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
    return profile
  }
}
