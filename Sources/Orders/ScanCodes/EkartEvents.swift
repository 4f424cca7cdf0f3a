/// Ekart: the event, with its sub-reason joined by `_` where there is one (domain.md 3.1).
///
/// A `*` stands for the sub-reason, or for none.
/// Events come with and without `shipment_` before them; `received` (at a hub on the way) and `shipment_received` (from
/// the seller) are two events, so the prefix is optional only where the other spelling is not listed itself.
extension CodeTable {
  public static let ekart = CodeTable(
    name: "Ekart",
    codes: [
      .init("shipment_created", .op, "Shipment created"),
      .init("pickup_scheduled", .om, "Pickup scheduled"),
      .init("out_for_pickup", .ofp, "Out for pickup"),
      .init("pickup_out_for_pickup", .ofp, "Out for pickup"),
      .init("pickup_complete", .pp, "Picked up"),
      .init("pickup_reattempt", .ppf, "Pickup to be attempted again"),
      .init("pickup_cancelled", .ppf, "Pickup cancelled"),
      .init("pickup_not_picked_*", .ppf, "Pickup failed"),
      .init("shipment_received", .shp, "Received from the seller"),
      .init("in_transit", .ot, "In transit"),
      .init("shipment_misrouted", .ot, "Misrouted"),
      .init("received", .ot, "Received at a hub"),
      .init("expected", .ot, "Expected at a hub"),
      .init("received_at_dh", .rad, "Reached the destination hub"),
      .init("out_for_delivery", .oo, "Out for delivery"),
      .init("delivered", .dl, "Delivered"),
      .init("undelivered_unattempted_*", .ud, "Not attempted", ndr: .shipperDelay),
      .init("undelivered_attempted_*", .ud, "Attempted"),
      .init("undelivered_attempted_incomplete address", .ud, "Incomplete address", ndr: .address),
      .init("undelivered_attempted_cod not ready", .ud, "COD not ready", ndr: .cashNotReady),
      .init("undelivered_attempted_door lock", .ud, "Door locked", ndr: .notAvailable),
      .init(
        "undelivered_attempted_customer not available", .ud, "Customer not available", ndr: .notAvailable),
      .init(
        "undelivered_attempted_request for reschedule", .ud, "Another day asked", ndr: .customerDelay),
      .init("undelivered_attempted_rejected", .ud, "Rejected", ndr: .refused),
      .init(
        "undelivered_attempted_rejected opendelivery", .ud, "Rejected, open delivery asked",
        ndr: .wantsOpenDelivery),
      .init("lost", .lt, "Lost"),
      .init("untraceable", .lt, "Untraceable"),
      .init("damaged", .dm, "Damaged"),
      .init("rto_created_*", .rto, "Return started"),
      .init("rto_confirmed", .rtoOT, "Return confirmed"),
      .init("rto_in_transit", .rtoOT, "Return in transit"),
      .init("return_received", .rtoOT, "Return received at a hub"),
      .init("return_expected", .rtoOT, "Return expected at a hub"),
      .init("return_out_for_delivery", .rtoOO, "Return out for delivery"),
      .init("rto_completed", .rtd, "Returned to the shipper"),
      .init("return_delivered", .rtd, "Returned to the shipper"),
      .init("rto_cancelled", .rtoUD, "Return cancelled", endsReturn: true),
      .init(
        "shipment_rto_cancelled_shipment", .dl, "Return cancelled, delivered to the customer",
        endsReturn: true),
    ],
    spelling: .folded, fallback: .optionalPrefix("shipment_"))
}
