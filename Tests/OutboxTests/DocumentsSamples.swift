/// Shipments whose documents the tests print, and the fonts that this machine has for other scripts.

import Glibc
import Orders
import TestSupport

@testable import Outbox

extension DocumentFacts {
  /// A parcel of two lines for a buyer in Pune, cash on delivery.
  static func sample(awb: String = "103086396", order: String = "OD-1279_R") -> DocumentFacts {
    DocumentFacts(
      orderNumber: Array(order.utf8), invoiceID: Array("103425514".utf8),
      invoiceNumber: Array("INV/26-27/00042".utf8), awb: Array(awb.utf8), courier: Array("Ecom Express".utf8),
      marketplace: Array("Booon".utf8), orderDate: time(0), paymentMode: Array("COD".utf8),
      collectableAmountText: Array("1,499.00".utf8),
      buyer: Buyer(
        name: Array("Asha Kulkarni".utf8),
        address: Array(
          "Flat 12, Shanti Apartments, 4th Cross, Senapati Bapat Road, near the old water tank".utf8),
        city: Array("Pune".utf8), pinCode: Array("411016".utf8)),
      sender: Sender(
        key: Array("WH1".utf8), name: Array("Bhiwandi Warehouse".utf8),
        address: Array("Gala 7, Indian Corporation Compound, Mankoli Naka, Bhiwandi 421302".utf8)),
      lines: [
        Line(sku: Array("KURTA-BLU-M".utf8), quantity: 2, priceMillionths: 499_500_000),
        Line(sku: Array("DUPATTA-001".utf8), quantity: 1, priceMillionths: 500_000_000),
      ],
      zone: .kolkata)
  }
}

/// Fonts of Debian packages; empty where none is installed.
enum SystemFonts {
  static let devanagari = first([
    "noto/NotoSansDevanagari-Regular.ttf", "lohit-devanagari/Lohit-Devanagari.ttf",
  ])
  static let tamil = first(["noto/NotoSansTamil-Regular.ttf", "lohit-tamil/Lohit-Tamil.ttf"])
  static let all = [devanagari, tamil].compactMap { $0 }

  private static func first(_ names: [String]) -> [UInt8]? {
    names.lazy.compactMap { readFile(at: "/usr/share/fonts/truetype/" + $0) }.first
  }

  private static func readFile(at path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}
