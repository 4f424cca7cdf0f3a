/// EasyEcom, the order management system that the five seeds integrate with: it owns every order.
extension PartnerProfile {
  package static var easyEcom: PartnerProfile {
    var profile = PartnerProfile(
      folder: "easyecom", title: "EasyEcom", role: .orderManagement,
      permissions: [
        .orders: .allowed,
        .products: .allowed,
        .carriers: .allowed,
        .assignments: .allowed,
        .confirmations: .allowed,
        .manifests: .allowed,
        .cancellations: .allowed,
        .inventory: .allowed,
        .reconcile: .allowed,
        .documents: .refused(because: "Documents are requested by the warehouse that packs the order."),
        .tracking: .refused(because: "Tracking comes from carriers and warehouses; EasyEcom receives it."),
        .scans: .refused(because: "Scans come from the carrier that made them."),
        .returns: .refused(because: "Returns reach the ledger as carriers' return scans, not as files."),
      ],
      codes: .nothing)
    profile.assignsMarketplaceOrders = false
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
    ]
    return profile
  }
}
