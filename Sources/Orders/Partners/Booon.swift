/// Booon, a marketplace that ships itself: its orders wait until it brings carrier and AWB.
///
/// The seed is `booon-marketplace`; rows are those of its table "Integration Touchpoints".
extension PartnerProfile {
  public static var booon: PartnerProfile {
    var profile = PartnerProfile(
      folder: "booon", title: "Booon", role: .marketplace,
      permissions: [
        // Row 5 "Create Order"; step 4: "API Mode is mandatory for Selfship marketplace integrations".
        .orders: .onlyWith(.apiMode),
        // Row 3 "Add Carrier Credentials".
        .carriers: .allowed,
        // Row 6 "Assign Shipment Details".
        .assignments: .allowed,
        .reconcile: .allowed,
        // "Important Operational Notes", for this one and the next.
        .cancellations: .refused(because: "Cancel Order is not used in the Booon integration."),
        .returns: .refused(
          because: "Mark Return and Mark Pending Return are not used in the Booon integration."),
        // "Order Flow": "Seller processes and ships the order from EasyEcom".
        .confirmations: .refused(because: "The seller confirms and ships Booon's orders."),
        // Row 8 "Manifested - Webhook": EE → Marketplace.
        .manifests: .refused(
          because: "The seller ships Booon's orders; Booon is told when they are manifested."),
        // Row 7 "Inventory Update - Webhook": EE → Marketplace.
        .inventory: .refused(because: "Inventory is synchronised to Booon, not from it."),
        // Row 4 "Get Product": EE → Marketplace.
        .products: .refused(because: "Booon fetches products; it does not send them."),
      ],
      codes: .nothing)
    // "Order Flow": "in the Failed Orders section until the carrier is assigned by Booon".
    profile.ordersAwaitCarrier = true
    // Row 3: "This API should be used only one time for one location".
    profile.carriersOncePerLocation = true
    // Rows 4, 2, 7 and 8.
    profile.feeds = [.products, .locations, .inventory, .manifested]
    profile.rules = [
      PartnerRule(
        "API Mode is mandatory; while it is off Booon's orders are refused.", seed: "booon-marketplace"),
      PartnerRule("Orders wait for their carrier until Booon assigns it.", seed: "booon-marketplace"),
      PartnerRule("Booon creates the carrier and AWB details.", seed: "booon-marketplace"),
      PartnerRule("Carrier credentials are added only one time for one location.", seed: "booon-marketplace"),
      PartnerRule(
        "Cancel Order, Mark Return and Mark Pending Return are not used.", seed: "booon-marketplace"),
      PartnerRule("Inventory and manifested updates are synchronised to Booon.", seed: "booon-marketplace"),
    ]
    profile.seedsOfSettings = ["apiMode": "booon-marketplace"]
    return profile
  }
}
