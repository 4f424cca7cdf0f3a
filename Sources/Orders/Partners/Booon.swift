/// Booon, a marketplace that ships itself: its orders wait until it brings carrier and AWB.
extension PartnerProfile {
  package static var booon: PartnerProfile {
    var profile = PartnerProfile(
      folder: "booon", title: "Booon", role: .marketplace,
      permissions: [
        .orders: .onlyWith(.apiMode),
        .carriers: .allowed,
        .assignments: .allowed,
        .reconcile: .allowed,
        .cancellations: .refused(because: "Cancel Order is not used in the Booon integration."),
        .returns: .refused(
          because: "Mark Return and Mark Pending Return are not used in the Booon integration."),
        .confirmations: .refused(because: "The seller confirms and ships Booon's orders."),
        .manifests: .refused(
          because: "The seller ships Booon's orders; Booon is told when they are manifested."),
        .inventory: .refused(because: "Inventory is synchronised to Booon, not from it."),
        .products: .refused(because: "Booon fetches products; it does not send them."),
      ],
      codes: .nothing)
    profile.ordersAwaitCarrier = true
    profile.carriersOncePerLocation = true
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
    return profile
  }
}
