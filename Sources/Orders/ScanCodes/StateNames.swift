/// The exchange's own state names, from shipped on: what nexar's tracking speaks (product.md section 3).
///
/// Four of DTDC's five words are four of these names when case, blanks, `_` and `-` are set aside; the fifth, `RTO`, too.
/// `shipped` moves nothing: only a manifest ships.
extension CodeTable {
  public static let stateNames = CodeTable(
    name: "state names",
    codes: [
      .init("shipped", .none, "Manifested"),
      .init("pickup_scheduled", .om, "Pickup scheduled"),
      .init("picked_up", .pp, "Picked up"),
      .init("in_transit", .ot, "In transit"),
      .init("out_for_delivery", .oo, "Out for delivery"),
      .init("undelivered", .ud, "Undelivered"),
      .init("damaged", .dm, "Damaged"),
      .init("rto", .rto, "Return started"),
      .init("rto_in_transit", .rtoOT, "Return in transit"),
      .init("rto_out_for_delivery", .rtoOO, "Return out for delivery"),
      .init("delivered", .dl, "Delivered"),
      .init("returned", .rtd, "Returned to the shipper"),
      .init("lost", .lt, "Lost"),
      .init("cancelled", .oc, "Cancelled"),
    ],
    spelling: .folded)
}
