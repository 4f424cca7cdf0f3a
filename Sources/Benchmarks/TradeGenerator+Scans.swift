/// What the carriers say: a warehouse's tracking words, and scans in each of the three layouts.

import Foundation
import Orders

extension TradeGenerator {
  /// All that carriers report happens after the last manifest.
  private var carriersBegin: Int { orders * 3 + 40_000 }

  mutating func tracking() throws {
    let words = ["Pickup Scheduled", "In Transit", "Out for Delivery", "Delivered"]
    try sheet("dtdc/tracking.csv") { trade, sheet in
      sheet.put("awb_number,status,datetime,location,remark\n")
      for (pass, word) in words.enumerated() {
        for order in 0..<trade.orders where !trade.isScanned(order) && !trade.isCancelled(order) {
          let date = trade.moment(trade.carriersBegin + (pass * trade.orders + order) * 2)
          let row = "\(trade.awb(order)),\(word),\(date),\(TradeGenerator.cities[order % 7]),\n"
          try sheet.add(row, trade.isHeldBack(order) ? .parked : .applied)
          if !trade.isBad() { continue }
          switch trade.choice(3) {
          case 0: try sheet.add(row, .duplicate)
          case 1: try sheet.add("99\(trade.padded(order, 9)),\(word),\(date),,\n", .rejected)
          default: try sheet.add("\(trade.awb(order)),\(word),\(date.prefix(10)),,\n", .rejected)
          }
        }
      }
    }
  }

  /// One scan of the carrier's push payload.
  private struct Scan {
    var awb: String
    var order: String
    var date: String
    var code: String
    var number: Int
    var place: String
    var person: String
    var isOdd: Bool

    private static let remarks = [
      "013": "Pickup assigned", "100": "In transit", "002": "Shipment inscanned at hub",
      "006": "Shipment out for delivery",
      "003": "Bag connected to destination", "005": "Arrived at delivery centre", "999": "Shipment delivered",
    ]
    private var remark: String { Scan.remarks[code] ?? "Unmapped remark" }

    var cells: String {
      let remark = isOdd ? "\"\(remark), \"\"call first\"\"\nthen retry\"" : remark
      return
        "\(awb),\(date),\(remark),\(code) - SCN - \(remark.count),\(code),HUB,\(person),\(number),\(order),\(place),\n"
    }
    var object: String {
      let remark = isOdd ? remark + #", \"call first\"\nthen retry"# : remark
      return
        #"{"awb": "\#(awb)", "datetime": "\#(date)", "status": "\#(remark)", "reason_code": "\#(code) - SCN", "#
        + #""reason_code_number": "\#(code)", "location": "HUB", "Employee": "\#(person)", "#
        + #""status_update_number": "\#(number)", "order_number": "\#(order)", "city": "\#(place)", "ref_awb": ""}"#
    }
  }

  private enum Layout: CaseIterable { case lines, array, table }

  /// Pass after pass over the scanned orders, from pick-up to the door, cut into three files.
  mutating func scanFiles() throws {
    let shipped = (0..<orders).filter { isScanned($0) && !isCancelled($0) && !isHeldBack($0) }
    let held = (0..<orders).filter { isScanned($0) && isHeldBack($0) }
    let total = max(scans, 10)
    var done = 0
    for (layout, name) in zip(Layout.allCases, ["scans-a.jsonl", "scans-b.json", "scans-c.csv"]) {
      let end = layout == .lines ? total * 3 / 5 : layout == .array ? total * 4 / 5 : total
      try sheet("ecom-express/" + name) { trade, sheet in
        if layout == .array { sheet.put("[\n") }
        if layout == .table {
          sheet.put(
            "awb,datetime,status,reason_code,reason_code_number,location,Employee,status_update_number,order_number,city,ref_awb\n"
          )
        }
        var separator = ""
        var rejectedLines = 0
        func add(_ scan: Scan, _ outcome: Outcome, _ sheet: inout Sheet) throws {
          switch layout {
          case .table: try sheet.add(scan.cells, outcome)
          case .lines: try sheet.add(scan.object + "\n", outcome)
          case .array: try sheet.add(separator + scan.object, outcome)
          }
          separator = ",\n"
        }
        while done < end {
          var scan = trade.scan(ordinal: done, of: total, shipped)
          try add(scan, .applied, &sheet)
          done += 1
          if !trade.isBad() { continue }
          let sound = scan
          scan.number += 1
          switch trade.choice(6) {
          case 0 where layout != .array:
            try sheet.add(
              layout == .lines ? "{\"awb\": \"\(scan.awb)\", \"datetime\n" : "\(scan.awb),short row\n",
              .rejected)
            rejectedLines += 1
          case 1:
            scan.date = TradeGenerator.badMoments[done % 5]
            try add(scan, .rejected, &sheet)
          case 2:
            scan.code = "0404"
            try add(scan, .recorded, &sheet)
          case 3:
            scan.awb = "99\(trade.padded(done, 9))"
            try add(scan, .rejected, &sheet)
          case 4 where !held.isEmpty:
            scan.awb = trade.awb(held[done % held.count])
            scan.order = trade.orderNumber(held[done % held.count])
            try add(scan, .parked, &sheet)
          default: try add(sound, .duplicate, &sheet)
          }
        }
        if layout == .array { sheet.put("\n]\n") }
      }
    }
  }

  private mutating func scan(ordinal: Int, of total: Int, _ shipped: [Int]) -> Scan {
    let passes = (total + shipped.count - 1) / shipped.count
    let pass = ordinal / shipped.count
    let order = shipped[ordinal % shipped.count]
    let code: String
    switch pass {
    case 0: code = "013"
    case passes - 1 where passes > 2: code = "999"
    case passes - 2 where passes > 3: code = "006"
    default: code = ["100", "002", "003", "005"][pass % 4]
    }
    return Scan(
      awb: awb(order), order: orderNumber(order), date: moment(carriersBegin + ordinal / 4),
      code: code, number: 44_591_782 + 2 * ordinal, place: TradeGenerator.cities[order % 7], person: person(),
      isOdd: choice(50) == 0)
  }
}
