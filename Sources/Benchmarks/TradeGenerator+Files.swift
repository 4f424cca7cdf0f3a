/// The files of the trade before a carrier speaks, one function each, in the order in which they are taken.

import Foundation
import Orders

extension TradeGenerator {
  mutating func products() throws {
    try sheet("easyecom/products.csv") { trade, sheet in
      sheet.put("sku,name,ean,weight,length,width,height,mrp\n")
      for number in 0..<max(trade.orders / 10, 20) {
        let sku = "SKU-" + trade.padded(number, 5)
        if trade.isBad() {
          try sheet.add("\(sku)X,Tea,,500,10,10,10,\"12,50\"\n", .rejected)
        } else {
          try sheet.add(
            "\(sku),\"Tea, \(number % 7) kinds\",8901234567894,500,10,10,10,\(100 + number % 900).50\n",
            .applied)
        }
      }
    }
  }

  mutating func carriers() throws {
    try sheet("easyecom/carriers.csv") { trade, sheet in
      sheet.put("location_key,carrier,username,password,extra_credential_1\n")
      for place in 0..<10 {
        for carrier in ["Ecom Express", "DTDC"] {
          try sheet.add("\(trade.location(place)),\(carrier),user\(place),secret-\(place),\n", .applied)
        }
      }
      try sheet.add("WH0,Ekart,,secret,\n", .rejected)
    }
  }

  mutating func orderTable() throws {
    try sheet("easyecom/orders-a.csv") { trade, sheet in
      sheet.put(
        "order_number,invoice_id,suborder_id,sku,qty,price,location_key,channel,order_date,customer_name,address,"
          + "city,pincode\n")
      for order in 0..<trade.orders * 7 / 10 {
        let head = "\(trade.orderNumber(order)),\(trade.invoice(order))"
        let address =
          trade.choice(50) == 0
          ? "\"Flat \(order % 90), \"\"Shanti\"\" Tower\nMG Road\"" : "\(order % 900 + 1) MG Road"
        let city = TradeGenerator.cities[order % 7]
        let tail = ",\(trade.person()),\(address),\(city),\(390_001 + order % 500)\n"
        func row(_ line: String, _ quantity: String, _ date: String) -> String {
          "\(head),\(line),SKU-\(trade.padded(order % 50_000, 5)),\(quantity),\(99 + order % 4900).00,"
            + "\(trade.location(order)),Amazon,\(date)\(tail)"
        }
        let date = trade.moment(order * 3)
        for line in 0..<(order % 3 == 0 ? 2 : 1) {
          try sheet.add(row("SO\(trade.padded(order, 9))\(line)", String(1 + order % 4), date), .applied)
        }
        if !trade.isBad() { continue }
        switch trade.choice(4) {
        case 0: try sheet.add("\(head),SO\(order)\n", .rejected)
        case 1: try sheet.add(row("SOX\(order)", "1", TradeGenerator.badMoments[order % 5]), .rejected)
        case 2: try sheet.add(row("SOX\(order)", ["0", "-3", "two", "1.5"][order % 4], date), .rejected)
        default: try sheet.add(row("SO\(trade.padded(order, 9))0", String(1 + order % 4), date), .duplicate)
        }
      }
    }
  }

  mutating func orderObjects(_ name: String, from first: Int, to end: Int, isArray: Bool) throws {
    try sheet("easyecom/" + name) { trade, sheet in
      if isArray { sheet.put("[\n") }
      var separator = ""
      func object(_ trade: inout TradeGenerator, _ order: Int, number: String, invoice: String, quantity: Int)
        -> String
      {
        var lines: [String] = []
        for line in 0..<(order % 3 == 0 ? 2 : 1) {
          lines.append(
            #"{"suborder_id": "SO\#(trade.padded(order, 9))\#(line)", "sku": "SKU-\#(trade.padded(order % 50_000, 5))", "#
              + #""qty": \#(quantity), "price": "\#(99 + order % 4900).00"}"#)
        }
        return
          #"{"order_number": "\#(number)", "invoice_id": "\#(invoice)", "location_key": "\#(trade.location(order))", "#
          + #""channel": "Amazon", "order_date": "\#(trade.moment(order * 3))", "customer": {"name": "\#(trade.person())", "#
          + #""pincode": "\#(390_001 + order % 500)"}, "suborders": [\#(lines.joined(separator: ", "))]}"#
      }
      for order in first..<end {
        let sound = object(
          &trade, order, number: trade.orderNumber(order), invoice: trade.invoice(order),
          quantity: 1 + order % 4)
        try sheet.add(separator + sound, .applied)
        separator = isArray ? ",\n" : "\n"
        if !trade.isBad() { continue }
        let isTaken = trade.choice(2) == 0
        let bad = object(
          &trade, order, number: "BAD-\(order)", invoice: isTaken ? trade.invoice(order) : "INVX\(order)",
          quantity: isTaken ? 1 : 0)
        try sheet.add(separator + bad, .rejected)
      }
      sheet.put(isArray ? "\n]\n" : "\n")
    }
  }

  /// Rows of one step, one an order: sound ones, and bad ones between them.
  private mutating func steps(
    _ key: String, _ header: String, takes: (Int) -> Bool,
    row: (_ trade: TradeGenerator, _ order: Int, _ number: String, _ awb: String, _ date: String) -> String,
    delaySeconds: Int
  ) throws {
    try sheet(key) { trade, sheet in
      sheet.put(header + "\n")
      for order in 0..<trade.orders where takes(order) {
        let date = trade.moment(order * 3 + delaySeconds)
        let (number, awb) = (trade.orderNumber(order), trade.awb(order))
        let sound = row(trade, order, number, awb, date)
        try sheet.add(sound, .applied)
        if !trade.isBad() { continue }
        switch trade.choice(4) {
        case 0: try sheet.add("\(number)\n", .rejected)
        case 1:
          try sheet.add(row(trade, order, number, awb, TradeGenerator.badMoments[order % 5]), .rejected)
        case 2:
          try sheet.add(row(trade, order, "NO-\(order)", "99\(trade.padded(order, 9))", date), .rejected)
        default: try sheet.add(sound, .duplicate)
        }
      }
    }
  }

  mutating func assignments() throws {
    try steps(
      "dtdc/assignments.csv", "order_number,awb,carrier,assigned_at", takes: { _ in true },
      row: { "\($2),\($3),\($0.isScanned($1) ? "Ecom Express" : "DTDC"),\($4)\n" }, delaySeconds: 7_200)
  }

  mutating func confirmations() throws {
    try steps(
      "dtdc/confirmations.csv", "order_number,confirmed_at,warehouse_user", takes: { _ in true },
      row: { "\($2),\($4),\($1 % 40 == 0 ? "\"Sharma, Priya\"" : "Priya Sharma")\n" }, delaySeconds: 14_400)
  }

  /// Few: a document takes as long as thousands of rows.
  mutating func documents() throws {
    try sheet("dtdc/documents.csv") { trade, sheet in
      sheet.put("invoice_id,document\n")
      for order in 0..<min(trade.orders, 20) { try sheet.add("\(trade.invoice(order)),label\n", .applied) }
      try sheet.add("INV1,label\n", .rejected)
    }
  }

  mutating func manifests() throws {
    let isHeldBack = isHeldBack
    try steps(
      "dtdc/manifests.csv", "manifest_id,awb,order_number,carrier,manifested_at,weight_g",
      takes: { !isHeldBack($0) },
      row: {
        "MF\($0.padded($1 / 50, 7)),\($3),\($2),\($0.isScanned($1) ? "Ecom Express" : "DTDC"),\($4),\(200 + $1 % 4000)\n"
      },
      delaySeconds: 21_600)
  }

  mutating func cancellations() throws {
    let (isHeldBack, isCancelled) = (isHeldBack, isCancelled)
    try sheet("easyecom/cancellations.csv") { trade, sheet in
      sheet.put("order_number,reason,cancelled_at\n")
      for order in 0..<trade.orders where isCancelled(order) && !isHeldBack(order) {
        let row = "\(trade.orderNumber(order)),customer asked,\(trade.moment(order * 3 + 28_800))\n"
        try sheet.add(row, .applied)
        if trade.isBad() { try sheet.add(row, .duplicate) }
        if trade.isBad() { try sheet.add("NO-\(order),customer asked,\n", .rejected) }
      }
    }
  }

  mutating func inventory() throws {
    try sheet("dtdc/inventory.csv") { trade, sheet in
      sheet.put("sku,location_key,quantity,updated_at\n")
      for number in 0..<max(trade.orders / 4, 20) {
        let shelf = "SKU-\(trade.padded(number / 10, 5)),WH\(number % 10)"
        try sheet.add("\(shelf),\(number % 1000),\(trade.moment(100_000 + number))\n", .applied)
        if !trade.isBad() { continue }
        if trade.choice(2) == 0 {
          try sheet.add("\(shelf),many,\(trade.moment(200_000 + number))\n", .rejected)
        } else {
          try sheet.add("\(shelf),7,\(trade.moment(50_000))\n", .recorded)
        }
      }
    }
  }
}
