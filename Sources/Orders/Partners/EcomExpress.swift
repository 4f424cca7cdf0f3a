/// Ecom Express, a carrier that pushes single scans and wants each answered in its own shape.
extension PartnerProfile {
  package static var ecomExpress: PartnerProfile {
    var profile = PartnerProfile(
      folder: "ecom-express", title: "Ecom Express", role: .carrier,
      permissions: [
        .scans: .allowed,
        .reconcile: .allowed,
        .tracking: .refused(because: "Ecom Express pushes its events as scans."),
        .cancellations: .refused(because: "Ecom Express reports cancellations as scans (code 404)."),
        .returns: .refused(because: "Ecom Express reports returns as RTS scans (code 777)."),
      ],
      codes: .ecomExpressV1)
    profile.secondCodes = .ecomExpressV2
    profile.repliesInCarrierShape = true
    profile.timeFormats = [.scans: [.blankShort]]
    profile.rules = [
      PartnerRule(
        "The payload of a scan is fixed by the carrier's specification.", seed: "ecom-express-status-push"),
      PartnerRule(
        "Each scan is answered with awb, status and status_update_number; a failure with its reason.",
        seed: "ecom-express-status-push"),
      PartnerRule("777 is RTS, return to shipper.", seed: "ecom-express-status-push"),
    ]
    return profile
  }
}
