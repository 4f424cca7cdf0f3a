/// Ecom Express, second version of the payload: `status_code`, and the word in `status` (domain.md 2.1).
///
/// Another code space than the first version's: its 999 is 113 here. Of the numbers only 113 is known. Of the words the
/// carrier's guide shows `Delivered`; the others are the plain names of the same stages. Whatever else comes is an
/// unknown code: recorded and counted, never guessed.
extension CodeTable {
  public static let ecomExpressV2 = CodeTable(
    name: "Ecom Express v2",
    codes: [
      .init("113", .dl, "Delivered"),
      .init("Delivered", .dl, "Delivered"),
      .init("Pickup Scheduled", .om, "Pickup scheduled"),
      .init("Out for Pickup", .ofp, "Out for pickup"),
      .init("Picked Up", .pp, "Picked up"),
      .init("In Transit", .ot, "In transit"),
      .init("Out for Delivery", .oo, "Out for delivery"),
      .init("Undelivered", .ud, "Undelivered"),
      .init("RTO", .rto, "Return to origin"),
      .init("Lost", .lt, "Lost"),
    ],
    spelling: .folded)
}
