/// DTDC: its scan codes, and the five words that the Raftaar seed names (domain.md 3.2, seed dtdc-raftaar-wms).
///
/// The meaning of NONDLV and PCNO sits in the remark joined to them. `RTO` before a code is the same scan on the way
/// back. O.. is out of, I.. into a place; MF, MD, MN, BM and BO are kinds of manifest and bag.
extension CodeTable {
  public static let dtdc = CodeTable(
    name: "DTDC", codes: words + forwardScans + returnScans, spelling: .folded)

  private static let words: [ScanCode] = [
    .init("Pickup Scheduled", .om, "Pickup scheduled"),
    .init("In Transit", .ot, "In transit"),
    .init("Out for Delivery", .oo, "Out for delivery"),
    .init("Delivered", .dl, "Delivered"),
    .init("RTO", .rto, "Return to origin"),
  ]

  private static let forwardScans: [ScanCode] = [
    .init("SPL", .om, "Soft data uploaded"),
    .init("PCSC", .ofp, "Pickup scheduled"),
    .init("PCAW", .ofp, "Pickup awaited"),
    .init("PCUP", .pp, "Picked up"),
    .init("PKP", .pp, "Picked up"),
    .init("PCNO_*", .ppf, "Pickup failed"),
    .init("PCAN", .ppf, "Pickup cancelled"),
    .init("BKD", .shp, "Booked"),
    .init("OPMF", .ot, "Out, manifest"), .init("IPMF", .ot, "In, manifest"),
    .init("OBMD", .ot, "Out, bag MD"), .init("IBMD", .ot, "In, bag MD"),
    .init("OBMN", .ot, "Out, bag MN"), .init("IBMN", .ot, "In, bag MN"),
    .init("OMBM", .ot, "Out, bag BM"), .init("IMBM", .ot, "In, bag BM"),
    .init("ORBO", .ot, "Out, bag BO"), .init("IRBO", .ot, "In, bag BO"),
    .init("CDOUT", .ot, "CD out"), .init("CDIN", .ot, "CD in"),
    .init("ITD", .ot, "In transit"),
    .init("ARH", .ot, "Arrived at a hub"),
    .init("HLDUP", .ot, "Held up"),
    .init("IRMF", .ot, "In, manifest"),
    .init("INSCAN", .rad, "Reached the destination"),
    .init("OUTDLV", .oo, "Out for delivery"),
    .init("DLV", .dl, "Delivered"),
    .init("NONDLV_*", .ud, "Not delivered"),
    // A loss that is reported as a non-delivery.
    .init("NONDLV_CONSIGNMENT LOST_*", .lt, "Consignment lost"),
  ]

  private static let returnScans: [ScanCode] = [
    .init("SRTOC", .rto, "Return started"),
    .init("set_rto_initiated", .rto, "Return started"),
    .init("RETURND", .rtoOO, "Return out for delivery"),
    .init("RTOBKD", .rtoOT, "Return booked"),
    .init("RTOOPMF", .rtoOT, "Return: out, manifest"), .init("RTOIPMF", .rtoOT, "Return: in, manifest"),
    .init("RTOOBMD", .rtoOT, "Return: out, bag MD"), .init("RTOIBMD", .rtoOT, "Return: in, bag MD"),
    .init("RTOOBMN", .rtoOT, "Return: out, bag MN"), .init("RTOIBMN", .rtoOT, "Return: in, bag MN"),
    .init("RTOOMBM", .rtoOT, "Return: out, bag BM"), .init("RTOIMBM", .rtoOT, "Return: in, bag BM"),
    .init("RTOORBO", .rtoOT, "Return: out, bag BO"), .init("RTOIRBO", .rtoOT, "Return: in, bag BO"),
    .init("RTOCDOUT", .rtoOT, "Return: CD out"), .init("RTOCDIN", .rtoOT, "Return: CD in"),
    .init("RTOITD", .rtoOT, "Return in transit"),
    .init("RTOARH", .rtoOT, "Return arrived at a hub"),
    .init("RTOHLDUP", .rtoOT, "Return held up"),
    .init("RTOIRMF", .rtoOT, "Return: in, manifest"),
    .init("RTOINSCAN", .rtoOT, "Return reached the origin"),
    .init("RTOOUTDLV", .rtoOO, "Return out for delivery"),
    .init("RTODLV", .rtd, "Returned to the shipper"),
    .init("RTONONDLV_*", .rtoUD, "Return not delivered"),
    // The five words on the way back.
    .init("RTO In Transit", .rtoOT, "Return in transit"),
    .init("RTO Out for Delivery", .rtoOO, "Return out for delivery"),
    .init("RTO Delivered", .rtd, "Returned to the shipper"),
  ]
}
