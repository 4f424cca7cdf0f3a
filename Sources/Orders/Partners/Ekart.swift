/// Ekart, a carrier: brings its own AWBs and its events, and may ask to cancel what is assigned to it.
extension PartnerProfile {
  package static var ekart: PartnerProfile {
    var profile = PartnerProfile(
      folder: "ekart", title: "Ekart", role: .carrier,
      permissions: [
        .assignments: .allowed,
        .tracking: .allowed,
        .cancellations: .allowed,
        .reconcile: .allowed,
        .orders: .refused(because: "A carrier creates no orders; it gets the shipments assigned to it."),
        .returns: .refused(because: "Ekart's returns come as RTO events in its tracking."),
      ],
      codes: .ekart)
    profile.timeFormats = [.tracking: [.blank, .iso, .epochMilliseconds]]
    profile.feeds = [.shipments, .cancellations]
    profile.rules = [
      PartnerRule("Each shipment is assigned a unique tracking ID, by Ekart.", seed: "ekart-carrier"),
      PartnerRule("Tracking updates are received from Ekart and move the shipment.", seed: "ekart-carrier"),
      PartnerRule(
        "A cancellation before pickup cancels; after pickup the shipment is processed as RTO.",
        seed: "ekart-carrier"),
      PartnerRule(
        "Merchant code and token are mandatory credentials; the location code is optional.",
        seed: "ekart-carrier"),
    ]
    return profile
  }
}
