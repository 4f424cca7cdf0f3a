/// A seeded trade with known answers: files of every kind that partners send, and what must come of each of their rows.
///
/// An order passes through the house in the order in which the files are taken: created, assigned to one of two carriers,
/// confirmed, manifested, then cancelled or tracked to its door. Between the sound rows lie bad ones of every sort, one in fifty as
/// a rule; what each comes to follows from the rules of the trade, not from the program. The same seed gives the same bytes.

import Foundation
import Orders

struct TradeGenerator {
  let orders: Int
  let scans: Int
  let badShare: Double
  private(set) var dice: Dice
  let folder: String
  /// What was written: the key is partner and name.
  var known: [String: RowCounts] = [:]

  /// Numbers that look like chance and come again with the seed (SplitMix64).
  struct Dice {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
      return mixed ^ mixed >> 31
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func falls(_ share: Double) -> Bool { Double(next() >> 11) / 9_007_199_254_740_992 < share }
  }

  init(orders: Int, scans: Int, badShare: Double, seed: UInt64, folder: String) {
    self.orders = max(orders, 100)
    self.scans = scans
    self.badShare = badShare
    dice = Dice(seed: seed)
    self.folder = folder
  }

  /// Writes all files and `expected.json` beside them.
  mutating func write() throws {
    try products()
    try carriers()
    try orderTable()
    try orderObjects("orders-b.json", from: orders * 7 / 10, to: orders * 17 / 20, isArray: true)
    try orderObjects("orders-c.jsonl", from: orders * 17 / 20, to: orders, isArray: false)
    try assignments()
    try confirmations()
    try documents()
    try manifests()
    try cancellations()
    try tracking()
    try scanFiles()
    try inventory()
    let files = known.mapValues { counts in
      var words = ["rows": counts.read]
      for outcome in Outcome.allCases { words[outcome.name] = counts[outcome] }
      return words
    }
    let document = ["files": files.mapValues { ["waybill": $0.filter { $0.key != "rows" }] }]
    let text = try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .prettyPrinted])
    try text.write(to: URL(fileURLWithPath: folder + "/expected.json"))
  }

  // MARK: What an order is

  func orderNumber(_ order: Int) -> String {
    ["AMZ-171-", "FK-OD", "SHOPIFY-", "MYN", "OD"][order % 5] + padded(order, 9)
  }
  func invoice(_ order: Int) -> String { "INV\(50_000_000 + order)" }
  func awb(_ order: Int) -> String { String(1_000_000_000 + (order * 2_654_435_761 & 0xFFFF_FFFF)) }
  func location(_ order: Int) -> String { "WH\(order % 10)" }
  /// Every other order goes with Ecom Express, which scans; the rest with DTDC, whose warehouse tracks.
  func isScanned(_ order: Int) -> Bool { order % 2 == 0 }
  /// One in fifty stays confirmed: what its carrier says of it waits.
  func isHeldBack(_ order: Int) -> Bool { order % 50 == 48 || order % 50 == 49 }
  func isCancelled(_ order: Int) -> Bool { order % 40 == 6 || order % 40 == 7 }

  /// A moment of the trade, so many seconds after 2025-01-01 00:00:00.
  func moment(_ seconds: Int) -> String {
    let day = Timestamp(milliseconds: (Int64(seconds) + 1_735_689_600) * 1000)
    var text: [UInt8] = []
    day.appendISO8601(in: .utc, to: &text)
    text[10] = UInt8(ascii: " ")
    return String(decoding: text[..<19], as: UTF8.self)
  }

  func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  mutating func isBad() -> Bool { dice.falls(badShare) }
  mutating func choice(_ count: Int) -> Int { dice.below(count) }

  static let badMoments = [
    "2026-13-45 10:00:00", "2026-02-30 08:15:00", "yesterday", "2026-11-18 14:65:09", "2026-11-18 25:61:00",
  ]
  static let people = [
    "Ramesh Kumar", "Priya Sharma", "Anil Patel", "Imran Khan", "Kavita Rao", "Suresh Nair",
  ]
  static let peopleBeyondASCII = ["रमेश कुमार", "José Fernández", "ராஜேஷ் குமார்", "Zoë Müller"]
  static let cities = ["Vadodara", "Ahmedabad", "Mumbai", "New Delhi", "Bengaluru", "Chennai", "Kolkata"]

  mutating func person() -> String {
    dice.falls(0.05)
      ? Self.peopleBeyondASCII[dice.below(Self.peopleBeyondASCII.count)]
      : Self.people[dice.below(Self.people.count)]
  }

  // MARK: Files

  /// A file in the making, with the counts of its rows.
  struct Sheet {
    var text: [UInt8] = []
    var counts = RowCounts()
    let path: String
    private let handle: FileHandle

    init(_ path: String) throws {
      self.path = path
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      guard FileManager.default.createFile(atPath: path, contents: nil),
        let made = FileHandle(forWritingAtPath: path)
      else { throw BenchmarkFault("\(path) cannot be written") }
      handle = made
    }

    /// A row, and what must come of it.
    mutating func add(_ row: String, _ outcome: Outcome) throws {
      put(row)
      counts.read += 1
      counts[outcome] += 1
      if text.count > 1 << 20 { try spill() }
    }
    mutating func put(_ piece: String) { text.append(contentsOf: piece.utf8) }
    mutating func spill() throws {
      try handle.write(contentsOf: text)
      text.removeAll(keepingCapacity: true)
    }
    mutating func close() throws {
      try spill()
      try handle.close()
    }
  }

  mutating func sheet(_ key: String, _ body: (inout TradeGenerator, inout Sheet) throws -> Void) throws {
    var sheet = try Sheet(folder + "/" + key)
    try body(&self, &sheet)
    try sheet.close()
    known[key] = sheet.counts
  }
}
