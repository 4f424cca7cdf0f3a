/// DTDC Raftaar, a warehouse: assigns before it confirms, manifests, tracks, and counts its stock.
extension PartnerProfile {
  package static var dtdcRaftaar: PartnerProfile {
    var profile = PartnerProfile(
      folder: "dtdc", title: "DTDC Raftaar", role: .warehouse,
      permissions: [
        .assignments: .allowed,
        .confirmations: .allowed,
        .documents: .allowed,
        .manifests: .allowed,
        .tracking: .allowed,
        .inventory: .onlyWith(.updateAvailableInventoryOnly),
        .reconcile: .allowed,
        .orders: .refused(
          because: "Orders are created in the order management system and fetched by DTDC Raftaar."),
        .products: .refused(because: "Products are not exchanged with DTDC Raftaar."),
        .cancellations: .refused(
          because:
            "Orders are cancelled in the order management system and withdrawn from DTDC Raftaar's feed."),
        .returns: .refused(because: "DTDC Raftaar's returns come as RTO in its tracking."),
      ],
      codes: .dtdc)
    profile.assignmentBeforeConfirmation = true
    profile.timeFormats = [.tracking: [.blank, .iso, .compactDayFirst]]
    profile.feeds = [.orders]
    profile.rules = [
      PartnerRule("Shipment assignment must occur before order confirmation.", seed: "dtdc-raftaar-wms"),
      PartnerRule(
        "Manifest generation is mandatory: it moves the order from Confirmed to Shipped.",
        seed: "dtdc-raftaar-wms"),
      PartnerRule("Tracking begins after the manifest; what comes earlier waits.", seed: "dtdc-raftaar-wms"),
      PartnerRule("Products are not fetched.", seed: "dtdc-raftaar-wms"),
      PartnerRule(
        "Inventory works only while Update Available Inventory Only is enabled.", seed: "dtdc-raftaar-wms"),
      PartnerRule("Duplicate orders are prevented by the invoice id.", seed: "dtdc-raftaar-wms"),
    ]
    return profile
  }
}
