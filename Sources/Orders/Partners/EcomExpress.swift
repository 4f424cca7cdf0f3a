/// Ecom Express, a carrier that pushes single scans and wants each answered in its own shape.
///
/// The seed is `ecom-express-status-push`; its sections are named in quotes.
extension PartnerProfile {
  public static var ecomExpress: PartnerProfile {
    var profile = PartnerProfile(
      folder: "ecom-express", title: "Ecom Express", role: .carrier,
      permissions: [
        // "Introduction": "pushing individual scans".
        .scans: .allowed,
        .reconcile: .allowed,
        // The scan is the only payload that the specification knows, for this one and the next two.
        .tracking: .refused(because: "Ecom Express pushes its events as scans."),
        .cancellations: .refused(because: "Ecom Express reports cancellations as scans (code 404)."),
        .returns: .refused(because: "Ecom Express reports returns as RTS scans (code 777)."),
      ],
      // "Payload": reason_code_number; the numbers themselves are the carrier's published table.
      codes: .ecomExpressV1)
    profile.secondCodes = .ecomExpressV2
    // "Sample Response" and "Failure Responses".
    profile.repliesInCarrierShape = true
    // "Payload": "datetime": "YYYY-mm-dd H:M:S".
    profile.timeFormats = [.scans: [.blankShort]]
    profile.rules = [
      PartnerRule(
        "The payload of a scan is fixed by the carrier's specification.", seed: "ecom-express-status-push"),
      PartnerRule(
        "Each scan is answered with awb, status and status_update_number; a failure with its reason.",
        seed: "ecom-express-status-push"),
      PartnerRule("777 is RTS, return to shipper.", seed: "ecom-express-status-push"),
    ]
    profile.seedsOfSettings = ["dateFormats.scans": "ecom-express-status-push"]
    return profile
  }
}
