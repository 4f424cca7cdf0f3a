/// Ekart, a carrier: brings its own AWBs and its events, and may ask to cancel what is assigned to it.
///
/// The seed is `ekart-carrier`; its sections are named in quotes.
extension PartnerProfile {
  public static var ekart: PartnerProfile {
    var profile = PartnerProfile(
      folder: "ekart", title: "Ekart", role: .carrier,
      permissions: [
        // "System Behavior": "Each shipment is assigned a unique tracking ID".
        .assignments: .allowed,
        // "System Behavior": "Shipment tracking updates are received from Ekart".
        .tracking: .allowed,
        // "Cancellation Handling": "Ekart uses a single process for cancellation requests".
        .cancellations: .allowed,
        .reconcile: .allowed,
        // "System Behavior": "EasyEcom can create shipments with Ekart".
        .orders: .refused(because: "A carrier creates no orders; it gets the shipments assigned to it."),
        // "Cancellation Handling": "After pickup: Shipment is processed as RTO".
        .returns: .refused(because: "Ekart's returns come as RTO events in its tracking."),
      ],
      codes: .ekart)
    // Not of the seed: the spellings of time in Ekart's own tracking answers.
    profile.timeFormats = [.tracking: [.blank, .iso, .epochMilliseconds]]
    // "System Behavior" and "Cancellation Handling".
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
