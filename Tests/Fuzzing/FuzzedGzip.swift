// A fuzzed packed file goes the whole way: through the system's gzip and the judge, against an exchange that knows no order.

import Exchange
import Files
import Foundation
import Orders

/// A `.gz` of any bytes.
enum FuzzedGzip {
  /// Judges the bytes as they are, and packs them soundly: then they must come to what they come to unpacked.
  static func check(_ input: [UInt8]) throws {
    _ = try judge(input, "orders.csv.gz")
    let text = Array("order_number,sku,quantity,location_key\nA,B,1,C\n".utf8) + input
    let plain = try judge(text, "orders.csv")
    let cut = text.count / 2
    let one = try judge(packed(text[...]), "orders.csv.gz")
    let two = try judge(packed(text[..<cut]) + packed(text[cut...]), "orders.csv.gz")
    try expect(one == plain, "packed it comes to \(one) for \(plain)")
    try expect(two == plain, "packed in two members it comes to \(two) for \(plain)")
    let torn = try judge(Array(packed(text[...]).dropLast(1 + Int(input.fingerprint % 12))), "orders.csv.gz")
    try expect(torn.hasPrefix("refused"), "packed and cut short it comes to \(torn)")
  }

  private static func judge(_ bytes: [UInt8], _ name: String) throws -> String {
    let judged = try FuzzFolder.with { folder, root in
      _ = try folder.makeSubfolder("inbox")
      try folder.create(Array(name.utf8), exclusive: false).write(bytes, at: 0)
      let view = try LedgerView(root: root, configuration: Configuration(), mayBeNew: true)
      return try view.judge(
        Array("\(root)/\(name)".utf8), partner: "easyecom", arrival: Timestamp(milliseconds: 0), rowsMax: 5)
    }
    if !judged.faults.isEmpty { return "refused \(judged.faults.map(\.code))" }
    return Outcome.allCases.map { "\($0) \(judged.counts[$0])" }.joined(separator: ", ")
  }

  /// A member that stores its bytes as they are (RFC 1952, RFC 1951 section 3.2.4).
  static func packed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes
    repeat {
      let block = rest.prefix(0xFFFF)
      rest = rest.dropFirst(block.count)
      let count = UInt16(block.count)
      member.append(rest.isEmpty ? 1 : 0)
      for word in [count, ~count] { member += [UInt8(word & 255), UInt8(word >> 8)] }
      member += block
    } while !rest.isEmpty
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    for word in [~sum, UInt32(truncatingIfNeeded: bytes.count)] {
      for shift in stride(from: 0, to: 32, by: 8) {
        member.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
      }
    }
    return member
  }
}
