/// DTDC Raftaar, a warehouse: assigns before it confirms, manifests, tracks, and counts its stock.
///
/// The seed is `dtdc-raftaar-wms`; rows are those of its table under "Workflow".
extension PartnerProfile {
  public static var dtdcRaftaar: PartnerProfile {
    var profile = PartnerProfile(
      folder: "dtdc", title: "DTDC Raftaar", role: .warehouse,
      permissions: [
        // Row "Shipment Assignment".
        .assignments: .allowed,
        // Row "Order Confirmation".
        .confirmations: .allowed,
        // Row "Document Retrieval".
        .documents: .allowed,
        // Row "Manifest Generation".
        .manifests: .allowed,
        // Row "Tracking Updates".
        .tracking: .allowed,
        // Row "Inventory Update"; "Required Settings": Update Available Inventory Only.
        .inventory: .onlyWith(.updateAvailableInventoryOnly),
        .reconcile: .allowed,
        // Row "Order Fetch": the source is EasyEcom.
        .orders: .refused(
          because: "Orders are created in the order management system and fetched by DTDC Raftaar."),
        // "Important Points": "Products are not fetched from EasyEcom to the WMS in this integration".
        .products: .refused(because: "Products are not exchanged with DTDC Raftaar."),
        // No row of the table is a cancellation.
        .cancellations: .refused(
          because:
            "Orders are cancelled in the order management system and withdrawn from DTDC Raftaar's feed."),
        // "6. Tracking Updates": the statuses end with RTO.
        .returns: .refused(because: "DTDC Raftaar's returns come as RTO in its tracking."),
      ],
      codes: .dtdc)
    // "2. Shipment Assignment": "must occur before order confirmation".
    profile.assignmentBeforeConfirmation = true
    // Not of the seed: the spellings of time in DTDC's own tracking pushes, which name the day first.
    profile.timeFormats = [.tracking: [.blank, .iso, .compactDayFirst]]
    // Row "Order Fetch".
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
    profile.seedsOfSettings = [
      "assignment": "dtdc-raftaar-wms", "updateAvailableInventoryOnly": "dtdc-raftaar-wms",
    ]
    return profile
  }
}
