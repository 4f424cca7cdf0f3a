internal import Orders

/// The page of a day's reconciliation: the totals first, then what differs and whose move it is, then line by line.
public struct ReconcilePage {
  private var page = HTMLPage()

  public var bytes: [UInt8] { page.bytes }

  init(_ threeWay: ThreeWay, _ tables: [ReportTable]) {
    let zone = threeWay.day.zone
    page.begin(title: "waybill: reconciliation of \(threeWay.day.text)")
    page.open("header")
    page.element("p", ["class": "kicker"], "waybill · orders, manifests and scans against each other")
    page.element("h1", threeWay.day.title)
    let until =
      threeWay.asOf >= threeWay.day.end
      ? "The whole day" : "Not over: as of \(ReportWords.time(threeWay.asOf, told: threeWay.day))"
    page.element(
      "p", ["class": "meta"],
      "\(until) · clocks of \(zone.name) · up to decision \(ReportWords.count(Int(threeWay.lastDecision.raw)))"
    )
    page.open("p", ["class": threeWay.isBalanced ? "balance good" : "balance bad"])
    page.element("b", threeWay.isBalanced ? "✓ The totals balance." : "✗ The totals do not balance.")
    page.text(
      " \(ReportWords.count(threeWay.places.sum, "shipment")) = \(ReportWords.count(threeWay.places.ended)) ended + "
        + "\(ReportWords.count(threeWay.places.inTime)) within their time + "
        + "\(ReportWords.count(threeWay.places.differing)) differing + "
        + "\(ReportWords.count(threeWay.places.emptied)) left empty by a split. ")
    page.close("p")
    page.close("header")
    for (place, words) in [
      (1, "What differs"), (2, "Line by line"), (0, "The totals"),
    ] {
      page.open("section")
      page.element("h2", words)
      page.table(tables[place], told: threeWay.day)
      if place == 2 && threeWay.differences > tables[place].rows.count {
        let rest = threeWay.differences - tables[place].rows.count
        page.element(
          "p", ["class": "rest"],
          "\(ReportWords.count(rest, "more line")); here stand the first \(ShownLines.ofEachSortMax) of each sort, \(ReconcileFolder.csvName) has all."
        )
      }
      page.close("section")
    }
    page.end()
  }
}
