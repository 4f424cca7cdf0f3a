/// A receiver of feeds, as small as one can be: it applies the files in the order of their numbers and knows nothing else.

import Foundation
import TestSupport

/// What a partner holds because of the feeds it found in its outbox.
struct Receiver {
  let partner: String
  /// The records by feed and key, each as JSON with its members in order of name.
  private(set) var held: [String: [String: String]] = [:]
  /// The number of the last file applied, by feed.
  private(set) var numbers: [String: Int] = [:]
  /// Whatever a receiver could not make sense of.
  private(set) var complaints: [String] = []

  init(_ partner: String) { self.partner = partner }

  /// The members that make a record of a feed this one and no other.
  static let keys = [
    "orders": ["order_number", "shipment"], "products": ["sku"], "locations": ["location_key"],
    "inventory": ["sku", "location_key"], "manifested": ["order_number", "shipment"],
    "shipments": ["order_number", "shipment"], "cancellations": ["order_number", "shipment"],
    "tracking": ["order_number", "shipment"],
  ]

  /// Applies every feed file of the outbox that it has not seen yet.
  mutating func read(_ root: TemporaryFolder) throws {
    let folder = "outbox/\(partner)"
    var files: [(feed: String, number: Int, name: String)] = []
    for name in try root.names(in: folder) where name.hasPrefix("feed-") {
      let words = name.dropLast(5).split(separator: "-")
      guard words.count == 3, name.hasSuffix(".json"), let number = Int(words[2]) else {
        complaints.append("\(name) is no feed's name")
        continue
      }
      if number > numbers[String(words[1]), default: 0] { files.append((String(words[1]), number, name)) }
    }
    for (feed, number, name) in files.sorted(by: { ($0.feed, $0.number) < ($1.feed, $1.number) }) {
      if number != numbers[feed, default: 0] + 1 {
        complaints.append("\(name): a number is missing before it")
      }
      numbers[feed] = number
      try apply(try root.read("\(folder)/\(name)"), feed, number, name)
    }
  }

  private mutating func apply(_ bytes: [UInt8], _ feed: String, _ number: Int, _ name: String) throws {
    guard let file = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
      let records = file["records"] as? [[String: Any]], let keys = Self.keys[feed]
    else { return complaints.append("\(name) is not what a feed looks like") }
    if file["feed"] as? String != feed || file["partner"] as? String != partner
      || file["number"] as? Int != number
    {
      complaints.append("\(name) says that it is another file")
    }
    if records.isEmpty { complaints.append("\(name) says nothing") }
    for var record in records {
      let op = record.removeValue(forKey: "op") as? String
      let key = keys.map { "\(record[$0] ?? "?")" }.joined(separator: " ")
      let before = held[feed]?[key]
      switch op {
      case "put":
        let text = Self.text(record)
        if before == text { complaints.append("\(name): \(key) is put twice") }
        held[feed, default: [:]][key] = text
      case "withdraw":
        if before == nil { complaints.append("\(name): \(key) is withdrawn and was never there") }
        held[feed]?[key] = nil
      default: complaints.append("\(name): what is \(op ?? "no op")?")
      }
    }
  }

  /// A record as text, its members in order of name: equal texts, equal records.
  static func text(_ record: [String: Any]) -> String {
    let members = record.keys.sorted().map { name in name + ": " + text(record[name] as Any) }
    return "{" + members.joined(separator: ", ") + "}"
  }

  private static func text(_ value: Any) -> String {
    if let word = value as? String { return "\"\(word)\"" }
    if let list = value as? [[String: Any]] {
      return "[" + list.map { text($0) }.joined(separator: ", ") + "]"
    }
    return value is NSNull ? "null" : "\(value)"
  }

  /// In what it does not hold what it should; nil: in nothing.
  func difference(from expected: [String: [String: String]]) -> String? {
    if let complaint = complaints.first { return "\(partner): \(complaint) (\(complaints.count) complaints)" }
    for feed in Set(held.keys).union(expected.keys).sorted() {
      let (mine, theirs) = (held[feed] ?? [:], expected[feed] ?? [:])
      for key in Set(mine.keys).union(theirs.keys).sorted() where mine[key] != theirs[key] {
        return
          "\(partner)'s \(feed) \(key): holds \(mine[key] ?? "nothing"), should hold \(theirs[key] ?? "nothing")"
      }
    }
    return nil
  }
}
